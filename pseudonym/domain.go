package pseudonym

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrDomain says that a domain is not well formed.
var ErrDomain = errors.New("domain is not well defined")

// Domain is where pseudonyms are stable: the same identifier has the same
// pseudonym within a domain, and unrelated ones in two.
type Domain struct {
	// Project names the research project or delivery. Required.
	Project string
	// Variable names the kind of identifier, such as "person", not the column:
	// columns that are to be joined share it. Required.
	Variable string
}

// ParseDomain reads "project/variable".
func ParseDomain(s string) (Domain, error) {
	project, variable, ok := strings.Cut(s, "/")
	d := Domain{Project: project, Variable: variable}
	if !ok || strings.Contains(variable, "/") {
		return Domain{}, fmt.Errorf("%w: it is written project/variable", ErrDomain)
	}
	_, err := d.info()
	return d, err
}

// String returns "project/variable".
func (d Domain) String() string { return d.Project + "/" + d.Variable }

// info is the canonical form: a label, and each part behind its length.
func (d Domain) info() (string, error) {
	b := []byte("sluis/pseudonym/1/domain")
	for _, part := range []string{d.Project, d.Variable} {
		if part == "" || len(part) > 255 || !utf8.ValidString(part) || strings.Contains(part, "/") || strings.ContainsFunc(part, unicode.IsControl) {
			return "", fmt.Errorf("%w: project and variable are 1 to 255 bytes of UTF-8 without a slash or a control character", ErrDomain)
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return string(b), nil
}

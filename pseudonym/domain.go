package pseudonym

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ErrDomain says that a domain is not well formed.
var ErrDomain = errors.New("domain is not well defined")

// Domain is the scope in which pseudonyms are stable. Within a domain the same identifier
// has the same pseudonym. In two domains the same identifier has unrelated pseudonyms.
//
// Two domains that look the same are the same. Therefore project and variable must be in
// Unicode normal form C, without a blank at either end, and without invisible characters.
// Invisible characters include zero width blanks and all blanks other than U+0020.
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
		switch {
		case part == "" || len(part) > 255 || !utf8.ValidString(part) || strings.ContainsFunc(part, unicode.IsControl) || strings.Contains(part, "/"):
			return "", fmt.Errorf("%w: project and variable are 1 to 255 bytes of UTF-8 without a slash or a control character", ErrDomain)
		case strings.ContainsFunc(part, unseen):
			return "", fmt.Errorf("%w: project and variable have no character that is not seen, and no blank but U+0020", ErrDomain)
		case strings.HasPrefix(part, " ") || strings.HasSuffix(part, " "):
			return "", fmt.Errorf("%w: project and variable have no blank at an end", ErrDomain)
		case !norm.NFC.IsNormalString(part):
			return "", fmt.Errorf("%w: project and variable are in Unicode normal form C", ErrDomain)
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return string(b), nil
}

// unseen reports whether a character may be invisible: unassigned and private characters,
// every blank except U+0020, and characters that Unicode lets a program ignore.
func unseen(r rune) bool {
	if r == ' ' {
		return false
	}
	return !unicode.IsGraphic(r) || unicode.Is(unicode.Zs, r) || r == 0x2800 || // braille without a dot
		unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

package pseudonym

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrSetting says that a setting cannot be used: a form, an encoding, an algorithm or a
// treatment of invalid values that does not exist, a length that is too large, or nil.
var ErrSetting = errors.New("setting cannot be used")

// FormatVersion is the version of docs/pseudonym-format.md. Another version of
// Unicode, or any change of the bytes of a form, needs another one.
const FormatVersion = 1

// UnicodeVersion is the version of Unicode by which the forms that fold text read
// it.
const UnicodeVersion = "15.0.0"

// The names of the settings, as flags, plans, records and linkage tables write
// them. The place in the list is the value.
var (
	formNames      = []string{"typed", "text", "bsn", "name", "plate", "kvk", "iban", "address", "person-name"}
	encodingNames  = []string{"hex", "base32", "binary"}
	algorithmNames = []string{"sha256", "sha512-256"}
	invalidNames   = []string{"error", "null", "keep"}
)

func nameOf(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return "unknown"
}

// parseName returns the place of a name. The error wraps ErrSetting.
func parseName(what string, names []string, s string) (uint8, error) {
	i := slices.Index(names, s)
	if i < 0 {
		return 0, fmt.Errorf("%w: the %s is one of %s", ErrSetting, what, strings.Join(names, ", "))
	}
	return uint8(i), nil
}

// FormNames lists the names of the forms.
func FormNames() []string { return slices.Clone(formNames) }

// String returns the name of the form.
func (f Form) String() string { return nameOf(formNames, uint8(f)) }

// ParseForm returns the form of a name. The error wraps ErrSetting.
func ParseForm(s string) (Form, error) {
	i, err := parseName("form", formNames, s)
	return Form(i), err
}

// String returns the name of the encoding.
func (e Encoding) String() string { return nameOf(encodingNames, uint8(e)) }

// ParseEncoding returns the encoding of a name. The error wraps ErrSetting.
func ParseEncoding(s string) (Encoding, error) {
	i, err := parseName("encoding", encodingNames, s)
	return Encoding(i), err
}

// Flag returns the short name of the algorithm, as flags and plans write it.
func (a Algorithm) Flag() string { return nameOf(algorithmNames, uint8(a)) }

// ParseAlgorithm returns the algorithm of a short name. The error wraps ErrSetting.
func ParseAlgorithm(s string) (Algorithm, error) {
	i, err := parseName("algorithm", algorithmNames, s)
	return Algorithm(i), err
}

// String returns the name of the treatment.
func (i Invalid) String() string { return nameOf(invalidNames, uint8(i)) }

// ParseInvalid returns the treatment of a name. The error wraps ErrSetting.
func ParseInvalid(s string) (Invalid, error) {
	i, err := parseName("treatment of invalid values", invalidNames, s)
	return Invalid(i), err
}

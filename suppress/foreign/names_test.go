package foreign_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/suppress/foreign"
)

// TestNumberColumns: the columns of a file without a header are numbered, and the file is
// read from its beginning afterwards.
func TestNumberColumns(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		separator  rune
		want       string
		err        error
	}{
		{"a comma by default", "a,b,c\n1,2,3\n", 0, "1 2 3", nil},
		{"a semicolon", "a;b,c\n", ';', "1 2", nil},
		{"a tab", "a\tb\n", '\t', "1 2", nil},
		{"one column", "a\n", ',', "1", nil},
		{"nothing", "", ',', "", foreign.ErrTable},
		{"a quote that does not end", "\"a,b\n", ',', "", foreign.ErrTable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := strings.NewReader(tc.text)
			s := foreign.Spec{Separator: tc.separator}
			err := s.NumberColumns(in)
			if got := strings.Join(s.Names, " "); got != tc.want || !errors.Is(err, tc.err) {
				t.Fatalf("%q, %v; want %q, %v", got, err, tc.want, tc.err)
			}
			if rest, _ := io.ReadAll(in); err == nil && string(rest) != tc.text {
				t.Errorf("%q is left of the file", rest)
			}
		})
	}
}

package spec

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSums reads the output of sha256sum, and no other form.
func TestSums(t *testing.T) {
	a, b := strings.Repeat("0123456789abcdef", 4), strings.Repeat("F", 64)
	abs := filepath.Join(t.TempDir(), "z")
	for _, tc := range []struct {
		text string
		want map[string]string
	}{
		{a + "  x.csv\n" + b + " *sub/../y z.csv\r\n\n", map[string]string{"d/x.csv": a, "d/y z.csv": b}},
		{a + "  " + abs, map[string]string{abs: a}},
		{a + "  x\n" + a + "  ./x\n", map[string]string{"d/x": a}},
		{"", map[string]string{}},
		{a + "  x\n" + b + "  x\n", nil},
		{a[1:] + "  x\n", nil},
		{a + " x\n", nil},
		{a + "\n", nil},
		{a + "  \n", nil},
		{`\` + a + "  x\n", nil},
		{"SHA256 (x) = " + a + "\n", nil},
	} {
		t.Run(tc.text, func(t *testing.T) {
			got, err := readSums(strings.NewReader(tc.text), &folder{dir: "d"})
			if diff := cmp.Diff(tc.want, got); diff != "" || (err != nil) != (tc.want == nil) || err != nil && !errors.Is(err, ErrSpec) {
				t.Errorf("%q: %v, %s", tc.text, err, diff)
			}
		})
	}
}

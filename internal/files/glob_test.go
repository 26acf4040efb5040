package files_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/files"
)

// TestGlob: a name that exists is no pattern.
func TestGlob(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "b.csv", "b1.csv", "b[1].csv", "c[2].csv", "[1]"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		pattern string
		want    []string
	}{
		{"a.csv", []string{"a.csv"}},
		{"none.csv", []string{"none.csv"}},
		{"[ab].csv", []string{"a.csv", "b.csv"}},
		{"?.csv", []string{"a.csv", "b.csv"}},
		{"b[1].csv", []string{"b[1].csv"}},
		{"c[2].csv", []string{"c[2].csv"}},
		{"b[12].csv", []string{"b1.csv"}},
		{"d[1].csv", nil},
		{"[1]", []string{"[1]"}},
	} {
		t.Run(tc.pattern, func(t *testing.T) {
			got, err := files.Glob(filepath.Join(dir, tc.pattern))
			for i := range got {
				got[i] = filepath.Base(got[i])
			}
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("%s: %v, %v; want %v", tc.pattern, got, err, tc.want)
			}
		})
	}
	if _, err := files.Glob("[a"); err == nil {
		t.Error("a pattern that is none is fine")
	}
}

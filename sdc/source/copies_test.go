package source

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCopies: a file of equal bytes counts twice, and is refused; one that differs in
// a byte, wherever, is another file.
func TestCopies(t *testing.T) {
	rows := func(n int, more string) string { return "v\n" + strings.Repeat("1\n", n) + more }
	long := rows(3*blockSize, "")
	changed := func(at int) string {
		b := []byte(long)
		b[at&^1] = '2'
		return string(b)
	}
	for _, tc := range []struct {
		name  string
		files []string
		copy  bool
	}{
		{"one file", []string{rows(3, "")}, false},
		{"a copy", []string{rows(3, ""), rows(3, "")}, true},
		{"a copy of the second", []string{rows(3, ""), rows(2, "2\n"), rows(2, "2\n")}, true},
		{"equal length", []string{rows(3, ""), rows(2, "2\n")}, false},
		{"no rows", []string{"v\n", "v\n", "v\nx\n"}, false},
		{"long copy", []string{long, long}, true},
		{"another begin", []string{long, changed(2)}, false},
		{"another end", []string{long, changed(len(long) - 2)}, false},
		{"another byte between the glances", []string{long, changed(blockSize + blockSize/2)}, false},
		{"two copies of files that are equal at a glance", []string{long, changed(blockSize + 10), changed(blockSize + 20), changed(blockSize + 20)}, true},
		{"the same rows in other lines", []string{"v\n1\n", "v\n1"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, text := range tc.files {
				if err := os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".csv"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, allowed := range []bool{false, true} {
				s, err := Open(t.Context(), []string{filepath.Join(dir, "*.csv")}, Options{Copies: allowed})
				if want := tc.copy && !allowed; errors.Is(err, ErrCopy) != want || (err != nil) != want {
					t.Fatalf("allowed %t: %v", allowed, err)
				}
				if err != nil {
					if !strings.Contains(err.Error(), "data.copies") || bytes.Count([]byte(err.Error()), []byte(".csv")) != 2 {
						t.Errorf("the error is %v", err)
					}
					continue
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestCopiesOfAllFormats: rows say whether a file may be equal to another.
func TestCopiesOfAllFormats(t *testing.T) {
	for _, name := range formats {
		dir := t.TempDir()
		a, b := filepath.Join(dir, "a-"+name), filepath.Join(dir, "b-"+name)
		writeRows(t, a, 0)
		text, err := os.ReadFile(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(b, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), []string{a, b}, Options{}); !errors.Is(err, ErrCopy) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

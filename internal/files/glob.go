package files

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Glob lists the names that match a pattern, in order. A pattern that is the name of an
// existing file, brackets included, is that file. A pattern without *, ? and [ is itself,
// also if the file does not exist. The error is of [filepath.Glob].
func Glob(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{pattern}, nil
	}
	if _, err := os.Stat(pattern); err == nil {
		return []string{pattern}, nil
	}
	found, err := filepath.Glob(pattern)
	sort.Strings(found)
	return found, err
}

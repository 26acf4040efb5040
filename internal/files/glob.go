package files

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Glob lists what a pattern names, in order. A pattern that is the name of something
// that exists is that, brackets and all; one without *, ? and [ is itself, existing
// or not. The error is of [filepath.Glob].
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

package suppress_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/suppress"
)

// TestNotReckonedDocs: the table of docs/protection.md is the list of the program, in its
// order.
func TestNotReckonedDocs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "protection.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, part, ok := strings.Cut(string(text), "\n## What is not reckoned with\n")
	if !ok {
		t.Fatal("docs/protection.md has no such section")
	}
	part, _, _ = strings.Cut(part, "\n```yaml")
	var got, want []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(part, -1) {
		got = append(got, m[1])
	}
	for _, id := range suppress.MayNotReckon {
		want = append(want, string(id))
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs have %q, the program has %q", got, want)
	}
}

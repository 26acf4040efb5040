package report

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDutch: every text of the page has a Dutch one, with the same verbs, and
// there are no others.
func TestDutch(t *testing.T) {
	used := map[string]bool{}
	for _, w := range []string{
		"largest", "second largest", "frequency", "magnitude", "microdata", "model", "safe", "unsafe", "review",
		"answered", "missing", "proven", "does not apply",
		"by hand", "dominance", "group", "request", "small count",
		"Records by class sizes", "Records by individual risk", "the risks of every record",
		"refuse", "category", "exclude", "wildcard", "sum", "mean", "count", "min", "max", "range", "median",
		"all findings", "the report as JSON", "the report as a page", "every cell with its evidence", "the values of safe cells",
	} {
		used[w] = true
	}
	for _, note := range missingNotes {
		used[note] = true
	}
	for name := range definitions {
		if dutchDefinitions[name] == "" {
			t.Errorf("no Dutch for the definition of %s", name)
		}
	}
	if len(dutchDefinitions) != len(definitions) {
		t.Errorf("%d Dutch definitions for %d", len(dutchDefinitions), len(definitions))
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`(?:\bt |\bt\()"([^"]+)"`)
	pages, err := filepath.Glob("*.html.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, pages...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
		}
	}
	verb := regexp.MustCompile(`%[a-z]`)
	for w := range used {
		d, ok := dutch[w]
		if !ok {
			t.Errorf("no Dutch for %q", w)
		}
		if a, b := verb.FindAllString(w, -1), verb.FindAllString(d, -1); strings.Join(a, "") != strings.Join(b, "") {
			t.Errorf("%q and %q differ in their verbs", w, d)
		}
	}
	for w := range dutch {
		if !used[w] {
			t.Errorf("Dutch for %q, which no page says", w)
		}
	}
}

func TestVisibleAndShort(t *testing.T) {
	for in, want := range map[string]string{
		"North":              "North",
		"a\u202eb":           "a\u27e8U+202E\u27e9b",
		"a\x00\u200fb\ufeff": "a\u27e8U+0000\u27e9\u27e8U+200F\u27e9b\u27e8U+FEFF\u27e9",
		"\u05d0\u05d1":       "\u05d0\u05d1",
	} {
		t.Run(in, func(t *testing.T) {
			if got := visible(in); got != want {
				t.Errorf("%q shows as %q, want %q", in, got, want)
			}
		})
	}
	a, b := shorten(strings.Repeat("x", 200)+"a", 10), shorten(strings.Repeat("x", 200)+"b", 10)
	if a == b || !strings.HasPrefix(a, "xxxxxxxxxx\u2026 [201, #") {
		t.Errorf("%q and %q", a, b)
	}
	if s := shorten("\u00e9\u00e9\u00e9", 3); s != "\u00e9\u00e9\u00e9" {
		t.Error(s)
	}
	nl, en := dictionary("nl"), dictionary("en")
	for in, want := range map[string][2]string{
		"1234567.50": {"1,234,567.50", "1.234.567,50"}, "-0.5": {"-0.5", "-0,5"}, "-1234": {"-1,234", "-1.234"},
		"1e300": {"1e300", "1e300"}, "": {"", ""}, "123456789012345678901234": {"123456789012345678901234", "123456789012345678901234"},
	} {
		t.Run(in, func(t *testing.T) {
			if got := [2]string{en.value(in), nl.value(in)}; got != want {
				t.Errorf("%q prints as %q, want %q", in, got, want)
			}
		})
	}
}

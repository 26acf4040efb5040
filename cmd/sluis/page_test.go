package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPages: the pages are written where they are asked for, in the language
// that is asked for, and a code that a spreadsheet would run is defused.
func TestPages(t *testing.T) {
	people := strings.ReplaceAll(people(36), ",a,", ",\"=HYPERLINK(\"\"x\"\")\",")
	dir := folder(t, "people.csv", people, "spec.yaml", peopleSpec)
	at := func(name string) string { return filepath.Join(dir, name) }
	status, out, stderr := sluis(t, "check", at("spec.yaml"), "--out", at("out"), "--public", at("public.html"), "--lang", "nl")
	if status != 3 || !strings.Contains(out, "report.html") {
		t.Fatalf("status %d: %s%s", status, out, stderr)
	}
	for name, want := range map[string]string{
		"out/report.html": "VERTROUWELIJK", "public.html": "Openbare samenvatting", "out/cells.csv": `"'=HYPERLINK(""x"")"`,
	} {
		text, err := os.ReadFile(at(name))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not hold %q: %v", name, want, err)
		}
		if info, err := os.Stat(at(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
	if text, _ := os.ReadFile(at("public.html")); strings.Contains(string(text), "HYPERLINK") { //nolint:errcheck // read above
		t.Error("a code of an unsafe output is in the public page")
	}
	if status, _, _ := sluis(t, "check", at("spec.yaml"), "--lang", "fr"); status != 2 {
		t.Errorf("a language that is not there: status %d", status)
	}
}

// TestSuggest: what is suggested, put into the spec, does as it says.
func TestSuggest(t *testing.T) {
	dir := folder(t, "people.csv", people(36), "spec.yaml", peopleSpec, "better.yaml", strings.Replace(peopleSpec, "[region, sex]", "[region]", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	status, out, stderr := sluis(t, "check", at("spec.yaml"), "--suggest", "--html", at("r.html"))
	if status != 3 || !strings.Contains(out, `counts: safe if without "sex" (3 of 9 cells left)`) {
		t.Errorf("status %d: %s%s", status, out, stderr)
	}
	if text, err := os.ReadFile(at("r.html")); err != nil || !strings.Contains(string(text), "What would do") {
		t.Errorf("the page does not suggest: %v", err)
	}
	if status, out, _ := sluis(t, "check", at("better.yaml")); status != 0 {
		t.Errorf("applied: status %d: %s", status, out)
	}
}

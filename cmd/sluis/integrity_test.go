package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSourceHash: a file of another hash than the spec says is no data, whatever
// the verb; with the right one the report has it.
func TestSourceHash(t *testing.T) {
	data := people(40)
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(data)))
	for _, tc := range []struct {
		name, given, sums string
		status            int
		say               string
	}{
		{"file", "SHA256SUMS", sum + "  people.csv\n", 0, "SAFE"},
		{"map", "{people.csv: " + sum + "}", "", 0, "SAFE"},
		{"another", "SHA256SUMS", strings.Repeat("0", 64) + "  people.csv\n", 1, "SHA-256 is not the one"},
		{"none", "SHA256SUMS", sum + "  persons.csv\n", 1, "none was given"},
		{"no form", "SHA256SUMS", "people.csv\n", 2, "line 1"},
		{"no file", "SHA1SUMS", "", 1, "SHA1SUMS"},
		{"no hash", "{people.csv: abc}", "", 2, "no SHA-256"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := folder(t, "people.csv", data, "SHA256SUMS", tc.sums,
				"spec.yaml", strings.Replace(peopleSpec, "respondent: id", "respondent: id, sha256: "+tc.given, 1))
			spec, report := filepath.Join(dir, "spec.yaml"), filepath.Join(dir, "r.json")
			status, out, errs := sluis(t, "check", spec, "--suggest", "--json", report)
			if status != tc.status || !strings.Contains(out+errs, tc.say) {
				t.Errorf("%s: status %d, want %d and %q: %s%s", tc.name, status, tc.status, tc.say, out, errs)
			}
			text, err := os.ReadFile(report)
			if tc.status == 0 && !strings.Contains(string(text), sum) || tc.status != 0 && err == nil {
				t.Errorf("%s: the report: %v", tc.name, err)
			}
			if status, _, errs := sluis(t, "protect", spec, "--out", filepath.Join(dir, "release")); status != tc.status {
				t.Errorf("%s: protect: status %d: %s", tc.name, status, errs)
			}
		})
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerifyReview: what protect left to a reviewer stands in the manifest, and verify and
// the dossier do not forget it.
func TestVerifyReview(t *testing.T) {
	rows := strings.Repeat("C1,R1\n", 3) + strings.Repeat("C2,R1\n", 30) + strings.Repeat("C3,R1\n", 31) + strings.Repeat("C4,R2\n", 25)
	both := "  - {name: t, kind: frequency, by: [county]}\n  - {name: u, kind: frequency, by: [region]}\n"
	for _, c := range []struct {
		name, outputs string
		change        func(text string) string // of the manifest
		code          int
		says          string
	}{
		{"nothing left", "  - {name: t, kind: frequency, by: [county]}\n", nil, 0, "holds"},
		{"columns that depend", both, nil, exitReview, `review: "dependent-columns"`},
		{"a manifest of an earlier version", both, func(s string) string {
			return strings.Replace(s, `"review": [
    "dependent-columns"
  ],`, "", 1)
		}, exitReview, "is not known"},
		{"no manifest", both, func(string) string { return "" }, exitReview, "is not known"},
		{"a manifest that is none", both, func(string) string { return "{" }, exitUnsafe, "not in the form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			var b strings.Builder
			b.WriteString("county,region\n" + rows)
			write(t, filepath.Join(dir, "d.csv"), b.String())
			write(t, filepath.Join(dir, "s.yaml"), "version: 1\ndata: {source: d.csv}\noutputs:\n"+c.outputs)
			out := filepath.Join(dir, "out")
			code, text := verb(t, "protect", filepath.Join(dir, "s.yaml"), "--out", out)
			if code != 0 && code != exitReview || (code == exitReview) != strings.Contains(text, "Left to a reviewer, ") {
				t.Fatalf("exit status %d: %s", code, text)
			}
			manifest := filepath.Join(out, "release", "manifest.json")
			if c.change != nil {
				text := c.change(readFile(t, manifest))
				if err := os.Remove(manifest); err != nil {
					t.Fatal(err)
				}
				if text != "" {
					write(t, manifest, text)
				}
			}
			if code, text := verb(t, "verify", out); code != c.code || !strings.Contains(text, c.says) {
				t.Errorf("exit status %d: %s", code, text)
			}
			found, err := verifiedRelease(t.Context(), out)
			if err != nil {
				t.Fatal(err)
			}
			unknown := strings.Contains(c.says, "not known")
			if listed := c.code == exitReview && !unknown; (found.Open > 0) != listed || found.Unlisted != unknown || (found.Problem != "") != (c.code == exitUnsafe) {
				t.Errorf("for the dossier: %+v", found)
			}
		})
	}
}

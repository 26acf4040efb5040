package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDiff: the same inputs give the same bytes, and what is changed is told.
func TestDiff(t *testing.T) {
	dir := folder(t, "people.csv", people(40), "spec.yaml", peopleSpec,
		"strict.yaml", "version: 1\nname: strict\nextends: cbs\nrules:\n  min-contributors: {min: 11}\n",
		"loose.yaml", "version: 1\nname: strict\nextends: cbs\nrules:\n  min-contributors: {min: 5}\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	check := func(out string, args ...string) []byte {
		t.Helper()
		status, _, errs := sluis(t, append([]string{"check", at("spec.yaml"), "--json", at(out)}, args...)...)
		if status != 0 && status != 3 {
			t.Fatalf("check: status %d: %s", status, errs)
		}
		text, err := os.ReadFile(at(out))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	a, b := check("a.json", "--threads", "1"), check("b.json", "--threads", "3", "--memory", "1MiB")
	if !bytes.Equal(a, b) {
		t.Errorf("two reports of the same differ:\n%s\n%s", a, b)
	}
	check("strict.json", "--policy", at("strict.yaml"))
	check("loose.json", "--policy", at("loose.yaml"))
	if err := os.WriteFile(at("people.csv"), []byte(people(44)), 0o600); err != nil {
		t.Fatal(err)
	}
	check("more.json")
	for _, tc := range []struct {
		was, now string
		status   int
		say      []string
	}{
		{"a.json", "b.json", 0, []string{"Nothing has changed"}},
		{"a.json", "strict.json", 3, []string{"Worse", "changed  policy, name: strict (was: cbs)", "new      policy, file: strict.yaml", "new      finding \"counts\", min-contributors"}},
		{"strict.json", "a.json", 4, []string{"changed  verdict: safe (was: unsafe)", "gone     finding"}},
		{"strict.json", "loose.json", 4, []string{"changed  policy, file: loose.yaml", "min 5, interval 20 (was: on, min 11, interval 20)"}},
		{"a.json", "more.json", 4, []string{"changed  source, people.csv", "changed  data, rows: 44 (was: 40)"}},
		{"a.json", "people.csv", 1, nil},
		{"a.json", "none.json", 1, nil},
	} {
		t.Run(fmt.Sprintf("%s to %s", tc.was, tc.now), func(t *testing.T) {
			changes := at("changes.json")
			os.Remove(changes)
			status, out, errs := sluis(t, "diff", at(tc.was), at(tc.now), "--json", changes)
			if status != tc.status {
				t.Errorf("%s, %s: status %d, want %d: %s%s", tc.was, tc.now, status, tc.status, out, errs)
			}
			for _, say := range tc.say {
				if !strings.Contains(out, say) {
					t.Errorf("%s, %s: no %q in\n%s", tc.was, tc.now, say, out)
				}
			}
			if text, err := os.ReadFile(changes); (err == nil) != (status != 1) || err == nil && !bytes.Contains(text, []byte("sluis.diff/1")) {
				t.Errorf("%s, %s: %v", tc.was, tc.now, err)
			}
		})
	}
}

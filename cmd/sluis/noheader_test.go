package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestFirstRecordAsNames: the first line of a file without names is a record, which no
// error shows.
func TestFirstRecordAsNames(t *testing.T) {
	dir := folder(t, "d.csv", "Jansen,Emmen,1965-03-14\nBakker,Assen,1971-11-02\n", "n.csv", "naam,plaats,jaar\nBakker,Assen,1971\n",
		"s.yaml", "version: 1\ndata: {source: d.csv, respondent: naam}\noutputs: [{name: o, kind: frequency, by: [plaats]}]\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{
		{"check", at("s.yaml")},
		{"risk", at("d.csv"), "--keys", "plaats"},
		{"profile", at("d.csv"), "--respondent", "jansens"},
		{"local", at("d.csv"), at("o.csv"), "--keys", "plaats", "--k", "3", "--missing", "wildcard"},
	} {
		status, out, said := sluis(t, args...)
		if all := out + said; status == 0 || strings.Contains(all, "Jansen") || strings.Contains(all, "Emmen") || strings.Contains(all, "1965") || !strings.Contains(all, "the file has 3 columns, whose names are not shown") {
			t.Errorf("%s: status %d: %s", args[0], status, all)
		}
	}
	if status, out, said := sluis(t, "risk", at("n.csv"), "--keys", "plats"); status != 2 || !strings.Contains(out+said, `the nearest name is "plaats"; the columns are "naam", "plaats", "jaar"`) {
		t.Errorf("status %d: %s%s", status, out, said)
	}
}

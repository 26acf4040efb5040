package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestShown: every page says what its cells show, and whether they are weighted.
func TestShown(t *testing.T) {
	rows := "id,region,amount,w\n"
	for i := range 40 {
		rows += fmt.Sprintf("p%d,%c,%d,2.5\n", i, 'a'+i%2, 100+i)
	}
	spec := `version: 1
about: {title: Amounts, project: P7, requester: R. Smit, date: "2026-11-30"}
data: {source: d.csv, respondent: id, weight: w}
outputs:
  - {name: n, title: How many there are, kind: frequency, by: [region]}
  - {name: m, kind: magnitude, by: [region], response: amount, statistics: [mean]}
`
	dir := folder(t, "d.csv", rows, "spec.yaml", spec, "freq.yaml", strings.Split(spec, "  - {name: m")[0])
	at := func(name string) string { return filepath.Join(dir, name) }
	page := func(name string, status int, args ...string) string {
		t.Helper()
		if got, out, errs := sluis(t, args...); got != status {
			t.Fatalf("%v: status %d, want %d: %s%s", args, got, status, out, errs)
		}
		text, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	check := page("check.html", 0, "check", at("spec.yaml"), "--html", at("check.html"), "--public", at("check-public.html"))
	public := page("check-public.html", 0, "check", at("spec.yaml"), "--public", at("check-public.html"))
	released := page("protect.html", 0, "protect", at("freq.yaml"), "--out", at("out"), "--html", at("protect.html"))
	for _, x := range []struct {
		name, page, want string
		missing          bool
	}{
		{"a mean is called mean", check, "Each cell shows the mean of amount, unweighted; a release of protect is weighted with w.", false},
		{"and is one", check, ">119<", false}, // (100 + 102 + ... + 138) / 20
		{"not the sum", check, ">2,380<", true},
		{"a count", check, "Each cell shows the number of respondents, unweighted", false},
		{"the title", check, "How many there are", false},
		{"the request", check, "R. Smit", false},
		{"nobody is named in public", public, "R. Smit", true},
		{"public says what it shows", public, "Each cell shows the number of respondents, unweighted", false},
		{"a release is weighted", released, "Each cell shows the number of records, weighted with w.", false},
		{"with weighted counts", released, ">100<", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			if strings.Contains(x.page, x.want) == x.missing {
				t.Errorf("%q: missing is %v", x.want, !x.missing)
			}
		})
	}
}

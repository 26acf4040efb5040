package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestDeclaredColumns: what a spec declares of columns decides whether a release is safe, is
// for review, or is an error of the data.
func TestDeclaredColumns(t *testing.T) {
	var b strings.Builder
	b.WriteString("county,region,total,paid,unpaid\n")
	line := func(n int, county, region, numbers string) {
		b.WriteString(strings.Repeat(county+","+region+","+numbers+"\n", n))
	}
	line(3, "C1", "R1", "5,3,2")
	line(30, "C2", "R1", "4,4,0")
	line(31, "C3", "R1", "9,1,8")
	line(25, "C4", "R2", "6,3,3")
	counts := "  - {name: t, kind: frequency, by: [county]}\n  - {name: u, kind: frequency, by: [region]}\n"
	table := func(x string) string {
		return "  - {name: " + x + ", kind: magnitude, by: [county], response: " + x + "}\n"
	}
	for _, tc := range []struct {
		name, declared, outputs string
		code                    int
		says, quiet             string // in the text, and not in the text
	}{
		{"columns that depend", "", counts, exitReview, "dependent-columns", "coincidence"},
		{"a coincidence", "  independent: [[region, county]]\n", counts, 0, `declared a coincidence: "region", "county"`, "dependent-columns"},
		{"another coincidence", "  independent: [[region, paid]]\n", counts, exitReview, "dependent-columns", ""},
		{"a coincidence with a sensitive variable", "  independent: [[region, county]]\n", strings.Replace(counts, "[county]}", "[county], sensitive: [county]}", 1), exitUsage, "take the pair out", ""},
		{"a code that occurs nowhere", "  codes: {county: [C0, C1, C2, C3, C4]}\n", counts[:strings.Index(counts, "\n")+1], 0, "a code may occur nowhere", ""},
		{"a code that is not declared", "  codes: {county: [C1, C2, C3]}\n", counts, exitFailure, "row 65", "C4"},
		{"one response, hidden", "  relations: [total = paid + unpaid]\n", table("total"), 0, "total = paid + unpaid", "relation-"},
		{"two of three responses", "  relations: [total = paid + unpaid]\n", table("total") + table("paid"), exitReview, "relation-open", ""},
		{"all, of which cells are hidden", "  relations: [total = paid + unpaid]\n", table("total") + table("paid") + table("unpaid"), exitReview, "relation-hidden", "relation-open"},
		{"a relation that does not hold", "  relations: [total = paid - unpaid]\n", table("total"), exitUsage, "relation 1 of the declared ones does not hold: 59 records", ""},
		{"bounds of a response with hidden cells", "  bounds: {total: [0, 9]}\n", table("total"), 0, "bounds-reckoned", "Left to a reviewer"},
		{"bounds that are too near", "  bounds: {total: [4, 9]}\n", table("total"), exitReview, "bounds-hidden", "bounds-reckoned"},
		{"bounds that leave enough to an outsider alone", "  bounds: {total: [3.5, 9]}\n", table("total"), exitReview, "bounds-hidden", "bounds-reckoned"},
		{"bounds of a response that spans another table", "  bounds: {total: [0, 9]}\n", table("total") + "  - {name: t, kind: frequency, by: [total]}\n", exitReview, "bounds-hidden", "bounds-reckoned"},
		{"bounds of another response", "  bounds: {paid: [0, 9]}\n", table("total"), 0, `no value of "paid" is below 0 or above 9`, "bounds-hidden"},
		{"a value out of bounds", "  bounds: {paid: [0, 3.5]}\n", table("total"), exitFailure, "row 4", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "d.csv"), b.String())
			write(t, filepath.Join(dir, "s.yaml"), "version: 1\ndata:\n  source: d.csv\n"+tc.declared+"outputs:\n"+tc.outputs)
			write(t, filepath.Join(dir, "p.yaml"), "version: 1\nname: p\nextends: cbs\nrules: {min-contributors: {min: 4}, nk: off, p-percent: off, all-equal: off}\n")
			code, text := verb(t, "protect", filepath.Join(dir, "s.yaml"), "--policy", filepath.Join(dir, "p.yaml"), "--out", filepath.Join(dir, "out"))
			if code != tc.code || !strings.Contains(text, tc.says) || tc.quiet != "" && strings.Contains(text, tc.quiet) {
				t.Errorf("exit status %d: %s", code, text)
			}
		})
	}
}

// TestDeclaredCodesAreListed: a declared code that occurs nowhere is a cell of the release.
func TestDeclaredCodesAreListed(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "d.csv"), "k\n"+strings.Repeat("b\n", 30)+strings.Repeat("a\n", 20))
	write(t, filepath.Join(dir, "s.yaml"), "version: 1\ndata: {source: d.csv, codes: {k: [z, b, a]}}\noutputs:\n  - {name: t, kind: frequency, by: [k]}\n")
	if code, text := verb(t, "protect", filepath.Join(dir, "s.yaml"), "--out", filepath.Join(dir, "out")); code != 0 {
		t.Fatalf("exit status %d: %s", code, text)
	}
	const want = "k,value,status,status_tau\n*,50,F,1\nz,0,F,1\nb,30,F,1\na,20,F,1\n"
	if got := readFile(t, filepath.Join(dir, "out", "release", "t.release.csv")); got != want {
		t.Errorf("the release is\n%s", got)
	}
}

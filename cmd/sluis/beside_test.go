package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeRows writes a file of records: so many of every line, with an identifier in front.
func writeRows(t *testing.T, dir, head string, counts map[string]int, order []string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("id," + head + "\n")
	n := 0
	for _, line := range order {
		for range counts[line] {
			n++
			fmt.Fprintf(&b, "%d,%s\n", n, line)
		}
	}
	write(t, filepath.Join(dir, "d.csv"), b.String())
}

// TestProtectMicrodataBeside: records from which the hidden cells of a table can be
// counted do not leave with it; of all other records beside a table a person judges.
func TestProtectMicrodataBeside(t *testing.T) {
	counts := map[string]int{"A,x": 30, "A,y": 20, "A,z": 25, "B,x": 20, "B,y": 4, "B,z": 27, "C,x": 31, "C,y": 22, "C,z": 19}
	rows, order := map[string]int{}, []string{"A,x", "A,y", "A,z", "B,x", "B,y", "B,z", "C,x", "C,y", "C,z"}
	for i, row := range order { // area is the region in other codes
		order[i] = row + "," + strings.NewReplacer("A", "1", "B", "2", "C", "3").Replace(row[:1])
		rows[order[i]] = counts[row]
	}
	for _, c := range []struct {
		name, microdata string
		code            int
		says            string
	}{
		{"none", "", 0, "suppressed"},
		{"all variables", "  - {name: f, kind: microdata, keys: [region], sensitive: [diag]}\n", exitUnsafe, "can be counted in the microdata"},
		{"one variable", "  - {name: f, kind: microdata, keys: [region]}\n", exitReview, "hold 1 of its 2 variables"},
		{"a variable in other codes", "  - {name: f, kind: microdata, keys: [area]}\n", exitReview, "hold 0 of its 2 variables"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			writeRows(t, dir, "region,diag,area", rows, order)
			write(t, filepath.Join(dir, "s.yaml"), "version: 1\ndata: {source: d.csv, respondent: id}\noutputs:\n  - {name: t, kind: frequency, by: [region, diag]}\n"+c.microdata)
			out := filepath.Join(dir, "out")
			code, text := verb(t, "protect", filepath.Join(dir, "s.yaml"), "--out", out)
			if code != c.code || !strings.Contains(text, c.says) {
				t.Errorf("exit status %d: %s", code, text)
			}
			if _, err := os.Stat(filepath.Join(out, "release")); (err == nil) == (code == exitUnsafe) {
				t.Errorf("exit status %d, release: %v", code, err)
			}
			if code == 0 && !strings.Contains(text, "earlier and later releases") {
				t.Errorf("earlier releases are not named: %s", text)
			}
		})
	}
}

// TestPopulations: 46 persons, of whom one has no state. 46 - 45 is that person.
func TestPopulations(t *testing.T) {
	dir := t.TempDir()
	writeRows(t, dir, "region,state", map[string]int{"R,s": 25, "R,h": 20, "R,": 1, "Q,s": 15, "Q,h": 30}, []string{"R,s", "R,h", "R,", "Q,s", "Q,h"})
	const data = "version: 1\ndata: {source: d.csv, respondent: id, missing: {state: exclude}}\noutputs:\n"
	for _, c := range []struct {
		name, outputs string
		review        bool
	}{
		{"one leaves a row out", "  - {name: all, kind: frequency, by: [region]}\n  - {name: part, kind: frequency, by: [region, state]}\n", true},
		{"both leave it out", "  - {name: a, kind: frequency, by: [state]}\n  - {name: b, kind: frequency, by: [region, state]}\n", false},
		{"one output", "  - {name: b, kind: frequency, by: [region, state]}\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := filepath.Join(dir, "s.yaml")
			write(t, spec, data+c.outputs)
			want := 0
			if c.review {
				want = exitUnsafe // one person follows from the two
			}
			out := filepath.Join(t.TempDir(), "out")
			verbs := [][]string{{"check", spec}, {"protect", spec, "--out", out}}
			if c.name == "both leave it out" {
				verbs = verbs[:1] // protect refuses two tables of the same cells that it does not link
			}
			for _, args := range verbs {
				code, text := verb(t, args...)
				if code != want || strings.Contains(text, "leave out different rows") != c.review {
					t.Errorf("%s: exit status %d: %s", args[0], code, text)
				}
			}
			// No row stands for those who are left out.
			for _, name := range []string{"part", "a", "b"} {
				text, err := os.ReadFile(filepath.Join(out, "release", name+".release.csv"))
				if err == nil && strings.Contains(string(text), "(missing)") {
					t.Errorf("%s: %s", name, text)
				}
			}
		})
	}
}

// TestAuditContributors: numbers of contributors that cannot be are refused, whatever
// the cell's status.
func TestAuditContributors(t *testing.T) {
	for _, c := range []struct {
		name, p, q string // contributors and status of P; of Q
		code       int
		says       string
	}{
		{"few", "2,s", "10,s", exitUnsafe, "few contributors"},
		{"enough", "3,s", "10,s", 0, ""},
		{"none", "0,s", "10,s", exitFailure, "is 0, and the value of the cell is not"},
		{"none, hidden", "0,u", "0,x", exitFailure, "is 0, and the value of the cell is not"},
		{"negative", "-8,s", "10,s", exitFailure, "is negative"},
		{"negative, hidden", "-1,u", "-1,x", exitFailure, "is negative"},
		{"a part of one", "0.3,s", "10,s", exitFailure, "is no whole number"},
		{"more than in all", "50,s", "10,s", exitFailure, "more contributors than in the total"},
		{"as many as in all", "12,s", "12,s", 0, ""},
		{"not given", ",s", "10,s", exitFailure, "is missing in a published cell"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "t.csv")
			write(t, file, "a,value,n,status\n*,105,12,s\nP,60,"+c.p+"\nQ,45,"+c.q+"\n")
			code, text := verb(t, "audit", file, "--by", "a", "--contributors", "n", "--min", "3", "--codes", "sdctable")
			if code != c.code || !strings.Contains(text, c.says) {
				t.Errorf("exit status %d: %s", code, text)
			}
		})
	}
}

// TestCountsOfResponses: a magnitude table that publishes counts counts who has a response;
// beside another count the difference is who has none, or is left out.
func TestCountsOfResponses(t *testing.T) {
	dir := t.TempDir()
	writeRows(t, dir, "region,state,x,y", map[string]int{"R,s,5,5": 24, "R,s,,5": 1, "R,h,5,5": 20, "R,,5,5": 1, "Q,s,7,7": 15, "Q,h,7,7": 30},
		[]string{"R,s,5,5", "R,s,,5", "R,h,5,5", "R,,5,5", "Q,s,7,7", "Q,h,7,7"})
	const (
		regions = "  - {name: a, kind: frequency, by: [region]}\n"
		states  = "  - {name: a, kind: frequency, by: [state]}\n"
	)
	sum := func(name, by, response, statistics string) string {
		return "  - {name: " + name + ", kind: magnitude, by: [" + by + "], response: " + response + ", statistics: [" + statistics + "]}\n"
	}
	for _, c := range []struct {
		name, outputs string
		review        bool
	}{
		{"everybody has a response", regions + sum("b", "region", "y", "count"), false},
		{"one has none", regions + sum("b", "region", "x", "count"), true},
		{"one has none, and the mean is told", regions + sum("b", "region", "x", "mean"), true},
		{"one has none, and sums alone are told", regions + sum("b", "region", "x", "sum"), false},
		{"one has no state", states + sum("b", "region", "y", "count"), true},
		{"nobody of those with a state is left out", states + sum("b", "state", "y", "count"), false},
		{"counts of two responses", sum("a", "region", "x", "count") + sum("b", "region", "y", "count"), true},
		{"sums of two responses", sum("a", "region", "x", "sum") + sum("b", "region", "y", "sum"), false},
		{"two counts of one response", sum("a", "region", "x", "count") + sum("b", "region", "x", "sum"), false},
		{"two sums of one response", sum("a", "region", "y", "sum") + sum("b", "state", "y", "sum"), true},
		{"a count and microdata", sum("a", "region", "x", "count") + "  - {name: b, kind: microdata, keys: [region]}\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := filepath.Join(dir, "s.yaml")
			write(t, spec, "version: 1\ndata: {source: d.csv, respondent: id, missing: {state: exclude}}\noutputs:\n"+c.outputs)
			code, text := verb(t, "check", spec)
			if strings.Contains(text, "leave out different rows") != c.review || c.review && code == 0 {
				t.Errorf("exit status %d: %s", code, text)
			}
		})
	}
}

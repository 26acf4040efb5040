package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestCodesThatLookLikeOthers: a code of the data that is * or (missing), or begins
// with a backslash, has a backslash before it wherever it is written, so that no two
// cells have one name, and a release with it holds.
func TestCodesThatLookLikeOthers(t *testing.T) {
	var b strings.Builder
	b.WriteString("pid,g,h\n")
	n := 0
	for i, g := range []string{"*", "", "(missing)", `\*`, `\`, "A"} {
		for _, h := range []string{"x", "y", "*"} {
			size := 12 + i
			if g == "A" && h != "x" {
				size = 4
			}
			for range size {
				n++
				fmt.Fprintf(&b, "%d,%s,%s\n", n, g, h)
			}
		}
	}
	spec := `version: 1
data: {source: d.csv, respondent: pid, missing: {default: category}}
outputs:
  - {name: t, kind: frequency, by: [g, h]}
`
	dir := folder(t, "d.csv", b.String(), "spec.yaml", spec)
	at := func(name string) string { return filepath.Join(dir, name) }
	status, out, errs := sluis(t, "check", at("spec.yaml"), "--cells", at("cells.csv"), "--json", at("r.json"), "--html", at("r.html"))
	if status != 3 {
		t.Fatalf("status %d: %s%s", status, out, errs)
	}
	want := map[string]int64{"*,*": 12*3 + 13*3 + 14*3 + 15*3 + 16*3 + 17 + 8, `\*,*`: 36, "(missing),*": 39, `\(missing),*`: 42, `\\*,*`: 45, `\\,*`: 48, "A,*": 25, `\*,\*`: 12, `*,\*`: 12 + 13 + 14 + 15 + 16 + 4, `\\*,\*`: 15}
	got := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(readFile(t, at("cells.csv"))), "\n")[1:] {
		f := strings.Split(line, ",")
		key := f[1] + "," + f[2]
		if _, twice := got[key]; twice {
			t.Errorf("two cells %s", key)
		}
		got[key] = f[3]
	}
	if len(got) != 7*4 {
		t.Errorf("%d cells: %v", len(got), got)
	}
	for key, n := range want {
		t.Run(key, func(t *testing.T) {
			if got[key] != fmt.Sprint(n) {
				t.Errorf("%s: %s, want %d", key, got[key], n)
			}
		})
	}
	var r struct {
		Outputs []struct {
			Findings []struct {
				Cell map[string]*string `json:"cell"`
			} `json:"findings"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(readFile(t, at("r.json"))), &r); err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for _, f := range r.Outputs[0].Findings {
		for _, code := range f.Cell {
			if code != nil {
				written[*code] = true
			}
		}
	}
	if written["*"] || !written[`\*`] {
		t.Errorf("the codes of findings are %v", written)
	}
	status, out, errs = sluis(t, "protect", at("spec.yaml"), "--out", at("rel"))
	if status != 0 {
		t.Fatalf("protect: status %d: %s%s", status, out, errs)
	}
	if status, out, errs := sluis(t, "verify", at("rel")); status != 0 || !strings.Contains(out, "holds") {
		t.Errorf("verify: status %d: %s%s", status, out, errs)
	}
	if status, out, errs := sluis(t, "diff", at("r.json"), at("r.json")); status != 0 {
		t.Errorf("diff: status %d: %s%s", status, out, errs)
	}
}

// TestFoldOfWrittenCodes: a spec names the codes of an output as reports write them.
func TestFoldOfWrittenCodes(t *testing.T) {
	var b strings.Builder
	b.WriteString("pid,g\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%d,%s\n", i, []string{"*", "b", "c"}[i%3])
	}
	spec := func(code string) string {
		return "version: 1\ndata: {source: d.csv, respondent: pid, hierarchies: {g: {tree: {\"(missing)\": [\"*\", b], D: [c]}}}}\n" +
			"outputs:\n  - {name: t, kind: frequency, by: [g], fold: {g: ['" + code + "']}}\n"
	}
	dir := folder(t, "d.csv", b.String(), "a.yaml", spec(`\(missing)`), "b.yaml", spec("(missing)"))
	if status, out, errs := sluis(t, "check", filepath.Join(dir, "a.yaml"), "--cells", filepath.Join(dir, "c.csv")); status != 0 {
		t.Errorf("written: status %d: %s%s", status, out, errs)
	} else if cells := readFile(t, filepath.Join(dir, "c.csv")); !strings.Contains(cells, `t,\(missing),40,`) || strings.Contains(cells, `\*`) {
		t.Error(cells)
	}
	if status, _, errs := sluis(t, "check", filepath.Join(dir, "b.yaml")); status != 2 || !strings.Contains(errs, "fold") {
		t.Errorf("the name of null: status %d: %s", status, errs)
	}
}

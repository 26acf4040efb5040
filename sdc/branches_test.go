package sdc_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestBranches: the codes above the cells of a table without margins are sums of what is
// published, and break group rules as such.
func TestBranches(t *testing.T) {
	for _, tc := range []struct {
		name         string
		lung, breast int // of 40 in the north; the others have flu
		remainder    int64
		noTree       bool
		want         []string
	}{
		{"second/F06 g: 40 of 40 under one code, no leaf by itself", 20, 20, -1, false, []string{"breast", "lung"}},
		{"36 of 40", 18, 18, -1, false, []string{"breast", "lung"}},
		{"35 of 40", 18, 17, -1, false, nil},
		{"a leaf alone is found once", 40, 0, -1, false, []string{"lung"}},
		{"a leaf that is found, and its sister", 36, 2, -1, false, []string{"breast", "lung"}},
		{"without the tree", 20, 20, -1, true, nil},
		{"all but two", 19, 19, 2, false, []string{"breast", "lung"}},
		{"all but three, of two", 19, 18, 2, false, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i := range 40 {
				code := "flu"
				switch {
				case i < tc.lung:
					code = "lung"
				case i < tc.lung+tc.breast:
					code = "breast"
				}
				rows = append(rows, row{"region": "N", "diagnosis": code}, row{"region": "S", "diagnosis": []string{"lung", "flu", "breast", "flu"}[i%4]})
			}
			d := sdc.FromTable(tableOf(t, fields("region", text, "diagnosis", text), rows...))
			if !tc.noTree {
				d.Hierarchies = map[string]*sdc.Hierarchy{"diagnosis": diagnoses(t)}
			}
			p := off()
			rule := "group-disclosure"
			if p.GroupDisclosure = (sdc.GroupDisclosure{Percent: "90"}); tc.remainder >= 0 {
				rule, p.GroupDisclosure.Off, p.GroupRemainder = "group-remainder", true, sdc.GroupRemainder{K: tc.remainder}
			}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"region", "diagnosis"}, Sensitive: []string{"diagnosis"}, NoMargins: true})
			want := map[string]bool{}
			for _, code := range tc.want {
				want[fmt.Sprintf("%s at region=N, diagnosis=%s: unsafe", rule, code)] = true
			}
			got := map[string]bool{}
			for _, f := range found(r, 0) {
				got[f] = true
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if r.Outputs[0].UnsafeCells != len(want) || len(found(r, 0)) != len(want) {
				t.Errorf("%d unsafe cells and %d findings, want %d", r.Outputs[0].UnsafeCells, len(found(r, 0)), len(want))
			}
		})
	}
}

// TestBranchesRecount compares tables without margins with a recount by maps of strings,
// over one tree or two, and with zeros that are named as they are without a tree above.
func TestBranchesRecount(t *testing.T) {
	parent := map[string]string{"lung": "cancer", "breast": "cancer", "flu": "infection", "cancer": "any", "infection": "any", "(missing)": ""}
	leaves := []string{"lung", "breast", "flu"}
	levels := map[string]int{"any": 1, "cancer": 2, "infection": 2}
	findings, above, hidden := 0, 0, 0
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 37))
		sensitive := [][]string{nil, {"a"}, {"a", "b"}, {"b"}}[rng.IntN(4)]
		var rows []row
		for range 1 + rng.IntN(50) {
			r := row{"a": leaves[rng.IntN(2)], "b": leaves[rng.IntN(3)], "who": rng.IntN(30)}
			if rng.IntN(6) == 0 {
				r["a"] = []any{nil, "flu"}[rng.IntN(2)]
			}
			rows = append(rows, r)
		}
		percent, remainder := 50+rng.IntN(51), rng.IntN(3)
		persons := map[[2]string]map[int]bool{}
		add := func(a, b string, who int) {
			if persons[[2]string{a, b}] == nil {
				persons[[2]string{a, b}] = map[int]bool{}
			}
			persons[[2]string{a, b}][who] = true
		}
		cells := map[[2]string]bool{}
		for _, r := range rows {
			a, b, who := label(r["a"]), r["b"].(string), r["who"].(int)
			cells[[2]string{a, b}] = true
			for x := a; ; x = parent[x] {
				if add(x, b, who); x == "" {
					break
				}
			}
			for x := parent[b]; ; x = parent[x] {
				if add(a, x, who); x == "" {
					break
				}
			}
		}
		want := map[string]bool{}
		occurs := map[string]bool{}
		for c := range cells {
			occurs["a"+c[0]], occurs["b"+c[1]] = true, true
		}
		for c := range cells {
			for v, name := range []string{"a", "b"} {
				if len(sensitive) > 0 && sensitive[0] != name && sensitive[len(sensitive)-1] != name {
					continue
				}
				line := c
				line[v] = ""
				null := line
				null[v] = "(missing)"
				of, unknown := len(persons[line]), len(persons[null])
				for rule, breaks := range map[string]func(n, of int) bool{
					"group-disclosure": func(n, of int) bool { return 100*n >= percent*of },
					"group-remainder":  func(n, of int) bool { return of-remainder <= n },
				} {
					broken := func(of int, verdict string) bool {
						for x := c[v]; x != "" && x != "any"; x = parent[x] {
							at := c
							at[v] = x
							if n := len(persons[at]); breaks(n, of) {
								want[fmt.Sprintf("%s %s at a=%s, b=%s: %d of %d, level %d, %s", rule, name, c[0], c[1], n, of, levels[x], verdict)] = true
								if x != c[v] {
									above++
								}
								return true
							}
						}
						return false
					}
					if !broken(of, "unsafe") && c[v] != "(missing)" && unknown > 0 && broken(max(of-unknown, len(persons[c])), "review") {
						hidden++
					}
				}
				if len(sensitive) == 0 {
					continue
				}
				for _, code := range append([]string{"(missing)"}, leaves...) {
					at := c
					at[v] = code
					if occurs[name+code] && !cells[at] {
						want[fmt.Sprintf("zero-cells %s at a=%s, b=%s: 0 of %d, level 0, review", name, at[0], at[1], of)] = true
					}
				}
			}
		}
		d := sdc.FromTable(tableOf(t, fields("a", text, "b", text, "who", integer), rows...))
		d.Roles.Respondent = "who"
		d.Missing = map[string]sdc.Missing{"": "category"}
		d.Hierarchies = map[string]*sdc.Hierarchy{"a": diagnoses(t), "b": diagnoses(t)}
		p := off()
		p.ZeroCells.Off = false
		p.GroupDisclosure = sdc.GroupDisclosure{Percent: sdc.Percent(fmt.Sprint(percent))}
		p.GroupRemainder = sdc.GroupRemainder{K: int64(remainder)}
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"a", "b"}, Sensitive: sensitive, NoMargins: true})
		got := map[string]bool{}
		for _, f := range r.Outputs[0].Findings {
			level := 0
			if _, err := fmt.Sscanf(after(f.Message.String(), "above this cell, at level "), "%d", &level); err != nil {
				level = 0
			}
			got[fmt.Sprintf("%s %s at %s: %d of %d, level %d, %s", f.Rule, f.Variable, f.Cell, f.Count, f.Of, level, f.Verdict)] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		findings += len(got)
	}
	if above == 0 || hidden == 0 {
		t.Error("no code above a cell, or no cell behind unknown values, was found")
	}
	t.Logf("%d findings recounted, %d of codes above, %d behind unknown values", findings, above, hidden)
}

// TestUnknownInTables: respondents with an unknown value do not hide what the others of a
// line of a table share.
func TestUnknownInTables(t *testing.T) {
	for _, c := range []struct {
		name                string
		hiv, well, unknown  int
		missing             sdc.Missing
		remainder, margins  bool
		disclosed, observed string
	}{
		{"95 of 105 known of 117", 95, 10, 12, "category", false, true, "review", "95 of 105"},
		{"90 of 100 known of 101", 90, 10, 1, "category", false, true, "review", "90 of 100"},
		{"89 of 99 known is less than 90 %", 89, 10, 12, "category", false, true, "", ""},
		{"nobody unknown", 95, 10, 0, "category", false, true, "unsafe", "95 of 105"},
		{"found with the unknown ones counted", 95, 1, 9, "category", false, true, "unsafe", "95 of 105"},
		{"unknown ones left out", 95, 10, 12, "exclude", false, true, "unsafe", "95 of 105"},
		{"without margins", 95, 10, 12, "category", false, false, "review", "95 of 105"},
		{"all but one of the known ones", 40, 1, 30, "category", true, true, "review", "40 of 41"},
		{"all but two of the known ones", 40, 2, 30, "category", true, true, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rows []row
			add := func(n int, region string, state any) {
				for range n {
					rows = append(rows, row{"region": region, "state": state})
				}
			}
			add(c.hiv, "N", "hiv")
			add(c.well, "N", "well")
			add(c.unknown, "N", nil)
			add(20, "S", "hiv")
			add(20, "S", "well")
			d := sdc.FromTable(tableOf(t, fields("region", text, "state", text), rows...))
			d.Missing = map[string]sdc.Missing{"state": c.missing}
			p := off()
			if p.GroupDisclosure = (sdc.GroupDisclosure{Percent: "90"}); c.remainder {
				p.GroupDisclosure.Off, p.GroupRemainder = true, sdc.GroupRemainder{K: 1}
			}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}, NoMargins: !c.margins})
			verdict, observed := "", ""
			for _, f := range r.Outputs[0].Findings {
				if f.Cell.String() == "region=N, state=hiv" {
					verdict, observed = f.Verdict.String(), fmt.Sprintf("%d of %d", f.Count, f.Of)
				}
			}
			if verdict != c.disclosed || observed != c.observed {
				t.Errorf("%q, %q: want %q, %q", verdict, observed, c.disclosed, c.observed)
			}
		})
	}
}

// TestKnownAndUnknown: a respondent with a known value in one row and none in another is known.
// The share of a cell among those who are known is never above 100 %.
func TestKnownAndUnknown(t *testing.T) {
	var rows []row
	add := func(from, to int, state any) {
		for who := from; who < to; who++ {
			rows = append(rows, row{"region": "N", "state": state, "who": who})
		}
	}
	add(0, 20, "hiv")
	add(0, 25, nil) // the twenty, and five of whom nothing is known
	add(30, 32, "well")
	for _, remainder := range []bool{false, true} {
		d := sdc.FromTable(tableOf(t, fields("region", text, "state", text, "who", integer), rows...))
		d.Roles.Respondent = "who"
		d.Missing = map[string]sdc.Missing{"state": sdc.MissingCategory}
		p := off()
		if p.GroupDisclosure = (sdc.GroupDisclosure{Percent: "90"}); remainder {
			p.GroupDisclosure.Off, p.GroupRemainder = true, sdc.GroupRemainder{K: 1}
		}
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}})
		seen := 0
		for _, f := range r.Outputs[0].Findings {
			if f.Of < f.Count || f.Observed < 0 || f.Rule == "group-disclosure" && f.Observed > 100 {
				t.Errorf("%s at %s: %d of %d, observed %v: %s", f.Rule, f.Cell, f.Count, f.Of, f.Observed, f.Message)
			}
			if f.Cell.String() == "region=N, state=hiv" && f.Verdict == sdc.Review {
				seen++
			}
		}
		if seen != 1 {
			t.Errorf("remainder %v: %q", remainder, found(r, 0))
		}
	}
}

// after is what follows a part of a text, "" where there is none.
func after(s, part string) string {
	_, rest, _ := strings.Cut(s, part)
	return rest
}

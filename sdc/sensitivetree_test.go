package sdc_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// diagnoses is a tree whose top code has all others below it.
func diagnoses(t *testing.T) *sdc.Hierarchy {
	t.Helper()
	h, err := sdc.NewHierarchy(sdc.Code{Label: "any", Children: []sdc.Code{
		{Label: "cancer", Children: []sdc.Code{{Label: "lung"}, {Label: "breast"}}},
		{Label: "infection", Children: []sdc.Code{{Label: "flu"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestSensitiveTree: a class of which nobody shares a leaf and 36 of 40 share a branch.
func TestSensitiveTree(t *testing.T) {
	for _, tc := range []struct {
		name     string
		cancer   int // of 40 in the north
		kind     sdc.Kind
		want     []string
		unsafe   int
		northern sdc.Verdict
	}{
		{"90 % of a class", 36, sdc.Microdata, []string{"group-disclosure at region=N, diagnosis=cancer: unsafe"}, 1, sdc.Unsafe},
		{"less than that", 35, sdc.Microdata, []string{}, 0, sdc.Safe},
		{"90 % of a line", 36, sdc.Frequency, []string{"group-disclosure at region=N, diagnosis=cancer: unsafe"}, 1, sdc.Safe},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i := range 40 {
				code := []string{"lung", "breast"}[i%2]
				if i >= tc.cancer {
					code = "flu"
				}
				rows = append(rows, row{"region": "N", "diagnosis": code}, row{"region": "S", "diagnosis": []string{"lung", "flu", "breast", "flu"}[i%4]})
			}
			d := sdc.FromTable(tableOf(t, fields("region", text, "diagnosis", text), rows...))
			d.Hierarchies = map[string]*sdc.Hierarchy{"diagnosis": diagnoses(t)}
			p := off()
			p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
			o := sdc.Output{Name: "o", Kind: tc.kind, By: []string{"region"}, Sensitive: []string{"diagnosis"}}
			if tc.kind != sdc.Microdata {
				o.By = []string{"region", "diagnosis"}
			}
			r := check(t, d, p, o)
			if diff := cmp.Diff(tc.want, found(r, 0)); diff != "" {
				t.Error(diff)
			}
			if got := r.Outputs[0].UnsafeCells; got != tc.unsafe {
				t.Errorf("%d unsafe cells, want %d", got, tc.unsafe)
			}
			if tc.kind == sdc.Microdata {
				if got := r.Status(0, cellAt(t, r.Tables[0], "N")); got != tc.northern {
					t.Errorf("the class is %v, want %v", got, tc.northern)
				}
			}
			if !slices.ContainsFunc(words.Strings(r.Outputs[0].NotChecked), func(s string) bool {
				return s == `group-disclosure: a code of "diagnosis" has all codes of the tree below it, so the code is no category`
			}) {
				t.Errorf("the top code is not spoken of: %v", r.Outputs[0].NotChecked)
			}
		})
	}
}

// TestSensitiveTreeRecount compares classes of microdata with a recount by maps of
// strings: every level of the tree, leaves above others, nulls as a category.
func TestSensitiveTreeRecount(t *testing.T) {
	parent := map[string]string{"lung": "cancer", "breast": "cancer", "flu": "infection", "cancer": "any", "infection": "any", "(missing)": ""}
	findings := 0
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 31))
		var rows []row
		common := []string{"lung", "breast", "flu"}[rng.IntN(3)]
		for range 1 + rng.IntN(60) {
			r := row{"region": fmt.Sprint(rng.IntN(3)), "who": rng.IntN(40), "diagnosis": common}
			switch rng.IntN(8) {
			case 0:
				r["diagnosis"] = nil
			case 1, 2, 3:
				r["diagnosis"] = []string{"lung", "breast", "flu"}[rng.IntN(3)]
			}
			rows = append(rows, r)
		}
		percent, remainder := 50+rng.IntN(51), rng.IntN(3)
		want := map[string]bool{}
		unsafe := map[string]bool{}
		class, at := map[string]map[int]bool{}, map[[2]string]map[int]bool{}
		add := func(m map[int]bool, who int) map[int]bool {
			if m == nil {
				m = map[int]bool{}
			}
			m[who] = true
			return m
		}
		known := map[string]map[int]bool{}
		for _, r := range rows {
			region, who := r["region"].(string), r["who"].(int)
			class[region] = add(class[region], who)
			if r["diagnosis"] != nil {
				known[region] = add(known[region], who)
			}
			for code := label(r["diagnosis"]); code != ""; code = parent[code] {
				at[[2]string{region, code}] = add(at[[2]string{region, code}], who)
			}
		}
		for k, who := range at {
			n, of := len(who), len(class[k[0]])
			if k[1] == "any" {
				continue
			}
			if k[1] != "(missing)" {
				of = len(known[k[0]]) // what the known ones share is found with unknown ones among them, or without
			}
			for rule, broken := range map[string]bool{"group-disclosure": 100*n >= percent*of, "group-remainder": of-remainder <= n} {
				if broken {
					want[fmt.Sprintf("%s at region=%s, diagnosis=%s: unsafe", rule, k[0], k[1])] = true
					unsafe[k[0]] = true
				}
			}
		}
		d := sdc.FromTable(tableOf(t, fields("region", text, "who", integer, "diagnosis", text), rows...))
		d.Roles.Respondent = "who"
		d.Missing = map[string]sdc.Missing{"diagnosis": "category"}
		d.Hierarchies = map[string]*sdc.Hierarchy{"diagnosis": diagnoses(t)}
		p := off()
		p.GroupDisclosure = sdc.GroupDisclosure{Percent: sdc.Percent(fmt.Sprint(percent))}
		p.GroupRemainder = sdc.GroupRemainder{K: int64(remainder)}
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"region"}, Sensitive: []string{"diagnosis"}})
		got := map[string]bool{}
		for _, f := range found(r, 0) {
			got[f] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		if r.Outputs[0].UnsafeCells != len(unsafe) {
			t.Fatalf("seed %d: %d unsafe classes, want %d", seed, r.Outputs[0].UnsafeCells, len(unsafe))
		}
		findings += len(got)
	}
	t.Logf("%d findings recounted", findings)
}

package hide

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestSharesOfBranches: of a table without margins a code above the cells breaks a group
// rule. The cells below it are hidden, and either some possible table has another share
// or the release is for review.
func TestSharesOfBranches(t *testing.T) {
	h, err := sdc.NewHierarchy(sdc.Code{Label: "hiv", Children: []sdc.Code{{Label: "hiv1"}, {Label: "hiv2"}}}, sdc.Code{Label: "flu"}, sdc.Code{Label: "cold"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		other  map[string]int // in A beside 20 and 20
		hidden []string       // at least
	}{
		{"all of a line", nil, []string{"A cold", "A flu", "A hiv1", "A hiv2"}},
		{"two others", map[string]int{"flu": 2}, []string{"A flu", "A hiv1", "A hiv2"}},
		{"ten others, as many as the rule asks", map[string]int{"flu": 5, "cold": 5}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &rows{names: []string{"g", "s"}}
			add := func(n int, g, s string) {
				for range n {
					r.add(0, g, s)
				}
			}
			add(20, "A", "hiv1")
			add(20, "A", "hiv2")
			for _, s := range []string{"flu", "cold"} {
				add(c.other[s], "A", s)
			}
			for _, s := range []string{"hiv1", "hiv2", "flu", "cold"} {
				add(15, "B", s)
			}
			p := onlyRules()
			p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
			report := r.check(t, p, map[string]*sdc.Hierarchy{"s": h}, sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"g", "s"}, Sensitive: []string{"s"}, NoMargins: true})
			g := build(t, report, p, BuildOptions{})[0]
			pattern, open, err := g.Protect(context.Background(), Options{Threads: 1, Rounds: 8, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			table := g.list[0]
			at := map[string]int32{}
			var hidden []string
			for k := range table.n {
				where := table.coordinates(k)
				name := fmt.Sprintf("%v %v", where[0], where[1])
				if at[name] = table.id[k]; table.shown[k] && pattern.status[table.id[k]].Hidden() {
					hidden = append(hidden, name)
				}
			}
			for _, name := range c.hidden {
				if !slices.Contains(hidden, name) {
					t.Errorf("%s is published", name)
				}
			}
			if c.hidden == nil {
				if len(hidden) > 0 || len(open) > 0 {
					t.Errorf("hidden %v, open %v", hidden, open)
				}
				return
			}
			possible := slices.ContainsFunc(pattern.witnesses, func(w Witness) bool {
				n, of := new(big.Rat), new(big.Rat)
				for s, x := range map[string]int{"hiv1": 20, "hiv2": 20, "flu": c.other["flu"], "cold": c.other["cold"]} {
					y := new(big.Rat).Add(big.NewRat(int64(x), 1), big.NewRat(w.at(at["A "+s]), w.Den))
					of.Add(of, y)
					if s[:3] == "hiv" {
						n.Add(n, y)
					}
				}
				return n.Mul(n, big.NewRat(10, 1)).Cmp(of.Mul(of, big.NewRat(9, 1))) < 0
			})
			if possible == (len(open) > 0) {
				t.Errorf("another share is shown: %v; open: %v", possible, open)
			}
		})
	}
}

package hide

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestDifferentThings: counts and sums are not one problem, and a count of zero tells that
// a sum is zero. The levels of sums must hold for who has seen the counts, and those of
// counts for who knows from the sums which of them are zero and which are not.
func TestDifferentThings(t *testing.T) {
	plans := [][2][]string{{{"a", "b"}, {"a", "b"}}, {{"a", "b"}, {"b"}}, {{"a"}, {"a", "b"}}, {{"a", "b"}, {"a", "b"}}}
	protected, empty := make([]int, len(plans)), make([]int, len(plans))
	for seed := range uint64(200) {
		plan := int(seed % 4)
		rng := rand.New(rand.NewPCG(seed, 77))
		r := &rows{names: []string{"a", "b"}}
		none := rng.IntN(2) // in a group of codes, and in that of one code
		for a := range 6 {
			for b := range 4 {
				if a/2 == none || b == 3*none {
					continue
				}
				for range max(0, rng.IntN(10)-2) {
					r.add(float64(1+rng.IntN(50)), fmt.Sprint("a", a), fmt.Sprint("b", b))
				}
			}
		}
		trees := map[string]*sdc.Hierarchy{}
		for _, v := range []string{"a", "b"} {
			var top []sdc.Code
			for g := range 3 {
				top = append(top, sdc.Code{Label: fmt.Sprint(v, "g", g), Children: []sdc.Code{{Label: fmt.Sprint(v, 2*g)}, {Label: fmt.Sprint(v, 2*g+1)}}})
			}
			h, err := sdc.NewHierarchy(top...)
			if err != nil {
				t.Fatal(err)
			}
			trees[v] = h
		}
		p := onlyRules()
		p.PPercent = sdc.PPercent{P: "20"}
		p.MinContributors = sdc.MinContributors{Min: 2}
		coarse := map[string]int{}
		if plan == 3 {
			coarse["a"] = 1
		}
		report := r.check(t, p, trees, sdc.Output{Name: "n", Kind: sdc.Frequency, By: plans[plan][0], Depth: coarse},
			sdc.Output{Name: "s", Kind: sdc.Magnitude, By: plans[plan][1], Response: "x"})
		groups := build(t, report, p, BuildOptions{Count: CountRecords})
		var releases []*Release
		var hidden [][]bool
		for _, g := range groups {
			pattern, err := Protect(context.Background(), g.problem, Options{})
			if errors.Is(err, ErrInfeasible) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			releases, hidden = append(releases, g.releases(pattern)[0]), append(hidden, pattern.Hidden())
		}
		if len(releases) < 2 {
			continue
		}
		protected[plan]++
		for k, g := range groups {
			cells := slices.Clone(g.problem.cells)
			for cell := range cells {
				if around(g.list[0].layout, cell, releases[1-k]) == 0 {
					if hidden[k][cell] {
						t.Fatalf("seed %d: group %d: a cell is hidden that is known to be empty", seed, k)
					}
					empty[plan]++
					cells[cell].Status = Protected
				}
			}
			// Who has seen sums of all cells knows of every count that is not 0.
			a := g.problem.attacker
			if k == 0 && plan != 1 {
				a.Lower = 1
			}
			q, err := New(cells, g.problem.rel, a)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Audit(context.Background(), q, hidden[k], AuditOptions{NeedsOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Failures) > 0 {
				t.Fatalf("seed %d: group %d, with empty cells known: %v", seed, k, got.Failures)
			}
		}
	}
	for plan := range plans {
		if protected[plan] < 20 || empty[plan] < 50 {
			t.Errorf("plan %d: %d protected, %d empty cells known", plan, protected[plan], empty[plan])
		}
	}
}

// around is the value of the cell of a release that a cell of another table is, or is part
// of; -1 where it is hidden.
func around(l *layout, cell int, r *Release) int64 {
	at := 0
	for w, v := range r.Variables {
		for k := range l.vars {
			if l.vars[k].Name != v.Name {
				continue
			}
			code := l.code(cell, k)
			for !slices.Contains(v.Codes, l.vars[k].Codes[code]) {
				code = l.vars[k].Parents[code]
			}
			at += slices.Index(v.Codes, l.vars[k].Codes[code]) * r.grid.stride[w]
		}
	}
	if r.hidden[at] {
		return -1
	}
	return r.value[at]
}

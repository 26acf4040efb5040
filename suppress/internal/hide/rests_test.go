package hide

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestRestsPass: the pattern of a problem, before anything else is looked at, leaves no published
// total of counts of which the hidden parts together are too few persons. The test adds up the
// persons of its own data, by the codes of the cells.
func TestRestsPass(t *testing.T) {
	const least = 6
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "p", Children: []sdc.Code{{Label: "p1"}, {Label: "p2"}, {Label: "p3"}}},
		sdc.Code{Label: "q", Children: []sdc.Code{{Label: "q1"}, {Label: "q2"}, {Label: "q3"}}})
	if err != nil {
		t.Fatal(err)
	}
	under := map[string][]string{"*": {"p", "q"}, "p": {"p1", "p2", "p3"}, "q": {"q1", "q2", "q3"}}
	for i := range 6 {
		under["b*"] = append(under["b*"], fmt.Sprint("b", i))
	}
	sums, forced := 0, 0
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 7))
		data := &rows{names: []string{"a", "b"}}
		persons := map[[2]string]int{}
		for _, g := range []string{"p", "q"} {
			for _, a := range under[g] {
				for _, b := range under["b*"] {
					n := rng.IntN(4) * rng.IntN(9)
					for range n {
						data.add(0, a, b)
					}
					for _, x := range []string{a, g, "*"} {
						persons[[2]string{x, b}] += n
						persons[[2]string{x, "*"}] += n
					}
				}
			}
		}
		p := onlyRules()
		p.MinContributors = sdc.MinContributors{Min: least}
		report := data.check(t, p, map[string]*sdc.Hierarchy{"a": tree}, sdc.Output{Name: "t", Kind: sdc.Frequency, By: data.names})
		groups, err := FromReport(report, []int{0}, BuildOptions{})
		if err != nil {
			t.Fatal(err)
		}
		g := groups[0]
		if err := g.Draw([32]byte{byte(seed)}); err != nil {
			t.Fatal(err)
		}
		pattern, err := Protect(t.Context(), g.problem, Options{Rounds: int(seed % 3 * 4)})
		if err != nil {
			t.Fatal(seed, err)
		}
		forced += len(pattern.forced)
		if len(pattern.forced) > 0 {
			without := *pattern
			without.needs = slices.DeleteFunc(slices.Clone(pattern.needs), func(n Need) bool { return n.Cell == pattern.forced[0] })
			if g.problem.proves(pattern) != nil || g.problem.proves(&without) == nil {
				t.Errorf("seed %d: a cell that is hidden for a sum needs a proof", seed)
			}
		}
		hidden := map[[2]string]bool{}
		for cell, id := range g.list[0].id {
			at := g.list[0].coordinates(cell)
			hidden[[2]string{at[0], at[1]}] = pattern.status[id].Hidden()
		}
		judge := func(total [2]string, parts [][2]string) {
			if hidden[total] {
				return
			}
			few, rest := 0, 0
			for _, c := range parts {
				if hidden[c] {
					few += persons[c]
				} else {
					rest += persons[c]
				}
			}
			if few > 0 && rest > 0 {
				sums++
				if few < least {
					t.Errorf("seed %d: %d persons are hidden under %q", seed, few, total)
				}
			}
		}
		for _, a := range []string{"*", "p", "q", "p1", "p2", "p3", "q1", "q2", "q3"} {
			var parts [][2]string
			for _, b := range under["b*"] {
				parts = append(parts, [2]string{a, b})
			}
			judge([2]string{a, "*"}, parts)
		}
		for _, b := range append([]string{"*"}, under["b*"]...) {
			for _, a := range []string{"*", "p", "q"} {
				var parts [][2]string
				for _, x := range under[a] {
					parts = append(parts, [2]string{x, b})
				}
				judge([2]string{a, b}, parts)
			}
		}
	}
	if sums < 100 || forced < 40 {
		t.Errorf("%d sums and %d cells that are hidden for them: too few for a test", sums, forced)
	}
}

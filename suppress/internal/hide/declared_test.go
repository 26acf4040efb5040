package hide

import (
	"fmt"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/declared"
)

// TestDeclaredCodesMayOccurNowhere: what the attacker knows of the count of a code before
// anything is published. A listed code occurs; a declared code need not.
func TestDeclaredCodesMayOccurNowhere(t *testing.T) {
	for _, tc := range []struct {
		name     string
		declared map[string][]string
		cells    int              // of the table, with totals
		room     map[string]int64 // by codes: how far below the truth a count may be
		places   int              // where as many hidden codes as they sum to
	}{
		{"none are declared", nil, 12, map[string]int64{"a0 *": 1, "a1 *": 0, "* b0": 2, "a0 b0": 2}, 1},
		{"those of a", map[string][]string{"a": {"a0", "a1", "a2", "a3"}}, 15, map[string]int64{"a0 *": 2, "a1 *": 1, "* b0": 2, "a3 *": 0, "a0 b0": 2}, 0},
		{"those of both", map[string][]string{"a": {"a0", "a1", "a2"}, "b": {"b0", "b1"}}, 12, map[string]int64{"a0 *": 2, "a1 *": 1, "* b0": 3, "a0 b0": 2}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &rows{names: []string{"a", "b"}, declared: declared.Columns{Codes: tc.declared}}
			for _, codes := range [][]string{{"a0", "b0"}, {"a0", "b0"}, {"a1", "b0"}, {"a2", "b1"}, {"a2", "b1"}, {"a2", "b1"}, {"a2", "b1"}} {
				r.add(1, codes...)
			}
			p := onlyRules()
			p.MinContributors = sdc.MinContributors{Min: 3}
			g := build(t, r.check(t, p, nil, sdc.Output{Name: "n", Kind: sdc.Frequency, By: []string{"a", "b"}}), p, BuildOptions{})[0]
			x := g.list[0]
			if x.n != tc.cells {
				t.Fatalf("%d cells", x.n)
			}
			seen := 0
			for cell := range x.n {
				name := ""
				for v := range x.vars {
					code := "*"
					if k := x.code(cell, v); k > 0 {
						code = x.vars[v].Codes[k]
					}
					name += fmt.Sprintf("%s ", code)
				}
				if want, ok := tc.room[name[:len(name)-1]]; ok {
					seen++
					if got := g.problem.down[x.id[cell]]; got != want {
						t.Errorf("%s: %d below, not %d", name, got, want)
					}
				}
			}
			if seen != len(tc.room) {
				t.Errorf("%d cells were looked at", seen)
			}
			// Hide what is of a1 and of a0 without one: the two sum to 3, and a1 alone to 1.
			pattern := &Pattern{status: make([]Status, len(g.problem.cells))}
			pattern.status[x.id[2*x.stride[0]]] = Primary
			if got := g.openCodes(pattern); got != tc.places {
				t.Errorf("%d places of codes that occur, not %d", got, tc.places)
			}
		})
	}
}

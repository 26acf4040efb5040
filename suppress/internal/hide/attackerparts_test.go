package hide

import (
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestAttackerParts: of each part of the attacker there is a table whose release is another one
// where the policy switches the part off.
func TestAttackerParts(t *testing.T) {
	for _, tc := range []struct {
		name       string
		rows, cols int
		x          []int64
		min        int64
		percent    sdc.Percent
		off        func(a *sdc.Attacker)
	}{
		{"unions: 3 and 4 of one row, of which 10 are asked", 5, 4,
			[]int64{3, 4, 20, 30, 12, 15, 22, 31, 14, 18, 25, 40, 11, 17, 21, 33, 13, 16, 24, 35}, 10, "", func(a *sdc.Attacker) { a.NoUnions = true }},
		{"occurs: three codes of one", 1, 4, []int64{1, 1, 1, 9}, 2, "", func(a *sdc.Attacker) { a.NoOccurs = true }},
		{"shares: 3 of 5", 3, 2, []int64{0, 2, 3, 3, 2, 3}, 4, "60", func(a *sdc.Attacker) { a.NoShares = true }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := onlyRules()
			p.MinContributors = sdc.MinContributors{Min: tc.min, Off: tc.min == 0}
			if tc.percent != "" {
				p.GroupDisclosure = sdc.GroupDisclosure{Percent: tc.percent}
			}
			text := func() string {
				t.Helper()
				d := &drawnTable{x: tc.x, report: (&rowsOf{tc.rows, tc.cols}).report(t, tc.x, p)}
				g := d.drawn(t, nil, nil)
				pattern, _, err := g.Protect(t.Context(), Options{Threads: 1, Rounds: 8, Seed: 1})
				if err != nil {
					t.Fatal(err)
				}
				list, err := g.Releases(pattern)
				if err != nil {
					t.Fatal(err)
				}
				return textOf(t, list)
			}
			on := text()
			if tc.off(&p.Attacker); on == text() {
				t.Errorf("the release is the same with the part off:\n%s", on)
			}
		})
	}
}

package sdc_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestLinesEitherWay: the line of every cell is the same by the numbers of all
// combinations of nodes and by an index of the combinations that occur. Where there are
// far more numbers than cells, only the index is used.
func TestLinesEitherWay(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "N", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}},
		sdc.Code{Label: "S", Children: []sdc.Code{{Label: "S1", Children: []sdc.Code{{Label: "r2"}}}, {Label: "r3"}}},
		sdc.Code{Label: "r4"})
	if err != nil {
		t.Fatal(err)
	}
	schema := fields("region", text, "sex", integer, "class", integer)
	p := off()
	p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
	keyed, indexed, hidden := 0, 0, 0
	for _, wide := range []int{1, 1, 1, 1_000_003} {
		rows := make([]row, 20+rng.IntN(60))
		for i := range rows {
			rows[i] = row{"region": []string{"r0", "r1", "r2", "r3", "r4"}[rng.IntN(5)], "sex": rng.IntN(2 * wide), "class": rng.IntN(4 * wide)}
		}
		d := sdc.FromTable(tableOf(t, schema, rows...))
		d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree}
		by := []string{"region", "sex", "class"}
		r, err := sdc.Check(context.Background(), d, []sdc.Output{
			{Name: "all", Kind: sdc.Frequency, By: by},
			{Name: "some", Kind: sdc.Frequency, By: by, Margins: [][]string{{"region"}, {"sex", "class"}}},
			{Name: "sensitive", Kind: sdc.Frequency, By: by, Sensitive: []string{"sex"}, Margins: [][]string{{"region"}}},
		}, p, sdc.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range r.Tables {
			for v := range table.Variables() {
				if s := table.Output().Sensitive; s != nil && table.Variables()[v].Name != s[0] {
					continue // no rule asks for these lines
				}
				byKey, byIndex := table.Lines(v)
				if byKey == nil {
					indexed++
					continue
				}
				keyed++
				hidden += len(byIndex) - table.Len()
				if !slices.Equal(byKey, byIndex) {
					t.Errorf("%s, variable %d: lines %v by key, %v by index", table.Name(), v, byKey, byIndex)
				}
			}
		}
	}
	if keyed == 0 || indexed == 0 || hidden == 0 {
		t.Errorf("%d tables by key, %d by index alone, %d hidden cells", keyed, indexed, hidden)
	}
}

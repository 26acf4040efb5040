package evidence_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/oracle"
)

// TestLargest compares the largest contributors with the rows, in any order of rows,
// batches and merges, by any walk, with codes or keys, in memory or spilled.
func TestLargest(t *testing.T) {
	seen, gridded, merged := map[string]int{}, 0, 0
	for seed := range uint64(draws(1200)) {
		rng := rand.New(rand.NewPCG(seed, 5))
		d := randomData(rng)
		if !d.shape.Response {
			continue
		}
		d.shape.Largest = 1 + rng.IntN(5)
		d.shape.Sole = rng.IntN(2) == 0
		var want []string
		for range 3 {
			p := d.shuffled(rng)
			p.keys, p.grids = !d.shape.Tau && rng.IntN(2) == 0, rng.IntN(2) == 0
			w, err := d.accumulate(t, p)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, d.name, err)
			}
			gridded, merged = gridded+w.gridded, merged+w.merged
			walks := [][5]int{{64, 24, 10, 5, 8}, {1, 24, 10, 65535, 8}, {3, 24, 0, 0, 0}, {64, 0, 10, 1, 0}, {64, 2, 0, 2, 8}, {5, 3, 2, 3, 1}}
			most := walks[rng.IntN(len(walks))]
			w.acc.Lower(most[0], most[1], most[2], most[3], most[4])
			combos := oracle.Combos(d.oracleLevels())
			margins, err := w.acc.Margins(t.Context(), w.evidenceLevels(), combos, p.threads)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for k, m := range margins {
				for i := range m.N {
					got = append(got, fmt.Sprint(k, " ", w.largestText(m, i)))
				}
			}
			if want == nil {
				for k, m := range margins {
					for i := range m.N {
						want = append(want, fmt.Sprint(k, " ", d.wantLargest(combos[k], d.nodesOf(m, i), seen)))
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s, %v, %+v: (-want +got)\n%s", seed, d.name, most, p, cmp.Diff(want, got))
			}
		}
	}
	for _, what := range []string{"all", "some", "tie", "no weight", "holding", "respondent", "row"} {
		if seen[what] == 0 {
			t.Errorf("no cell has %s", what)
		}
	}
	if gridded == 0 || merged == 0 {
		t.Errorf("%d batches in grids, %d merges of grids", gridded, merged)
	}
}

func (d *data) nodesOf(m *evidence.Margin, i int) []string {
	var at []string
	for v := range m.Nodes {
		at = append(at, d.nodes(v)[m.Nodes[v][i]])
	}
	return at
}

// largestText lists the contributors of a cell; contributors with one amount by name.
func (w *worker) largestText(m *evidence.Margin, i int) string {
	unit := w.acc.Units().Response
	var list []contributor
	for k := range m.Largest.Known(i, m.Holdings[i]) {
		list = append(list, contributor{w.unitName(m.Largest.Unit(i, k)), unit.Rat(m.Largest.Amount(i, k))})
	}
	falling := slices.IsSortedFunc(list, func(a, b contributor) int { return b.amount.Cmp(a.amount) })
	sortContributors(list)
	return contributorsText(list, unit.Rat(m.Largest.Rest(i, m.Holdings[i]))) + fmt.Sprint(" falling: ", falling)
}

type contributor struct {
	name   string
	amount *big.Rat
}

func sortContributors(list []contributor) {
	slices.SortFunc(list, func(a, b contributor) int {
		if c := b.amount.Cmp(a.amount); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
}

func contributorsText(list []contributor, rest *big.Rat) string {
	var s strings.Builder
	for _, c := range list {
		fmt.Fprintf(&s, "%s: %s, ", c.name, c.amount.RatString())
	}
	return s.String() + "rest " + rest.RatString()
}

// wantLargest recounts one cell from the rows, and notes which cases occur.
func (d *data) wantLargest(combo []int, at []string, seen map[string]int) string {
	sum := map[string]*big.Rat{}
	weight := map[string]bool{}
	all := map[string]bool{}
	for r, row := range d.rows {
		in := true
		for v, l := range combo {
			node, ok := d.levels[v][l][row.Codes[v]]
			in = in && ok && node == at[v]
		}
		if !in {
			continue
		}
		name := row.Holding
		switch {
		case name != "":
			seen["holding"]++
		case d.shape.Respondent:
			name = row.Respondent
			seen["respondent"]++
		default:
			name = fmt.Sprint("row ", r)
			seen["row"]++
		}
		all[name] = true
		if sum[name] == nil {
			sum[name] = new(big.Rat)
		}
		light := d.shape.Weight && row.Weight.Sign() == 0
		if row.Response != nil && !light {
			sum[name].Add(sum[name], row.Response)
		}
		weight[name] = weight[name] || !light
	}
	var list []contributor
	for name, x := range sum {
		if !weight[name] {
			seen["no weight"]++
		} else if x.Sign() != 0 {
			list = append(list, contributor{name, x.Abs(x)})
		}
	}
	sortContributors(list)
	n, rest := d.shape.Largest, new(big.Rat)
	if len(all) > n && len(list) >= n {
		rest = list[n-1].amount
		if len(list) > n && list[n].amount.Cmp(rest) == 0 {
			seen["tie"]++
		}
		list = slices.DeleteFunc(list, func(c contributor) bool { return c.amount.Cmp(rest) <= 0 })
		seen["some"]++
	} else {
		seen["all"]++
	}
	return contributorsText(list, rest) + " falling: true"
}

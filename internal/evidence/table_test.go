package evidence_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/oracle"
)

// sameEvidence compares evidence number by number, however it is held.
var sameEvidence = cmp.Options{
	cmp.AllowUnexported(evidence.Largest{}), cmpopts.IgnoreFields(evidence.Margin{}, "Levels"),
	cmp.Transformer("Nums", evidence.Nums.List), cmp.Transformer("Tops", evidence.Tops.List),
	cmp.Comparer(func(a, b exact.Num) bool { return a.Cmp(b) == 0 }),
	// Where no row is without a response, there may be no column.
	cmp.FilterValues(func(a, b []int64) bool { return (a == nil) != (b == nil) }, cmp.Comparer(func(a, b []int64) bool {
		return !slices.ContainsFunc(append(a, b...), func(n int64) bool { return n != 0 })
	})),
}

// alike is sameEvidence for many cells, of counts and sums.
func alike(a, b *evidence.Margin) bool {
	for v := range a.Nodes {
		if !slices.Equal(a.Nodes[v], b.Nodes[v]) {
			return false
		}
	}
	ints := func(m *evidence.Margin) [][]int64 {
		out := [][]int64{m.Records, m.Respondents, m.Holdings, m.Contributors, m.NonZero, m.Missing}
		if m.Missing == nil {
			out[5] = make([]int64, m.N)
		}
		return out
	}
	equal := func(a, b exact.Num) bool { return a.Cmp(b) == 0 }
	return a.N == b.N && len(a.Nodes) == len(b.Nodes) && slices.Equal(a.Negative, b.Negative) &&
		slices.EqualFunc(ints(a), ints(b), slices.Equal) &&
		slices.EqualFunc(a.Sum.List(), b.Sum.List(), equal) && slices.EqualFunc(a.SumAbs.List(), b.SumAbs.List(), equal) &&
		slices.EqualFunc(a.Top.List(), b.Top.List(), func(a, b []evidence.Contribution) bool {
			return slices.EqualFunc(a, b, func(a, b evidence.Contribution) bool { return equal(a.Value, b.Value) })
		})
}

// TestTable holds the table of a random choice of combinations against the margins,
// which are held against the oracle, put together cell by cell: rolled up in a cube
// where there is one, and where there is none.
func TestTable(t *testing.T) {
	cubes := map[string]int{}
	for seed := range uint64(draws(2000)) {
		rng := rand.New(rand.NewPCG(seed, 7))
		d := randomData(rng)
		if len(d.rows) == 0 {
			continue
		}
		if rng.IntN(2) == 0 {
			d.shape.Respondent, d.shape.Holding, d.shape.Weight, d.shape.Tau = false, false, false, false
		}
		if d.shape.Response && rng.IntN(2) == 0 {
			d.shape.Alike = 51 + rng.IntN(50)
			d.level(rng)
		}
		combos := oracle.Combos(d.oracleLevels())
		rng.Shuffle(len(combos), func(i, j int) { combos[i], combos[j] = combos[j], combos[i] })
		combos = combos[:1+rng.IntN(len(combos))]
		published := rng.IntN(len(combos) + 1)
		p := d.shuffled(rng)
		p.grids = rng.IntN(3) > 0
		var ms [2]*evidence.Margin
		var hidden [2][]bool
		for k := range ms {
			w, err := d.accumulate(t, p)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, d.name, err)
			}
			levels := w.evidenceLevels()
			if len(levels) > 0 && rng.IntN(4) == 0 && k == 0 {
				cubes[fmt.Sprintf("cube %t", w.acc.HasCube(levels, combos))]++
			}
			close := w.acc.Table
			if k == 1 {
				close = w.acc.Assembled
			}
			if ms[k], hidden[k], err = close(t.Context(), levels, combos, published, p.threads); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(ms[1], ms[0], sameEvidence); diff != "" {
			t.Fatalf("seed %d, %s, %v: (-assembled +table)\n%s", seed, d.name, combos, diff)
		}
		if diff := cmp.Diff(hidden[1], hidden[0], cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("seed %d, %s, %v: hidden (-assembled +table)\n%s", seed, d.name, combos, diff)
		}
	}
	if cubes["cube true"] == 0 || cubes["cube false"] == 0 {
		t.Errorf("reached: %v", cubes)
	}
}

// TestTableOfManyCells has more cells than a slab, a tree of three levels, a hidden
// margin, and several goroutines.
func TestTableOfManyCells(t *testing.T) {
	cards := []int{5, 9, 30, 12}
	var levels []evidence.Levels
	for v, card := range cards {
		total, middle, leaf := make([]uint32, card), make([]uint32, card), make([]uint32, card)
		for code := range card {
			middle[code], leaf[code] = uint32(1+code/4*5), uint32(2+code/4*5+code%4)
		}
		if v == 2 {
			middle[7], middle[29] = evidence.NoNode, leaf[29] // ragged: no middle, and a leaf there
		}
		levels = append(levels, evidence.Levels{total, middle, leaf})
	}
	combos := oracle.Combos([][]oracle.Level{make([]oracle.Level, 3), make([]oracle.Level, 3), make([]oracle.Level, 3), make([]oracle.Level, 3)})
	for _, shape := range []evidence.Shape{{Columns: 4}, {Columns: 4, Response: true, Top: 2}, {Columns: 4, Response: true, Top: 3}} {
		for _, sparse := range []int{1, 40} {
			rng := rand.New(rand.NewPCG(uint64(sparse), 8))
			const n = 40_000
			batch := evidence.Batch{Rows: n, Response: &column.Numbers{Bits: 40, Null: make([]bool, n)}}
			cols := make([]column.Indices, len(cards))
			for range n {
				for v, card := range cards {
					cols[v].U8 = append(cols[v].U8, uint8(rng.IntN(card)/sparse*sparse%card))
					cols[v].Below = card
				}
				batch.Response.Small = append(batch.Response.Small, (rng.Int64N(2000)-10)*int64(rng.IntN(3)))
			}
			batch.Response.Null[n/2] = true
			var names [][]uint32
			for _, card := range cards {
				name := make([]uint32, card)
				for i, k := range rng.Perm(card) {
					name[i] = uint32(k)
				}
				names = append(names, name)
			}
			var want *evidence.Margin
			var wantHidden []bool
			for _, threads := range []int{0, 1, 2, 3, 7} {
				acc, err := evidence.New(shape, 0, 0, false)
				if err != nil {
					t.Fatal(err)
				}
				if threads == 0 { // row by row, and margin by margin
					encoded := batch
					encoded.Cards = cards
					for v := range cards {
						codes := make([]uint32, n)
						for i, k := range cols[v].U8 {
							codes[i] = names[v][k]
						}
						encoded.Cols = append(encoded.Cols, codes)
					}
					if err := acc.Add(&encoded); err != nil {
						t.Fatal(err)
					}
					want, wantHidden, err = acc.Assembled(t.Context(), levels, combos, len(combos)-5, 1)
					if err != nil {
						t.Fatal(err)
					}
					continue
				}
				g := acc.NewGrid(cards, n)
				if ok, err := g.Add(&batch, cols); !ok || err != nil {
					t.Fatal(ok, err)
				}
				if err := acc.Take(g, names, threads); err != nil {
					t.Fatal(err)
				}
				got, hidden, err := acc.Table(t.Context(), levels, combos, len(combos)-5, threads)
				if err != nil {
					t.Fatal(err)
				}
				if !alike(want, got) || !slices.Equal(wantHidden, hidden) {
					t.Fatalf("%+v, sparse %d, threads %d: the table is not that of its margins", shape, sparse, threads)
				}
			}
		}
	}
}

package evidence_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
)

// TestGridAlike compares the shared values of the rows of a few cells with a recount. The
// table comes from grids that merge, in memory or spilled. Nearly all rows have one
// value, or one of two, and there are nulls and negative values.
func TestGridAlike(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(draws(4000)) {
		rng := rand.New(rand.NewPCG(seed, 10))
		cards, n := []int{1 + rng.IntN(3), 1 + rng.IntN(2)}, 1+rng.IntN(40)
		percent := 51 + rng.IntN(50)
		if rng.IntN(2) == 0 {
			percent = []int{80, 90, 95}[rng.IntN(3)]
		}
		lasting, many := rng.IntN(2) == 0, rng.IntN(3) == 0
		cols := []column.Indices{{Below: cards[0]}, {Below: cards[1]}}
		var x []int64
		var null []bool
		others, usual := rng.IntN(4), []int64{7, -7, 0}[rng.IntN(3)]
		for range n {
			cols[0].U8 = append(cols[0].U8, uint8(rng.IntN(cards[0])))
			cols[1].U8 = append(cols[1].U8, uint8(rng.IntN(cards[1])))
			v := usual
			if rng.IntN(10) < others {
				v = []int64{0, -7, 8, 9, 1 << 40}[rng.IntN(5)]
			}
			x, null = append(x, v), append(null, others == 3 && rng.IntN(6) == 0)
		}
		acc, err := evidence.New(evidence.Shape{Columns: 2, Response: true, Top: rng.IntN(4), Alike: percent}, 0, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		if rng.IntN(3) == 0 {
			acc.SpillTo(evidence.NewSpill(&storage{}, 1+rng.IntN(10)))
		}
		var all *evidence.Grid
		for lo := 0; lo < n; {
			hi := lo + 1 + rng.IntN(n-lo)
			if many {
				hi = lo + 1
			}
			g := acc.NewGrid(cards, int64(n))
			b := &evidence.Batch{Rows: hi - lo, Lasting: lasting, Response: &column.Numbers{Bits: 41, Small: x[lo:hi], Borrowed: lasting}}
			if others == 3 {
				b.Response.Null = null[lo:hi]
			}
			part := []column.Indices{{U8: cols[0].U8[lo:hi], Below: cards[0], Borrowed: lasting}, {U8: cols[1].U8[lo:hi], Below: cards[1], Borrowed: lasting}}
			if ok, err := g.Add(b, part); !ok || err != nil {
				t.Fatal(ok, err)
			}
			if all == nil {
				all = g
			} else if err := all.Merge(g, evidence.Codes{}, 1+rng.IntN(3)); err != nil {
				t.Fatal(err)
			}
			lo = hi
		}
		names := [][]uint32{span(cards[0]), span(cards[1])}
		for c, of := range names { // codes without rows have none
			for k := range of {
				if !slices.Contains(cols[c].U8, uint8(k)) {
					of[k] = evidence.NoNode
				}
			}
		}
		if err := acc.Take(all, names, 2); err != nil {
			t.Fatal(err)
		}
		// The total of a column is node 0, code k is node k+1.
		levels := make([]evidence.Levels, 2)
		for c, card := range cards {
			leaf := span(card)
			for k := range leaf {
				leaf[k]++
			}
			levels[c] = evidence.Levels{make([]uint32, card), leaf}
		}
		m, _, err := acc.Table(t.Context(), levels, [][]int{{1, 1}, {0, 1}, {1, 0}, {0, 0}}, 4, 1+rng.IntN(3))
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.N {
			counts, rows := map[int64]int64{}, int64(0)
			for k, v := range x {
				a, b := m.Nodes[0][i], m.Nodes[1][i]
				if !null[k] && (a == 0 || a == uint32(cols[0].U8[k])+1) && (b == 0 || b == uint32(cols[1].U8[k])+1) {
					counts[v]++
					rows++
				}
			}
			want := fmt.Sprint(len(counts) == 1, " 0")
			for v, k := range counts {
				if rows > 1 && 100*k >= int64(percent)*rows {
					want = fmt.Sprint(len(counts) == 1, " ", k, " of ", rows, " have ", v)
					seen["shared"]++
					if 100*k == int64(percent)*rows {
						seen["at the limit"]++
					}
				}
			}
			got := fmt.Sprint(m.Equal[i], " ", m.Share[i])
			if m.Share[i] > 0 {
				got += fmt.Sprint(" of ", m.Contributors[i], " have ", acc.Units().Response.Rat(m.Common.At(i)).RatString())
			} else if rows > 1 {
				seen["not shared"]++
			}
			if got != want {
				t.Fatalf("seed %d, %d percent of %v: %s, want %s", seed, percent, counts, got, want)
			}
		}
	}
	for _, what := range []string{"shared", "at the limit", "not shared"} {
		if seen[what] < 10 {
			t.Errorf("%s: %d", what, seen[what])
		}
	}
}

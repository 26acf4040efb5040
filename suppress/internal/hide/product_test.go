package hide

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestProducts compares what is found with all products of moves, one by one: it keeps
// all sums and what is known, changes the cell as asked, and none is cheaper.
func TestProducts(t *testing.T) {
	count := long(400, 20_000)
	found, published := 0, 0
	for seed := range uint64(count) {
		rng := rand.New(rand.NewPCG(seed, 71))
		var trees [][]int
		for range 3 + rng.IntN(2) {
			trees = append(trees, [][]int{{-1, 0, 0}, {-1, 0, 0, 0}, {-1, 0, 0, 1, 1}, {-1, 0}}[rng.IntN(4)])
		}
		cells, rels, code := cube(trees, func() int64 { return max(0, rng.Int64N(7)-3) })
		for i := range cells {
			cells[i].Status = []Status{Safe, Safe, Primary, Withheld, Withheld, Withheld, Withheld, Protected}[rng.IntN(8)]
			cells[i].Cost = 1 + rng.Int64N(5)
			cells[i].Owner = int32(rng.IntN(4))
		}
		p, err := New(cells, rels, Attacker{Whole: true})
		if err != nil {
			t.Fatal(err)
		}
		p.grid = gridOf(trees)
		hidden := make([]bool, len(cells))
		for i := range cells {
			hidden[i] = cells[i].Status.Hidden()
		}
		s := newProduct(p, hidden, p.prices())
		f := newFinder(p, hidden, p.prices())
		for range 20 {
			cell, by, owner := int32(rng.IntN(len(cells))), 1+rng.Int64N(2), int32(rng.IntN(3))
			if rng.IntN(2) == 0 {
				by = -by
			}
			more := rng.IntN(2) == 0
			if !f.movable(cell, owner, more) {
				continue // nobody asks that
			}
			kind := Upper
			if by < 0 {
				kind = Lower
			}
			who := p.view(Need{Cell: cell, Kind: kind, Owner: owner, Least: abs(by)})
			w, cost := s.find(cell, by, who, more)
			// All products of paths, by the definition.
			least := int64(infinity)
			var rest func(v int, delta map[int32]int64)
			rest = func(v int, delta map[int32]int64) {
				if v == len(trees) {
					least = min(least, priceOfProduct(p, hidden, delta, who, more))
					return
				}
				k := code(int(cell))[v]
				for _, m := range movesOf(trees[v], k) {
					next := map[int32]int64{}
					for c, d := range delta {
						for at, e := range m {
							next[c+int32((at-k)*p.grid.stride[v])] = d * e
						}
					}
					rest(v+1, next)
				}
			}
			rest(0, map[int32]int64{cell: by})
			if w == nil {
				if least != infinity {
					t.Fatalf("seed %d: cell %d by %d: none found, and there is one for %d", seed, cell, by, least)
				}
				continue
			}
			found++
			if cost > 0 {
				published++
			}
			sum := f.priceOf(w)
			if cost != least || cost != sum || w.at(cell) != by || !f.admits(w, more) {
				t.Fatalf("seed %d: cell %d by %d costs %d, of which %d are hidden besides; the cheapest %d", seed, cell, by, cost, sum, least)
			}
			for i, c := range w.Cells {
				if owner != 0 && cells[c].Owner == owner {
					t.Fatalf("seed %d: cell %d of the insider changes by %d", seed, c, w.Delta[i])
				}
			}
		}
	}
	if found < count/2 || published < count/4 || published == found {
		t.Errorf("%d found, %d of which hide something: the test is none", found, published)
	}
}

// movesOf lists what a variable may change where code k changes by 1: the codes from
// one without any below it up rise, and from another one up, or none, fall.
func movesOf(tree []int, k int) (out []map[int]int64) {
	path := func(c int) (list []int) {
		for ; c >= 0; c = tree[c] {
			list = append(list, c)
		}
		return list
	}
	for a := range tree {
		if slices.Contains(tree, a) || !slices.Contains(path(a), k) {
			continue
		}
		for b := -1; b < len(tree); b++ {
			if b >= 0 && slices.Contains(tree, b) {
				continue
			}
			m := map[int]int64{}
			for _, c := range path(a) {
				m[c]++
			}
			if b >= 0 {
				for _, c := range path(b) {
					m[c]--
				}
			}
			for c, d := range m {
				if d == 0 {
					delete(m, c)
				}
			}
			if m[k] == 1 {
				out = append(out, m)
			}
		}
	}
	return out
}

// priceOfProduct is what a change hides, infinity where it is none.
func priceOfProduct(p *Problem, hidden []bool, delta map[int32]int64, who *view, more bool) (sum int64) {
	for c, d := range delta {
		switch {
		case p.cells[c].Status == Protected, p.cells[c].Value+d < 0, d > who.above(c), -d > who.below(c):
			return infinity
		case hidden[c]:
		case !more:
			return infinity
		default:
			sum += p.cost(int(c))
		}
	}
	return sum
}

package hide

import (
	"cmp"
	"slices"
)

// at returns the change of a cell, in units divided by Den.
func (w *Witness) at(cell int32) int64 {
	if i, ok := slices.BinarySearch(w.Cells, cell); ok {
		return w.Delta[i]
	}
	return 0
}

// newWitness makes a witness of changes by cell, each cell once; zeros are left
// out.
func newWitness(cells []int32, delta []int64, den int64) *Witness {
	order := make([]int, 0, len(cells))
	for i, v := range delta {
		if v != 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(cells[a], cells[b]) })
	w := &Witness{Cells: make([]int32, len(order)), Delta: make([]int64, len(order)), Den: den}
	for i, k := range order {
		w.Cells[i], w.Delta[i] = cells[k], delta[k]
	}
	return w
}

// checker checks witnesses in whole numbers. A checker holds scratch space, and is not
// safe for concurrent use.
type checker struct {
	p       *Problem
	sum     []int64 // by relation, zero between calls
	touched []int32
}

func newChecker(p *Problem) *checker { return &checker{p: p, sum: make([]int64, len(p.rel))} }

// check reports whether a witness keeps every relation, agrees with the prior knowledge
// of the attacker, and changes only cells for which may reports true.
func (c *checker) check(w *Witness, may func(cell int32) bool) bool {
	ok := c.keeps(w, may)
	for _, r := range c.touched {
		ok = ok && c.sum[r] == 0
		c.sum[r] = 0
	}
	c.touched = c.touched[:0]
	return ok
}

func (c *checker) keeps(w *Witness, may func(cell int32) bool) bool {
	p := c.p
	if w.Den < 1 || w.Den > finest || p.attacker.Whole && w.Den != 1 || len(w.Cells) != len(w.Delta) {
		return false
	}
	for i, k := range w.Cells {
		d := w.Delta[i]
		switch {
		case i > 0 && k <= w.Cells[i-1], d == 0, d > 1<<61, d < -1<<61, !may(k):
			return false
		case d > 0 && p.up[k] != infinity && d > p.up[k]*w.Den:
			return false
		case d < 0 && p.down[k] != infinity && -d > p.down[k]*w.Den:
			return false
		}
		for _, r := range p.of[k] {
			s := c.sum[r]
			if s == 0 {
				c.touched = append(c.touched, r)
			}
			if p.rel[r].Total == int(k) {
				s -= d
			} else {
				s += d
			}
			if s > 1<<61 || s < -1<<61 {
				return false
			}
			c.sum[r] = s
		}
	}
	return true
}

package evidence

import (
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/topk"
)

// Owned is one holding's summed response to a cell, by absolute value, with who it
// is: a holding, a respondent without one, or where batches carry no respondents a
// row. Contributions of 0 are none, nor with Tau those of weight 0.
type Owned struct {
	Unit  Unit
	Value exact.Num
}

// Largest is the largest contributions of every cell with who they are, falling. The
// zero value is no column.
type Largest struct {
	each  int // of every cell
	value Nums
	who   []Unit
}

// None reports whether there is no column.
func (l *Largest) None() bool { return l.each == 0 }

// At returns contribution k of cell i.
func (l *Largest) At(i, k int) Owned { return Owned{l.who[i*l.each+k], l.value.At(i*l.each + k)} }

// Known returns how many of the largest contributions to cell i, which has so many
// holdings, are known, and the most that any other is. Where some may be missing,
// these are the ones above the least that is kept: which of several equal to that are
// kept is chance. So the answer depends on the data alone.
func (l *Largest) Known(i int, holdings int64) (n int, rest exact.Num) {
	if holdings > int64(l.each) {
		rest = l.value.At(i*l.each + l.each - 1)
	}
	for n < l.each && l.value.At(i*l.each+n).Cmp(rest) > 0 {
		n++
	}
	return n, rest
}

// rowUnit is who row i is where batches carry no respondents.
func rowUnit(b *Batch, i int) Unit { return Unit{RespondentUnit, b.row(i)} }

// name offers a contribution for the largest of cell i with their owners. Like that
// of rank, a part of what an owner contributes to a margin may come before or behind
// the sum, which is no smaller.
func (c *cells[T]) name(i uint32, a T, who Unit) {
	n := c.shape.Largest
	if n == 0 || a.Cmp(c.named[int(i)*n+n-1]) <= 0 {
		return
	}
	topk.InsertOwned(c.named[int(i)*n:int(i)*n+n], c.who[int(i)*n:int(i)*n+n], a, who)
}

// addNamed is add for the largest with their owners.
func (c *cells[T]) addNamed(o *cells[T], to []uint32) {
	n := c.shape.Largest
	if n == 0 {
		return
	}
	for j := range len(o.named) / n {
		i := at(to, j)
		if i == NoNode {
			continue
		}
		for k := j * n; k < j*n+n && o.named[k].Sign() != 0; k++ {
			c.name(i, o.named[k], o.who[k])
		}
	}
}

// largest returns what is kept, and may share memory with c.
func (c *cells[T]) largest() Largest {
	return Largest{each: c.shape.Largest, value: numsOf(c.named), who: c.who}
}

// gatherLargest is gather for the largest with their owners.
func gatherLargest(margins []*Margin, from []place) Largest {
	n := margins[0].Largest.each
	return Largest{each: n, who: gatherRuns(margins, from, n, func(m *Margin) []Unit { return m.Largest.who }), value: Nums{
		small: gatherRuns(margins, from, n, func(m *Margin) []small { return m.Largest.value.small }),
		large: gatherRuns(margins, from, n, func(m *Margin) []exact.Num { return m.Largest.value.large }),
	}}
}

// gatherRuns is gather for a column of n entries a cell.
func gatherRuns[T any](margins []*Margin, from []place, n int, column func(*Margin) []T) []T {
	if n == 0 || column(margins[0]) == nil {
		return nil
	}
	out := make([]T, 0, n*len(from))
	for _, p := range from {
		at := int(p.cell) * n
		out = append(out, column(margins[p.margin])[at:at+n]...)
	}
	return out
}

package evidence

import (
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/topk"
)

// Largest holds the largest contributions of every cell, by falling absolute value, with
// their contributors. A contributor is a holding, or a respondent without a holding;
// where batches carry no respondents, a row. A contribution is the sum of the responses
// of one contributor in the cell. A sum of 0 is no contribution; with Tau a contributor
// of weight 0 has none. The zero value is no column.
type Largest struct {
	each  int // of every cell
	value Nums
	who   []Unit
	// Of cells that were given: how many contributions are known, and the most that any other
	// contributor contributes.
	known []int
	rest  []exact.Num
}

// None reports whether there is no column.
func (l *Largest) None() bool { return l.each == 0 }

// Each returns how many contributions are kept of every cell, free places among them.
func (l *Largest) Each() int { return l.each }

// Amount returns contribution k of cell i.
func (l *Largest) Amount(i, k int) exact.Num { return l.value.At(i*l.each + k) }

// Unit returns the contributor of contribution k of cell i.
func (l *Largest) Unit(i, k int) Unit { return l.who[i*l.each+k] }

// Forget drops the contributors.
func (l *Largest) Forget() { l.who = nil }

// Equal reports whether contributions j and k of cell i are the same amount.
func (l *Largest) Equal(i, j, k int) bool {
	j, k = i*l.each+j, i*l.each+k
	if l.value.small != nil {
		return l.value.small[j] == l.value.small[k]
	}
	return l.value.large[j].Cmp(l.value.large[k]) == 0
}

// Known returns how many of the largest contributions to cell i are known; holdings is
// the number of holdings of the cell. Where some contributions may be missing, only those
// above the least kept amount are known: of several contributions equal to that amount,
// the kept ones are arbitrary. So the answer depends only on the data.
func (l *Largest) Known(i int, holdings int64) int {
	if l.known != nil {
		return l.known[i]
	}
	n := l.each
	for n > 0 && l.Amount(i, n-1).Sign() == 0 {
		n--
	}
	if n < l.each || holdings <= int64(n) {
		return n
	}
	for n > 0 && l.Equal(i, n-1, l.each-1) {
		n--
	}
	return n
}

// Rest returns the most that a contributor outside the known ones contributes.
func (l *Largest) Rest(i int, holdings int64) exact.Num {
	if l.rest != nil {
		return l.rest[i]
	}
	if holdings <= int64(l.each) {
		return exact.Num{}
	}
	return l.Amount(i, l.each-1)
}

// rowUnit is the unit of row i where batches carry no respondents.
func rowUnit(b *Batch, i int) Unit { return Unit{RespondentUnit, b.row(i)} }

// name offers a contribution for the largest of cell i, with its owner. As in rank, a
// part of the contribution of an owner to a margin may come before or after the sum,
// which is no smaller.
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

// largest returns the kept contributions. The result may share memory with c.
func (c *cells[T]) largest() Largest {
	return Largest{each: c.shape.Largest, value: numsOf(c.named), who: c.who}
}

// gatherLargest is gather for the largest with their owners.
func gatherLargest(margins []*Margin, from []place) Largest {
	n := margins[0].Largest.each
	return Largest{each: n, who: gatherRuns(margins, from, n, func(m *Margin) []Unit { return m.Largest.who }), value: Nums{
		words: 1,
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

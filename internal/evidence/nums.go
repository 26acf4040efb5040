package evidence

import "github.com/sluis-go/sluis/internal/exact"

// Nums is a column of exact numbers, one for each cell. The numbers are held in 64 bits
// where they were summed in 64 bits. The zero value is no column.
type Nums struct {
	small []small // words a cell; the number is one of them
	words int
	at    int
	large []exact.Num
}

// None reports whether there is no column.
func (n *Nums) None() bool { return n.small == nil && n.large == nil }

// At returns the number of cell i.
func (n *Nums) At(i int) exact.Num {
	if n.large != nil {
		return n.large[i]
	}
	return n.small[i*n.words+n.at].Num()
}

// Tops is the largest contributions of every cell, falling. The zero value is no
// column.
type Tops struct {
	each  int     // of every cell, in small
	small []small // words a cell; the numbers are some of them
	words int
	at    int // of the first
	lists [][]Contribution
}

// Len returns how many contributions are kept of cell i, free places among them.
func (t *Tops) Len(i int) int {
	if t.lists != nil {
		return len(t.lists[i])
	}
	return t.each
}

// At returns contribution k of cell i.
func (t *Tops) At(i, k int) Contribution {
	if t.lists != nil {
		return t.lists[i][k]
	}
	return Contribution{Value: t.small[i*t.words+t.at+k].Num(), Weight: unweighted}
}

// unweighted is the weight of a contribution without one.
var unweighted = exact.NewNum(exact.FromInt64(1))

// numsOf returns numbers as a column, which may share memory with them.
func numsOf[T interface{ Num() exact.Num }](s []T) Nums {
	if s, ok := any(s).([]small); ok {
		return Nums{small: s, words: 1}
	}
	out := make([]exact.Num, len(s))
	for i, v := range s {
		out[i] = v.Num()
	}
	return Nums{large: out}
}

// tops returns the largest contributions, and may share memory with c.
func (c *cells[T]) tops() Tops {
	n, top, words := c.shape.Top, c.top, c.shape.Top
	if c.shape.ranked() < n {
		top, words = c.named, c.shape.Largest
	}
	if s, ok := any(top).([]small); ok && !c.shape.Tau {
		return Tops{each: n, small: s, words: words}
	}
	out := make([][]Contribution, c.n)
	flat := make([]Contribution, 0, n*c.n)
	for i := range out {
		start := len(flat)
		if c.shape.Tau {
			for _, p := range c.tau[i] {
				flat = append(flat, Contribution{Value: p.Value.Num(), Weight: p.Weight.Num()})
			}
		} else {
			for _, a := range top[i*words : i*words+n] {
				flat = append(flat, Contribution{Value: a.Num(), Weight: unweighted})
			}
		}
		out[i] = flat[start:len(flat):len(flat)]
	}
	return Tops{each: n, lists: out}
}

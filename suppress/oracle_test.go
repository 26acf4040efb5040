package suppress

import (
	"math/big"
	"slices"
)

// The attacker of these tests. He shares nothing with the package but the problem
// itself, and has two ways that share nothing but the elimination of the
// relations: trying all whole numbers (oracle_enumerate_test.go), and the simplex
// method in whole numbers with branching (oracle_tableau_test.go). What he says he
// has worked out completely; where that is too dear he says nothing.

// attack is what he finds: for every cell that he does not know the least and
// greatest change. Cells that he knows have nil for both, and the others nil where
// there is no end.
type attack struct {
	low, high []*big.Rat
	known     []bool
	tried     bool // all whole numbers one by one
}

// insider is who knows more than is published: an owner every cell of his, and ^cell
// that this cell is no less than somebody's part of it. Nobody is 0.
type insider = int32

// insiders lists those who know of something hidden and are to be kept off a cell.
func insiders(p *Problem, hidden []bool, cell int) (list []insider) {
	for _, o := range owners(p, hidden) {
		if o != p.Cells()[cell].Owner {
			list = append(list, o)
		}
	}
	for i, c := range p.Cells() {
		if hidden[i] && c.Status != Protected && c.Part > 0 && !p.Attacker().Negative && !inside(p, cell, i) {
			list = append(list, ^int32(i))
		}
	}
	return list
}

// inside reports whether a cell is another, or part of it.
func inside(p *Problem, cell, of int) bool {
	if cell == of {
		return true
	}
	for _, r := range p.Relations() {
		if r.Total == of && slices.ContainsFunc(r.Parts, func(q int) bool { return inside(p, cell, q) }) {
			return true
		}
	}
	return false
}

// unknowns lists the cells that the attacker does not know: hidden, and not his.
func unknowns(p *Problem, hidden []bool, owner insider) (list []int) {
	for i, h := range hidden {
		c := p.Cells()[i]
		if h && c.Status != Protected && (owner <= 0 || c.Owner != owner) {
			list = append(list, i)
		}
	}
	return list
}

// room is what the attacker knows of a cell beforehand, as changes; nil is no end.
func room(p *Problem, i int) (lo, hi *int64) {
	a, v := p.Attacker(), p.Cells()[i].Value
	if !a.Negative {
		lo = ptr(a.Lower - v)
	}
	if a.Upper != 0 {
		hi = ptr(a.Upper - v)
	}
	if a.Within > 0 {
		q := max(v, -v) * a.Within / 100
		if lo == nil || *lo < -q {
			lo = ptr(-q)
		}
		if hi == nil || *hi > q {
			hi = ptr(q)
		}
	}
	return lo, hi
}

func ptr(v int64) *int64 { return &v }

// basis solves the relations over the unknown cells: every change is a combination
// of the changes of the free cells.
type basis struct {
	p     *Problem
	cells []int
	free  []int     // positions in cells
	comb  [][]int64 // cell by free cell, times den
	den   int64
	at    map[int]int   // cell -> position
	least map[int]int64 // what he knows cells to be at least, beside the rest
}

// room is what the attacker knows of a cell beforehand.
func (b *basis) room(i int) (lo, hi *int64) {
	lo, hi = room(b.p, i)
	if v, ok := b.least[i]; ok && (lo == nil || *lo < v-b.p.Cells()[i].Value) {
		lo = ptr(v - b.p.Cells()[i].Value)
	}
	return lo, hi
}

// solve eliminates in whole numbers: every row keeps the pivot as its common
// denominator, and the division by the pivot before is exact (Bareiss 1968).
func solve(p *Problem, cells []int) *basis {
	b := &basis{p: p, cells: cells, den: 1, at: map[int]int{}}
	for k, i := range cells {
		b.at[i] = k
	}
	var m [][]int64
	for _, rel := range p.Relations() {
		row := make([]int64, len(cells))
		for _, i := range rel.Parts {
			if k, ok := b.at[i]; ok {
				row[k] = 1
			}
		}
		if k, ok := b.at[rel.Total]; ok {
			row[k] = -1
		}
		m = append(m, row)
	}
	var pivots []int // by row
	for k := range cells {
		r := len(pivots)
		for r < len(m) && m[r][k] == 0 {
			r++
		}
		if r == len(m) {
			b.free = append(b.free, k)
			continue
		}
		top := len(pivots)
		m[top], m[r] = m[r], m[top]
		pivots = append(pivots, k)
		by := m[top][k]
		for q := range m {
			if f := m[q][k]; q != top {
				for c := range m[q] {
					m[q][c] = (m[q][c]*by - f*m[top][c]) / b.den
				}
			}
		}
		b.den = by
	}
	for k := range cells {
		row := make([]int64, len(b.free))
		r := slices.Index(pivots, k)
		for j, f := range b.free {
			switch {
			case k == f:
				row[j] = b.den
			case r >= 0:
				row[j] = -m[r][f]
			}
			if b.den < 0 {
				row[j] = -row[j]
			}
		}
		b.comb = append(b.comb, row)
	}
	b.den = max(b.den, -b.den)
	return b
}

// bruteForce attacks a pattern as somebody; nil where it is too much work. The
// effort is how many tables to try one by one before the other way is taken.
func bruteForce(p *Problem, hidden []bool, owner insider, effort int) *attack {
	b := solve(p, unknowns(p, hidden, owner))
	if owner < 0 {
		b.least = map[int]int64{int(^owner): p.Cells()[^owner].Part}
	}
	return b.attack(effort, nil)
}

// attack works out the ends of the cells that are wanted, all where that is nil.
func (b *basis) attack(effort int, wanted []int) *attack {
	if b.p.Attacker().Whole {
		if a := b.enumerate(effort); a != nil {
			return a
		}
	}
	return b.simplex(wanted)
}

// newAttack is what is found where nothing can change.
func (b *basis) newAttack() *attack {
	n := len(b.p.Cells())
	a := &attack{low: make([]*big.Rat, n), high: make([]*big.Rat, n), known: slices.Repeat([]bool{true}, n)}
	for _, i := range b.cells {
		a.low[i], a.high[i], a.known[i] = new(big.Rat), new(big.Rat), false
	}
	return a
}

// protected tells of each thing that a cell asks whether the attack leaves it. Of an
// insider nobody can ask that a cell be possible below what he has in it himself.
func (a *attack) protected(p *Problem, i int, owner insider) map[Kind]bool {
	l := p.Cells()[i].Level
	if owner != 0 && !p.Attacker().Negative {
		l.Lower = min(l.Lower, p.Cells()[i].Value-within(p, i, owner))
	}
	at := func(v *big.Rat, least int64) bool { return v == nil || v.Cmp(big.NewRat(least, 1)) >= 0 }
	up, down := a.ends(i)
	out := map[Kind]bool{}
	if p.Cells()[i].Level == (Level{}) {
		out[Differs] = !a.determined(i)
	}
	if l.Upper > 0 {
		out[Upper] = at(up, l.Upper)
	}
	if l.Lower > 0 {
		out[Lower] = at(down, l.Lower)
	}
	if l.Sliding > 0 {
		out[Sliding] = up == nil || down == nil || at(new(big.Rat).Add(up, down), l.Sliding)
	}
	return out
}

// ends returns how far above and below the truth a cell may be; nil is no end.
func (a *attack) ends(i int) (up, down *big.Rat) {
	if a.known[i] {
		return new(big.Rat), new(big.Rat)
	}
	if a.low[i] != nil {
		down = new(big.Rat).Neg(a.low[i])
	}
	return a.high[i], down
}

// determined reports whether the attack gives a cell's value exactly.
func (a *attack) determined(i int) bool {
	up, down := a.ends(i)
	return up != nil && down != nil && up.Sign() == 0 && down.Sign() == 0
}

// within is how much of a cell is in cells of an owner.
func within(p *Problem, i int, owner insider) (v int64) {
	switch c := p.Cells()[i]; {
	case owner < 0 && i == int(^owner):
		return c.Part
	case owner > 0 && c.Owner == owner:
		return c.Value
	}
	for _, r := range p.Relations() {
		if r.Total == i {
			sum := int64(0)
			for _, q := range r.Parts {
				sum += within(p, q, owner)
			}
			v = max(v, sum)
		}
	}
	return v
}

func rat(v int64) *big.Rat { return big.NewRat(v, 1) }

package hide

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

// insider is who knows more than is published: an owner; Anyone, -1; and -2-cell for who
// has a share of a cell without a number. Nobody is 0.
type insider = int32

// insiders lists those who know of something hidden and are to be kept off a cell.
func insiders(p *Problem, hidden []bool, cell int) (list []insider) {
	for i, c := range p.Cells() {
		if !hidden[i] {
			continue
		}
		if c.Owner != 0 {
			list = append(list, c.Owner)
		}
		if mayBeNegative(p) {
			continue
		}
		for _, s := range c.Shares {
			switch {
			case s.Owner != 0:
				list = append(list, s.Owner)
			case !inside(p, cell, i):
				list = append(list, -2-int32(i))
			}
		}
		if may(p, i, -1) > 0 {
			list = append(list, -1)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(o insider) bool { return o == p.Cells()[cell].Owner && o != 0 })
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

// listed is what somebody has in a cell by its list.
func listed(p *Problem, i int, who insider) (least, most int64, ok bool) {
	c := p.Cells()[i]
	if who > 0 && c.Owner == who {
		return max(0, c.Value), max(0, c.Value), true
	}
	for _, s := range c.Shares {
		if who > 0 && s.Owner == who || who == -2-int32(i) && s.Owner == 0 {
			return s.Least, s.Most, true
		}
	}
	return 0, 0, false
}

// may is how much of a cell somebody may know to be his: what he is listed with; else, in
// a cell that is no total, no more than others may have, nor than what he has in a total
// of it leaves when what he has in the other parts is taken away.
func may(p *Problem, i int, who insider) int64 {
	if who == 0 || mayBeNegative(p) {
		return 0
	}
	if _, most, ok := listed(p, i, who); ok {
		return most
	}
	for _, r := range p.Relations() {
		if r.Total == i {
			return 0
		}
	}
	x := p.Cells()[i].Part
	if left := leaves(p, i, who); left != nil {
		x = min(x, *left)
	}
	return x
}

func leaves(p *Problem, i int, who insider) (left *int64) {
	if _, most, ok := listed(p, i, who); ok {
		left = &most
	}
	for _, r := range p.Relations() {
		if !slices.Contains(r.Parts, i) {
			continue
		}
		above := leaves(p, r.Total, who)
		if above == nil {
			continue
		}
		x := *above
		for _, q := range r.Parts {
			if q != i {
				x -= within(p, q, who)
			}
		}
		if x = max(x, 0); left == nil || x < *left {
			left = &x
		}
	}
	return left
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

func mayBeNegative(p *Problem) bool { return p.Attacker().Negative || p.Attacker().Lower < 0 }

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
	return bruteForceWith(p, hidden, owner, -1, 0, effort)
}

// bruteForceWith is the attack of somebody who has q of cell at.
func bruteForceWith(p *Problem, hidden []bool, owner insider, at int, q int64, effort int) *attack {
	b := solve(p, unknowns(p, hidden, owner))
	b.least = map[int]int64{}
	for _, i := range b.cells {
		x := may(p, i, owner)
		if i == at {
			x = q
		}
		if x > 0 {
			b.least[i] = x
		}
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

// holds tells of each thing that a cell asks whether an attacker is kept off; not ok where
// it was too much work. Nobody can ask that a cell be possible below what somebody has in
// it himself. Where that is not known exactly he is kept off whatever he has; where all
// fractions are possible what he has at least and at most are enough.
func (s *attackers) holds(i int, who insider) (out map[Kind]bool, ok bool) {
	p := s.p
	c := p.Cells()[i]
	l, whole := c.Level, p.Attacker().Whole
	out = map[Kind]bool{}
	at := func(v *big.Rat, least int64) bool { return v == nil || v.Cmp(big.NewRat(least, 1)) >= 0 }
	lo, hi := within(p, i, who), may(p, i, who)
	hi = max(lo, hi)
	widest := s.as(who, i, may(p, i, who))
	if widest == nil {
		return nil, false
	}
	up, down := widest.ends(i)
	if l.Upper > 0 {
		out[Upper] = at(up, l.Upper)
	}
	if l.Sliding > 0 {
		out[Sliding] = up == nil || down == nil || at(new(big.Rat).Add(up, down), l.Sliding)
	}
	if l == (Level{}) && (who == 0 || lo < c.Value || c.Value <= 0) {
		a := widest
		if !whole {
			a = s.as(who, i, lo)
		}
		if a == nil {
			return nil, false
		}
		out[Differs] = !a.determined(i)
	}
	all := who == 0 || mayBeNegative(p) // is asked of the cell
	if l.Lower > 0 && (all || lo < c.Value) {
		out[Lower] = true
		for q := lo; q <= hi; q++ {
			if q > lo && q < hi && !whole {
				q = hi
			}
			if q >= c.Value && !all {
				break
			}
			a := s.as(who, i, q)
			if a == nil {
				return nil, false
			}
			_, down := a.ends(i)
			least := l.Lower
			if !all {
				least = min(least, c.Value-q)
			}
			out[Lower] = out[Lower] && at(down, least)
		}
	}
	return out, true
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

// within is how much of a cell somebody has at least, by lists.
func within(p *Problem, i int, who insider) (v int64) {
	if who == 0 || mayBeNegative(p) {
		return 0
	}
	v, _, _ = listed(p, i, who)
	for _, r := range p.Relations() {
		if r.Total == i {
			sum := int64(0)
			for _, q := range r.Parts {
				sum += within(p, q, who)
			}
			v = max(v, sum)
		}
	}
	return v
}

func rat(v int64) *big.Rat { return big.NewRat(v, 1) }

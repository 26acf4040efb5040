package suppress

import (
	"fmt"
	"math/big"
	"math/rand/v2"
)

// The brute-force attacker of these tests. It shares nothing with the package but
// the problem itself.

// attack is what it finds: for every hidden cell the least and greatest change.
type attack struct {
	low, high []*big.Rat // by cell; nil is no end
	// Not all tables were looked at: what was found is possible, and more may be.
	partial bool
}

// limit stands for no end: no end of an interval of such small tables, that there
// is, lies beyond a part of it.
const limit = 1 << 16

// unknowns lists the cells that the attacker does not know: hidden, and not of
// the owner that he is.
func unknowns(p *Problem, hidden []bool, owner int32) (list []int) {
	for i, h := range hidden {
		c := p.Cells()[i]
		if h && c.Status != Protected && (owner == 0 || c.Owner != owner) {
			list = append(list, i)
		}
	}
	return list
}

// room is what the attacker knows of a cell beforehand, as changes.
func room(p *Problem, i int, most int64) (lo, hi int64) {
	a, v := p.Attacker(), p.Cells()[i].Value
	lo, hi = -most, most
	if !a.Negative {
		lo = max(lo, a.Lower-v)
	}
	if a.Upper != 0 {
		hi = min(hi, a.Upper-v)
	}
	if a.Within > 0 {
		q := max(v, -v) * a.Within / 100
		lo, hi = max(lo, -q), min(hi, q)
	}
	return lo, hi
}

// basis solves the relations over the unknown cells by elimination in rationals:
// every change is a combination of the changes of the free cells.
type basis struct {
	cells []int
	free  []int   // positions in cells
	comb  [][]int // cell by free cell, times den
	den   int
}

func solveRelations(p *Problem, cells []int) *basis {
	at := map[int]int{}
	for k, i := range cells {
		at[i] = k
	}
	var m [][]*big.Rat
	for _, rel := range p.Relations() {
		row := make([]*big.Rat, len(cells))
		for k := range row {
			row[k] = new(big.Rat)
		}
		some := false
		put := func(i int, v int64) {
			if k, ok := at[i]; ok {
				row[k].SetInt64(v)
				some = true
			}
		}
		put(rel.Total, -1)
		for _, i := range rel.Parts {
			put(i, 1)
		}
		if some {
			m = append(m, row)
		}
	}
	pivot := make([]int, len(cells)) // row, -1 for a free cell
	rank := 0
	for k := range cells {
		pivot[k] = -1
		for r := rank; r < len(m); r++ {
			if m[r][k].Sign() == 0 {
				continue
			}
			m[rank], m[r] = m[r], m[rank]
			f := new(big.Rat).Inv(m[rank][k])
			for c := range m[rank] {
				m[rank][c].Mul(m[rank][c], f)
			}
			for q := range m {
				if q != rank && m[q][k].Sign() != 0 {
					f := new(big.Rat).Set(m[q][k])
					for c := range m[q] {
						m[q][c].Sub(m[q][c], new(big.Rat).Mul(f, m[rank][c]))
					}
				}
			}
			pivot[k] = rank
			rank++
			break
		}
	}
	b := &basis{cells: cells, den: 1}
	for k := range cells {
		if pivot[k] < 0 {
			b.free = append(b.free, k)
		}
	}
	for k := range cells {
		if pivot[k] >= 0 {
			for _, f := range b.free {
				d := int(m[pivot[k]][f].Denom().Int64())
				if b.den%d != 0 {
					b.den *= d
				}
			}
		}
	}
	for k := range cells {
		row := make([]int, len(b.free))
		for j, f := range b.free {
			switch {
			case k == f:
				row[j] = b.den
			case pivot[k] >= 0:
				v := new(big.Rat).Mul(m[pivot[k]][f], big.NewRat(-int64(b.den), 1))
				row[j] = int(v.Num().Int64())
			}
		}
		b.comb = append(b.comb, row)
	}
	return b
}

// fractions finds the exact intervals of an attacker who reckons with fractions:
// the vertices are where as many bounds as there are free cells hold with
// equality.
func (b *basis) fractions(p *Problem, steps int) *attack {
	n, k := len(b.cells), len(b.free)
	out := newAttack(p)
	lo, hi := make([]int64, n), make([]int64, n)
	for j, i := range b.cells {
		lo[j], hi[j] = room(p, i, limit)
	}
	if k > 4 || choose(2*n, k) > steps {
		return nil
	}
	pick := make([]int, k) // 2*cell, +1 for the upper bound
	var visit func(from, depth int)
	visit = func(from, depth int) {
		if depth == k {
			b.vertex(pick, lo, hi, out)
			return
		}
		for s := from; s < 2*n; s++ {
			if depth > 0 && pick[depth-1]/2 == s/2 {
				continue
			}
			pick[depth] = s
			visit(s+1, depth+1)
		}
	}
	visit(0, 0)
	out.finish()
	return out
}

func choose(n, k int) int {
	v := 1
	for i := range k {
		v = v * (n - i) / (i + 1)
	}
	return v
}

// vertex solves the equations that some bounds hold with equality, by
// fraction-free elimination in whole numbers, and takes the point in where it is
// the only one and within all bounds.
func (b *basis) vertex(pick []int, lo, hi []int64, out *attack) {
	k := len(pick)
	m := make([][]int64, k)
	for r, s := range pick {
		m[r] = make([]int64, k+1)
		for c, v := range b.comb[s/2] {
			m[r][c] = int64(v)
		}
		m[r][k] = lo[s/2] * int64(b.den)
		if s%2 == 1 {
			m[r][k] = hi[s/2] * int64(b.den)
		}
	}
	prev := int64(1)
	for c := range k {
		r := c
		for r < k && m[r][c] == 0 {
			r++
		}
		if r == k {
			return
		}
		m[c], m[r] = m[r], m[c]
		for r := range k {
			if r == c {
				continue
			}
			f := m[r][c]
			for q := range k + 1 {
				m[r][q] = (m[c][c]*m[r][q] - f*m[c][q]) / prev
			}
		}
		prev = m[c][c]
	}
	// All diagonal entries are now the determinant.
	det := prev
	if det < 0 {
		det = -det
		for r := range k {
			m[r][k] = -m[r][k]
		}
	}
	den := det * int64(b.den)
	value := make([]int64, len(b.cells))
	for j, comb := range b.comb {
		for c, v := range comb {
			value[j] += int64(v) * m[c][k]
		}
		if value[j] < lo[j]*den || value[j] > hi[j]*den {
			return
		}
	}
	for j, v := range value {
		out.take(b.cells[j], big.NewRat(v, den))
	}
}

// whole finds the intervals of an attacker who knows that values are whole, by
// trying all changes of the free cells with the others following; nil where that
// takes too many steps.
func (b *basis) whole(p *Problem, steps int) *attack {
	n := len(b.cells)
	out := newAttack(p)
	lo, hi := b.narrow(p)
	const most = 9
	for j := range lo {
		if lo[j] < -most || hi[j] > most {
			out.partial = true
		}
		lo[j], hi[j] = max(lo[j], -most), min(hi[j], most)
	}
	// The last free cell that each cell depends on.
	due := make([][]int, len(b.free)+1)
	for j, comb := range b.comb {
		last := 0
		for c, v := range comb {
			if v != 0 {
				last = c + 1
			}
		}
		due[last] = append(due[last], j)
	}
	t := make([]int64, len(b.free))
	value := make([]int64, n)
	least, greatest := make([]int64, n), make([]int64, n) // the truth is a table too
	var visit func(depth int) bool
	visit = func(depth int) bool {
		if steps--; steps < 0 {
			return false
		}
		for _, j := range due[depth] {
			v := int64(0)
			for c := range depth {
				v += int64(b.comb[j][c]) * t[c]
			}
			if v%int64(b.den) != 0 {
				return true
			}
			if v /= int64(b.den); v < lo[j] || v > hi[j] {
				return true
			}
			value[j] = v
		}
		if depth == len(b.free) {
			for j, v := range value {
				least[j], greatest[j] = min(least[j], v), max(greatest[j], v)
			}
			return true
		}
		f := b.free[depth]
		for v := lo[f]; v <= hi[f]; v++ {
			t[depth] = v
			if !visit(depth + 1) {
				return false
			}
		}
		return true
	}
	if !visit(0) {
		return nil
	}
	for j, i := range b.cells {
		out.low[i], out.high[i] = big.NewRat(least[j], 1), big.NewRat(greatest[j], 1)
	}
	return out
}

// narrow bounds the changes by each relation alone, again and again.
func (b *basis) narrow(p *Problem) (lo, hi []int64) {
	n := len(b.cells)
	lo, hi = make([]int64, n), make([]int64, n)
	at := map[int]int{}
	for j, i := range b.cells {
		lo[j], hi[j] = room(p, i, limit)
		at[i] = j
	}
	for range 8 {
		for _, rel := range p.Relations() {
			for _, i := range append([]int{rel.Total}, rel.Parts...) {
				j, ok := at[i]
				if !ok {
					continue
				}
				// The others leave room for the cell between l and h.
				l, h := int64(0), int64(0)
				sign := int64(-1)
				if i == rel.Total {
					sign = 1
				}
				other := func(q int, s int64) {
					k, ok := at[q]
					if !ok || q == i {
						return
					}
					if s > 0 {
						l, h = l+lo[k], h+hi[k]
					} else {
						l, h = l-hi[k], h-lo[k]
					}
				}
				other(rel.Total, -sign)
				for _, q := range rel.Parts {
					other(q, sign)
				}
				lo[j], hi[j] = max(lo[j], l), min(hi[j], h)
			}
		}
	}
	return lo, hi
}

func newAttack(p *Problem) *attack {
	n := len(p.Cells())
	return &attack{low: make([]*big.Rat, n), high: make([]*big.Rat, n)}
}

func (a *attack) take(i int, v *big.Rat) {
	if a.low[i] == nil || v.Cmp(a.low[i]) < 0 {
		a.low[i] = v
	}
	if a.high[i] == nil || v.Cmp(a.high[i]) > 0 {
		a.high[i] = v
	}
}

// finish turns what ran into the limit into no end.
func (a *attack) finish() {
	far := big.NewRat(limit/64, 1)
	for i := range a.low {
		if a.high[i] != nil && a.high[i].Cmp(far) > 0 {
			a.high[i] = nil
		}
		if a.low[i] != nil && new(big.Rat).Neg(a.low[i]).Cmp(far) > 0 {
			a.low[i] = nil
		}
	}
}

// bruteForce attacks a pattern as somebody; nil where it is too much work.
func bruteForce(p *Problem, hidden []bool, owner int32, steps int) *attack {
	b := solveRelations(p, unknowns(p, hidden, owner))
	if p.Attacker().Whole {
		return b.whole(p, steps)
	}
	return b.fractions(p, steps)
}

// protected reports whether the attack leaves a cell as wide as it asks.
func (a *attack) protected(p *Problem, i int) map[Kind]bool {
	l := p.Cells()[i].Level
	at := func(v *big.Rat, least int64) bool { return v == nil || v.Cmp(big.NewRat(least, 1)) >= 0 }
	up := a.high[i]
	var down *big.Rat
	if a.low[i] != nil {
		down = new(big.Rat).Neg(a.low[i])
	}
	out := map[Kind]bool{}
	if l == (Level{}) {
		out[Differs] = up == nil || down == nil || up.Sign() != 0 || down.Sign() != 0
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

// determined reports whether the attack gives a cell's value exactly.
func (a *attack) determined(i int) bool {
	return a.low[i] != nil && a.high[i] != nil && a.low[i].Sign() == 0 && a.high[i].Sign() == 0
}

// small makes a random small problem: a table of one to three variables, some
// with a level in between, or two linked ones, of counts or of amounts.
func small(rng *rand.Rand) *Problem {
	var trees [][]int // parents
	dims := 1 + rng.IntN(3)
	for range dims {
		leaves := 2 + rng.IntN(4-dims)
		if dims == 1 {
			leaves = 2 + rng.IntN(4)
		}
		tree := []int{-1}
		if rng.IntN(4) == 0 && dims < 3 {
			tree = append(tree, 0, 0, 1, 1) // total, two groups, one of them split
		} else {
			for range leaves {
				tree = append(tree, 0)
			}
		}
		trees = append(trees, tree)
	}
	linked := dims == 3 && rng.IntN(2) == 0
	whole := rng.IntN(3) > 0
	most := []int64{2, 3, 5, 8}[rng.IntN(4)]
	if !whole {
		most = 30
	}
	size := 1
	for _, t := range trees {
		size *= len(t)
	}
	code := func(i int) []int {
		out := make([]int, dims)
		for v := dims - 1; v >= 0; v-- {
			out[v] = i % len(trees[v])
			i /= len(trees[v])
		}
		return out
	}
	index := func(code []int) int {
		i := 0
		for v, k := range code {
			i = i*len(trees[v]) + k
		}
		return i
	}
	leaf := func(v, k int) bool {
		for _, q := range trees[v] {
			if q == k {
				return false
			}
		}
		return true
	}
	cells := make([]Cell, size)
	for i := range cells {
		finest := true
		for v, k := range code(i) {
			finest = finest && leaf(v, k)
		}
		if finest && rng.IntN(10) >= 3 {
			cells[i].Value = rng.Int64N(most + 1)
		}
	}
	for v := range trees {
		for i := size - 1; i >= 0; i-- {
			c := code(i)
			if q := trees[v][c[v]]; q >= 0 {
				c[v] = q
				cells[index(c)].Value += cells[i].Value
			}
		}
	}
	var rels []Relation
	for v, t := range trees {
		for i := range cells {
			c := code(i)
			k := c[v]
			rel := Relation{Total: i}
			for q, parent := range t {
				if parent == k {
					c[v] = q
					rel.Parts = append(rel.Parts, index(c))
				}
			}
			if rel.Parts != nil {
				rels = append(rels, rel)
			}
		}
	}
	if linked { // variables 0 and 1, and 0 and 2, but not 1 and 2 together
		cells, rels = keep(cells, rels, func(i int) bool { c := code(i); return c[1] == 0 || c[2] == 0 })
	}
	a := Attacker{Whole: whole}
	switch rng.IntN(6) {
	case 0:
		a.Within = int64(40 + rng.IntN(100))
	case 1:
		a.Negative = !whole
	}
	for i := range cells {
		c := &cells[i]
		c.Cost = 1 + c.Value
		switch {
		case rng.IntN(12) == 0:
			c.Status = Protected
		case c.Value == 0 && rng.IntN(3) == 0:
			c.Status = Protected
		case whole && c.Value > 0 && c.Value < 3, !whole && rng.IntN(6) == 0:
			c.Status = Primary
			if rng.IntN(3) == 0 {
				c.Level = Level{Lower: rng.Int64N(3), Upper: rng.Int64N(4), Sliding: rng.Int64N(5)}
			}
		case rng.IntN(15) == 0:
			c.Status = Withheld
		}
		if !whole && rng.IntN(8) == 0 {
			c.Owner = 1 + int32(rng.IntN(3))
		}
	}
	if whole {
		alone(cells, rels)
	}
	p, err := New(cells, rels, a)
	if err != nil {
		panic(fmt.Sprint("a small problem is not well defined: ", err))
	}
	return p
}

// keep leaves some cells and the relations among them.
func keep(cells []Cell, rels []Relation, in func(i int) bool) ([]Cell, []Relation) {
	number := make([]int, len(cells))
	var out []Cell
	for i, c := range cells {
		number[i] = -1
		if in(i) {
			number[i] = len(out)
			out = append(out, c)
		}
	}
	var kept []Relation
	for _, r := range rels {
		all := number[r.Total] >= 0
		parts := make([]int, len(r.Parts))
		for k, q := range r.Parts {
			parts[k] = number[q]
			all = all && number[q] >= 0
		}
		if all {
			kept = append(kept, Relation{Total: number[r.Total], Parts: parts})
		}
	}
	return out, kept
}

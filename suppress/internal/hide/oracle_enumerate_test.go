package hide

import "math/big"

// widest is how far apart the bounds of a free cell may be for all its values to
// be tried.
const widest = 64

// enumerate finds the intervals of an attacker who knows that values are whole, by
// trying all changes of the free cells with the others following; nil where that
// takes too many steps.
func (b *basis) enumerate(steps int) *attack {
	n := len(b.cells)
	lo, hi := b.narrow()
	for _, f := range b.free {
		if lo[f] == nil || hi[f] == nil || *hi[f]-*lo[f] > widest {
			return nil
		}
	}
	// Cells that the first so many free cells decide, and no fewer.
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
				v += b.comb[j][c] * t[c]
			}
			if v%b.den != 0 {
				return true
			}
			v /= b.den
			if lo[j] != nil && v < *lo[j] || hi[j] != nil && v > *hi[j] {
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
		for v := *lo[f]; v <= *hi[f]; v++ {
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
	a := b.newAttack()
	a.tried = true
	for j, i := range b.cells {
		a.low[i], a.high[i] = big.NewRat(least[j], 1), big.NewRat(greatest[j], 1)
	}
	return a
}

// narrow bounds the changes by each relation alone, again and again; nil is no
// end.
func (b *basis) narrow() (lo, hi []*int64) {
	n := len(b.cells)
	lo, hi = make([]*int64, n), make([]*int64, n)
	for j, i := range b.cells {
		lo[j], hi[j] = b.room(i)
	}
	for range 12 {
		for _, rel := range b.p.Relations() {
			for _, i := range append([]int{rel.Total}, rel.Parts...) {
				j, ok := b.at[i]
				if !ok {
					continue
				}
				// What the others of the relation leave to the cell.
				least, most := ptr(0), ptr(0)
				add := func(q int, sign int64) {
					k, ok := b.at[q]
					if !ok || q == i {
						return
					}
					l, h := lo[k], hi[k]
					if sign < 0 {
						l, h = hi[k], lo[k]
					}
					if least != nil && l != nil {
						least = ptr(*least + sign**l)
					} else {
						least = nil
					}
					if most != nil && h != nil {
						most = ptr(*most + sign**h)
					} else {
						most = nil
					}
				}
				sign := int64(-1)
				if i == rel.Total {
					sign = 1
				}
				add(rel.Total, -sign)
				for _, q := range rel.Parts {
					add(q, sign)
				}
				if least != nil && (lo[j] == nil || *least > *lo[j]) {
					lo[j] = least
				}
				if most != nil && (hi[j] == nil || *most < *hi[j]) {
					hi[j] = most
				}
			}
		}
	}
	return lo, hi
}

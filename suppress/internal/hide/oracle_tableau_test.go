package hide

import (
	"math/big"
	"slices"
)

// tableau is the simplex method in whole numbers alone: every row gives its
// variable times den as a sum over the variables of the columns and a constant,
// which comes last. Dividing by the pivot before is exact (Edmonds 1967), so
// nothing is ever rounded. Pivots are Bland's, so it ends.
type tableau struct {
	den   int64
	value [][]int64 // of every cell: its change
	rows  [][]int64 // what must not be below 0
	name  []int     // of rows, above 0
	cols  []int     // of columns; below 0 for what may have either sign
	next  int
	wide  bool // a number no longer fits: nothing is known
}

// fits is how large numbers may become so that the difference of two products
// of theirs is one too.
const fits = 1 << 31

func (b *basis) tableau() *tableau {
	t := &tableau{den: 1}
	for f := range b.free {
		t.cols = append(t.cols, -1-f)
	}
	for _, comb := range b.comb {
		// The free cells are taken by den of their units, so that all is whole.
		t.value = append(t.value, append(slices.Clone(comb), 0))
	}
	for j, i := range b.cells {
		lo, hi := b.room(i)
		if lo != nil {
			t.require(j, 1, -*lo)
		}
		if hi != nil {
			t.require(j, -1, *hi)
		}
	}
	return t
}

// require adds that a cell's change times sign, and a number, is not below 0.
func (t *tableau) require(j int, sign, plus int64) {
	row := make([]int64, len(t.cols)+1)
	for c := range t.cols {
		row[c] = sign * t.value[j][c]
	}
	row[len(t.cols)] = sign*t.value[j][len(t.cols)] + plus*t.den
	t.wide = t.wide || row[len(t.cols)] >= fits || row[len(t.cols)] <= -fits
	t.next++
	t.rows, t.name = append(t.rows, row), append(t.name, t.next)
}

// pivot exchanges the variables of a row and a column. What may have either sign
// needs no row.
func (t *tableau) pivot(r, c int) {
	top, by, sign := t.rows[r], t.rows[r][c], int64(1)
	if by < 0 {
		sign = -1
	}
	change := func(row []int64) {
		f := row[c]
		for k := range row {
			row[k] = sign * (by*row[k] - f*top[k]) / t.den
			t.wide = t.wide || row[k] >= fits || row[k] <= -fits
		}
		row[c] = sign * f
	}
	for _, row := range t.value {
		change(row)
	}
	for i, row := range t.rows {
		if i != r {
			change(row)
		}
	}
	was := t.cols[c]
	t.cols[c] = t.name[r]
	if was < 0 {
		t.rows, t.name = slices.Delete(t.rows, r, r+1), slices.Delete(t.name, r, r+1)
	} else {
		for k := range top {
			top[k] *= -sign
		}
		top[c] = sign * t.den
		t.name[r] = was
	}
	t.den = sign * by
}

// maximize takes a cell's change times sign as far as it goes; false where that is
// without end.
func (t *tableau) maximize(j int, sign int64) bool {
	last := len(t.cols)
	for !t.wide {
		goal, c := t.value[j], -1
		for k, name := range t.cols {
			g := sign * goal[k]
			if (g > 0 || g < 0 && name < 0) && (c < 0 || name < t.cols[c]) {
				c = k
			}
		}
		if c < 0 {
			return true
		}
		way := int64(1)
		if sign*goal[c] < 0 {
			way = -1
		}
		r := -1
		for i, row := range t.rows {
			if way*row[c] >= 0 {
				continue
			}
			if r >= 0 {
				a, b := row[last]*-way*t.rows[r][c], t.rows[r][last]*-way*row[c]
				if a > b || a == b && t.name[i] > t.name[r] {
					continue
				}
			}
			r = i
		}
		if r < 0 {
			return false
		}
		t.pivot(r, c)
	}
	return true
}

// mend goes back, from the greatest value of a goal, to where no row is below 0;
// false where there is no such point.
func (t *tableau) mend(j int, sign int64) bool {
	last := len(t.cols)
	for !t.wide {
		r := -1
		for i, row := range t.rows {
			if row[last] < 0 && (r < 0 || t.name[i] < t.name[r]) {
				r = i
			}
		}
		if r < 0 {
			return true
		}
		row, goal, c := t.rows[r], t.value[j], -1
		for k, name := range t.cols {
			if row[k] == 0 || row[k] < 0 && name > 0 {
				continue
			}
			if name < 0 { // the goal does not depend on it
				c = k
				break
			}
			if c >= 0 {
				a, b := -sign*goal[k]*row[c], -sign*goal[c]*row[k]
				if a > b || a == b && name > t.cols[c] {
					continue
				}
			}
			c = k
		}
		if c < 0 {
			return false
		}
		t.pivot(r, c)
	}
	return true
}

func (t *tableau) clone() *tableau {
	u := *t
	u.value, u.rows = make([][]int64, len(t.value)), make([][]int64, len(t.rows))
	for i, row := range t.value {
		u.value[i] = slices.Clone(row)
	}
	for i, row := range t.rows {
		u.rows[i] = slices.Clone(row)
	}
	u.name, u.cols = slices.Clone(t.name), slices.Clone(t.cols)
	return &u
}

// mostBranches is how many programs a cell may take in each direction.
const mostBranches = 4000

// simplex finds the intervals of the cells that are wanted, all where that is nil.
// It is nil where numbers grew too large, or whole numbers took too many branches.
func (b *basis) simplex(wanted []int) *attack {
	a, t := b.newAttack(), b.tableau()
	whole := b.p.Attacker().Whole
	for j, i := range b.cells {
		if wanted != nil && !slices.Contains(wanted, i) {
			continue
		}
		for _, sign := range []int64{1, -1} {
			end := &a.high[i]
			if sign < 0 {
				end = &a.low[i]
			}
			ends := t.maximize(j, sign)
			switch {
			case t.wide:
				return nil
			case !ends:
				// A ray of fractions is one of whole numbers, taken often enough.
				*end = nil
				continue
			case !whole:
				*end = big.NewRat(t.value[j][len(t.cols)], t.den)
				continue
			}
			best, left := int64(0), mostBranches
			if !t.branch(j, sign, &best, &left) {
				return nil
			}
			*end = big.NewRat(sign*best, 1)
		}
	}
	return a
}

// branch searches the whole numbers below the greatest value of a goal, where the
// tableau is, for one above the best so far.
func (t *tableau) branch(j int, sign int64, best *int64, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	last := len(t.cols)
	if sign*t.value[j][last] < (*best+1)*t.den {
		return true
	}
	k := slices.IndexFunc(t.value, func(row []int64) bool { return row[last]%t.den != 0 })
	if k < 0 {
		*best = sign * t.value[j][last] / t.den
		return true
	}
	below := t.value[k][last] / t.den
	if t.value[k][last] < 0 {
		below--
	}
	for _, side := range []int64{1, -1} {
		u := t.clone()
		if side > 0 {
			u.require(k, 1, -below-1)
		} else {
			u.require(k, -1, below)
		}
		if possible := u.mend(j, sign); u.wide || possible && !u.branch(j, sign, best, left) {
			return false
		}
	}
	return true
}

package hide

import "github.com/sluis-go/sluis/internal/lp"

// propagate bounds the changes of hidden cells by the relations, each in turn: a
// cell lies within what the others of a relation leave it. What it finds holds
// for every table that agrees with what is published, whole or not; it is not
// all that can be found. Cells that are known have bounds of 0.
func (p *Problem) propagate(known func(cell int) bool) (lower, upper []int64) {
	lower, upper = make([]int64, len(p.cells)), make([]int64, len(p.cells))
	for i := range p.cells {
		if !known(i) {
			lower[i], upper[i] = bounds(p.down[i], p.up[i])
		}
	}
	queued := make([]bool, len(p.rel))
	queue := make([]int32, len(p.rel))
	for r := range queue {
		queue[r], queued[r] = int32(r), true
	}
	// Bounds may creep for long; what is left to the program then is no less true.
	for turns := 20 * len(p.rel); len(queue) > 0 && turns > 0; turns-- {
		r := queue[0]
		queue = queue[1:]
		queued[r] = false
		p.squeeze(r, lower, upper, func(cell int) {
			for _, q := range p.of[cell] {
				if q != r && !queued[q] {
					queued[q] = true
					queue = append(queue, q)
				}
			}
		})
	}
	return lower, upper
}

// side is a sum of bounds: those that are finite, and how many are not.
type side struct {
	sum  int64
	free int
}

// squeeze tightens the bounds of the cells of one relation, as the sum of the
// parts less the total does not change.
func (p *Problem) squeeze(r int32, lower, upper []int64, changed func(cell int)) {
	rel := &p.rel[r]
	var low, high side // of the sum of the parts less the total
	most := int64(1<<62) / int64(len(rel.Parts)+1)
	fits := true // no sum overflows
	count := func(lo, hi int64) {
		if lo == lp.NoLower {
			low.free++
		} else {
			low.sum += lo
			fits = fits && lo >= -most
		}
		if hi == lp.NoUpper {
			high.free++
		} else {
			high.sum += hi
			fits = fits && hi <= most
		}
	}
	for _, i := range rel.Parts {
		count(lower[i], upper[i])
	}
	count(negated(lower[rel.Total], upper[rel.Total]))
	if !fits || low.free > 1 && high.free > 1 {
		return
	}
	// rest is what the relation leaves all but one, of which the bounds are known.
	rest := func(lo, hi int64) (l, h int64) {
		l, h = lp.NoLower, lp.NoUpper
		switch {
		case low.free == 0:
			l = low.sum - lo
		case low.free == 1 && lo == lp.NoLower:
			l = low.sum
		}
		switch {
		case high.free == 0:
			h = high.sum - hi
		case high.free == 1 && hi == lp.NoUpper:
			h = high.sum
		}
		return l, h
	}
	set := func(i int, lo, hi int64) {
		if lo > lower[i] || hi < upper[i] {
			lower[i], upper[i] = max(lower[i], lo), min(upper[i], hi)
			changed(i)
		}
	}
	// The sums are those of before; bounds that shrink meanwhile only leave them
	// wider than need be.
	total := rel.Total
	tl, th := negated(lower[total], upper[total])
	for _, i := range rel.Parts {
		lo, hi := rest(lower[i], upper[i])
		lo, hi = negated(lo, hi)
		low0, high0 := lower[i], upper[i]
		set(i, lo, hi)
		low.swap(low0, lower[i], lp.NoLower)
		high.swap(high0, upper[i], lp.NoUpper)
	}
	lo, hi := rest(tl, th)
	set(total, lo, hi)
}

// swap replaces one bound of a sum by another.
func (s *side) swap(was, is, none int64) {
	if was == none {
		s.free--
	} else {
		s.sum -= was
	}
	if is == none {
		s.free++
	} else {
		s.sum += is
	}
}

// negated returns the bounds of minus a number.
func negated(lo, hi int64) (int64, int64) {
	l, h := int64(lp.NoLower), int64(lp.NoUpper)
	if hi != lp.NoUpper {
		l = -hi
	}
	if lo != lp.NoLower {
		h = -lo
	}
	return l, h
}

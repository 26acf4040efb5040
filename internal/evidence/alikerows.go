package evidence

import (
	"context"
	"math/bits"
	"slices"
)

// rival describes the rows of a cell so far that are in no pair: votes rows of value x.
type rival[T number[T]] struct {
	x     T
	votes uint32
	left  uint32 // pairs to be found still
}

// meet pairs the rows of two rivals, keeps the remaining rows in c, and returns the
// number of new pairs.
func (c *rival[T]) meet(o *rival[T]) int64 {
	switch {
	case o.votes == 0:
		return 0
	case c.votes == 0:
		*c = *o
		return 0
	case c.x.Cmp(o.x) == 0:
		c.votes = uint32(min(uint64(c.votes)+uint64(o.votes), 1<<32-1))
		return 0
	}
	k := min(c.votes, o.votes)
	if c.votes -= k; c.votes == 0 {
		c.x, c.votes = o.x, o.votes-k
	}
	return int64(k)
}

// pairs puts rows of one cell that have two different values in pairs, each row in at
// most one pair. It returns the number of such pairs in every cell. records has the
// numbers of rows of the cells, with a response or without.
//
// In a cell with k pairs, or in several cells together, at least k rows differ from the
// most frequent value. So more than n - needed(n) pairs prove that no value has the
// share. The search in a cell stops at n - needed(n) + 2 pairs. Cells that reach more
// than n - needed(n) prove it for their union too:
//
//	n - needed(n) + 1 + m - needed(m) + 1 > n+m - needed(n+m).
//
// The one pair more than necessary helps cells that have too few and are added to this
// one.
//
// The number of pairs depends on the order of the rows. The final result does not: the
// rows of a cell that the pairs leave undecided are counted.
func (l *rowLog[T]) pairs(ctx context.Context, records []int64, percent, threads int) ([]int64, error) {
	found := make([][]int64, threads)
	l.seal()
	inParallel(threads, threads, func(t int) { found[t] = make([]int64, len(records)) })
	cells, open, some := make([][]rival[T], threads), make([][]bool, threads), make([]int, threads)
	inParallel(threads, threads, func(t int) {
		cells[t], open[t] = make([]rival[T], len(records)), make([]bool, len(records))
		for g, n := range records {
			if n > 1 {
				cells[t][g].left = uint32(min(n-needed(n, percent)+2, 1<<32-1))
				open[t][g] = true
				some[t]++
			}
		}
	})
	err := l.each(ctx, threads, func(t int, cell []uint32, x []T) {
		if some[t] == 0 {
			return
		}
		cells, open, found := cells[t], open[t], found[t]
		for k, g := range cell {
			if !open[g] {
				continue
			}
			switch c := &cells[g]; {
			case c.votes == 0:
				c.x, c.votes = x[k], 1
			case c.x.Cmp(x[k]) == 0:
				c.votes++
			default:
				c.votes--
				found[g]++
				if c.left--; c.left == 0 {
					open[g] = false
					some[t]--
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for t := 1; t < threads; t++ {
		addCounted(found[0], found[t])
		for g := range cells[0] {
			found[0][g] += cells[0][g].meet(&cells[t][g])
		}
	}
	return found[0], nil
}

// lookAtRows looks at the open cells of d. Their inner cells roll up.
func (s *state[T]) lookAtRows(ctx context.Context, d *doubt[T], threads int) error {
	r := &rowDoubt[T]{open: d.open, n: d.n, need: d.need, best: d.best, counts: d.counts, near: make([]bool, len(d.near))}
	r.approach = func() {
		d.approach()
		for g, margins := range d.near {
			r.near[g] = margins != 0
		}
	}
	r.eachOpen = func(fn func(g int, i uint32)) {
		for g, margins := range d.near {
			for ; margins != 0; margins &= margins - 1 {
				fn(g, d.places.at[bits.TrailingZeros64(margins)].of(uint32(g)))
			}
		}
	}
	return s.log.count(ctx, r, threads)
}

// rowDoubt holds cells in doubt, and the inner cells that roll up to them. The slices are
// by cell, except near: near is by inner cell, and says whether it is in an open cell.
type rowDoubt[T number[T]] struct {
	open            []bool
	n, need, counts []int64 // contributors, how many must have one value, how many have the candidate
	best            *ballots[T]
	near            []bool
	approach        func() // writes near
	// eachOpen calls its argument for every inner cell g in open cell i, in the order of g.
	eachOpen func(fn func(g int, i uint32))
}

// sampled sets the part of the rows that first chooses candidates: one in sampled.
const sampled = 8

// count counts, in every open cell, the rows with the value that most rows may share.
// Cells without such a value are closed, or have too few counts.
//
// First a part of the rows chooses candidates. Promising candidates are counted: if more
// than n - need rows have the candidate, no other value has need rows. In cells that are
// not decided all rows vote.
func (l *rowLog[T]) count(ctx context.Context, d *rowDoubt[T], threads int) error {
	l.seal()
	d.approach()
	if part := len(l.blocks) / sampled; part > 0 {
		if err := l.vote(ctx, d, part, threads); err != nil {
			return err
		}
		put := d.putOff()
		if slices.Contains(d.open, true) {
			if err := l.countCandidates(ctx, d, threads); err != nil {
				return err
			}
		}
		if !d.decide(put) {
			return nil
		}
		clear(d.best.votes)
	}
	// Cells that are decided keep their candidates: they get no votes.
	if err := l.vote(ctx, d, len(l.blocks), threads); err != nil {
		return err
	}
	if d.elect() {
		return l.countCandidates(ctx, d, threads)
	}
	return nil
}

// putOff closes the open cells in which less than half of the sampled rows seem to have
// the candidate. It returns these cells.
func (d *rowDoubt[T]) putOff() (put []int) {
	for i := range d.open {
		if d.open[i] && 2*sampled*d.best.votes[i] < d.n[i] {
			d.open[i] = false
			put = append(put, i)
		}
	}
	d.approach()
	return put
}

// decide closes the cells that the counts of their candidates decide, and opens the cells
// in put. It reports whether some cells are open.
func (d *rowDoubt[T]) decide(put []int) bool {
	some := len(put) > 0
	for i := range d.open {
		if d.open[i] && d.counts[i] <= d.n[i]-d.need[i] {
			d.counts[i], some = 0, true
		} else {
			d.open[i] = false
		}
	}
	for _, i := range put {
		d.open[i] = true
	}
	d.approach()
	return some
}

// elect closes the cells in which the candidate cannot have the share, by the bounds of
// the ballots of all rows. It reports whether any cell stays open.
func (d *rowDoubt[T]) elect() bool {
	some := false
	for i := range d.open {
		d.open[i] = d.open[i] && d.best.reach(i, d.n[i], d.need[i])
		some = some || d.open[i]
	}
	d.approach()
	return some
}

// vote lets the rows of the first blocks vote for the candidates of open cells.
func (l *rowLog[T]) vote(ctx context.Context, d *rowDoubt[T], blocks, threads int) error {
	inner := make([]*ballots[T], threads)
	for t := range inner {
		inner[t] = newBallots[T](len(d.near))
	}
	err := l.first(ctx, blocks, threads, func(t int, cell []uint32, x []T) {
		b := inner[t]
		for k, g := range cell {
			if d.near[g] {
				b.vote(g, x[k], 1)
			}
		}
	})
	if err != nil {
		return err
	}
	for _, b := range inner[1:] {
		inner[0].merge(b)
	}
	d.eachOpen(func(g int, i uint32) { d.best.vote(i, inner[0].value[g], inner[0].votes[g]) })
	return nil
}

// countCandidates adds to counts, of open cells, the rows that have the candidate.
func (l *rowLog[T]) countCandidates(ctx context.Context, d *rowDoubt[T], threads int) error {
	// The candidates of the cells that inner cell g is in are values first[g] to first[g+1].
	var values []T
	first := make([]int, len(d.near)+1)
	last := -1
	d.eachOpen(func(g int, i uint32) {
		for last < g {
			last++
			first[last] = len(values)
		}
		if x := d.best.value[i]; indexOf(values[first[g]:], x) < 0 {
			values = append(values, x)
		}
	})
	for last++; last < len(first); last++ {
		first[last] = len(values)
	}
	counts := make([][]int64, threads)
	for t := range counts {
		counts[t] = make([]int64, len(values))
	}
	err := l.each(ctx, threads, func(t int, cell []uint32, x []T) {
		for k, g := range cell {
			lo, hi := first[g], first[g+1]
			if at := indexOf(values[lo:hi], x[k]); at >= 0 {
				counts[t][lo+at]++
			}
		}
	})
	if err != nil {
		return err
	}
	for _, n := range counts[1:] {
		addCounted(counts[0], n)
	}
	d.eachOpen(func(g int, i uint32) {
		d.counts[i] += counts[0][first[g]+indexOf(values[first[g]:first[g+1]], d.best.value[i])]
	})
	return nil
}

func indexOf[T number[T]](list []T, x T) int {
	for i, y := range list {
		if y.Cmp(x) == 0 {
			return i
		}
	}
	return -1
}

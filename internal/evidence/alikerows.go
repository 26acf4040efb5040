package evidence

import "context"

// rival is what a cell's rows so far have that are in no pair: votes rows of value x.
type rival[T number[T]] struct {
	x     T
	votes uint32
	left  uint32 // pairs to be found still
}

// meet pairs the rows of two rivals that are in no pair, takes in the rest, and returns the
// number of pairs.
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

// pairs pairs rows of one cell that have two values, each row in one pair at most, and
// returns how many such pairs there are in every cell, of which records has the rows, with
// a response or without. In a cell, or several together, with k pairs at least k rows have
// another value than the most frequent one, whatever this is: more than n - needed(n) pairs
// rule a common value out. Of each cell it finds no more than it takes for that; where all
// cells find these, the pairs rule common values out of any cells together, too, as
//
//	n - needed(n) + 1 + m - needed(m) + 1 > n+m - needed(n+m).
//
// How many pairs are found depends on the order of the rows. What is ruled out does not
// have a common value in any order; of the rest the rows are counted. One pair more than
// that is looked for, for cells beside this one that have too few.
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

// lookAtRows counts, in every open cell, the rows that have what most may have in common:
// votes and counts of inner cells, which roll up.
func (s *state[T]) lookAtRows(ctx context.Context, d *doubt[T], threads int) error {
	inner := make([]*ballots[T], threads)
	for t := range inner {
		inner[t] = newBallots[T](len(d.near))
	}
	err := s.log.each(ctx, threads, func(t int, cell []uint32, x []T) {
		for k, g := range cell {
			if d.near[g] != 0 {
				inner[t].vote(g, x[k], 1)
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
	if !d.elect() {
		return nil
	}
	// The candidates of the cells that inner cell g is in are values first[g] to first[g+1].
	var values []T
	first := make([]int, 1, len(d.near)+1)
	for g, margins := range d.near {
		for b := range d.places.margins {
			if margins>>b&1 == 0 {
				continue
			}
			x := d.best.value[d.places.at[b].of(uint32(g))]
			if indexOf(values[first[g]:], x) < 0 {
				values = append(values, x)
			}
		}
		first = append(first, len(values))
	}
	counts := make([][]int64, threads)
	for t := range counts {
		counts[t] = make([]int64, len(values))
	}
	err = s.log.each(ctx, threads, func(t int, cell []uint32, x []T) {
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
	for _, n := range counts {
		d.eachOpen(func(g int, i uint32) {
			d.counts[i] += n[first[g]+indexOf(values[first[g]:first[g+1]], d.best.value[i])]
		})
	}
	return nil
}

// eachOpen calls fn for every inner cell g in open cell i.
func (d *doubt[T]) eachOpen(fn func(g int, i uint32)) {
	for g, margins := range d.near {
		for b := range d.places.margins {
			if margins>>b&1 != 0 {
				fn(g, d.places.at[b].of(uint32(g)))
			}
		}
	}
}

func indexOf[T number[T]](list []T, x T) int {
	for i, y := range list {
		if y.Cmp(x) == 0 {
			return i
		}
	}
	return -1
}

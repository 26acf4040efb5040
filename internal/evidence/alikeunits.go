package evidence

import (
	"context"
	"math/bits"
)

// marked are marks of the contributions to cells, and how many of the contributions are not
// 0. Either may be nil.
type marked struct {
	marks   []mark
	nonZero []int64
}

// markedAs returns the marks of the respondents of cells, or of the holdings with
// shape.Owners.
func (c *cells[T]) markedAs(as role) marked {
	if c.shape.Owners && as&asHolding != 0 {
		return marked{c.ownerMarks, c.ownersNonZero}
	}
	return marked{marks: c.marks}
}

// put adds a contribution of mark m to cell i.
func (c *marked) put(i uint32, m *mark, nonZero bool) {
	c.marks[i].add(m)
	if c.nonZero != nil && nonZero {
		c.nonZero[i]++
	}
}

// take takes a contribution of mark m off cell i.
func (c *marked) take(i uint32, m *mark, nonZero bool) {
	c.marks[i].sub(m)
	if c.nonZero != nil && nonZero {
		c.nonZero[i]--
	}
}

// mark adds the marks of the contributions of the present unit, a respondent with
// Shape.Alike or a holding with Shape.Owners.
//
//   - In each inner cell of the unit it adds the mark of the contribution; inner cells
//     roll up.
//   - Where several inner cells of the unit fall together in a margin, it replaces their
//     marks in the margin by the mark of the sum.
func (w *walker[T]) mark() {
	n := len(w.cell)
	extendTo(&w.marks, n)
	var inner marked
	if w.inner != nil {
		inner = w.inner.markedAs(w.as)
	}
	for j := range w.part {
		if w.marks[j] = (mark{}); !w.part[j].filled {
			continue
		}
		w.marks[j] = markOf(w.part[j].x)
		if w.inner != nil {
			inner.put(w.cell[j], &w.marks[j], w.part[j].x.Sign() != 0)
		}
	}
	margin := w.margin.markedAs(w.as)
	switch {
	case n == 1 || w.places.margins == 0:
	case n > w.most.byMask:
		w.markApart(&margin)
	default:
		w.markTogether(&margin)
	}
}

// markTogether is mark for the margins, by comparing cells in pairs.
func (w *walker[T]) markTogether(margin *marked) {
	p := w.places
	if !w.roll { // byMask has not compared them
		w.together = w.together[:0]
		for j, g := range w.cell {
			for _, h := range w.cell[:j] {
				w.together = append(w.together, p.agree(g, h))
			}
		}
	}
	pair := func(j, k int) uint64 { return w.together[k*(k-1)/2+j] } // j < k
	for j, g := range w.cell {
		if !w.part[j].filled {
			continue
		}
		first := uint64(0)
		for k := j + 1; k < len(w.cell); k++ {
			if w.part[k].filled {
				first |= pair(j, k)
			}
		}
		for k := range j {
			if w.part[k].filled {
				first &^= pair(k, j)
			}
		}
		for ; first != 0; first &= first - 1 {
			b := bits.TrailingZeros64(first)
			at := p.at[b].of(g)
			if at == NoNode {
				continue
			}
			x := w.part[j].x
			margin.take(at, &w.marks[j], x.Sign() != 0)
			for k := j + 1; k < len(w.cell); k++ {
				if w.part[k].filled && pair(j, k)>>b&1 != 0 {
					x = x.Add(w.part[k].x)
					margin.take(at, &w.marks[k], w.part[k].x.Sign() != 0)
				}
			}
			sum := markOf(x)
			margin.put(at, &sum, x.Sign() != 0)
		}
	}
}

// markApart is mark for the margins, one by one.
func (w *walker[T]) markApart(margin *marked) {
	w.eachSum(^uint64(0), func(i uint32, x T) {
		m := markOf(x)
		margin.put(i, &m, x.Sign() != 0)
	})
	for b := range w.places.margins {
		for j, g := range w.cell {
			if i := w.places.at[b].of(g); i != NoNode {
				margin.take(i, &w.marks[j], w.part[j].filled && w.part[j].x.Sign() != 0)
			}
		}
	}
}

// eachSum calls fn for each cell of the given margins to which the present unit
// contributes, with the contribution.
func (w *walker[T]) eachSum(margins uint64, fn func(i uint32, x T)) {
	p := w.places
	extendTo(&w.spot, p.n)
	if len(w.stamp) != p.n || w.turn == ^uint32(0) {
		w.stamp, w.turn = make([]uint32, p.n), 0
	}
	w.turn++
	for b := range p.margins {
		if margins>>b&1 == 0 {
			continue
		}
		w.touched, w.sum = w.touched[:0], w.sum[:0]
		for j, g := range w.cell {
			i := p.at[b].of(g)
			switch {
			case i == NoNode || !w.part[j].filled:
			case w.stamp[i] != w.turn:
				w.stamp[i], w.spot[i] = w.turn, uint32(len(w.touched))
				w.touched, w.sum = append(w.touched, i), append(w.sum, contribution[T]{x: w.part[j].x})
			default:
				s := &w.sum[w.spot[i]]
				s.x = s.x.Add(w.part[j].x)
			}
		}
		for k, i := range w.touched {
			fn(i, w.sum[k].x)
		}
	}
}

// eachUnit calls fn with the contribution of each unit of the present partition to each
// open cell of the margins.
func (w *walker[T]) eachUnit(d *doubt[T], fn func(i uint32, x T)) {
	recs := w.rows.recs
	for i := 0; i < len(recs); {
		margins := uint64(0)
		j := i
		for ; j < len(recs) && recs[j].unit == recs[i].unit; j++ {
			margins |= d.near[recs[j].cell]
		}
		if margins != 0 {
			w.take(recs[i:j])
			w.eachSum(margins, func(i uint32, x T) {
				if d.open[i] {
					fn(i, x)
				}
			})
		}
		i = j
	}
}

// lookAtUnits counts, in every open cell, the units of some pools that contribute the value
// most may share. It takes two more walks over the units.
func (s *state[T]) lookAtUnits(ctx context.Context, d *doubt[T], pools []*pool[T], threads int) error {
	rows := 0
	for _, p := range pools {
		rows += p.len()
	}
	threads = max(1, min(threads, rows/(1<<12)))
	votes := make([]*ballots[T], threads)
	for t := range votes {
		votes[t] = newBallots[T](d.places.n)
	}
	err := s.partitions(ctx, d, pools, threads, func(t int, w *walker[T]) {
		w.eachUnit(d, func(i uint32, x T) { votes[t].vote(i, x, 1) })
	})
	if err != nil {
		return err
	}
	for _, v := range votes {
		d.best.merge(v)
	}
	if !d.elect() {
		return nil
	}
	counts := make([][]int64, threads)
	for t := range counts {
		counts[t] = make([]int64, d.places.n)
	}
	err = s.partitions(ctx, d, pools, threads, func(t int, w *walker[T]) {
		w.eachUnit(d, func(i uint32, x T) {
			if d.best.value[i].Cmp(x) == 0 {
				counts[t][i]++
			}
		})
	})
	for _, n := range counts {
		d.add(n)
	}
	return err
}

package evidence

import (
	"context"
	"sync/atomic"
)

// What the observations of a cell are: none yet, of one value, of several.
const (
	nothingSeen uint8 = iota
	oneSeen
	severalSeen
)

// observe takes in an observation of cell i.
func (c *cells[T]) observe(i uint32, x T) {
	switch {
	case c.seen[i] == nothingSeen:
		c.seen[i], c.one[i] = oneSeen, x
	case c.seen[i] == oneSeen && c.one[i].Cmp(x) != 0:
		c.seen[i] = severalSeen
	}
}

// vote takes in k respondents of cell i who contribute x. What is kept is a candidate for
// the value that most share, and votes: of n respondents those who contribute the
// candidate are from votes to (n + votes) / 2, and those who contribute any other value at
// most (n - votes) / 2, in whatever order they come and cells are merged (Boyer and Moore;
// Agarwal et al. 2012 for merging).
func (c *cells[T]) vote(i uint32, x T, k int64) {
	switch {
	case k == 0:
	case c.votes[i] == 0:
		c.common[i], c.votes[i] = x, k
	case c.common[i].Cmp(x) == 0:
		c.votes[i] += k
	case c.votes[i] >= k:
		c.votes[i] -= k
	default:
		c.common[i], c.votes[i] = x, k-c.votes[i]
	}
}

// addAlike is add for observations and votes.
func (c *cells[T]) addAlike(o *cells[T], to []uint32) {
	for j, seen := range o.seen {
		i := at(to, j)
		if i == NoNode || seen == nothingSeen {
			continue
		}
		c.observe(i, o.one[j])
		if seen == severalSeen {
			c.seen[i] = severalSeen
		}
	}
	for j, k := range o.votes {
		if i := at(to, j); i != NoNode {
			c.vote(i, o.common[j], k)
		}
	}
}

// addObservations takes in the observations of a batch, in which rows of weight 0 have none.
func (s *state[T]) addObservations(b *Batch, ids []uint32) {
	if s.shape.Alike == 0 {
		return
	}
	null := b.Response.Null
	for i, g := range ids {
		if null == nil || !null[i] {
			s.inner.observe(g, s.x[i])
		}
	}
}

// equal says in which cells there are observations, all of one value.
func (c *cells[T]) equal() []bool {
	out := make([]bool, len(c.seen))
	for i, seen := range c.seen {
		out[i] = seen == oneSeen
	}
	return out
}

// voteUnit takes in what the present unit, a respondent, contributes: in its inner cell
// where there is but one, from which that rolls up, and else to the cells of each margin,
// where it is the sum of several.
func (w *walker[T]) voteUnit() {
	if w.shape.Alike == 0 || w.as&asRespondent == 0 {
		return
	}
	if len(w.cell) > 1 {
		w.eachSum(func(i uint32, x T) { w.margin.vote(i, x, 1) })
	} else if w.inner != nil && w.part[0].filled {
		w.inner.vote(w.cell[0], w.part[0].x, 1)
	}
}

// eachSum calls fn for each cell of the margins to which the present unit contributes,
// with what it contributes.
func (w *walker[T]) eachSum(fn func(i uint32, x T)) {
	p := w.places
	extendTo(&w.spot, p.n)
	if len(w.stamp) != p.n || w.turn == ^uint32(0) {
		w.stamp, w.turn = make([]uint32, p.n), 0
	}
	w.turn++
	for b := range p.margins {
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

// candidate reports whether cell i of n contributors may have one value that percent of
// them share: then so many contribute it that the others outvote few of them.
func (c *cells[T]) candidate(i int, n int64, percent int) bool {
	return c.votes[i] > 0 && 100*c.votes[i] >= int64(2*percent-100)*n
}

// countCommon counts, in every cell of the margins that may have one, the respondents who
// contribute the candidate: a second walk over the units, for the margins with such cells.
// rolled has the evidence of the margins. The pools are not empty yet.
func (s *state[T]) countCommon(ctx context.Context, l *lattice, rolled []*cells[T], out []*Margin, threads int) error {
	var order []int
	for _, k := range l.order {
		c := rolled[k]
		out[k].Share = make([]int64, c.n)
		open := false
		for i := range c.n {
			open = open || c.candidate(i, out[k].Contributors[i], s.shape.Alike)
		}
		if open {
			order = append(order, k)
		}
	}
	for len(order) > 0 {
		end := min(l.together(&s.most), len(order))
		if err := s.countTogether(ctx, l, order[:end], rolled, out, threads); err != nil {
			return err
		}
		order = order[end:]
	}
	return nil
}

// countTogether is countCommon for some margins.
func (s *state[T]) countTogether(ctx context.Context, l *lattice, which []int, rolled []*cells[T], out []*Margin, threads int) error {
	places := l.newPlaces(which, threads, &s.most)
	open, common := make([]bool, places.n), make([]T, places.n)
	for j, k := range which {
		first := int(places.first[j])
		for i := range rolled[k].n {
			open[first+i] = rolled[k].candidate(i, out[k].Contributors[i], s.shape.Alike)
		}
		copy(common[first:], rolled[k].common)
	}
	p, parts := s.respondents, 1<<s.respondents.partBits()
	counts := make([][]int64, max(1, min(threads, p.len()/(1<<12))))
	var next atomic.Int64
	inParallel(len(counts), len(counts), func(t int) {
		n := make([]int64, places.n)
		w := &walker[T]{shape: s.shape, places: places, most: &s.most, as: p.as}
		count := func(i uint32, x T) {
			if open[i] && common[i].Cmp(x) == 0 {
				n[i]++
			}
		}
		for ctx.Err() == nil {
			part := int(next.Add(1)) - 1
			if part >= parts {
				break
			}
			w.rows.partition(p, part)
			w.eachUnit(count)
		}
		counts[t] = n
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	for j, k := range which {
		for i := range out[k].Share {
			for _, n := range counts {
				out[k].Share[i] += n[int(places.first[j])+i]
			}
		}
	}
	return nil
}

// eachUnit calls count with what each unit of the present partition contributes to the
// cells of the margins.
func (w *walker[T]) eachUnit(count func(i uint32, x T)) {
	recs := w.rows.recs
	for i := 0; i < len(recs); {
		j := i + 1
		for j < len(recs) && recs[j].unit == recs[i].unit {
			j++
		}
		w.take(recs[i:j])
		i = j
		if len(w.cell) > 1 {
			w.eachSum(count)
			continue
		}
		if !w.part[0].filled {
			continue
		}
		for b := range w.places.margins {
			if at := w.places.at[b].of(w.cell[0]); at != NoNode {
				count(at, w.part[0].x)
			}
		}
	}
}

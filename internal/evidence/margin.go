package evidence

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/internal/guard"
)

// inParallel calls fn for 0 to n-1, up to threads at a time.
func inParallel(threads, n int, fn func(i int)) { guard.Each(threads, n, func(_, i int) { fn(i) }) }

// close evaluates all margins. The pools are empty afterwards.
func (s *state[T]) close(ctx context.Context, t *group.Table, alone *soles, levels []Levels, combos [][]int, threads int) ([]*Margin, error) {
	s.inner.grow(t.Len())
	l := newLattice(t, levels, combos, s.most.direct)
	if err := l.waves(ctx, threads, l.number); err != nil {
		return nil, err
	}
	if s.log != nil {
		pairs, err := s.log.pairs(ctx, s.inner.records, s.shape.Alike, threads)
		if err != nil {
			return nil, err
		}
		s.inner.pairs = pairs
	}
	fixes, err := s.walkUnits(ctx, l, threads)
	if err != nil {
		return nil, err
	}
	defer s.empty()
	rolled, whole := make([]cells[T], len(combos)), make([]*cells[T], len(combos))
	out := make([]*Margin, len(combos))
	err = l.waves(ctx, threads, func(k, threads int) {
		m := &l.margins[k]
		from := &s.inner
		if m.from >= 0 {
			from = &rolled[m.from]
		}
		c := &rolled[k]
		if m.same {
			*c = *from // c and from are not written to any more
		} else {
			c.shape, c.slots = s.shape, s.inner.slots
			c.grow(m.n)
			c.add(from, m.up, threads)
		}
		out[k] = l.margin(k, threads)
		if whole[k] = c; fixes == nil || fixes[k].n == 0 {
			c.margin(out[k], threads)
			return
		}
		fixed := cells[T]{shape: s.shape, slots: s.inner.slots}
		fixed.grow(m.n)
		fixed.add(c, nil, threads)
		fixed.add(&fixes[k], nil, threads)
		fixed.margin(out[k], threads)
		whole[k] = &fixed
	})
	if err != nil {
		return nil, err
	}
	if s.shape.Alike > 0 {
		if err := s.noteCommon(ctx, l, whole, out, threads); err != nil {
			return nil, err
		}
	}
	if alone != nil {
		alone.margins(l, out)
	}
	return out, nil
}

// empty gives up the rows of the pools.
func (s *state[T]) empty() {
	for _, p := range s.pools() {
		p.blocks, p.rows, p.open = nil, 0, block[T]{}
	}
	s.log = nil
}

// waves calls fn for every margin, after the margin that it is rolled up from; in
// parallel where possible. fn gets the number of goroutines that it may use itself. waves
// returns ctx.Err() if the context ends. fn may then not have been called for some
// margins, and the caller must stop.
func (l *lattice) waves(ctx context.Context, threads int, fn func(k, threads int)) error {
	depth := make([]int, len(l.margins))
	var waves [][]int
	for _, k := range l.order {
		if from := l.margins[k].from; from >= 0 {
			depth[k] = depth[from] + 1
		}
		if depth[k] == len(waves) {
			waves = append(waves, nil)
		}
		waves[depth[k]] = append(waves[depth[k]], k)
	}
	for _, wave := range waves {
		inside := max(1, threads/len(wave))
		inParallel(threads, len(wave), func(i int) {
			if ctx.Err() == nil {
				fn(wave[i], inside)
			}
		})
	}
	return ctx.Err()
}

// margin returns the public form of a margin, still without evidence.
func (l *lattice) margin(k, threads int) *Margin {
	m := &Margin{Levels: l.margins[k].combo, Nodes: make([][]uint32, len(l.columns))}
	inParallel(threads, len(l.columns), func(v int) { m.Nodes[v] = l.nodes(k, v) })
	return m
}

// walkUnits counts the units of the pools in the inner cells. It returns the corrections
// for every margin that is rolled up from the inner cells; nil where there are no units.
// The goroutines share the partitions; the sums are the same in any order.
func (s *state[T]) walkUnits(ctx context.Context, l *lattice, threads int) ([]cells[T], error) {
	pools := s.pools()
	rows := 0
	for _, p := range pools {
		p.settle()
		rows += p.len()
	}
	if rows == 0 {
		return nil, nil
	}
	threads = max(1, min(threads, rows/(1<<12)))
	fixes := make([]cells[T], len(l.margins))
	order := l.order
	if !s.shape.Response {
		// Where no two cells of a unit fall together, no count is too high.
		order = slices.DeleteFunc(slices.Clone(order), func(k int) bool { return l.margins[k].alone })
	}
	for at, first := 0, true; first || at < len(order); first = false {
		end := min(at+l.together(&s.most), len(order))
		places := l.newPlaces(order[at:end], threads, &s.most)
		walkers := make([]*walker[T], threads)
		inParallel(threads, threads, func(i int) {
			w := &walker[T]{shape: s.shape, keep: s.keep, places: places, most: &s.most, margin: s.gather(places.n)}
			if first {
				w.inner = s.gather(s.inner.n)
			}
			walkers[i] = w
		})
		number := uint64(0)
		for _, p := range pools {
			s.walkPool(ctx, p, walkers, number)
			number += uint64(p.len())
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sum := walkers[0]
		for _, w := range walkers[1:] {
			sum.margin.add(w.margin, nil, threads)
			if w.inner != nil {
				sum.inner.add(w.inner, nil, threads)
			}
		}
		if sum.inner != nil {
			s.inner.add(sum.inner, nil, threads)
		}
		for j, k := range places.which {
			fixes[k] = sum.margin.some(int(places.first[j]), l.margins[k].n)
		}
		at = end
	}
	return fixes, nil
}

// gather returns room for the evidence of units in n cells.
func (s *state[T]) gather(n int) *cells[T] {
	c := &cells[T]{shape: s.shape, slots: s.inner.slots}
	c.growUnits(n)
	extend(&c.same, n)
	return c
}

// walkPool shares the partitions of a pool out. Its units are numbered from
// first, by the rows before them.
func (s *state[T]) walkPool(ctx context.Context, p *pool[T], walkers []*walker[T], first uint64) {
	before, parts := p.before(), 1<<p.partBits()
	var weight []exact.Int128
	if p == s.respondents && s.shape.Tau {
		weight = s.unitWeight
	}
	kind := RespondentUnit
	if p == s.holdings {
		kind = HoldingUnit
	}
	var next atomic.Int64
	inParallel(len(walkers), len(walkers), func(i int) {
		w := walkers[i]
		w.as, w.weight, w.kind = p.as, weight, kind
		for ctx.Err() == nil {
			part := int(next.Add(1)) - 1
			if part >= parts {
				break
			}
			w.partition(p, part, first+before[part])
		}
		w.margin.settle(p.as)
		if w.inner != nil {
			w.inner.settle(p.as)
		}
	})
	for _, w := range walkers {
		if p == s.respondents && w.inner != nil {
			s.found += int64(w.found)
		}
		if (p == s.respondents || p == s.holdings) && w.inner != nil {
			for _, u := range w.low.units {
				s.lowest[kind].add(u)
			}
		}
		w.found, w.low = 0, lowest{}
	}
}

package evidence

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

// inParallel calls fn for 0 to n-1, up to threads at a time.
func inParallel(threads, n int, fn func(i int)) {
	if threads <= 1 || n <= 1 {
		for i := range n {
			fn(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(threads, n) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				fn(i)
			}
		})
	}
	wg.Wait()
}

// close evaluates all margins. The pools are empty afterwards.
func (s *state[T]) close(ctx context.Context, t *group.Table, alone *soles, levels []Levels, combos [][]int, threads int) ([]*Margin, error) {
	s.inner.grow(t.Len())
	s.countRows()
	l := newLattice(t, levels, combos, s.most.direct)
	l.waves(ctx, threads, l.number)
	fixes, err := s.walkUnits(ctx, l, threads)
	if err != nil {
		return nil, err
	}
	rolled := make([]cells[T], len(combos))
	out := make([]*Margin, len(combos))
	l.waves(ctx, threads, func(k int) {
		m := &l.margins[k]
		from := &s.inner
		if m.from >= 0 {
			from = &rolled[m.from]
		}
		c := &rolled[k]
		c.shape, c.slots = s.shape, s.inner.slots
		c.grow(m.n)
		c.add(from, m.up)
		out[k] = l.margin(k)
		if fixes == nil {
			c.margin(out[k])
			return
		}
		fixed := cells[T]{shape: s.shape, slots: s.inner.slots}
		fixed.grow(m.n)
		fixed.add(c, nil)
		fixed.add(&fixes[k], nil)
		fixed.margin(out[k])
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if alone != nil {
		alone.margins(l, out)
	}
	return out, nil
}

// waves calls fn for every margin after the one that it is rolled up from, in
// parallel where that leaves a choice.
func (l *lattice) waves(ctx context.Context, threads int, fn func(k int)) {
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
		inParallel(threads, len(wave), func(i int) {
			if ctx.Err() == nil {
				fn(wave[i])
			}
		})
	}
}

// margin returns the public form of a margin, still without evidence.
func (l *lattice) margin(k int) *Margin {
	m := &Margin{Levels: l.margins[k].combo, Nodes: make([][]uint32, len(l.columns))}
	for v := range l.columns {
		m.Nodes[v] = l.nodes(k, v)
	}
	return m
}

// walkUnits empties the pools: it counts their units in the inner cells, and
// returns what is to be added to every margin that is rolled up from these; nil
// where there are no units. Partitions are shared out; what is gathered adds up
// to the same in any order.
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
	for at := 0; at < len(l.order); {
		end := min(at+l.together(&s.most), len(l.order))
		places := l.newPlaces(l.order[at:end], threads, &s.most)
		walkers := make([]*walker[T], threads)
		inParallel(threads, threads, func(i int) {
			w := &walker[T]{shape: s.shape, places: places, most: &s.most, margin: s.gather(places.n)}
			if at == 0 {
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
			sum.margin.add(w.margin, nil)
			if w.inner != nil {
				sum.inner.add(w.inner, nil)
			}
		}
		if sum.inner != nil {
			s.inner.add(sum.inner, nil)
		}
		for j, k := range places.which {
			fixes[k] = sum.margin.some(int(places.first[j]), l.margins[k].n)
		}
		at = end
	}
	for _, p := range pools {
		p.blocks, p.rows, p.open = nil, 0, block[T]{}
	}
	return fixes, nil
}

// gather returns room for what units are in n cells.
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
	var next atomic.Int64
	inParallel(len(walkers), len(walkers), func(i int) {
		w := walkers[i]
		w.as, w.weight = p.as, weight
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
		w.found = 0
	}
}

package evidence

import (
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

// scratch is what a worker keeps between margins.
type scratch struct {
	cell  []uint32 // inner cell -> cell of the margin, or NoNode
	stamp []uint32 // cell -> last unit seen there, plus one
	place []uint32 // cell -> position in touched
}

// close counts all units that lie in one inner cell, and returns the function
// that computes one margin. That function is safe for concurrent use with a
// scratch each.
func (s *state[T]) close(t *group.Table, levels []Levels) func([]int, *scratch) *Margin {
	s.inner.grow(t.Len())
	multi := s.split()
	return func(combo []int, sc *scratch) *Margin {
		return s.margin(t, levels, combo, multi, sc)
	}
}

// split moves the pairs into runs by respondent and by holding.
func (s *state[T]) split() []*runs[T] {
	p := &s.pairs
	defer func() { s.pairs = pairs[T]{} }() // the memory is needed for the margins
	if p.len() == 0 {
		return nil
	}
	switch {
	case !s.shape.Holding:
		return []*runs[T]{byUnit(p, p.respondent, asRespondent|asHolding, s.unitWeight, &s.inner)}
	case !s.shape.Respondent:
		return []*runs[T]{byUnit(p, p.holding, asHolding, nil, &s.inner)}
	}
	// A respondent without a holding is its own: numbered after the holdings.
	n := uint32(maxID(p.holding))
	owner := make([]uint32, p.len())
	for i, h := range p.holding {
		if h == NoNode {
			h = n + p.respondent[i]
		}
		owner[i] = h
	}
	return []*runs[T]{
		byUnit(p, p.respondent, asRespondent, nil, &s.inner),
		byUnit(p, owner, asHolding, nil, &s.inner),
	}
}

// margin rolls the inner cells up and walks the units that lie in several.
func (s *state[T]) margin(t *group.Table, levels []Levels, combo []int, multi []*runs[T], sc *scratch) *Margin {
	top := group.NewTable(len(combo))
	s.place(t, levels, combo, top, sc)
	n := top.Len()
	c := cells[T]{shape: s.shape, slots: s.inner.slots}
	c.grow(n)
	for g, i := range sc.cell {
		if i != NoNode {
			c.add(i, &s.inner, uint32(g))
		}
	}
	for _, r := range multi {
		r.walk(&c, n, sc)
	}
	order := top.Order(nil)
	m := &Margin{Levels: combo, Nodes: make([][]uint32, len(combo))}
	for v := range combo {
		m.Nodes[v] = pick(top.Codes(v), order)
	}
	c.margin(m, order)
	return m
}

// place fills sc.cell: for every inner cell, the cell of the margin it is in.
func (s *state[T]) place(t *group.Table, levels []Levels, combo []int, top *group.Table, sc *scratch) {
	n := t.Len()
	extendTo(&sc.cell, n)
	cols := make([][]uint32, len(combo))
	cards := make([]int, len(combo))
	kept := make([]uint32, 0, n)
	for g := range n {
		sc.cell[g] = NoNode
		inside := true
		for v, l := range combo {
			inside = inside && levels[v][l][t.Codes(v)[g]] != NoNode
		}
		if inside {
			kept = append(kept, uint32(g))
		}
	}
	for v, l := range combo {
		level, codes := levels[v][l], t.Codes(v)
		cols[v] = make([]uint32, len(kept))
		for i, g := range kept {
			node := level[codes[g]]
			cols[v][i] = node
			cards[v] = max(cards[v], int(node)+1)
		}
	}
	ids := make([]uint32, len(kept))
	top.Insert(cols, cards, ids)
	for i, g := range kept {
		sc.cell[g] = ids[i]
	}
}

// walk counts the units of r in the cells of a margin: what a unit has in
// several inner cells of one cell is added up first.
func (r *runs[T]) walk(c *cells[T], n int, sc *scratch) {
	extendTo(&sc.stamp, n)
	extendTo(&sc.place, n)
	clear(sc.stamp)
	var touched []uint32
	var sum runs[T] // the unit's pairs at this margin
	sum.as = r.as
	for u := range r.units() {
		touched = touched[:0]
		sum.truncateAll()
		for k := r.start[u]; k < r.start[u+1]; k++ {
			i := sc.cell[r.group[k]]
			if i == NoNode {
				continue
			}
			if sc.stamp[i] == uint32(u)+1 {
				sum.addTo(int(sc.place[i]), r, k)
				continue
			}
			sc.stamp[i] = uint32(u) + 1
			sc.place[i] = uint32(len(touched))
			touched = append(touched, i)
			sum.take(r, k)
		}
		var w exact.Int128
		if r.weight != nil {
			w = r.weight[u]
		}
		for k, i := range touched {
			sum.count(c, i, k, w)
		}
	}
}

func (r *runs[T]) truncateAll() {
	if r.x != nil {
		r.x, r.filled = r.x[:0], r.filled[:0]
	}
	if r.wx != nil {
		r.wx = r.wx[:0]
	}
}

func (r *runs[T]) take(o *runs[T], k int) {
	if o.x != nil {
		r.x = append(r.x, o.x[k])
		r.filled = append(r.filled, o.filled[k])
	}
	if o.wx != nil {
		r.wx = append(r.wx, o.wx[k])
	}
}

func (r *runs[T]) addTo(at int, o *runs[T], k int) {
	if o.x != nil {
		r.x[at] = r.x[at].Add(o.x[k])
		r.filled[at] = r.filled[at] || o.filled[k]
	}
	if o.wx != nil {
		r.wx[at] = r.wx[at].Add(o.wx[k])
	}
}

package evidence

import "github.com/sluis-go/sluis/internal/exact"

// merge adds o, whose inner cell g is cell groups[g] of n here.
func (s *state[T]) merge(o *state[T], n int, groups []uint32, codes Codes) error {
	if !s.countWeight(o.weightSum) {
		return &RowError{Row: -1, Weight: true, Err: ErrRange}
	}
	s.inner.grow(n)
	o.inner.grow(len(groups))
	for g, i := range groups {
		s.inner.add(i, &o.inner, uint32(g))
	}
	p, q := &s.pairs, &o.pairs
	for k := range q.len() {
		p.appendFrom(q, uint32(k))
		end := p.len() - 1
		p.group[end] = groups[q.group[k]]
		if q.respondent != nil {
			p.respondent[end] = codes.Respondent[q.respondent[k]]
		}
		if q.holding != nil && q.holding[k] != NoNode {
			p.holding[end] = codes.Holding[q.holding[k]]
		}
	}
	for r, w := range o.unitWeight {
		if w.Sign() < 0 {
			continue
		}
		id := int(codes.Respondent[r])
		for len(s.unitWeight) <= id {
			s.unitWeight = append(s.unitWeight, exact.FromInt64(-1))
		}
		if s.unitWeight[id].Sign() < 0 {
			s.unitWeight[id] = w
		} else if s.unitWeight[id].Cmp(w) != 0 {
			return &RowError{Row: -1, Weight: true, Err: ErrWeightVaries}
		}
	}
	return nil
}

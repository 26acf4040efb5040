package evidence

import "github.com/sluis-go/sluis/internal/exact"

// merge adds o. Inner cell g of o is cell groups[g] of the n cells of s.
func (s *state[T]) merge(o *state[T], n int, groups []uint32, codes Codes) error {
	if !s.countWeight(o.weightSum) {
		return &RowError{Row: -1, Weight: true, Err: ErrRange}
	}
	s.noteValues(o.few, nil)
	s.inner.grow(n)
	o.inner.grow(len(groups))
	s.inner.add(&o.inner, groups, 1)
	if s.respondents != nil {
		s.respondents.merge(o.respondents, groups, codes.Respondent)
	}
	if s.holdings != nil {
		s.holdings.merge(o.holdings, groups, codes.Holding)
	}
	if s.orphans != nil {
		s.orphans.merge(o.orphans, groups, codes.Respondent)
	}
	if s.log != nil {
		s.log.merge(o.log, groups)
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

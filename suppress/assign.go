package suppress

import "slices"

// assign chooses witnesses that together meet all needs of a cell, among those
// that allow admits. It reports the first need that none meets.
func (s *store) assign(c int32, allow func(id int32) bool) (ids []int32, missing need, ok bool) {
	var list []int32
	for _, id := range s.by[c] {
		if allow(id) {
			list = append(list, id)
		}
	}
	use := func(id int32) {
		if id >= 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, n := range s.p.needs(c) {
		if n.kind == sliding && s.apart(c, ids) >= n.least {
			continue
		}
		a, b := s.pair(n, list)
		if s.change(a, c)-s.change(b, c) < n.least {
			return nil, n, false
		}
		use(a)
		use(b)
	}
	if len(ids) == 0 {
		return nil, need{}, true
	}
	for _, o := range s.common(ids) {
		if o == s.p.cells[c].Owner || slices.ContainsFunc(ids, func(id int32) bool { return !s.touches(id, o) }) {
			continue
		}
		i := slices.IndexFunc(list, func(id int32) bool {
			v := s.change(id, c)
			return max(v, -v) >= s.p.scale && !s.touches(id, o)
		})
		if i < 0 {
			return nil, need{cell: c, kind: insider, least: s.p.scale, owner: o, a: -1, b: -1}, false
		}
		use(list[i])
	}
	return ids, need{}, true
}

// apart is how far apart the values of a cell lie in some witnesses and the
// truth.
func (s *store) apart(c int32, ids []int32) int64 {
	hi, lo := int64(0), int64(0)
	for _, id := range ids {
		hi, lo = max(hi, s.change(id, c)), min(lo, s.change(id, c))
	}
	return hi - lo
}

// pair picks from a list the first witness that meets a need of an outsider, or
// for want of one the two that lie farthest apart; -1 is the truth. An early
// witness is in use for other cells more likely than a late one.
func (s *store) pair(n need, list []int32) (a, b int32) {
	if n.kind != lower {
		for _, id := range list {
			if s.change(id, n.cell) >= n.least {
				return id, -1
			}
		}
	}
	if n.kind != upper {
		for _, id := range list {
			if -s.change(id, n.cell) >= n.least {
				return -1, id
			}
		}
	}
	a, b = -1, -1
	if n.kind == sliding {
		for _, id := range list {
			if s.change(id, n.cell) > s.change(a, n.cell) {
				a = id
			}
			if s.change(id, n.cell) < s.change(b, n.cell) {
				b = id
			}
		}
	}
	return a, b
}

// touches reports whether a witness changes a cell of an owner.
func (s *store) touches(id, owner int32) bool {
	_, ok := slices.BinarySearch(s.ownersOf[id], owner)
	return ok
}

// common returns the owners that all of some witnesses touch.
func (s *store) common(ids []int32) []int32 {
	out := slices.Clone(s.ownersOf[ids[0]])
	for _, id := range ids[1:] {
		out = slices.DeleteFunc(out, func(o int32) bool { return !s.touches(id, o) })
	}
	return out
}

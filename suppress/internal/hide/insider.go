package hide

import "slices"

// Anyone is the unlisted contributor: an insider who may have Cell.Part in every cell at
// once.
const Anyone int32 = -1

// An insider is an owner, Anyone, or who has a share without a number: unnamed(cell).

func unnamed(cell int32) int32 { return -2 - cell }

// insider is who has a share of a cell.
func (s *Share) insider(cell int32) int32 {
	if s.Owner != 0 {
		return s.Owner
	}
	return unnamed(cell)
}

// share is what an insider is listed with in a cell.
func (p *Problem) share(cell, who int32) (Share, bool) {
	for _, s := range p.cells[cell].Shares {
		if s.insider(cell) == who {
			return s, true
		}
	}
	return Share{}, false
}

// exempt reports whether a cell need not be protected against an insider: all of the cell is
// the insider's. A contributor with a share without a number may have the share in any part
// of the cell. This contributor may be among the contributors whom the level of the part is
// about. A contributor who is not among them has the share elsewhere in the cell.
func (p *Problem) exempt(cell, who int32) bool {
	if who > 0 {
		return p.cells[cell].Owner == who
	}
	return who < Anyone && slices.Contains(p.upwards(cell), unnamed(who))
}

// upwards lists a cell and all that it is part of.
func (p *Problem) upwards(cell int32) []int32 {
	list, seen := []int32{cell}, map[int32]bool{cell: true}
	for k := 0; k < len(list); k++ {
		for _, r := range p.of[list[k]] {
			if t := int32(p.rel[r].Total); !seen[t] {
				seen[t] = true
				list = append(list, t)
			}
		}
	}
	return list
}

// stake is the least that one insider has, where no value is negative:
//
//   - in the cells in which the insider is alone or listed;
//   - in the totals of these cells, the largest result of the ways to add them up.
type stake struct {
	cell map[int32]int64
	rel  map[int32]int64 // in the parts of a relation together
}

// stake computes what an owner, or a contributor without a number, has; once. Linear in the
// totals of the insider's cells.
func (p *Problem) stake(who int32) *stake {
	if s, ok := p.stakes.Load(who); ok {
		return s.(*stake)
	}
	list := p.owned[who]
	if who < Anyone {
		list = []int32{unnamed(who)}
	}
	list = slices.Clone(list)
	s := &stake{cell: map[int32]int64{}, rel: map[int32]int64{}}
	open := map[int32]bool{} // at or above his cells, not worked out
	for _, c := range list {
		open[c] = true
	}
	for k := 0; k < len(list); k++ {
		for _, r := range p.of[list[k]] {
			if t := int32(p.rel[r].Total); !open[t] {
				open[t] = true
				list = append(list, t)
			}
		}
	}
	var within func(c int32) int64
	within = func(c int32) int64 {
		if !open[c] {
			return s.cell[c]
		}
		open[c] = false
		var v int64
		if share, ok := p.share(c, who); ok {
			v = share.Least
		} else if who > 0 && p.cells[c].Owner == who {
			v = max(0, p.cells[c].Value)
		}
		for _, r := range p.of[c] {
			if p.rel[r].Total != int(c) {
				continue
			}
			sum := int64(0)
			for _, q := range p.rel[r].Parts {
				sum += within(int32(q))
			}
			s.rel[r] = sum
			v = max(v, sum)
		}
		s.cell[c] = v
		return v
	}
	for _, c := range list {
		within(c)
	}
	got, _ := p.stakes.LoadOrStore(who, s)
	return got.(*stake)
}

// atLeast is how much of a cell an insider has in it at least, as far as is known.
func (p *Problem) atLeast(cell, who int32) int64 {
	if who == 0 || who == Anyone || p.attacker.signed() {
		return 0
	}
	return p.stake(who).cell[cell]
}

// view holds the prior bounds of one attacker on every cell, for one need. Not safe for
// concurrent use.
type view struct {
	p    *Problem
	who  int32
	cell int32 // of the need
	room int64 // below the truth there
	his  *stake
	memo map[int32]int64 // see most
}

// mostSteps is how many tables a need of an insider may take below, for whole numbers.
const mostSteps = 16

// view returns the knowledge of the insider of a need; of outsiders, for owner 0.
//
// In the cell of the need, the knowledge is not always looked at. Let values be any
// fractions, and let a table give the cell less than the insider's share, with no other
// objection. The tables between the true table and this table are then possible, too. One of
// them has a value as low as the share or as the level. Whole numbers have no tables between:
// see asks.
func (p *Problem) view(n Need) *view {
	v := &view{p: p, who: n.Owner, cell: -1}
	if v.who != 0 && v.who != Anyone && !p.attacker.signed() {
		v.his = p.stake(v.who)
	}
	room := p.down[n.Cell]
	switch {
	case n.Kind != Sliding && n.Kind != Upper && !p.attacker.Whole:
	case n.Kind == Lower && v.stepwise(n.Cell):
		room = max(n.Least, v.below(n.Cell))
	default:
		room = v.below(n.Cell)
	}
	v.cell, v.room = n.Cell, min(room, p.down[n.Cell])
	return v
}

// stepwise reports whether tables of whole numbers for every share that an insider may
// have in a cell are not too many.
func (v *view) stepwise(cell int32) bool {
	least := min(v.p.cells[cell].Level.Lower, v.p.cells[cell].Value-v.p.atLeast(cell, v.who))
	return least-v.below(cell) <= mostSteps
}

// below is how far below the truth a cell may be; infinity is no bound.
func (v *view) below(cell int32) int64 {
	if cell == v.cell {
		return v.room
	}
	down := v.p.down[cell]
	if v.who == 0 {
		return down
	}
	c := &v.p.cells[cell]
	if v.who > 0 && c.Owner == v.who {
		return 0
	}
	if f := v.floor(cell); f > 0 {
		return min(down, c.Value-f)
	}
	return down
}

// above is how far above the truth a cell may be; infinity is no bound.
func (v *view) above(cell int32) int64 {
	if v.who > 0 && v.p.cells[cell].Owner == v.who {
		return 0
	}
	return v.p.up[cell]
}

// floor is what an insider who is not alone in a cell knows it to be at least; 0 where
// that is nothing.
func (v *view) floor(cell int32) int64 {
	if v.who == Anyone {
		return v.p.floors[cell]
	}
	if v.his == nil {
		return 0
	}
	if s, ok := v.p.share(cell, v.who); ok {
		return s.Most
	}
	if f := v.p.floors[cell]; f > 0 {
		return min(f, v.most(cell))
	}
	return 0
}

// most is the most that an insider may have in a cell in which the insider is not listed. It
// follows from what the insider has in the totals of the cell, and in the other cells of
// these totals. most is infinity where these show nothing.
func (v *view) most(cell int32) int64 {
	if m, ok := v.memo[cell]; ok {
		return m
	}
	m := int64(infinity)
	if s, ok := v.p.share(cell, v.who); ok {
		m = s.Most
	} else if v.who > 0 && v.p.cells[cell].Owner == v.who {
		m = max(0, v.p.cells[cell].Value)
	}
	for _, r := range v.p.of[cell] {
		if t := v.p.rel[r].Total; t != int(cell) {
			if all := v.most(int32(t)); all != infinity {
				m = min(m, max(0, all-(v.his.rel[r]-v.his.cell[cell])))
			}
		}
	}
	if v.memo == nil {
		v.memo = map[int32]int64{}
	}
	v.memo[cell] = m
	return m
}

package suppress

import (
	"cmp"
	"slices"
)

// witness is another table that agrees with the published cells: the truth plus
// a change on some hidden cells, in units divided by the problem's scale.
type witness struct {
	cells []int32 // rising
	d     []int64
}

func (w *witness) at(cell int32) int64 {
	if i, ok := slices.BinarySearch(w.cells, cell); ok {
		return w.d[i]
	}
	return 0
}

// check reports, in whole numbers, whether the change keeps every relation and
// the attacker's bounds, and touches nothing but hidden cells.
func (p *Problem) check(w *witness, hidden []bool, sum map[int32]int64) bool {
	clear(sum)
	for i, c := range w.cells {
		d := w.d[i]
		down, up := p.bounds(int(c))
		if d == 0 || !hidden[c] || d > up || -d > down || d > 1<<61 || d < -1<<61 {
			return false
		}
		if p.attacker.Whole && d%p.scale != 0 {
			return false
		}
		for _, r := range p.of[c] {
			s := sum[r]
			if p.rel[r].Total == int(c) {
				s -= d
			} else {
				s += d
			}
			if s > 1<<62 || s < -1<<62 {
				return false
			}
			sum[r] = s
		}
	}
	for _, s := range sum {
		if s != 0 {
			return false
		}
	}
	return true
}

// need is one thing that must be possible for a hidden cell: a witness, or two,
// in which it differs enough. Witness -1 is the truth itself.
type need struct {
	cell  int32
	kind  needKind
	least int64 // scaled
	owner int32 // of the insider
	a, b  int32 // what meets it: d(a)-d(b) >= least
}

type needKind uint8

const (
	upper needKind = iota
	lower
	sliding
	insider
)

// store holds the witnesses found so far.
type store struct {
	p    *Problem
	all  []*witness
	by   [][]int32 // cell -> witnesses that change it
	high []int32   // cell -> witness with the largest change, -1 the truth
	low  []int32
	sum  map[int32]int64

	ownersOf [][]int32 // witness -> owners of cells that it changes
}

func newStore(p *Problem) *store {
	n := len(p.cells)
	s := &store{p: p, by: make([][]int32, n), sum: map[int32]int64{}}
	s.high = slices.Repeat([]int32{-1}, n)
	s.low = slices.Repeat([]int32{-1}, n)
	return s
}

func (s *store) change(w, cell int32) int64 {
	if w < 0 {
		return 0
	}
	return s.all[w].at(cell)
}

// add takes in a witness that has been checked.
func (s *store) add(w *witness) int32 {
	id := int32(len(s.all))
	s.all = append(s.all, w)
	s.ownersOf = append(s.ownersOf, s.owners(w))
	for i, c := range w.cells {
		s.by[c] = append(s.by[c], id)
		if s.p.cells[c].Status != Primary {
			continue
		}
		if w.d[i] > s.change(s.high[c], c) {
			s.high[c] = id
		}
		if w.d[i] < s.change(s.low[c], c) {
			s.low[c] = id
		}
	}
	return id
}

// owners returns the owners of cells that a witness changes, each once.
func (s *store) owners(w *witness) []int32 {
	var out []int32
	for _, c := range w.cells {
		if o := s.p.cells[c].Owner; o != 0 {
			out = append(out, o)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unmet returns the first thing that is still missing for a primary cell.
func (s *store) unmet(c int32) (need, bool) {
	for _, n := range s.p.needs(c) {
		if !s.meet(&n) {
			return n, true
		}
	}
	return s.undefended(c)
}

// needs lists what must be possible for a primary cell to outsiders.
func (p *Problem) needs(c int32) []need {
	l := p.cells[c].Level
	var out []need
	if l.Upper > 0 {
		out = append(out, need{cell: c, kind: upper, least: l.Upper * p.scale, a: -1, b: -1})
	}
	if l.Lower > 0 {
		out = append(out, need{cell: c, kind: lower, least: l.Lower * p.scale, a: -1, b: -1})
	}
	if l.Sliding > 0 {
		out = append(out, need{cell: c, kind: sliding, least: l.Sliding * p.scale, a: -1, b: -1})
	}
	return out
}

// meet reports whether the widest witnesses meet a need of an outsider, and
// fills in which.
func (s *store) meet(n *need) bool {
	hi, lo := s.high[n.cell], s.low[n.cell]
	switch n.kind {
	case upper:
		n.a, n.b = hi, -1
	case lower:
		n.a, n.b = -1, lo
	case sliding:
		n.a, n.b = hi, -1
		if s.change(hi, n.cell) < n.least {
			n.b = lo
			if -s.change(lo, n.cell) >= n.least {
				n.a = -1
			}
		}
	}
	return s.change(n.a, n.cell)-s.change(n.b, n.cell) >= n.least
}

// undefended returns a need of a primary cell against insiders: for every
// owner of cells that all witnesses so far change, one that changes none of
// his. Owners that some witness leaves alone are met by that one.
func (s *store) undefended(c int32) (need, bool) {
	cell := s.p.cells[c]
	if cell.Level == (Level{}) || len(s.by[c]) == 0 {
		return need{}, false
	}
	for _, o := range s.common(s.by[c]) {
		if o != cell.Owner {
			return need{cell: c, kind: insider, least: s.p.scale, owner: o, a: -1, b: -1}, true
		}
	}
	return need{}, false
}

// sorted makes a witness of changes by cell, without zeros.
func sorted(cells []int32, d []int64) *witness {
	order := make([]int, 0, len(cells))
	for i, v := range d {
		if v != 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(cells[a], cells[b]) })
	w := &witness{cells: make([]int32, len(order)), d: make([]int64, len(order))}
	for i, k := range order {
		w.cells[i], w.d[i] = cells[k], d[k]
	}
	return w
}

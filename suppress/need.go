package suppress

import "slices"

// needs lists what must hold for a primary cell against outsiders, and against
// every insider who is not behind the cell himself.
func (p *Problem) needs(c int32) []Need {
	l := p.cells[c].Level
	need := func(kind Kind, least int64) Need {
		return Need{Cell: c, Kind: kind, Least: least, High: -1, Low: -1}
	}
	if l == (Level{}) {
		if p.attacker.Whole {
			return []Need{need(Differs, 1)}
		}
		return []Need{need(Differs, 0)}
	}
	var out []Need
	if l.Upper > 0 {
		out = append(out, need(Upper, l.Upper))
	}
	if l.Lower > 0 {
		out = append(out, need(Lower, l.Lower))
	}
	if l.Sliding > 0 {
		out = append(out, need(Sliding, l.Sliding))
	}
	return out
}

// change returns by how much a table differs from the truth in a cell; -1 is the
// truth itself.
func change(ws []Witness, table, cell int32) (delta, den int64) {
	if table < 0 {
		return 0, 1
	}
	w := &ws[table]
	return w.at(cell), w.Den
}

// met reports, in whole numbers, whether the two tables of a need show it.
func (n *Need) met(ws []Witness) bool {
	hi, d := change(ws, n.High, n.Cell)
	lo, e := change(ws, n.Low, n.Cell)
	if n.Kind == Upper && n.Low >= 0 || n.Kind == Lower && n.High >= 0 {
		return false
	}
	if n.Kind == Differs && n.Low >= 0 && n.High >= 0 {
		return false
	}
	return compare(hi, d, lo, e, n.Least) >= 0 && (hi != 0 || lo != 0)
}

// store holds the witnesses found so far, and which of them change a cell.
type store struct {
	p      *Problem
	all    []Witness
	by     [][]int32 // cell -> witnesses that change it
	owners [][]int32 // witness -> insiders who know that it is not the truth, rising

	outsiders bool // look at no insiders
}

func newStore(p *Problem) *store { return &store{p: p, by: make([][]int32, len(p.cells))} }

// add takes in a witness that has been checked.
func (s *store) add(w *Witness) int32 {
	id := int32(len(s.all))
	s.all = append(s.all, *w)
	var owners []int32
	for i, c := range w.Cells {
		s.by[c] = append(s.by[c], id)
		if o := s.p.cells[c].Owner; o != 0 {
			owners = append(owners, o)
		}
		if v := s.p.below(c, ^c); v != infinity && -w.Delta[i] > v*w.Den {
			owners = append(owners, ^c)
		}
	}
	slices.Sort(owners)
	s.owners = append(s.owners, slices.Compact(owners))
	return id
}

// touches reports whether an insider knows that a witness is not the truth: it
// changes a cell of his, or makes one less than his part of it.
func (s *store) touches(id, owner int32) bool {
	_, ok := slices.BinarySearch(s.owners[id], owner)
	return ok
}

// assign chooses witnesses for the needs of a primary cell among those that
// allow admits, early ones first since more rests on them already. It returns
// the needs with their tables, and those that none meets.
func (s *store) assign(c int32, allow func(id int32) bool) (met, missing []Need) {
	var list []int32
	for _, id := range s.by[c] {
		if allow(id) {
			list = append(list, id)
		}
	}
	wants := s.p.needs(c)
	for _, n := range wants {
		if s.pick(&n, list) {
			met = append(met, n)
		} else {
			missing = append(missing, n)
		}
	}
	if len(missing) > 0 || s.outsiders {
		return met, missing
	}
	for _, want := range wants {
		for _, o := range s.insiders(met, want) {
			n := s.p.insiderNeed(want, o)
			if len(s.insiders(met, want, o)) == 0 {
				continue // what was found for another does for him
			}
			if s.pick(&n, list) {
				met = append(met, n)
			} else {
				missing = append(missing, n)
			}
		}
	}
	return met, missing
}

// insiders lists who, not being behind the cell himself, is kept off by none of
// the needs in a list that are as wanted: each rests on a table that changes a cell
// of his. Only those in among, if there are any.
func (s *store) insiders(list []Need, want Need, among ...int32) []int32 {
	all := among
	var up []int32 // what the cell is part of, once it is asked for
	behind := func(o int32) bool {
		if o >= 0 {
			return s.p.behind(want.Cell, o)
		}
		if up == nil {
			up = s.p.upwards(want.Cell)
		}
		return slices.Contains(up, ^o)
	}
	for i := range list {
		n := &list[i]
		if n.Cell != want.Cell || n.Kind != want.Kind || n.Owner == 0 && n.Least < want.Least {
			continue
		}
		if all == nil {
			for _, id := range tables(list[i : i+1]) {
				all = append(all, s.owners[id]...)
			}
			slices.Sort(all)
			all = slices.Compact(all)
		}
		kept := all[:0:0]
		for _, o := range all {
			touched := n.High >= 0 && s.touches(n.High, o) || n.Low >= 0 && s.touches(n.Low, o)
			if !touched && want.Kind != Lower || behind(o) {
				continue
			}
			if least := s.p.insiderNeed(want, o).Least; touched && (least > 0 || want.Kind == Differs) || n.Least < least {
				kept = append(kept, o)
			}
		}
		if all = kept; len(all) == 0 {
			break
		}
	}
	return all
}

// insiderNeed is what a need of outsiders is for an insider. Who has part of a cell
// knows that it is no less than that.
func (p *Problem) insiderNeed(want Need, owner int32) Need {
	want.Owner = owner
	if want.Kind == Lower && !p.attacker.Negative {
		want.Least = min(want.Least, p.cells[want.Cell].Value-p.share(want.Cell, owner))
	}
	return want
}

// tables lists the witnesses that needs rest on, each once, the first met first.
func tables(needs []Need) (ids []int32) {
	for _, n := range needs {
		for _, id := range []int32{n.High, n.Low} {
			if id >= 0 && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// pick chooses the tables of a need from a list; where none meets it the widest.
func (s *store) pick(n *Need, list []int32) bool {
	ask := *n
	for _, id := range list {
		if n.Owner != 0 && s.touches(id, n.Owner) {
			continue
		}
		if s.all[id].at(n.Cell) > 0 {
			ask.High, ask.Low = id, -1
		} else {
			ask.High, ask.Low = -1, id
		}
		if ask.met(s.all) {
			n.High, n.Low = ask.High, ask.Low
			return true
		}
	}
	if n.Kind != Sliding {
		return false
	}
	n.High, n.Low = -1, -1
	for _, id := range list {
		if n.Owner != 0 && s.touches(id, n.Owner) {
			continue
		}
		d, e := change(s.all, id, n.Cell)
		if hi, f := change(s.all, n.High, n.Cell); compare(d, e, hi, f, 0) > 0 {
			n.High = id
		}
		if lo, f := change(s.all, n.Low, n.Cell); compare(lo, f, d, e, 0) > 0 {
			n.Low = id
		}
	}
	return n.met(s.all)
}

package hide

import (
	"cmp"
	"slices"
)

// needs lists the needs of a primary cell against outsiders; asks turns a need into the
// needs of an insider.
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

// same reports whether two needs ask the same.
func (n Need) same(o Need) bool {
	return n.Cell == o.Cell && n.Kind == o.Kind && n.Owner == o.Owner && n.Least == o.Least
}

// serves reports whether a witness meets a need by itself, and is not known to be wrong
// by the insider of it.
func (p *Problem) serves(w *Witness, n Need) bool {
	if !n.wide(offset{w.at(n.Cell), w.Den}) {
		return false
	}
	v := p.view(n)
	for i, c := range w.Cells {
		if d := w.Delta[i]; d > 0 {
			if room := v.above(c); room != infinity && d > room*w.Den {
				return false
			}
		} else if room := v.below(c); room != infinity && -d > room*w.Den {
			return false
		}
	}
	return true
}

// asks turns a need of outsiders into the needs of insider who; nil where the insider
// needs none. Lower requires at most the part of the cell that the insider does not own.
//
// In whole numbers the insider may have a share that is larger than the cell less the
// level. Then there is one need for each share that the insider may have, from the least:
// a table shows the need if the cell is as low as that share and no lower. Beyond a few
// shares the needs are not made one by one; only a table above all of these shares then
// meets the need.
func (p *Problem) asks(want Need, who int32) []Need {
	want.Owner = who
	if who == 0 || want.Kind == Upper || want.Kind == Sliding || p.attacker.signed() {
		return []Need{want}
	}
	value := p.cells[want.Cell].Value
	rest := value - p.atLeast(want.Cell, who)
	if want.Kind == Differs {
		if rest <= 0 && value > 0 {
			return nil // the insider owns the whole cell
		}
		return []Need{want}
	}
	if want.Least = min(want.Least, rest); want.Least <= 0 {
		return nil
	}
	out := []Need{want}
	if !p.attacker.Whole {
		return out
	}
	v := p.view(want)
	v.cell = -1
	if room := v.below(want.Cell); v.stepwise(want.Cell) {
		for want.Least > max(1, room) {
			want.Least--
			out = append(out, want)
		}
	}
	return out
}

// store holds the witnesses found so far, and which of them change a cell.
type store struct {
	p      *Problem
	all    []Witness
	by     [][]int32   // cell -> witnesses that change it
	shift  [][]offset  // and by how much
	knowns [][]refuter // witness -> insiders who know that it is not the true table, rising
}

// offset is by how much a witness changes a cell.
type offset struct {
	delta, den int64
}

// refuter is an insider who knows that a witness is not the true table. The witness
// changes a cell in which the insider is alone, or makes a cell less than the share of
// the insider. An owner may also know so from cells in which the owner is not listed:
// such owners are no refuters, but Anyone (the unlisted contributor) is.
type refuter struct {
	who  int32
	only int32 // the cell from which the insider knows, -1 where there are several
}

func newStore(p *Problem) *store {
	return &store{p: p, by: make([][]int32, len(p.cells)), shift: make([][]offset, len(p.cells))}
}

// add takes in a witness that has been checked.
func (s *store) add(w *Witness) int32 {
	id := int32(len(s.all))
	s.all = append(s.all, *w)
	var list []refuter
	for i, c := range w.Cells {
		s.by[c] = append(s.by[c], id)
		s.shift[c] = append(s.shift[c], offset{w.Delta[i], w.Den})
		cell := &s.p.cells[c]
		if cell.Owner != 0 {
			list = append(list, refuter{cell.Owner, c})
		}
		if w.Delta[i] > 0 || s.p.attacker.signed() {
			continue
		}
		for k := range cell.Shares {
			if share := &cell.Shares[k]; -w.Delta[i] > (cell.Value-share.Most)*w.Den {
				list = append(list, refuter{share.insider(c), c})
			}
		}
		if f := s.p.floors[c]; f > 0 && -w.Delta[i] > (cell.Value-f)*w.Den {
			list = append(list, refuter{Anyone, c})
		}
	}
	slices.SortStableFunc(list, func(a, b refuter) int { return cmp.Compare(a.who, b.who) })
	kept := list[:0]
	for _, r := range list {
		if n := len(kept); n > 0 && kept[n-1].who == r.who {
			kept[n-1].only = -1
		} else {
			kept = append(kept, r)
		}
	}
	s.knowns = append(s.knowns, kept)
	return id
}

// refuterOf returns the refuter of an insider for a witness; false where the insider is
// not listed.
func (s *store) refuterOf(id, who int32) (refuter, bool) {
	i, ok := slices.BinarySearchFunc(s.knowns[id], who, func(r refuter, who int32) int { return cmp.Compare(r.who, who) })
	if !ok {
		return refuter{}, false
	}
	return s.knowns[id][i], true
}

// refuted reports whether the attacker of a view knows that a witness is not the true table.
// The attacker may know this from cells other than the cell of the view, or from the room of
// that cell.
func (s *store) refuted(id int32, v *view) bool {
	if v.who == 0 {
		return false
	}
	if r, ok := s.refuterOf(id, v.who); ok && r.only != v.cell {
		return true
	}
	w := &s.all[id]
	if v.room != infinity && -w.at(v.cell) > v.room*w.Den {
		return true
	}
	if v.who == Anyone {
		return false
	}
	if r, ok := s.refuterOf(id, Anyone); !ok || r.only == v.cell {
		return false
	}
	for i, c := range w.Cells {
		// Apart from the cells in which the owner is listed, the owner knows no more than
		// Anyone.
		f := s.p.floors[c]
		if c == v.cell || f == 0 || w.Delta[i] > 0 || -w.Delta[i] <= (s.p.cells[c].Value-f)*w.Den {
			continue
		}
		if room := v.below(c); room != infinity && -w.Delta[i] > room*w.Den {
			return true
		}
	}
	return false
}

// assign chooses witnesses for the needs of a primary cell among the allowed ones. Early
// witnesses are first: more needs rest on them already. assign returns the met needs with
// their tables, and the missing needs. The needs are looked at in this order, each only when
// all before are met: of outsiders, of Anyone, of other insiders.
func (s *store) assign(c int32, allow func(id int32) bool) (met, missing []Need) {
	list := s.candidates(c, allow)
	wants := s.p.needs(c)
	see := func(n Need) {
		if s.pick(&n, list) {
			met = append(met, n)
		} else {
			missing = append(missing, n)
		}
	}
	for _, n := range wants {
		see(n)
	}
	if len(missing) > 0 {
		return met, missing
	}
	for _, want := range wants {
		for _, n := range s.open(met, want, Anyone) {
			see(n)
		}
	}
	if len(missing) > 0 {
		return met, missing
	}
	for _, want := range wants {
		for _, who := range s.doubters(met, want) {
			// A witness that was found for another insider may serve this one too.
			for _, n := range s.open(met, want, who) {
				see(n)
			}
		}
	}
	return met, missing
}

// open lists the needs of an insider that no need in a list shows.
func (s *store) open(list []Need, want Need, who int32) (out []Need) {
	if who == Anyone && !s.p.anonymous || s.p.exempt(want.Cell, who) {
		return nil
	}
	for _, ask := range s.p.asks(want, who) {
		v := s.p.view(ask)
		if !slices.ContainsFunc(list, func(n Need) bool {
			ask.High, ask.Low = n.High, n.Low
			return n.Cell == ask.Cell && n.Kind == ask.Kind && ask.met(s.all) &&
				(n.High < 0 || !s.refuted(n.High, v)) && (n.Low < 0 || !s.refuted(n.Low, v))
		}) {
			ask.High, ask.Low = -1, -1
			out = append(out, ask)
		}
	}
	return out
}

// doubters lists the owners who know that one of the tables of the needs in list for want
// is not the true table. Where the list meets want for Anyone, no other insider needs a
// check: in cells in which an insider is not listed, the insider has no more than Anyone.
func (s *store) doubters(list []Need, want Need) (out []int32) {
	for i := range list {
		if list[i].Cell != want.Cell || list[i].Kind != want.Kind {
			continue
		}
		for _, id := range tables(list[i : i+1]) {
			for _, r := range s.knowns[id] {
				if r.who != Anyone {
					out = append(out, r.who)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
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

// candidates are the witnesses that change a cell. Some of them are allowed.
type candidates struct {
	ids    []int32
	shifts []offset
	allow  func(id int32) bool
	known  []int8 // of each: 0 before allow was asked, 1 allowed, -1 not
}

func (s *store) candidates(cell int32, allow func(id int32) bool) *candidates {
	return &candidates{ids: s.by[cell], shifts: s.shift[cell], allow: allow, known: make([]int8, len(s.by[cell]))}
}

func (l *candidates) allowed(i int) bool {
	if l.known[i] == 0 {
		if l.known[i] = -1; l.allow(l.ids[i]) {
			l.known[i] = 1
		}
	}
	return l.known[i] > 0
}

// pick chooses the tables of a need from a list; where none meets the need it takes the
// widest. For outsiders it first takes tables that meet the need for Anyone: the need of
// Anyone must be met too.
func (s *store) pick(n *Need, list *candidates) bool {
	if n.Owner == 0 && s.p.anonymous {
		ask := *n
		ask.Owner = Anyone
		if s.choose(&ask, list) {
			n.High, n.Low = ask.High, ask.Low
			return true
		}
	}
	return s.choose(n, list)
}

// wide reports whether a witness that changes the cell of a need so meets it.
func (n *Need) wide(x offset) bool {
	switch {
	case x.delta > 0:
		return n.Kind != Lower && compare(x.delta, x.den, 0, 1, n.Least) >= 0
	case x.delta < 0:
		return n.Kind != Upper && compare(0, 1, x.delta, x.den, n.Least) >= 0
	}
	return false
}

func (s *store) choose(n *Need, list *candidates) bool {
	v := s.p.view(*n)
	for i, id := range list.ids {
		// The cheapest test first.
		if x := list.shifts[i]; n.wide(x) && !s.refuted(id, v) && list.allowed(i) {
			if n.High, n.Low = -1, id; x.delta > 0 {
				n.High, n.Low = id, -1
			}
			return true
		}
	}
	if n.Kind != Sliding {
		return false
	}
	n.High, n.Low = -1, -1
	for i, id := range list.ids {
		if s.refuted(id, v) || !list.allowed(i) {
			continue
		}
		x := list.shifts[i]
		if hi, f := change(s.all, n.High, n.Cell); compare(x.delta, x.den, hi, f, 0) > 0 {
			n.High = id
		}
		if lo, f := change(s.all, n.Low, n.Cell); compare(lo, f, x.delta, x.den, 0) > 0 {
			n.Low = id
		}
	}
	return n.met(s.all)
}

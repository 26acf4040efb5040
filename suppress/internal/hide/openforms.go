package hide

import (
	"context"
	"maps"
	"slices"

	"github.com/sluis-go/sluis/internal/linear"
	"github.com/sluis-go/sluis/sdc"
)

// openForms are the forms in which no witness of a pattern differs, and which are not
// certain to pass the rules.
type openForms struct {
	forms     []form
	undecided int  // contributors of whom not all sums were looked at
	all       bool // sums of three were looked at
}

// minusMark is a difference of marks, and sumOf their sum over some cells.
func minusMark(a, b uint64) uint64 { return linear.Sum(a, linear.Opposite(b)) }

func sumOf(marks []uint64, ids []int32) (sum uint64) {
	for _, id := range ids {
		sum = linear.Sum(sum, marks[id])
	}
	return sum
}

// marksOf are the marks of the cells in the witnesses of a pattern.
func (p *Pattern) marksOf() []uint64 {
	marks := make([]uint64, len(p.status))
	for w := range p.witnesses {
		for k, id := range p.witnesses[w].Cells {
			marks[id] = linear.Mark(marks[id], w, p.witnesses[w].Delta[k])
		}
	}
	return marks
}

// openForms looks at
//
//	few       the sums of two suppressed cells anywhere, and of three where there are not
//	          too many of them
//	rests     all that is suppressed of the parts of a total that is not published
//	nested    the difference of two sums of all that is hidden under a total, of which one
//	          lies within the other
//	alone     every sum of cells in which one contributor is alone
//
// The sums of what is hidden under one published total are left out: openSums judges these.
// The sum of all parts of a published total is no hidden sum: it is the total.
//
// A witness of the pattern in which a sum differs shows that the sum cannot be computed. So
// openForms looks only at sums in which all witnesses agree, see linear.Mark.
//
// Time: the square of the number of suppressed cells that do not pass by themselves; for
// alone, the cube of the number of cells in which one contributor is alone.
func (g *Tables) openForms(ctx context.Context, p *Pattern) (out openForms, err error) {
	if g.policy.Attacker.NoUnions {
		return openForms{all: true}, nil
	}
	s := &formSearch{g: g, p: p, places: g.suppressedPlaces(p), marks: p.marksOf(), seen: g.judgedSums(p), listed: g.listed()}
	if err := s.few(ctx); err != nil {
		return out, err
	}
	for _, t := range g.list {
		s.rests(t)
		if err := ctx.Err(); err != nil {
			return out, err
		}
	}
	s.alone()
	return s.out, nil
}

type formSearch struct {
	g      *Tables
	p      *Pattern
	places map[int32]place
	marks  []uint64
	seen   map[string]bool
	listed []bool // cell -> some table lists it
	out    openForms
}

// listed are the cells that some table lists. A table without margins does not list its
// totals, and a linked table may.
func (g *Tables) listed() []bool {
	listed := make([]bool, len(g.problem.cells))
	for _, t := range g.list {
		for c, id := range t.id {
			listed[id] = listed[id] || t.shown[c]
		}
	}
	return listed
}

// take notes the sum of some cells, rising, if it fails.
func (s *formSearch) take(ids ...int32) {
	f := form{plus: slices.Clone(ids)}
	if s.seen[f.key()] {
		return
	}
	if cells, passes := s.g.together(s.places, ids...); !passes {
		s.note(f, cells)
	}
}

// note notes a form that fails; cells are all that is in it.
func (s *formSearch) note(f form, cells []sdc.Cell) {
	if s.seen[f.key()] {
		return
	}
	s.seen[f.key()] = true
	value := int64(0)
	for _, id := range f.plus {
		value += s.g.problem.cells[id].Value
	}
	for _, id := range f.minus {
		value -= s.g.problem.cells[id].Value
	}
	if value > largest || value < -largest {
		s.out.undecided++
		return
	}
	f.level = s.g.levelOf(cells, value)
	s.out.forms = append(s.out.forms, f)
}

// few looks at sums of two and three cells.
func (s *formSearch) few(ctx context.Context) error {
	ids := slices.Sorted(maps.Keys(s.places))
	if s.g.list[0].count {
		// A sum of counts has no fewer contributors than any of its cells.
		ids = slices.DeleteFunc(ids, func(id int32) bool {
			x := s.places[id]
			return x.t.has[x.cell] && !s.g.failsTogether(s.places, id)
		})
	}
	byMark := map[uint64][]int32{}
	// Mostly no cell has a mark: the bits say so sooner than the map.
	var some [1 << 11]uint64
	bit := func(mark uint64) (word, bit uint64) { return mark >> 6 % uint64(len(some)), mark % 64 }
	for _, id := range ids {
		byMark[s.marks[id]] = append(byMark[s.marks[id]], id)
		word, k := bit(s.marks[id])
		some[word] |= 1 << k
	}
	s.out.all = len(ids) <= mostHidden
	for i, a := range ids {
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for _, b := range byMark[linear.Opposite(s.marks[a])] {
			if b > a {
				s.take(a, b)
			}
		}
		if !s.out.all {
			continue
		}
		for _, b := range ids[i+1:] {
			want := linear.Opposite(linear.Sum(s.marks[a], s.marks[b]))
			if word, k := bit(want); some[word]>>k&1 == 0 {
				continue
			}
			for _, c := range byMark[want] {
				if c > b {
					s.take(a, b, c)
				}
			}
		}
	}
	return nil
}

// rest is all that is suppressed under a total, where it is known.
type rest struct {
	parts []int
	ids   []int32 // of the parts, rising
}

// rests looks at two kinds of sums: of the suppressed cells under totals that are not
// published; and the differences of sums that lie within each other.
func (s *formSearch) rests(t *table) {
	var known []rest
	in := map[int][]int{} // cell -> rests that it is part of
	t.relations(func(_, total int, parts []int) {
		var r rest
		listed := true
		for _, c := range parts {
			listed = listed && t.shown[c]
			if s.listed[t.id[c]] && s.p.status[t.id[c]].Hidden() {
				r.parts, r.ids = append(r.parts, c), append(r.ids, t.id[c])
			}
		}
		if len(r.parts) < 2 {
			return
		}
		slices.Sort(r.ids)
		if published := listed && !s.p.status[t.id[total]].Hidden(); !published {
			if sumOf(s.marks, r.ids) != 0 {
				return
			}
			s.take(r.ids...)
		}
		for _, c := range r.parts {
			in[c] = append(in[c], len(known))
		}
		known = append(known, r)
	})
	for i := range known {
		t.upwards(known[i].parts[0], func(above int) {
			for _, k := range in[above] {
				if k != i && t.holds(known[k].parts, known[i].parts) {
					s.nested(t, &known[k], &known[i])
				}
			}
		})
	}
}

// nested looks at what one rest leaves of another.
func (s *formSearch) nested(t *table, outer, inner *rest) {
	var f form
	for _, id := range outer.ids {
		if !slices.Contains(inner.ids, id) {
			f.plus = append(f.plus, id)
		}
	}
	for _, id := range inner.ids {
		if !slices.Contains(outer.ids, id) {
			f.minus = append(f.minus, id)
		}
	}
	if len(f.plus) == 0 || f.mark(s.marks) != 0 || s.seen[f.key()] {
		return
	}
	var cells []sdc.Cell
	var at []int
	for _, c := range outer.parts {
		t.except(c, inner.parts, func(block int) {
			if t.has[block] {
				cells, at = append(cells, t.cells[block]), append(at, block)
			}
		})
	}
	// Blocks of one table do not overlap.
	if len(cells) > 0 && s.g.policy.Union(cells, t.disjoint) != sdc.Safe {
		s.note(f, cells)
	}
}

// upwards calls fn for a cell and every cell that it lies within.
func (t *table) upwards(cell int, fn func(above int)) {
	var walk func(v, at int)
	walk = func(v, at int) {
		if v == len(t.vars) {
			fn(at)
			return
		}
		own := t.code(cell, v)
		for k := own; k >= 0; k = t.vars[v].Parents[k] {
			walk(v+1, at+(k-own)*t.stride[v])
		}
	}
	walk(0, cell)
}

// covers reports whether a cell lies within another.
func (t *table) covers(above, cell int) bool {
	for v := range t.vars {
		if !t.within(v, t.code(cell, v), t.code(above, v)) {
			return false
		}
	}
	return true
}

// holds reports whether each of some cells lies within one of others.
func (t *table) holds(outer, inner []int) bool {
	return !slices.ContainsFunc(inner, func(c int) bool {
		return !slices.ContainsFunc(outer, func(a int) bool { return t.covers(a, c) })
	})
}

// except calls fn for cells that together are a cell without some others, as few as may be.
// Cells of which there is no evidence are taken apart.
func (t *table) except(cell int, others []int, fn func(block int)) {
	var inside []int
	for _, c := range others {
		if c == cell {
			return
		}
		if t.covers(cell, c) {
			inside = append(inside, c)
		}
	}
	for v := range t.vars {
		code := t.code(cell, v)
		if len(t.below[v][code]) == 0 {
			continue
		}
		if len(inside) > 0 && t.code(inside[0], v) == code || len(inside) == 0 && t.has[cell] {
			continue
		}
		for _, k := range t.below[v][code] {
			t.except(cell+(k-code)*t.stride[v], inside, fn)
		}
		return
	}
	fn(cell)
}

package hide

import (
	"context"
	"maps"
	"slices"

	"github.com/sluis-go/sluis/internal/linear"
	"github.com/sluis-go/sluis/sdc"
)

// mostHidden is the number of suppressed cells up to which sums of three are looked at.
const mostHidden = 3000

// place is a suppressed cell in one of the tables.
type place struct {
	t    *table
	cell int
}

// openFewSums counts the sums of two suppressed cells, and of three where there are not too
// many of them, that are not certain to pass the rules as one cell, and that can be worked
// out, by an outsider or a contributor, or of which that was not decided. all says that sums
// of three were looked at.
//
// Left out are the sums of what is hidden under one published total: openSums judges these,
// and all of a published total is published itself.
//
// A witness of the pattern in which a sum differs shows that the sum cannot be worked out.
// The other sums are virtual cells of a problem of their own, which is audited.
//
// Time: the square of the suppressed cells, and a program for each sum that no witness shows.
func (g *Tables) openFewSums(ctx context.Context, p *Pattern, threads int) (n int, all bool, err error) {
	if g.policy.Attacker.NoUnions {
		return 0, true, nil
	}
	places := g.suppressedPlaces(p)
	ids := slices.Sorted(maps.Keys(places))
	marks := make([]uint64, len(p.status))
	for w := range p.witnesses {
		for k, id := range p.witnesses[w].Cells {
			marks[id] = linear.Mark(marks[id], w, p.witnesses[w].Delta[k])
		}
	}
	byMark := map[uint64][]int32{}
	for _, id := range ids {
		byMark[marks[id]] = append(byMark[marks[id]], id)
	}
	all = len(ids) <= mostHidden
	judged := g.judgedSums(p)
	var sums [][]int32
	see := func(sum ...int32) {
		if !judged[sumKey(sum)] && g.failsTogether(places, sum...) {
			sums = append(sums, sum)
		}
	}
	for i, a := range ids {
		if i%64 == 0 && ctx.Err() != nil {
			return 0, false, ctx.Err()
		}
		for _, b := range byMark[linear.Opposite(marks[a])] {
			if b > a {
				see(a, b)
			}
		}
		if !all {
			continue
		}
		for _, b := range ids[i+1:] {
			for _, c := range byMark[linear.Opposite(linear.Sum(marks[a], marks[b]))] {
				if c > b {
					see(a, b, c)
				}
			}
		}
	}
	if len(sums) == 0 || len(sums) > mostAudited {
		return len(sums), all, nil
	}
	n, err = g.auditSums(ctx, p, sums, threads)
	return n, all, err
}

// mostAudited is the number of sums up to which they are audited; more count as open.
const mostAudited = 300

// auditSums returns how many of the sums can be worked out, or were not decided.
func (g *Tables) auditSums(ctx context.Context, p *Pattern, sums [][]int32, threads int) (int, error) {
	from := g.problem
	n := len(from.cells)
	cells, relations, hidden := copyCells(from.cells), copyRelations(from.rel), p.Hidden()
	for i := range cells {
		if cells[i].Status = p.status[i]; hidden[i] && cells[i].Status != Protected {
			cells[i].Status, cells[i].Level = Withheld, Level{}
		}
	}
	for k, sum := range sums {
		virtual := Cell{Status: Primary}
		relation := Relation{Total: n + k}
		for _, id := range sum {
			virtual.Value += cells[id].Value
			relation.Parts = append(relation.Parts, int(id))
		}
		cells, relations, hidden = append(cells, virtual), append(relations, relation), append(hidden, true)
	}
	with, err := New(cells, relations, from.attacker)
	if err != nil {
		return 0, err
	}
	copy(with.down, from.down)
	copy(with.up, from.up)
	audited, err := Audit(ctx, with, hidden, AuditOptions{Threads: threads, NeedsOnly: true})
	if err != nil {
		return 0, err
	}
	open := map[int]bool{}
	for _, f := range audited.Failures {
		open[f.Cell] = true
	}
	return len(open), nil
}

// sumKey identifies the sum of two or three cells, in rising order.
func sumKey(ids []int32) (key [3]int32) {
	copy(key[:], ids)
	return key
}

// judgedSums lists the sums of what is hidden under one published total.
func (g *Tables) judgedSums(p *Pattern) map[[3]int32]bool {
	out := map[[3]int32]bool{}
	for _, t := range g.list {
		t.relations(func(_, total int, parts []int) {
			if p.status[t.id[total]].Hidden() || !t.has[total] {
				return
			}
			var ids []int32
			for _, c := range parts {
				if p.status[t.id[c]].Hidden() {
					ids = append(ids, t.id[c])
				}
			}
			if len(ids) == 2 || len(ids) == 3 {
				slices.Sort(ids)
				out[sumKey(ids)] = true
			}
		})
	}
	return out
}

// suppressedPlaces finds a place for every cell of the problem that is suppressed in a table,
// empty cells too: to everybody but us these may be something.
func (g *Tables) suppressedPlaces(p *Pattern) map[int32]place {
	out := map[int32]place{}
	for _, t := range g.list {
		for cell, id := range t.id {
			if _, ok := out[id]; !ok && t.shown[cell] && p.status[id].Hidden() {
				out[id] = place{t, cell}
			}
		}
	}
	return out
}

// failsTogether reports whether the sum of some cells is not certain to pass the rules.
func (g *Tables) failsTogether(places map[int32]place, ids ...int32) bool {
	var cells []sdc.Cell
	apart := true
	first := places[ids[0]].t
	for i, id := range ids {
		x := places[id]
		if !x.t.has[x.cell] {
			continue // it adds nothing
		}
		cells = append(cells, x.t.cells[x.cell])
		apart = apart && x.t == first && first.disjoint
		for _, other := range ids[:i] {
			apart = apart && first.apartFrom(x.cell, places[other].cell)
		}
	}
	return len(cells) > 0 && sdc.Union(g.policy, cells, apart) != sdc.Safe
}

// apartFrom reports whether no record can be in two cells: in some variable neither of their
// codes lies below the other.
func (t *table) apartFrom(a, b int) bool {
	for v := range t.vars {
		x, y := t.code(a, v), t.code(b, v)
		if !t.within(v, x, y) && !t.within(v, y, x) {
			return true
		}
	}
	return false
}

// within reports whether a code is another, or lies below it.
func (t *table) within(v, code, above int) bool {
	for ; code >= 0; code = t.vars[v].Parents[code] {
		if code == above {
			return true
		}
	}
	return false
}

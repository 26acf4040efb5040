package hide

import (
	"context"
	"slices"

	"github.com/sluis-go/sluis/sdc"
)

// mostHidden is the number of suppressed cells up to which sums of three are looked at: of
// counts those alone that do not pass by themselves.
const mostHidden = 3000

// place is a suppressed cell in one of the tables.
type place struct {
	t    *table
	cell int
}

// mostAudited is the number of forms up to which they are audited, and met at a time; more
// count as open.
const mostAudited = 300

// auditForms returns how many of the forms can be worked out, by an outsider or a
// contributor, or were not decided.
func (g *Tables) auditForms(ctx context.Context, p *Pattern, forms []form, threads int) (int, error) {
	if len(forms) == 0 || len(forms) > mostAudited {
		return len(forms), nil
	}
	forms = slices.Clone(forms)
	for i := range forms {
		forms[i].level = Level{}
	}
	with, at, err := g.problem.with(forms, nil)
	if err != nil {
		return 0, err
	}
	n := len(g.problem.cells)
	for i := range with.cells[:n] {
		if with.cells[i].Status == Primary { // it has its proof
			with.cells[i].Status, with.cells[i].Level = Withheld, Level{}
		}
	}
	hidden := append(p.Hidden(), slices.Repeat([]bool{true}, len(with.cells)-n)...)
	audited, err := Audit(ctx, with, hidden, AuditOptions{Threads: threads, NeedsOnly: true})
	if err != nil {
		return 0, err
	}
	open := map[int]bool{}
	for _, f := range audited.Failures {
		if slices.Contains(at, int32(f.Cell)) {
			open[f.Cell] = true
		}
	}
	return len(open), nil
}

// judgedSums lists the sums of what is hidden under one published total, by their keys.
func (g *Tables) judgedSums(p *Pattern) map[string]bool {
	out := map[string]bool{}
	for _, t := range g.list {
		t.relations(func(_, total int, parts []int) {
			if p.status[t.id[total]].Hidden() || !t.has[total] {
				return
			}
			var f form
			for _, c := range parts {
				if p.status[t.id[c]].Hidden() {
					f.plus = append(f.plus, t.id[c])
				}
			}
			if len(f.plus) >= 2 {
				slices.Sort(f.plus)
				out[f.key()] = true
			}
		})
	}
	return out
}

// suppressedPlaces finds a place for every cell of the problem that is suppressed in a table.
// Empty cells are included: an attacker does not know that they are empty.
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
	_, passes := g.together(places, ids...)
	return !passes
}

// together judges the sum of some cells; cells are those that are not empty.
func (g *Tables) together(places map[int32]place, ids ...int32) (cells []sdc.Cell, passes bool) {
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
	return cells, len(cells) == 0 || g.policy.Union(cells, apart) == sdc.Safe
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

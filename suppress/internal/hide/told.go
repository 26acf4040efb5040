package hide

import (
	"slices"

	"github.com/sluis-go/sluis/sdc"
)

// told is what another output, such as counts beside sums, reveals about a cell.
type told uint8

const (
	tellsNothing told = iota
	// isNothing: the cell is empty, and so is the cell of the other table that contains
	// it.
	isNothing
	// isSomething: the cell is a count and not empty; the other table has the cell, or it
	// is the cell of one code over all other variables.
	isSomething
)

// tell finds what outputs of different statistics reveal about each other's cells.
//
//   - A count of 0 reveals that every sum of the same rows is 0. Such a sum could
//     otherwise be hidden to protect another cell.
//   - A sum that is not 0 reveals that the count is at least 1.
//
// tell does not look at which cells are published: if one of two such cells is hidden,
// the other cell reveals its value. So both problems treat both as known.
//
// A code that a table lists occurs in the data. So a count of respondents or records of
// one code, over all other variables, is at least 1, unless the table leaves rows out. A table
// of one variable leaves out rows without a code of it: its codes occur in any case. A code
// of a variable whose codes are declared may occur nowhere: nothing is known of its count.
func tell(r *sdc.Report, groups []*Tables, numbers [][]int) {
	empty := make([][][]bool, len(groups)) // made when first needed
	emptyOf := func(i int) [][]bool {
		if empty[i] == nil {
			for k, t := range slices.Concat(groups[i].list, groups[i].behind) {
				empty[i] = append(empty[i], t.emptyCells(r.Tables[numbers[i][k]]))
			}
		}
		return empty[i]
	}
	for i, g := range groups {
		for k, t := range slices.Concat(g.list, g.behind) {
			_, excluded := r.Tables[numbers[i][k]].Rows()
			if t.count && (excluded == 0 || len(t.vars) == 1) && !r.JudgedBy().Attacker.NoOccurs {
				t.occur(emptyOf(i)[k])
			}
		}
		for j, h := range groups {
			a, b := r.Tables[numbers[i][0]].Output(), r.Tables[numbers[j][0]].Output()
			if a.Kind == b.Kind && a.Response == b.Response {
				continue
			}
			for k, t := range slices.Concat(g.list, g.behind) {
				for m, s := range h.list {
					t.hear(s, emptyOf(i)[k], emptyOf(j)[m])
				}
			}
		}
	}
}

// emptyCells are the cells, totals too, in which there are no records.
func (t *table) emptyCells(from *sdc.Table) []bool {
	empty := slices.Repeat([]bool{true}, t.n)
	for c := range from.Cells() {
		if cell := t.at(c); t.inner(cell) {
			empty[cell] = c.Records() == 0
		}
	}
	for v := range t.vars {
		t.fold(v, func(total, part int) { empty[total] = empty[total] && empty[part] })
	}
	return empty
}

// occur stores that the codes of each variable occur, unless they are declared.
func (t *table) occur(empty []bool) {
	if t.told == nil {
		t.told = make([]told, t.n)
	}
	for v := range t.vars {
		if t.declared[v] {
			continue
		}
		for k := 1; k < len(t.vars[v].Codes); k++ {
			if cell := k * t.stride[v]; !empty[cell] {
				t.told[cell] = isSomething
			}
		}
	}
}

// hear stores what another table reveals. Where the other table lacks a variable or a
// code, the cell is part of one of its cells.
func (t *table) hear(s *table, empty, its []bool) {
	if t.told == nil {
		t.told = make([]told, t.n)
	}
	to, has := make([][]int, len(t.vars)), make([][]bool, len(t.vars))
	for v := range t.vars {
		codes, parents := t.vars[v].Codes, t.vars[v].Parents
		to[v], has[v] = make([]int, len(codes)), make([]bool, len(codes))
		has[v][0] = true
		w := slices.IndexFunc(s.vars, func(c CodeList) bool { return c.Name == t.vars[v].Name })
		if w < 0 {
			continue
		}
		number := map[string]int{}
		for k, code := range s.vars[w].Codes {
			number[code] = k
		}
		for k := 1; k < len(codes); k++ {
			if at, ok := number[codes[k]]; ok {
				to[v][k], has[v][k] = at*s.stride[w], true
			} else {
				to[v][k] = to[v][parents[k]]
			}
		}
	}
	for cell := range t.n {
		at, same := 0, true
		for v := range t.vars {
			k := t.code(cell, v)
			at += to[v][k]
			same = same && has[v][k]
		}
		switch {
		case empty[cell] && its[at]:
			t.told[cell] = isNothing
		case !empty[cell] && same && t.count:
			t.told[cell] = isSomething
		}
	}
}

// hears returns what other outputs reveal about a cell.
func (t *table) hears(cell int) told {
	if t.told == nil {
		return tellsNothing
	}
	return t.told[cell]
}

// narrow adds the revealed facts to the knowledge of the attacker of a problem.
func (t *table) narrow(p *Problem) {
	for cell, id := range t.id {
		switch value := p.cells[id].Value; t.hears(cell) {
		case isNothing:
			p.down[id], p.up[id] = 0, 0
		case isSomething:
			if p.attacker.Whole && value > 0 {
				p.down[id] = min(p.down[id], value-1)
			}
		}
	}
}

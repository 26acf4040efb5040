package hide

import (
	"maps"
	"slices"

	"github.com/sluis-go/sluis/internal/linear"
)

const (
	// mostAlone is the number of suppressed cells of one contributor up to which all their
	// sums are looked at.
	mostAlone = 200
	// mostFree is how many cells of a contributor may be chosen freely: 2^mostFree sums are
	// looked at one by one.
	mostFree = 12
	// mostSums is how many sums of a contributor are taken at a time.
	mostSums = 20
)

// alone looks at the sums of cells in which one contributor is alone. A witness of the pattern
// is a vector over these cells.
//
//   - Where there are as many independent witnesses as cells, no sum of the cells is the same
//     in all tables.
//   - Otherwise the sums in which all witnesses agree are a linear space. alone looks in this
//     space for the sums with factors of 0 and 1.
func (s *formSearch) alone() {
	cells := s.g.problem.cells
	of := map[int32][]int32{}
	for _, id := range slices.Sorted(maps.Keys(s.places)) {
		if x := s.places[id]; cells[id].Owner != 0 && x.t.has[x.cell] {
			of[cells[id].Owner] = append(of[cells[id].Owner], id)
		}
	}
	number := map[int32][]offsetIn{}
	for _, list := range of {
		if s.twoApart(list) {
			for _, id := range list {
				number[id] = nil
			}
		}
	}
	if len(number) == 0 {
		return
	}
	for w := range s.p.witnesses {
		for k, id := range s.p.witnesses[w].Cells {
			if list, ok := number[id]; ok {
				number[id] = append(list, offsetIn{w, s.p.witnesses[w].Delta[k]})
			}
		}
	}
	for _, who := range slices.Sorted(maps.Keys(of)) {
		list := of[who]
		if _, ok := number[list[0]]; !ok {
			continue
		}
		if len(list) > mostAlone {
			s.out.undecided++
			continue
		}
		s.agreed(list, number)
	}
}

// offsetIn is by how much a witness changes a cell.
type offsetIn struct {
	witness int
	delta   int64
}

// twoApart reports whether two of some cells have no contributor in common.
func (s *formSearch) twoApart(ids []int32) bool {
	for i, a := range ids {
		for _, b := range ids[:i] {
			if apart(s.places[a], s.places[b]) {
				return true
			}
		}
	}
	return false
}

// apart reports whether no record can be in two cells of tables of one data set.
func apart(x, y place) bool {
	for v, list := range x.t.vars {
		w := slices.IndexFunc(y.t.vars, func(c CodeList) bool { return c.Name == list.Name })
		if w < 0 {
			continue
		}
		a, b := x.t.path(v, x.cell), y.t.path(w, y.cell)
		if !slices.Contains(a, b[0]) && !slices.Contains(b, a[0]) {
			return true
		}
	}
	return false
}

// path lists the code of a cell and those above it.
func (t *table) path(v, cell int) (out []string) {
	for k := t.code(cell, v); k >= 0; k = t.vars[v].Parents[k] {
		out = append(out, t.vars[v].Codes[k])
	}
	return out
}

// agreed takes the sums of some cells in which all witnesses agree.
func (s *formSearch) agreed(ids []int32, number map[int32][]offsetIn) {
	rows := map[int][]uint64{}
	for i, id := range ids {
		for _, x := range number[id] {
			if rows[x.witness] == nil {
				rows[x.witness] = make([]uint64, len(ids))
			}
			rows[x.witness][i] = linear.Residue(x.delta)
		}
	}
	var k linear.Kernel
	for _, w := range slices.Sorted(maps.Keys(rows)) {
		if k.Add(rows[w]); k.Rank() == len(ids) {
			return
		}
	}
	n := len(s.out.forms)
	whole := k.Choices(len(ids), mostFree, func(in []bool) bool {
		var sum []int32
		for i, is := range in {
			if !is {
				continue
			}
			for _, b := range sum {
				if !apart(s.places[ids[i]], s.places[b]) {
					return true
				}
			}
			sum = append(sum, ids[i])
		}
		if len(sum) > 1 {
			s.take(sum...)
		}
		return len(s.out.forms) < n+mostSums
	})
	if !whole {
		s.out.undecided++
	}
}

package hide

import (
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/synth"
)

// counts makes a problem of a synthetic table of counts: cells of 1 and 2 are
// primary, and who is alone in a cell knows it, and every total that he is alone
// in.
func counts(tb testing.TB, seed uint64, tables [][]int, codes ...int) *Problem {
	tb.Helper()
	return countsOf(tb, synth.CubeOptions{Seed: seed, Tables: tables}, codes...)
}

func countsOf(tb testing.TB, o synth.CubeOptions, codes ...int) *Problem {
	tb.Helper()
	for v, n := range codes {
		o.Hierarchies = append(o.Hierarchies, synth.NewHierarchy(o.Seed+uint64(v), n, 5))
	}
	c := synth.NewCube(o)
	cells := make([]Cell, len(c.Count))
	rel := make([]Relation, len(c.Total))
	for r, t := range c.Total {
		rel[r].Total = int(t)
		for _, q := range c.Parts[r] {
			rel[r].Parts = append(rel[r].Parts, int(q))
		}
	}
	for i, v := range c.Count {
		cells[i] = Cell{Value: v, Cost: v + 1}
		if v == 1 || v == 2 {
			cells[i].Status = Primary
		}
		if v > 1 {
			cells[i].Part = 1
		}
	}
	alone(cells, rel)
	p, err := New(cells, rel, Attacker{Whole: true})
	if err != nil {
		tb.Fatal(err)
	}
	if o.Tables == nil {
		var trees [][]int
		for _, h := range o.Hierarchies {
			parents := make([]int, len(h))
			for k, up := range h {
				parents[k] = int(up)
			}
			trees = append(trees, parents)
		}
		p.grid = gridOf(trees)
	}
	return p
}

// alone numbers the owners of cells of one contributor: a total of 1 is of the
// same one as its part of 1.
func alone(cells []Cell, rel []Relation) {
	top := make([]int, len(cells))
	for i := range top {
		top[i] = i
	}
	var find func(i int) int
	find = func(i int) int {
		if top[i] != i {
			top[i] = find(top[i])
		}
		return top[i]
	}
	for _, r := range rel {
		if cells[r.Total].Value != 1 {
			continue
		}
		k := slices.IndexFunc(r.Parts, func(q int) bool { return cells[q].Value == 1 })
		top[find(r.Total)] = find(r.Parts[k])
	}
	for i := range cells {
		if cells[i].Value == 1 {
			cells[i].Owner = int32(find(i)) + 1
		}
	}
}

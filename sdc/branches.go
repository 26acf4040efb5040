package sdc

import (
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// branches holds, level by level, the cells with the codes above the inner cells, for a
// table that publishes only its inner cells.
type branches struct {
	levels [][]uint32 // level -> cell -> cell above it at that level, or noLine
}

// branchesOver returns the branches over variable v. It returns nil where the table
// publishes the cells above its inner cells, or there are none.
func (t *Table) branchesOver(v int) *branches {
	x := &t.vars[v]
	if !t.output.NoMargins || x.depth < 2 {
		return nil
	}
	n := len(t.hidden)
	b := &branches{levels: make([][]uint32, x.depth)}
	cols := slices.Clone(t.nodes)
	for level := 1; level < x.depth; level++ {
		above := make([]uint32, n)
		for i, k := range t.nodes[v] {
			if node := int(k); x.nodes[node].level > level {
				for x.nodes[node].level > level {
					node = x.nodes[node].parent
				}
				above[i] = uint32(node)
			}
		}
		cols[v] = above
		ids := make([]uint32, n)
		t.index().Insert(cols, t.cards(), ids)
		for i, id := range ids {
			if above[i] == 0 || int(id) >= n || x.nodes[above[i]].whole {
				ids[i] = noLine
			}
		}
		b.levels[level] = ids
	}
	return b
}

// find returns the deepest cell above cell i whose respondents break a rule, or noLine.
func (b *branches) find(t *Table, i int, breaks func(n int64) bool) uint32 {
	for level := len(b.levels) - 1; level > 0; level-- {
		if at := b.levels[level][i]; at != noLine && breaks(t.m.Respondents[at]) {
			return at
		}
	}
	return noLine
}

// level is the level of the code of cell at in variable v, as an argument.
func (t *Table) level(v int, at uint32) words.Arg {
	return words.Count(int64(t.vars[v].nodes[t.nodes[v][at]].level))
}

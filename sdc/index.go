package sdc

import (
	"slices"

	"github.com/sluis-go/sluis/internal/group"
)

// cards returns the number of nodes of each variable.
func (t *Table) cards() []int {
	cards := make([]int, len(t.vars))
	for v := range t.vars {
		cards[v] = t.vars[v].Len()
	}
	return cards
}

// index returns the cells by nodes: their ids are their numbers. Tuples that are
// inserted get numbers behind them.
func (t *Table) index() *group.Table {
	if t.lookup == nil {
		nodes := make([][]uint32, len(t.nodes))
		for v := range nodes {
			nodes[v] = slices.Clip(t.nodes[v])
		}
		t.lookup = group.NewTableOf(nodes, t.cards(), t.m.N)
	}
	return t.lookup
}

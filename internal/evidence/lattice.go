package evidence

import (
	"math"
	"slices"

	"github.com/sluis-go/sluis/internal/group"
)

// lattice holds the margins that are asked for, and for each the margin that it is rolled
// up from: of the margins with nodes that determine its own, the one with the fewest
// cells; or the inner cells.
type lattice struct {
	columns []axis
	codes   [][]uint32 // column -> inner cell -> code
	inner   int        // number of inner cells
	margins []margin   // in the order asked
	order   []int      // every margin behind the one it is rolled up from
	direct  int        // see limits
}

// margin is one combination of levels.
type margin struct {
	combo []int
	from  int      // margin that it is rolled up from, or -1: the inner cells
	up    []uint32 // cell of from -> cell, or NoNode
	ranks [][]uint32
	n     int  // number of cells
	alone bool // every cell has the rows of one inner cell
	same  bool // up maps every cell to the same number
}

// axis is the levels of one column, its nodes ranked by level.
type axis struct {
	rank [][]uint32 // level -> code -> rank of its node, or NoNode
	node [][]uint32 // level -> rank -> node
	// down[l][k] maps ranks of level l to ranks of level k; nil where l does not
	// determine k.
	down [][][]uint32
}

func newAxis(levels Levels) axis {
	a := axis{
		rank: make([][]uint32, len(levels)), node: make([][]uint32, len(levels)),
		down: make([][][]uint32, len(levels)),
	}
	for l, of := range levels {
		a.rank[l], a.node[l] = ranked(of)
	}
	for l := range levels {
		a.down[l] = make([][]uint32, len(levels))
		for k := range levels {
			a.down[l][k] = determined(a.rank[l], a.rank[k], len(a.node[l]))
		}
	}
	return a
}

// ranked returns the nodes that occur, ascending, and of every code the rank of
// its node.
func ranked(of []uint32) (rank, nodes []uint32) {
	most := 0
	for _, node := range of {
		if node != NoNode {
			most = max(most, int(node)+1)
		}
	}
	at := make([]uint32, most) // node -> 1, then its rank
	for _, node := range of {
		if node != NoNode {
			at[node] = 1
		}
	}
	for node, occurs := range at {
		if occurs == 1 {
			at[node] = uint32(len(nodes))
			nodes = append(nodes, uint32(node))
		}
	}
	rank = make([]uint32, len(of))
	for code, node := range of {
		rank[code] = NoNode
		if node != NoNode {
			rank[code] = at[node]
		}
	}
	return rank, nodes
}

// determined returns the map from the ranks of level from to the ranks of level to, or
// nil where from does not determine to:
//
//   - a code with a node at to must have a node at from;
//   - codes with one node at from must have one node, or none, at to.
func determined(from, to []uint32, n int) []uint32 {
	const unknown = NoNode - 1
	m := slices.Repeat([]uint32{unknown}, n)
	for code, f := range from {
		switch {
		case f == NoNode && to[code] == NoNode:
		case f == NoNode:
			return nil
		case m[f] == unknown:
			m[f] = to[code]
		case m[f] != to[code]:
			return nil
		}
	}
	return m
}

// newLattice plans the margins over the inner cells of a table.
func newLattice(t *group.Table, levels []Levels, combos [][]int, direct int) *lattice {
	l := &lattice{inner: t.Len(), direct: direct}
	for v, of := range levels {
		l.columns = append(l.columns, newAxis(of))
		l.codes = append(l.codes, t.Codes(v))
	}
	size := make([]float64, len(combos)) // an estimate, from above
	for k, combo := range combos {
		size[k] = 1
		for v, lev := range combo {
			size[k] *= float64(len(l.columns[v].node[lev]))
		}
		l.margins = append(l.margins, margin{combo: combo, from: -1})
		l.order = append(l.order, k)
	}
	// A margin that another determines is no larger; of equals the first leads.
	slices.SortStableFunc(l.order, func(i, j int) int {
		switch {
		case size[i] > size[j]:
			return -1
		case size[i] < size[j]:
			return 1
		}
		return 0
	})
	for i, k := range l.order {
		best := float64(l.inner)
		for _, j := range l.order[:i] {
			if size[j] < best && l.determines(combos[j], combos[k]) {
				best, l.margins[k].from = size[j], j
			}
		}
	}
	return l
}

func (l *lattice) determines(fine, coarse []int) bool {
	for v := range l.columns {
		if l.columns[v].down[fine[v]][coarse[v]] == nil {
			return false
		}
	}
	return true
}

// number finds the cells of a margin, in ascending order of nodes, and where
// each cell below belongs, with up to threads goroutines. The margin that it is rolled up from is numbered
// already.
func (l *lattice) number(k, threads int) {
	m := &l.margins[k]
	below := l.inner
	ranks, maps := l.codes, make([][]uint32, len(l.columns))
	for v := range l.columns {
		maps[v] = l.columns[v].rank[m.combo[v]]
	}
	if m.from >= 0 {
		f := &l.margins[m.from]
		below, ranks = f.n, f.ranks
		for v := range l.columns {
			maps[v] = l.columns[v].down[f.combo[v]][m.combo[v]]
		}
	}
	m.up = make([]uint32, below)
	if !l.numberDirect(m, ranks, maps, threads) {
		l.numberByTable(m, ranks, maps)
	}
	inside := 0
	m.same = m.n == below
	for i, to := range m.up {
		if to != NoNode {
			inside++
		}
		m.same = m.same && to == uint32(i)
	}
	m.alone = inside == m.n && (m.from < 0 || l.margins[m.from].alone)
}

// numberDirect numbers cells through an array of all combinations of nodes, if
// these are few for the cells below.
func (l *lattice) numberDirect(m *margin, ranks, maps [][]uint32, threads int) bool {
	product, most := 1, min(l.direct*(len(m.up)+128), math.MaxInt32)
	cards := make([]int, len(maps))
	for v := range maps {
		cards[v] = max(1, len(l.columns[v].node[m.combo[v]]))
		if product > most/cards[v] {
			return false
		}
		product *= cards[v]
	}
	key := m.up
	inParallel(threads, threads, func(w int) {
		lo, hi := len(key)*w/threads, len(key)*(w+1)/threads
		key := key[lo:hi]
		for v, of := range maps {
			n := uint32(cards[v])
			for i, r := range ranks[v][lo:hi] {
				to := of[r]
				if key[i] == NoNode || to == NoNode {
					key[i] = NoNode
					continue
				}
				key[i] = key[i]*n + to
			}
		}
	})
	id := make([]uint32, product)
	for _, k := range key {
		if k != NoNode {
			id[k] = 1
		}
	}
	used := make([]uint32, 0, min(product, len(key)))
	for k, is := range id {
		if is != 0 {
			id[k] = uint32(len(used))
			used = append(used, uint32(k))
		}
	}
	m.n = len(used)
	for i, k := range key {
		if k != NoNode {
			key[i] = id[k]
		}
	}
	grid := group.NewGrid(cards, math.MaxInt32)
	m.ranks = make([][]uint32, len(maps))
	inParallel(threads, len(maps), func(v int) { m.ranks[v] = grid.Spell(used, v) })
	return true
}

// numberByTable numbers cells through a table.
func (l *lattice) numberByTable(m *margin, ranks, maps [][]uint32) {
	kept := make([]uint32, 0, len(m.up))
	for i := range m.up {
		m.up[i] = NoNode
		inside := true
		for v, of := range maps {
			inside = inside && of[ranks[v][i]] != NoNode
		}
		if inside {
			kept = append(kept, uint32(i))
		}
	}
	cols, cards := make([][]uint32, len(maps)), make([]int, len(maps))
	for v, of := range maps {
		cards[v] = max(1, len(l.columns[v].node[m.combo[v]]))
		cols[v] = make([]uint32, len(kept))
		for i, at := range kept {
			cols[v][i] = of[ranks[v][at]]
		}
	}
	t := group.NewTable(len(maps))
	ids := make([]uint32, len(kept))
	t.Insert(cols, cards, ids)
	rank := make([]uint32, t.Len())
	for r, id := range t.Order(nil) {
		rank[id] = uint32(r)
	}
	for i, at := range kept {
		m.up[at] = rank[ids[i]]
	}
	m.n = t.Len()
	m.ranks = make([][]uint32, len(maps))
	for v := range maps {
		m.ranks[v] = make([]uint32, m.n)
		for id, code := range t.Codes(v) {
			m.ranks[v][rank[id]] = code
		}
	}
}

// nodes returns the nodes of a margin's cells in one column.
func (l *lattice) nodes(k, v int) []uint32 {
	m := &l.margins[k]
	node := l.columns[v].node[m.combo[v]]
	out := make([]uint32, m.n)
	for i, r := range m.ranks[v] {
		out[i] = node[r]
	}
	return out
}

package evidence

import (
	"cmp"
	"slices"
)

// treeAxis holds the nodes of one column that are asked for, where they form a tree. The
// rows of a node are the rows of the nodes directly below it, and the rows for which the
// node is the finest.
type treeAxis struct {
	nodes  []uint32 // rank -> node, ascending
	levels []uint64 // rank -> set of the levels that it occurs at, by position in asked
	finest []uint32 // code -> rank of the finest node, or NoNode
	bases  []uint32 // ranks that are the finest of some code, ascending
	moves  []move   // every rank that has one above, behind all below it
}

// move adds a rank of an axis to the one above.
type move struct{ from, to uint32 }

// newTreeAxis returns the axis of the asked levels, at most 64. It returns false if they
// form no tree: a node stands for different codes at two levels, or has several nodes
// above it. Time linear in codes times levels, and in the largest node.
func newTreeAxis(levels Levels, asked []int) (a treeAxis, ok bool) {
	codes := len(levels[asked[0]])
	var rank []uint32 // node -> rank
	rank, a.nodes = rankNodes(levels, asked)
	n := len(a.nodes)
	// size is the number of codes of a node, sizes the number at each level, and chain
	// has the nodes of every code.
	size, sizes := make([]int, n), make([]int, n*len(asked))
	chain, length := make([]uint32, codes*len(asked)), make([]int, codes)
	a.levels = make([]uint64, n)
	for k, l := range asked {
		for code, node := range levels[l] {
			if node == NoNode {
				continue
			}
			r := rank[node]
			a.levels[r] |= 1 << k
			sizes[k*n+int(r)]++
			if of := chain[code*len(asked):]; !slices.Contains(of[:length[code]], r) {
				of[length[code]] = r
				length[code]++
				size[r]++
			}
		}
	}
	for i, s := range sizes {
		if s != 0 && s != size[i%n] {
			return a, false
		}
	}
	// If one of two nodes has the codes of the other, the node with more codes is above;
	// of equal ones either may be above.
	finer := func(x, y uint32) int { return cmp.Or(cmp.Compare(size[x], size[y]), cmp.Compare(y, x)) }
	const unknown = NoNode - 1
	up := slices.Repeat([]uint32{unknown}, n)
	a.finest = slices.Repeat([]uint32{NoNode}, codes)
	for code := range codes {
		of := chain[code*len(asked):][:length[code]]
		slices.SortFunc(of, finer)
		for i, r := range of {
			above := NoNode
			if i+1 < len(of) {
				above = of[i+1]
			}
			if up[r] != unknown && up[r] != above {
				return a, false
			}
			up[r] = above
		}
		if len(of) > 0 {
			a.finest[code] = of[0]
		}
	}
	a.bases = slices.DeleteFunc(slices.Clone(a.finest), func(r uint32) bool { return r == NoNode })
	slices.Sort(a.bases)
	a.bases = slices.Compact(a.bases)
	for r, above := range up {
		if above != NoNode {
			a.moves = append(a.moves, move{uint32(r), above})
		}
	}
	slices.SortFunc(a.moves, func(x, y move) int { return finer(x.from, y.from) })
	return a, true
}

// rankNodes returns the nodes of the asked levels, ascending, and the rank of each.
func rankNodes(levels Levels, asked []int) (rank, nodes []uint32) {
	for _, l := range asked {
		for _, node := range levels[l] {
			if node != NoNode {
				extend(&rank, int(node)+1)
				rank[node] = 1
			}
		}
	}
	for node, occurs := range rank {
		if occurs == 1 {
			rank[node] = uint32(len(nodes))
			nodes = append(nodes, uint32(node))
		}
	}
	return rank, nodes
}

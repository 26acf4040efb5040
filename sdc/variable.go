package sdc

import (
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
)

// Variable is a spanning or key variable of a table, with its nodes. Node 0 is the total.
// Then follow
//
//   - with a hierarchy, its codes in the order given, parents before children;
//   - with declared codes, these in the order given;
//   - otherwise the values in canonical order: numbers and dates by value,
//     text by bytes.
//
// Where null is a category of its own it is the last node, directly below the total.
type Variable struct {
	Name  string
	nodes []node
	depth int // of the deepest leaf
	// number says that the values are numbers: no dates, times or text.
	number bool
	bytes  bool // the values are bytes, and labels hexadecimal
	listed bool // the codes are declared: see Declared
	// leafOf maps the rank of a value in the column's list to its node.
	leafOf []int
	// values are the values of the nodes of a variable of amounts; nil for total and
	// null.
	values []*big.Rat
}

type node struct {
	label  string
	parent int
	level  int
	leaf   bool
	null   bool
	whole  bool // every code of the tree is below it
}

// Len returns the number of nodes, the total included.
func (v *Variable) Len() int { return len(v.nodes) }

// Label returns the code of a node, as written in reports, cells and releases, and as
// named in [Output.Fold] and [APriori]. The label of the total is "", and of null
// "(missing)". A code of the data that is "*" or "(missing)", or that begins with a
// backslash, has a backslash before it.
func (v *Variable) Label(node int) string { return v.nodes[node].label }

// Parent returns the node above, and -1 for the total.
func (v *Variable) Parent(node int) int { return v.nodes[node].parent }

// Level returns the depth of a node: 0 for the total.
func (v *Variable) Level(node int) int { return v.nodes[node].level }

// IsLeaf reports whether records carry the code of the node.
func (v *Variable) IsLeaf(node int) bool { return v.nodes[node].leaf }

// Declared reports whether the caller declares the codes of the variable as a list, see
// [declared.Columns]: then a code may occur nowhere, and the attacker does not know that a
// code occurs.
func (v *Variable) Declared() bool { return v.listed }

// newVariable places the values of a column in a tree. Where rows with a null are left
// out, there is no node for null: it would give a row of zeros without meaning.
func newVariable(name string, list *column.List, h *Hierarchy, excluded bool) (*Variable, error) {
	v := &Variable{Name: name, nodes: []node{{parent: -1}}, depth: 1, number: list.Numbers(), bytes: list.Bytes(), leafOf: make([]int, list.Len())}
	if h != nil {
		for _, c := range h.codes {
			v.nodes = append(v.nodes, node{label: column.Written(c.label), parent: c.parent + 1, level: c.level, leaf: c.leaf})
		}
		v.depth, v.listed = h.depth, h.flat
		v.markWhole()
	}
	null, hasNull := list.Null()
	for code := range uint32(list.Len()) {
		if excluded && hasNull && code == null {
			v.leafOf[code] = -1
			continue
		}
		label := list.Label(code)
		if h != nil && !(hasNull && code == null) {
			i, ok := h.index[label]
			if !ok || !h.codes[i].leaf {
				return nil, &ColumnError{Column: name, Row: -1, Err: h.noLeaf()}
			}
			v.leafOf[code] = i + 1
			continue
		}
		v.leafOf[code] = len(v.nodes)
		v.nodes = append(v.nodes, node{label: list.Written(code), parent: 0, level: 1, leaf: true, null: hasNull && code == null})
	}
	return v, nil
}

// markWhole marks the nodes of a tree that have all its leaves below them.
func (v *Variable) markWhole() {
	below, leaves := make([]int, len(v.nodes)), 0
	for _, x := range v.nodes {
		if !x.leaf || x.parent < 0 {
			continue
		}
		leaves++
		for n := x.parent; n > 0; n = v.nodes[n].parent {
			below[n]++
		}
	}
	for n := 1; n < len(v.nodes); n++ {
		v.nodes[n].whole = !v.nodes[n].leaf && below[n] == leaves
	}
}

// wholes says which nodes have all leaves of the tree below them; nil where none has.
func (v *Variable) wholes() []bool {
	var out []bool
	for n := range v.nodes {
		if v.nodes[n].whole && out == nil {
			out = make([]bool, len(v.nodes))
		}
		if v.nodes[n].whole {
			out[n] = true
		}
	}
	return out
}

// levels returns, for every depth from 0 to v.depth, the node of each code at that depth.
// One more level after them has the leaf of each code. rank maps the codes in use to the
// ranks of the list of the column.
func (v *Variable) levels(rank []uint32) evidence.Levels {
	out := make(evidence.Levels, v.depth+2)
	for l := range out {
		out[l] = make([]uint32, len(rank))
		for code := range rank {
			out[l][code] = evidence.NoNode
		}
	}
	for code, r := range rank {
		leaf := v.leafOf[r]
		if leaf < 0 {
			continue // of a row that is left out
		}
		out[v.depth+1][code] = uint32(leaf)
		for n := leaf; n >= 0; n = v.nodes[n].parent {
			out[v.nodes[n].level][code] = uint32(n)
		}
	}
	return out
}

// folded returns the variable as an output publishes it: without the codes below a level,
// and without the codes below a folded code. The records of a removed code carry the
// nearest node above it that remains. The error wraps ErrRequest.
func (v *Variable) folded(o *Output) (*Variable, error) {
	level, cut := o.Depth[v.Name]
	if !cut {
		level = v.depth
	}
	stop, err := v.stops(o)
	if err != nil || level >= v.depth && stop == nil {
		return v, err
	}
	out := &Variable{Name: v.Name, number: v.number, bytes: v.bytes, listed: v.listed, leafOf: make([]int, len(v.leafOf))}
	to := make([]int, len(v.nodes)) // node -> node of out
	for n, x := range v.nodes {
		if x.parent >= 0 && (x.level > level || stop != nil && stop[x.parent]) {
			to[n] = to[x.parent]
			if stop != nil {
				stop[n] = stop[x.parent]
			}
			continue
		}
		to[n] = len(out.nodes)
		if x.parent >= 0 {
			x.parent = to[x.parent]
		}
		x.leaf = x.leaf || x.level == level || stop != nil && stop[n]
		if x.leaf {
			out.depth = max(out.depth, x.level)
		}
		out.nodes = append(out.nodes, x)
	}
	for rank, leaf := range v.leafOf {
		if out.leafOf[rank] = leaf; leaf < 0 {
			continue
		}
		out.leafOf[rank] = to[leaf]
	}
	return out, nil
}

// stops marks the nodes that an output folds; nil where there are none.
func (v *Variable) stops(o *Output) ([]bool, error) {
	codes := o.Fold[v.Name]
	if len(codes) == 0 {
		return nil, nil
	}
	parent := make([]bool, len(v.nodes))
	for _, x := range v.nodes[1:] {
		parent[x.parent] = true
	}
	stop := make([]bool, len(v.nodes))
	for i, code := range codes {
		n := 1
		for n < len(v.nodes) && (v.nodes[n].label != code || v.nodes[n].null) {
			n++
		}
		if n == len(v.nodes) || !parent[n] {
			return nil, fmt.Errorf("%w: output %q: fold of %q: code %d has no codes below it", ErrRequest, o.Name, v.Name, i+1)
		}
		stop[n] = true
	}
	return stop, nil
}

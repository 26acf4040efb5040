package sdc

import (
	"iter"
	"slices"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

// Table is the evidence of one output: every non-empty cell of a table, inner
// cells and margins alike, or every equivalence class of microdata. Cells are
// in code order: by the node of the first variable, then the second, and so on,
// totals first. A Table is immutable.
type Table struct {
	output    *Output
	vars      []Variable
	nodes     [][]uint32 // variable -> cell -> node
	hidden    []bool     // needed by a rule, but not published
	m         evidence.Margin
	units     evidence.Units
	weighting Weighting
	lookup    *group.Table // by nodes: cells, and behind them what was looked for in vain; nil until needed

	// keys numbers the cells by their nodes, and byKey has cell + 1 by number, 0 where
	// there is none; nil until needed.
	keys, byKey []uint32

	soles   []Sole            // of cells; nil where they were not asked for
	named   []int32           // whose the largest contributions are, as many a cell; nil likewise
	asked   map[int]exact.Num // cell -> largest contribution of those who asked
	matched []matchedSize     // microdata with nulls matched by a policy
	alpha   exact.Ratio       // of that policy
	combos  map[string]bool   // published combinations of levels
	rows    int64
	exclude int64 // rows left out for nulls
}

// Name returns the name of the output.
func (t *Table) Name() string { return t.output.Name }

// Output returns the description of the output.
func (t *Table) Output() *Output { return t.output }

// Variables returns the spanning or key variables. The caller must not change
// them.
func (t *Table) Variables() []Variable { return t.vars }

// Rows returns the number of rows counted, and of those left out for nulls.
func (t *Table) Rows() (counted, excluded int64) { return t.rows, t.exclude }

func (t *Table) magnitude() bool { return t.output.Kind == Magnitude }

// Len returns the number of published non-empty cells.
func (t *Table) Len() int {
	n := 0
	for _, h := range t.hidden {
		if !h {
			n++
		}
	}
	return n
}

// Cells iterates over the published non-empty cells in code order.
func (t *Table) Cells() iter.Seq[Cell] { return t.published() }

func (t *Table) published() iter.Seq[Cell] {
	return func(yield func(Cell) bool) {
		for i, h := range t.hidden {
			if !h && !yield(Cell{t, i}) {
				return
			}
		}
	}
}

// noLine stands for a line that was not gathered.
const noLine = ^uint32(0)

// lineOf returns, for every cell, the cell with the total in place of the node
// of variable v. Those of published cells exist: a rule that looks at lines has
// asked for their margins. A hidden cell, itself the line of another variable,
// may have none.
func (t *Table) lineOf(v int) []uint32 {
	if ids := t.lineByKey(v); ids != nil {
		return ids
	}
	return t.lineByIndex(v)
}

// lineByIndex is lineOf for any number of combinations of nodes.
func (t *Table) lineByIndex(v int) []uint32 {
	n := len(t.hidden)
	cols := slices.Clone(t.nodes)
	cols[v] = make([]uint32, n)
	cards := make([]int, len(cols))
	for k := range cols {
		cards[k] = t.vars[k].Len()
	}
	ids := make([]uint32, n)
	t.index().Insert(cols, cards, ids)
	for i, id := range ids {
		if int(id) >= n {
			ids[i] = t.withoutLine(i)
		}
	}
	return ids
}

// withoutLine is what lineOf says of a cell whose line is not in the table.
func (t *Table) withoutLine(i int) uint32 {
	if !t.hidden[i] {
		panic("sdc: a line of the table has no margin")
	}
	return noLine
}

// lineByKey is lineOf where there are not many more combinations of nodes than
// cells; nil otherwise.
func (t *Table) lineByKey(v int) []uint32 {
	if t.keys == nil && !t.number() {
		return nil
	}
	stride := uint32(1)
	for _, x := range t.vars[v+1:] {
		stride *= uint32(x.Len())
	}
	out := make([]uint32, len(t.keys))
	nodes := t.nodes[v]
	for i, key := range t.keys {
		if out[i] = t.byKey[key-nodes[i]*stride] - 1; out[i] == noLine {
			out[i] = t.withoutLine(i)
		}
	}
	return out
}

// number gives every combination of nodes a number, in mixed radix, and notes the
// cells by these. It returns false if there are too many for the cells.
func (t *Table) number() bool {
	const each, least = 8, 1 << 12
	n, product := t.m.N, 1
	for v := range t.vars {
		if product > (each*n+least)/t.vars[v].Len() {
			return false
		}
		product *= t.vars[v].Len()
	}
	t.keys, t.byKey = make([]uint32, n), make([]uint32, product)
	for v := range t.vars {
		card := uint32(t.vars[v].Len())
		for i, node := range t.nodes[v] {
			t.keys[i] = t.keys[i]*card + node
		}
	}
	for i, key := range t.keys {
		t.byKey[key] = uint32(i) + 1
	}
	return true
}

// lineVariables are the variables over which group rules look at lines.
func (t *Table) lineVariables() []int { return lineVariables(t.output, t.vars) }

func lineVariables(o *Output, vars []Variable) []int {
	var out []int
	for v := range vars {
		if len(o.Sensitive) == 0 || slices.Contains(o.Sensitive, vars[v].Name) {
			out = append(out, v)
		}
	}
	return out
}

// lines calls fn for every published cell that lies in a line over a line
// variable, with the cell of that line's total.
func (t *Table) lines(fn func(v int, c, line Cell)) {
	for _, v := range t.lineVariables() {
		line := t.lineOf(v)
		for i, node := range t.nodes[v] {
			if node != 0 && !t.hidden[i] {
				fn(v, Cell{t, i}, Cell{t, int(line[i])})
			}
		}
	}
}

// zeros calls fn for every published empty cell over a declared sensitive
// variable: the group (the line's total) and the category. Of a branch that is
// empty altogether only the top is named; categories without any record in the
// data are left out.
func (t *Table) zeros(fn func(v int, group Cell, category int)) {
	for v := range t.vars {
		if !slices.Contains(t.output.Sensitive, t.vars[v].Name) {
			continue
		}
		line := t.lineOf(v)
		members := make([][]uint32, len(line)) // line -> nodes of v in it
		occurs := make([]bool, t.vars[v].Len())
		for i, l := range line {
			if k := t.nodes[v][i]; k != 0 && l != noLine {
				members[l] = append(members[l], k)
				occurs[k] = true
			}
		}
		seen := make([]int, t.vars[v].Len())
		for l, nodes := range members {
			if len(nodes) == 0 {
				continue
			}
			for _, k := range nodes {
				seen[k] = l + 1
			}
			seen[0] = l + 1
			for k := 1; k < t.vars[v].Len(); k++ {
				parent := t.vars[v].Parent(k)
				top := seen[parent] == l+1 || !occurs[parent]
				if occurs[k] && seen[k] != l+1 && top && t.publishes(l, v, k) {
					fn(v, Cell{t, l}, k)
				}
			}
		}
	}
}

// publishes reports whether the cell of a group with category k of variable v
// would be published if it were not empty.
func (t *Table) publishes(group, v, k int) bool {
	levels := make([]int, len(t.vars))
	for w := range t.vars {
		node := int(t.nodes[w][group])
		if w == v {
			node = k
		}
		levels[w] = t.vars[w].Level(node)
		if t.output.NoMargins {
			// Inner cells alone: all leaves.
			if !t.vars[w].IsLeaf(node) {
				return false
			}
		}
	}
	return t.output.NoMargins || t.combos[comboKey(levels)]
}

// uniqueValues returns how many values of a variable occur in one row, and the
// number of rows with a value.
func (t *Table) uniqueValues(v int) (once, rows int64) {
	for i := range t.hidden {
		alone := t.nodes[v][i] != 0
		for w := range t.vars {
			alone = alone && (w == v || t.nodes[w][i] == 0)
		}
		if !alone || !t.vars[v].IsLeaf(int(t.nodes[v][i])) || t.vars[v].nodes[t.nodes[v][i]].null {
			continue
		}
		rows += t.m.Records[i]
		if t.m.Records[i] == 1 {
			once++
		}
	}
	return once, rows
}

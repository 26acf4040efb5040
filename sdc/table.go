package sdc

import (
	"iter"
	"slices"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/sdc/cells"
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
	lookup    *group.Table // by nodes: cells, then combinations without a cell; nil until needed

	// keys numbers the cells by their nodes, and byKey has cell + 1 by number, 0 where
	// there is none; nil until needed.
	keys, byKey []uint32

	coded    *coded            // of a magnitude table; nil where the response is no code of few values
	alike    *agreement        // of a magnitude table; nil where it was not gathered
	observed *observations     // of a magnitude table with order statistics; nil likewise
	soles    []Sole            // of cells; nil where they were not asked for
	named    []int32           // contributors of the largest contributions, the same number for each cell; nil likewise
	asked    map[int]exact.Num // cell -> largest contribution of a unit that asked
	matched  []matchedSize     // microdata with nulls matched by a policy
	alpha    exact.Ratio       // of that policy
	trusted  int64             // the k that local suppression has reached on true keys
	natural  []string          // suppressed keys with nulls that local suppression did not write

	// For a table of the rows with a known value of the sensitive variable. fullLine is
	// the number of respondents of each class, unknown values counted. With fewer known
	// respondents than knownMin a finding is for review.
	fullLine map[string]int64
	knownMin int64
	combos   map[string]bool // published combinations of levels
	rows     int64
	given    *cells.Table // the cells that the data are; nil where they are records
	// byHolding says that the data name a column of holdings.
	byHolding  bool
	exclude    int64 // rows left out for nulls
	population int   // see Data.population
}

// Name returns the name of the output.
func (t *Table) Name() string { return t.output.Name }

// Output returns the description of the output.
func (t *Table) Output() *Output { return t.output }

// Given returns the cells that the data of the table are, nil where they are records. The
// caller must not change them.
func (t *Table) Given() *cells.Table { return t.given }

// Variables returns the spanning or key variables. The caller must not change
// them.
func (t *Table) Variables() []Variable { return t.vars }

// Rows returns the number of rows counted, and of rows left out for nulls.
func (t *Table) Rows() (counted, excluded int64) { return t.rows, t.exclude }

// Population is the same number for two tables of a report that are known to leave out the
// same rows for nulls. Tables of two numbers may leave out the same rows all the same.
func (t *Table) Population() int { return t.population }

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

func (t *Table) published() iter.Seq[Cell] { return run{t, 0, t.m.N}.published() }

// noLine stands for a line that was not gathered.
const noLine = ^uint32(0)

// lines says in which lines over one variable the cells of a table lie.
type lines struct {
	t      *Table
	v      int
	stride uint32    // of the variable in the numbers of cells
	ids    []uint32  // lines of cells; nil where they are found by the numbers
	whole  []bool    // nodes of the variable that are no category, see GroupDisclosure; nil where none is
	up     *branches // nil where the table has none
	// For a variable where null is a category: the node of null, and the number of
	// respondents with null in each line, by the cell of the line.
	null    uint32
	unknown []int64
}

// linesOver returns the lines over variable v, for which it may use so many threads.
func (t *Table) linesOver(v, threads int) lines {
	if !t.number(threads) {
		return t.linesByIndex(v)
	}
	l := lines{t: t, v: v, stride: 1, whole: t.vars[v].wholes(), up: t.branchesOver(v)}
	for _, x := range t.vars[v+1:] {
		l.stride *= uint32(x.Len())
	}
	l.countUnknown()
	return l
}

// linesByIndex is linesOver for any number of combinations of nodes.
func (t *Table) linesByIndex(v int) lines {
	n := len(t.hidden)
	cols := slices.Clone(t.nodes)
	cols[v] = make([]uint32, n)
	ids := make([]uint32, n)
	t.index().Insert(cols, t.cards(), ids)
	for i, id := range ids {
		if int(id) >= n {
			ids[i] = noLine
		}
	}
	l := lines{t: t, v: v, ids: ids, whole: t.vars[v].wholes(), up: t.branchesOver(v)}
	l.countUnknown()
	return l
}

// of returns the cell with the total in place of the node of the variable, or noLine. A
// published cell always has a line: a rule that looks at lines gathers their margins. A
// hidden cell, which is the line of another variable, may have none.
func (l *lines) of(i int) uint32 {
	if line := l.find(i); line != noLine || l.t.hidden[i] {
		return line
	}
	panic("sdc: a line of the table has no margin")
}

func (l *lines) find(i int) uint32 {
	if l.ids != nil {
		return l.ids[i]
	}
	return l.t.byKey[l.t.keys[i]-l.t.nodes[l.v][i]*l.stride] - 1
}

// number gives every combination of nodes a number, in mixed radix, and stores the cells
// by number. It returns false if there are too many combinations for the number of cells.
func (t *Table) number(threads int) bool {
	if t.keys != nil {
		return true
	}
	const each, least = 8, 1 << 12
	n, product := t.m.N, 1
	for v := range t.vars {
		if product > (each*n+least)/t.vars[v].Len() {
			return false
		}
		product *= t.vars[v].Len()
	}
	keys, byKey := make([]uint32, n), make([]uint32, product)
	inRuns(n, threads, func(_, _, lo, hi int) {
		for v := range t.vars {
			card := uint32(t.vars[v].Len())
			nodes := t.nodes[v][lo:hi]
			for i := range nodes {
				keys[lo+i] = keys[lo+i]*card + nodes[i]
			}
		}
		for i := lo; i < hi; i++ {
			byKey[keys[i]] = uint32(i) + 1
		}
	})
	t.keys, t.byKey = keys, byKey
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

// members lists the nodes of variable v in every line over it, one line after the other:
// line l has nodes[ends[l]:ends[l+1]]. It also says which nodes occur.
func (l *lines) members() (nodes []uint32, ends []int, occurs []bool) {
	of := l.t.nodes[l.v]
	ends, occurs = make([]int, len(of)+2), make([]bool, l.t.vars[l.v].Len())
	for i, k := range of {
		if k == 0 {
			continue
		}
		if line := l.of(i); line != noLine {
			occurs[k] = true
			ends[line+2]++
		}
	}
	for i := range len(of) {
		ends[i+2] += ends[i+1]
	}
	nodes = make([]uint32, ends[len(of)+1])
	for i, k := range of {
		if k == 0 {
			continue
		}
		if line := l.of(i); line != noLine {
			nodes[ends[line+1]] = k
			ends[line+1]++
		}
	}
	return nodes, ends[:len(of)+1], occurs
}

// zeros calls fn for every published empty cell over a declared sensitive variable, with
// the group (the total of the line) and the category. Of an empty branch only the top is
// named. Categories without any record in the data are left out.
func (f *findings) zeros(fn func(f *finder, v int, group Cell, category int)) {
	t := f.table
	for v := range t.vars {
		if !slices.Contains(t.output.Sensitive, t.vars[v].Name) {
			continue
		}
		over := t.linesOver(v, len(f.finders))
		members, ends, occurs := over.members()
		f.runs(func(f *finder, in run) {
			seen := make([]int, t.vars[v].Len())
			for l := in.lo; l < in.hi; l++ {
				nodes := members[ends[l]:ends[l+1]]
				if len(nodes) == 0 {
					continue
				}
				for _, k := range nodes {
					seen[k] = l + 1
				}
				seen[0] = l + 1
				for k := 1; k < t.vars[v].Len(); k++ {
					parent := t.vars[v].Parent(k)
					top := t.output.NoMargins || seen[parent] == l+1 || !occurs[parent]
					if occurs[k] && seen[k] != l+1 && top && t.publishes(l, v, k) {
						fn(f, v, Cell{t, l}, k)
					}
				}
			}
		})
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

// uniqueValues returns how many rows have a value of a variable that no other respondent
// has, and the number of rows with a value.
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
		if t.m.Respondents[i] == 1 {
			once += t.m.Records[i]
		}
	}
	return once, rows
}

package hide

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// CodeList is a spanning variable with its codes: number 0 is the total and has
// the code "", every other has a parent of a lower number. Records carry codes
// without any below them.
type CodeList struct {
	Name    string
	Codes   []string
	Parents []int // Parents[0] is -1
}

// layout numbers the cells of a table with all its totals: the codes of the first
// variable vary slowest, totals come first.
type layout struct {
	vars   []CodeList
	byName []int // variables in the order of their names
	stride []int
	n      int
	below  [][][]int // variable -> code -> codes directly below
}

// mostCells is how many cells with all totals a table may have.
const mostCells = 1 << 24

func newLayout(vars []CodeList) (*layout, error) {
	l := &layout{vars: vars, stride: make([]int, len(vars)), n: 1, below: make([][][]int, len(vars))}
	for v := range vars {
		l.byName = append(l.byName, v)
	}
	slices.SortFunc(l.byName, func(a, b int) int { return strings.Compare(vars[a].Name, vars[b].Name) })
	for v := len(vars) - 1; v >= 0; v-- {
		l.stride[v] = l.n
		if len(vars[v].Codes) > mostCells/l.n { // so that no product overflows 32 bits
			return nil, fmt.Errorf("%w: a table has more than %d cells", ErrRequest, mostCells)
		}
		l.n *= len(vars[v].Codes)
		l.below[v] = make([][]int, len(vars[v].Codes))
		for k, p := range vars[v].Parents {
			if p >= 0 {
				l.below[v][p] = append(l.below[v][p], k)
			}
		}
	}
	return l, nil
}

// code returns the number of the code that a cell has of a variable.
func (l *layout) code(cell, v int) int { return cell / l.stride[v] % len(l.vars[v].Codes) }

// inner reports whether a cell is no total in any variable.
func (l *layout) inner(cell int) bool {
	for v := range l.vars {
		if len(l.below[v][l.code(cell, v)]) > 0 {
			return false
		}
	}
	return true
}

// coordinates prints the codes of a cell, "*" for totals.
func (l *layout) coordinates(cell int) []string {
	out := make([]string, len(l.vars))
	for v := range l.vars {
		if out[v] = "*"; l.code(cell, v) > 0 {
			out[v] = l.vars[v].Codes[l.code(cell, v)]
		}
	}
	return out
}

// key names a cell by the codes that are no totals, so that cells of different
// tables that are the same have the same name.
func (l *layout) key(cell int) string {
	var b strings.Builder
	for _, v := range l.byName {
		if k := l.code(cell, v); k > 0 {
			fmt.Fprintf(&b, "%q=%q,", l.vars[v].Name, l.vars[v].Codes[k])
		}
	}
	return b.String()
}

// relations calls fn with every total and its parts: one for each variable that
// the cell is a total in.
func (l *layout) relations(fn func(v, total int, parts []int)) {
	for cell := range l.n {
		for v := range l.vars {
			k := l.code(cell, v)
			below := l.below[v][k]
			if len(below) == 0 {
				continue
			}
			parts := make([]int, len(below))
			for i, b := range below {
				parts[i] = cell + (b-k)*l.stride[v]
			}
			fn(v, cell, parts)
		}
	}
}

// rollUp fills in the totals from the inner cells. The error says that a sum is
// beyond 2^62 units.
func (l *layout) rollUp(x []int64) error {
	for cell := range x {
		if !l.inner(cell) {
			x[cell] = 0
		}
	}
	var err error
	for v := range l.vars {
		l.fold(v, func(total, part int) {
			s := x[total] + x[part]
			if s > math.MaxInt64/2 || s < math.MinInt64/2 {
				err = fmt.Errorf("%w: a total is beyond 2^62 units", ErrRequest)
				s = 0
			}
			x[total] = s
		})
	}
	return err
}

// fold calls fn for every code of a variable with the code above it, from the
// bottom up, for all codes of the others. Variable after variable it takes every
// inner cell into every total above it, once.
func (l *layout) fold(v int, fn func(total, part int)) {
	codes, step := len(l.vars[v].Codes), l.stride[v]
	for outer := 0; outer < l.n; outer += codes * step {
		for k := codes - 1; k > 0; k-- {
			from, to := outer+k*step, outer+l.vars[v].Parents[k]*step
			for i := range step {
				fn(to+i, from+i)
			}
		}
	}
}

// link numbers the cells of several tables together, the same cell once. It
// returns the numbers by table and cell, and how many there are.
func link(tables []*layout) (ids [][]int32, n int) {
	ids = make([][]int32, len(tables))
	known := map[string]int32{}
	for t, l := range tables {
		ids[t] = make([]int32, l.n)
		for cell := range l.n {
			if len(tables) == 1 {
				ids[t][cell] = int32(cell)
				continue
			}
			key := l.key(cell)
			id, ok := known[key]
			if !ok {
				id = int32(len(known))
				known[key] = id
			}
			ids[t][cell] = id
		}
	}
	if len(tables) == 1 {
		return ids, tables[0].n
	}
	return ids, len(known)
}

// unionRelations are the relations of linked tables, each once.
func unionRelations(tables []*layout, ids [][]int32) []Relation {
	type name struct {
		variable string
		total    int32
	}
	seen := map[name]bool{}
	var out []Relation
	for t, l := range tables {
		l.relations(func(v, total int, parts []int) {
			if len(tables) > 1 {
				k := name{l.vars[v].Name, ids[t][total]}
				if seen[k] {
					return
				}
				seen[k] = true
			}
			for i, p := range parts {
				parts[i] = int(ids[t][p])
			}
			out = append(out, Relation{Total: int(ids[t][total]), Parts: parts})
		})
	}
	return out
}

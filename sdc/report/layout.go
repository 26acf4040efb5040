package report

import (
	"fmt"
	"iter"
	"slices"
	"sort"
	"strconv"
)

// tableView is a table as a person reads it: rows, columns, and a page for
// every combination of the codes of the variables beyond two.
type tableView struct {
	Name           string
	Caption        string // statistic that the cells show
	Legend         []badgeView
	Hint           string // how to read marked cells; "" where there is nothing to read
	RowVar, ColVar string
	Slices         []sliceView
	Notes          []string
	Flagged        bool
}

type sliceView struct {
	ID      string
	Title   []placeView
	Flagged int
	Cols    []headView
	Rows    []rowView
}

// headView is the head of a row or column. Parent is its position among the
// heads, -1 for none.
type headView struct {
	Index  int
	Label  string
	Total  bool
	Level  int
	Kids   bool
	Parent int
	Below  int // flagged cells in the rows below
}

type rowView struct {
	headView
	Cells []cellView
}

type cellView struct {
	ID, Text, Mark, Class string
	Verdict               string
	Notes                 []sentence
}

// axis is a spanning variable with its nodes: 0 is the total, every other has a
// parent of a lower number.
type axis struct {
	name string
	nodes
}

type nodes interface {
	Len() int
	Label(node int) string
	Parent(node int) int // -1 of the total
	Level(node int) int  // 0 of the total
}

// grid is a table to lay out, of cells of type C: the evidence of a check, or a
// table as it is released.
type grid[C any] struct {
	axes   []axis
	cells  iter.Seq2[[]int, C] // the nodes are used until the next
	marked [][]int             // nodes of cells with something to say, which may be none of cells
	// show draws a cell, or where ok is false a place without one.
	show func(c C, ok bool, id string, marked bool) cellView
}

// layout turns one table into rows and columns.
type layout[C any] struct {
	grid[C]
	output   int
	d        language
	row, col int // col is -1 in a table of one variable
	marks    map[string]bool
	drawn    map[string]bool
	maxLevel []int // levels of the row and column variables that are drawn
	mostRows int   // of one page
}

// mostColumns is the number of columns up to which a variable stands across.
const mostColumns = 40

func newLayout[C any](g grid[C], output int, d language) *layout[C] {
	l := &layout[C]{grid: g, output: output, d: d, col: -1, marks: map[string]bool{}, drawn: map[string]bool{}}
	for _, at := range g.marked {
		l.marks[cellID(output, at)] = true
	}
	for v := range l.axes {
		if l.axes[v].Len() > l.axes[l.row].Len() {
			l.row = v
		}
	}
	for v := range l.axes {
		if v == l.row {
			continue
		}
		n := l.axes[v].Len()
		switch {
		case l.col < 0:
			l.col = v
		case n <= mostColumns && (n > l.axes[l.col].Len() || l.axes[l.col].Len() > mostColumns):
			l.col = v
		case n > mostColumns && n < l.axes[l.col].Len():
			l.col = v
		}
	}
	l.maxLevel = make([]int, len(l.axes))
	for v := range l.axes {
		for n := range l.axes[v].Len() {
			l.maxLevel[v] = max(l.maxLevel[v], l.axes[v].Level(n))
		}
	}
	return l
}

// cellID names a cell on the page.
func cellID(output int, nodes []int) string {
	id := "c" + strconv.Itoa(output)
	for _, n := range nodes {
		id += "-" + strconv.Itoa(n)
	}
	return id
}

// sliceKey is the page of the table that a cell is on.
func (l *layout[C]) sliceKey(nodes []int) string {
	key := ""
	for v, n := range nodes {
		if v != l.row && v != l.col {
			key += fmt.Sprintf("%08d.", n)
		}
	}
	return key
}

// slice is a page in the making.
type slice[C any] struct {
	key     string
	nodes   []int
	cells   map[[2]int]C
	rows    map[int]bool
	cols    map[int]bool // of marked places without a cell
	flagged int
}

// view lays the table out on pages of at most budget cells together.
func (l *layout[C]) view(budget int) *tableView {
	out := &tableView{RowVar: l.axes[l.row].name, Flagged: len(l.marks) > 0}
	if l.col >= 0 {
		out.ColVar = l.axes[l.col].name
	}
	pages := l.pages()
	l.fit(budget, out)
	shown := l.choose(pages, budget, out)
	for nodes, c := range l.cells {
		if s := shown[l.sliceKey(nodes)]; s != nil {
			row, col := l.at(nodes)
			s.cells[[2]int{row, col}] = c
			s.rows[row] = true
		}
	}
	for k, p := range pages {
		if s := shown[p.key]; s != nil {
			page, cut := l.page(s, k)
			out.Slices = append(out.Slices, page)
			if cut > 0 {
				out.Notes = append(out.Notes, l.d.f(l.d.t("%s rows of a page of this table are not drawn here: the files have them."), cut))
			}
		}
	}
	return out
}

func (l *layout[C]) at(nodes []int) (row, col int) {
	if l.col >= 0 {
		col = nodes[l.col]
	}
	return nodes[l.row], col
}

// pages lists the pages of the table in code order, with their marked cells.
func (l *layout[C]) pages() []*slice[C] {
	at := map[string]*slice[C]{}
	var out []*slice[C]
	touch := func(nodes []int) *slice[C] {
		key := l.sliceKey(nodes)
		if at[key] == nil {
			at[key] = &slice[C]{key: key, nodes: slices.Clone(nodes), cells: map[[2]int]C{}, rows: map[int]bool{}, cols: map[int]bool{}}
			out = append(out, at[key])
		}
		return at[key]
	}
	for nodes := range l.cells {
		touch(nodes)
	}
	seen := map[string]bool{}
	for _, nodes := range l.marked {
		if id := cellID(l.output, nodes); !seen[id] {
			seen[id] = true
			s := touch(nodes)
			s.flagged++
			row, col := l.at(nodes)
			s.rows[row], s.cols[col] = true, true
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].key < out[j].key })
	return out
}

// fit leaves out the deepest levels until one page fits the budget.
func (l *layout[C]) fit(budget int, out *tableView) {
	count := func(v int) int {
		if v < 0 {
			return 1
		}
		n := 0
		for k := range l.axes[v].Len() {
			if l.axes[v].Level(k) <= l.maxLevel[v] {
				n++
			}
		}
		return n
	}
	for count(l.row)*count(l.col) > budget {
		v := l.row
		if l.col >= 0 && l.maxLevel[l.row] <= 1 {
			v = l.col
		}
		if l.maxLevel[v] <= 1 {
			break
		}
		l.maxLevel[v]--
		out.Notes = append(out.Notes, fmt.Sprintf(l.d.t("The lowest level of %s is not drawn here: the files have it."), shorten(visible(l.axes[v].name), longestLabel)))
	}
	l.mostRows = max(20, budget/count(l.col))
}

// choose takes pages within the budget: pages with a flagged cell first.
func (l *layout[C]) choose(pages []*slice[C], budget int, out *tableView) map[string]*slice[C] {
	order := slices.Clone(pages)
	sort.SliceStable(order, func(i, j int) bool {
		if (order[i].flagged > 0) != (order[j].flagged > 0) {
			return order[i].flagged > 0
		}
		return false
	})
	size := l.axes[l.row].Len()
	if l.col >= 0 {
		size *= l.axes[l.col].Len()
	}
	most := max(1, budget/max(1, size))
	shown := map[string]*slice[C]{}
	for _, p := range order {
		if len(shown) < most {
			shown[p.key] = p
		}
	}
	if left := len(pages) - len(shown); left > 0 {
		out.Notes = append(out.Notes, l.d.f(l.d.t("%s of %s pages of this table are not drawn here: the files have them."), left, len(pages)))
	}
	return shown
}

// heads lists the nodes of a variable that are drawn: the nodes in use and the nodes
// above them.
func (l *layout[C]) heads(v int, used map[int]bool) (heads []headView, nodes []int) {
	if v < 0 {
		return []headView{{Label: l.d.t("value"), Parent: -1}}, []int{0}
	}
	x := l.axes[v]
	keep := make([]bool, x.Len())
	for n := range x.Len() {
		if used[n] && x.Level(n) <= l.maxLevel[v] {
			for k := n; k > 0; k = x.Parent(k) {
				keep[k] = true
			}
			if n == 0 {
				keep[0] = true
			}
		}
	}
	pos := make([]int, x.Len())
	for n := range x.Len() {
		if !keep[n] {
			pos[n] = -1
			continue
		}
		pos[n] = len(heads)
		h := headView{Index: len(heads), Label: x.Label(n), Total: n == 0, Level: x.Level(n), Parent: -1}
		if p := x.Parent(n); p > 0 {
			h.Parent = pos[p]
			heads[h.Parent].Kids = true
		}
		heads = append(heads, h)
		nodes = append(nodes, n)
	}
	return heads, nodes
}

// page draws one page and says how many of its rows it left out.
func (l *layout[C]) page(s *slice[C], k int) (out sliceView, cut int) {
	out = sliceView{ID: fmt.Sprintf("t%d-%d", l.output, k), Flagged: s.flagged}
	for v := range l.axes {
		if v != l.row && v != l.col {
			n := s.nodes[v]
			out.Title = append(out.Title, placeView{l.axes[v].name, l.axes[v].Label(n), n == 0})
		}
	}
	for key := range s.cells {
		s.cols[key[1]] = true
	}
	var colNodes, rowNodes []int
	out.Cols, colNodes = l.heads(l.col, s.cols)
	rows, rowNodes := l.heads(l.row, s.rows)
	if len(rows) > l.mostRows {
		cut = len(rows) - l.mostRows
		rows = rows[:l.mostRows]
	}
	flagged, across := make([]int, len(rows)), make([]int, len(out.Cols))
	for i, h := range rows {
		r := rowView{headView: h}
		for k, col := range colNodes {
			c := l.cell(s, rowNodes[i], col)
			if c.Mark != "" {
				flagged[i]++
				across[k]++
			}
			r.Cells = append(r.Cells, c)
		}
		out.Rows = append(out.Rows, r)
	}
	// Heads are in order, parents first: walking back carries counts upwards.
	for i := len(rows) - 1; i >= 0; i-- {
		if p := out.Rows[i].Parent; p >= 0 {
			out.Rows[p].Below += out.Rows[i].Below + flagged[i]
			out.Rows[p].Kids = true
		}
	}
	for k := len(out.Cols) - 1; k >= 0; k-- {
		if p := out.Cols[k].Parent; p >= 0 {
			out.Cols[p].Below += out.Cols[k].Below + across[k]
		}
	}
	return out, cut
}

// cell draws one place.
func (l *layout[C]) cell(s *slice[C], row, col int) cellView {
	nodes := slices.Clone(s.nodes)
	nodes[l.row] = row
	if l.col >= 0 {
		nodes[l.col] = col
	}
	id := cellID(l.output, nodes)
	c, ok := s.cells[[2]int{row, col}]
	l.drawn[id] = l.marks[id]
	return l.show(c, ok, id, l.marks[id])
}

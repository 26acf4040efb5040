package report

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// tableView is a table as a person reads it: rows, columns, and a page for
// every combination of the codes of the variables beyond two.
type tableView struct {
	RowVar, ColVar string
	Slices         []sliceView
	Notes          []string
	Magnitude      bool
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

// layout turns one table into rows and columns.
type layout struct {
	t        *sdc.Table
	output   int
	d        words
	vars     []sdc.Variable
	row, col int // col is -1 in a table of one variable
	findings map[string][]int
	list     []sdc.Finding
	drawn    map[string]bool
	public   bool
	maxLevel []int // levels of the row and column variables that are drawn
	index    []map[string]int
	mostRows int // of one page
}

// mostColumns is the number of columns up to which a variable stands across.
const mostColumns = 40

func newLayout(t *sdc.Table, output int, list []sdc.Finding, d words) *layout {
	l := &layout{t: t, output: output, d: d, vars: t.Variables(), col: -1, list: list, findings: map[string][]int{}, drawn: map[string]bool{}}
	for v := range l.vars {
		at := map[string]int{}
		for n := 1; n < l.vars[v].Len(); n++ {
			at[l.vars[v].Label(n)] = n
		}
		l.index = append(l.index, at)
	}
	for i, f := range list {
		if id := l.cellID(f.Cell); id != "" {
			l.findings[id] = append(l.findings[id], i)
		}
	}
	for v := range l.vars {
		if l.vars[v].Len() > l.vars[l.row].Len() {
			l.row = v
		}
	}
	for v := range l.vars {
		if v == l.row {
			continue
		}
		n := l.vars[v].Len()
		switch {
		case l.col < 0:
			l.col = v
		case n <= mostColumns && (n > l.vars[l.col].Len() || l.vars[l.col].Len() > mostColumns):
			l.col = v
		case n > mostColumns && n < l.vars[l.col].Len():
			l.col = v
		}
	}
	l.maxLevel = make([]int, len(l.vars))
	for v := range l.vars {
		for n := range l.vars[v].Len() {
			l.maxLevel[v] = max(l.maxLevel[v], l.vars[v].Level(n))
		}
	}
	return l
}

// cellID names a cell by the nodes of its coordinates; "" where the coordinates
// are of another table.
func (l *layout) cellID(at sdc.Coordinates) string {
	if len(at) != len(l.vars) {
		return ""
	}
	nodes := make([]int, len(at))
	for v, k := range at {
		if k.Total {
			continue
		}
		n, ok := l.index[v][k.Code]
		if !ok {
			return ""
		}
		nodes[v] = n
	}
	return l.id(nodes)
}

func (l *layout) nodes(c sdc.Cell) []int {
	out := make([]int, len(l.vars))
	for v := range out {
		out[v] = c.Node(v)
	}
	return out
}

func (l *layout) id(nodes []int) string {
	id := "c" + strconv.Itoa(l.output)
	for _, n := range nodes {
		id += "-" + strconv.Itoa(n)
	}
	return id
}

// sliceKey is the page of the table that a cell is on.
func (l *layout) sliceKey(nodes []int) string {
	key := ""
	for v, n := range nodes {
		if v != l.row && v != l.col {
			key += fmt.Sprintf("%08d.", n)
		}
	}
	return key
}

// slice is a page in the making.
type slice struct {
	key     string
	nodes   []int
	cells   map[[2]int]sdc.Cell
	rows    map[int]bool
	cols    map[int]bool // of empty cells with a finding
	flagged int
}

// view lays the table out on pages of at most budget cells together.
func (l *layout) view(budget int, status func(sdc.Cell) sdc.Verdict) *tableView {
	out := &tableView{RowVar: l.vars[l.row].Name, Magnitude: l.t.Output().Kind == sdc.Magnitude, Flagged: len(l.findings) > 0}
	if l.col >= 0 {
		out.ColVar = l.vars[l.col].Name
	}
	pages := l.pages()
	l.fit(budget, out)
	shown := l.choose(pages, budget, out)
	for c := range l.t.Cells() {
		nodes := l.nodes(c)
		if s := shown[l.sliceKey(nodes)]; s != nil {
			row, col := l.at(nodes)
			s.cells[[2]int{row, col}] = c
			s.rows[row] = true
		}
	}
	for k, p := range pages {
		if s := shown[p.key]; s != nil {
			page, cut := l.page(s, k, status)
			out.Slices = append(out.Slices, page)
			if cut > 0 {
				out.Notes = append(out.Notes, l.d.f(l.d.t("%s rows of a page of this table are not drawn here: the findings and the cells file have them."), cut))
			}
		}
	}
	return out
}

func (l *layout) at(nodes []int) (row, col int) {
	if l.col >= 0 {
		col = nodes[l.col]
	}
	return nodes[l.row], col
}

// pages lists the pages of the table in code order with what is flagged there,
// empty cells with a finding included.
func (l *layout) pages() []*slice {
	at := map[string]*slice{}
	var out []*slice
	touch := func(nodes []int) *slice {
		key := l.sliceKey(nodes)
		if at[key] == nil {
			at[key] = &slice{key: key, nodes: slices.Clone(nodes), cells: map[[2]int]sdc.Cell{}, rows: map[int]bool{}, cols: map[int]bool{}}
			out = append(out, at[key])
		}
		return at[key]
	}
	for c := range l.t.Cells() {
		touch(l.nodes(c))
	}
	ids := make([]string, 0, len(l.findings))
	for id := range l.findings {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		nodes := parseID(id)
		s := touch(nodes)
		s.flagged++
		row, col := l.at(nodes)
		s.rows[row], s.cols[col] = true, true
	}
	sort.Slice(out, func(i, j int) bool { return out[i].key < out[j].key })
	return out
}

func parseID(id string) []int {
	var out []int
	for part := range strings.SplitSeq(id[strings.IndexByte(id, '-')+1:], "-") {
		n, _ := strconv.Atoi(part) //nolint:errcheck // made by id
		out = append(out, n)
	}
	return out
}

// fit leaves out the deepest levels until one page fits the budget.
func (l *layout) fit(budget int, out *tableView) {
	count := func(v int) int {
		if v < 0 {
			return 1
		}
		n := 0
		for k := range l.vars[v].Len() {
			if l.vars[v].Level(k) <= l.maxLevel[v] {
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
		out.Notes = append(out.Notes, fmt.Sprintf(l.d.t("The lowest level of %s is not drawn here: the findings and the cells file have it."), shorten(visible(l.vars[v].Name), longestLabel)))
	}
	l.mostRows = max(20, budget/count(l.col))
}

// choose takes pages within the budget: those with something flagged first.
func (l *layout) choose(pages []*slice, budget int, out *tableView) map[string]*slice {
	order := slices.Clone(pages)
	sort.SliceStable(order, func(i, j int) bool {
		if (order[i].flagged > 0) != (order[j].flagged > 0) {
			return order[i].flagged > 0
		}
		return false
	})
	size := l.vars[l.row].Len()
	if l.col >= 0 {
		size *= l.vars[l.col].Len()
	}
	most := max(1, budget/max(1, size))
	shown := map[string]*slice{}
	for _, p := range order {
		if len(shown) < most {
			shown[p.key] = p
		}
	}
	if left := len(pages) - len(shown); left > 0 {
		out.Notes = append(out.Notes, l.d.f(l.d.t("%s of %s pages of this table are not drawn here: the findings and the cells file have them."), left, len(pages)))
	}
	return shown
}

// heads lists the nodes of a variable that are drawn: those in use and those
// above them.
func (l *layout) heads(v int, used map[int]bool) (heads []headView, nodes []int) {
	if v < 0 {
		return []headView{{Label: l.d.t("value"), Parent: -1}}, []int{0}
	}
	x := &l.vars[v]
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
func (l *layout) page(s *slice, k int, status func(sdc.Cell) sdc.Verdict) (out sliceView, cut int) {
	out = sliceView{ID: fmt.Sprintf("t%d-%d", l.output, k), Flagged: s.flagged}
	for v := range l.vars {
		if v != l.row && v != l.col {
			n := s.nodes[v]
			out.Title = append(out.Title, placeView{l.vars[v].Name, l.vars[v].Label(n), n == 0})
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
			c := l.cell(s, rowNodes[i], col, status)
			if c.Mark != "" {
				flagged[i]++
				across[k]++
			}
			r.Cells = append(r.Cells, c)
		}
		out.Rows = append(out.Rows, r)
	}
	// Heads come parents first, so that walking back carries counts upwards.
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

// cell shows one cell with the findings on it.
func (l *layout) cell(s *slice, row, col int, status func(sdc.Cell) sdc.Verdict) cellView {
	nodes := slices.Clone(s.nodes)
	nodes[l.row] = row
	if l.col >= 0 {
		nodes[l.col] = col
	}
	id := l.id(nodes)
	c, ok := s.cells[[2]int{row, col}]
	found := l.findings[id]
	out := cellView{Text: "\u00b7", Class: "none"}
	if ok {
		out.Class = ""
		if l.t.Output().Kind == sdc.Magnitude {
			out.Text = l.d.value(c.SumText())
		} else {
			out.Text = l.d.number(c.Respondents())
		}
	}
	if l.public || len(found) == 0 {
		return out
	}
	l.drawn[id] = true
	v := sdc.Review
	if ok {
		v = status(c)
	}
	out.ID, out.Verdict, out.Mark, out.Class = id, l.d.t(v.String()), mark(v), v.String()
	if !ok {
		out.Text = "0"
	}
	for _, i := range found {
		m := l.d.message(&l.list[i])
		m.Text = l.list[i].Rule + ": " + m.Text
		out.Notes = append(out.Notes, m)
	}
	if ok {
		out.Notes = append(out.Notes, sentence{l.evidence(c), ""})
	}
	return out
}

// evidence says who is behind a cell.
func (l *layout) evidence(c sdc.Cell) string {
	d := l.d
	parts := []string{
		d.t("records") + " " + d.number(c.Records()),
		d.t("respondents") + " " + d.number(c.Respondents()),
	}
	if l.t.Output().Kind == sdc.Magnitude {
		parts = append(parts, d.t("contributors")+" "+d.number(c.Contributors()), d.t("holdings")+" "+d.number(c.Holdings()))
		for i, x := range c.Top() {
			if i == 2 {
				break
			}
			parts = append(parts, d.t([]string{"largest", "second largest"}[i])+" "+ratText(x, d))
		}
	}
	return strings.Join(parts, ", ")
}

func (d words) id(i int) string { return strconv.Itoa(i) }

package report

import (
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strconv"

	"github.com/sluis-go/sluis/sdc"
)

const suppressedMark = "\u25bd"

func tableID(i int) string { return "o" + strconv.Itoa(i) }

// Len, Label, Parent and Level make a CodeTree an axis.
type treeNodes struct {
	*CodeTree
	level []int
}

// Len is the number of codes, the total among them.
func (t treeNodes) Len() int { return len(t.Codes) }

// Label is a code as it is written.
func (t treeNodes) Label(node int) string { return t.Codes[node] }

// Parent is the number of the code above, negative for the total.
func (t treeNodes) Parent(node int) int { return t.Parents[node] }

// Level is how many codes are above.
func (t treeNodes) Level(node int) int { return t.level[node] }

func newTreeNodes(c *CodeTree) treeNodes {
	t := treeNodes{c, make([]int, len(c.Codes))}
	for n := 1; n < len(t.level); n++ {
		t.level[n] = t.level[c.Parents[n]] + 1
	}
	return t
}

// released is a table as it leaves; unless public it also has the true values of hidden
// cells.
type released struct {
	t      *ReleasedTable
	d      language
	output int
	public bool
	hidden []*ReleasedCell // with something behind them, worst first
}

func newReleased(t *ReleasedTable, output int, public bool, d language) (*released, *layout[*ReleasedCell]) {
	x := &released{t: t, d: d, output: output, public: public}
	var g grid[*ReleasedCell]
	for v := range t.Variables {
		g.axes = append(g.axes, axis{t.Variables[v].Name, newTreeNodes(&t.Variables[v])})
	}
	for i := range t.Cells {
		if c := &t.Cells[i]; !public && c.Suppressed && c.Behind != nil {
			g.marked = append(g.marked, c.Nodes)
			x.hidden = append(x.hidden, c)
		}
	}
	g.cells = func(yield func([]int, *ReleasedCell) bool) {
		for i := range t.Cells {
			if !yield(t.Cells[i].Nodes, &t.Cells[i]) {
				return
			}
		}
	}
	g.show = x.show
	return x, newLayout(g, output, d)
}

// show draws a cell. Of a public table all that is suppressed looks alike.
func (x *released) show(c *ReleasedCell, ok bool, id string, marked bool) cellView {
	switch {
	case !ok:
		return cellView{Text: "\u00b7", Class: "none"}
	case !c.Suppressed:
		return cellView{Text: x.d.value(c.Value)}
	case x.public || !marked:
		return cellView{Class: "review", Mark: suppressedMark, Verdict: x.d.t("suppressed")}
	}
	badge := x.d.status(c.Behind)
	out := cellView{ID: id, Text: x.d.value(c.Behind.Value), Mark: badge.Mark, Class: badge.Class, Verdict: badge.Text + "."}
	out.Notes = append(out.Notes, sentence{x.d.why(c.Behind), ""})
	if x.t.Attacked {
		out.Notes = append(out.Notes, sentence{x.d.t("An attacker's interval") + ": " + x.d.interval(c.Behind), ""})
	}
	if s := x.d.asked(c.Behind); s != "" {
		out.Notes = append(out.Notes, sentence{x.d.t("The policy asks") + ": " + s, ""})
	}
	return out
}

// status is the badge of a suppressed cell.
func (d language) status(h *HiddenCell) badgeView {
	if h.Primary {
		return badgeView{"unsafe", mark(sdc.Unsafe), d.t("unsafe")}
	}
	return badgeView{"review", suppressedMark, d.t("secondary")}
}

// why gives the reason why a cell is suppressed.
func (d language) why(h *HiddenCell) string {
	switch {
	case h.Why != "":
		return d.kinds(h.Why)
	case h.Primary:
		return d.t("unsafe in another table")
	}
	return d.t("to protect others")
}

// interval prints the bounds of an attacker for a cell.
func (d language) interval(h *HiddenCell) string {
	s := d.end(h.Lower) + " \u2013 " + d.end(h.Upper)
	if h.Near {
		s += " (" + d.t("or wider") + ")"
	}
	return s
}

func (d language) end(x *big.Rat) string {
	if x == nil {
		return "\u221e"
	}
	return ratText(x, d)
}

// asked prints the requirement of the policy for the interval.
func (d language) asked(h *HiddenCell) string {
	switch {
	case !h.Primary:
		return ""
	case h.AtMost == nil && h.AtLeast == nil:
		return d.t("not exactly")
	}
	s := ""
	if h.AtMost != nil {
		s = "\u2264 " + ratText(h.AtMost, d)
	}
	if h.AtLeast != nil {
		if s != "" {
			s += ", "
		}
		s += "\u2265 " + ratText(h.AtLeast, d)
	}
	return s
}

// list lays out the suppressed cells: primary cells first.
func (x *released) list(l *layout[*ReleasedCell], most int) *listView {
	d := x.d
	out := &listView{
		Name: x.t.Name, Caption: d.t("Suppressed cells"),
		Heads: []headText{
			{d.t("Status"), true, false}, {d.t("Because of"), true, false}, {d.t("Where"), true, false}, {d.t("Value"), true, true},
			{d.t("An attacker's interval"), true, true}, {d.t("The policy asks"), false, false}, {d.t("Cost"), true, true},
		},
	}
	slices.SortStableFunc(x.hidden, func(a, b *ReleasedCell) int {
		switch {
		case a.Behind.Primary == b.Behind.Primary:
			return 0
		case a.Behind.Primary:
			return -1
		}
		return 1
	})
	reasons := map[string]bool{}
	for i, c := range x.hidden {
		h := c.Behind
		reasons[d.why(h)] = true
		if i >= most {
			continue
		}
		badge := d.status(h)
		where := listCell{}
		for v, n := range c.Nodes {
			where.Where = append(where.Where, placeView{x.t.Variables[v].Name, x.t.Variables[v].Codes[n], n == 0})
		}
		if id := cellID(x.output, c.Nodes); l.drawn[id] {
			where.Link = id
		}
		interval := listCell{Number: "\u2013"}
		if x.t.Attacked {
			interval = listCell{Number: d.interval(h), Sort: width(h)}
		}
		out.Rows = append(out.Rows, []listCell{
			{Badge: &badge}, {sentence: sentence{d.why(h), ""}}, where, {Number: d.value(h.Value), Sort: number(h.Value)},
			interval, {sentence: sentence{d.asked(h), ""}}, {Number: d.number(h.Cost), Sort: float64(h.Cost)},
		})
	}
	if more := len(x.hidden) - most; more > 0 {
		out.More = d.f(d.t("%s more suppressed cells are in the confidential report of the table."), more)
	}
	byStatus := filterView{d.t("Status"), 1, []optionView{{"unsafe", d.t("unsafe")}, {"review", d.t("secondary")}}}
	byReason := filterView{Text: d.t("Because of"), Column: 2}
	for s := range reasons {
		byReason.Options = append(byReason.Options, optionView{s, s})
	}
	sort.Slice(byReason.Options, func(i, j int) bool { return byReason.Options[i].Value < byReason.Options[j].Value })
	out.Filters = []filterView{byStatus, byReason}
	return out
}

// width of an interval, for ordering only.
func width(h *HiddenCell) float64 {
	if h.Lower == nil || h.Upper == nil {
		return 1e308
	}
	f, _ := new(big.Rat).Sub(h.Upper, h.Lower).Float64()
	return f
}

func number(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return f
}

// intervals draws the narrowest intervals of unsafe cells, as shares of the true value,
// with the requirement of the policy. It returns nil where no interval was computed.
func (x *released) intervals() (*figure, error) {
	if !x.t.Attacked {
		return nil, nil //nolint:nilnil // no figure is no failure
	}
	type bar struct {
		c      *ReleasedCell
		lo, hi float64
		value  *big.Rat
	}
	var list []bar
	for _, c := range x.hidden {
		h := c.Behind
		value, ok := new(big.Rat).SetString(h.Value)
		if !ok || value.Sign() == 0 || !h.Primary || h.Lower == nil || h.Upper == nil {
			continue
		}
		list = append(list, bar{c, percent(h.Lower, value), percent(h.Upper, value), value})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].hi-list[i].lo < list[j].hi-list[j].lo })
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // no figure is no failure
	}
	fig := &figure{Title: x.d.t("The narrowest intervals of an attacker, in percent of the truth; strokes mark what the policy asks")}
	var spans []span
	for _, b := range list[:min(len(list), mostBars/2)] {
		h := b.c.Behind
		label := ""
		for v, n := range b.c.Nodes {
			if v > 0 {
				label += ", "
			}
			if n == 0 {
				label += x.d.t("all")
			} else {
				label += shorten(visible(x.t.Variables[v].Codes[n]), 20)
			}
		}
		text := fmt.Sprintf("%s (%s)", x.d.interval(h), x.d.value(h.Value))
		if s := x.d.asked(h); s != "" {
			text += "; " + x.d.t("The policy asks") + " " + s
		}
		fig.Lines = append(fig.Lines, barView{label, text, 0})
		s := span{low: b.lo, high: b.hi}
		for _, end := range []*big.Rat{h.AtMost, h.AtLeast} {
			if end != nil {
				s.marks = append(s.marks, percent(end, b.value))
			}
		}
		spans = append(spans, s)
	}
	return fig, fig.drawSpans(spans)
}

// percent is x in percent of value, from -1000 to 1000 for a drawing.
func percent(x, value *big.Rat) float64 {
	q, _ := new(big.Rat).Quo(x, value).Float64()
	return max(-1000, min(1000, 100*q))
}

package report

import (
	"math/big"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
)

// checked is the table of an output with the findings about its cells.
type checked struct {
	t        *sdc.Table
	d        language
	status   func(sdc.Cell) sdc.Verdict
	findings []sdc.Finding
	at       map[string][]int // cell -> findings
	output   int
	index    []map[string]int // variable -> code -> node
}

// newChecked lays out a table with its findings; none for a public page.
func newChecked(t *sdc.Table, output int, findings []sdc.Finding, status func(sdc.Cell) sdc.Verdict, d language) (*checked, *layout[sdc.Cell]) {
	x := &checked{t: t, d: d, status: status, findings: findings, at: map[string][]int{}, output: output}
	var g grid[sdc.Cell]
	vars := t.Variables()
	for v := range vars {
		g.axes = append(g.axes, axis{vars[v].Name, &vars[v]})
		at := map[string]int{}
		for n := 1; n < vars[v].Len(); n++ {
			at[vars[v].Label(n)] = n
		}
		x.index = append(x.index, at)
	}
	for i, f := range findings {
		if nodes := x.nodes(f.Cell); nodes != nil {
			id := cellID(output, nodes)
			x.at[id] = append(x.at[id], i)
			g.marked = append(g.marked, nodes)
		}
	}
	g.cells = func(yield func([]int, sdc.Cell) bool) {
		nodes := make([]int, len(vars))
		for c := range t.Cells() {
			for v := range nodes {
				nodes[v] = c.Node(v)
			}
			if !yield(nodes, c) {
				return
			}
		}
	}
	g.show = x.show
	return x, newLayout(g, output, d)
}

// nodes finds the nodes of coordinates; nil where they are of another table.
func (x *checked) nodes(at sdc.Coordinates) []int {
	if len(at) != len(x.index) {
		return nil
	}
	nodes := make([]int, len(at))
	for v, k := range at {
		if k.Total {
			continue
		}
		n, ok := x.index[v][k.Code]
		if !ok {
			return nil
		}
		nodes[v] = n
	}
	return nodes
}

// show draws a cell with the findings on it.
func (x *checked) show(c sdc.Cell, ok bool, id string, marked bool) cellView {
	out := cellView{Text: "\u00b7", Class: "none"}
	if ok {
		out.Class = ""
		out.Text = x.value(c)
	}
	if !marked {
		return out
	}
	v := sdc.Review
	if ok {
		v = x.status(c)
	} else {
		out.Text = "0"
	}
	out.ID, out.Verdict, out.Mark, out.Class = id, x.d.t(v.String()), mark(v), v.String()
	for _, i := range x.at[id] {
		m := x.d.tell(x.findings[i].Message)
		m.Text = x.findings[i].Rule + ": " + m.Text
		out.Notes = append(out.Notes, m)
	}
	if ok {
		out.Notes = append(out.Notes, sentence{x.evidence(c), ""})
	}
	return out
}

// shown is the statistic that the cells of a table show: the first published one that is
// no value of one record; "" where there is none.
func shown(o *sdc.Output) string {
	if o.Kind == sdc.Frequency {
		return "respondents"
	}
	for _, s := range append(slices.Clone(o.Statistics), "sum") {
		switch {
		case s == "sum" && len(o.Statistics) > 0 && !slices.Contains(o.Statistics, s):
		case s == "sum" || s == "mean" || s == "count":
			return s
		}
	}
	return ""
}

// value prints the shown statistic of a cell: see shown. A mean is the sum divided by the
// number of records with a value, exact or rounded to six decimals. No value is weighted.
func (x *checked) value(c sdc.Cell) string {
	n := c.Records() - c.MissingResponse()
	switch shown(x.t.Output()) {
	case "respondents":
		return x.d.number(c.Respondents())
	case "sum":
		return x.d.value(c.SumText())
	case "count":
		return x.d.number(n)
	case "mean":
		if n == 0 {
			return "\u2013"
		}
		mean := new(big.Rat).Quo(c.Sum(), new(big.Rat).SetInt64(n))
		s := mean.FloatString(6)
		return x.d.value(strings.TrimRight(strings.TrimRight(s, "0"), "."))
	}
	return "\u2013"
}

// caption names the statistic that the cells of a table show.
func (d language) caption(o *sdc.Output, b *basis.Facts) string {
	s := ""
	switch shown(o) {
	case "respondents":
		s = d.t("Each cell shows the number of respondents")
		if b.Respondent == "" && !b.Cells {
			s = d.t("Each cell shows the number of records")
		}
	case "sum":
		s = d.t("Each cell shows the sum of") + " " + visible(o.Response)
	case "mean":
		s = d.t("Each cell shows the mean of") + " " + visible(o.Response)
	case "count":
		s = d.t("Each cell shows the number of records with a value of") + " " + visible(o.Response)
	case "":
		if b.QuantileType > 0 {
			return d.t("The cells show no value: a page shows no medians and percentiles.")
		}
		return d.t("The cells show no value: the statistics are values of single records.")
	}
	if b.Weight != "" {
		s += ", " + d.t("unweighted; a release of protect is weighted with") + " " + visible(b.Weight)
	}
	return s + "."
}

// evidence describes the contributors to a cell.
func (x *checked) evidence(c sdc.Cell) string {
	d := x.d
	parts := []string{
		d.t("records") + " " + d.number(c.Records()),
		d.t("respondents") + " " + d.number(c.Respondents()),
	}
	if x.t.Output().Kind == sdc.Magnitude {
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

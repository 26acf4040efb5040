package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"image/color"
	"io"
	"math/big"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/sluis-go/sluis/sdc"
)

// figure is a plot with its numbers, for readers who cannot see the plot.
type figure struct {
	Title string
	Where []placeView
	Lines []barView
	Limit string
	SVG   template.HTML
}

type barView struct {
	Label, Value string
	value        float64
}

// mostFigures is the largest number of plots of one kind for an output, and mostBars the
// largest number of bars in a plot.
const (
	mostFigures = 2
	mostBars    = 24
)

// figures draws the worst findings of an output: the line of a group disclosure, and the
// contributors of a dominated cell. For every output it draws the sizes of its cells.
func figures(t *sdc.Table, o *sdc.OutputReport, d language) ([]figure, error) {
	var out []figure
	groups, shares := 0, 0
	for _, f := range worstFindings(o.Findings) {
		var fig *figure
		switch {
		case f.Rule == "group-disclosure" && groups < mostFigures && len(f.Cell) == len(t.Variables()):
			if fig = lineFigure(t, &f, d); fig != nil {
				groups++
			}
		case (f.Rule == "nk" || f.Rule == "p-percent") && shares < mostFigures:
			if fig = shareFigure(t, &f, d); fig != nil {
				shares++
			}
		}
		if fig != nil {
			if err := fig.draw(f.Limit, f.Rule == "group-disclosure" || f.Rule == "nk", d); err != nil {
				return nil, err
			}
			out = append(out, *fig)
		}
	}
	if o.Kind != sdc.Model {
		fig := sizeFigure(t, d)
		if err := fig.draw(0, false, d); err != nil {
			return nil, err
		}
		out = append(out, fig)
	}
	return out, nil
}

// lineFigure shows the categories of the line that a finding is about, as
// shares of the line.
func lineFigure(t *sdc.Table, f *sdc.Finding, d language) *figure {
	vars := t.Variables()
	at := -1
	nodes := make([]int, len(vars))
	for v := range vars {
		for n := 1; n < vars[v].Len() && !f.Cell[v].Total; n++ {
			if vars[v].Label(n) == f.Cell[v].Code {
				nodes[v] = n
			}
		}
		if vars[v].Name == f.Variable {
			at = v
		}
	}
	if at < 0 {
		return nil
	}
	level := vars[at].Level(nodes[at])
	fig := &figure{Title: d.t("The line behind a group disclosure"), Limit: d.float(f.Limit) + " %"}
	for v := range vars {
		if v != at {
			fig.Where = append(fig.Where, placeView{f.Cell[v].Variable, f.Cell[v].Code, f.Cell[v].Total})
		}
	}
	type bar struct {
		label string
		n     int64
	}
	var bars []bar
	mine := int64(0)
	for c := range t.Cells() {
		same := true
		for v := range vars {
			same = same && (v == at || c.Node(v) == nodes[v])
		}
		n := c.Node(at)
		if !same || vars[at].Level(n) != level {
			continue
		}
		if n == nodes[at] {
			mine = c.Respondents()
		}
		bars = append(bars, bar{vars[at].Label(n), c.Respondents()})
	}
	if mine == 0 || f.Observed == 0 {
		return nil
	}
	// The line's own count follows from the finding's share of it.
	line := float64(mine) * 100 / f.Observed
	for i, b := range bars {
		if i == mostBars {
			break
		}
		share := 100 * float64(b.n) / line
		fig.Lines = append(fig.Lines, barView{b.label, fmt.Sprintf("%s (%s %%)", d.number(b.n), d.float(float64(int64(10*share+0.5))/10)), share})
	}
	return fig
}

// shareFigure shows the largest contributions of a cell and all others
// together, as shares of its total.
func shareFigure(t *sdc.Table, f *sdc.Finding, d language) *figure {
	at := f.Cell.String()
	for c := range t.Cells() {
		if c.Coordinates().String() != at {
			continue
		}
		total := c.SumAbs()
		if total == nil || total.Sign() == 0 {
			return nil
		}
		fig := &figure{Title: d.t("The contributors behind a dominated cell"), Where: places(f.Cell)}
		if f.Rule == "nk" {
			fig.Limit = d.float(f.Limit) + " %"
		}
		rest := new(big.Rat).Set(total)
		for i, x := range c.Top() {
			x.Abs(x)
			rest.Sub(rest, x)
			fig.add(fmt.Sprintf(d.t("contributor %d"), i+1), x, total, d)
		}
		fig.add(d.t("all others"), rest, total, d)
		return fig
	}
	return nil
}

func (f *figure) add(label string, x, total *big.Rat, d language) {
	q, _ := new(big.Rat).Quo(x, total).Float64()
	share := 100 * q
	f.Lines = append(f.Lines, barView{label, fmt.Sprintf("%s (%s %%)", ratText(x, d), d.float(float64(int64(10*share+0.5))/10)), share})
}

// ratText prints an exact number with at most two decimals.
func ratText(x *big.Rat, d language) string {
	s := x.FloatString(2)
	return d.value(strings.TrimRight(strings.TrimRight(s, "0"), "."))
}

// sizeFigure counts the cells or classes by the number of respondents in them.
func sizeFigure(t *sdc.Table, d language) figure {
	edges := []int64{1, 2, 3, 5, 10, 20, 50, 100}
	count := make([]int64, len(edges))
	for c := range t.Cells() {
		k := 0
		for k+1 < len(edges) && c.Respondents() >= edges[k+1] {
			k++
		}
		count[k]++
	}
	fig := figure{Title: d.t("Cells by the number of respondents in them")}
	for k, e := range edges {
		label := fmt.Sprint(e)
		switch {
		case k == len(edges)-1:
			label += "+"
		case edges[k+1] > e+1:
			label += fmt.Sprintf("\u2013%d", edges[k+1]-1)
		}
		fig.Lines = append(fig.Lines, barView{label, d.number(count[k]), float64(count[k])})
	}
	return fig
}

var barColour = color.RGBA{0x3b, 0x7d, 0xc4, 0xff}

// draw makes the plot: lying bars, the first on top, and the limit as a line.
func (f *figure) draw(limit float64, percent bool, d language) error {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	n := len(f.Lines)
	values := make(plotter.Values, n)
	labels := make([]string, n)
	for i, b := range f.Lines {
		values[n-1-i] = b.value
		labels[n-1-i] = shorten(visible(b.Label), 24) + "\u00a0\u00a0\u00a0\u00a0\u00a0" // fonts differ in width
	}
	bars, err := plotter.NewBarChart(values, vg.Points(11))
	if err != nil {
		return err
	}
	bars.Horizontal = true
	bars.Color = barColour
	bars.LineStyle.Width = 0
	p.Add(bars)
	p.NominalY(labels...)
	p.X.Min = 0
	if percent {
		p.X.Max = 103 // room for the last number
		p.X.Label.Text = "%"
		line, err := plotter.NewLine(plotter.XYs{{X: limit, Y: -0.6}, {X: limit, Y: float64(n) - 0.4}})
		if err != nil {
			return err
		}
		line.Color = color.Black
		line.Width = vg.Points(1.5)
		line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		p.Add(line)
	}
	if p.X.Max <= p.X.Min {
		p.X.Max = 1
	}
	return f.finish(p)
}

// finish makes a plot part of the page.
func (f *figure) finish(p *plot.Plot) error {
	n := len(f.Lines)
	canvas := vgsvg.New(16*vg.Centimeter, vg.Points(float64(44+16*n)))
	p.Draw(draw.New(canvas))
	var raw bytes.Buffer
	if _, err := canvas.WriteTo(&raw); err != nil {
		return err
	}
	var err error
	f.SVG, err = inline(&raw)
	return err
}

// span is a lying line from low to high, with strokes across it.
type span struct {
	low, high float64
	marks     []float64
}

// drawSpans makes the plot of one span a line, around 100.
func (f *figure) drawSpans(spans []span) error {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	p.X.Label.Text = "%"
	n := len(spans)
	labels := make([]string, n)
	line := func(c color.Color, width float64, a, b plotter.XY) error {
		l, err := plotter.NewLine(plotter.XYs{a, b})
		if err != nil {
			return err
		}
		l.Color, l.Width = c, vg.Points(width)
		p.Add(l)
		return nil
	}
	for i, s := range spans {
		y := float64(n - 1 - i)
		labels[n-1-i] = shorten(f.Lines[i].Label, 28) + "\u00a0\u00a0\u00a0\u00a0\u00a0"
		if err := line(barColour, 7, plotter.XY{X: s.low, Y: y}, plotter.XY{X: s.high, Y: y}); err != nil {
			return err
		}
		for _, m := range s.marks {
			if err := line(color.Black, 1.5, plotter.XY{X: m, Y: y - 0.35}, plotter.XY{X: m, Y: y + 0.35}); err != nil {
				return err
			}
		}
	}
	if err := line(color.Black, 0.5, plotter.XY{X: 100, Y: -0.6}, plotter.XY{X: 100, Y: float64(n) - 0.4}); err != nil {
		return err
	}
	p.NominalY(labels...)
	p.X.Min -= (p.X.Max - p.X.Min) / 16 // room beside the labels
	return f.finish(p)
}

// svgNames are the elements and attributes of a plot; nothing else passes.
var (
	svgElements   = map[string]bool{"svg": true, "g": true, "path": true, "text": true, "rect": true, "line": true}
	svgAttributes = map[string]bool{
		"width": true, "height": true, "viewBox": true, "transform": true, "d": true, "x": true, "y": true, "fill": true,
		"stroke": true, "stroke-width": true, "stroke-dasharray": true, "stroke-dashoffset": true, "fill-opacity": true,
		"stroke-opacity": true, "font-size": true, "font-family": true, "font-weight": true, "font-style": true,
	}
)

// inline makes a plot part of a page. Style attributes become attributes of their own,
// because the Content-Security-Policy of the page forbids them. Black becomes the colour
// of the text. Elements and attributes that no plot has are an error.
func inline(r io.Reader) (template.HTML, error) {
	dec := xml.NewDecoder(r)
	var b strings.Builder
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return template.HTML(b.String()), nil //nolint:gosec // built here, every text escaped
		}
		if err != nil {
			return "", err
		}
		switch x := tok.(type) {
		case xml.StartElement:
			name := x.Name.Local
			if !svgElements[name] {
				return "", fmt.Errorf("plot with an element %s", name)
			}
			b.WriteString("<" + name)
			if name == "svg" {
				b.WriteString(` aria-hidden="true" focusable="false" class="plot"`)
			}
			for _, a := range x.Attr {
				attribute(&b, name, a.Name.Local, a.Value)
			}
			b.WriteString(">")
		case xml.EndElement:
			b.WriteString("</" + x.Name.Local + ">")
		case xml.CharData:
			template.HTMLEscape(&b, x)
		}
	}
}

func attribute(b *strings.Builder, element, name, value string) {
	if name == "style" {
		for part := range strings.SplitSeq(value, ";") {
			k, v, _ := strings.Cut(part, ":")
			attribute(b, element, strings.TrimSpace(k), strings.TrimSpace(v))
		}
		return
	}
	if !svgAttributes[name] || element == "svg" && (name == "width" || name == "height") || name == "font-family" {
		return
	}
	if (name == "fill" || name == "stroke") && value == "#000000" {
		value = "currentColor"
	}
	b.WriteString(" " + name + `="`)
	template.HTMLEscape(b, []byte(value))
	b.WriteString(`"`)
}

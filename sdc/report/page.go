package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/origin"
)

var (
	// The pages of a check, a protection and a risk, and the parts that they share.
	//go:embed *.html.tmpl
	pageFiles embed.FS
	//go:embed report.css
	styleText string
	//go:embed report.js
	scriptText string
)

// bootText runs before the page is read: without a script no part of the page is hidden.
const bootText = `document.documentElement.classList.add("boot");`

// page holds the parts of every page.
type page struct {
	Lang, CSP string
	Style     template.CSS
	Boot      template.JS
	Script    template.JS
	Public    bool
	Title     string
	Badge     badgeView
	Notice    string
	Lead      []string
	Sources   []origin.Source
	Files     [][2]string
}

// badgeView is a verdict or status: a colour, a sign beside it, and a word.
type badgeView struct{ Class, Mark, Text string }

func (d language) verdict(v sdc.Verdict) badgeView {
	return badgeView{v.String(), mark(v), d.t(v.String())}
}

// mark is the sign of a verdict beside its colour.
func mark(v sdc.Verdict) string {
	switch v {
	case sdc.Safe:
		return "\u2713"
	case sdc.Review:
		return "?"
	}
	return "\u25b2"
}

// listView is a table to search, filter, sort and page through, with the number
// of each row in front.
type listView struct {
	Name, Caption string
	Heads         []headText
	Filters       []filterView
	Rows          [][]listCell
	More          string // the part that is left out
}

type headText struct {
	Text         string
	Sort, Number bool
}

// filterView is a choice of rows by one of their columns, 0 being the number.
type filterView struct {
	Text    string
	Column  int
	Options []optionView
}

type optionView struct{ Value, Text string }

// listCell holds one of these.
type listCell struct {
	Badge  *badgeView
	Code   string
	Gloss  string // meaning of Code, in the language of the page
	Number string
	Sort   float64
	Where  []placeView
	Link   string // id of a drawn cell
	sentence
}

// placeView is one coordinate.
type placeView struct {
	Variable, Code string
	Total          bool
}

func places(c sdc.Coordinates) []placeView {
	var out []placeView
	for _, k := range c {
		out = append(out, placeView{k.Variable, k.Code, k.Total})
	}
	return out
}

// render fills in a page.
func render(w io.Writer, name string, p *page, v any) error {
	l := dictionary(p.Lang)
	t, err := template.New(name).Funcs(template.FuncMap{
		"t":       l.t,
		"verdict": l.verdict,
		"number":  l.number,
		"count":   func(n int) string { return l.number(int64(n)) },
		"rank":    func(i int) int { return i + 1 },
		"label":   func(s string) string { return shorten(visible(s), longestLabel) },
	}).ParseFS(pageFiles, "page.html.tmpl", name)
	if err != nil {
		return err
	}
	//nolint:gosec // all three are ours, and constant
	p.Style, p.Boot, p.Script = template.CSS(styleText), template.JS(bootText), template.JS(scriptText)
	p.CSP = "default-src 'none'; img-src data:; style-src " + hashOf(styleText) + "; script-src " + hashOf(bootText) + " " + hashOf(scriptText) +
		"; base-uri 'none'; form-action 'none'"
	return t.Execute(w, v)
}

// hashOf names a text in a Content-Security-Policy.
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

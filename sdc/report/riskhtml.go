package report

import (
	"fmt"
	"io"
	"math"
	"sort"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// RiskHTML writes a report of risk as one page, like the page of HTML. The page has
//
//   - the number of units that are alone, and the key with most effect;
//   - the limits;
//   - the distributions of class sizes and of risks;
//   - every figure with its definition, and the measures that were not computed.
//
// The page is confidential. There is no public form, because each figure is about few
// persons.
func RiskHTML(w io.Writer, r *Risk, opts HTMLOptions) error {
	if err := r.usable(w); err != nil {
		return err
	}
	if err := opts.defaults(); err != nil {
		return err
	}
	v, err := newRiskView(r, &opts)
	if err != nil {
		return err
	}
	return render(w, "risk.html.tmpl", &v.page, v)
}

// riskView is the page of a risk.
type riskView struct {
	page
	Missing      sentence
	Limits       []limitView
	Keys         []keyView
	Figures      []figure
	Worst        []classView
	Combinations *listView
	All          *listView
	NotMeasured  []sentence
	About        []aboutView // remarks about the data
}

type limitView struct {
	Badge                    badgeView
	Definition               string
	Limit, Attained, Records string
}

type keyView struct{ Name, Without, SUDA string }

type classView struct{ Key, Size string }

func newRiskView(r *Risk, opts *HTMLOptions) (*riskView, error) {
	d := dictionary(opts.Lang)
	v := &riskView{
		page: page{
			Lang: opts.Lang, Title: d.t("Risk of records"), Badge: d.riskVerdict(r.Verdict),
			Notice: d.t("CONFIDENTIAL: this report holds small counts and values of the data. It must not leave the closed environment."),
			Lead:   d.riskLead(r), Sources: r.Data.Sources, Files: opts.Files,
		},
		Missing: sentence{d.t(r.Data.MissingNote), ""}, About: d.about(r.Data.Remarks),
	}
	for _, l := range r.Limits {
		v.Limits = append(v.Limits, limitView{
			d.riskVerdict(l.Verdict), d.limit(l.Definition), d.figure(l.Limit), d.figure(float64(l.Attained)), d.number(l.Records),
		})
	}
	for _, k := range r.Keys {
		x := keyView{k.Name, d.number(k.AloneWithout), "\u2013"}
		if k.SUDA != nil {
			x.SUDA = d.float(math.Round(*k.SUDA*10)/10) + " %"
		}
		v.Keys = append(v.Keys, x)
	}
	for _, c := range r.Worst {
		v.Worst = append(v.Worst, classView{strings.Join(c.Key, ", "), d.figure(float64(c.Size))})
	}
	v.Combinations = d.combinations(r, opts.Findings)
	v.All = d.figures(r)
	for _, s := range r.NotMeasured {
		v.NotMeasured = append(v.NotMeasured, d.tell(s))
	}
	var err error
	v.Figures, err = d.riskPlots(r)
	return v, err
}

// riskVerdict is a verdict on a limit, or that none was given.
func (d language) riskVerdict(s string) badgeView {
	switch s {
	case sdc.Safe.String():
		return d.verdict(sdc.Safe)
	case sdc.Unsafe.String():
		return d.verdict(sdc.Unsafe)
	case sdc.Review.String():
		return d.verdict(sdc.Review)
	}
	return badgeView{"review", "?", d.t("not judged")}
}

// riskLead returns the sentences that a reviewer must know.
func (d language) riskLead(r *Risk) []string {
	keys := shorten(visible(strings.Join(r.Data.Keys, ", ")), 4*longestLabel)
	counted := r.Data.Records - r.Data.LeftOut
	out := []string{fmt.Sprintf(d.t("Records that stand alone on %s: %s of %s."), keys, d.number(r.Alone.Records), d.number(counted))}
	if r.Data.Respondent != "" {
		out[0] += " " + fmt.Sprintf(d.t("Respondents who do: %s."), d.number(r.Alone.Respondents))
	} else {
		out = append(out, d.rowsOfNobody())
	}
	if k, ok := r.driver(); ok {
		out = append(out, fmt.Sprintf(d.t("%s drives it most: without it %s would."), shorten(visible(k.Name), longestLabel), d.number(k.AloneWithout)))
	}
	if name, share, blindly := r.linked(); name != "" {
		percent := func(x float64) string { return d.float(math.Round(1000*x)/10) + " %" }
		out = append(out, fmt.Sprintf(d.t("By the original data, %s of the records are linked to their own by the smallest distance (%s); blindly %s."), percent(share), name, percent(blindly)))
	}
	if len(r.Limits) == 0 {
		out = append(out, d.t("No limit was given, so nothing is judged."))
	}
	return out
}

// limit gives the meaning of a limit; the name of a sensitive variable stands before it.
func (d language) limit(m words.Message) string {
	list, _ := words.Parameters(m.ID)
	if len(list) == 0 || list[0].Name != "variable" || len(m.Args) == 0 {
		return d.tell(m).Text
	}
	name := m.Args[0].Text
	m.Args = append([]words.Arg{words.TextOf("")}, m.Args[1:]...)
	return shorten(visible(name), longestLabel) + ": " + d.tell(m).Text
}

// figure prints a number: whole ones with marks between thousands, others to six
// digits.
func (d language) figure(v float64) string {
	switch {
	case math.IsNaN(v):
		return "\u2013"
	case math.IsInf(v, 0):
		return "\u221e"
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return d.number(int64(v))
	}
	s := plain(v)
	if d.lang == "nl" {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}

// figures lists every figure with its definition.
func (d language) figures(r *Risk) *listView {
	out := &listView{
		Caption: d.t("Figures"),
		Heads: []headText{
			{d.t("Variable"), true, false}, {d.t("Figure"), true, false}, {d.t("Value"), true, true},
			{d.t("Definition"), false, false}, {d.t("Nulls"), false, false}, {d.t("Source"), true, false},
		},
	}
	variables := filterView{Text: d.t("Variable"), Column: 1}
	seen := map[string]bool{}
	for _, f := range r.Figures {
		name := shorten(visible(f.Variable), longestLabel)
		if !seen[name] {
			seen[name] = true
			option := optionView{name, name}
			if name == "" {
				option.Text = d.t("keys alone")
				option.Value = option.Text
			}
			variables.Options = append(variables.Options, option)
		}
		if name == "" {
			name = d.t("keys alone")
		}
		definition := d.definition(f)
		if f.Note.ID != "" {
			definition += ". " + d.tell(f.Note).Text
		}
		if f.LogBase != "" {
			definition += ". " + fmt.Sprintf(d.t("Logarithm to base %s"), f.LogBase)
		}
		sortBy := float64(f.Value)
		if math.IsNaN(sortBy) {
			sortBy = -1
		}
		out.Rows = append(out.Rows, []listCell{
			{sentence: sentence{name, ""}}, {Code: f.Name}, {Number: d.figure(float64(f.Value)), Sort: min(sortBy, 1e308)},
			{sentence: sentence{definition, ""}}, {Code: f.Missing}, {sentence: sentence{f.Source, ""}},
		})
	}
	if len(variables.Options) > 1 {
		out.Filters = []filterView{variables}
	}
	return out
}

// definition gives the definition of a figure in the language of the page.
func (d language) definition(f *RiskFigure) string {
	if d.lang == "en" {
		return f.Definition
	}
	key, n := definitionKey(f.Name)
	return strings.ReplaceAll(dutchDefinitions[key], "#", n)
}

// combinations lists the combinations of keys with rare values, nil for none.
func (d language) combinations(r *Risk, most int) *listView {
	if len(r.Combinations) == 0 {
		return nil
	}
	out := &listView{
		Caption: d.t("Combinations of keys"),
		Heads:   []headText{{d.t("Keys"), true, false}, {d.t("Rarest values"), true, false}, {d.t("Smallest"), true, true}, {d.t("Classes below the limit"), true, true}, {d.t("Records below the limit"), true, true}},
	}
	for i, c := range r.Combinations {
		if i == most {
			out.More = d.f(d.t("%s more combinations are in the JSON report."), len(r.Combinations)-most)
			break
		}
		text := func(list []string) listCell {
			return listCell{sentence: sentence{shorten(visible(strings.Join(list, ", ")), 4*longestLabel), ""}}
		}
		out.Rows = append(out.Rows, []listCell{
			text(c.Keys), text(c.Rarest), {Number: d.figure(float64(c.Smallest)), Sort: float64(c.Smallest)},
			{Number: d.number(int64(c.Classes)), Sort: float64(c.Classes)}, {Number: d.number(c.Records), Sort: float64(c.Records)},
		})
	}
	return out
}

// riskPlots draws the histograms, and the number of units that would be alone without
// each key.
func (d language) riskPlots(r *Risk) ([]figure, error) {
	var out []figure
	for i := range r.Histograms {
		h := &r.Histograms[i]
		title := "Records by " + h.Of
		fig := figure{Title: d.t(title)}
		for k, b := range h.Bins {
			fig.Lines = append(fig.Lines, barView{d.decimals(h.label(k)), d.number(b.Records), float64(b.Records)})
		}
		out = append(out, fig)
	}
	if len(r.Keys) > 1 {
		fig := figure{Title: d.t("Respondents who would stand alone without a key")}
		all := r.Alone.Respondents
		fig.Lines = append(fig.Lines, barView{d.t("with all keys"), d.number(all), float64(all)})
		keys := append([]RiskKey{}, r.Keys...)
		sort.SliceStable(keys, func(i, j int) bool { return keys[i].AloneWithout < keys[j].AloneWithout })
		for _, k := range keys[:min(len(keys), mostBars)] {
			fig.Lines = append(fig.Lines, barView{k.Name, d.number(k.AloneWithout), float64(k.AloneWithout)})
		}
		out = append(out, fig)
	}
	for i := range out {
		if err := out[i].draw(0, false, d); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// decimals writes the label of a bin as the language does.
func (d language) decimals(s string) string {
	if d.lang == "nl" {
		s = strings.NewReplacer(".", ",", " to ", " tot ", " and more", " en meer").Replace(s)
	}
	return s
}

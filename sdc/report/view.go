package report

import (
	"html/template"
	"sort"
	"strconv"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/suggest"
)

// view is what the page shows, in its language.
type view struct {
	Lang, CSP   string
	Style       template.CSS
	Boot        template.JS
	Script      template.JS
	Public      bool
	Verdict     sdc.Verdict
	Why         string
	Policy      string
	Rules       []ruleView
	Differences []string
	Remarks     []sentence
	Rows        int64
	Respondents int64
	Sources     []sdc.Source
	Files       [][2]string
	Outputs     []outputView
	Dossier     []sdc.DossierStep
}

// ruleView is a rule with its thresholds, or off.
type ruleView struct {
	Name, Limits string
	Off          bool
}

// outputView is one output.
type outputView struct {
	ID, Name, Kind string
	Verdict        sdc.Verdict
	Cells          int
	Unsafe         int
	Share          string
	Excluded, Rows int64
	Reasons        []reasonView
	Table          *tableView
	Figures        []figure
	Findings       []findingView
	FindingsMore   int // beyond those that the page holds
	FindingsAll    int
	FindingRules   []string
	NotChecked     []sentence
	Suggestions    []suggest.Suggestion
}

// reasonView counts the findings of one rule and verdict.
type reasonView struct {
	Rule    string
	Verdict sdc.Verdict
	Count   int
}

// findingView is one row of the findings.
type findingView struct {
	Rank            int
	Verdict         sdc.Verdict
	Rule            string
	Where           []placeView
	Observed, Limit string
	Sort            float64
	Message         sentence
	Cell            string // id of the drawn cell, or ""
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

func newView(r *sdc.Report, opts *HTMLOptions) (*view, error) {
	d := dictionary(opts.Lang)
	v := &view{
		Verdict: r.Verdict, Why: d.why(r), Policy: r.Policy.Name, Differences: r.Policy.Differences,
		Rows: r.Data.Rows, Respondents: r.Data.Respondents, Sources: r.Data.Sources, Files: opts.Files,
		Dossier: r.Dossier,
	}
	for _, s := range r.Policy.Remarks {
		v.Remarks = append(v.Remarks, d.notChecked(s))
	}
	for _, rule := range r.Policy.Rules {
		x := ruleView{Name: rule.Rule, Off: rule.Off}
		for i, l := range rule.Limits {
			if i > 0 {
				x.Limits += ", "
			}
			x.Limits += l.Name + " " + l.Value
		}
		v.Rules = append(v.Rules, x)
	}
	for i := range r.Outputs {
		o, err := newOutputView(r, i, opts, d)
		if err != nil {
			return nil, err
		}
		v.Outputs = append(v.Outputs, o)
	}
	return v, nil
}

func newOutputView(r *sdc.Report, i int, opts *HTMLOptions, d words) (outputView, error) {
	o := &r.Outputs[i]
	out := outputView{
		ID: "o" + strconv.Itoa(i), Name: o.Name, Kind: string(o.Kind), Verdict: o.Verdict, Cells: o.Cells, Unsafe: o.UnsafeCells,
		Excluded: o.Excluded, Rows: o.Rows, Reasons: reasonsOf(o), FindingsAll: len(o.Findings),
	}
	if o.UnsafeCells > 0 && o.Cells > 0 {
		out.Share = d.float(float64(1000*o.UnsafeCells/o.Cells)/10) + " %"
	}
	for _, s := range o.NotChecked {
		out.NotChecked = append(out.NotChecked, d.notChecked(s))
	}
	for _, s := range opts.Suggestions {
		if s.Output == i {
			out.Suggestions = append(out.Suggestions, s)
		}
	}
	var t *checked
	var l *layout[sdc.Cell]
	if i < len(r.Tables) && (o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude) {
		t, l = newChecked(r.Tables[i], i, o.Findings, func(c sdc.Cell) sdc.Verdict { return r.Status(i, c) }, d)
		out.Table = l.view(opts.Cells)
	}
	if i < len(r.Tables) {
		var err error
		if out.Figures, err = figures(r.Tables[i], o, d); err != nil {
			return out, err
		}
	}
	names := map[string]bool{}
	for rank, f := range worstFindings(o.Findings) {
		if !names[f.Rule] {
			names[f.Rule] = true
			out.FindingRules = append(out.FindingRules, f.Rule)
		}
		if rank >= opts.Findings {
			out.FindingsMore++
			continue
		}
		x := findingView{
			Rank: rank + 1, Verdict: f.Verdict, Rule: f.Rule, Where: places(f.Cell), Sort: f.Observed,
			Observed: d.float(f.Observed), Limit: d.float(f.Limit), Message: d.message(&f),
		}
		if t != nil {
			if nodes := t.nodes(f.Cell); nodes != nil && l.drawn[cellID(i, nodes)] {
				x.Cell = cellID(i, nodes)
			}
		}
		out.Findings = append(out.Findings, x)
	}
	sort.Strings(out.FindingRules)
	return out, nil
}

// reasonsOf counts an output's findings that are not safe, by rule.
func reasonsOf(o *sdc.OutputReport) []reasonView {
	var out []reasonView
	at := map[string]int{}
	for _, f := range o.Findings {
		if f.Verdict == sdc.Safe {
			continue
		}
		key := f.Verdict.String() + f.Rule
		if _, ok := at[key]; !ok {
			at[key] = len(out)
			out = append(out, reasonView{Rule: f.Rule, Verdict: f.Verdict})
		}
		out[at[key]].Count++
	}
	return out
}

// concentration are the rules whose thresholds tell how closely a contribution
// can be estimated, and which therefore stay inside.
var concentration = map[string]bool{"nk": true, "p-percent": true, "pq": true, "request": true}

// newPublicView holds what may leave, and is built up from nothing rather than
// cut down from the whole.
func newPublicView(r *sdc.Report, opts *HTMLOptions) *view {
	d := dictionary(opts.Lang)
	v := &view{Public: true, Verdict: r.Verdict, Policy: r.Policy.Name}
	for _, rule := range r.Policy.Rules {
		x := ruleView{Name: rule.Rule, Off: rule.Off}
		for i, l := range rule.Limits {
			if concentration[rule.Rule] {
				break
			}
			if i > 0 {
				x.Limits += ", "
			}
			x.Limits += l.Name + " " + l.Value
		}
		v.Rules = append(v.Rules, x)
	}
	for _, s := range r.Policy.Remarks {
		v.Remarks = append(v.Remarks, d.notChecked(s))
	}
	for i := range r.Outputs {
		o := &r.Outputs[i]
		x := outputView{ID: "o" + strconv.Itoa(i), Name: o.Name, Kind: string(o.Kind), Verdict: o.Verdict}
		for _, s := range o.NotChecked {
			x.NotChecked = append(x.NotChecked, d.notChecked(s))
		}
		table := o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude
		if o.Verdict == sdc.Safe && len(o.Findings) == 0 && table && i < len(r.Tables) {
			_, l := newChecked(r.Tables[i], i, nil, nil, d)
			x.Table = l.view(opts.Cells)
		}
		v.Outputs = append(v.Outputs, x)
	}
	return v
}

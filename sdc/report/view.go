package report

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/origin"
)

// view is the page of a check.
type view struct {
	page
	Policy      string
	Whose       whoseView
	Rules       []ruleView
	Remarks     []sentence
	Request     []basisFact // facts about the request
	About       []aboutView // remarks about the data
	Together    []aboutView // remarks about outputs together
	Rows        int64
	Respondents int64
	Outputs     []outputView
	Dossier     []checklist.Step
	Tool        string
	Inputs      []origin.Source
}

// aboutView is a remark about the data.
type aboutView struct {
	Badge        *badgeView // nil for information
	Name, Column string
	sentence
}

// Names of remarks that a public page has too: they say which rows were counted, and
// nothing of any row.
const (
	// OpenStream is the remark that a stream has no mark of its end.
	OpenStream = "open-stream"
	// Copies is the remark that files which are copies of others were counted.
	Copies = "copies"
	// noRespondent is the remark that no column names the respondents.
	noRespondent = "no-respondent"
)

// togetherTitle heads the remarks about outputs together.
const togetherTitle = "What the outputs tell together, and with what was released before"

// apart separates the remarks on what outputs tell together from those about the data.
func apart(list []sdc.Remark) (own, together []sdc.Remark) {
	for _, x := range list {
		if x.Name == "differencing" || x.Name == "ledger" {
			together = append(together, x)
		} else {
			own = append(own, x)
		}
	}
	return own, together
}

// PublicRemarks returns the remarks about the data that a public page has too.
func PublicRemarks(list []sdc.Remark) []sdc.Remark {
	var out []sdc.Remark
	for _, x := range list {
		if x.Name == OpenStream || x.Name == Copies || x.Name == noRespondent {
			out = append(out, x)
		}
	}
	return out
}

// worstRemark returns the worst verdict of the remarks about the data.
func worstRemark(list []sdc.Remark) sdc.Verdict {
	worst := sdc.Safe
	for _, x := range list {
		worst = min(worst, x.Verdict)
	}
	return worst
}

// settled reports whether no remark about the data needs a decision of a person.
func settled(list []sdc.Remark) bool { return worstRemark(list) == sdc.Safe }

// about lists the remarks about the data.
func (d language) about(list []sdc.Remark) []aboutView {
	var out []aboutView
	for _, x := range list {
		a := aboutView{Name: x.Name, Column: x.Column, sentence: d.tell(x.Message)}
		if x.Verdict != sdc.Safe {
			badge := d.verdict(x.Verdict)
			a.Badge = &badge
		}
		out = append(out, a)
	}
	return out
}

// ruleView is a rule with its thresholds, or off.
type ruleView struct {
	Name, Gloss, Limits string
	Off                 bool
}

// outputView is one output.
type outputView struct {
	ID, Name, Kind string
	Subject        string // the output in the words of the requester
	Verdict        sdc.Verdict
	Cells          int
	Unsafe         int
	Share          string
	Excluded, Rows int64
	Reasons        []reasonView
	Table          *tableView
	Figures        []figure
	Findings       *listView // nil for none
	FindingsAll    int
	Basis          []basisFact
	NotChecked     []sentence
	Hidden         []sentence // why a public page does not show the output
	Suggestions    []suggestionView
}

// suggestionView is a suggestion, and the cells that would remain unsafe.
type suggestionView struct {
	Badge      badgeView
	Text       string
	Cells, Was int
}

// reasonView counts the findings of one rule and verdict.
type reasonView struct {
	Rule    string
	Verdict sdc.Verdict
	Count   int
}

func newView(r *sdc.Report, opts *HTMLOptions) (*view, error) {
	d := dictionary(opts.Lang)
	own, together := apart(r.Data.Remarks)
	v := &view{
		page: page{
			Lang: opts.Lang, Title: d.t("Output check"), Badge: d.verdict(r.Verdict), Lead: d.lead(r),
			Notice:  d.t("CONFIDENTIAL: this report holds small counts and must not leave the closed environment."),
			Sources: r.Data.Sources, Files: opts.Files,
		},
		Policy: r.Policy.Name, Rows: r.Data.Rows, Respondents: r.Data.Respondents, About: d.about(own), Together: d.about(together), Request: d.request(r.About),
	}
	if m := r.Manifest; m != nil {
		v.Inputs = m.Inputs
		v.Tool = strings.Join(slices.DeleteFunc([]string{m.Tool.Name, m.Tool.Version, m.Tool.Revision, m.Tool.Go}, func(s string) bool { return s == "" }), " ")
		if m.Tool.Modified {
			v.Tool += " (" + d.t("with changes that are in no commit") + ")"
		}
	}
	v.Whose = d.whose(r.Policy.SHA256, r.Policy.Differences)
	for _, s := range r.Dossier {
		v.Dossier = append(v.Dossier, d.step(s))
	}
	for _, s := range r.Policy.Remarks {
		v.Remarks = append(v.Remarks, d.tell(s))
	}
	for _, rule := range r.Policy.Rules {
		x := ruleView{Name: rule.Rule, Gloss: d.gloss(rule.Rule), Off: rule.Off}
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

func newOutputView(r *sdc.Report, i int, opts *HTMLOptions, d language) (outputView, error) {
	o := &r.Outputs[i]
	out := outputView{
		ID: "o" + strconv.Itoa(i), Name: o.Name, Kind: string(o.Kind), Subject: visible(o.Title), Verdict: o.Verdict, Cells: o.Cells, Unsafe: o.UnsafeCells,
		Excluded: o.Excluded, Rows: o.Rows, Reasons: reasonsOf(o), FindingsAll: len(o.Findings), Basis: d.basis(o),
	}
	if o.UnsafeCells > 0 && o.Cells > 0 {
		out.Share = d.float(float64(1000*o.UnsafeCells/o.Cells)/10) + " %"
	}
	for _, s := range o.NotChecked {
		out.NotChecked = append(out.NotChecked, d.tell(s))
	}
	for _, s := range opts.Suggestions {
		if s.Output == i {
			out.Suggestions = append(out.Suggestions, suggestionView{d.verdict(s.Verdict), d.suggestion(&s), s.Cells, s.Was})
		}
	}
	var t *checked
	var l *layout[sdc.Cell]
	if i < len(r.Tables) && (o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude) {
		t, l = newChecked(r.Tables[i], i, o.Findings, func(c sdc.Cell) sdc.Verdict { return r.Status(i, c) }, d)
		out.Table = l.view(opts.Cells)
		out.Table.Name = o.Name
		out.Table.Caption = d.caption(r.Tables[i].Output(), &o.Basis)
		if out.Table.Flagged {
			out.Table.Hint = d.t("Point at a marked cell, or reach it by Tab and then the arrow keys, to read which rule it breaks and its contributors.")
			out.Table.Legend = []badgeView{
				d.verdict(sdc.Unsafe), d.verdict(sdc.Review), {"safe", mark(sdc.Safe), d.t("safe by hand")}, {"", "\u00b7", d.t("no records, or not published")},
			}
		}
	}
	if i < len(r.Tables) {
		var err error
		if out.Figures, err = figures(r.Tables[i], o, d); err != nil {
			return out, err
		}
	}
	if len(o.Findings) > 0 {
		out.Findings = findingsList(o, i, opts, d, t, l)
	}
	return out, nil
}

// findingsList lays out the findings of an output, the worst first.
func findingsList(o *sdc.OutputReport, output int, opts *HTMLOptions, d language, t *checked, l *layout[sdc.Cell]) *listView {
	list := &listView{
		Name: o.Name, Caption: d.t("Findings"),
		Heads: []headText{
			{d.t("Verdict"), false, false}, {d.t("Rule"), true, false}, {d.t("Where"), true, false},
			{d.t("Observed"), true, true}, {d.t("Limit"), false, true}, {d.t("Message"), false, false},
		},
	}
	byRule, byVerdict := filterView{d.t("Rule"), 2, nil}, filterView{d.t("Verdict"), 1, nil}
	for _, v := range []sdc.Verdict{sdc.Unsafe, sdc.Review, sdc.Safe} {
		byVerdict.Options = append(byVerdict.Options, optionView{v.String(), d.t(v.String())})
	}
	more := 0
	known := map[string]bool{}
	for rank, f := range worstFindings(o.Findings) {
		if !known[f.Rule] {
			known[f.Rule] = true
			byRule.Options = append(byRule.Options, optionView{f.Rule, f.Rule})
		}
		if rank >= opts.Findings {
			more++
			continue
		}
		badge := d.verdict(f.Verdict)
		where := listCell{Where: places(f.Cell)}
		if len(f.Cell) == 0 {
			where = listCell{sentence: sentence{d.t("the whole output"), ""}}
		}
		if t != nil {
			if nodes := t.nodes(f.Cell); nodes != nil && l.drawn[cellID(output, nodes)] {
				where.Link = cellID(output, nodes)
			}
		}
		list.Rows = append(list.Rows, []listCell{
			{Badge: &badge}, {Code: f.Rule, Gloss: d.gloss(f.Rule)}, where,
			{Number: d.observed(&f), Sort: f.Observed}, {Number: d.threshold(f.Limit), Sort: f.Limit}, {sentence: d.tell(f.Message)},
		})
	}
	sort.Slice(byRule.Options, func(i, j int) bool { return byRule.Options[i].Value < byRule.Options[j].Value })
	list.Filters = []filterView{byRule, byVerdict}
	if more > 0 {
		list.More = d.f(d.t("%s more findings are in the JSON report."), more)
	}
	return list
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

// hidden says why a public page does not show an output, and names the persons who set
// cells of the output safe by hand. It gives no number of cells, and not the reason,
// because a person wrote the reason about the data.
func (d language) hidden(o *sdc.OutputReport, remarks []sdc.Remark) []sentence {
	var out []sentence
	for _, by := range o.SafeBy() {
		out = append(out, sentence{d.setByHand(by), ""})
	}
	switch {
	case o.Verdict == sdc.Unsafe:
		out = append(out, sentence{d.t("This output is not shown: it may not leave as it is."), ""})
	case o.Verdict == sdc.Review || len(o.Findings) > 0:
		out = append(out, sentence{d.t("This output is not shown: a reviewer must decide about it first."), ""})
	case !settled(remarks):
		out = append(out, sentence{d.t("This output is not shown: a reviewer must decide about a remark on the data first."), ""})
	case o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude:
		out = append(out, sentence{d.t("This output is not shown."), ""})
	default:
		out = append(out, sentence{d.t("This output is no table, and is not shown."), ""})
	}
	return out
}

// setByHand says that cells were set safe by hand, and names the person.
func (d language) setByHand(by string) string {
	if by == "" {
		return d.t("Cells were set safe by hand, against a rule; who decided is not said.")
	}
	return d.t("Cells were set safe by hand, against a rule, by") + " " + shorten(visible(by), longestLabel) + "."
}

// whoseView tells a policy from another of its name.
type whoseView struct {
	SHA256      string
	Differences []string
}

func (d language) whose(sha256 string, differences []basis.Difference) whoseView {
	out := whoseView{SHA256: sha256}
	for _, x := range differences {
		out.Differences = append(out.Differences, d.difference(x))
	}
	return out
}

// newPublicView makes the view that may leave. It copies only fields that may leave, and
// does not remove fields from the full view.
func newPublicView(r *sdc.Report, opts *HTMLOptions) *view {
	d := dictionary(opts.Lang)
	v := &view{
		page: page{
			Lang: opts.Lang, Public: true, Title: d.t("Output check"), Badge: d.verdict(r.Verdict),
			Notice: d.t("Public summary: it holds nothing of outputs that may not leave."), Lead: d.whoseRows(r.Data.Remarks),
		},
		Policy: r.Policy.Name, Whose: d.whose(r.Policy.SHA256, r.Policy.Public), About: d.about(PublicRemarks(r.Data.Remarks)),
	}
	for _, rule := range r.Policy.Rules {
		x := ruleView{Name: rule.Rule, Gloss: d.gloss(rule.Rule), Off: rule.Off}
		for _, l := range rule.Limits {
			if rule.Estimates(l.Name) {
				continue
			}
			if x.Limits != "" {
				x.Limits += ", "
			}
			x.Limits += l.Name + " " + l.Value
		}
		v.Rules = append(v.Rules, x)
	}
	for _, s := range r.Policy.Remarks {
		v.Remarks = append(v.Remarks, d.tell(s))
	}
	for i := range r.Outputs {
		o := &r.Outputs[i]
		// An output that waits for a remark about the data is not called safe.
		x := outputView{ID: "o" + strconv.Itoa(i), Name: o.Name, Kind: string(o.Kind), Verdict: min(o.Verdict, worstRemark(r.Data.Remarks)), Basis: []basisFact{d.unit(&o.Basis)}}
		for _, s := range o.NotChecked {
			x.NotChecked = append(x.NotChecked, d.tell(s))
		}
		table := o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude
		if o.Verdict == sdc.Safe && len(o.Findings) == 0 && settled(r.Data.Remarks) && table && i < len(r.Tables) {
			_, l := newChecked(r.Tables[i], i, nil, nil, d)
			x.Table = l.view(opts.Cells)
			x.Table.Name = o.Name
			x.Table.Caption = d.caption(r.Tables[i].Output(), &o.Basis)
		} else {
			x.Hidden = d.hidden(o, r.Data.Remarks)
		}
		v.Outputs = append(v.Outputs, x)
	}
	return v
}

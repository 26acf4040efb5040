package report

import (
	"io"
	"math"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Protection is the result of suppression in the tables of a check: the released values,
// the hidden cells, and how well they are hidden. The verb protect makes a Protection
// from the result of package suppress; this package does not take part in the protection.
type Protection struct {
	// Verdict is the verdict on the release: Safe leaves nothing to judge.
	Verdict sdc.Verdict
	// Policy is the name of the policy, PolicySHA256 its digest, and Differences its
	// differences from the shipped one, as in the report of the check. Public are the
	// differences that may leave.
	Policy       string
	PolicySHA256 string
	Differences  []basis.Difference
	Public       []basis.Difference
	Tables       []ReleasedTable
	// Others are the outputs that are no tables and were left alone.
	Others []sdc.OutputReport
	// ByHand are the findings of the check about decisions of persons; they are
	// confidential. SafeBy are the names of the persons who set cells of a table safe
	// against a rule; these names may leave.
	ByHand []HandJudgement
	SafeBy []SafeBy
	// Cautions are the points that were not checked.
	Cautions []words.Message
	// Remarks are about the data. The page that leaves has only the remarks in
	// [PublicRemarks].
	Remarks []sdc.Remark
	Sources []origin.Source
	// About describes the request. Outputs are the outputs of the check that the tables
	// were made from; their basis is on the confidential page.
	About   *origin.About
	Outputs []sdc.OutputReport
}

// basis lists the basis of a released table. The caption names the statistic of a cell:
// the release may count records, or be weighted, where the check counts respondents.
func (p *Protection) basis(table string, d language) []basisFact {
	if o := p.output(table); o != nil {
		return slices.DeleteFunc(d.basis(o), func(f basisFact) bool { return f.Name == d.t("Cell") })
	}
	return nil
}

// notChecked lists what the check of an output did not look at, but for what suppression is
// about.
func (d language) notChecked(o *sdc.OutputReport) (out []sentence) {
	for _, s := range o.NotChecked {
		if s.ID != words.SecondaryDisclosure && s.ID != words.TogetherDecided {
			out = append(out, d.tell(s))
		}
	}
	return out
}

// output returns the output that a table is made of; nil where it is not known.
func (p *Protection) output(table string) *sdc.OutputReport {
	for i := range p.Outputs {
		if p.Outputs[i].Name == table {
			return &p.Outputs[i]
		}
	}
	return nil
}

// publicCautions returns those that tell nothing of the tables: they name neither a table
// nor a number.
func publicCautions(list []words.Message) (out []words.Message) {
	for _, m := range list {
		if m.ID == words.Unlinked || m.ID == words.LongerRelations || m.ID == words.OtherReleases {
			out = append(out, m)
		}
	}
	return out
}

// HandJudgement is a finding about what a person decided of an output.
type HandJudgement struct {
	Output string
	Found  words.Message
}

// SafeBy names the person who set cells of an output safe; "" where no name was given.
type SafeBy struct{ Output, By string }

// ReleasedTable is a table as it leaves.
type ReleasedTable struct {
	Name      string
	Variables []CodeTree
	Cells     []ReleasedCell
	// Shows is the statistic of a value: "respondents", "records" or "sum". Response is
	// the column that is summed, and Weight the column of weights; "" for none.
	Shows, Response, Weight string
	// Means says that means were asked for, which are these sums divided by the numbers
	// of contributors.
	Means bool
	// Certificate is the file of the proof, beside the release; tables of one
	// certificate are protected together.
	Certificate string
	// Attacker is the attacker that the certificate assumes.
	Attacker Attacker
	// Loss is the cost of suppression. It is confidential: a share of the total depends
	// on hidden values.
	Loss *Loss
	// Attacked says that intervals of the hidden cells were computed.
	Attacked bool
}

// Attacker is the prior knowledge about hidden values.
type Attacker struct {
	// Whole says that they are known to be whole units.
	Whole bool
	// Least is the least that they are known to be, nil for nothing.
	Least *big.Rat
}

// Loss counts the cells of a table, its primary cells and its secondary cells. Share is
// the suppressed part of the sum of the inner cells, in percent; NaN where the sum is 0.
type Loss struct {
	Cells, Primary, Secondary int
	Share                     float64
}

// CodeTree is a variable with its codes. Number 0 is the total, with code "" and parent
// -1. Every other code has a parent with a lower number.
type CodeTree struct {
	Name    string
	Codes   []string
	Parents []int
}

// ReleasedCell is a published cell, or one that is suppressed.
type ReleasedCell struct {
	Nodes []int // the number of its code of each variable
	// Value is the released value; "" where the cell is suppressed.
	Value      string
	Suppressed bool
	// Behind holds the true values of a suppressed cell. It is confidential, and nil in a
	// table of released values only.
	Behind *HiddenCell
}

// HiddenCell is the truth behind a suppressed cell, and how close an attacker
// comes to it.
type HiddenCell struct {
	Value   string
	Primary bool   // unsafe by a rule; otherwise suppressed to protect such cells
	Why     string // the kinds of rules that it breaks in its table
	Cost    int64
	// Lower and Upper are the ends of the interval that an outsider can compute, in
	// a table that is Attacked; nil for no end.
	Lower, Upper *big.Rat
	// Near says that the true ends lie beyond these: the search for them ended
	// early.
	Near bool
	// AtMost and AtLeast are the requirements of the policy for a primary cell: Lower <=
	// AtMost and Upper >= AtLeast. Both nil require only that the exact value cannot be
	// known.
	AtMost, AtLeast *big.Rat
}

// ProtectionHTML writes a protection as one page, like the page of HTML. The page has
//
//   - the tables, with every suppressed cell marked as unsafe or secondary, and its true
//     value;
//   - the cost of the suppression;
//   - the assumed attacker, and the interval of the attacker for every suppressed cell
//     beside the requirement of the policy.
//
// The page is confidential.
func ProtectionHTML(w io.Writer, p *Protection, opts HTMLOptions) error {
	if err := p.usable(w); err != nil {
		return err
	}
	if err := opts.defaults(); err != nil {
		return err
	}
	v, err := newProtectionView(p, &opts)
	if err != nil {
		return err
	}
	return render(w, "protect.html.tmpl", &v.page, v)
}

// ReleaseHTML writes the part of a protection that leaves: the tables with their
// published values, and the attacker that the certificates assume. All suppressed cells
// are marked alike. ReleaseHTML reads no HiddenCell and no Loss.
func ReleaseHTML(w io.Writer, p *Protection, opts HTMLOptions) error {
	if err := p.usable(w); err != nil {
		return err
	}
	if err := opts.defaults(); err != nil {
		return err
	}
	v := newReleaseView(p, &opts)
	return render(w, "protect.html.tmpl", &v.page, v)
}

// protectionView is the page of a protection.
type protectionView struct {
	page
	Policy   string
	Whose    whoseView
	Tables   []releasedView
	Others   []outputView
	ByHand   []handView
	Cautions []sentence
	About    []aboutView
	Together []aboutView
	Request  []basisFact // none on a public page
}

// handView is a decision of a person about an output.
type handView struct {
	Output string
	sentence
}

type releasedView struct {
	ID, Name    string
	Certificate string
	Attacker    []string
	Table       *tableView
	Loss        *lossView // nil on a public page
	Figures     []figure
	Hidden      *listView // nil for none
	HiddenAll   int
	Notes       []string
	Basis       []basisFact // on a public page who is a respondent, and no more
	NotChecked  []sentence
}

type lossView struct {
	Cells, Primary, Secondary int
	Share                     string
}

// newReleaseView makes a view only from the data that leave.
func newReleaseView(p *Protection, opts *HTMLOptions) *protectionView {
	d := dictionary(opts.Lang)
	v := &protectionView{
		page: page{
			Lang: opts.Lang, Public: true, Title: d.t("Protected tables"), Badge: d.verdict(p.Verdict),
			Notice: d.t("Public: it holds what is released, and nothing of what is suppressed."), Lead: d.whoseRows(p.Remarks),
		},
		Policy: p.Policy, Whose: d.whose(p.PolicySHA256, p.Public),
	}
	v.About = d.about(PublicRemarks(p.Remarks))
	for _, s := range publicCautions(p.Cautions) {
		v.Cautions = append(v.Cautions, d.tell(s))
	}
	for _, x := range p.SafeBy {
		v.ByHand = append(v.ByHand, handView{x.Output, sentence{d.setByHand(x.By), ""}})
	}
	for i := range p.Tables {
		t := &p.Tables[i]
		x := releasedView{ID: tableID(i), Name: t.Name, Certificate: t.Certificate, Attacker: d.attacker(&t.Attacker)}
		for _, c := range t.Cells {
			if c.Suppressed {
				x.HiddenAll++
			}
		}
		if o := p.output(t.Name); o != nil {
			x.Basis, x.NotChecked = []basisFact{d.unit(&o.Basis)}, d.notChecked(o)
		}
		_, l := newReleased(t, i, true, d)
		x.Table = l.view(opts.Cells)
		x.Table.Name, x.Table.Caption = t.Name, d.releaseCaption(t)
		x.Table.Legend = []badgeView{{"review", suppressedMark, d.t("suppressed")}, {"", "\u00b7", d.t("not published")}}
		v.Tables = append(v.Tables, x)
	}
	return v
}

func newProtectionView(p *Protection, opts *HTMLOptions) (*protectionView, error) {
	d := dictionary(opts.Lang)
	v := &protectionView{
		page: page{
			Lang: opts.Lang, Title: d.t("Protected tables"), Badge: d.verdict(p.Verdict),
			Notice: d.t("CONFIDENTIAL: this page holds suppressed values and must not leave the closed environment."),
			Lead:   d.protected(p), Sources: p.Sources, Files: opts.Files,
		},
		Policy: p.Policy, Whose: d.whose(p.PolicySHA256, p.Differences),
	}
	own, together := apart(p.Remarks)
	v.About, v.Together, v.Request = d.about(own), d.about(together), d.request(p.About)
	for _, x := range p.ByHand {
		v.ByHand = append(v.ByHand, handView{x.Output, d.tell(x.Found)})
	}
	for _, s := range p.Cautions {
		v.Cautions = append(v.Cautions, d.tell(s))
	}
	for i := range p.Others {
		o := &p.Others[i]
		v.Others = append(v.Others, outputView{Name: o.Name, Kind: string(o.Kind), Verdict: o.Verdict})
	}
	for i := range p.Tables {
		x, err := newReleasedView(&p.Tables[i], i, opts, d)
		if err != nil {
			return nil, err
		}
		x.Basis = p.basis(x.Name, d)
		if o := p.output(x.Name); o != nil {
			x.NotChecked = d.notChecked(o)
		}
		v.Tables = append(v.Tables, x)
	}
	return v, nil
}

func newReleasedView(t *ReleasedTable, i int, opts *HTMLOptions, d language) (releasedView, error) {
	x := releasedView{ID: tableID(i), Name: t.Name, Certificate: t.Certificate, Attacker: d.attacker(&t.Attacker)}
	if t.Loss != nil {
		x.Loss = &lossView{t.Loss.Cells, t.Loss.Primary, t.Loss.Secondary, ""}
		switch share := t.Loss.Share; {
		case math.IsNaN(share):
		case share > 0 && share < 0.05:
			x.Loss.Share = "< " + d.float(0.1) + " %"
		default:
			x.Loss.Share = d.float(math.Round(10*share)/10) + " %"
		}
	}
	r, l := newReleased(t, i, false, d)
	x.Table = l.view(opts.Cells)
	x.Table.Name, x.Table.Caption = t.Name, d.releaseCaption(t)
	if x.Table.Flagged {
		x.Table.Hint = d.t("Point at a marked cell, or reach it by Tab and then the arrow keys, to read its value, why it is suppressed, and how closely an attacker can estimate it.")
		x.Table.Legend = []badgeView{
			{"unsafe", mark(sdc.Unsafe), d.t("suppressed by a rule")}, {"review", suppressedMark, d.t("suppressed to protect these")}, {"", "\u00b7", d.t("not published")},
		}
		x.Hidden = r.list(l, opts.Findings)
		x.HiddenAll = len(r.hidden)
		if !t.Attacked {
			x.Notes = append(x.Notes, d.t("The attacker's intervals were not computed for this table: it has too many suppressed cells. Its certificate was verified as always."))
		}
	}
	fig, err := r.intervals()
	if err != nil {
		return x, err
	}
	if fig != nil {
		x.Figures = append(x.Figures, *fig)
	}
	return x, nil
}

// releaseCaption names the statistic of a released table.
func (d language) releaseCaption(t *ReleasedTable) string {
	s := ""
	switch t.Shows {
	case "respondents":
		s = d.t("Each cell shows the number of respondents")
	case "records":
		s = d.t("Each cell shows the number of records")
	case "sum":
		s = d.t("Each cell shows the sum of") + " " + visible(t.Response)
	default:
		return ""
	}
	if t.Weight != "" {
		s += ", " + d.t("weighted with") + " " + visible(t.Weight)
	}
	s += "."
	if t.Means {
		if t.Weight == "" {
			s += " " + d.t("A mean is this sum divided by the number of contributors.")
		} else {
			s += " " + d.t("A mean is this sum divided by the sum of the weights of the contributors.")
		}
	}
	return s
}

// protected describes the protection in one or two sentences.
func (d language) protected(p *Protection) []string {
	cells, hidden := 0, 0
	for _, t := range p.Tables {
		cells += len(t.Cells)
		for _, c := range t.Cells {
			if c.Suppressed {
				hidden++
			}
		}
	}
	out := []string{d.releasedCells(len(p.Tables), cells, hidden)}
	if p.Verdict != sdc.Safe {
		out = append(out, d.t("Suppression does not settle everything: a person must judge what the check left for review, and outputs that are no tables."))
	}
	return append(out, d.whoseRows(p.Remarks)...)
}

// releasedCells says how much is released and how much of that is suppressed.
func (d language) releasedCells(tables, cells, hidden int) string {
	n, k := int64(tables), int64(hidden)
	if d.lang == "nl" {
		return d.many(n, "tabel wordt", "tabellen worden") + " vrijgegeven. Van de " + d.many(int64(cells), "cel", "cellen") + " " +
			verb(k, "is", "zijn") + " er " + d.number(k) + " onderdrukt."
	}
	return d.many(n, "table is", "tables are") + " released. Of " + d.many(int64(cells), "cell", "cells") + ", " + d.number(k) + " " +
		verb(k, "is", "are") + " suppressed."
}

// attacker describes the prior knowledge about hidden values.
func (d language) attacker(a *Attacker) []string {
	out := []string{d.t("knows every published cell, and how cells add up to totals")}
	if a.Whole {
		out = append(out, d.t("knows that values are whole"))
	}
	if a.Least != nil {
		out = append(out, d.t("knows that no hidden value is below")+" "+ratText(a.Least, d))
	} else {
		out = append(out, d.t("reckons with values below zero"))
	}
	return out
}

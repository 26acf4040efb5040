package dossier

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Run holds the results of a check that the proofs of the dossier need.
type Run struct {
	// Policy is the policy in force.
	Policy Policy
	// Sources are the files that were read, with their SHA-256.
	Sources []origin.Source
	Reading
	// Used are the columns that span an output or are sensitive in one.
	Used []string
	// Rules are the rules of the policy that are in force.
	Rules []string
	// Rows and Respondents are the numbers in the data. LeftOut is the number of rows
	// that no output holds. Where LeftOutExact is false, LeftOut is an upper bound.
	Rows, Respondents int64
	LeftOut           int64
	LeftOutExact      bool
	// Identifiers says that a column of the data looks like an identifier.
	Identifiers bool
	// Manifest says that the report has a manifest.
	Manifest bool
	Verdict  sdc.Verdict
}

// Verification is the result of the verification of a release folder. The command
// verifies; package dossier does not.
type Verification struct {
	// Tables is the number of tables that were verified, Cells the number of their
	// published cells, and Hidden the number of their suppressed cells.
	Tables, Cells, Hidden int
	// Problem says why the release does not hold; "" where it does.
	Problem string
	// Open is the number of things that protect left for a reviewer.
	Open int
	// Unlisted says that no manifest lists the points that protect left for a reviewer.
	// These points are then unknown, and Open is 0. Such a release proves no step.
	Unlisted bool
}

// decided reports whether nothing in a release waits for a reviewer.
func (v *Verification) decided() bool { return v.Open == 0 && !v.Unlisted }

// Missing lists the steps up to 18 that are not settled, as far as known without a run,
// by number and key: "8, controller".
func (d *Dossier) Missing() []string { return open(d.Steps(nil, nil), lastBefore) }

// Unsettled lists the steps up to 18 of a checklist that are missing.
func Unsettled(list []checklist.Step) []string { return open(list, lastBefore) }

func open(list []checklist.Step, last int) []string {
	out := []string{}
	for _, s := range list {
		if s.Step <= last && !settled(s.State) {
			out = append(out, fmt.Sprintf("%d, %s", s.Step, s.Key))
		}
	}
	return out
}

// Contradicted lists the steps that the dossier settles and that the data contradict, as
// "5, minimisation: " and the reason. The dossier or the data must be wrong.
func (d *Dossier) Contradicted(run *Run) []string {
	var out []string
	for _, s := range d.contradicted(run) {
		out = append(out, s.Text)
	}
	return out
}

// contradicted is Contradicted in both languages.
func (d *Dossier) contradicted(run *Run) []words.Arg {
	var out []words.Arg
	before, after := d.Steps(nil, nil), d.Steps(run, nil)
	for i := range after {
		if s := &after[i]; settled(before[i].State) && !settled(s.State) {
			step := fmt.Sprintf("%d, %s: ", s.Step, s.Key)
			out = append(out, words.TextIn(step+s.Why, step+s.Dutch.Why))
		}
	}
	return out
}

// Compare puts the checklist of a run into its report. A contradiction with the dossier
// makes every output unsafe.
func (d *Dossier) Compare(r *sdc.Report, x Reading) {
	run := d.run(r, x)
	if wrong := d.contradicted(run); len(wrong) > 0 {
		r.Refuse("dossier", words.New(words.DossierContradicted, wrong...))
		run.Verdict = r.Verdict
	}
	r.Dossier = d.Steps(run, nil)
}

// Verified returns the checklist after a release: the steps 11, 16 and 20 include the
// results of the verification.
func (d *Dossier) Verified(r *sdc.Report, x Reading, release *Verification) []checklist.Step {
	return d.Steps(d.run(r, x), release)
}

func (d *Dossier) run(r *sdc.Report, x Reading) *Run {
	run := &Run{
		Policy: Policy{Name: r.Policy.Name}, Sources: r.Data.Sources, Reading: x, Rows: r.Data.Rows, Respondents: r.Data.Respondents,
		Manifest: r.Manifest != nil, Verdict: r.Verdict,
	}
	if r.Policy.File != nil {
		run.Policy.SHA256 = r.Policy.File.SHA256
	}
	for _, rule := range r.Policy.Rules {
		if !rule.Off {
			run.Rules = append(run.Rules, rule.Rule)
		}
	}
	for i, o := range r.Outputs {
		run.Used = append(append(run.Used, o.Basis.By...), o.Basis.Sensitive...)
		if i == 0 || o.Excluded < run.LeftOut {
			run.LeftOut = o.Excluded
		}
	}
	run.LeftOutExact = len(r.Outputs) == 1
	slices.Sort(run.Used)
	run.Used = slices.Compact(run.Used)
	for _, x := range r.Data.Remarks {
		run.Identifiers = run.Identifiers || x.Name == "not-pseudonymised"
	}
	return run
}

// source is a file that was read, by its name; nil where it was not.
func (r *Run) source(name string) *origin.Source {
	i := slices.IndexFunc(r.Sources, func(s origin.Source) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Sources[i]
}

// size is the hint of step 1: the rows and respondents of the data and of each period.
func (r *Run) size(period string) text {
	if r == nil {
		return text{}
	}
	t := say("%d rows of %d respondents were read", "%d rijen van %d respondenten zijn gelezen", r.Rows, r.Respondents)
	switch {
	case period == "":
		return t.and(say("period names no column, so nothing is known of how often it recurs", "period noemt geen kolom, dus hoe vaak het terugkomt is niet bekend"))
	case len(r.Periods) == 0:
		return t.and(say("no periods were counted: %s is no column of these data", "er zijn geen perioden geteld: %s is geen kolom van deze gegevens", period))
	}
	list := slices.Clone(r.Periods)
	if len(list) > mostPeriods {
		t = t.and(say("%d periods, of which the smallest are", "%d perioden, waarvan de kleinste zijn", len(list)))
		slices.SortStableFunc(list, func(a, b Period) int { return cmp.Compare(a.Respondents, b.Respondents) })
		list = list[:mostPeriods]
	}
	for _, p := range list {
		t = t.and(say("%s %s: %d rows of %d respondents", "%s %s: %d rijen van %d respondenten", period, p.Code, p.Rows, p.Respondents))
	}
	return t
}

// mostPeriods is how many periods step 1 shows.
const mostPeriods = 12

// methods is the text of step 15 about the methods that were used.
func (r *Run) methods() text {
	t := text{"sources of the methods of sluis are in docs/rules.md, docs/protection.md and docs/risk.md", "bronnen van de methoden van sluis staan in docs/rules.md, docs/protection.md en docs/risk.md"}
	if r == nil || len(r.Rules) == 0 {
		return t
	}
	return say("rules in force: %s", "regels die aanstaan: %s", strings.Join(r.Rules, ", ")).and(t)
}

// loss is the text of step 16 about a release: how much is suppressed.
func (v *Verification) loss() text {
	if v == nil || v.Problem != "" || v.Cells+v.Hidden == 0 {
		return text{}
	}
	return say("%d of %d cells of the release are suppressed", "%d van de %d cellen van de publicatie zijn onderdrukt", v.Hidden, v.Cells+v.Hidden)
}

// undecided lists the points that protect left for a reviewer, or says that they are not
// known.
func (v *Verification) undecided() text {
	if v.Unlisted {
		return say("%d released tables were verified; what protect left for a reviewer is not known, because no manifest of the release lists it: run sluis protect again, and verify the new release",
			"%d gepubliceerde tabellen zijn geverifieerd; wat protect aan een beoordelaar heeft overgelaten is niet bekend, want geen manifest van de publicatie noemt het: draai sluis protect opnieuw, en verifieer de nieuwe publicatie", v.Tables)
	}
	return say("%d released tables were verified, and a reviewer must decide about %d remarks of protect",
		"%d gepubliceerde tabellen zijn geverifieerd, en een beoordelaar moet beslissen over %d opmerkingen van protect", v.Tables, v.Open)
}

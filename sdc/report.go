package sdc

import (
	"iter"
	"slices"

	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/declared"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Report is the result of a check: the verdict, and for every output the findings and the
// points that were not checked. A report is confidential, because it holds small counts.
//
//	Notice   a sentence that the report must stay inside
//	Schema   the form of the JSON
//	Verdict  the worst of the outputs and of the remarks on the data
//	Policy   the rules with their thresholds, and what differs from a shipped policy
//	Data     the rows, respondents and files, with remarks
//	Outputs  the verdicts, in the order of the request
type Report struct {
	Notice  string  `json:"confidential"`
	Schema  string  `json:"schema"`
	Verdict Verdict `json:"verdict"`
	// About describes the request; nil without a description.
	About   *origin.About  `json:"about,omitempty"`
	Policy  basis.Policy   `json:"policy"`
	Data    DataReport     `json:"data"`
	Outputs []OutputReport `json:"outputs"`
	// Dossier is the checklist of the project's dossier, where there is one.
	Dossier []checklist.Step `json:"dossier,omitempty"`
	// Manifest lists the tool and the inputs of the report; the caller fills it in.
	Manifest *origin.Manifest `json:"manifest,omitempty"`

	// Tables holds the evidence behind each output. Not part of the JSON.
	Tables []*Table `json:"-"`

	status  [][]Verdict // output -> cell
	overlap bool
	policy  *Policy // nil in a report that was read from a file
	sole    bool    // made with Options.Sole

	declared declared.Columns
}

// Declared returns what the data of the report were declared to be: see [Data.Declared]. It
// is empty in a report that was read from a file.
func (r *Report) Declared() declared.Columns { return r.declared }

// HasSole reports whether the report was made with Options.Sole.
func (r *Report) HasSole() bool { return r.sole }

// JudgedBy returns a copy of the policy that the report was made with, nil for a report
// that [Check] did not make.
func (r *Report) JudgedBy() *Policy {
	if r.policy == nil {
		return nil
	}
	p := *r.policy
	return &p
}

// Status returns the verdict on one cell of the table of an output: the worst of its
// findings. It is Unsafe for an output that does not exist, and for a cell of another
// table.
func (r *Report) Status(output int, c Cell) Verdict {
	if output < 0 || output >= min(len(r.status), len(r.Tables)) || c.t == nil || c.t != r.Tables[output] {
		return Unsafe
	}
	return r.status[output][c.i]
}

// limit is a threshold of a rule, as basis.Limit.
type limit struct{ Name, Value string }

// DataReport describes the data that were read: the number of rows, of distinct respondents
// (of rows, where no respondent is named), and the files with their hashes where the caller
// names them.
type DataReport struct {
	Rows        int64           `json:"rows"`
	Respondents int64           `json:"respondents"`
	Sources     []origin.Source `json:"sources"`
	// Remarks are ordered by name, column and message.
	Remarks []Remark `json:"remarks,omitempty"`
}

// Unsafe yields every finding with verdict [Unsafe], with its output, in the order of the
// report. A report without such a finding may still be for review.
func (r *Report) Unsafe() iter.Seq2[*OutputReport, *Finding] {
	return func(yield func(*OutputReport, *Finding) bool) {
		for i := range r.Outputs {
			o := &r.Outputs[i]
			for k := range o.Findings {
				if o.Findings[k].Verdict == Unsafe && !yield(o, &o.Findings[k]) {
					return
				}
			}
		}
	}
}

// OutputReport is the verdict on one output, the worst of its findings. Rows is the number of
// rows that the output counts. Excluded is the number of rows that nulls leave out, as
// Data.Missing says.
type OutputReport struct {
	Name    string  `json:"name"`
	Title   string  `json:"title,omitempty"`
	Kind    Kind    `json:"kind"`
	Verdict Verdict `json:"verdict"`
	// Basis lists the facts that the verdict rests on.
	Basis basis.Facts `json:"basis"`
	// Cells is the number of published non-empty cells, or of classes.
	Cells int `json:"cells"`
	// UnsafeCells is how many of them have a finding with verdict unsafe.
	UnsafeCells int   `json:"unsafeCells"`
	Rows        int64 `json:"rows"`
	Excluded    int64 `json:"excludedRows"`
	// Findings are ordered by rule, then by cell in code order.
	Findings []Finding `json:"findings"`
	// NotChecked lists the points that the policy requires and that the check could not
	// look at, because of the kind or the description of the output.
	NotChecked []words.Message `json:"notChecked"`
}

// SetSafe returns the number of cells that a person set safe and a rule does not.
func (o *OutputReport) SetSafe() int {
	seen := map[string]bool{}
	for i := range o.Findings {
		if f := &o.Findings[i]; f.Verdict == Safe && len(f.Cell) > 0 {
			seen[f.Cell.String()] = true
		}
	}
	return len(seen)
}

// SafeBy returns the names of the persons who set cells safe against a rule: each name
// once, in the order of the entries. A name that is not given is "". It returns nil where
// no cell is set safe.
func (o *OutputReport) SafeBy() []string {
	if o.SetSafe() == 0 {
		return nil
	}
	var out []string
	for _, a := range o.Basis.APriori {
		if a.Status == "safe" && !slices.Contains(out, a.By) {
			out = append(out, a.By)
		}
	}
	return out
}

// report describes a policy, and how it differs from the shipped one that it
// extends.
func (p *Policy) report() basis.Policy {
	out := basis.Policy{Name: p.shownName(), SHA256: p.Digest(), File: p.File, Weighting: string(p.Weighting), Differences: p.differences(), Remarks: []words.Message{}, Public: p.PublicDifferences()}
	for _, r := range p.rules() {
		rep := basis.Rule{Rule: r.name(), Off: r.off(), Limits: []basis.Limit{}}
		if !r.off() {
			for _, l := range r.limits() {
				rep.Limits = append(rep.Limits, basis.Limit(l))
			}
		}
		out.Rules = append(out.Rules, rep)
	}
	idle := p.idle()
	if len(idle) > 0 {
		out.Remarks = append(out.Remarks, words.New(words.PolicyIdle, words.Texts(idle)...))
	}
	if !p.MinContributors.Off && !p.NK.Off && p.NK.most() == 1 && (p.PPercent.Off || slices.Contains(idle, p.PPercent.name())) {
		out.Remarks = append(out.Remarks, words.New(words.ThresholdAlone))
	}
	return out
}

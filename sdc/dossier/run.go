package dossier

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// Run is what a check has read and found, as far as the dossier's proofs need it.
type Run struct {
	// Policy is the policy in force.
	Policy Policy
	// Sources are the files that were read, with their SHA-256.
	Sources []sdc.Source
	// Columns are those that were read, and Used those that span an output or are
	// sensitive in one.
	Columns, Used []string
	// Rows and Respondents are those of the data.
	Rows, Respondents int64
	// Identifiers says that a column of the data looks like an identifier.
	Identifiers bool
	// Manifest says that the report names what it was made with.
	Manifest bool
	Verdict  sdc.Verdict
}

// Verification is what the verification of a release folder found. Package dossier
// verifies nothing: the command does.
type Verification struct {
	// Tables is the number of tables that hold.
	Tables int
	// Problem says why the release does not hold; "" where it does.
	Problem string
	// Open is the number of things that protect left for a reviewer.
	Open int
}

// Missing lists the steps up to 18 that are not settled, as far as that is known
// without a run.
func (d *Dossier) Missing() []string { return open(d.Steps(nil, nil), lastBefore) }

// Unsettled lists the steps up to 18 of a checklist that are missing.
func Unsettled(list []sdc.DossierStep) []string { return open(list, lastBefore) }

func open(list []sdc.DossierStep, last int) []string {
	out := []string{}
	for _, s := range list {
		if s.Step <= last && !settled(s.State) {
			out = append(out, fmt.Sprintf("step %d, %s", s.Step, s.Key))
		}
	}
	return out
}

// Contradicted lists the steps that are settled by what the dossier says, and missing
// by what was read: somebody is mistaken.
func (d *Dossier) Contradicted(run *Run) []string {
	var out []string
	before, after := d.Steps(nil, nil), d.Steps(run, nil)
	for i := range after {
		if settled(before[i].State) && !settled(after[i].State) {
			out = append(out, fmt.Sprintf("step %d, %s: %s", after[i].Step, after[i].Key, after[i].Why))
		}
	}
	return out
}

// Compare puts the checklist of a run into its report. What contradicts the dossier
// makes every output unsafe.
func (d *Dossier) Compare(r *sdc.Report, columns []string) {
	run := d.run(r, columns)
	if wrong := d.Contradicted(run); len(wrong) > 0 {
		r.Refuse("dossier", "what was read contradicts the dossier: "+strings.Join(wrong, "; "))
		run.Verdict = r.Verdict
	}
	r.Dossier = d.Steps(run, nil)
}

// Verified is Compare after a release: step 20 has what its verification found.
func (d *Dossier) Verified(r *sdc.Report, columns []string, release *Verification) []sdc.DossierStep {
	return d.Steps(d.run(r, columns), release)
}

func (d *Dossier) run(r *sdc.Report, columns []string) *Run {
	run := &Run{
		Policy: Policy{Name: r.Policy.Name}, Sources: r.Data.Sources, Columns: columns, Rows: r.Data.Rows, Respondents: r.Data.Respondents,
		Manifest: r.Manifest != nil, Verdict: r.Verdict,
	}
	if r.Policy.File != nil {
		run.Policy.SHA256 = r.Policy.File.SHA256
	}
	for _, o := range r.Outputs {
		run.Used = append(append(run.Used, o.Basis.By...), o.Basis.Sensitive...)
	}
	slices.Sort(run.Used)
	run.Used = slices.Compact(run.Used)
	for _, x := range r.Data.Remarks {
		run.Identifiers = run.Identifiers || x.Name == "not-pseudonymised"
	}
	return run
}

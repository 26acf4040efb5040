package sdc

import "strings"

// DossierState says how complete the project's dossier is, for policies that
// require one. Package sdc/dossier reads them.
type DossierState struct {
	// Missing lists what is missing, as "step 8, controller".
	Missing []string
}

// DossierStep is one line of the dossier's checklist in a report.
type DossierStep struct {
	Step    int    `json:"step"`
	Key     string `json:"key"`
	Title   string `json:"title"`
	Article string `json:"article"`
	// State is proven, answered, missing, or "does not apply".
	State string `json:"state"`
	By    string `json:"by,omitempty"`
	// Why says what the state rests on, or what is missing.
	Why string `json:"why,omitempty"`
}

// requireDossier refuses every output where the policy requires a dossier and
// it is absent or incomplete.
func (r *Report) requireDossier(p *Policy, s *DossierState) {
	switch {
	case !p.RequireDossier:
	case s == nil:
		r.Refuse("dossier", "the policy requires a dossier, and there is none")
	case len(s.Missing) > 0:
		r.Refuse("dossier", "the dossier is incomplete: "+strings.Join(s.Missing, "; "))
	}
}

// Refuse makes every output unsafe for a reason outside its cells, which becomes
// a finding about the whole output.
func (r *Report) Refuse(rule, message string) {
	r.Verdict = Unsafe
	for i := range r.Outputs {
		o := &r.Outputs[i]
		o.Verdict = Unsafe
		o.Findings = append(o.Findings, Finding{Rule: rule, Verdict: Unsafe, Observed: 1, Limit: 0, Message: message})
	}
}

package sdc

import (
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// requireDossier refuses every output where the policy requires a dossier and
// it is absent or incomplete.
func (r *Report) requireDossier(p *Policy, s *checklist.State) {
	switch {
	case !p.RequireDossier:
	case s == nil:
		r.Refuse("dossier", words.New(words.NoDossier))
	case len(s.Missing) > 0:
		r.Refuse("dossier", words.New(words.DossierIncomplete, words.Texts(s.Missing)...))
	}
}

// Refuse makes every output unsafe for a reason outside its cells, which becomes
// a finding about the whole output.
func (r *Report) Refuse(rule string, message words.Message) {
	r.Verdict = Unsafe
	for i := range r.Outputs {
		o := &r.Outputs[i]
		o.Verdict = Unsafe
		o.Findings = append(o.Findings, Finding{Rule: rule, Verdict: Unsafe, Observed: 1, Limit: 0, Message: message})
	}
}

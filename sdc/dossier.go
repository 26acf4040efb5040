package sdc

import (
	"github.com/sluis-go/sluis/sdc/report/words"
)

// DossierState says how complete the project's dossier is, for policies that
// require one. Package sdc/dossier reads them.
type DossierState struct {
	// Missing lists the missing items by number and key, as in "8, controller".
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
	// Why gives the facts that the state rests on, or the missing items.
	Why string `json:"why,omitempty"`
	// Answers are the answers of persons: one for every source in the steps 8 and 12, and
	// one for every question in step 21.
	Answers []DossierAnswer `json:"answers,omitempty"`
	// Question is the question to answer. Can says what sluis can prove about the
	// question or add to its answer. Both texts are the same in every dossier.
	Question string `json:"-"`
	Can      string `json:"-"`
	// Dutch is the same in Dutch.
	Dutch DossierDutch `json:"-"`
}

// DossierAnswer is the answer of a person.
type DossierAnswer struct {
	// Of is the source or the question that is answered; "" for the step itself.
	Of string `json:"of,omitempty"`
	// Answer is yes or no, of step 3 alone.
	Answer string `json:"answer,omitempty"`
	Text   string `json:"text"`
	By     string `json:"by,omitempty"`
	Date   string `json:"date,omitempty"`
	// OfDutch is Of in Dutch.
	OfDutch string `json:"-"`
}

// DossierDutch holds the texts of a step in Dutch.
type DossierDutch struct{ Title, Article, Question, Can, Why string }

// requireDossier refuses every output where the policy requires a dossier and
// it is absent or incomplete.
func (r *Report) requireDossier(p *Policy, s *DossierState) {
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

package basis

import (
	"fmt"

	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Policy says which rules were in force.
//
//	Name         that of the policy; a shipped name with other thresholds is "(changed)"
//	File         the policy file with its digest; nil for a policy made in a program
//	Weighting    how weights enter the dominance rules: tau or handbook
//	Rules        all rules, also those that are off, in the order of findings
//	Differences  what is laxer or stricter than in the shipped policy
//	Remarks      thresholds with which a rule can hardly find anything
type Policy struct {
	Name        string          `json:"name"`
	SHA256      string          `json:"sha256"` // see sdc.Policy.Digest
	File        *origin.Source  `json:"file,omitempty"`
	Weighting   string          `json:"weighting"`
	Rules       []Rule          `json:"rules"`
	Differences []Difference    `json:"differences"`
	Remarks     []words.Message `json:"remarks"`
	// Public are the differences that may leave, see sdc.Policy.PublicDifferences. Not
	// part of the JSON.
	Public []Difference `json:"-"`
}

// Rule is one rule, by the name that findings have, with its thresholds. Where the rule is
// off, the thresholds are without effect.
type Rule struct {
	Rule   string  `json:"rule"`
	Off    bool    `json:"off"`
	Limits []Limit `json:"limits"`
}

// Estimates reports whether a threshold of the rule tells how closely a contribution, an
// amount, or a sum of few can be estimated. Such a threshold stays inside. With limit "" it
// reports whether all thresholds of the rule stay inside.
func (r Rule) Estimates(limit string) bool {
	switch r.Rule {
	case "nk", "p-percent", "pq", "request", "closeness":
		return true
	}
	return limit == "interval"
}

// Limit is one threshold of a rule.
type Limit struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Title returns the name of a policy with its digest and the number of rules in which it
// differs from the shipped policy: they distinguish policies of one name.
func (p Policy) Title() string {
	s := p.Name + ", sha256 " + p.SHA256
	if n := len(p.Differences); n > 0 {
		s += fmt.Sprintf(" (differs from the shipped policy: %d)", n)
	}
	return s
}

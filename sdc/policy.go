package sdc

import "fmt"

// Weighting says how sampling weights enter dominance rules. It has no default.
type Weighting string

const (
	// WeightingTau: a contributor of weight w stands for w equal ones. For the n largest
	// there are n slots; contributors in falling order fill min(w, slots left)
	// each. The total is the sum of w times the value. The p% and (p,q) rules take the
	// largest of that population too, each contributor once at least: who knows the sample
	// and the weights estimates the largest by what the others of the population have, and
	// of weight 2 another has as much as the largest. Not defined with holdings.
	WeightingTau Weighting = "tau"
	// WeightingHandbook: the n largest, unweighted, against the weighted total.
	WeightingHandbook Weighting = "handbook"
)

// Policy says what an output must satisfy, one rule a field. Every rule is
// either filled in or switched off in so many words; the zero value is refused.
type Policy struct {
	// Name is printed in the report. Required.
	Name string

	MinContributors     MinContributors
	MinHoldings         MinHoldings
	NK                  NK
	PPercent            PPercent
	PQ                  PQ
	AllEqual            AllEqual
	GroupDisclosure     GroupDisclosure
	GroupRemainder      GroupRemainder
	ZeroCells           ZeroCells
	Closeness           Closeness
	KAnonymity          KAnonymity
	Identifiers         Identifiers
	Endpoints           Endpoints
	MinDegreesOfFreedom MinDegreesOfFreedom
	Request             Request

	// RequireDossier makes every output unsafe while [Data.Dossier] is absent or
	// incomplete. Defaults to false: not every project keeps one.
	RequireDossier bool

	// Weighting applies where the data has weights. Required.
	Weighting Weighting

	// File is the file that the policy was read from, for the report. Defaults to
	// none: it ships with the library or is made by a program.
	File *Source
}

// Validate reports the first thing that is wrong with p. The error wraps
// ErrRequest and names the rule.
func (p *Policy) Validate() error {
	if p.Name == "" {
		return fmt.Errorf("%w: name is empty", ErrRequest)
	}
	for _, r := range p.rules() {
		if r.off() {
			continue
		}
		if err := r.validate(); err != nil {
			return err
		}
	}
	if p.Weighting != WeightingTau && p.Weighting != WeightingHandbook {
		return fmt.Errorf("%w: weighting must be tau or handbook", ErrRequest)
	}
	return nil
}

// rule is one rule of a policy with its thresholds.
type rule interface {
	name() string
	off() bool
	validate() error
	// limits lists the thresholds in force, for the report.
	limits() []limit
}

// rules lists the rules in the order in which findings are reported.
func (p *Policy) rules() []rule {
	return []rule{
		p.MinContributors, p.MinHoldings, p.NK, p.PPercent, p.PQ, p.AllEqual, p.GroupDisclosure, p.GroupRemainder, p.ZeroCells,
		p.Closeness, p.KAnonymity, p.Identifiers, p.Endpoints, p.MinDegreesOfFreedom, p.Request,
	}
}

// top returns how many of the largest contributions the rules look at.
func (p *Policy) top() int {
	n := 2
	if !p.NK.Off {
		n = max(n, p.NK.N)
	}
	if !p.PPercent.Off {
		n = max(n, p.PPercent.coalition()+1)
	}
	return n
}

// CBS returns the policy of Statistics Netherlands for output of microdata
// research, as other projects quote it: at least 10 contributors, no
// contributor above 50 % of a total, no line of a table of which 90 % or more
// share a category, at least 10 degrees of freedom. Where holdings are named a cell needs
// as many of them as contributors, and no value that 90 % or more contribute may be sensitive. The guideline itself is not
// public, hence could not be read; every threshold is a field.
func CBS() Policy {
	return Policy{
		Name:                "cbs",
		MinContributors:     MinContributors{Min: 10, Interval: "20"},
		MinHoldings:         MinHoldings{Min: 10},
		NK:                  NK{N: 1, Percent: "50"},
		PPercent:            PPercent{Off: true},
		PQ:                  PQ{Off: true},
		AllEqual:            AllEqual{Percent: "90"},
		GroupDisclosure:     GroupDisclosure{Percent: "90"},
		GroupRemainder:      GroupRemainder{Off: true},
		ZeroCells:           ZeroCells{},
		Closeness:           Closeness{Percent: "5", Share: "90"},
		KAnonymity:          KAnonymity{K: 10},
		Identifiers:         Identifiers{Names: identifierNames(), UniqueShare: "95"},
		Endpoints:           Endpoints{},
		MinDegreesOfFreedom: MinDegreesOfFreedom{Min: 10},
		Request:             Request{Off: true},
		Weighting:           WeightingTau,
	}
}

// ESSNet returns the rules of thumb of the ESSNet/DwB guidelines for the
// checking of output based on microdata research (Brandt et al. 2010, section
// 2.2): ten units behind a cell, no contributor above 50 % of its total, no
// category with 90 % or more of a row or column, ten degrees of freedom. They
// agree with [CBS] in their numbers and differ in what a person must see: the
// p% rule is on beside the threshold, which alone ignores what the second
// largest contributor can work out of the first.
func ESSNet() Policy {
	p := CBS()
	p.Name = "essnet"
	p.PPercent = PPercent{P: "10"}
	p.Identifiers.Names = []string{}
	return p
}

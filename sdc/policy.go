package sdc

import (
	"fmt"

	"github.com/sluis-go/sluis/sdc/origin"
)

// Weighting says how sampling weights enter dominance rules. It has no default.
type Weighting string

const (
	// WeightingTau: a contributor of weight w stands for w equal contributors.
	//
	//   - The n largest are n slots. Contributors in falling order fill min(w, slots
	//     left) slots each.
	//   - The total is the sum of w times the value.
	//   - The p% and (p,q) rules take the largest of the same population, each
	//     contributor at least once. An attacker who knows the sample and the weights
	//     knows that a largest contributor of weight 2 stands for two equal contributors.
	//   - Not defined with holdings.
	WeightingTau Weighting = "tau"
	// WeightingHandbook: the n largest, unweighted, against the weighted total.
	WeightingHandbook Weighting = "handbook"
)

// Policy holds the rules that an output must satisfy, one rule a field. Every rule must
// either have its thresholds or be switched off with Off. Check refuses the zero value.
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
	QuantileTail        QuantileTail
	MinDegreesOfFreedom MinDegreesOfFreedom
	Request             Request

	// RequireDossier makes every output unsafe while [Data.Dossier] is absent or
	// incomplete. Defaults to false: not every project keeps one.
	RequireDossier bool

	// Weighting applies where the data has weights. Required.
	Weighting Weighting

	// Attacker is what the protection of tables reckons with. Defaults to everything.
	Attacker Attacker `json:",omitzero"`
	// Rounding is what rounded counts may tell. Defaults to nothing below the minimum.
	Rounding Rounding `json:",omitzero"`

	// File is the file that the policy was read from, for the report. Defaults to none:
	// the policy ships with the library, or a program makes it.
	File *origin.Source
}

// Validate reports the first fault of p. The error wraps ErrRequest and names the rule.
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
	if b := p.Rounding.Base; b != 0 && (b < 2 || b > 1<<30) {
		return fmt.Errorf("%w: the base of rounding must be from 2 to 2^30", ErrRequest)
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
		p.Closeness, p.KAnonymity, p.Identifiers, p.Endpoints, p.QuantileTail, p.MinDegreesOfFreedom, p.Request,
	}
}

// top returns how many of the largest contributions the rules look at.
func (p *Policy) top() int {
	n := 2
	if !p.NK.Off {
		n = max(n, p.NK.most())
	}
	if !p.PPercent.Off {
		n = max(n, p.PPercent.most()+1)
	}
	return n
}

// CBS returns the policy of Statistics Netherlands for output of microdata research, as
// other projects quote it:
//
//   - at least 10 contributors to a cell, and as many holdings where holdings are named;
//   - no contributor above 50 % of a total;
//   - no line of a table in which 90 % or more share a category;
//   - no sensitive value that 90 % or more contribute;
//   - at least 10 contributors on either side of a median or percentile;
//   - at least 10 degrees of freedom.
//
// The guideline itself is not public, and could not be read. Every threshold is a field.
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
		QuantileTail:        QuantileTail{Tail: 10},
		MinDegreesOfFreedom: MinDegreesOfFreedom{Min: 10},
		Request:             Request{Off: true},
		Weighting:           WeightingTau,
	}
}

// ESSNet returns the rules of thumb of the ESSNet/DwB guidelines for the checking of
// output based on microdata research (Brandt et al. 2010, section 2.2):
//
//   - ten units in a cell;
//   - no contributor above 50 % of a total;
//   - no category with 90 % or more of a row or column;
//   - ten degrees of freedom.
//
// The numbers are those of [CBS]. The p% rule is on: the threshold alone ignores that the
// second largest contributor can estimate the largest. Identifiers.Names is empty.
func ESSNet() Policy {
	p := CBS()
	p.Name = "essnet"
	p.PPercent = PPercent{P: "10"}
	p.Identifiers.Names = []string{}
	return p
}

// Package measure runs the measures of package riskmetrics on a table and makes the report of
// risk: package riskmetrics has one function a measure, and this package calls all that a
// report names, with the limits that are asked for.
//
//	result, err := measure.Make(ctx, table, measure.Options{Keys: []string{"region", "sex"}, K: 3})
//	...
//	err = result.Report.WriteJSON(w)
//
// docs/risk.md defines every figure.
package measure

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Options say what is measured, and which limits are judged. Keys is required; the other
// zero values are ready to use.
type Options struct {
	// Keys are the key variables, and Sensitive those of which something may be learnt.
	Keys, Sensitive []string
	// Weight is the column of sampling weights, Respondent the column that says whose
	// record it is, and Household that of households. Defaults to none.
	Weight, Respondent, Household string
	// Missing says how nulls in keys match, and SensitiveMissing what null sensitive values
	// are. Defaults to refusing both.
	Missing, SensitiveMissing riskmetrics.Missing
	// Suppressed says that the nulls in keys were written by local suppression, with a
	// record that reaches what is asked. Missing must be wildcard then.
	Suppressed bool
	// Population is the whole population, with the same keys: for k-map and the risks of a
	// journalist. Defaults to none.
	Population arrow.Table

	// Original is the data before they were protected, with the same keys: for links and
	// intervals, see package against. OriginalID is the column that says which record of one
	// file is which of the other; none for records in the same place. Numbers are variables
	// with a distance that an attacker knows besides the keys; a key may be one. Nearest is
	// for how many nearest records links are counted, and Part how wide intervals are.
	// Default to none, to 5 and to 1/20.
	Original   arrow.Table
	OriginalID string
	Numbers    []string
	Nearest    int
	Part       *big.Rat

	// Limits. K: fewer records (respondents, where these are named) than K in a class are
	// unsafe. L: fewer distinct sensitive values. Combinations: every combination of at
	// most so many keys, each in fewer records than MinCount being unsafe. Defaults to no
	// limit; MinCount to 3.
	K, L, Combinations int
	MinCount           int64
	// Limits of attribute disclosure, nil for none: see docs/risk.md.
	C, Alpha, T, Beta, Delta *big.Rat

	// Model is the model of individual risk.
	Model riskmetrics.RiskModel
	// Distance is that of t-closeness. Trees has the hierarchies of sensitive variables, from
	// a value to the node above it: see [ReadTree]. Orders has the values of sensitive
	// variables of text from least to largest, for the ordered distance.
	Distance riskmetrics.Distance
	Trees    map[string]map[string]string
	Orders   map[string][]string
	// RecursiveL is the l of recursive (c,l)-diversity. Defaults to 2.
	RecursiveL int
	// LogBase is the base of the logarithm of delta-disclosure. Defaults to e.
	LogBase riskmetrics.Base
	// AtRisk is the risk above which a record counts as one at risk. Defaults to 0.2.
	AtRisk float64

	// NoSUDA leaves out minimal sample uniques. SUDASize is the largest that is looked for,
	// 0 for all keys; Score is how they are scored.
	NoSUDA   bool
	SUDASize int
	Score    riskmetrics.SUDAScore
	// DISFraction is the sampling fraction of the intrusion of DIS-SUDA. Defaults to 0.01.
	DISFraction float64
	// Fraction is the sampling fraction by which the population's uniques are estimated.
	// Defaults to no estimate.
	Fraction float64

	// KeySets measures how every set of at most so many keys tells records apart. Defaults to
	// none.
	KeySets int
	// Worst is how many of the smallest classes are listed.
	Worst int
	// Threads is the number of threads. Defaults to all cores.
	Threads int
}

// OrderError says that the ordered distance was asked for a text, which has no order but
// that of its letters. It is a riskmetrics.ErrRequest.
type OrderError struct{ Variable string }

// Error implements error.
func (e *OrderError) Error() string {
	return fmt.Sprintf("%v: the ordered distance of %q is over text, which has no order but that of its letters: declare its order, or code the values as numbers", riskmetrics.ErrRequest, e.Variable)
}

// Unwrap returns riskmetrics.ErrRequest.
func (e *OrderError) Unwrap() error { return riskmetrics.ErrRequest }

// settle fills in the defaults, and refuses options that are out of their range or do not go
// together.
func (o *Options) settle() error {
	if o.MinCount == 0 {
		o.MinCount = 3
	}
	if o.RecursiveL == 0 {
		o.RecursiveL = 2
	}
	if o.AtRisk == 0 {
		o.AtRisk = 0.2
	}
	if o.Nearest == 0 {
		o.Nearest = 5
	}
	if o.Part == nil {
		o.Part = big.NewRat(1, 20)
	}
	if o.DISFraction == 0 {
		o.DISFraction = 0.01
	}
	for _, x := range []struct {
		bad bool
		why string
	}{
		{len(o.Keys) == 0 || slices.Contains(o.Keys, ""), "Keys is empty, or holds an empty name"},
		{o.K < 0 || o.L < 0 || o.Combinations < 0 || o.MinCount < 1 || o.Worst < 0 || o.KeySets < 0, "a limit is below its least value"},
		{o.SUDASize < 0 || o.SUDASize > len(o.Keys), "SUDASize is more than the keys that there are"},
		{!(o.AtRisk > 0 && o.AtRisk <= 1), "AtRisk is in (0,1]"},
		{!(o.DISFraction > 0 && o.DISFraction < 1), "DISFraction is in (0,1)"},
		{!(o.Fraction >= 0 && o.Fraction < 1), "Fraction is in (0,1), or 0 for no estimate"},
		{o.limitsSensitive() && len(o.Sensitive) == 0, "a limit on sensitive variables needs Sensitive"},
		{o.Original == nil && (o.OriginalID != "" || len(o.Numbers) > 0), "OriginalID and Numbers need Original"},
		{o.Original != nil && o.Respondent != "", "links between two files are counted in records, and the original data do not go with Respondent"},
		{o.Nearest < 0 || o.Part.Sign() < 0, "Nearest or Part is below 0"},
		{o.Suppressed && o.Missing.String() != "wildcard", "Suppressed needs Missing to be wildcard"},
	} {
		if x.bad {
			return fmt.Errorf("%w: %s", riskmetrics.ErrRequest, x.why)
		}
	}
	for i, name := range o.Sensitive {
		if slices.Contains(o.Sensitive[:i], name) || slices.Contains(o.Keys, name) {
			return fmt.Errorf("%w: the sensitive variable %q comes twice or is a key", riskmetrics.ErrRequest, name)
		}
	}
	for name := range o.Trees {
		if !slices.Contains(o.Sensitive, name) {
			return fmt.Errorf("%w: Trees names %q, which is not sensitive", riskmetrics.ErrRequest, name)
		}
	}
	for name := range o.Orders {
		if !slices.Contains(o.Sensitive, name) {
			return fmt.Errorf("%w: Orders names %q, which is not sensitive", riskmetrics.ErrRequest, name)
		}
	}
	return nil
}

// Covered says why a record of local suppression does not reach what the limits ask, "" where it
// does.
func (o *Options) Covered(s *localrecord.Record) string {
	size, k, least := len(o.Keys), int64(o.K), cmp.Or(o.MinCount, 3)
	if o.K == 0 && o.Combinations > 0 {
		size, k = min(size, o.Combinations), least
	} else if o.Combinations > 0 {
		k = max(k, least)
	}
	return s.Covers(o.Keys, size, o.Respondent, k)
}

// Columns lists the columns that are read, each once.
func (o *Options) Columns() []string {
	var out []string
	for _, name := range slices.Concat(o.Keys, o.Sensitive, []string{o.Weight, o.Respondent, o.Household, o.OriginalID}, o.Numbers) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// limitsSensitive reports whether there is a limit on sensitive variables.
func (o *Options) limitsSensitive() bool {
	return o.L > 0 || o.C != nil || o.Alpha != nil || o.T != nil || o.Beta != nil || o.Delta != nil
}

// least is L as a limit; nil for none.
func (o *Options) least() *big.Rat {
	if o.L == 0 {
		return nil
	}
	return whole(o.L)
}

// distanceFacts name the distances in reports.
var distanceFacts = map[riskmetrics.Distance]words.ID{
	riskmetrics.Equal: words.FigureEqual, riskmetrics.Ordered: words.FigureOrdered, riskmetrics.Range: words.FigureRange,
}

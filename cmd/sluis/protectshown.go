package main

import (
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/suppress"
)

// shown is what the values of a released table are.
type shown struct {
	Kind             string // "respondents", "records" or "sum"
	Response, Weight string
	Means            bool // the spec asks for means
	Counted          bool // the spec has a table of counts of the same variables
}

// shownOf says so of an output.
func shownOf(r *sdc.Report, k int, count suppress.Count) shown {
	o := &r.Outputs[k]
	s := shown{Kind: "respondents", Weight: o.Basis.Weight}
	if o.Basis.Respondent == "" {
		s.Kind = "records"
	}
	switch {
	case o.Kind == sdc.Magnitude:
		s.Kind, s.Response = "sum", o.Basis.Response
		s.Means = slices.Contains(o.Basis.Statistics, "mean")
	case count == suppress.CountRecords || o.Basis.Weight != "":
		s.Kind = "records" // weights are summed over records
	}
	by := slices.Sorted(slices.Values(o.Basis.By))
	for _, x := range r.Outputs {
		s.Counted = s.Counted || x.Kind == sdc.Frequency && slices.Equal(by, slices.Sorted(slices.Values(x.Basis.By)))
	}
	return s
}

// divisor is what a sum is divided by for its mean.
func (s shown) divisor() string {
	if s.Weight != "" {
		return "sum of the weights of the contributors"
	}
	return "number of contributors"
}

// counts says where the numbers of contributors are.
func (s shown) counts() string {
	if s.Counted {
		return ": see the table of counts"
	}
	return ", which the spec does not ask for: add a frequency table of the same variables"
}

// String says it in the manifest.
func (s shown) String() string {
	text := "number of " + s.Kind
	if s.Kind == "sum" {
		text = "sum of " + s.Response
	}
	if s.Weight != "" {
		text += ", weighted with " + s.Weight
	}
	if s.Means {
		text += "; mean = this sum divided by the " + s.divisor()
	}
	return text
}

package suppress

import (
	"slices"

	"github.com/sluis-go/sluis/sdc"
)

// Shows is the statistic of the values of a released table.
type Shows struct {
	Kind             string // "respondents", "records" or "sum"
	Response, Weight string // columns; "" for none
	// Means says that the output asks for means: each is the sum divided by Divisor.
	Means bool
	// Counted says that the report has a table of counts of the same variables.
	Counted bool
}

// showsOf says so of an output.
func showsOf(r *sdc.Report, k int, count Count) Shows {
	o := &r.Outputs[k]
	s := Shows{Kind: "respondents", Weight: o.Basis.Weight}
	if o.Basis.Respondent == "" && !o.Basis.Cells {
		s.Kind = "records"
	}
	switch {
	case o.Kind == sdc.Magnitude:
		s.Kind, s.Response = "sum", o.Basis.Response
		s.Means = slices.Contains(o.Basis.Statistics, "mean")
	case count == CountRecords || o.Basis.Weight != "":
		s.Kind = "records" // weights are summed over records
	}
	by := slices.Sorted(slices.Values(o.Basis.By))
	for _, x := range r.Outputs {
		s.Counted = s.Counted || x.Kind == sdc.Frequency && slices.Equal(by, slices.Sorted(slices.Values(x.Basis.By)))
	}
	return s
}

// Divisor names the number that a sum is divided by for its mean.
func (s Shows) Divisor() string {
	if s.Weight != "" {
		return "sum of the weights of the contributors"
	}
	return "number of contributors"
}

// String names the values, as the manifest does.
func (s Shows) String() string {
	text := "number of " + s.Kind
	if s.Kind == "sum" {
		text = "sum of " + s.Response
	}
	if s.Weight != "" {
		text += ", weighted with " + s.Weight
	}
	if s.Means {
		text += "; mean = this sum divided by the " + s.Divisor()
	}
	return text
}

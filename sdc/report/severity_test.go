package report_test

import (
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
)

// TestSeverity: for each rule the finding that is further beyond the limit comes first. A new
// rule fails here until its author has decided which side of the limit is worse.
func TestSeverity(t *testing.T) {
	less := map[string]bool{ // rule -> a lower number is worse
		"min-contributors": true, "min-holdings": true, "nk": false, "p-percent": true, "pq": true, "all-equal": false,
		"group-disclosure": false, "group-remainder": true, "zero-cells": false, "closeness": false, "k-anonymity": true,
		"identifiers": false, "endpoints": false, "min-degrees-of-freedom": true, "request": false, "quantile-tail": true,
	}
	fields, rows := small(1)
	r := checked(t, fields, rows, nil, sdc.CBS(), sdc.Output{Name: "x", Kind: sdc.Frequency, By: []string{"region"}})
	for _, r := range r.Policy.Rules {
		t.Run(r.Rule, func(t *testing.T) {
			want, ok := less[r.Rule]
			if !ok {
				t.Fatal("no row: is a lower or a higher number worse?")
			}
			low, high := sdc.Finding{Rule: r.Rule, Observed: 3, Limit: 10}, sdc.Finding{Rule: r.Rule, Observed: 7, Limit: 10}
			if got := report.Severity(&low) > report.Severity(&high); got != want {
				t.Errorf("3 is worse than 7: %v, want %v", got, want)
			}
		})
	}
}

package sdc_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestLimitsOfRules: the report names every threshold that is in force, of the rule and under
// the name that policy files have, each of another value; of a rule that is off it names none.
func TestLimitsOfRules(t *testing.T) {
	p := sdc.Policy{
		Name:                "mine",
		MinContributors:     sdc.MinContributors{Min: 11, Interval: "12"},
		MinHoldings:         sdc.MinHoldings{Min: 13},
		NK:                  sdc.NK{N: 3, Percent: "14"},
		PPercent:            sdc.PPercent{P: "15", Coalition: 4},
		PQ:                  sdc.PQ{P: "16", Q: "17"},
		AllEqual:            sdc.AllEqual{Percent: "81"},
		GroupDisclosure:     sdc.GroupDisclosure{Percent: "82", Exclusive: true},
		GroupRemainder:      sdc.GroupRemainder{K: 18},
		Closeness:           sdc.Closeness{Percent: "19", Share: "83"},
		KAnonymity:          sdc.KAnonymity{K: 20},
		Identifiers:         sdc.Identifiers{Names: []string{"one", "two"}, UniqueShare: "84"},
		QuantileTail:        sdc.QuantileTail{Tail: 23},
		MinDegreesOfFreedom: sdc.MinDegreesOfFreedom{Min: 21},
		Request:             sdc.Request{Percent: "22"},
		Weighting:           "tau",
	}
	want := map[string]string{
		"min-contributors": "min=11 interval=12", "min-holdings": "min=13", "nk": "n=3 percent=14", "p-percent": "p=15 coalition=4", "pq": "p=16 q=17",
		"all-equal": "percent=81", "group-disclosure": "percent=82 exclusive=true", "group-remainder": "k=18", "closeness": "percent=19 share=83",
		"k-anonymity": "k=20", "identifiers": "names=one two unique-share=84", "min-degrees-of-freedom": "min=21", "request": "percent=22",
		"zero-cells": "", "endpoints": "", "quantile-tail": "tail=23",
	}
	limits := func(p sdc.Policy) map[string]string {
		d := sdc.FromTable(tableOf(t, fields("a", text), row{"a": "x"}))
		got := map[string]string{}
		for _, r := range check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"a"}}).Policy.Rules {
			var s []string
			for _, l := range r.Limits {
				s = append(s, l.Name+"="+l.Value)
			}
			if got[r.Rule] = strings.Join(s, " "); r.Off {
				got[r.Rule] += "off"
			}
		}
		return got
	}
	if diff := cmp.Diff(want, limits(p)); diff != "" {
		t.Error(diff)
	}
	for rule := range want {
		want[rule] = "off"
	}
	if diff := cmp.Diff(want, limits(off())); diff != "" {
		t.Errorf("all off: %s", diff)
	}
	t.Run("defaults", func(t *testing.T) {
		q := off()
		q.PPercent = sdc.PPercent{P: "10"}
		q.MinContributors = sdc.MinContributors{Min: 3}
		got := limits(q)
		if got["p-percent"] != "p=10 coalition=1" || got["min-contributors"] != "min=3" {
			t.Errorf("%v", got)
		}
	})
}

package sdc_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// lookCase is a rule, and an output in which that rule finds something.
type lookCase struct {
	on     func(p *sdc.Policy)
	rows   []row
	output sdc.Output
}

// report is the report of the output under a policy.
func (c lookCase) report(t *testing.T, p sdc.Policy) *sdc.Report {
	t.Helper()
	d := sdc.FromTable(tableOf(t, fields("k", text, "s", text, "who", integer, "own", integer, "v", integer, "asks", boolean), c.rows...))
	d.Roles = sdc.Roles{Respondent: "who", Holding: "own", Request: "asks"}
	r, err := sdc.Check(t.Context(), d, []sdc.Output{c.output}, p, sdc.Options{Threads: 2, Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lookCases has a case for each rule.
func lookCases() map[string]lookCase {
	persons := func(n int) (rows []row) { // n persons in one cell, of which the first has nearly all
		for i := range n {
			x := 1
			if i == 0 {
				x = 1000
			}
			rows = append(rows, row{"k": "a", "s": "x", "who": i, "own": i, "v": x, "asks": i == 0})
		}
		return rows
	}
	equal := persons(3)
	for _, r := range equal {
		r["v"] = 7
	}
	amounts := persons(3)
	for i, r := range amounts {
		r["v"] = 1000 + i
	}
	frequency := sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k", "s"}}
	magnitude := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "v"}
	microdata := sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: []string{"v"}, Amounts: []string{"v"}}
	return map[string]lookCase{
		"min-contributors": {func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, persons(3), frequency},
		"min-holdings":     {func(p *sdc.Policy) { p.MinHoldings = sdc.MinHoldings{Min: 10} }, persons(3), frequency},
		"nk":               {func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "50"} }, persons(3), magnitude},
		"p-percent":        {func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10"} }, persons(3), magnitude},
		"pq":               {func(p *sdc.Policy) { p.PQ = sdc.PQ{P: "10", Q: "50"} }, persons(3), magnitude},
		"all-equal":        {func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: "90"} }, equal, magnitude},
		"group-disclosure": {func(p *sdc.Policy) { p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"} },
			append(persons(30), row{"k": "a", "s": "y", "who": 30, "own": 30, "v": 1}), frequency},
		"group-remainder": {func(p *sdc.Policy) { p.GroupRemainder = sdc.GroupRemainder{K: 1} },
			append(persons(30), row{"k": "a", "s": "y", "who": 30, "own": 30, "v": 1}), frequency},
		"zero-cells": {func(p *sdc.Policy) { p.ZeroCells = sdc.ZeroCells{} },
			append(persons(3), row{"k": "b", "s": "y", "who": 30, "own": 30, "v": 1}), sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k", "s"}, Sensitive: []string{"s"}}},
		"closeness":   {func(p *sdc.Policy) { p.Closeness = sdc.Closeness{Percent: "5", Share: "90"} }, amounts, microdata},
		"k-anonymity": {func(p *sdc.Policy) { p.KAnonymity = sdc.KAnonymity{K: 10} }, persons(3), microdata},
		"identifiers": {func(p *sdc.Policy) { p.Identifiers = sdc.Identifiers{Names: []string{"k"}, UniqueShare: "95"} }, persons(3), frequency},
		"endpoints": {func(p *sdc.Policy) { p.Endpoints = sdc.Endpoints{} }, persons(3),
			sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "v", Statistics: []string{"max"}}},
		"quantile-tail": {func(p *sdc.Policy) { p.QuantileTail = sdc.QuantileTail{Tail: 10} }, persons(3),
			sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "v", Statistics: []string{"median", "p90"}}},
		"min-degrees-of-freedom": {func(p *sdc.Policy) { p.MinDegreesOfFreedom = sdc.MinDegreesOfFreedom{Min: 10} }, persons(12),
			sdc.Output{Name: "o", Kind: sdc.Model, Parameters: 3}},
		"request": {func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "50"} }, persons(3), magnitude},
	}
}

// rulesOf returns the names of the rules of a policy.
func rulesOf(t *testing.T) (names []string) {
	for _, r := range lookCases()["min-contributors"].report(t, sdc.CBS()).Policy.Rules {
		names = append(names, r.Rule)
	}
	return names
}

// TestEveryRuleLooks: for every rule of a policy there is an output in which that rule
// alone finds something, and nothing once it is off. A rule that a check never asks, or that
// has no row here, is noticed.
func TestEveryRuleLooks(t *testing.T) {
	cases, all := lookCases(), rulesOf(t)
	if n := len(all); n != len(cases) {
		t.Errorf("a policy has %d rules, and %d have a row", n, len(cases))
	}
	switches := 0
	for f := range reflect.TypeFor[sdc.Policy]().NumField() {
		if of := reflect.TypeFor[sdc.Policy]().Field(f).Type; of.Kind() == reflect.Struct {
			if _, is := of.FieldByName("Off"); is {
				switches++
			}
		}
	}
	if switches != len(all) {
		t.Errorf("a policy has %d fields of rules, and its report %d rules", switches, len(all))
	}
	for _, rule := range all {
		t.Run(rule, func(t *testing.T) {
			tc, ok := cases[rule]
			if !ok {
				t.Fatal("no row: which output does this rule alone find something in?")
			}
			p := off()
			tc.on(&p)
			found := 0
			for _, f := range tc.report(t, p).Outputs[0].Findings {
				if f.Rule == rule && f.Verdict != sdc.Safe {
					found++
				}
			}
			if found == 0 {
				t.Error("the rule finds nothing")
			}
			for _, f := range tc.report(t, off()).Outputs[0].Findings {
				if f.Rule == rule {
					t.Errorf("the rule is off, and finds %s", f.Message)
				}
			}
		})
	}
}

// TestEveryRuleIsDecided: what each rule is for protection, for weak thresholds and for
// what a public page says. A new rule fails here until its author has decided.
func TestEveryRuleIsDecided(t *testing.T) {
	type decision struct {
		level  bool              // a hidden cell has a protection level (level.go)
		union  bool              // a sum of hidden cells is judged by the rule (union.go)
		inside bool              // all thresholds stay inside (basis/policy.go, Estimates)
		weak   func(*sdc.Policy) // the thresholds with which the rule finds almost nothing (policyname.go, idle); nil: there are none, or they are refused
	}
	decisions := map[string]decision{
		"min-contributors": {union: true},
		"min-holdings":     {union: true},
		"nk":               {level: true, union: true, inside: true, weak: func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "100"} }},
		"p-percent":        {level: true, union: true, inside: true, weak: func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "0.5"} }},
		"pq":               {level: true, union: true, inside: true, weak: func(p *sdc.Policy) { p.PQ = sdc.PQ{P: "10", Q: "10.5"} }},
		"all-equal":        {level: true, union: true},
		"group-disclosure": {weak: func(p *sdc.Policy) { p.GroupDisclosure = sdc.GroupDisclosure{Percent: "100", Exclusive: true} }},
		"group-remainder":  {},
		"zero-cells":       {},
		"closeness":        {inside: true, weak: func(p *sdc.Policy) { p.Closeness = sdc.Closeness{Percent: "0.5", Share: "90"} }},
		"k-anonymity":      {},
		"identifiers": {weak: func(p *sdc.Policy) {
			p.Identifiers = sdc.Identifiers{Names: []string{"k"}, UniqueShare: "100"}
		}},
		"endpoints":              {},
		"quantile-tail":          {}, // protect refuses tables of quantiles
		"min-degrees-of-freedom": {weak: func(p *sdc.Policy) { p.MinDegreesOfFreedom = sdc.MinDegreesOfFreedom{Min: 1} }},
		"request":                {level: true, union: true, inside: true, weak: func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "100"} }},
	}
	for _, rule := range rulesOf(t) {
		t.Run(rule, func(t *testing.T) {
			d, ok := decisions[rule]
			if !ok {
				t.Fatal("no row: decide what the rule is for sums of hidden cells, levels, weak thresholds and public pages")
			}
			if got := (basis.Rule{Rule: rule}).Estimates(""); got != d.inside {
				t.Errorf("its thresholds stay inside: %v, decided %v", got, d.inside)
			}
			tc, p := lookCases()[rule], off()
			tc.on(&p)
			r := tc.report(t, p)
			level, union := false, false
			for _, table := range r.Tables {
				for c := range table.Cells() {
					level = level || c.ProtectionLevel(&p).Sign() > 0
					union = union || c.Contributors() > 0 && p.Union([]sdc.Cell{c, c}, true) != sdc.Safe
				}
			}
			if level != d.level {
				t.Errorf("an unsafe cell has a level: %v, decided %v", level, d.level)
			}
			if union != d.union {
				t.Errorf("two unsafe cells are not safe as a sum: %v, decided %v", union, d.union)
			}
			said := func(p sdc.Policy) bool {
				for _, m := range tc.report(t, p).Outputs[0].NotChecked {
					if m.ID == words.RulesIdle && strings.Contains(m.String(), rule) {
						return true
					}
				}
				return false
			}
			if said(p) {
				t.Error("the thresholds of the case are called weak")
			}
			if d.weak == nil {
				return
			}
			weak := off()
			d.weak(&weak)
			if !said(weak) {
				t.Error("nobody says that the rule finds almost nothing")
			}
		})
	}
}

package sdc_test

import (
	"reflect"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestEveryRuleLooks: for every rule of a policy there is an output in which that rule
// alone finds something, and nothing once it is off. A rule that a check never asks, or that
// has no row here, is noticed.
func TestEveryRuleLooks(t *testing.T) {
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
	cases := map[string]struct {
		on     func(p *sdc.Policy)
		rows   []row
		output sdc.Output
	}{
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
		"min-degrees-of-freedom": {func(p *sdc.Policy) { p.MinDegreesOfFreedom = sdc.MinDegreesOfFreedom{Min: 10} }, persons(12),
			sdc.Output{Name: "o", Kind: sdc.Model, Parameters: 3}},
		"request": {func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "50"} }, persons(3), magnitude},
	}
	judge := func(t *testing.T, rows []row, o sdc.Output, p sdc.Policy) *sdc.Report {
		d := sdc.FromTable(tableOf(t, fields("k", text, "s", text, "who", integer, "own", integer, "v", integer, "asks", boolean), rows...))
		d.Roles = sdc.Roles{Respondent: "who", Holding: "own", Request: "asks"}
		return check(t, d, p, o)
	}
	all := judge(t, persons(3), frequency, sdc.CBS()).Policy.Rules
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
	for _, r := range all {
		t.Run(r.Rule, func(t *testing.T) {
			tc, ok := cases[r.Rule]
			if !ok {
				t.Fatal("no row: which output does this rule alone find something in?")
			}
			p := off()
			tc.on(&p)
			found := 0
			for _, f := range judge(t, tc.rows, tc.output, p).Outputs[0].Findings {
				if f.Rule == r.Rule && f.Verdict != sdc.Safe {
					found++
				}
			}
			if found == 0 {
				t.Error("the rule finds nothing")
			}
			for _, f := range judge(t, tc.rows, tc.output, off()).Outputs[0].Findings {
				if f.Rule == r.Rule {
					t.Errorf("the rule is off, and finds %s", f.Message)
				}
			}
		})
	}
}

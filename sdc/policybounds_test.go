package sdc_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestPolicyBounds: the first value of every limit that is refused, and the last that is not.
func TestPolicyBounds(t *testing.T) {
	for _, tc := range []struct {
		name string
		set  func(*sdc.Policy)
		ok   bool
	}{
		{"all-equal 50.99", func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: "50.99"} }, false},
		{"all-equal 51", func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: "51"} }, true},
		{"all-equal 100", func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: "100"} }, true},
		{"all-equal 100.1", func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: "100.1"} }, false},
		{"min-contributors 1", func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 1} }, false},
		{"min-contributors 2", func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 2} }, true},
		{"interval 100", func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 2, Interval: "100"} }, true},
		{"interval 100.1", func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 2, Interval: "100.1"} }, false},
		{"min-holdings 1", func(p *sdc.Policy) { p.MinHoldings = sdc.MinHoldings{Min: 1} }, false},
		{"min-holdings 2", func(p *sdc.Policy) { p.MinHoldings = sdc.MinHoldings{Min: 2} }, true},
		{"k-anonymity 1", func(p *sdc.Policy) { p.KAnonymity = sdc.KAnonymity{K: 1} }, false},
		{"k-anonymity 2", func(p *sdc.Policy) { p.KAnonymity = sdc.KAnonymity{K: 2} }, true},
		{"degrees of freedom 0", func(p *sdc.Policy) { p.MinDegreesOfFreedom = sdc.MinDegreesOfFreedom{Min: 0} }, false},
		{"degrees of freedom 1", func(p *sdc.Policy) { p.MinDegreesOfFreedom = sdc.MinDegreesOfFreedom{Min: 1} }, true},
		{"nk of 0", func(p *sdc.Policy) { p.NK = sdc.NK{N: 0, Percent: "75"} }, false},
		{"nk of 1", func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "75"} }, true},
		{"nk of 100", func(p *sdc.Policy) { p.NK = sdc.NK{N: 100, Percent: "75"} }, true},
		{"nk of 101", func(p *sdc.Policy) { p.NK = sdc.NK{N: 101, Percent: "75"} }, false},
		{"nk above 100 %", func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "101"} }, false},
		{"nk of two pairs", func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "80", N2: 2, Percent2: "90"} }, true},
		{"nk of two pairs, the second without n", func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "80", Percent2: "90"} }, false},
		{"nk of two pairs, the second without percent", func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "80", N2: 2} }, false},
		{"nk of two pairs, the second of 101", func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "80", N2: 101, Percent2: "90"} }, false},
		{"nk of two pairs of one n", func(p *sdc.Policy) { p.NK = sdc.NK{N: 2, Percent: "80", N2: 2, Percent2: "90"} }, false},
		{"p% of two pairs", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", P2: "5", Coalition2: 2} }, true},
		{"p% of two pairs of one coalition", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", P2: "5", Coalition2: 1} }, false},
		{"p% of two pairs, the second without p", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", Coalition2: 2} }, false},
		{"p% of two pairs, the second coalition 100", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", P2: "5", Coalition2: 100} }, false},
		{"coalition -1", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", Coalition: -1} }, false},
		{"coalition 0", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10"} }, true},
		{"coalition 99", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", Coalition: 99} }, true},
		{"coalition 100", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", Coalition: 100} }, false},
		{"pq of equals", func(p *sdc.Policy) { p.PQ = sdc.PQ{P: "50", Q: "50"} }, false},
		{"pq", func(p *sdc.Policy) { p.PQ = sdc.PQ{P: "49.9", Q: "50"} }, true},
		{"request 0", func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "0"} }, true},
		{"request 100", func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "100"} }, true},
		{"request 100.1", func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "100.1"} }, false},
		{"group-remainder -1", func(p *sdc.Policy) { p.GroupRemainder = sdc.GroupRemainder{K: -1} }, false},
		{"group-remainder 0", func(p *sdc.Policy) { p.GroupRemainder = sdc.GroupRemainder{K: 0} }, true},
		{"closeness", func(p *sdc.Policy) { p.Closeness = sdc.Closeness{Percent: "100", Share: "100"} }, true},
		{"closeness, share above 100", func(p *sdc.Policy) { p.Closeness = sdc.Closeness{Percent: "5", Share: "100.1"} }, false},
		{"identifiers without names", func(p *sdc.Policy) { p.Identifiers = sdc.Identifiers{UniqueShare: "95"} }, false},
		{"identifiers", func(p *sdc.Policy) { p.Identifiers = sdc.Identifiers{Names: []string{}, UniqueShare: "95"} }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := off()
			tc.set(&p)
			if err := p.Validate(); tc.ok != (err == nil) || err != nil && !errors.Is(err, sdc.ErrRequest) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestMinContributorsOfMany: a minimum that has no message made beforehand.
func TestMinContributorsOfMany(t *testing.T) {
	for n, want := range map[int][]string{99: {"min-contributors at k=a: unsafe"}, 100: {}, 63: {"min-contributors at k=a: unsafe"}, 64: {"min-contributors at k=a: unsafe"}} {
		t.Run(fmt.Sprint("n ", n), func(t *testing.T) {
			p := off()
			p.MinContributors = sdc.MinContributors{Min: 100}
			r := check(t, sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer), with(n, 2)...)), p,
				sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"k"}, NoMargins: true})
			if diff := cmp.Diff(want, found(r, 0)); diff != "" {
				t.Errorf("%d: %s", n, diff)
			}
		})
	}
}

// TestAllEqualOfHoldings: the contributions of holdings are equal, and those of their
// respondents are not.
func TestAllEqualOfHoldings(t *testing.T) {
	of := func(values ...int) []row { // two respondents a holding
		var rows []row
		for i, x := range values {
			rows = append(rows, row{"k": "a", "who": i, "owner": i / 2, "x": x})
		}
		return rows
	}
	unsafe := []string{"all-equal at k=a: unsafe"}
	for _, tc := range []struct {
		name string
		rows []row
		want []string
	}{
		{"three of 6", of(1, 5, 2, 4, 3, 3), unsafe},
		{"one of 7", of(1, 5, 2, 4, 3, 4), []string{}},
		{"of opposite signs", of(1, 5, -2, -4), []string{}},
		{"negative", of(-1, -5, -2, -4), unsafe},
		{"nothing each", of(1, -1, 2, -2), unsafe},
		{"one holding", of(1, 5), []string{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "owner", integer, "x", integer), tc.rows...))
			d.Roles.Respondent, d.Roles.Holding = "who", "owner"
			p := off()
			p.AllEqual = sdc.AllEqual{Percent: "90"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
			if diff := cmp.Diff(tc.want, found(r, 0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWidthAboveNothing: a width is a number above 0.
func TestWidthAboveNothing(t *testing.T) {
	for width, ok := range map[string]bool{"0": false, "0.00": false, "0.01": true, "10": true, "2.5": true, "-0.5": false, "x": false, "1e3": false} {
		t.Run(width, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "s", integer), row{"k": "a", "s": 1}, row{"k": "a", "s": 2}))
			p := off()
			p.Closeness = sdc.Closeness{Percent: "5", Share: "90"}
			_, err := sdc.Check(t.Context(), d, []sdc.Output{{
				Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: []string{"s"}, Width: map[string]string{"s": width},
			}}, p, sdc.Options{})
			if ok != (err == nil) || err != nil && !errors.Is(err, sdc.ErrRequest) {
				t.Errorf("width %s: %v", width, err)
			}
		})
	}
}

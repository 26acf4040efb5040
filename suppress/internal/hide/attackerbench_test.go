package hide

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// treeOf is a tree of a number of leaves, five to a code.
func treeOf(b *testing.B, name string, leaves int) (*sdc.Hierarchy, []string) {
	b.Helper()
	var top []sdc.Code
	var codes []string
	for k := range leaves {
		if k%5 == 0 {
			top = append(top, sdc.Code{Label: fmt.Sprintf("%s%d", name, k/5)})
		}
		code := sdc.Code{Label: fmt.Sprintf("%s%d.%d", name, k/5, k%5)}
		codes = append(codes, code.Label)
		top[len(top)-1].Children = append(top[len(top)-1].Children, code)
	}
	h, err := sdc.NewHierarchy(top...)
	if err != nil {
		b.Fatal(err)
	}
	return h, codes
}

// BenchmarkAttacker protects tables of counts with trees, from microdata, against the whole of
// the attacker, with one of the parts unions, shares and occurs off, and with all three off.
func BenchmarkAttacker(b *testing.B) {
	for _, leaves := range [][]int{{15, 18}, {50, 55}, {90, 95}} {
		rng := rand.New(rand.NewPCG(1, uint64(leaves[0])))
		data := &rows{names: []string{"a", "b"}}
		hs := map[string]*sdc.Hierarchy{}
		codes := make([][]string, 2)
		for v, n := range leaves {
			hs[data.names[v]], codes[v] = treeOf(b, data.names[v], n)
		}
		for _, x := range codes[0] {
			for _, y := range codes[1] {
				for n := int(10/(0.05+rng.Float64())) * rng.IntN(3) / 2; n > 0; n-- {
					data.add(0, x, y)
				}
			}
		}
		for _, off := range []string{"none", "unions", "shares", "occurs", "all"} {
			p := onlyRules()
			p.MinContributors = sdc.MinContributors{Min: 10}
			is := func(part string) bool { return off == part || off == "all" }
			p.Attacker.NoUnions, p.Attacker.NoShares, p.Attacker.NoOccurs = is("unions"), is("shares"), is("occurs")
			report := data.check(b, p, hs, sdc.Output{Name: "t", Kind: sdc.Frequency, By: data.names})
			b.Run(fmt.Sprintf("leaves=%dx%d/off=%s", leaves[0], leaves[1], off), func(b *testing.B) {
				for b.Loop() {
					protectOf(b, report)
				}
			})
		}
	}
}

// BenchmarkAttackerAmounts is that for sums of amounts under the p% rule, of respondents with one
// row each.
func BenchmarkAttackerAmounts(b *testing.B) {
	for _, leaves := range [][]int{{15, 18}, {50, 55}} {
		rng := rand.New(rand.NewPCG(2, uint64(leaves[0])))
		data := &rows{names: []string{"a", "b"}}
		hs := map[string]*sdc.Hierarchy{}
		codes := make([][]string, 2)
		for v, n := range leaves {
			hs[data.names[v]], codes[v] = treeOf(b, data.names[v], n)
		}
		for _, x := range codes[0] {
			for _, y := range codes[1] {
				for n := rng.IntN(9) * rng.IntN(2); n > 0; n-- {
					data.add(math.Floor(math.Exp(8*rng.Float64())), x, y)
				}
			}
		}
		for _, off := range []string{"none", "unions"} {
			p := onlyRules()
			p.MinContributors = sdc.MinContributors{Min: 3, Interval: "20"}
			p.PPercent = sdc.PPercent{P: "10"}
			p.Attacker.NoUnions = off == "unions"
			report := data.check(b, p, hs, sdc.Output{Name: "t", Kind: sdc.Magnitude, Response: "x", By: data.names})
			b.Run(fmt.Sprintf("leaves=%dx%d/off=%s", leaves[0], leaves[1], off), func(b *testing.B) {
				for b.Loop() {
					protectOf(b, report)
				}
			})
		}
	}
}

// protectOf protects the table of a report, and reports what that costs.
func protectOf(b *testing.B, report *sdc.Report) {
	b.Helper()
	groups, err := FromReport(report, []int{0}, BuildOptions{})
	if err != nil {
		b.Fatal(err)
	}
	g := groups[0]
	unsafe := make([]bool, len(g.problem.cells))
	for i, c := range g.problem.cells {
		unsafe[i] = c.Status == Primary
	}
	if err := g.Draw([32]byte{1}); err != nil {
		b.Fatal(err)
	}
	pattern, remarks, err := g.Protect(context.Background(), Options{Threads: 2, Rounds: 8, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	var primary, secondary, value float64
	for i, is := range unsafe {
		switch {
		case is:
			primary++
		case pattern.status[i].Hidden():
			secondary, value = secondary+1, value+float64(g.problem.cells[i].Value)
		}
	}
	b.ReportMetric(float64(len(unsafe)), "cells")
	b.ReportMetric(primary, "primary")
	b.ReportMetric(secondary, "secondary")
	b.ReportMetric(value, "value")
	b.ReportMetric(float64(len(remarks)), "remarks")
}

package sdc_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestTwoPairs: with two pairs of thresholds a cell is unsafe when it breaks either, and has
// the finding of the first pair that it breaks.
func TestTwoPairs(t *testing.T) {
	two := sdc.NK{N: 1, Percent: "80", N2: 2, Percent2: "90"}
	for _, tc := range []struct {
		name   string
		set    func(*sdc.Policy)
		values []float64
		want   sdc.Verdict
		limit  float64 // of the finding
	}{
		{"(1,80) (2,90): the first alone", func(p *sdc.Policy) { p.NK = two }, []float64{82, 6, 6, 6}, sdc.Unsafe, 80},
		{"(1,80) (2,90): the second alone", func(p *sdc.Policy) { p.NK = two }, []float64{50, 42, 4, 4}, sdc.Unsafe, 90},
		{"(1,80) (2,90): both", func(p *sdc.Policy) { p.NK = two }, []float64{90, 5, 5}, sdc.Unsafe, 80},
		{"(1,80) (2,90): equality of both is safe", func(p *sdc.Policy) { p.NK = two }, []float64{80, 10, 10}, sdc.Safe, 0},
		{"(1,80) (2,90): a cent above the second", func(p *sdc.Policy) { p.NK = two }, []float64{80, 10.01, 9.99}, sdc.Unsafe, 90},
		{"(2,90) (1,80) finds the same", func(p *sdc.Policy) { p.NK = sdc.NK{N: 2, Percent: "90", N2: 1, Percent2: "80"} }, []float64{82, 6, 6, 6}, sdc.Unsafe, 80},
		{"p 10, and 50 against two", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", P2: "50", Coalition2: 2} }, []float64{100, 50, 30, 20}, sdc.Unsafe, 50},
		{"p 10, and 20 against two: equality", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10", P2: "20", Coalition2: 2} }, []float64{100, 50, 30, 20}, sdc.Safe, 0},
		{"p 60, and 20 against two", func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "60", P2: "20", Coalition2: 2} }, []float64{100, 50, 30, 20}, sdc.Unsafe, 60},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := off()
			tc.set(&p)
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", float), inOneCell(tc.values...)...))
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
			found := r.Outputs[0].Findings
			if r.Verdict != tc.want || (tc.want == sdc.Unsafe) != (len(found) == 1) {
				t.Fatalf("%v with %d findings, want %v", r.Verdict, len(found), tc.want)
			}
			if len(found) == 1 && found[0].Limit != tc.limit {
				t.Errorf("the finding is of the limit %v, want %v", found[0].Limit, tc.limit)
			}
		})
	}
}

// TestTwoPairsAreTwoPolicies: findings, levels and the verdict on sums of cells with two pairs
// are the stricter of those with each pair alone.
func TestTwoPairsAreTwoPolicies(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 90))
	seen := map[string]int{}
	for draw := range 300 {
		var rows []row
		for who := range 3 + r.IntN(12) {
			rows = append(rows, row{"k": string("abc"[r.IntN(3)]), "who": who, "x": 1 + r.IntN(1<<r.IntN(9))})
		}
		data := tableOf(t, fields("k", text, "who", integer, "x", float), rows...)
		with := func(set func(*sdc.Policy)) (*sdc.Report, sdc.Policy) {
			p := off()
			set(&p)
			d := sdc.FromTable(data)
			d.Roles.Respondent = "who"
			out := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"}
			report, err := sdc.Check(t.Context(), d, []sdc.Output{out}, p, sdc.Options{Sole: true})
			if err != nil {
				t.Fatal(err)
			}
			return report, p
		}
		k1, k2 := sdc.Percent(fmt.Sprint(40+r.IntN(60))), sdc.Percent(fmt.Sprint(60+r.IntN(41)))
		sets := []func(*sdc.Policy){
			func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: k1, N2: 2, Percent2: k2} },
			func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: k1} },
			func(p *sdc.Policy) { p.NK = sdc.NK{N: 2, Percent: k2} },
		}
		if draw%2 == 1 {
			sets = []func(*sdc.Policy){
				func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: k1, P2: k2, Coalition2: 3} },
				func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: k1} },
				func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: k2, Coalition: 3} },
			}
		}
		var found [3]map[string]bool
		var levels [3]map[string]*big.Rat
		var sums [3]sdc.Verdict
		for i, set := range sets {
			report, policy := with(set)
			found[i], levels[i] = map[string]bool{}, map[string]*big.Rat{}
			for _, f := range report.Outputs[0].Findings {
				found[i][f.Cell.String()] = true
			}
			var inner []sdc.Cell
			var total sdc.Cell
			for c := range report.Tables[0].Cells() {
				levels[i][c.Coordinates().String()] = c.ProtectionLevel(&policy)
				if c.Inner() {
					inner = append(inner, c)
				} else {
					total = c
				}
			}
			if len(inner) > 2 {
				sums[i] = policy.Together(total, inner[:2], inner[2:])
			}
		}
		for cell, level := range levels[0] {
			either := found[1][cell] || found[2][cell]
			if found[0][cell] != either {
				t.Fatalf("draw %d: a finding with two pairs %v, with either alone %v", draw, found[0][cell], either)
			}
			most := levels[1][cell]
			if x := levels[2][cell]; x.Cmp(most) > 0 {
				most = x
			}
			if level.Cmp(most) != 0 {
				t.Fatalf("draw %d: the level with two pairs is not the larger of the two", draw)
			}
			switch {
			case found[1][cell] && found[2][cell]:
				seen["both"]++
			case found[1][cell]:
				seen["first"]++
			case found[2][cell]:
				seen["second"]++
			}
		}
		if worst := min(sums[1], sums[2]); sums[0] > worst {
			t.Fatalf("draw %d: the sum of two cells is %v with two pairs, and %v with one", draw, sums[0], worst)
		}
	}
	for _, kind := range []string{"first", "second", "both"} {
		if seen[kind] < 20 {
			t.Errorf("only %d cells break %s", seen[kind], kind)
		}
	}
}

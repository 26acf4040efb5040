package hide

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestSumsOfHidden: what is hidden under a published total is a cell that everybody can
// work out.
func TestSumsOfHidden(t *testing.T) {
	add := func(r *rows, code string, values ...float64) {
		for _, x := range values {
			r.add(x, code)
		}
	}
	many := func(n int, x float64) (out []float64) {
		for range n {
			out = append(out, x)
		}
		return out
	}
	// ones has so many codes of 1, of which the last has last, beside one of 30.
	ones := func(n, last int) map[string][]float64 {
		out := map[string][]float64{"Z": many(30, 0)}
		for i := range n {
			out[string(rune('A'+i))] = many(1, 0)
		}
		out[string(rune('A'+n-1))] = many(last, 0)
		return out
	}
	for _, c := range []struct {
		name   string
		kind   sdc.Kind
		cells  map[string][]float64
		rule   func(*sdc.Policy)
		hidden int // inner cells
		open   int
	}{
		// A + B = 7 of at least 10: C is hidden too.
		{"3 and 4", sdc.Frequency, map[string][]float64{"A": many(3, 0), "B": many(4, 0), "C": many(12, 0), "D": many(30, 0)},
			func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, 3, 0},
		{"5 and 5 are 10", sdc.Frequency, map[string][]float64{"A": many(5, 0), "B": many(5, 0), "C": many(12, 0), "D": many(30, 0)},
			func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, 2, 0},
		// The largest of the rest of 100 + 100 + ... has 1000 of 1300 and then of 2500.
		{"a dominant one", sdc.Magnitude, map[string][]float64{"A": {1000, 50, 50, 50}, "B": {30, 30, 30, 30, 30}, "C": many(12, 100), "D": many(30, 100)},
			func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "50"} }, 2, 0},
		// Ten codes of 1 person each are 10 together, which is enough; that each code has
		// somebody makes each 1, so that the code of 30 is hidden too.
		{"ten codes of one", sdc.Frequency, ones(10, 1), func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, 11, 0},
		{"nine of one, one of two", sdc.Frequency, ones(10, 2), func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, 10, 0},
		// Everything is hidden: the sum is the total, which is safe.
		{"nothing else", sdc.Frequency, map[string][]float64{"A": many(3, 0), "B": many(9, 0)},
			func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &rows{names: []string{"a"}}
			for _, code := range slices.Sorted(maps.Keys(c.cells)) {
				add(r, code, c.cells[code]...)
			}
			p := onlyRules()
			c.rule(&p)
			o := sdc.Output{Name: "t", Kind: c.kind, By: []string{"a"}}
			if c.kind == sdc.Magnitude {
				o.Response = "x"
			}
			report := r.check(t, p, nil, o)
			g := build(t, report, p, BuildOptions{})[0]
			pattern, open, err := g.Protect(context.Background(), Options{Threads: 1, Rounds: 4, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			sum, n := int64(0), 0
			for i, cell := range g.problem.cells {
				if i > 0 && pattern.status[i].Hidden() {
					n++
					sum += cell.Value
				}
			}
			if n != c.hidden || len(open) != c.open {
				t.Errorf("%d hidden with %d together, open: %v", n, sum, open)
			}
		})
	}
}

// TestSharesOfLines: no share of a line that a group rule forbids can be worked out from the
// complement: of R five are sick and nobody is healthy.
func TestSharesOfLines(t *testing.T) {
	r := &rows{names: []string{"g", "s"}}
	for code, n := range map[[2]string]int{{"Q", "no"}: 60, {"Q", "yes"}: 50, {"R", "yes"}: 5, {"S", "no"}: 40, {"S", "yes"}: 30} {
		for range n {
			r.add(0, code[0], code[1])
		}
	}
	p := onlyRules()
	p.MinContributors = sdc.MinContributors{Min: 10}
	p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"}
	report := r.check(t, p, nil, sdc.Output{Name: "t", Kind: sdc.Frequency, By: []string{"g", "s"}})
	g := build(t, report, p, BuildOptions{})[0]
	first, err := Protect(context.Background(), g.problem, Options{Threads: 1, Rounds: 8, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	was := len(g.openShares(first))
	pattern, open, err := g.Protect(context.Background(), Options{Threads: 1, Rounds: 8, Seed: 1})
	if err != nil || was == 0 || len(open) > 0 {
		t.Fatalf("%v; at first %d open shares, then %v", err, was, open)
	}
	table := g.list[0]
	var cell, line int
	for k := range table.n {
		switch fmt.Sprint(table.coordinates(k)) {
		case "[R yes]":
			cell = k
		case "[R *]":
			line = k
		}
	}
	least := big.NewRat(1, 1)
	for _, w := range pattern.witnesses {
		n := new(big.Rat).Add(big.NewRat(5, 1), big.NewRat(w.at(table.id[cell]), w.Den))
		of := new(big.Rat).Add(big.NewRat(5, 1), big.NewRat(w.at(table.id[line]), w.Den))
		if of.Sign() > 0 {
			if x := n.Quo(n, of); x.Cmp(least) < 0 {
				least = x
			}
		}
	}
	if least.Cmp(big.NewRat(9, 10)) >= 0 {
		t.Errorf("every possible table has a share of %s or more", least.FloatString(3))
	}
}

package sdc_test

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/sdc"
)

// valuesOf counts the distinct responses in some cells.
func valuesOf(cells map[string]*tally) int {
	all := map[string]bool{}
	for _, c := range cells {
		for x := range c.values {
			all[x] = true
		}
	}
	return len(all)
}

// verdict is the result of the threshold, the share of the largest and the p% rule. values is
// the number of distinct responses in all cells.
func (c *tally) verdict(p *sdc.Policy, magnitude bool, values int) sdc.Verdict {
	n, nonZero := len(c.respondents), len(c.respondents)
	var top []*big.Rat
	total, zero := new(big.Rat), new(big.Rat)
	if magnitude {
		n, nonZero = len(c.byRespondent), 0
		for _, x := range c.byRespondent {
			if x.Sign() != 0 {
				nonZero++
			}
		}
		for _, x := range c.byHolding {
			top = append(top, new(big.Rat).Abs(x))
			total.Add(total, top[len(top)-1])
		}
	}
	top = append(top, zero, zero)
	slices.SortFunc(top, func(a, b *big.Rat) int { return b.Cmp(a) })
	rest := new(big.Rat).Sub(total, top[0])
	rest.Sub(rest, top[1])
	switch {
	case int64(n) < p.MinContributors.Min,
		new(big.Rat).Mul(top[0], big.NewRat(2, 1)).Cmp(total) > 0,                                 // 50 %
		new(big.Rat).Mul(rest, big.NewRat(10, 1)).Cmp(top[0]) < 0 /* 10 % */ && top[0].Sign() > 0: // p%
		return sdc.Unsafe
	case int64(nonZero) < p.MinContributors.Min:
		return sdc.Review
	}
	for _, n := range c.values {
		if magnitude && values == 2 && int64(n) < p.MinContributors.Min {
			return sdc.Review
		}
	}
	return sdc.Safe
}

// TestOddData compares every cell, its verdict and its sole contributor with the oracle,
// for data in every layout that Arrow allows:
//
//   - dictionaries that change from chunk to chunk, with entries that are null, double or
//     unused, and with arbitrary indices and values under nulls;
//   - slices of arrays, and arrays of no rows;
//   - numbers at the edges of the widths that they are summed in.
//
// The layout, the number of threads, the memory and the variants of the kernels must not
// change the result.
func TestOddData(t *testing.T) {
	seeds := uint64(1000)
	if testing.Short() {
		seeds = 100
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { testOdd(t, rand.New(rand.NewPCG(seed, 12))) })
	}
}

func testOdd(t *testing.T, rng *rand.Rand) {
	odd := drawOdd(rng)
	d := odd.arrow(t, rng)
	d.Roles, d.Missing = odd.roles, odd.missing
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "N", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}},
		sdc.Code{Label: "S", Children: []sdc.Code{{Label: "S1", Children: []sdc.Code{{Label: "r2"}}}, {Label: "r3"}}},
		sdc.Code{Label: "r4"})
	if err != nil {
		t.Fatal(err)
	}
	d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree}
	p := off()
	p.Weighting, p.MinContributors = "handbook", sdc.MinContributors{Min: 3}
	p.NK, p.PPercent = sdc.NK{N: 1, Percent: "50"}, sdc.PPercent{P: "10"}
	var outputs []sdc.Output
	for i := range 3 {
		by := slices.Clone(odd.by)
		rng.Shuffle(len(by), func(i, j int) { by[i], by[j] = by[j], by[i] })
		o := sdc.Output{Name: fmt.Sprint(i), Kind: sdc.Frequency, By: by[:1+rng.IntN(len(by))]}
		if rng.IntN(3) > 0 {
			o.Kind, o.Response = sdc.Magnitude, "x"
		}
		if _, rows := odd.counted(o.By); rows > 0 {
			outputs = append(outputs, o)
		}
	}
	if len(outputs) == 0 {
		return
	}
	opts := sdc.Options{Threads: 1 + rng.IntN(4), Memory: []int64{0, 1, 3000}[rng.IntN(3)], Sole: rng.IntN(2) == 0}
	were := group.Vectors(rng.IntN(2) == 0)
	r, err := sdc.Check(context.Background(), d, outputs, p, opts)
	group.Vectors(were)
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]int32{} // of units
	for i, o := range outputs {
		cells, rows := odd.counted(o.By)
		values := valuesOf(cells)
		if got, left := r.Tables[i].Rows(); got != rows || left != int64(len(odd.rows))-rows {
			t.Errorf("%+v: %d rows and %d left out, want %d", o, got, left, rows)
		}
		for c := range r.Tables[i].Cells() {
			key := ""
			for _, k := range c.Coordinates() {
				key += "|" + k.Code
			}
			want := cells[key]
			if delete(cells, key); want == nil {
				t.Errorf("%+v: there is no cell %q", o, key)
				continue
			}
			verdict := want.verdict(&p, o.Kind == sdc.Magnitude, values)
			if o.Kind == sdc.Magnitude && values > 2 && values <= 10 && verdict == sdc.Safe && r.Status(i, c) == sdc.Review {
				continue // a code of several values: see TestCodesRecount
			}
			if odd.roles.Weight == "" && r.Status(i, c) != verdict {
				t.Errorf("%+v: cell %q is %v, want %v", o, key, r.Status(i, c), verdict)
			}
			if got, want := odd.describe(c, &o), odd.text(want, &o); got != want {
				t.Errorf("%+v: cell %q has %s, want %s", o, key, got, want)
			}
			if s, ok := c.Sole(); ok {
				who, owners := want.alone(o.Kind == sdc.Magnitude)
				numbered(t, numbers, who, s.Respondent)
				numbered(t, numbers, owners, s.Holding)
			}
		}
		for key := range cells {
			t.Errorf("%+v: cell %q is missing", o, key)
		}
	}
}

// text prints the same as describe.
func (d *oddData) text(c *tally, o *sdc.Output) string {
	if o.Kind == sdc.Frequency {
		return fmt.Sprint(c.records, len(c.respondents), len(c.holdings))
	}
	same := *c
	if d.roles.Weight == "" {
		same.weights, same.wx = nil, nil
	}
	return same.text()
}

func (d *oddData) describe(c sdc.Cell, o *sdc.Output) string {
	if o.Kind == sdc.Frequency {
		return fmt.Sprint(c.Records(), c.Respondents(), c.Holdings())
	}
	return describe(c)
}

// alone returns the units with rows in a cell; with a response, only of rows with one.
func (c *tally) alone(magnitude bool) (respondents, holdings []string) {
	if magnitude {
		respondents, holdings = slices.Collect(maps.Keys(c.byRespondent)), slices.Collect(maps.Keys(c.byHolding))
	} else {
		respondents, holdings = slices.Collect(maps.Keys(c.respondents)), slices.Collect(maps.Keys(c.holdings))
	}
	for i := range respondents { // as recount names one without a holding
		respondents[i] = "respondent " + respondents[i]
	}
	return respondents, holdings
}

// numbered checks that n is the number of the only one of some units, and 0 where there
// are none or several.
func numbered(t *testing.T, numbers map[string]int32, units []string, n int32) {
	t.Helper()
	if len(units) != 1 {
		if n != 0 {
			t.Errorf("number %d of %d units", n, len(units))
		}
		return
	}
	was, ok := numbers[units[0]]
	for unit, m := range numbers {
		if m == n && unit != units[0] {
			t.Errorf("number %d of two units", n)
		}
	}
	if numbers[units[0]] = n; n == 0 || ok && was != n {
		t.Errorf("number %d of a unit whose number was %d", n, was)
	}
}

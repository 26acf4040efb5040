package riskmetrics_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/sluis-go/sluis/riskmetrics"
)

// long is the number of cases of a test: few, or many where SLUIS_LONG is set.
func long(few, many int) int {
	if os.Getenv("SLUIS_LONG") != "" {
		return many
	}
	return few
}

// TestGlobal compares sums with big rationals and orders with one another.
func TestGlobal(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 200 {
		risk := make([]float64, 1+rng.IntN(300))
		sum := new(big.Rat)
		records := 0
		for i := range risk {
			switch rng.IntN(6) {
			case 0:
				risk[i] = math.NaN()
				continue
			case 1:
				risk[i] = 1
			case 2:
				risk[i] = math.Exp(-30 * rng.Float64())
			default:
				risk[i] = rng.Float64()
			}
			records++
			sum.Add(sum, new(big.Rat).SetFloat64(risk[i]))
		}
		g, err := riskmetrics.Global(risk)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := sum.Float64()
		if !relative(g.Expected, want, 3e-16) || g.Records != records {
			t.Fatalf("%v, want %v", g, want)
		}
		if records > 0 && (g.Rate != g.Expected/float64(records) || g.Most != risk[g.Record] || slices.Index(risk, g.Most) != g.Record) {
			t.Fatalf("%v", g)
		}
		rng.Shuffle(len(risk), func(i, j int) { risk[i], risk[j] = risk[j], risk[i] })
		again, err := riskmetrics.Global(risk)
		if err != nil || again.Expected != g.Expected || again.Rate != g.Rate {
			t.Fatal("the order counts")
		}
	}
	if g, err := riskmetrics.Global(nil); err != nil || g.Record != -1 || g.Rate != 0 {
		t.Error(g, err)
	}
	for _, bad := range []float64{-1e-9, 1.0000001, math.Inf(1)} {
		if _, err := riskmetrics.Global([]float64{bad}); !errors.Is(err, riskmetrics.ErrRequest) {
			t.Error(bad, err)
		}
	}
}

// TestThreshold looks at boundaries first: ties, everything allowed, nothing
// allowed.
func TestThreshold(t *testing.T) {
	for _, tc := range []struct {
		risk  []float64
		rate  float64
		limit float64
		above int
	}{
		{[]float64{.5, .25, .25, .25}, .25, .25, 1},       // ties fit exactly
		{[]float64{.5, .25, .25, .25}, .3125, .5, 0},      // the global risk is the rate
		{[]float64{.5, .25, .25, .25}, .3124, .25, 1},     // just below
		{[]float64{.5, .5, .125, .125}, .3, .125, 2},      // ties fall together
		{[]float64{.5, .5, .125, .125}, .3125, .5, 0},     // ties stand together
		{[]float64{.5, .25, .25, .25}, .2, .2, 4},         // even the smallest is too large
		{[]float64{.5, math.NaN()}, .5, .5, 0},            // left out
		{[]float64{0, 0, 1}, 0, 0, 1},                     // zero stands
		{[]float64{1, 1, 1}, 1, 1, 0},                     //
		{[]float64{.1, .2, .3}, .2, .3, 0},                // the mean of the three as floats is not above .2
		{[]float64{.0625, .125, 1}, .11, .125, 1},         // (.0625+.125+.125)/3 = .104
		{[]float64{.0625, .125, 1}, .1, .0625, 2},         //
		{[]float64{1e-300, 1e-300, 1}, 1e-299, 1e-300, 1}, // below a unit: rounded up, and refused or kept safely
	} {
		t.Run(fmt.Sprint("risk ", tc.risk), func(t *testing.T) {
			got, err := riskmetrics.Threshold(tc.risk, tc.rate)
			if err != nil {
				t.Fatal(err)
			}
			if tc.rate < 1e-200 {
				if got.Limit > tc.rate {
					t.Errorf("%v, want at most %v", got, tc.rate)
				}
				return
			}
			if got.Limit != tc.limit || got.Above != tc.above {
				t.Errorf("%v at %v: %+v, want %v and %d above", tc.risk, tc.rate, got, tc.limit, tc.above)
			}
		})
	}
	for _, bad := range []float64{-1, 1.5, math.NaN()} {
		if _, err := riskmetrics.Threshold([]float64{.5}, bad); !errors.Is(err, riskmetrics.ErrRequest) {
			t.Error(bad, err)
		}
	}
	if _, err := riskmetrics.Threshold(nil, .5); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Error(err)
	}
	if _, err := riskmetrics.Threshold([]float64{2}, .5); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Error(err)
	}
}

// TestThresholdOracle tries every risk in rationals.
func TestThresholdOracle(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	for range 2000 {
		n := 1 + rng.IntN(12)
		risk := make([]float64, n)
		for i := range risk {
			if risk[i] = float64(1+rng.IntN(16)) / 16; rng.IntN(2) == 0 {
				risk[i] = rng.Float64()
			}
		}
		rate := float64(rng.IntN(17)) / 16
		capped := func(limit float64) *big.Rat {
			sum := new(big.Rat)
			for _, r := range risk {
				sum.Add(sum, new(big.Rat).SetFloat64(min(r, limit)))
			}
			return sum
		}
		most := new(big.Rat).Mul(new(big.Rat).SetFloat64(rate), big.NewRat(int64(n), 1))
		want, above := rate, 0
		for _, r := range risk {
			if capped(r).Cmp(most) <= 0 {
				want = max(want, r)
			}
		}
		if capped(slices.Min(risk)).Cmp(most) <= 0 {
			want = 0
			for _, r := range risk {
				if capped(r).Cmp(most) <= 0 {
					want = max(want, r)
				}
			}
		}
		for _, r := range risk {
			if r > want {
				above++
			}
		}
		got, err := riskmetrics.Threshold(risk, rate)
		mean, _ := new(big.Rat).Quo(capped(want), big.NewRat(int64(n), 1)).Float64()
		if err != nil || got.Limit != want || got.Above != above || !near(got.Rate, mean, 1e-15) {
			t.Fatalf("%v at %v: %+v, want %v, %d, %v (%v)", risk, rate, got, want, above, mean, err)
		}
	}
}

// TestThresholdReference is the threshold of sdcMicro on the household survey.
func TestThresholdReference(t *testing.T) {
	var risk []float64
	rows := reference(t, "frequency/freq_testdata_k5.csv")
	at := slices.Index(rows[0], "risk_approx")
	for _, r := range rows[1:] {
		risk = append(risk, parse(t, r[at]))
	}
	got, err := riskmetrics.Threshold(risk, 1e-4)
	if err != nil || got.Limit != 0.00027019724398811136 {
		t.Errorf("%+v (%v)", got, err)
	}
}

// TestHousehold compares with products of rationals, and shuffles.
func TestHousehold(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 100 {
		n := 1 + rng.IntN(40)
		rows := [][]string{{"a", "h"}}
		for range n {
			rows = append(rows, []string{strconv.Itoa(rng.IntN(9)), strconv.Itoa(rng.IntN(8))})
		}
		risk := make([]float64, n)
		for i := range risk {
			if risk[i] = math.Exp(-20 * rng.Float64()); rng.IntN(8) == 0 {
				risk[i] = float64(rng.IntN(2))
			}
		}
		household := func(rows [][]string, risk []float64) []float64 {
			c := classes(t, table(t, rows), riskmetrics.Options{Keys: []string{"a"}, Household: "h"})
			out, err := c.Household(risk)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		got := household(rows, risk)
		for i := range risk {
			safe := big.NewRat(1, 1)
			for j := range risk {
				if rows[j+1][1] == rows[i+1][1] {
					safe.Mul(safe, new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).SetFloat64(risk[j])))
				}
			}
			want, _ := safe.Sub(big.NewRat(1, 1), safe).Float64()
			if !relative(got[i], want, 1e-14) || got[i] < risk[i] || got[i] > 1 {
				t.Fatalf("record %d: %v, want %v", i, got[i], want)
			}
		}
		perm := rng.Perm(n)
		rows2, risk2 := [][]string{rows[0]}, make([]float64, n)
		for to, from := range perm {
			rows2 = append(rows2, rows[from+1])
			risk2[to] = risk[from]
		}
		for to, v := range household(rows2, risk2) {
			if v != got[perm[to]] {
				t.Fatal("the order of the records counts")
			}
		}
	}
	tab := table(t, [][]string{{"a", "h"}, {"x", "1"}, {"", "1"}})
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}, Household: "h", Missing: policy(t, "exclude")})
	risk, err := c.Individual(context.Background(), riskmetrics.Exact)
	if err != nil {
		t.Fatal(err)
	}
	house, err := c.Household(risk)
	if err != nil || house[0] != 1 || !math.IsNaN(house[1]) {
		t.Error(house, err)
	}
	for _, bad := range [][]float64{{.5}, {.5, 2}, {-1, 0}} {
		if _, err := c.Household(bad); !errors.Is(err, riskmetrics.ErrRequest) {
			t.Error(bad, err)
		}
	}
	if _, err := classes(t, tab, riskmetrics.Options{Keys: []string{"h"}}).Household([]float64{1, 1}); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Error(err)
	}
}

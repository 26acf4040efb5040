package riskmetrics_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/riskmetrics"
)

func logLinear(t testing.TB, c *riskmetrics.Classes, o riskmetrics.LogLinearOptions) *riskmetrics.LogLinear {
	t.Helper()
	l, err := c.LogLinear(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestLogLinearReference compares fitted means with R's glm, main effects and all
// two-way interactions, in the cells that have records.
func TestLogLinearReference(t *testing.T) {
	keys := []string{"urbrur", "roof", "walls", "water", "sex"}
	c := classes(t, table(t, reference(t, "input/testdata.csv")), riskmetrics.Options{Keys: keys})
	for file, terms := range map[string][][]int{"loglin_testdata_k5": nil, "loglin_testdata_k5_2way": riskmetrics.Interactions(5, 2)} {
		t.Run(file, func(t *testing.T) {
			l := logLinear(t, c, riskmetrics.LogLinearOptions{Fraction: 0.1, Terms: terms})
			want := map[string]float64{}
			rows := reference(t, "models/"+file+".csv")
			for _, r := range rows[1:] {
				want[strings.Join(r[:5], ",")] = parse(t, r[6])
			}
			if float64(len(rows)-1) != l.Cells {
				t.Errorf("%s: %v cells, want %d", file, l.Cells, len(rows)-1)
			}
			for id := range uint32(c.Len()) {
				w, ok := want[strings.Join(c.Key(id), ",")]
				if got := l.Mean(id); !ok || math.Abs(got-w) > 1e-9 && !relative(got, w, 1e-9) {
					t.Errorf("%s: mean %v, want %v", file, got, w)
				}
			}
			t.Logf("%s: %d rounds, tau1 %.3f, tau2 %.3f, fit %+v %+v", file, l.Iterations, l.Tau1, l.Tau2, l.Fit1, l.Fit2)
		})
	}
}

// population draws a table of Poisson cells with independent keys, and a sample of it. It
// returns the rows of the sample, the sample uniques that are unique in the population,
// and the sum of 1/F over the sample uniques.
func population(rng *rand.Rand, cards []int, size, fraction float64, pair float64) (rows [][]string, tau1, tau2 float64) {
	share := make([][]float64, len(cards))
	rows = [][]string{{}}
	for k, card := range cards {
		rows[0] = append(rows[0], fmt.Sprint("k", k))
		sum := 0.0
		for range card {
			w := 0.2 + rng.Float64()
			share[k] = append(share[k], w)
			sum += w
		}
		for v := range share[k] {
			share[k][v] /= sum
		}
	}
	digit := make([]int, len(cards))
	for {
		mean := size
		key := make([]string, len(cards))
		for k, v := range digit {
			mean *= share[k][v]
			key[k] = strconv.Itoa(v)
		}
		if (digit[0]+digit[1])%2 == 0 {
			mean *= 1 + pair
		} else {
			mean *= 1 - pair
		}
		large, small := 0, 0
		for p := rng.Float64(); p >= math.Exp(-mean); p *= rng.Float64() {
			large++ // Knuth's Poisson
		}
		for range large {
			if rng.Float64() < fraction {
				small++
				rows = append(rows, key)
			}
		}
		if small == 1 {
			tau2 += 1 / float64(large)
			if large == 1 {
				tau1++
			}
		}
		k := len(cards) - 1
		for ; k >= 0; k-- {
			if digit[k]++; digit[k] < cards[k] {
				break
			}
			digit[k] = 0
		}
		if k < 0 {
			return rows, tau1, tau2
		}
	}
}

// TestTauTruth draws populations and samples and compares the taus with the true values:
// the mean of the differences is within four standard errors of zero at each sampling
// fraction. The reference's own populations are not described, so these are drawn here:
// independent keys of 6, 5, 8, 7 and 4 values, and 20,000 people.
func TestTauTruth(t *testing.T) {
	reps := float64(long(12, 200))
	for _, fraction := range []float64{0.02, 0.1, 0.5} {
		rng := rand.New(rand.NewPCG(20, 8))
		var d1, d2, s1, s2, truth1, truth2, z, zz float64
		for range int(reps) {
			rows, tau1, tau2 := population(rng, []int{6, 5, 8, 7, 4}, 20_000, fraction, 0)
			c := classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]})
			l := logLinear(t, c, riskmetrics.LogLinearOptions{Fraction: fraction})
			d1, s1 = d1+l.Tau1-tau1, s1+(l.Tau1-tau1)*(l.Tau1-tau1)
			d2, s2 = d2+l.Tau2-tau2, s2+(l.Tau2-tau2)*(l.Tau2-tau2)
			truth1, truth2 = truth1+tau1, truth2+tau2
			z, zz = z+l.Fit1.Z, zz+l.Fit1.Z*l.Fit1.Z
		}
		error := func(d, s float64) float64 { return math.Sqrt((s/reps - d/reps*d/reps) / (reps - 1)) }
		t.Logf("pi %v: tau1 %.1f off by %.2f (s.e. %.2f), tau2 %.1f off by %.2f (s.e. %.2f), Z %.2f", fraction, truth1/reps, d1/reps, error(d1, s1), truth2/reps, d2/reps, error(d2, s2), z/reps)
		if math.Abs(d1/reps) > 4*error(d1, s1) || math.Abs(d2/reps) > 4*error(d2, s2) {
			t.Error("outside Monte-Carlo error")
		}
		if math.Abs(z/reps) > 1.5 || zz/reps > 4 {
			t.Errorf("the true model is doubted: mean of Z %v, of its square %v", z/reps, zz/reps)
		}
	}
}

// TestSearchLogLinear: where two keys are dependent, independence is found not to
// fit, and the search adds their interaction and comes nearer the truth.
func TestSearchLogLinear(t *testing.T) {
	rows, tau1, _ := population(rand.New(rand.NewPCG(5, 1)), []int{8, 8, 6, 6}, 20_000, 0.2, 0.8)
	c := classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]})
	path, err := c.SearchLogLinear(context.Background(), riskmetrics.LogLinearOptions{Fraction: 0.2})
	if err != nil {
		t.Fatal(err)
	}
	first, last := path[0], path[len(path)-1]
	for _, l := range path {
		t.Logf("%v: tau1 %.2f (true %v), %+v", l.Terms, l.Tau1, tau1, l.Fit1)
	}
	if len(path) < 2 || math.Abs(first.Fit1.Z) < 2 || !slices.ContainsFunc(path[1].Terms, func(term []int) bool { return slices.Equal(term, []int{0, 1}) }) {
		t.Errorf("the interaction was not found: %v", path[len(path)-1].Terms)
	}
	if math.Abs(last.Tau1-tau1) >= math.Abs(first.Tau1-tau1) || math.Abs(last.Fit1.Z) >= math.Abs(first.Fit1.Z) {
		t.Error("the search made it worse")
	}
}

// TestNotDiagnosed: a misfit beyond what floats hold is said to be unknown, not 0.
func TestNotDiagnosed(t *testing.T) {
	rows, _, _ := population(rand.New(rand.NewPCG(5, 1)), []int{3, 3, 3}, 1000, 0.2, 0.8)
	c := classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]})
	o := riskmetrics.LogLinearOptions{Fraction: 1e-300}
	l, err := c.LogLinear(context.Background(), o)
	if err != nil || !errors.Is(l.NotDiagnosed, riskmetrics.ErrEstimator) || !math.IsNaN(l.Fit1.Z) || !math.IsNaN(l.Fit2.Z) {
		t.Errorf("%v: %+v %+v, %v", err, l.Fit1, l.Fit2, l.NotDiagnosed)
	}
	if path, err := c.SearchLogLinear(context.Background(), o); !errors.Is(err, riskmetrics.ErrEstimator) {
		t.Errorf("a search of %d models: %v", len(path), err)
	}
}

func TestInteractions(t *testing.T) {
	if diff := cmp.Diff([][]int{{0, 1}, {0, 2}, {1, 2}}, riskmetrics.Interactions(3, 2)); diff != "" {
		t.Error(diff)
	}
	for _, x := range []struct{ keys, size, want int }{{40, 2, 780}, {64, 1, 64}, {3, 4, 0}, {3, 3, 1}} {
		t.Run(fmt.Sprint("keys ", x.keys, ", size ", x.size), func(t *testing.T) {
			if got := len(riskmetrics.Interactions(x.keys, x.size)); got != x.want {
				t.Errorf("%d of %d keys: %d, want %d", x.size, x.keys, got, x.want)
			}
		})
	}
}

// TestLogLinearLarge: a table too large to lay out is fitted where keys are
// independent, as it would be laid out, and refused otherwise.
func TestLogLinearLarge(t *testing.T) {
	rows := wide(rand.New(rand.NewPCG(3, 3)), 300, 5, 5)
	c := classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]})
	full := logLinear(t, c, riskmetrics.LogLinearOptions{Fraction: 0.2})
	bare := logLinear(t, c, riskmetrics.LogLinearOptions{Fraction: 0.2, MaxCells: 10})
	if !relative(bare.Tau1, full.Tau1, 1e-12) || !relative(bare.Tau2, full.Tau2, 1e-12) || bare.Cells != full.Cells {
		t.Errorf("%v %v, want %v %v", bare.Tau1, bare.Tau2, full.Tau1, full.Tau2)
	}
	if full.NotDiagnosed != nil || !errors.Is(bare.NotDiagnosed, riskmetrics.ErrEstimator) || !math.IsNaN(bare.Fit1.Z) {
		t.Error(full.NotDiagnosed, bare.NotDiagnosed, bare.Fit1)
	}
	// The sums of the values per record.
	sum1, sum2 := 0.0, 0.0
	for i, f := range c.SampleFreq() {
		sum1, sum2 = sum1+full.Unique[i], sum2+full.Match[i]
		if f != 1 && full.Unique[i] != 0 || full.Unique[i] > full.Match[i] {
			t.Fatal("a record that is no unique has a share, or the shares are out of order")
		}
	}
	if !near(sum1, full.Tau1, 1e-12) || !near(sum2, full.Tau2, 1e-12) {
		t.Error(sum1, sum2)
	}
	for _, o := range []riskmetrics.LogLinearOptions{
		{}, {Fraction: 1}, {Fraction: -1}, {Fraction: math.NaN()}, {Fraction: .1, MaxCells: -1}, {Fraction: .1, MaxCells: 10, Terms: [][]int{{0, 1}}},
		{Fraction: .1, Terms: [][]int{{}}}, {Fraction: .1, Terms: [][]int{{0, 0}}}, {Fraction: .1, Terms: [][]int{{5}}}, {Fraction: .1, Terms: [][]int{{-1}}},
	} {
		if _, err := c.LogLinear(context.Background(), o); !errors.Is(err, riskmetrics.ErrRequest) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.LogLinear(ctx, riskmetrics.LogLinearOptions{Fraction: .1}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	nulls := table(t, [][]string{{"a", "b"}, {"1", "x"}, {"", "y"}})
	wild := classes(t, nulls, riskmetrics.Options{Keys: []string{"a", "b"}, Missing: policy(t, "wildcard")})
	if _, err := wild.LogLinear(context.Background(), riskmetrics.LogLinearOptions{Fraction: .1}); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Error(err)
	}
}

// TestLogLinearOrder: the order of the records does not show in any bit.
func TestLogLinearOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	rows := wide(rng, 400, 4, 6)
	o := riskmetrics.LogLinearOptions{Fraction: 0.05, Terms: riskmetrics.Interactions(4, 2)}
	a := logLinear(t, classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]}), o)
	rng.Shuffle(len(rows)-1, func(i, j int) { rows[i+1], rows[j+1] = rows[j+1], rows[i+1] })
	b := logLinear(t, classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]}), o)
	if a.Tau1 != b.Tau1 || a.Tau2 != b.Tau2 || a.Fit1 != b.Fit1 || a.Fit2 != b.Fit2 || a.Iterations != b.Iterations {
		t.Errorf("%+v, %+v", a, b)
	}
}

// BenchmarkLogLinear fits all two-way interactions to a table of 100,000 cells.
func BenchmarkLogLinear(b *testing.B) {
	rows := wide(rand.New(rand.NewPCG(3, 3)), 20_000, 5, 10)
	c := classes(b, table(b, rows), riskmetrics.Options{Keys: rows[0]})
	var cells float64
	for b.Loop() {
		l := logLinear(b, c, riskmetrics.LogLinearOptions{Fraction: 0.1, Terms: riskmetrics.Interactions(5, 2)})
		cells += l.Cells
	}
	b.ReportMetric(cells/b.Elapsed().Seconds(), "cells/s")
}

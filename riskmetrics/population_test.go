package riskmetrics_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/sluis-go/sluis/riskmetrics"
)

var (
	adult9 = []string{"age", "workclass", "education", "marital-status", "occupation", "race", "sex", "native-country", "salary-class"}
	adult5 = []string{"age", "education", "marital-status", "race", "sex"}
)

// adult returns the complete records of the census file, as ARX reads it.
func adult(t testing.TB) [][]string {
	t.Helper()
	rows := reference(t, "input/adult.csv")
	out := rows[:1]
	for _, r := range rows[1:] {
		if !slices.ContainsFunc(r, func(v string) bool { return v == "?" || v == " ?" }) {
			out = append(out, r)
		}
	}
	if len(out) != 30_163 {
		t.Fatalf("%d records", len(out)-1)
	}
	return out
}

// TestPopulationUniques draws samples of the census file. It compares the means of the
// estimates with the means of the reference, which drew other samples, and prints the
// errors of the estimates.
func TestPopulationUniques(t *testing.T) {
	all := adult(t)
	want := reference(t, "models/popmodels_groundtruth.csv")
	for _, w := range want[1:] {
		keys := map[string][]string{"Q9": adult9, "Q5": adult5}[w[0]]
		fraction, truth := parse(t, w[1]), parse(t, w[2])
		rng := rand.New(rand.NewPCG(1, 2))
		rows := slices.Clone(all[1:])
		const reps = 3
		var mean [4]float64
		by := ""
		for range reps {
			rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			n := int(fraction * float64(len(rows)))
			c := classes(t, table(t, append([][]string{all[0]}, rows[:n]...)), riskmetrics.Options{Keys: keys})
			u, err := c.PopulationUniques(context.Background(), fraction)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range []riskmetrics.Estimate{u.Zayatz, u.Pitman, u.PitmanExact, u.SNB} {
				if e.Err != nil {
					t.Errorf("%s at %s: %v", w[0], w[1], e.Err)
				}
				mean[i] += e.Value / reps
			}
			by = u.By
		}
		for i, name := range []string{"zayatz", "pitman", "pitman-exact", "snb"} {
			ref := parse(t, w[4+i])
			t.Logf("%s at %s: %-12s %6.0f, reference %6.0f, truth %5.0f, off by %+.1f %% (%s chosen)", w[0], w[1], name, mean[i], ref, truth, 100*(mean[i]/truth-1), by)
			// Samples of samples: the spread between draws is some per cent, and for
			// SNB at a twentieth more.
			if math.Abs(mean[i]/ref-1) > 0.12 {
				t.Errorf("%s at %s: %s %v, reference %v", w[0], w[1], name, mean[i], ref)
			}
		}
		if wanted := "pitman"; fraction <= 0.1 && by != wanted {
			t.Errorf("%s chosen at %v", by, fraction)
		}
	}
}

// TestEstimatorsFail: an estimator that cannot estimate returns an error with the reason,
// and never 0.
func TestEstimatorsFail(t *testing.T) {
	uniques := func(fraction float64, sizes ...int) riskmetrics.Uniques {
		t.Helper()
		rows := [][]string{{"a"}}
		for i, n := range sizes {
			for range n {
				rows = append(rows, []string{string(rune('a' + i))})
			}
		}
		u, err := classes(t, table(t, rows), riskmetrics.Options{Keys: []string{"a"}}).PopulationUniques(context.Background(), fraction)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for name, sizes := range map[string][]int{"no uniques": {2, 2, 3}, "only uniques": {1, 1, 1, 1}, "one class": {5}, "one record": {1}} {
		t.Run(name, func(t *testing.T) {
			for _, fraction := range []float64{0.05, 0.5} {
				u := uniques(fraction, sizes...)
				for _, e := range []riskmetrics.Estimate{u.Pitman, u.PitmanExact, u.SNB} {
					if !errors.Is(e.Err, riskmetrics.ErrEstimator) || !math.IsNaN(e.Value) {
						t.Errorf("%s: %+v", name, e)
					}
				}
				if u.By != "zayatz" || u.Dankar != u.Zayatz || u.Zayatz.Err != nil {
					t.Errorf("%s: %+v", name, u)
				}
			}
		})
	}
	// All are unique in the sample: all of the population are taken to be.
	if u := uniques(0.25, 1, 1, 1, 1); !near(u.Zayatz.Value, 16, 1e-12) || u.Population != 16 {
		t.Errorf("%+v", u)
	}
	// By hand, n = 6 of N = 12, sizes 1, 1, 2, 2: h(1) = 1/2, h(2) = 2 C(10,5)/C(12,6)
	// = 6/11; 2/(1/2) * (2 * 1/2)/(2 * 1/2 + 2 * 6/11) = 44/23.
	if u := uniques(0.5, 1, 1, 2, 2); !near(u.Zayatz.Value, 44.0/23, 1e-14) {
		t.Errorf("%+v", u)
	}
	c := classes(t, table(t, [][]string{{"a"}, {"x"}}), riskmetrics.Options{Keys: []string{"a"}})
	for _, f := range []float64{0, 1, -1, 2, math.NaN()} {
		if _, err := c.PopulationUniques(context.Background(), f); !errors.Is(err, riskmetrics.ErrRequest) {
			t.Error(f, err)
		}
	}
}

// TestReIdentification is the census file against ARX, and small tables by hand.
func TestReIdentification(t *testing.T) {
	c := classes(t, table(t, adult(t)), riskmetrics.Options{Keys: adult9})
	p := c.Prosecutor()
	if !relative(p.Success, .6465751607983555, 1e-14) || p.Risk.Value != 1 {
		t.Errorf("success %.16g", p.Success)
	}
	// Uniques: records with a risk above 1/2.
	if got := p.AtRisk(big.NewRat(1, 2)); got != .5142895033485844 {
		t.Errorf("uniques %.16g", got)
	}
}

// TestJournalist is worked by hand: sample classes of 2, 1 and 1 which are 4, 1
// and 5 in the population.
func TestJournalist(t *testing.T) {
	rows := func(text string) [][]string {
		out := [][]string{{"a"}}
		for _, r := range text {
			out = append(out, []string{string(r)})
		}
		return out
	}
	sample := classes(t, table(t, rows("xxyz")), riskmetrics.Options{Keys: []string{"a"}})
	pop := classes(t, table(t, rows("xxxxyzzzzzww")), riskmetrics.Options{Keys: []string{"a"}})
	p := sample.Prosecutor()
	if p.Success != 0.75 || p.Risk.Value != 1 || p.AtRisk(big.NewRat(1, 2)) != 0.5 || p.AtRisk(big.NewRat(49, 100)) != 1 {
		t.Errorf("%+v", p)
	}
	j, err := sample.Journalist(t.Context(), pop)
	// Mean over records (1/4 + 1/4 + 1 + 1/5)/4 = .425; 3 classes of 10 = .3.
	if err != nil || !near(j.Success, .425, 1e-15) || j.Risk.Value != 1 || j.AtRisk(big.NewRat(1, 5)) != .75 || j.AtRisk(big.NewRat(1, 4)) != .25 {
		t.Errorf("%+v (%v)", j, err)
	}
	if got := j.Risk.Records(); !slices.Equal(got, []float64{.25, .25, 1, .2}) {
		t.Error(got)
	}
	m, err := sample.Marketer(t.Context(), pop)
	if err != nil || !near(m, .425, 1e-15) {
		t.Error(m, err)
	}
	// A class that the population lacks, or has less of.
	for _, text := range []string{"xxxy", "xyz"} {
		other := classes(t, table(t, rows(text)), riskmetrics.Options{Keys: []string{"a"}})
		if _, err := sample.Journalist(t.Context(), other); !errors.Is(err, riskmetrics.ErrClass) {
			t.Error(err)
		}
		if _, err := sample.Marketer(t.Context(), other); !errors.Is(err, riskmetrics.ErrClass) {
			t.Error(err)
		}
	}
	if _, err := sample.EstimatedJournalist(); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Error(err)
	}
	weighted := func(w ...string) *riskmetrics.Classes {
		in := rows("xxyz")
		in[0] = append(in[0], "w")
		for i := range w {
			in[i+1] = append(in[i+1], w[i])
		}
		return classes(t, table(t, in, "w"), riskmetrics.Options{Keys: []string{"a"}, Weight: "w"})
	}
	// F is 4, 1 and 5, as in the population; its classes of other values do not count.
	if e, err := weighted("2", "2", "1", "5").EstimatedJournalist(); err != nil || e.Success != j.Success {
		t.Errorf("%+v (%v)", e, err)
	}
	if _, err := weighted("2", "2", "0.5", "5").EstimatedJournalist(); !errors.Is(err, riskmetrics.ErrWeight) {
		t.Error(err)
	}
}

// BenchmarkPopulationUniques is all estimators on 30,000 records.
func BenchmarkPopulationUniques(b *testing.B) {
	rows := wide(rand.New(rand.NewPCG(1, 1)), 30_000, 9, 6)
	c := classes(b, table(b, rows), riskmetrics.Options{Keys: rows[0]})
	for b.Loop() {
		if _, err := c.PopulationUniques(context.Background(), 0.05); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(30_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// TestEstimators compares with mpmath (40 digits: roots of the likelihood
// equations and of the moment equations as printed in the comments) on classes of
// given sizes.
func TestEstimators(t *testing.T) {
	rows := [][]string{{"a"}}
	class := 0
	for _, k := range [][2]int{{1, 120}, {2, 45}, {3, 20}, {4, 11}, {5, 6}, {7, 4}, {10, 3}, {25, 2}, {60, 1}} {
		for range k[1] {
			class++
			for range k[0] {
				rows = append(rows, []string{strconv.Itoa(class)})
			}
		}
	}
	c := classes(t, table(t, rows), riskmetrics.Options{Keys: []string{"a"}})
	for _, tc := range []struct{ fraction, zayatz, pitman, exact, snb float64 }{
		{0.05, 760.1450648785946541, 458.61164312096136192, 457.23881536995430048, 493.46744151859333036},
		{0.5, 153.25617091332069079, 178.5564668299611465, 173.39797749283171109, 136.58854008765991898},
	} {
		t.Run(fmt.Sprint("fraction ", tc.fraction), func(t *testing.T) {
			u, err := c.PopulationUniques(context.Background(), tc.fraction)
			if err != nil {
				t.Fatal(err)
			}
			for name, p := range map[string][2]float64{
				"zayatz": {u.Zayatz.Value, tc.zayatz}, "pitman": {u.Pitman.Value, tc.pitman},
				"pitman-exact": {u.PitmanExact.Value, tc.exact}, "snb": {u.SNB.Value, tc.snb},
			} {
				if !relative(p[0], p[1], 1e-9) {
					t.Errorf("%s at %v: %.15g, want %.15g", name, tc.fraction, p[0], p[1])
				}
			}
			if want := map[float64]string{0.05: "pitman", 0.5: "snb"}[tc.fraction]; u.By != want {
				t.Errorf("%s chosen at %v", u.By, tc.fraction)
			}
		})
	}
}

// Joining a sample to its population can take long: it ends with the context.
func TestPopulationCancelled(t *testing.T) {
	c := classes(t, table(t, [][]string{{"a"}, {"x"}, {"y"}}), riskmetrics.Options{Keys: []string{"a"}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.KMap(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("KMap: %v", err)
	}
	if _, _, err := c.Presence(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("Presence: %v", err)
	}
	if _, err := c.Journalist(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("Journalist: %v", err)
	}
}

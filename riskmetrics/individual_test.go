package riskmetrics_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/sluis-go/sluis/riskmetrics"
)

// TestExactRiskReference compares with the values of 25 digits.
func TestExactRiskReference(t *testing.T) {
	rows := reference(t, "models/individual_risk_exact.csv")[1:]
	if len(rows) != 195 {
		t.Fatalf("%d points", len(rows))
	}
	for _, r := range rows {
		f, pi, want := parse(t, r[0]), parse(t, r[1]), parse(t, r[2])
		got, err := riskmetrics.IndividualRisk(f, f/pi, riskmetrics.Exact)
		if err != nil || !relative(got, want, 1e-14) {
			t.Errorf("f = %v, pi = %v: %v, want %v (%v)", f, pi, got, want, err)
		}
	}
}

// TestExactRiskPublished has values of mpmath (60 digits, hyp2f1), far from where
// surveys are; f, F and the risk.
func TestExactRiskPublished(t *testing.T) {
	for _, p := range [][3]float64{
		{1, 999999999.9999999, 0.0000000207232658576696793650281129712},
		{1, 1.000000000001, 0.999999999999499955549709162887},
		{15, 15000000000, 7.14285714230769230778388278386e-11},
		{15, 60.024009603841534, 0.0175202713910871072874528324189},
		{15, 15.000000015, 0.0666666666041666689557038352161},
		{1e6, 1e15, 1.000001000000999000997000993e-15},
		{1e6, 4001600.640256102, 0.000000249900187450083777705937502012},
		{1e6, 1000000.0009999999, 0.000000999999999000001069916799465912},
		{1.1, 1.1e9, 0.00000000872012514938692010149254626956},
		{1.1, 4.401760704281713, 0.404388248499688929940658991068},
		{2.5, 2.5e9, 6.66666665333432673882906315053e-10},
		{2.5, 50, 0.0312574094287778263758609948293},
		{2.5, 2.5000000000025, 0.399999999999714311067172107615},
		{19.999, 80.02801120448179, 0.0129758349569637461758156609212},
	} {
		got, err := riskmetrics.IndividualRisk(p[0], p[1], riskmetrics.Exact)
		if err != nil || !relative(got, p[2], 1e-14) {
			t.Errorf("%v: %v (%v)", p, got, err)
		}
	}
}

// slowRisk is the series pi/f sum of j! z^j/((f+1)...(f+j)) in 240 bits.
func slowRisk(f, pop float64) float64 {
	num := func(v float64) *big.Float { return new(big.Float).SetPrec(240).SetFloat64(v) }
	pi := num(f)
	pi.Quo(pi, num(pop))
	z := num(1)
	z.Sub(z, pi)
	term, sum := num(1), num(1)
	for j := 1.0; ; j++ {
		term.Mul(term, z)
		term.Mul(term, num(j))
		next := num(f)
		term.Quo(term, next.Add(next, num(j)))
		if term.Sign() == 0 || term.MantExp(nil) < -80 {
			break
		}
		sum.Add(sum, term)
	}
	sum.Mul(sum, pi)
	v, _ := sum.Quo(sum, num(f)).Float64()
	return v
}

// TestExactRiskOracle compares with the series in 240 bits where that ends.
func TestExactRiskOracle(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	worst := 0.0
	for range long(300, 20_000) {
		f := math.Ceil(math.Exp(rng.Float64() * math.Log(1e6)))
		if rng.IntN(4) == 0 {
			f = 1 + 25*rng.Float64()
		}
		pi := math.Exp(-rng.Float64() * 5)
		if f > 30 {
			pi = math.Exp(-rng.Float64() * 20)
		}
		if rng.IntN(4) == 0 {
			pi = 1 - math.Exp(-rng.Float64()*27)
		}
		pop := f / pi
		got, err := riskmetrics.IndividualRisk(f, pop, riskmetrics.Exact)
		if err != nil {
			t.Fatal(err)
		}
		e := math.Abs(got/slowRisk(f, pop) - 1)
		if worst = max(worst, e); e > 1e-14 {
			t.Errorf("f = %v, F = %v: off by %.2g", f, pop, e)
		}
	}
	t.Logf("largest relative error %.2g", worst)
}

// TestRiskModels is about the two approximations: closed forms, order among the
// models, and the limits.
func TestRiskModels(t *testing.T) {
	risk := func(f, pop float64, m riskmetrics.RiskModel) float64 {
		t.Helper()
		r, err := riskmetrics.IndividualRisk(f, pop, m)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, pi := range []float64{0.9, 0.5, 0.3, 0.1, 0.01} {
		q, l := 1-pi, math.Log(pi)
		for f, want := range map[float64]float64{
			1: -pi / q * l,
			2: pi / (q * q) * (pi*l + q),
			3: pi / (2 * q * q * q) * (q*(1-3*pi) - 2*pi*pi*l),
		} {
			for _, m := range []riskmetrics.RiskModel{riskmetrics.Exact, riskmetrics.MuArgus} {
				if got := risk(f, f/pi, m); !relative(got, want, 1e-11) {
					t.Errorf("f = %v, pi = %v, model %d: %v, want %v", f, pi, m, got, want)
				}
			}
		}
		for f := 4.0; f < 40; f++ {
			exact, argus, approx := risk(f, f/pi, riskmetrics.Exact), risk(f, f/pi, riskmetrics.MuArgus), risk(f, f/pi, riskmetrics.Approx)
			if !(argus <= exact && exact <= approx*(1+1e-14)) {
				t.Errorf("f = %v, pi = %v: %v, %v, %v", f, pi, argus, exact, approx)
			}
			// mu-ARGUS: pi/f (1 + z/(f+1) (1 + 2z/(f+2) (... (1 + 7z/(f+7))))).
			s := 1.0
			for j := 7.0; j > 0; j-- {
				s = 1 + s*j*q/(f+j)
			}
			if !relative(argus, pi/f*s, 1e-14) {
				t.Errorf("mu-ARGUS at f = %v, pi = %v: %v, want %v", f, pi, argus, pi/f*s)
			}
			if got := risk(f, f/pi, riskmetrics.Approx); !relative(got, pi/(f-q), 1e-12) {
				t.Errorf("sdcMicro at f = %v, pi = %v: %v", f, pi, got)
			}
		}
	}
	for f := 1.0; f < 30; f++ {
		for m := range riskmetrics.MuArgus + 1 {
			if got := risk(f, f, m); got != 1/f {
				t.Errorf("F = f = %v: %v", f, got)
			}
		}
	}
}

// TestRiskMonotone: a larger population, or a larger class at the same fraction,
// never has a larger risk, across the borders between the methods.
func TestRiskMonotone(t *testing.T) {
	for f := 1.0; f < 40; f += 0.25 {
		last := math.Inf(1)
		for pi := 0.9999; pi > 1e-7; pi *= 0.993 {
			r, err := riskmetrics.IndividualRisk(f, f/pi, riskmetrics.Exact)
			if err != nil || r > last || r <= 0 || r < pi/f*(1-1e-14) || r > min(1/f, pi/max(f-1, 1e-300))*(1+1e-14) {
				t.Fatalf("f = %v, pi = %v: %v after %v (%v)", f, pi, r, last, err)
			}
			last = r
		}
	}
	for _, pi := range []float64{1e-6, 0.1, 0.2499999, 0.2500001, 0.7} {
		last := 1.0
		for f := 1.0; f < 40; f += 0.25 {
			r, err := riskmetrics.IndividualRisk(f, f/pi, riskmetrics.Exact)
			if err != nil || r >= last {
				t.Fatalf("f = %v, pi = %v: %v after %v (%v)", f, pi, r, last, err)
			}
			last = r
		}
	}
}

// TestFrancdat is the worked example of sdcMicro (Templ, Meindl and Kowarik 2015)
// with its published risks.
func TestFrancdat(t *testing.T) {
	tab := table(t, [][]string{
		{"Key1", "Key2", "Key3", "Key4", "w"},
		{"1", "2", "5", "1", "18"}, {"1", "2", "1", "1", "45.5"}, {"1", "2", "1", "1", "39"}, {"3", "3", "1", "5", "17"},
		{"4", "3", "1", "4", "541"}, {"4", "3", "1", "1", "8"}, {"6", "2", "1", "5", "5"}, {"1", "2", "5", "1", "92"},
	}, "w")
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"Key1", "Key2", "Key3", "Key4"}, Weight: "w"})
	risk, err := c.Individual(context.Background(), riskmetrics.Approx)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.0171442616, .0220423262, .0220423262, .1770758340, .0116544801, .2970630774, .4023594781, .0171442616} {
		if math.Abs(risk[i]-want) > 5e-11 {
			t.Errorf("record %d: %v, want %v", i+1, risk[i], want)
		}
	}
}

// TestPracticeGuide is table 4.1 of the SDC Practice Guide (Benschop, Machingauta
// and Welch, World Bank): keys, weights and the printed individual risks.
func TestPracticeGuide(t *testing.T) {
	tab := table(t, practiceGuide, "w")
	c := classes(t, tab, riskmetrics.Options{Keys: practiceGuide[0][:4], Weight: "w"})
	risk, err := c.Individual(context.Background(), riskmetrics.Approx)
	if err != nil {
		t.Fatal(err)
	}
	f, pop := c.SampleFreq(), c.PopFreq()
	for i, want := range [][3]float64{
		{2, 360, .0054}, {2, 360, .0054}, {1, 215, .0251}, {2, 152, .0126}, {1, 186, .0282},
		{2, 152, .0126}, {1, 180, .0290}, {1, 215, .0251}, {2, 262, .0074}, {2, 262, .0074},
	} {
		if f[i] != want[0] || pop[i] != want[1] || math.Abs(risk[i]-want[2]) > 5e-5 {
			t.Errorf("record %d: %v %v %v, want %v", i+1, f[i], pop[i], risk[i], want)
		}
	}
}

// practiceGuide is table 4.1 of the SDC Practice Guide, with weights.
var practiceGuide = [][]string{
	{"Residence", "Gender", "Education", "Labor", "Health", "w"},
	{"Urban", "Female", "Secondary incomplete", "Employed", "yes", "180"},
	{"Urban", "Female", "Secondary incomplete", "Employed", "yes", "180"},
	{"Urban", "Female", "Primary incomplete", "Non-LF", "yes", "215"},
	{"Urban", "Male", "Secondary complete", "Employed", "yes", "76"},
	{"Rural", "Female", "Secondary complete", "Unemployed", "yes", "186"},
	{"Urban", "Male", "Secondary complete", "Employed", "no", "76"},
	{"Urban", "Female", "Primary complete", "Non-LF", "no", "180"},
	{"Urban", "Male", "Post-secondary", "Unemployed", "yes", "215"},
	{"Urban", "Female", "Secondary incomplete", "Non-LF", "no", "186"},
	{"Urban", "Female", "Secondary incomplete", "Non-LF", "yes", "76"},
}

// TestRiskErrors: a value that cannot be a frequency is refused. The error names the
// column of the weights and a record of the class.
func TestRiskErrors(t *testing.T) {
	for _, p := range [][2]float64{{0, 5}, {-1, 5}, {0.5, 5}, {3, 2.5}, {1, math.Inf(1)}, {1, math.NaN()}, {math.NaN(), 2}, {1, -1}} {
		for m := range riskmetrics.MuArgus + 1 {
			if _, err := riskmetrics.IndividualRisk(p[0], p[1], m); !errors.Is(err, riskmetrics.ErrWeight) {
				t.Errorf("%v: %v", p, err)
			}
		}
	}
	if _, err := riskmetrics.IndividualRisk(1, 2, riskmetrics.MuArgus+1); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Error(err)
	}
	tab := table(t, [][]string{{"a", "grossing"}, {"x", "3"}, {"y", "0.25"}, {"y", "0.25"}}, "grossing")
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}, Weight: "grossing"})
	_, err := c.Individual(context.Background(), riskmetrics.Exact)
	var col *riskmetrics.ColumnError
	if !errors.As(err, &col) || col.Column != "grossing" || col.Row != 1 || !errors.Is(err, riskmetrics.ErrWeight) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Individual(ctx, riskmetrics.Exact); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// BenchmarkIndividual is the exact risk of classes that all differ, by how large
// they are and how large a part of the population they are.
func BenchmarkIndividual(b *testing.B) {
	for _, tc := range []struct {
		f  float64
		pi float64
	}{{1, 0.01}, {3, 0.01}, {10, 0.01}, {50, 0.01}, {3, 0.5}, {1.5, 0.01}} {
		b.Run(fmt.Sprintf("f=%v,pi=%v", tc.f, tc.pi), func(b *testing.B) {
			pop := tc.f / tc.pi
			for b.Loop() {
				if _, err := riskmetrics.IndividualRisk(tc.f, pop, riskmetrics.Exact); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "classes/s")
		})
	}
}

// TestRiskKeys: with one key more no record's risk falls, where every record
// stands for as many people, and so no sum of risks does.
func TestRiskKeys(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 3))
	for range 60 {
		rows := wide(rng, 80, 4, 4)
		weight := strconv.FormatFloat(1+10*rng.Float64(), 'g', -1, 64)
		for i := range rows {
			rows[i] = append(rows[i], weight)
		}
		rows[0][4] = "w"
		tab := table(t, rows, "w")
		var lastRisk []float64
		last := 0.0
		for n := 1; n <= 4; n++ {
			c := classes(t, tab, riskmetrics.Options{Keys: rows[0][:n], Weight: "w"})
			risk, err := c.Individual(context.Background(), riskmetrics.Exact)
			if err != nil {
				t.Fatal(err)
			}
			for i := range lastRisk {
				if risk[i] < lastRisk[i]*(1-1e-14) {
					t.Fatalf("record %d: %v with %d keys, %v before", i, risk[i], n, lastRisk[i])
				}
			}
			p := c.Prosecutor()
			if p.Success < last {
				t.Fatal("the prosecutor finds fewer with more keys")
			}
			lastRisk, last = risk, p.Success
		}
	}
}

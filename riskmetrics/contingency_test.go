package riskmetrics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestMisfit compares the two bias estimates with the formula of Skinner and
// Shlomo for tau1 as they print it, and with numerical derivatives for tau2.
func TestMisfit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 8))
	for range 200 {
		pi := 0.02 + 0.9*rng.Float64()
		q := 1 - pi
		c := &contingency{}
		var want1, want2, v1 float64
		for range 20 {
			mu, f := 3*rng.ExpFloat64(), float64(rng.IntN(6))
			c.mu, c.f = append(c.mu, mu), append(c.f, f)
			lambda := mu / pi
			square := (f-mu)*(f-mu) - f
			want1 += lambda * math.Exp(-lambda) * q * ((f - mu) + q*square/(2*pi))
			a := lambda * math.Exp(-lambda) * q
			v1 += a * a * (mu + q*q*mu*mu/(2*pi*pi))
			h := func(l float64) float64 { return meanInverse(l * q) }
			d := 1e-3 * (1 + lambda)
			first := (h(lambda-2*d) - 8*h(lambda-d) + 8*h(lambda+d) - h(lambda+2*d)) / (12 * d)
			second := (-h(lambda-2*d) + 16*h(lambda-d) - 30*h(lambda) + 16*h(lambda+d) - h(lambda+2*d)) / (12 * d * d)
			want2 += lambda * math.Exp(-mu) * (-first*(f-mu) + second*square/(2*pi))
		}
		var l LogLinear
		if err := c.diagnose(t.Context(), &l, pi); err != nil {
			t.Fatal(err)
		}
		if math.Abs(l.Fit1.Bias-want1) > 1e-11*(1+math.Abs(want1)) || math.Abs(l.Fit1.Variance-v1) > 1e-11*v1 || math.Abs(l.Fit2.Bias-want2) > 1e-5*(1+math.Abs(want2)) {
			t.Fatalf("%+v %+v, want %v (%v), %v", l.Fit1, l.Fit2, want1, v1, want2)
		}
	}
	for _, x := range []float64{1e-9, 0.3, 0.999999, 1.000001, 2, 30} {
		a, b := meanInverseSlopes(x)
		c, d := meanInverseSlopes(math.Nextafter(x, 9))
		if math.Abs(a-c) > 1e-13 || math.Abs(b-d) > 1e-13 || a >= 0 || b <= 0 {
			t.Errorf("at %v: %v %v, then %v %v", x, a, b, c, d)
		}
	}
	// The two ways of the slopes meet at 1.
	e := math.Exp(-1)
	a, b := meanInverseSlopes(1)
	if math.Abs(a-(2*e-1)) > 1e-15 || math.Abs(b-(2-5*e)) > 1e-15 {
		t.Errorf("%v %v", a, b)
	}
}

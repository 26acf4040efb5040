package riskmetrics

import (
	"context"
	"math"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// pitman estimates the parameters of Pitman's sampling formula by maximum likelihood
// (Hoshino 2001). With u classes of n records, of[f] of them of size f, the log
// likelihood is
//
//	sum_{i=1}^{u-1} ln(theta + i alpha) - sum_{i=1}^{n-1} ln(theta + i)
//	  + sum over f of of[f] sum_{j=1}^{f-1} ln(j - alpha)
//
// Newton's method starts from Hoshino's moment estimates, and halves a step that leaves
// the range theta > 0, 0 < alpha < 1. The end point must be a maximum. The error is
// ErrEstimator where the range has no maximum: data without sample uniques or with only
// sample uniques, or data that vary less than alpha = 0 (Ewens).
func pitman(ctx context.Context, of []float64, n float64) (theta, alpha float64, err error) {
	u, most := 0.0, len(of)-1
	for _, k := range of {
		u += k
	}
	if of[1] == 0 || u < 2 || u == n {
		return 0, 0, &words.Error{Kind: ErrEstimator, Fact: words.New(words.PitmanNeeds)}
	}
	m1, m2 := of[1], of[2]
	c := m1 * (m1 - 1) / max(1, m2)
	theta = (n*u*c - m1*(n-1)*(2*u+c)) / (2*m1*u + m1*c - n*c)
	alpha = (theta*(m1-n) + m1*(n-1)) / (n * u)
	if !(theta > 0) || !(alpha > 0 && alpha < 1) {
		theta, alpha = max(1, u/10), 0.5
	}
	// larger[j] is the number of classes of more than j records.
	larger := make([]float64, most+1)
	for j := most - 1; j >= 1; j-- {
		larger[j] = larger[j+1] + of[j+1]
	}
	for range 200 {
		if ctx.Err() != nil {
			return 0, 0, ctx.Err()
		}
		var dt, da, dtt, daa, dta float64
		for i := 1.0; i < u; i++ {
			x := 1 / (theta + float64(i*alpha))
			dt += x
			da += float64(i * x)
			dtt -= float64(x * x)
			daa -= float64(i * i * float64(x*x))
			dta -= float64(i * float64(x*x))
		}
		for i := 1.0; i < n; i++ {
			x := 1 / (theta + i)
			dt -= x
			dtt += float64(x * x)
		}
		for j := 1; j < most; j++ {
			x := 1 / (float64(j) - alpha)
			da -= float64(larger[j] * x)
			daa -= float64(larger[j] * float64(x*x))
		}
		det := float64(dtt*daa) - float64(dta*dta)
		st := (float64(dt*daa) - float64(da*dta)) / det
		sa := (float64(da*dtt) - float64(dt*dta)) / det
		if math.IsNaN(st) || math.IsNaN(sa) || math.IsInf(st, 0) || math.IsInf(sa, 0) {
			break
		}
		if math.Abs(st) < 1e-10*theta && math.Abs(sa) < 1e-12 {
			if dtt < 0 && det > 0 {
				return theta, alpha, nil
			}
			break
		}
		step := 1.0
		for theta-step*st <= 0 || alpha-step*sa <= 0 || alpha-step*sa >= 1 {
			step /= 2
		}
		theta -= float64(step * st)
		alpha -= float64(step * sa)
	}
	return 0, 0, &words.Error{Kind: ErrEstimator, Fact: words.New(words.PitmanNone)}
}

// pitmanUniques is Hoshino's approximation of the expected number of uniques in
// a population of N: Gamma(theta+1)/Gamma(theta+alpha) N^alpha.
func pitmanUniques(theta, alpha, population float64) float64 {
	return math.Exp(float64(alpha*math.Log(population)) - gammaRatio(theta+1, alpha-1))
}

// pitmanExact is the exact expectation, N times the product of
// (theta+alpha+i)/(theta+1+i) for i from 0 to N-2.
func pitmanExact(theta, alpha, population float64) float64 {
	return population * math.Exp(gammaRatio(theta+population, alpha-1)-gammaRatio(theta+1, alpha-1))
}

// gammaRatio is ln Gamma(a+d) - ln Gamma(a) for |d| <= 1, for large a by the
// difference of Stirling's series, which does not cancel.
func gammaRatio(a, d float64) float64 {
	if a < 1e4 {
		x, _ := math.Lgamma(a + d)
		y, _ := math.Lgamma(a)
		return x - y
	}
	return float64((a-0.5)*math.Log1p(d/a)) + float64(d*math.Log(a+d)) - d + (1/(a+d)-1/a)/12
}

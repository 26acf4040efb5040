package riskmetrics

import (
	"math"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// snb is the slide negative binomial model (Chen and Keller-McNulty 1998). The population
// has K classes with sizes of one plus a negative binomial of (a, p). The estimate of
// population uniques is K p^a. With sampling fraction pi and D = (1-pi)(1-p) the expected
// numbers of sample classes of one and of two records are
//
//	S1 = K pi (p/(1-D))^a (aD/(1-D) + 1)
//	S2 = K pi^2 a p^a (1-p) (2 - (1-a)D) / (2 (1-D)^(a+2))
//
// (ARX multiplies by (1-D)^(a+2), and finds no solution.) K is estimated by Shlosser's
// method as modified by Haas and Stokes 1998, see shlosser. Then S2/S1 gives x =
// a(1-p)/(1-D) for each p by a quadratic, and S1/K is solved for p. The error is
// ErrEstimator without classes of one or of two records, and where there is no solution
// or more than one.
func snb(of []float64, pi float64) (float64, error) {
	if len(of) < 3 || of[1] == 0 || of[2] == 0 {
		return 0, &words.Error{Kind: ErrEstimator, Fact: words.New(words.SNBNeeds)}
	}
	s1, s2, q := of[1], of[2], 1-pi
	k := shlosser(of, pi)
	// The parameters by y = ln((1-p)/p).
	params := func(y float64) (a, p, x float64) {
		w := 1 / (1 + math.Exp(-y))
		p = 1 / (1 + math.Exp(y))
		h := w / (1 - q*w)
		// pi/2 (q x^2 + (2 + q h) x) = S2/S1 (1 + q x)
		b := pi/2*(2+q*h) - s2/s1*q
		d := math.Sqrt(b*b + 2*pi*q*(s2/s1))
		if x = (d - b) / (pi * q); b > 0 {
			x = 2 * (s2 / s1) / (d + b)
		}
		return x / h, p, x
	}
	gap := func(y float64) float64 {
		a, p, x := params(y)
		return k*pi*math.Exp(a*math.Log(p/(1-q*(1-p))))*(1+q*x) - s1
	}
	const widest, step = 20.0, 0.05
	var roots []float64
	for y := -widest; y < widest; y += step {
		lo, hi := y, y+step
		left, right := gap(lo), gap(hi)
		if math.IsNaN(left) || math.IsNaN(right) || left < 0 == (right < 0) {
			continue
		}
		for range 60 {
			mid := (lo + hi) / 2
			if gap(mid) < 0 == (left < 0) {
				lo = mid
			} else {
				hi = mid
			}
		}
		roots = append(roots, lo)
	}
	switch len(roots) {
	case 0:
		return 0, &words.Error{Kind: ErrEstimator, Fact: words.New(words.SNBNone)}
	case 1:
		a, p, _ := params(roots[0])
		return k * math.Exp(a*math.Log(p)), nil
	}
	return 0, &words.Error{Kind: ErrEstimator, Fact: words.New(words.SNBSeveral)}
}

// shlosser estimates the number of classes in the population (Haas and Stokes
// 1998, the third of their modifications of Shlosser 1981), from u classes in the
// sample, of[i] of them of i records, with q the sampling fraction:
//
//	u + of[1] (sum i q^2 (1-q^2)^(i-1) of[i] / sum (1-q)^i ((1+q)^i - 1) of[i])
//	        (sum (1-q)^i of[i] / sum i q (1-q)^(i-1) of[i])^2
func shlosser(of []float64, q float64) float64 {
	var u, a, b, c, d float64
	for i, k := range of {
		if k == 0 {
			continue
		}
		n := float64(i)
		u += k
		a += n * q * q * math.Pow(1-q*q, n-1) * k
		b += (math.Pow(1-q*q, n) - math.Pow(1-q, n)) * k
		c += math.Pow(1-q, n) * k
		d += n * q * math.Pow(1-q, n-1) * k
	}
	return u + of[1]*(a/b)*(c/d)*(c/d)
}

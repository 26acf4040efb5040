package riskmetrics

import (
	"errors"
	"fmt"
	"math"
)

// ErrEstimator says that an estimator has no solution for the data, and why.
var ErrEstimator = errors.New("estimator has no solution")

// frequencies of frequencies: how many classes have f records, up to the largest.
func (c *Classes) frequencies() (of []float64, n float64) {
	most := int64(0)
	for _, s := range c.size {
		most = max(most, s)
	}
	of = make([]float64, most+1)
	for _, s := range c.size {
		of[s]++
		n += float64(s)
	}
	return of, n
}

// Uniques is an estimate of how many records of the population are unique in it.
type Uniques struct {
	// Zayatz, Pitman, PitmanExact and SNB are the estimates of each method; NaN
	// where it failed, for the reason in Failed.
	Zayatz, Pitman, PitmanExact, SNB float64
	// Dankar is the choice of Dankar et al. 2012 among them, and By its name.
	Dankar float64
	By     string
	// Failed says, by method, why there is no estimate.
	Failed map[string]error
}

// PopulationUniques estimates the uniques of a population of which the records
// are a simple random sample of the given fraction, in (0, 1).
func (c *Classes) PopulationUniques(fraction float64) (Uniques, error) {
	if !(fraction > 0 && fraction < 1) {
		return Uniques{}, fmt.Errorf("%w: the sampling fraction must be between 0 and 1", ErrRequest)
	}
	of, n := c.frequencies()
	if n == 0 {
		return Uniques{}, fmt.Errorf("%w: no records", ErrRequest)
	}
	u := Uniques{Failed: map[string]error{}}
	set := func(name string, dst *float64, v float64, err error) {
		if *dst = v; err != nil {
			*dst = math.NaN()
			u.Failed[name] = err
		}
	}
	z, err := zayatz(of, n, fraction)
	set("zayatz", &u.Zayatz, z, err)
	theta, alpha, err := pitman(of, n)
	set("pitman", &u.Pitman, pitmanUniques(theta, alpha, n/fraction), err)
	set("pitman-exact", &u.PitmanExact, pitmanExact(theta, alpha, n/fraction), err)
	s, err := snb(of, n, fraction)
	set("snb", &u.SNB, s, err)
	u.choose(fraction)
	return u, nil
}

// choose follows Dankar et al. 2012: Pitman for sampling fractions up to a
// tenth; above, the smaller of Zayatz and SNB, SNB alone failing over to Zayatz.
func (u *Uniques) choose(fraction float64) {
	pick := func(v float64, name string) bool {
		if math.IsNaN(v) {
			return false
		}
		u.Dankar, u.By = v, name
		return true
	}
	if fraction <= 0.1 && pick(u.Pitman, "pitman") {
		return
	}
	if !math.IsNaN(u.SNB) && u.SNB <= u.Zayatz {
		pick(u.SNB, "snb")
		return
	}
	if !pick(u.Zayatz, "zayatz") {
		u.Dankar, u.By = math.NaN(), ""
	}
}

// zayatz is the method of Zayatz 1991: the distribution of class sizes in the
// population is taken to be that of the sample, and by Bayes' rule
//
//	P(F=1 | f=1) = P(1) h(1,1) / sum over l of P(l) h(l,1)
//
// with h(l, 1) the hypergeometric chance that one of l is drawn. The estimate is
// that times the sample uniques over the fraction.
func zayatz(of []float64, n, fraction float64) (float64, error) {
	if len(of) < 2 || of[1] == 0 {
		return 0, nil
	}
	population := n / fraction
	sum := 0.0
	for l := 1; l < len(of); l++ {
		if of[l] > 0 {
			sum += of[l] * drawOne(float64(l), n, population)
		}
	}
	return of[1] / fraction * (of[1] * drawOne(1, n, population) / sum), nil
}

// drawOne is l * C(N-l, n-1) / C(N, n), the chance that of l among N exactly one
// is among the n drawn.
func drawOne(l, n, population float64) float64 {
	choose := func(a, b float64) float64 {
		x, _ := math.Lgamma(a + 1)
		y, _ := math.Lgamma(b + 1)
		z, _ := math.Lgamma(a - b + 1)
		return x - y - z
	}
	if n-1 > population-l {
		return 0
	}
	return l * math.Exp(choose(population-l, n-1)-choose(population, n))
}

// pitman estimates the parameters of Pitman's sampling formula by maximum
// likelihood (Hoshino 2001): with u classes, the log likelihood is
//
//	sum_{i=1}^{u-1} ln(theta + i alpha) - sum_{i=1}^{n-1} ln(theta + i)
//	  + sum_f of_f sum_{j=1}^{f-1} ln(j - alpha)
//
// found by Newton's method from Hoshino's moment start.
func pitman(of []float64, n float64) (theta, alpha float64, err error) {
	u := 0.0
	for _, k := range of {
		u += k
	}
	if len(of) < 3 || of[1] == 0 || u < 2 || u == n {
		return 0, 0, fmt.Errorf("%w: Pitman needs classes of one and of more records", ErrEstimator)
	}
	m1, m2 := of[1], of[2]
	cc := m1 * (m1 - 1) / max(1, m2)
	theta = (n*u*cc - m1*(n-1)*(2*u+cc)) / (2*m1*u + m1*cc - n*cc)
	alpha = (theta*(m1-n) + m1*(n-1)) / (n * u)
	if !(theta > 0) || !(alpha > 0 && alpha < 1) {
		theta, alpha = max(1, u/10), 0.5
	}
	f := func(theta, alpha float64) (dt, da, dtt, daa, dta float64) {
		for i := 1.0; i < u; i++ {
			x := 1 / (theta + i*alpha)
			dt += x
			da += i * x
			dtt -= x * x
			daa -= i * i * x * x
			dta -= i * x * x
		}
		for i := 1.0; i < n; i++ {
			x := 1 / (theta + i)
			dt -= x
			dtt += x * x
		}
		for k := 2; k < len(of); k++ {
			if of[k] == 0 {
				continue
			}
			for j := 1.0; j < float64(k); j++ {
				x := 1 / (j - alpha)
				da -= of[k] * x
				daa -= of[k] * x * x
			}
		}
		return
	}
	for range 200 {
		dt, da, dtt, daa, dta := f(theta, alpha)
		det := dtt*daa - dta*dta
		if det == 0 || math.IsNaN(det) {
			break
		}
		st, sa := (dt*daa-da*dta)/det, (da*dtt-dt*dta)/det
		step := 1.0
		for theta-step*st <= 0 || alpha-step*sa <= 0 || alpha-step*sa >= 1 {
			step /= 2
		}
		theta -= step * st
		alpha -= step * sa
		if math.Abs(st) < 1e-9*theta && math.Abs(sa) < 1e-12 {
			return theta, alpha, nil
		}
	}
	return 0, 0, fmt.Errorf("%w: Pitman's likelihood has no maximum inside its range", ErrEstimator)
}

// pitmanUniques is Hoshino's approximation of the expected number of uniques in
// a population of N: Gamma(theta+1)/Gamma(theta+alpha) N^alpha.
func pitmanUniques(theta, alpha, population float64) float64 {
	a, _ := math.Lgamma(theta + 1)
	b, _ := math.Lgamma(theta + alpha)
	return math.Exp(a - b + alpha*math.Log(population))
}

// pitmanExact is the exact expectation, N times the product of
// (theta+alpha+i)/(theta+1+i) for i from 0 to N-2.
func pitmanExact(theta, alpha, population float64) float64 {
	lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	return population * math.Exp(lg(theta+alpha+population-1)-lg(theta+alpha)-lg(theta+population)+lg(theta+1))
}

// snb is the slide negative binomial model (Chen and Keller-McNulty 1998): class
// sizes in the population are one plus a negative binomial of (alpha, p), of
// K classes. Its parameters solve, for the observed numbers of classes, uniques
// and records, with g = 1 - (1-fraction)(1-p),
//
//	E[classes] = K (1 - (1-fraction) p^a / g^a)
//	E[uniques] = K fraction p^a ((1-fraction)(1-p)a + g) / g^(a+1)
//	E[n]       = K fraction (a (1-p)/p + 1)
//
// the estimate of population uniques is K p^a.
func snb(of []float64, n, fraction float64) (float64, error) {
	u := 0.0
	for _, k := range of {
		u += k
	}
	if len(of) < 2 || of[1] == 0 || u == n {
		return 0, fmt.Errorf("%w: SNB needs classes of one and of more records", ErrEstimator)
	}
	// Two ratios of the moments are free of K; a solves one for each p.
	q := 1 - fraction
	ratio := func(a, p float64) (classes, uniques float64) {
		g := 1 - q*(1-p)
		pg := math.Exp(a * math.Log(p/g))
		records := fraction * (a*(1-p)/p + 1)
		return (1 - q*pg) / records, fraction * pg * (q*(1-p)*a + g) / g / records
	}
	wantC, wantU := u/n, of[1]/n
	best, bestErr := math.NaN(), math.Inf(1)
	solveA := func(p float64) (float64, bool) {
		lo, hi := 1e-12, 1.0
		f := func(a float64) float64 { c, _ := ratio(a, p); return c - wantC }
		if f(lo) < 0 {
			return 0, false
		}
		for f(hi) > 0 {
			if hi *= 2; hi > 1e9 {
				return 0, false
			}
		}
		for range 200 {
			mid := (lo + hi) / 2
			if f(mid) > 0 {
				lo = mid
			} else {
				hi = mid
			}
		}
		return (lo + hi) / 2, true
	}
	gap := func(p float64) (float64, float64, bool) {
		a, ok := solveA(p)
		if !ok {
			return 0, 0, false
		}
		_, un := ratio(a, p)
		return un - wantU, a, true
	}
	const steps = 400
	lastGap, lastP, have := 0.0, 0.0, false
	for i := 1; i < steps; i++ {
		x := float64(i) / steps
		p := x * x * x // small p are where long tails live
		g, _, ok := gap(p)
		if !ok {
			have = false
			continue
		}
		if have && (g < 0) != (lastGap < 0) {
			lo, hi, flo := lastP, p, lastGap
			for range 100 {
				mid := (lo + hi) / 2
				m, _, ok := gap(mid)
				if !ok {
					break
				}
				if (m < 0) == (flo < 0) {
					lo, flo = mid, m
				} else {
					hi = mid
				}
			}
			p := (lo + hi) / 2
			if m, a, ok := gap(p); ok && math.Abs(m) < bestErr {
				k := n / (fraction * (a*(1-p)/p + 1))
				best, bestErr = k*math.Exp(a*math.Log(p)), math.Abs(m)
			}
		}
		lastGap, lastP, have = g, p, true
	}
	if math.IsNaN(best) {
		return 0, fmt.Errorf("%w: the moment equations of SNB have none in their range", ErrEstimator)
	}
	return best, nil
}

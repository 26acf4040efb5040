package riskmetrics

import (
	"fmt"
	"math"
)

// RiskModel says how the individual risk is computed from f_k and F_k.
type RiskModel uint8

const (
	// Exact is the posterior mean of 1/F given f (Benedetti and Franconi 1998),
	//
	//	r = (pi/f) 2F1(1, 1; f+1; 1-pi),   pi = f/F
	//
	// by series of positive terms or a stable recurrence, to about 1e-15.
	Exact RiskModel = iota
	// Approx agrees with sdcMicro: closed forms for f = 1 and 2, and
	// pi/(f-(1-pi)) above, up to 4 % off at f = 3.
	Approx
	// MuArgus agrees with mu-ARGUS: closed forms to f = 3, and seven terms of the
	// series above.
	MuArgus
)

// IndividualRisk returns the risk that one record is re-identified, given its
// sample frequency f >= 1 and population frequency F >= f. The error is
// ErrWeight for anything else. For a fractional f (sdcmicro(alpha)) every model
// is Exact.
func IndividualRisk(f, pop float64, m RiskModel) (float64, error) {
	if !(f >= 1) || !(pop >= f) || math.IsInf(pop, 0) {
		return 0, fmt.Errorf("%w: the population frequency is below that of the sample, or the sample's below 1", ErrWeight)
	}
	pi := f / pop
	if pi == 1 {
		return 1 / f, nil
	}
	whole := f == math.Trunc(f)
	switch {
	case m == Approx && whole && f > 2:
		return pi / (f - (1 - pi)), nil
	case m == Approx && whole, m == MuArgus && whole && f <= 3:
		return closed(int(f), pi), nil
	case m == MuArgus && whole:
		return pi / f * series(f, 1-pi, 7), nil
	}
	return exactRisk(f, pi), nil
}

// closed is the closed form for f = 1, 2 and 3.
func closed(f int, pi float64) float64 {
	q := 1 - pi
	switch f {
	case 1:
		return -pi / q * math.Log(pi)
	case 2:
		return pi / (q * q) * (pi*math.Log(pi) + q)
	}
	return pi / (2 * q * q * q) * (q*(1-3*pi) - 2*pi*pi*math.Log(pi))
}

// series is 2F1(1, 1; f+1; z) to the term of order terms.
func series(f, z float64, terms int) float64 {
	sum, t := 1.0, 1.0
	for j := range terms {
		t *= float64(j+1) * z / (f + 1 + float64(j))
		sum += t
		if t < sum*1e-18 {
			break
		}
	}
	return sum
}

// The recurrence is used where the series is slow: few in the class and a small
// sampling fraction. There an error shrinks by pi/(1-pi) a step.
const (
	smallClass    = 20
	smallFraction = 0.1
	mostTerms     = 10_000_000
)

// exactRisk is the exact model. With I_m the integral of (1-t)^m/(1-zt) over
// [0, 1], z = 1-pi, the risk is pi*I_(f-1), and
//
//	I_0 = -ln(pi)/z,   I_(m+1) = (1/(m+1) - pi I_m) / z
func exactRisk(f, pi float64) float64 {
	z := 1 - pi
	if f != math.Trunc(f) || f >= smallClass || pi >= smallFraction {
		return pi / f * series(f, z, mostTerms)
	}
	i := -math.Log(pi) / z
	for m := 1.0; m < f; m++ {
		i = (1/m - float64(pi*i)) / z
	}
	return pi * i
}

// Individual returns the individual risk of every record; NaN for records that
// were left out. Without weights the sample is the population, and the risk is
// 1/f. The error is ErrWeight in a *ColumnError naming the first record with
// F < f.
func (c *Classes) Individual(m RiskModel) ([]float64, error) {
	risk := make([]float64, len(c.f))
	for id, f := range c.f {
		pop := f
		if c.pop != nil {
			pop = c.pop[id]
		}
		r, err := IndividualRisk(f, pop, m)
		if err != nil {
			for i, k := range c.id {
				if int(k) == id {
					return nil, &ColumnError{Column: "weight", Row: int64(i), Err: err}
				}
			}
		}
		risk[id] = r
	}
	return c.spread(risk), nil
}

// Household returns for every record the risk that at least one member of its
// household is re-identified,
//
//	1 - product over members of (1 - r)
//
// given individual risks. Records that were left out (NaN) count as 0 and stay
// NaN. The error is ErrRequest where there are no households.
func (c *Classes) Household(risk []float64) ([]float64, error) {
	if c.house == nil || len(risk) != len(c.id) {
		return nil, fmt.Errorf("%w: no households, or risks of other records", ErrRequest)
	}
	most := 0
	for _, h := range c.house {
		most = max(most, int(h)+1)
	}
	safe := make([]float64, most) // log of the chance that nobody is found
	for i, h := range c.house {
		if !math.IsNaN(risk[i]) {
			safe[h] += math.Log1p(-risk[i])
		}
	}
	out := make([]float64, len(risk))
	for i, h := range c.house {
		out[i] = -math.Expm1(safe[h])
		if math.IsNaN(risk[i]) {
			out[i] = math.NaN()
		}
	}
	return out, nil
}

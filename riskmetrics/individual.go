package riskmetrics

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// RiskModel says how the individual risk is computed from f_k and F_k.
type RiskModel uint8

const (
	// Exact is the posterior mean of 1/F given f (Benedetti and Franconi 1998),
	//
	//	r = (pi/f) 2F1(1, 1; f+1; 1-pi),   pi = f/F
	//
	// to about 1e-15 relative for every f >= 1 and 0 < pi <= 1.
	Exact RiskModel = iota
	// Approx agrees with sdcMicro: the closed forms for f = 1 and 2, and
	// pi/(f-(1-pi)) for larger f, too large by up to 4 % at f = 3.
	Approx
	// MuArgus agrees with mu-ARGUS: the closed forms up to f = 3, and the first
	// eight terms (to order seven) of the series of 2F1 above, too small.
	MuArgus
)

// IndividualRisk returns the risk that a record is re-identified by an attacker
// who knows its keys, given its sample frequency f and its estimated population
// frequency F (Benedetti and Franconi 1998; Hundepool et al. 2012, 3.3.5). The first
// closed forms of the model [Exact] are
//
//	f = 1   -pi/(1-pi) ln pi
//	f = 2   pi/(1-pi)^2 (pi ln pi + 1 - pi)
//	f = 3   pi/(2 (1-pi)^3) ((1-pi)(1-3 pi) - 2 pi^2 ln pi)
//
// F = f gives 1/f under every model. A fractional f, as sdcmicro(alpha) makes, has no
// closed form: every model is then Exact. The error is ErrWeight unless
// 1 <= f <= F < infinity.
func IndividualRisk(f, pop float64, m RiskModel) (float64, error) {
	switch {
	case m > MuArgus:
		return 0, fmt.Errorf("%w: no such risk model", ErrRequest)
	case !(f >= 1):
		return 0, &words.Error{Kind: ErrWeight, Fact: words.New(words.SmallSampleFreq)}
	case math.IsInf(pop, 0) || math.IsNaN(pop):
		return 0, &words.Error{Kind: ErrWeight, Fact: words.New(words.EndlessPopFreq)}
	case pop < f:
		return 0, &words.Error{Kind: ErrWeight, Fact: words.New(words.SmallPopFreq)}
	}
	pi, q := f/pop, (pop-f)/pop
	if q == 0 {
		return 1 / f, nil
	}
	if f == math.Trunc(f) {
		switch {
		case m == Approx && f > 2:
			return pi / (f - q), nil
		case m == MuArgus && f > 3:
			return pi / f * series(f, q, 7), nil
		}
	}
	return exactRisk(f, pi, q), nil
}

// Where the series takes over from the recurrence. The recurrence multiplies an
// error by pi/(1-pi), at most a third, at each step; the series ends within 130
// terms.
const (
	largeClass    = 20
	largeFraction = 0.25
)

// exactRisk is the exact model for 0 < pi < 1 and q = 1-pi. With
//
//	I_m = integral over [0, 1] of (1-t)^m / (1 - q t) dt
//
// the risk is pi I_(f-1), and by division
//
//	I_0 = -ln(pi)/q,   I_(m+1) = (1/(m+1) - pi I_m) / q
//
// For f = 1 the closed form is exact at every pi.
func exactRisk(f, pi, q float64) float64 {
	if f == 1 {
		return pi * logIntegral(pi, q)
	}
	if f >= largeClass || pi >= largeFraction {
		return pi / f * series(f, q, math.MaxInt)
	}
	m := f - math.Floor(f)
	var i float64
	if m == 0 {
		i = logIntegral(pi, q)
	} else {
		i = fractional(m, pi, q)
	}
	for m++; m < f; m++ {
		i = (1/m - float64(pi*i)) / q
	}
	return pi * i
}

// logIntegral is I_0, -ln(pi)/q without cancellation at either end.
func logIntegral(pi, q float64) float64 {
	if q < 0.5 {
		return -math.Log1p(-q) / q
	}
	return -math.Log(pi) / q
}

// series is 2F1(1, 1; f+1; z) to the term of order last, or until a term no
// longer counts. All terms are positive, and the remainder is at most the term
// over 1-z or, for f of 20 and above, over 1/4.
func series(f, z float64, last int) float64 {
	sum, lost, t := 1.0, 0.0, 1.0
	for j := 1; j <= last; j++ {
		t *= float64(j) * z / (f + float64(j))
		s := sum + t
		lost += (sum - s) + t
		sum = s
		if t < 0x1p-58 {
			break
		}
	}
	return sum + lost
}

// fractional is I_m for 0 < m < 1. With 1-t = 1/(1+exp(-y)) the integral is
//
//	integral over all y of u^(m+1) (1-u) / (pi + q u) dy,   u = 1/(1+exp(-y))
//
// which has no poles within pi (3.14) of the real line. Therefore the trapezoid rule with
// step 1/2 is exact to exp(-4 pi^2) = 7e-18. All terms are positive.
func fractional(m, pi, q float64) float64 {
	const step = 0.5
	sum := 0.0
	for y := math.Floor(math.Log(pi)) - 44; y <= 44; y += step {
		e := math.Exp(-math.Abs(y))
		u, v := 1/(1+e), e/(1+e) // u and 1-u
		if y < 0 {
			u, v = v, u
		}
		sum += math.Pow(u, m+1) * v / (pi + float64(q*u))
	}
	return sum * step
}

// Individual returns the individual risk of every record; NaN for records that were left
// out. Without weights the sample is the population, and the risk is 1/f. Where
// respondents are named, f and F count respondents. The risk is computed once for a
// class, and not again for a class with the f and F of the class before. The error is the
// context's, or ErrWeight in a *ColumnError that names the column of weights and the
// first record of a class with F < f.
func (c *Classes) Individual(ctx context.Context, m RiskModel) ([]float64, error) {
	if c.weightErr != nil {
		return nil, c.weightErr
	}
	risk := make([]float64, len(c.f))
	var lastF, lastPop, last float64
	for id, f := range c.f {
		if id%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		pop := f
		if c.pop != nil {
			pop = c.pop[id]
		}
		if f != lastF || pop != lastPop {
			r, err := IndividualRisk(f, pop, m)
			if errors.Is(err, ErrWeight) {
				return nil, &ColumnError{Column: c.weightName, Row: c.first(uint32(id)), Err: err}
			} else if err != nil {
				return nil, err
			}
			lastF, lastPop, last = f, pop, r
		}
		risk[id] = last
	}
	return c.spread(risk), nil
}

// first returns the first record of a class.
func (c *Classes) first(class uint32) int64 {
	for i, id := range c.id {
		if id == class {
			return int64(i)
		}
	}
	return -1
}

package riskmetrics

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// ErrEstimator says that an estimator has no solution for the data, and why.
var ErrEstimator = errors.New("estimator has no solution")

// Estimate is a number, or the reason why there is none.
type Estimate struct {
	Value float64 // NaN where Err is not nil
	Err   error
}

func estimate(value float64, err error) Estimate {
	if err == nil && (math.IsNaN(value) || math.IsInf(value, 0)) {
		err = &words.Error{Kind: ErrEstimator, Fact: words.New(words.NotFinite)}
	}
	if err != nil {
		value = math.NaN()
	}
	return Estimate{value, err}
}

// Uniques are estimates of how many records of the population are unique in it.
type Uniques struct {
	// Zayatz, Pitman, PitmanExact and SNB are the estimates of each method.
	Zayatz, Pitman, PitmanExact, SNB Estimate
	// Dankar is the one among them that Dankar et al. 2012 would choose, and By
	// its name: zayatz, pitman or snb.
	Dankar Estimate
	By     string
	// Population is the size of the population, the records over the fraction.
	Population float64
}

// PopulationUniques estimates the number of uniques of a population. The records are a
// simple random sample of the population with the given fraction. Null is a category.
//
// The rule is that of Dankar et al. 2012: Pitman for a fraction of at most a tenth;
// above, the smaller of SNB and Zayatz. Where the estimator of the rule has failed, the
// estimate is Zayatz, which is usually the largest. An estimate above the size of the
// population is possible, because the models do not know the size, and is not changed.
//
// Where respondents are named, the uniques are respondents.
//
// The error is ErrRequest for a fraction that is not above 0 and below 1, for no records,
// or for a respondent with records in several classes, or the context's. Time is the
// number of records a step of Pitman's iteration.
func (c *Classes) PopulationUniques(ctx context.Context, fraction float64) (Uniques, error) {
	if !(fraction > 0 && fraction < 1) {
		return Uniques{}, fmt.Errorf("%w: the sampling fraction must be between 0 and 1", ErrRequest)
	}
	if err := c.oneClassEach(); err != nil {
		return Uniques{}, err
	}
	of, n := c.frequencies()
	if n == 0 {
		return Uniques{}, fmt.Errorf("%w: no records", ErrRequest)
	}
	u := Uniques{Population: n / fraction}
	u.Zayatz = estimate(zayatz(of, n, fraction), nil)
	theta, alpha, err := pitman(ctx, of, n)
	if ctx.Err() != nil {
		return Uniques{}, ctx.Err()
	}
	u.Pitman = estimate(pitmanUniques(theta, alpha, u.Population), err)
	u.PitmanExact = estimate(pitmanExact(theta, alpha, u.Population), err)
	u.SNB = estimate(snb(of, fraction))
	switch {
	case fraction <= 0.1 && u.Pitman.Err == nil:
		u.Dankar, u.By = u.Pitman, "pitman"
	case fraction > 0.1 && u.SNB.Err == nil && !(u.Zayatz.Value < u.SNB.Value):
		u.Dankar, u.By = u.SNB, "snb"
	default:
		u.Dankar, u.By = u.Zayatz, "zayatz"
	}
	return u, nil
}

// frequencies of frequencies: how many classes have f records, up to the largest.
func (c *Classes) frequencies() (of []float64, n float64) {
	most := int64(0)
	for _, s := range c.basis() {
		most = max(most, s)
	}
	of = make([]float64, most+1)
	for _, s := range c.basis() {
		of[s]++
		n += float64(s)
	}
	return of, n
}

// zayatz is the method of Zayatz 1991. It assumes that class sizes in the population are
// distributed as in the sample. By Bayes' rule
//
//	P(F=1 | f=1) = P(1) h(1) / sum over l of P(l) h(l)
//
// with h(l) = l C(N-l, n-1) / C(N, n) the hypergeometric chance that one of l is drawn.
// The estimate is P(F=1 | f=1) times the sample uniques, divided by the fraction. It is 0
// without sample uniques, and N where all are unique. It tends to be too large at small
// fractions. h(l) comes from h(1) = n/N and
//
//	h(l)/h(l-1) = l/(l-1) (N-n-l+2)/(N-l+1)
func zayatz(of []float64, n, fraction float64) float64 {
	if of[1] == 0 {
		return 0
	}
	population := n / fraction
	h, sum := fraction, of[1]*fraction
	for l := 2.0; int(l) < len(of); l++ {
		h *= l / (l - 1) * max(0, population-n-l+2) / (population - l + 1)
		sum += float64(of[int(l)] * h)
	}
	return of[1] / fraction * (of[1] * fraction / sum)
}

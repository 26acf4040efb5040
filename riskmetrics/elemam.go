package riskmetrics

import (
	"context"
	"math"
	"math/big"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// ReIdentification is the risk of re-identification under one kind of attacker
// (El Emam 2013, chapter 16).
type ReIdentification struct {
	// Risk is the risk of each class and each record, and the highest; a limit is
	// violated by a risk above it.
	Risk Attained
	// Success is the average risk: the share of records that the attacker finds. Where
	// respondents are named, it is the mean over respondents of the largest risk of their
	// records.
	Success float64
}

// AtRisk returns the share of records with a risk above the threshold; 0 without records.
// The comparison is exact. Where respondents are named, it is the share of respondents
// with such a record.
func (r ReIdentification) AtRisk(threshold *big.Rat) float64 {
	_, all := r.Risk.Classes.distinct(func(uint32) bool { return true })
	if all == 0 {
		return 0
	}
	return float64(r.Risk.Violations(threshold).Respondents) / float64(all)
}

// Prosecutor is the risk from an attacker who knows that the target is in the sample:
// 1/f_k for each record. Its Success is the success of a marketer with the sample as
// population.
func (c *Classes) Prosecutor() ReIdentification {
	return c.reidentify(c.f, c.freqExact)
}

// Journalist is the risk from an attacker who wants to find any member of a population.
// The population is a table with the same keys. The risk of a record is 1/F, with F the
// number of records of the population that match it. Success is the larger average of two
// attacks: from records of the sample to the population, and from the population to the
// sample:
//
//	max(mean over records of 1/F, classes / sum over classes of F)
//
// The error is ErrClass where the population lacks a class of the sample.
func (c *Classes) Journalist(ctx context.Context, population *Classes) (ReIdentification, error) {
	of, err := c.in(ctx, population)
	if err != nil {
		return ReIdentification{}, err
	}
	return c.journalist(of, func(id int) *big.Rat { return new(big.Rat).SetFloat64(of[id]) }), nil
}

// EstimatedJournalist is Journalist with the estimated population frequencies
// F_k. The error is ErrRequest without weights,
// and ErrWeight in a *ColumnError for an F_k below f_k, which would be no
// population.
func (c *Classes) EstimatedJournalist() (ReIdentification, error) {
	if err := c.weighted(); err != nil {
		return ReIdentification{}, err
	}
	for id, pop := range c.pop {
		if pop < c.f[id] {
			return ReIdentification{}, &ColumnError{Column: c.weightName, Row: c.first(uint32(id)),
				Err: &words.Error{Kind: ErrWeight, Fact: words.New(words.SmallPopFreq)}}
		}
	}
	return c.journalist(c.pop, c.popExact), nil
}

// Marketer is the risk from an attacker who matches the whole sample with a population:
// the expected share of records that are matched correctly. It is the mean over records
// of 1/F, with F as in Journalist. The errors are those of Journalist.
func (c *Classes) Marketer(ctx context.Context, population *Classes) (float64, error) {
	of, err := c.in(ctx, population)
	if err != nil {
		return 0, err
	}
	return c.meanInverse(of), nil
}

func (c *Classes) journalist(of []float64, exactly func(id int) *big.Rat) ReIdentification {
	r := c.reidentify(of, exactly)
	sum := 0.0
	for _, f := range of {
		sum += f
	}
	if sum > 0 {
		r.Success = max(r.Success, float64(len(of))/sum)
	}
	return r
}

// reidentify takes 1 over a frequency as the risk.
func (c *Classes) reidentify(of []float64, exactly func(id int) *big.Rat) ReIdentification {
	risk := make([]float64, len(of))
	for id, f := range of {
		risk[id] = 1 / f
	}
	sign := func(id int, limit *big.Rat) int { return new(big.Rat).Inv(exactly(id)).Cmp(limit) }
	return ReIdentification{Risk: c.given(above, risk, sign), Success: c.meanInverse(of)}
}

// meanInverse is the mean over records of 1 over a frequency, over respondents of
// the largest of these where they are named; NaN without records.
func (c *Classes) meanInverse(of []float64) float64 {
	sum, all := 0.0, 0.0
	if c.several > 0 {
		for _, least := range c.leastOfUnits(of) {
			if least > 0 {
				sum += 1 / least
				all++
			}
		}
		return sum / all // every one of several has a record
	}
	for id, n := range c.basis() {
		sum += float64(n) / of[id]
		all += float64(n)
	}
	if all == 0 {
		return math.NaN()
	}
	return sum / all
}

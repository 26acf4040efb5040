package riskmetrics

import "fmt"

// ReIdentification is the risk of re-identification under one kind of attacker
// (El Emam 2013).
type ReIdentification struct {
	// AtRisk is the share of records whose risk is above the threshold.
	AtRisk float64
	// Highest is the largest risk of a record.
	Highest float64
	// Success is the average risk: the share of records that the attacker finds.
	Success float64
}

// Prosecutor is the risk from someone who knows that the target is in the
// sample: 1/f_k for each record.
func (c *Classes) Prosecutor(threshold float64) ReIdentification {
	return c.reidentify(c.f, threshold)
}

// Journalist is the risk from someone who looks for anyone of a population, a
// table with the same keys: for each record 1 over the size of its class there.
// The error is ErrClass where the population lacks a class of the sample.
func (c *Classes) Journalist(population *Classes, threshold float64) (ReIdentification, error) {
	of, err := c.in(population)
	if err != nil {
		return ReIdentification{}, err
	}
	return c.reidentify(of, threshold), nil
}

// EstimatedJournalist is Journalist with the estimated population frequencies
// F_k. The error is ErrRequest without weights.
func (c *Classes) EstimatedJournalist(threshold float64) (ReIdentification, error) {
	if c.pop == nil {
		return ReIdentification{}, fmt.Errorf("%w: no weights", ErrRequest)
	}
	return c.reidentify(c.pop, threshold), nil
}

// Marketer is the risk from someone who matches the whole sample against a
// population: the expected share of records matched rightly, the mean over
// records of 1 over the size of the class there.
func (c *Classes) Marketer(population *Classes) (float64, error) {
	of, err := c.in(population)
	if err != nil {
		return 0, err
	}
	return c.reidentify(of, 1).Success, nil
}

func (c *Classes) reidentify(of []float64, threshold float64) ReIdentification {
	var r ReIdentification
	records := 0.0
	for id, n := range c.size {
		risk := 1 / of[id]
		records += float64(n)
		r.Success += float64(float64(n) * risk)
		r.Highest = max(r.Highest, risk)
		if risk > threshold {
			r.AtRisk += float64(n)
		}
	}
	if records > 0 {
		r.AtRisk /= records
		r.Success /= records
	}
	return r
}

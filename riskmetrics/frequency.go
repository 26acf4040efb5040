package riskmetrics

import (
	"fmt"
	"math/big"
)

// KAnonymity is the frequency f_k of every class: k-anonymity (Samarati and
// Sweeney 1998) is violated where f_k < k, nulls matching as the classes were
// made.
func (c *Classes) KAnonymity() Attained {
	return c.given(below, c.f, func(id int, limit *big.Rat) int { return c.freqExact(id).Cmp(limit) })
}

// KWeighted is the estimated population frequency F_k of every class, violated
// where F_k < k. The error is ErrRequest without weights.
func (c *Classes) KWeighted() (Attained, error) {
	if c.pop == nil {
		return Attained{}, fmt.Errorf("%w: no weights", ErrRequest)
	}
	return c.given(below, c.pop, func(id int, limit *big.Rat) int { return c.popExact(id).Cmp(limit) }), nil
}

// KRespondents is the number of distinct respondents in every class, null being
// a category whatever the policy: matching classes may hold the same respondent,
// so the classes alone are counted, which is the strict side. k is violated where
// fewer are there. The error is ErrRequest without respondents.
func (c *Classes) KRespondents() (Attained, error) {
	if c.people == nil {
		return Attained{}, fmt.Errorf("%w: no respondents", ErrRequest)
	}
	return c.counted(c.people), nil
}

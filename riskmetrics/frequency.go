package riskmetrics

import (
	"fmt"
	"math/big"
)

// KAnonymity is the frequency f_k of every class: k-anonymity (Samarati and
// Sweeney 1998) is violated where f_k < k, nulls matching as the classes were
// made. Where respondents are named, f_k counts them.
func (c *Classes) KAnonymity() Attained {
	return c.given(below, c.f, func(id int, limit *big.Rat) int { return c.freqExact(id).Cmp(limit) })
}

// KCertain is, for every class, the records that are equal to it on all keys, nulls
// being equal to nulls, or respondents where these are named: those that agree with the
// true keys of a record of the class whatever its nulls stand for. Where nulls match, a
// class that reaches k by KAnonymity and not here reaches it by nulls that may be of
// others.
func (c *Classes) KCertain() Attained { return c.counted(c.basis()) }

// KWeighted is the estimated population frequency F_k of every class, violated
// where F_k < k. The error is ErrRequest without weights, and ErrWeight in a
// *ColumnError where a respondent has records of one class with different weights.
func (c *Classes) KWeighted() (Attained, error) {
	if err := c.weighted(); err != nil {
		return Attained{}, err
	}
	return c.given(below, c.pop, func(id int, limit *big.Rat) int { return c.popExact(id).Cmp(limit) }), nil
}

// KRespondents is [Classes.KAnonymity] where respondents are named. The error is
// ErrRequest where none are.
func (c *Classes) KRespondents() (Attained, error) {
	if c.people == nil {
		return Attained{}, fmt.Errorf("%w: no respondents", ErrRequest)
	}
	return c.KAnonymity(), nil
}

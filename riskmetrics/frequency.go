package riskmetrics

import (
	"fmt"
	"math/big"
)

// KAnonymity is the frequency f_k of every class: k-anonymity (Samarati and Sweeney 1998)
// is violated where f_k < k. Nulls match as the classes were made. Where respondents are
// named, f_k counts respondents.
func (c *Classes) KAnonymity() Attained {
	return c.given(below, c.f, func(id int, limit *big.Rat) int { return c.freqExact(id).Cmp(limit) })
}

// KCertain is, for every class, the number of records that are equal to it on all keys,
// with nulls equal to nulls. Where respondents are named, it counts respondents. For
// every true value of the nulls, these records agree with the true keys of a record of
// the class.
//
// Where nulls match, a class may reach k by KAnonymity and not by KCertain. Such a class
// reaches k only through nulls, which may stand for other values.
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

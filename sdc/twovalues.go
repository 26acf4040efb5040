package sdc

import (
	"math/big"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
)

// twoValues are the two values of a response that has no others, in units of the response.
type twoValues struct{ low, high exact.Num }

// twoValuesOf returns the two values of the response of a table; nil where the response has
// another number of values.
func twoValuesOf(acc *evidence.Accumulator) *twoValues {
	low, high, ok := acc.TwoValues()
	if !ok {
		return nil
	}
	return &twoValues{low, high}
}

// rare returns how many of n rows of a cell have one of the two values, where these are some
// and fewer than min, and which value. A sensitive value goes before another, and then the
// value that fewer rows have. k is 0 where both values have min rows or none.
//
// The sum and the number of rows tell: sum = n * low + k * (high - low).
func (c Cell) rare(min int64, sensitive []*big.Rat) (k, n int64, unsafe bool) {
	two := c.t.two
	n = c.Records() - c.MissingResponse()
	if two == nil || n == 0 {
		return 0, n, false
	}
	low := two.low.Big()
	above := new(big.Int).Sub(c.t.m.Sum.At(c.i).Big(), new(big.Int).Mul(low, big.NewInt(n)))
	high := above.Quo(above, new(big.Int).Sub(two.high.Big(), low)).Int64()
	for _, x := range []struct {
		value exact.Num
		rows  int64
	}{{two.low, n - high}, {two.high, high}} {
		if x.rows == 0 || x.rows >= min {
			continue
		}
		listed := false
		for _, s := range sensitive {
			listed = listed || s.Cmp(c.t.units.Response.Rat(x.value)) == 0
		}
		if k == 0 || listed && !unsafe || listed == unsafe && x.rows < k {
			k, unsafe = x.rows, listed
		}
	}
	return k, n, unsafe
}

package sdc

import (
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
)

// coded are the values of a response that has few: a code. Of two values, any two are a code;
// of three or more, whole numbers of at most three digits.
type coded struct {
	values []exact.Num // two or more, ascending, in units of the response
	// Of three values or more: the least and the largest value, the whole number that all
	// differences are multiples of, and what the differences from either end can add up to.
	least, largest, step int64
	up, down             *additions
}

const largestCode = 999

// codedOf returns the values of the response of a table; nil where the response is no code.
// least is the least number of contributors that is safe.
func codedOf(acc *evidence.Accumulator, unit exact.Unit, least int64) *coded {
	c := &coded{values: acc.Values()}
	if len(c.values) < 2 {
		return nil
	}
	if len(c.values) == 2 {
		return c
	}
	var whole []int64
	for _, v := range c.values {
		x := unit.Rat(v)
		if !x.IsInt() || new(big.Int).Abs(x.Num()).Cmp(big.NewInt(largestCode)) > 0 {
			return nil
		}
		whole = append(whole, x.Num().Int64())
	}
	c.least, c.largest = whole[0], whole[len(whole)-1]
	for _, x := range whole {
		c.step = new(big.Int).GCD(nil, nil, big.NewInt(c.step), big.NewInt(x-c.least)).Int64()
	}
	var up, down []int64
	for i := range whole[1:] {
		up = append(up, (whole[i+1]-c.least)/c.step)
		down = append(down, (c.largest-whole[len(whole)-2-i])/c.step)
	}
	c.up, c.down = newAdditions(up, least), newAdditions(down, least)
	return c
}

// additions says what differences from one end of the values, in steps, add up to.
type additions struct {
	min   int64
	parts []int64 // ascending
	// For each sum: the least number of differences that add up to it and are min or more; and
	// the least number without the largest difference. noSum where there is none.
	many, without []int64
}

const (
	noSum = int64(1) << 40
	// mostWork is the largest number of steps of newAdditions.
	mostWork = 1 << 26
)

// newAdditions returns nil where there is too much to compute.
func newAdditions(parts []int64, min int64) *additions {
	far := parts[len(parts)-1]
	if min > mostWork/far || min*far > mostWork/(min+2)/int64(len(parts)) {
		return nil
	}
	a := &additions{min: min, parts: parts}
	of := func(parts, before []int64) []int64 { // one difference more than before; nil: from none on
		out := make([]int64, min*far)
		for e := range out {
			if out[e] = noSum; before == nil && e == 0 {
				out[e] = 0
				continue
			}
			from := before
			if before == nil {
				from = out
			}
			for _, d := range parts {
				if at := int64(e) - d; at >= 0 && from[at]+1 < out[e] {
					out[e] = from[at] + 1
				}
			}
		}
		return out
	}
	a.without = of(parts[:len(parts)-1], nil)
	a.many = of(parts, nil)
	for range min {
		a.many = of(parts, a.many)
	}
	return a
}

// few returns how many of n rows, at most, have another value than the one end, where the
// differences from it add up to sum and these rows are some and fewer than min, whatever they
// have: it is 0 where they may be none, or min or more. far says the same of the rows with the
// value at the other end.
//
// Where sum is min times the largest difference or more, min rows or more have another value,
// for fewer cannot add up to it.
func (a *additions) few(sum, n int64) (few, far int64) {
	last := a.parts[len(a.parts)-1]
	if sum <= 0 || sum >= a.min*last {
		return 0, 0
	}
	if a.many[sum] > n {
		few = min(sum/a.parts[0], a.min-1)
	}
	if a.without[sum] > n {
		far = sum / last
	}
	return few, far
}

// rareRows is what the sum of a cell tells of its rows, where these have values of a code.
type rareRows struct {
	rows   int64 // that have some of the values: so many, or at most so many
	of     int64 // rows with a response
	values int   // of the response
	unsafe bool  // a value among these is sensitive
}

// rare returns which rows of a cell are few, and fewer than min, as its sum tells. A sensitive
// value goes before another, and then the value that fewer rows have. rows is 0 where there are
// no such rows.
//
// The sum and the number of rows tell, of two values: sum = n * low + k * (high - low).
func (c Cell) rare(min int64, sensitive []*big.Rat) (out rareRows) {
	x := c.t.coded
	n := c.Records() - c.MissingResponse()
	if out.of = n; x == nil || n == 0 {
		return out
	}
	out.values = len(x.values)
	some := func(rows int64, values ...exact.Num) {
		if rows == 0 || rows >= min {
			return
		}
		listed := false
		for _, s := range sensitive {
			listed = listed || slices.ContainsFunc(values, func(v exact.Num) bool { return s.Cmp(c.t.units.Response.Rat(v)) == 0 })
		}
		if out.rows == 0 || listed && !out.unsafe || listed == out.unsafe && rows < out.rows {
			out.rows, out.unsafe = rows, listed
		}
	}
	low, high := x.values[0], x.values[len(x.values)-1]
	if below, above, ok := c.RowsOfTwo(); ok {
		some(below, low)
		some(above, high)
		return out
	}
	sum := c.Sum().Num().Int64()
	up, down := (sum-n*x.least)/x.step, (n*x.largest-sum)/x.step
	for _, end := range []struct {
		a       *additions
		sum     int64
		far     exact.Num
		between []exact.Num
	}{{x.up, up, high, x.values[1:]}, {x.down, down, low, x.values[:len(x.values)-1]}} {
		if end.a == nil { // too much to compute: perhaps few
			if end.sum > 0 && end.sum < min*(x.largest-x.least)/x.step {
				some(min-1, end.between...)
			}
			continue
		}
		few, far := end.a.few(end.sum, n)
		some(few, end.between...)
		some(far, end.far)
	}
	return out
}

// RowsOfTwo returns how many rows of the cell have the smaller and the larger of the two values
// of the response. ok is false where the response has another number of values in the rows of
// the table, and where MinContributors of the policy is off, so that nobody has looked.
func (c Cell) RowsOfTwo() (low, high int64, ok bool) {
	if c.t.coded == nil || len(c.t.coded.values) != 2 {
		return 0, 0, false
	}
	n, least := c.Records()-c.MissingResponse(), c.t.coded.values[0].Big()
	above := new(big.Int).Sub(c.t.m.Sum.At(c.i).Big(), new(big.Int).Mul(least, big.NewInt(n)))
	high = above.Quo(above, new(big.Int).Sub(c.t.coded.values[1].Big(), least)).Int64()
	return n - high, high, true
}

// codeLevel returns how far the sum of a cell with few rows of a sensitive value must be able to
// lie away: so that min rows may have it, by the larger of the differences at the two ends.
func (c Cell) codeLevel(min int64) *big.Rat {
	v := c.t.coded.values
	step := v[1].Sub(v[0])
	if last := v[len(v)-1].Sub(v[len(v)-2]); last.Cmp(step) > 0 {
		step = last
	}
	out := c.t.units.Response.Rat(step)
	return out.Mul(out, big.NewRat(min, 1))
}

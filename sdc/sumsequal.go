package sdc

import (
	"math/big"
	"slices"
	"sort"
)

// together judges the sum of several cells: Review where all contributors to the sum may
// have the same, Safe where that is ruled out. apart says that no respondent is in two of
// the cells. One cell is left to the rule itself.
//
// Review also where respondents are apart and the share of a sensitive value, of all who
// contribute to the sum, may reach Percent.
//
// What is known is about cells. That all contributions to their sum are equal is ruled out
//
//   - for observations, where those of some cell differ, or the means of two cells do;
//   - for respondents who are apart, in the same way;
//   - for other respondents, where contributions are not negative, and one has more than all
//     could have;
//   - for holdings, or respondents without holdings, where contributions are not negative,
//     and one that is listed has more than another may have, whatever they have in cells in
//     which they are not listed.
func (r AllEqual) together(cells []Cell, apart bool) Verdict {
	if r.Off || len(cells) < 2 {
		return Safe
	}
	negative := slices.ContainsFunc(cells, Cell.Negative)
	switch {
	case r.sameObservations(cells):
		return Review
	case apart && r.sameApart(cells):
		return Review
	case apart && r.mayShare(cells):
		return Review
	case apart && !cells[0].t.byHolding:
		return Safe
	case negative:
		return Review
	case !apart && sameRespondents(cells) && (cells[0].t.byHolding || sameHoldings(cells)):
		return Review
	case cells[0].t.byHolding && sameHoldings(cells):
		return Review
	}
	return Safe
}

// sameObservations reports whether all observations in some cells may be equal.
func (r AllEqual) sameObservations(cells []Cell) bool {
	return !differing(cells, func(c Cell) (is bool, n int64) {
		return c.Contributors() >= 2 && !r.of(c, nil).observations, c.Records() - c.MissingResponse()
	})
}

// sameApart reports whether all respondents may have the same, where none is in two cells.
func (r AllEqual) sameApart(cells []Cell) bool {
	return !differing(cells, func(c Cell) (is bool, n int64) {
		return c.Contributors() >= 2 && !r.of(c, nil).contributions, c.Contributors()
	})
}

// mayShare reports whether so many respondents may contribute one sensitive value to the sum
// that 100 * m >= Percent * n, where no respondent is in two of the cells. Of the n respondents
// of a cell
//
//	n = 1            1 if the cell has the value, or rows have weights; otherwise 0
//	share has it     as many as the rule counts
//	share has other  at most n - share
//	no share         fewer than the share that is a finding
func (r AllEqual) mayShare(cells []Cell) bool {
	for _, value := range cells[0].t.output.sensitiveValues() {
		most, all := int64(0), int64(0)
		for _, c := range cells {
			n := c.Contributors()
			all += n
			e := c.t.alike
			switch {
			case n == 1:
				if !c.t.m.Weighted.None() || c.Sum().Cmp(value) == 0 {
					most++
				}
			case e == nil || n == 0: // every row is a contributor, and Percent is 100: see sameApart
			case e.share[c.i] == 0:
				most += r.needed(n) - 1
			case e.unit.Rat(e.common.At(c.i)).Cmp(value) == 0:
				most += e.share[c.i]
			default:
				most += n - e.share[c.i]
			}
		}
		if all > 0 && cmpCounts(most, all, r.Percent.must()) >= 0 {
			return true
		}
	}
	return false
}

// needed returns the smallest m with 100 * m >= Percent * n.
func (r AllEqual) needed(n int64) int64 {
	return int64(sort.Search(int(n), func(m int) bool { return cmpCounts(int64(m), n, r.Percent.must()) >= 0 }))
}

// differing reports whether some cell has different values, as of says, or two cells have
// different means: of their n values.
func differing(cells []Cell, of func(Cell) (is bool, n int64)) bool {
	var value *big.Rat
	for _, c := range cells {
		is, n := of(c)
		if is {
			return true
		}
		if n == 0 || !c.t.m.Weighted.None() {
			continue // a row of weight 0 is in the sum, and is no observation
		}
		mean := new(big.Rat).Quo(c.Sum(), new(big.Rat).SetInt64(n))
		if value != nil && mean.Cmp(value) != 0 {
			return true
		}
		value = mean
	}
	return false
}

// sameRespondents reports whether all respondents may have the same amount v in all, where
// no contribution is negative. They are at least as many as in any one cell, so that v is at
// most the sum by this number. v is at least the mean of every cell, and at least what the
// largest holding of a cell has by the most respondents that it can have there.
func sameRespondents(cells []Cell) bool {
	sum, least, people := new(big.Rat), new(big.Rat), int64(0)
	atLeast := func(x *big.Rat, n int64) {
		if q := new(big.Rat).Quo(x, new(big.Rat).SetInt64(n)); q.Cmp(least) > 0 {
			least = q
		}
	}
	for _, c := range cells {
		n := c.Contributors()
		if n == 0 {
			continue
		}
		people = max(people, n)
		sum.Add(sum, c.SumAbs())
		atLeast(c.SumAbs(), n)
		most := int64(1)
		if c.t.byHolding {
			most = max(1, n-c.owners()+1)
		}
		if list, _, ok := c.Largest(); ok && len(list) > 0 {
			atLeast(list[0].Amount, most)
		}
	}
	return people == 0 || least.Mul(least, new(big.Rat).SetInt64(people)).Cmp(sum) <= 0
}

// sameHoldings reports whether all holdings, or respondents without one, may have the same in
// all, where no contribution is negative.
func sameHoldings(cells []Cell) bool {
	b := boundsOf(cells, 1)
	if b == nil || len(b.least) == 0 {
		return true
	}
	most := int64(0)
	for _, c := range cells {
		if c.t.byHolding {
			most = max(most, c.owners())
		} else {
			most = max(most, c.Contributors())
		}
	}
	if most <= int64(len(b.least)) { // perhaps all are in some list
		b = boundsOf(cells, 0)
	}
	// One holding has at least the largest least. Another has at most the smallest most. All
	// can have the same only if the former is not above the latter.
	return b.least[0].Cmp(b.most[len(b.most)-1]) <= 0
}

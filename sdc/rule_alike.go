package sdc

import (
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// AllEqual guards a magnitude table against values that the contributors to a cell have in
// common: whoever reads the mean of twelve equal incomes reads an income. A cell of at
// least two contributors is unsafe when
//
//   - all observations are equal: the rows with a response;
//
//   - all contributions are equal: what respondents, or where these are named holdings,
//     have in the cell, their rows added up;
//
//   - a value among the sensitive ones of the output is contributed by m of n contributors
//     and
//
//     100 * m >= Percent * n
//
// and zero counts as any other value. Where as many contribute another value the cell is a
// finding for review, unless that value is 0. A share of exactly Percent is a finding.
// Weights play no part, but that rows of weight 0 are no observations. Values are compared
// exactly; those of holdings in data with weights and negative contributions by their
// absolute values. A cell of one contributor is left to MinContributors.
//
// Bounds of the share are gathered with the sums; respondents of cells that these leave
// open are looked at again. Where no respondents are named, every row is one, and rows are
// kept until the end, 12 bytes each for responses of 64 bits; not those of an Arrow table of
// int64 responses without nulls and dictionary keys, which are read again where they lie.
// With a Percent of "100" and neither respondents nor holdings named nothing is kept.
//
// Source: none is published for the share; the value of the mean is that of microdata.no
// and of Brandt et al. 2010, 2.2.2 (a statistic that is the value of a respondent).
type AllEqual struct {
	Off bool
	// Percent is the share of the contributors with one value that is a finding.
	// Required, from 51 to 100.
	Percent Percent
}

func (AllEqual) name() string      { return "all-equal" }
func (r AllEqual) off() bool       { return r.Off }
func (r AllEqual) limits() []limit { return []limit{{"percent", string(r.Percent)}} }

func (r AllEqual) validate() error {
	if err := r.Percent.check(r.name(), 100); err != nil {
		return err
	}
	if r.floor() < leastAlike { // of two values both may have it
		return fmt.Errorf("%w: %s: percent must be from %d to 100", ErrRequest, r.name(), leastAlike)
	}
	return nil
}

const leastAlike = 51

// floor is the whole part of the percentage.
func (r AllEqual) floor() int {
	p := r.Percent.must()
	return int(p.Num / p.Den)
}

func (r AllEqual) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	sensitive := t.output.sensitiveValues()
	f.runs(func(f *finder, in run) {
		for c := range in.published() {
			a := r.of(c, sensitive)
			if a.verdict == Safe {
				continue
			}
			var message words.Message
			n := f.count(c.Contributors())
			switch {
			case a.observations:
				message = f.say(words.EqualObservations, n)
			case a.contributions:
				message = f.say(words.EqualContributions, n)
			case a.holdings:
				message = f.say(words.EqualHoldings, f.count(c.owners()))
			case a.verdict == Unsafe:
				message = f.say(words.SharedSensitiveValue, f.count(a.share), n)
			default:
				message = f.say(words.SharedValue, f.count(a.share), n)
			}
			have, of := a.share, c.Contributors()
			if a.holdings && !a.observations && !a.contributions {
				have, of = c.owners(), c.owners()
			}
			f.cell(c, Finding{
				Rule: r.name(), Verdict: a.verdict, Observed: exact.Share(count(have), count(of)), Limit: r.Percent.float(),
				Count: have, Of: of, Message: message,
			})
		}
	})
}

// agreement is what the contributors to the cells of a table have in common, see
// evidence.Margin.
type agreement struct {
	equal  []bool
	share  []int64
	common evidence.Nums
	unit   exact.Unit
}

// alike is what the rule says of a cell.
type alike struct {
	verdict                               Verdict
	observations, contributions, holdings bool
	share                                 int64 // contributors with the value
}

// of judges one cell.
func (r AllEqual) of(c Cell, sensitive []*big.Rat) alike {
	a := alike{verdict: Safe}
	n := c.Contributors()
	if n < 2 {
		return a
	}
	if e := c.t.alike; e != nil {
		a.share, a.observations = e.share[c.i], e.equal[c.i]
		a.contributions = a.share == n
	} else {
		a.contributions = c.sameContributions(n)
		a.observations = a.contributions // rows are contributors
	}
	if c.t.m.Owners != nil {
		a.holdings = c.sameContributions(c.owners())
	}
	if a.observations || a.contributions || a.holdings {
		a.verdict, a.share = Unsafe, n
		return a
	}
	if a.share == 0 || cmpCounts(a.share, n, r.Percent.must()) < 0 {
		return a
	}
	value := c.t.alike.unit.Rat(c.t.alike.common.At(c.i))
	for _, x := range sensitive {
		if x.Cmp(value) == 0 {
			a.verdict = Unsafe
			return a
		}
	}
	if value.Sign() != 0 {
		a.verdict = Review
	}
	return a
}

// sameContributions reports whether the n contributions by holding are the same, of which
// there are two or more: the largest is no larger than their mean.
func (c Cell) sameContributions(n int64) bool {
	total := c.t.m.SumAbs.At(c.i)
	if n < 2 || total.Sign() == 0 {
		return n >= 2
	}
	if c.t.m.Top.Len(c.i) == 0 || c.t.m.Top.At(c.i, 0).Value.Mul(count(n)).Cmp(total) != 0 {
		return false
	}
	if !c.Negative() || !c.t.m.Weighted.None() {
		return true
	}
	return c.t.m.Sum.At(c.i).Add(total).Sign() == 0
}

package sdc

import (
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// AllEqual guards a magnitude table against values that the contributors to a cell have
// in common: the mean of twelve equal incomes is the income of each. A cell of at least
// two contributors is unsafe when
//
//   - all observations are equal: the rows with a response;
//
//   - all contributions are equal: the sums, over the rows in the cell, of each
//     respondent or (where holdings are named) of each holding;
//
//   - m of n contributors contribute one value, which is a sensitive value of the output,
//     and
//
//     100 * m >= Percent * n
//
// Zero counts as any other value. The cell is for review when m of n contributors
// contribute another value that is not 0. A share of exactly Percent is a finding. Where
// holdings are named, the same is asked of the m of n holdings that contribute one value.
// Weights play no part, except that rows of weight 0 are no observations. Values are
// compared exactly. In data with weights and negative contributions, the contributions of
// holdings are compared by their absolute values. A cell of one contributor is left to
// MinContributors.
//
// Bounds of the share are computed together with the sums. Respondents of cells that the
// bounds leave undecided are counted again. Where no respondents are named, every row is
// a respondent, and the values are kept until the end, 12 bytes a row for responses of 64
// bits. Two cases need no such memory:
//
//   - an Arrow table of int64 responses without nulls and dictionary keys: its rows are
//     read again from the table;
//   - a Percent of "100" with neither respondents nor holdings named.
//
// Source: none is published for the share. The value of the mean is in the rules of
// microdata.no and in Brandt et al. 2010, 2.2.2 (a statistic that is the value of a
// respondent).
type AllEqual struct {
	Off bool
	// Percent is the smallest share of contributors with one value that is a finding.
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
	if r.floor() < leastAlike { // below 51 %, two values may both reach the share
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
			case a.byHolding && a.verdict == Unsafe:
				message = f.say(words.SensitiveByHoldings, f.count(a.share), f.count(c.owners()))
			case a.byHolding:
				message = f.say(words.SharedByHoldings, f.count(a.share), f.count(c.owners()))
			case a.verdict == Unsafe:
				message = f.say(words.SharedSensitiveValue, f.count(a.share), n)
			default:
				message = f.say(words.SharedValue, f.count(a.share), n)
			}
			have, of := a.share, c.Contributors()
			if a.byHolding {
				of = c.owners()
			}
			f.cell(c, Finding{
				Rule: r.name(), Verdict: a.verdict, Observed: exact.Share(count(have), count(of)), Limit: r.Percent.float(),
				Count: have, Of: of, Message: message,
			})
		}
	})
}

// agreement holds, for each cell of a table, the value that most contributors share, see
// evidence.Margin.
type agreement struct {
	equal  []bool
	share  []int64
	common evidence.Nums
	// The same of holdings; none where these were not counted.
	ownerShare  []int64
	ownerCommon evidence.Nums
	unit        exact.Unit
}

// alike is the result of the rule for one cell.
type alike struct {
	verdict                               Verdict
	observations, contributions, holdings bool
	byHolding                             bool  // the finding is about holdings alone
	share                                 int64 // contributors, or holdings, with the value
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
		if a.byHolding = !a.observations && !a.contributions; a.byHolding {
			a.share = c.owners()
		}
		return a
	}
	e := c.t.alike
	if e == nil {
		return a
	}
	a.verdict = r.judge(a.share, n, &e.common, c, sensitive)
	if e.ownerShare == nil {
		return a
	}
	share := e.ownerShare[c.i]
	if v := r.judge(share, c.owners(), &e.ownerCommon, c, sensitive); worst(a.verdict, v) != a.verdict {
		a.verdict, a.share, a.byHolding = v, share, true
	}
	return a
}

// judge returns the verdict on a cell in which share of n contribute one value, that of common.
func (r AllEqual) judge(share, n int64, common *evidence.Nums, c Cell, sensitive []*big.Rat) Verdict {
	if share == 0 || cmpCounts(share, n, r.Percent.must()) < 0 {
		return Safe
	}
	value := c.t.alike.unit.Rat(common.At(c.i))
	for _, x := range sensitive {
		if x.Cmp(value) == 0 {
			return Unsafe
		}
	}
	if value.Sign() != 0 {
		return Review
	}
	return Safe
}

// sameContributions reports whether n is at least 2 and the n contributions by holding
// are equal: the largest is no larger than the mean.
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

// apart returns the least part of the contributors to an unsafe cell that must differ.
func (r AllEqual) apart(c Cell, a alike) *big.Rat {
	n, limit := c.Contributors(), r.Percent.must()
	if a.byHolding {
		n = c.owners()
	}
	m := new(big.Int).Mul(big.NewInt(n), new(big.Int).SetUint64(limit.Num))
	m.Sub(m, big.NewInt(1)).Quo(m, new(big.Int).SetUint64(100*limit.Den))
	return big.NewRat(n-m.Int64(), n)
}

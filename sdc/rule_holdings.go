package sdc

import (
	"fmt"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// MinHoldings is the minimum number of holdings: a non-empty cell is unsafe when
//
//	Holdings < Min
//
// A cell of exactly Min holdings is safe. Holdings are the distinct holdings with a
// contribution:
//
//   - in a magnitude table, with a non-null response;
//   - in a magnitude table of data with weights, in a row of a weight above 0;
//   - in a frequency table, all of them.
//
// The cell is for review when it has Min holdings or more, but fewer than Min have a sum
// other than zero, as in MinContributors: who knows which holdings contribute nothing counts
// the others alone.
//
// A respondent without a holding is a holding of its own. Twelve establishments of one
// owner are one holding: the owner knows all twelve, and the published value is the value
// of that one owner.
//
// In microdata the cells are the classes on the keys: an owner of all twelve records of a
// class is known by the keys of the class. Where nulls of keys match, a class that has
// fewer than Min holdings of its own is for review.
//
// The rule applies where the data name a column of holdings. Without one, MinContributors
// counts respondents, and the report says that holdings were not checked.
//
// Linear in the cells. Source: Handbook on Statistical Disclosure Control, section 4.2.3
// (holdings as the unit). The threshold is that of MinContributors.
type MinHoldings struct {
	Off bool
	// Min is the least number that is safe. Required, at least 2.
	Min int64
}

func (MinHoldings) name() string      { return "min-holdings" }
func (r MinHoldings) off() bool       { return r.Off }
func (r MinHoldings) limits() []limit { return []limit{{"min", fmt.Sprint(r.Min)}} }

func (r MinHoldings) validate() error {
	if r.Min < 2 {
		return fmt.Errorf("%w: %s: min must be at least 2", ErrRequest, r.name())
	}
	return nil
}

func (r MinHoldings) check(t *Table, roles Roles, f *findings) {
	if r.Off || roles.Holding == "" {
		return
	}
	least := words.Count(r.Min)
	verdict := Unsafe
	if t.matched != nil {
		verdict = Review
	}
	f.runs(func(f *finder, in run) {
		for c := range in.published() {
			n, some := c.owners(), c.ownersNonZero()
			switch {
			case n < r.Min:
				f.cell(c, Finding{
					Rule: r.name(), Verdict: verdict, Observed: float64(n), Limit: float64(r.Min),
					Message: f.say(words.FewHoldings, f.count(n), least),
				})
			case some < r.Min:
				f.cell(c, Finding{
					Rule: r.name(), Verdict: Review, Observed: float64(some), Limit: float64(r.Min), Count: some, Of: n,
					Message: f.say(words.FewHoldingsNonZero, f.count(n), f.count(some), least),
				})
			}
		}
	})
}

// owners returns the number of holdings that contribute, see MinHoldings.
func (c Cell) owners() int64 {
	if c.t.m.Owners != nil {
		return c.t.m.Owners[c.i]
	}
	return c.Holdings()
}

// ownersNonZero returns, of the holdings that contribute, those with a sum other than 0; all of
// them in a table without a response.
func (c Cell) ownersNonZero() int64 {
	if c.t.m.OwnersNonZero != nil {
		return c.t.m.OwnersNonZero[c.i]
	}
	return c.owners()
}

package sdc

import (
	"fmt"
	"strings"

	"github.com/sluis-go/sluis/internal/observed"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// QuantileTail guards medians and percentiles against being the value of few persons. A
// quantile q of a cell is unsafe when
//
//	contributors with an observation <= q  <  Tail, or
//	contributors with an observation >= q  <  Tail
//
// Exactly Tail is safe. An observation is a row with a value; with Output.PerRespondent it is
// the sum of the values of one respondent in the cell. Contributors are distinct respondents.
// Where the data name holdings, and MinHoldings is on, the same is asked of holdings. A
// respondent with observations on both sides of q counts on both.
//
// A quantile between two observations is their weighted mean, see Output.QuantileType. Then
// the contributors up to q are those up to the lower of the two, and from q on those from the
// upper one on.
//
// Two neighbouring quantiles q <= r of a cell are for review when
//
//	contributors with an observation from q to r  <  Tail
//
// because the values of these few are then known to lie in between. A quantile that is unsafe
// is in no such pair. All quantiles of the cell that the output publishes are compared, not
// those of other outputs.
//
// Values are compared exactly. Missing values are no observations. Data with weights are
// refused: a weighted quantile is another value. All published cells are looked at, also
// totals.
//
// All observations are kept until the end, 12 to 29 bytes each, and are sorted once. Source:
// ESSNet guidelines 2010, 2.2.2, for quantiles as values of respondents; the number of ten is
// that of the smallest cell. The rule for neighbouring quantiles is ours.
type QuantileTail struct {
	Off bool
	// Tail is the least number that is safe. Required, at least 2.
	Tail int64
}

func (QuantileTail) name() string      { return "quantile-tail" }
func (r QuantileTail) off() bool       { return r.Off }
func (r QuantileTail) limits() []limit { return []limit{{"tail", fmt.Sprint(r.Tail)}} }

func (r QuantileTail) validate() error {
	if r.Tail < 2 {
		return fmt.Errorf("%w: %s: tail must be at least 2", ErrRequest, r.name())
	}
	return nil
}

// The facts of the rule, by role of the units.
var (
	belowFacts = [observed.Roles]words.ID{words.FewUpTo, words.FewHoldingsUpTo}
	aboveFacts = [observed.Roles]words.ID{words.FewFrom, words.FewHoldingsFrom}
	nextFacts  = [observed.Roles]words.ID{words.FewBetween, words.FewHoldingsBetween}
)

func (r QuantileTail) check(t *Table, f *findings) {
	o := t.observed
	if r.Off || o == nil || len(o.request.Quantiles) == 0 {
		return
	}
	least := words.Count(r.Tail)
	f.runs(func(f *finder, in run) {
		bad := make([]bool, len(o.names))
		for c := range in.published() {
			if o.cells[c.i].N == 0 {
				continue
			}
			found := o.cells[c.i].Quantiles
			for k := range found {
				n, id := r.few(&found[k], o.roles())
				if bad[k] = n < r.Tail; bad[k] {
					f.cell(c, Finding{
						Rule: r.name(), Statistic: o.names[k], Verdict: Unsafe, Observed: float64(n), Limit: float64(r.Tail),
						Message: f.say(id, f.count(n), words.NameOf(o.names[k]), least),
					})
				}
			}
			for k := range len(found) - 1 {
				if bad[k] || bad[k+1] {
					continue
				}
				for role := range o.roles() {
					if n := found[k].Next[role]; n < r.Tail {
						f.cell(c, Finding{
							Rule: r.name(), Statistic: strings.Join(o.names[k:k+2], ", "), Verdict: Review, Observed: float64(n), Limit: float64(r.Tail),
							Message: f.say(nextFacts[role], f.count(n), words.NameOf(o.names[k]), words.NameOf(o.names[k+1]), least),
						})
						break
					}
				}
			}
		}
	})
}

// few returns the smallest number of units on a side of a quantile, and the fact that says
// so: respondents go before holdings, and the lower side before the upper one.
func (r QuantileTail) few(x *observed.Found, roles int) (n int64, id words.ID) {
	n = r.Tail
	for role := range roles {
		if x.Below[role] < n {
			n, id = x.Below[role], belowFacts[role]
		}
		if x.Above[role] < n {
			n, id = x.Above[role], aboveFacts[role]
		}
	}
	return n, id
}

// roles is how many roles of units are counted.
func (o *observations) roles() int {
	if o.holdings {
		return observed.Roles
	}
	return 1
}

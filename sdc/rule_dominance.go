package sdc

import (
	"fmt"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// NK is the (n,k)-dominance rule: a non-empty cell is unsafe when
//
//	100 * (x1 + ... + xN) > Percent * total
//
// with x1 >= x2 >= ... the absolute values of the contributions of holdings, and total
// the sum of those absolute values. A share of exactly Percent is safe.
// [Policy.Weighting] says how weights enter. A cell whose contributions are all zero is
// safe.
//
// With a second pair, N2 and Percent2, a cell is unsafe when it breaks the inequality of
// either pair. A cell has one finding: that of the first pair, where the cell breaks both.
//
// Linear in the cells. Source: Handbook on Statistical Disclosure Control, section 4.2.1
// (strict inequality, as in tau-ARGUS and sdcTable; tau-ARGUS has two pairs at most, too).
type NK struct {
	Off bool
	// N is the number of largest contributions that are added. Required, at least 1.
	N int
	// Percent is the largest share that is safe. Required, in (0, 100].
	Percent Percent
	// N2 and Percent2 are a second pair, with another N. Defaults to none.
	N2       int     `json:",omitzero"`
	Percent2 Percent `json:",omitzero"`
}

func (NK) name() string { return "nk" }
func (r NK) off() bool  { return r.Off }
func (r NK) limits() (out []limit) {
	for i, x := range r.pairs() {
		out = append(out, limit{"n" + again(i), fmt.Sprint(x.N)}, limit{"percent" + again(i), string(x.Percent)})
	}
	return out
}

// pairs lists the pairs, each as a rule with one pair.
func (r NK) pairs() []NK {
	list := []NK{{N: r.N, Percent: r.Percent}}
	if r.N2 != 0 || r.Percent2 != "" {
		list = append(list, NK{N: r.N2, Percent: r.Percent2})
	}
	return list
}

// again follows the name of a threshold in pair i of a rule.
func again(i int) string {
	if i == 0 {
		return ""
	}
	return fmt.Sprint(i + 1)
}

func (r NK) validate() error {
	for i, x := range r.pairs() {
		if x.N < 1 || x.N > 100 {
			return fmt.Errorf("%w: %s: n%s must be between 1 and 100", ErrRequest, r.name(), again(i))
		}
		if err := x.Percent.check(r.name(), 100); err != nil {
			return err
		}
	}
	if r.N2 == r.N {
		return fmt.Errorf("%w: %s: both pairs have the same n: leave the milder one out", ErrRequest, r.name())
	}
	return nil
}

// most is the largest number of contributions that are added.
func (r NK) most() int { return max(r.N, r.N2) }

func (r NK) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	pairs := r.pairs()
	f.runs(func(f *finder, in run) {
		var scratch []exact.Num
		for c := range in.published() {
			d := c.dominance(scratch)
			scratch = d.value
			for _, x := range pairs {
				largest, total := d.largest(x.N)
				if cmpShare(largest, total, x.Percent.must()) <= 0 {
					continue
				}
				limit, percent := x.Percent.float(), words.Decimal(string(x.Percent))
				message := words.Message{}
				if x.N == 1 {
					message = f.say(words.LargestDominates, f.shareAbove(largest, total, limit, x.Percent), percent)
				} else {
					message = f.say(words.TopDominates, words.Count(int64(x.N)), f.shareAbove(largest, total, limit, x.Percent), percent)
				}
				f.cell(c, Finding{
					Rule: r.name(), Verdict: Unsafe, Observed: share(largest, total), Limit: limit,
					Message: d.noted(message),
				})
				break
			}
		}
	})
}

// PPercent is the p% rule: a non-empty cell is unsafe when the coalition of the second to
// the (Coalition+1)-th largest contributor can estimate the largest contribution to
// within P percent of it:
//
//	100 * (total - x1 - ... - x(Coalition+1)) < P * x1
//
// with x1 >= x2 >= ... the absolute values of the contributions of holdings, and weights
// as [Policy.Weighting] says. Equality is safe.
//
// With a second pair, P2 and Coalition2, a cell is unsafe when it breaks the inequality of
// either pair. A cell has one finding: that of the first pair, where the cell breaks both.
//
// Linear in the cells. Source: Handbook on Statistical Disclosure Control, section 4.2.2.
type PPercent struct {
	Off bool
	// P is the least percentage of error that is safe. Required, above 0.
	P Percent
	// Coalition is the number of contributors who add their knowledge together. Defaults
	// to 1.
	Coalition int
	// P2 and Coalition2 are a second pair, with another coalition. Defaults to none.
	P2         Percent `json:",omitzero"`
	Coalition2 int     `json:",omitzero"`
}

func (PPercent) name() string { return "p-percent" }
func (r PPercent) off() bool  { return r.Off }
func (r PPercent) limits() (out []limit) {
	for i, x := range r.pairs() {
		out = append(out, limit{"p" + again(i), string(x.P)}, limit{"coalition" + again(i), fmt.Sprint(x.Coalition)})
	}
	return out
}

// pairs lists the pairs, each as a rule with one pair and its number of contributors.
func (r PPercent) pairs() []PPercent {
	list := []PPercent{{P: r.P, Coalition: max(1, r.Coalition)}}
	if r.P2 != "" || r.Coalition2 != 0 {
		list = append(list, PPercent{P: r.P2, Coalition: max(1, r.Coalition2)})
	}
	return list
}

// most is the largest coalition.
func (r PPercent) most() int { return max(1, r.Coalition, r.Coalition2) }

func (r PPercent) validate() error {
	if min(r.Coalition, r.Coalition2) < 0 || r.most() > 99 {
		return fmt.Errorf("%w: %s: coalition must be between 1 and 99", ErrRequest, r.name())
	}
	pairs := r.pairs()
	for _, x := range pairs {
		if err := x.P.check(r.name(), 0); err != nil {
			return err
		}
	}
	if len(pairs) == 2 && pairs[0].Coalition == pairs[1].Coalition {
		return fmt.Errorf("%w: %s: both pairs have the same coalition: leave the milder one out", ErrRequest, r.name())
	}
	return nil
}

func (r PPercent) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	pairs := r.pairs()
	f.runs(func(f *finder, in run) {
		var scratch []exact.Num
		for c := range in.published() {
			d := c.dominance(scratch)
			scratch = d.value
			for _, x := range pairs {
				rest, x1, _ := d.remainder(x.Coalition + 1)
				if x1.Sign() == 0 || rest.Sign() > 0 && cmpShare(rest, x1, x.P.must()) >= 0 {
					continue
				}
				limit := x.P.float()
				f.cell(c, Finding{
					Rule: r.name(), Verdict: Unsafe, Observed: exact.Share(rest, x1), Limit: limit,
					Message: d.noted(f.say(words.LargestEstimable, f.share(rest, x1, limit), words.Decimal(string(x.P)))),
				})
				break
			}
		}
	})
}

// PQ is the prior-posterior rule. Before publication every attacker knows each
// contribution to within Q percent; publication must not make it known to within P
// percent. A non-empty cell is unsafe when
//
//	Q * (total - x1 - x2) < P * x1
//
// with x1 and x2 the largest absolute values of the contributions of holdings. Equality
// is safe. P must be less than Q. With Q = 100 the rule is the p% rule.
//
// Linear in the cells. Source: Handbook on Statistical Disclosure Control, section 4.2.2.
type PQ struct {
	Off bool
	// P and Q are percentages, P < Q. Required.
	P, Q Percent
}

func (PQ) name() string { return "pq" }
func (r PQ) off() bool  { return r.Off }
func (r PQ) limits() []limit {
	return []limit{{"p", string(r.P)}, {"q", string(r.Q)}}
}

func (r PQ) validate() error {
	if err := r.P.check(r.name()+" p", 0); err != nil {
		return err
	}
	if err := r.Q.check(r.name()+" q", 0); err != nil {
		return err
	}
	p, q := r.P.must(), r.Q.must()
	if exact.CmpScaled(count(int64(p.Num)), q.Den, count(int64(q.Num)), p.Den) >= 0 {
		return fmt.Errorf("%w: %s: p must be less than q", ErrRequest, r.name())
	}
	return nil
}

func (r PQ) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	p, q := r.P.must(), r.Q.must()
	limit := r.P.float()
	message := words.New(words.PosteriorEstimable, words.Decimal(string(r.Q)), words.Decimal(string(r.P)))
	f.runs(func(f *finder, in run) {
		var scratch []exact.Num
		for c := range in.published() {
			d := c.dominance(scratch)
			scratch = d.value
			rest, x1, _ := d.remainder(2)
			if x1.Sign() == 0 {
				continue
			}
			// Q * rest against P * x1, with the denominator of each side multiplied into
			// the other side.
			if rest.Sign() > 0 && exact.CmpScaled(rest.Mul(count(int64(q.Num))), p.Den, x1.Mul(count(int64(p.Num))), q.Den) >= 0 {
				continue
			}
			f.cell(c, Finding{
				Rule: r.name(), Verdict: Unsafe, Observed: exact.Share(rest, x1), Limit: limit,
				Message: d.noted(message),
			})
		}
	})
}

// Request protects respondents who asked for protection: a non-empty cell is unsafe when
// a holding that asked contributes more than Percent of the total,
//
//	100 * (largest contribution of those who asked) > Percent * total
//
// by absolute value and unweighted. A respondent asks when any row of the respondent
// asks. A holding asks when any of its respondents asks. The whole contribution counts,
// also of the rows that do not ask. Rows of weight 0 contribute nothing.
//
// The rule applies where the data names a request column. A frequency table has no
// contributions, and is left to MinContributors.
//
// Linear in the cells. Source: tau-ARGUS manual, request rule.
type Request struct {
	Off bool
	// Percent is the largest share that is safe. Required, in [0, 100]. With "0" a cell
	// is unsafe when any holding that asked contributes other than 0.
	Percent Percent
}

func (Request) name() string      { return "request" }
func (r Request) off() bool       { return r.Off }
func (r Request) limits() []limit { return []limit{{"percent", string(r.Percent)}} }

func (r Request) validate() error {
	if r.Percent == "0" {
		return nil
	}
	return r.Percent.check(r.name(), 100)
}

func (r Request) check(t *Table, f *findings) {
	if r.Off || t.asked == nil {
		return
	}
	p := r.Percent.must()
	limit, percent := r.Percent.float(), words.Decimal(string(r.Percent))
	f.runs(func(f *finder, in run) {
		for c := range in.published() {
			x, ok := t.asked[c.i]
			if !ok {
				continue
			}
			total := t.m.SumAbs.At(c.i)
			if cmpShare(x, total, p) <= 0 {
				continue
			}
			f.cell(c, Finding{
				Rule: r.name(), Verdict: Unsafe, Observed: share(x, total), Limit: limit,
				Message: f.say(words.AskedDominates, f.shareAbove(x, total, limit, r.Percent), percent),
			})
		}
	})
}

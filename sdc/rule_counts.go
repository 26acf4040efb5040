package sdc

import (
	"errors"
	"fmt"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// MinContributors is the minimum-cell-count rule: a non-empty cell is unsafe when
//
//	Contributors < Min
//
// A cell of exactly Min contributors is safe. The contributors are:
//
//   - in a magnitude table, the distinct respondents with a non-null response;
//   - in a magnitude table of data with weights, of these the respondents with a row of
//     weight above 0: the other rows are in no weighted sum or mean;
//   - in a frequency table, all distinct respondents.
//
// An estimated count of one hundred that rests on one respondent has one contributor. The
// cell is for review when it has Min contributors or more, but fewer than Min have a sum
// other than zero.
//
// A response that has two values in all rows is a code, and a sum or mean of it a count: the
// mean of codes 1 and 2 tells how many have 2. A cell of Min contributors or more is for
// review when, of its rows with a response,
//
//	0 < rows with one of the two values < Min
//
// and unsafe when the output lists that value as a sensitive value. Every row counts, also of
// one respondent and with weight 0.
//
// A response of three to ten values in all rows, whole numbers of at most three digits, is a
// code too. A cell is for review (unsafe where a value in question is sensitive) when every way
// to make up its sum of as many rows with these values has
//
//	0 < rows with another value than the least < Min
//
// or the same with the largest in place of the least; or has some rows with the largest value
// and fewer than Min, or with the least. Where Min is too large to try all ways, some hundreds
// for numbers of three digits, a cell that may have so few such rows is for review.
//
// A hidden sum of few contributors needs an interval: five companies whose turnover is
// known to within 10 in 1,000,000 are disclosed, although the exact sum is not known.
// Interval is the distance that must remain, see Cell.ProtectionLevel. Interval is no
// threshold of this rule. A hidden count must only not be known exactly.
//
// Linear in the cells. Source: Handbook on Statistical Disclosure Control, section 4.2.1;
// ESSNet guidelines 2010, 2.2.1.
type MinContributors struct {
	Off bool
	// Min is the least number that is safe. Required, at least 2.
	Min int64
	// Interval says how exactly an attacker may know the sum of a hidden cell of a
	// magnitude table with fewer than Min contributors, or with too few holdings. It is a
	// percentage of the sum of the absolute contributions to the cell. The bounds of the
	// attacker must stay at least that far from the sum on either side. Empty or "0"
	// requires only that the sum is not known exactly.
	Interval Percent
}

func (MinContributors) name() string { return "min-contributors" }
func (r MinContributors) off() bool  { return r.Off }
func (r MinContributors) limits() []limit {
	list := []limit{{"min", fmt.Sprint(r.Min)}}
	if r.Interval != "" {
		list = append(list, limit{"interval", string(r.Interval)})
	}
	return list
}

func (r MinContributors) validate() error {
	if r.Min < 2 {
		return fmt.Errorf("%w: %s: min must be at least 2", ErrRequest, r.name())
	}
	if _, err := r.interval(); err != nil {
		return fmt.Errorf("%w: %s: interval: %w", ErrRequest, r.name(), err)
	}
	return nil
}

// interval returns the percentage of Interval, 0 for none.
func (r MinContributors) interval() (exact.Ratio, error) {
	if r.Interval == "" {
		return exact.ParseDecimal("0")
	}
	x, err := r.Interval.ratio()
	if err == nil && x.Num > 100*x.Den {
		err = errors.New("percentage must be at most 100")
	}
	return x, err
}

func (r MinContributors) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	// Most counts are small: their messages are made once.
	least := words.Count(r.Min)
	few := make([]words.Message, min(r.Min, 1<<6))
	for n := range few {
		few[n] = words.New(words.FewContributors, words.Count(int64(n)), least)
	}
	sensitive := t.output.sensitiveValues()
	f.runs(func(f *finder, in run) {
		for c := range in.published() {
			n := c.Contributors()
			rare := c.rare(r.Min, sensitive)
			switch {
			case n < int64(len(few)):
				f.cell(c, Finding{Rule: r.name(), Verdict: Unsafe, Observed: float64(n), Limit: float64(r.Min), Message: few[n]})
			case n < r.Min:
				f.cell(c, Finding{
					Rule: r.name(), Verdict: Unsafe, Observed: float64(n), Limit: float64(r.Min),
					Message: f.say(words.FewContributors, f.count(n), least),
				})
			case rare.unsafe:
				f.cell(c, rare.finding(f, r, Unsafe, words.FewSensitiveOfTwo, words.FewSensitiveCodes))
			case t.magnitude() && c.NonZero() < r.Min:
				f.cell(c, Finding{
					Rule: r.name(), Verdict: Review, Observed: float64(c.NonZero()), Limit: float64(r.Min), Count: c.NonZero(), Of: n,
					Message: f.say(words.FewNonZero, f.count(n), f.count(c.NonZero()), least),
				})
			case rare.rows > 0:
				f.cell(c, rare.finding(f, r, Review, words.FewOfTwo, words.FewOfCodes))
			}
		}
	})
}

// finding is the finding of few rows; two is the message for two values, and several for more.
func (x rareRows) finding(f *finder, r MinContributors, v Verdict, two, several words.ID) Finding {
	out := Finding{Rule: r.name(), Verdict: v, Observed: float64(x.rows), Limit: float64(r.Min), Count: x.rows, Of: x.of}
	if x.values == 2 {
		out.Message = f.say(two, f.count(x.of), f.count(x.rows), words.Count(r.Min))
	} else {
		out.Message = f.say(several, f.count(int64(x.values)), f.count(x.of), f.count(x.rows), words.Count(r.Min))
	}
	return out
}

// KAnonymity is the minimum size of an equivalence class of microdata: a class of records
// equal on all key variables is unsafe when
//
//	Respondents < K
//
// Where the data's policy for missing values lets nulls in keys match, with
//
//	Matching = respondents of all classes that agree with the class on every key
//	           where neither has a null (by alpha as sdcmicro says)
//	Certain  = respondents of the class itself, nulls being equal to nulls
//
// a class is unsafe when Matching < K, and for review when Certain < K <= Matching. A
// class for review reaches K only through rows with a null where the class has a value,
// or with a value where the class has a null. For a record of a class without a finding,
// an attacker who knows the true keys finds at least K respondents: the respondents of
// the same class. No value of the nulls changes that.
//
// There is no review where local suppression has proved the same: all keys with nulls are
// suppressed, and the record of the suppression counts every null and covers the keys, the
// respondents and K. A null that was missing before local suppression is in no record.
// Rows that are excluded because of nulls in keys belong to no class, and are for review.
//
// Linear in the classes. Source: Samarati and Sweeney 1998; Handbook on Statistical
// Disclosure Control, section 3.3.
type KAnonymity struct {
	Off bool
	// K is the least class size that is safe. Required, at least 2.
	K int64
}

func (KAnonymity) name() string      { return "k-anonymity" }
func (r KAnonymity) off() bool       { return r.Off }
func (r KAnonymity) limits() []limit { return []limit{{"k", fmt.Sprint(r.K)}} }

func (r KAnonymity) validate() error {
	if r.K < 2 {
		return fmt.Errorf("%w: %s: k must be at least 2", ErrRequest, r.name())
	}
	return nil
}

func (r KAnonymity) check(t *Table, f *findings) {
	if r.Off {
		return
	}
	least := words.Count(r.K)
	f.runs(func(f *finder, in run) {
		for c := range in.published() {
			if t.matched != nil {
				r.checkMatched(t, c, f)
				continue
			}
			if n := c.Respondents(); n < r.K {
				f.cell(c, Finding{
					Rule: r.name(), Verdict: Unsafe, Observed: float64(n), Limit: float64(r.K),
					Message: f.say(words.SmallClass, f.count(n), least),
				})
			}
		}
	})
}

// MinDegreesOfFreedom guards against saturated models: a model is unsafe when
//
//	N - parameters < Min
//
// with N the number of distinct respondents that the model is fitted on. Source: ESSNet
// guidelines 2010, 2.2.5.
type MinDegreesOfFreedom struct {
	Off bool
	// Min is the least number that is safe. Required, at least 1.
	Min int64
}

func (MinDegreesOfFreedom) name() string      { return "min-degrees-of-freedom" }
func (r MinDegreesOfFreedom) off() bool       { return r.Off }
func (r MinDegreesOfFreedom) limits() []limit { return []limit{{"min", fmt.Sprint(r.Min)}} }

func (r MinDegreesOfFreedom) validate() error {
	if r.Min < 1 {
		return fmt.Errorf("%w: %s: min must be at least 1", ErrRequest, r.name())
	}
	return nil
}

func (r MinDegreesOfFreedom) check(t *Table, parameters int64, f *findings) {
	if r.Off {
		return
	}
	for c := range t.published() {
		n := c.Respondents()
		if n-parameters < r.Min {
			f.output(Finding{
				Rule: r.name(), Verdict: Unsafe, Observed: float64(n - parameters), Limit: float64(r.Min), Of: n,
				Message: words.New(words.FewDegreesOfFreedom, words.Count(n), words.Count(parameters), words.Count(n-parameters), words.Count(r.Min)),
			})
		}
	}
}

package sdc

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Closeness guards a class of microdata in which almost all respondents have nearly the
// same amount. For every sensitive variable of [Output.Amounts] or [Output.Width] a class
// is unsafe when some band of its values, from lo to hi, satisfies
//
//	100 * (values in the band) >= Share * N
//	100 * (hi - lo) <= Percent * max(|lo|, |hi|)   for amounts
//	hi - lo <= width                               for variables with a width
//
// with each value of a respondent counted once, and N the respondents of the class with a
// value that is not null. Equality is unsafe in both inequalities. A respondent with
// several values can only raise the left side of the first inequality. A class with fewer
// respondents than the minimum of k-anonymity (2 where k-anonymity is off) is left to
// k-anonymity. A finding with N below that minimum is for review. Comparisons are exact.
// O(n log n) in the values.
//
// Source: none published. The rule is derived from group disclosure: a narrow band is
// treated as a category.
type Closeness struct {
	Off bool
	// Percent is the width of a narrow band in percent of its largest absolute value.
	// Required, in (0, 100].
	Percent Percent
	// Share is the share of a class at which a band is unsafe. Required, in (0, 100].
	Share Percent
}

func (Closeness) name() string { return "closeness" }
func (r Closeness) off() bool  { return r.Off }
func (r Closeness) limits() []limit {
	return []limit{{"percent", string(r.Percent)}, {"share", string(r.Share)}}
}

func (r Closeness) validate() error {
	if err := r.Percent.check(r.name(), 100); err != nil {
		return err
	}
	return r.Share.check(r.name(), 100)
}

// valueCount is a value of a class and how many respondents have it.
type valueCount struct {
	value *big.Rat
	n     int64
}

func (r Closeness) check(t *outputTables, p *Policy, f *findings) {
	if r.Off {
		return
	}
	least := int64(2)
	if !p.KAnonymity.Off {
		least = p.KAnonymity.K
	}
	for _, s := range t.sensitive {
		if v := &s.vars[len(s.vars)-1]; t.main.output.isAmount(v.Name) {
			r.checkVariable(t.main, s, v, least, f)
		}
	}
}

// undeclared lists the sensitive variables of microdata that hold numbers and are not
// among the amounts of the output. The rule does not look at them.
func (r Closeness) undeclared(t *outputTables) (out []words.Message) {
	for _, s := range t.sensitive {
		v := &s.vars[len(s.vars)-1]
		if !r.Off && !t.main.output.isAmount(v.Name) && v.amounts() {
			out = append(out, words.New(words.NoAmounts, words.NameOf(v.Name)))
		}
	}
	return out
}

// checkVariable looks at a sensitive variable, the last of s.
func (r Closeness) checkVariable(main, s *Table, v *Variable, least int64, f *findings) {
	last := len(s.vars) - 1
	values, known := map[string][]valueCount{}, map[string]int64{}
	for i := range s.hidden {
		keys := true
		for w := range last {
			keys = keys && s.vars[w].IsLeaf(int(s.nodes[w][i]))
		}
		if !keys {
			continue
		}
		key, node, n := s.nodeKey(i, last), s.nodes[last][i], s.m.Respondents[i]
		switch {
		case node == 0:
			known[key] += n
		case v.nodes[node].null:
			known[key] -= n
		default:
			values[key] = append(values[key], valueCount{v.values[node], n})
		}
	}
	width, limit := (*big.Rat)(nil), r.Percent.float()
	close, within := words.CloseAmounts, words.Decimal(string(r.Percent))
	if text, ok := main.output.Width[v.Name]; ok {
		width, _ = new(big.Rat).SetString(text)
		limit, _ = width.Float64()
		close, within = words.CloseWithin, words.Decimal(text)
	}
	f.runs(func(f *finder, in run) {
		for c := range in.published() {
			key := main.nodeKey(c.i, last)
			of := known[key]
			if c.Respondents() < least || of <= 0 {
				continue
			}
			n, observed := r.narrowest(values[key], of, width)
			if n == 0 {
				continue
			}
			verdict, message := Unsafe, f.say(close, f.count(n), f.count(of), words.NameOf(v.Name), within)
			if of < least {
				verdict, message = Review, message.With(unknownNote(c.Respondents()-of))
			}
			f.cell(c, Finding{
				Rule: r.name(), Verdict: verdict, Variable: v.Name, Observed: observed, Limit: limit, Count: n, Of: of,
				Message: message,
			})
		}
	})
}

// narrowest returns how many values the first narrow band holds, and the width of the
// band in the unit of the limit. Both are 0 if no band is narrow enough. For each lo only
// the smallest hi with enough values is tried, because a larger hi makes no band
// narrower:
//
//   - for lo > 0 the share (hi-lo)/hi grows with hi;
//   - for hi <= 0 the width hi-lo grows, and |lo| stays;
//   - for lo < 0 < hi the share is above 1.
func (r Closeness) narrowest(values []valueCount, of int64, width *big.Rat) (n int64, observed float64) {
	slices.SortFunc(values, func(a, b valueCount) int { return a.value.Cmp(b.value) })
	share, percent := r.Share.must(), r.Percent.must()
	hi, held := 0, int64(0)
	for lo := range values {
		for hi < len(values) && cmpCounts(held, of, share) < 0 {
			held += values[hi].n
			hi++
		}
		if cmpCounts(held, of, share) < 0 {
			return 0, 0
		}
		a, b := values[lo].value, values[hi-1].value
		wide := new(big.Rat).Sub(b, a)
		if width != nil {
			if wide.Cmp(width) <= 0 {
				observed, _ = wide.Float64()
				return held, observed
			}
		} else {
			largest := new(big.Rat).Abs(a)
			if x := new(big.Rat).Abs(b); x.Cmp(largest) > 0 {
				largest = x
			}
			if wide.Mul(wide, ratio(100, 1)); wide.Cmp(new(big.Rat).Mul(largest, ratio(percent.Num, percent.Den))) <= 0 {
				if largest.Sign() != 0 {
					observed, _ = wide.Quo(wide, largest).Float64()
				}
				return held, observed
			}
		}
		held -= values[lo].n
	}
	return 0, 0
}

// isAmount reports whether a sensitive variable is one of numbers that Closeness judges.
func (o *Output) isAmount(name string) bool {
	_, ok := o.Width[name]
	return ok || slices.Contains(o.Amounts, name)
}

func (o *Output) validateAmounts(fail func(string, ...any) error) error {
	if d, ok := duplicate(o.Amounts); ok {
		return fail("amount %q is named twice", d)
	}
	for _, name := range append(slices.Clone(o.Amounts), slices.Sorted(maps.Keys(o.Width))...) {
		if o.Kind != Microdata || !slices.Contains(o.Sensitive, name) {
			return fail("%q is no sensitive variable of microdata, hence no amount and without a width", name)
		}
		if _, wide := o.Width[name]; wide && slices.Contains(o.Amounts, name) {
			return fail("%q is an amount or has a width, not both", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Width)) {
		// Within a width of 0 only equal values are, and group-disclosure finds these.
		if w := o.Width[name]; !plainNumber.MatchString(w) || w[0] == '-' || strings.Trim(w, "0.") == "" {
			return fail("the width of %q is no plain decimal number above 0", name)
		}
	}
	return nil
}

// addValues notes the values of the nodes of a variable of amounts: numbers, or texts
// that are numbers.
func (v *Variable) addValues(list *column.List, comma bool) error {
	v.values = make([]*big.Rat, len(v.nodes))
	for code := range uint32(list.Len()) {
		if null, ok := list.Null(); ok && null == code {
			continue
		}
		x, ok := (*big.Rat)(nil), false
		if list.Numbers() {
			x, ok = list.Rat(code)
		} else {
			label := list.Label(code)
			if comma && !strings.Contains(label, ".") {
				label = strings.Replace(label, ",", ".", 1)
			}
			if plainNumber.MatchString(label) {
				x, ok = new(big.Rat).SetString(label)
			}
		}
		if !ok {
			return &ColumnError{Column: v.Name, Row: -1, Err: fmt.Errorf("%w: an amount is a plain decimal number", column.ErrType)}
		}
		v.values[v.leafOf[code]] = x
	}
	return nil
}

package sdc

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/report/words"
)

type num = exact.Num

// shiftUp multiplies by 2^n.
func shiftUp(a num, n int) num {
	if n == 0 {
		return a
	}
	return exact.NumFromBig(new(big.Int).Lsh(a.Big(), uint(n)))
}

// matching says how nulls in keys match.
type matching struct {
	sdcMicro bool
	alpha    exact.Ratio
}

// matching parses the policies that are more than a treatment of one column; it
// returns nil for the others.
func (m Missing) matching() (*matching, error) {
	switch m {
	case "", MissingRefuse, MissingCategory, MissingExclude:
		return nil, nil
	case MissingWildcard, MissingSuppressed:
		return &matching{}, nil
	}
	if s, ok := strings.CutPrefix(string(m), "sdcmicro("); ok {
		if s, ok = strings.CutSuffix(s, ")"); ok {
			r, err := exact.ParseDecimal(s)
			if err == nil && r.Num <= r.Den {
				return &matching{sdcMicro: true, alpha: r}, nil
			}
		}
	}
	return nil, fmt.Errorf("missing-value policy %q is none of refuse, category, exclude, wildcard, suppressed, sdcmicro(alpha)", string(m))
}

// matchedSize is a class size under a policy that lets nulls match: whole +
// alpha * part.
type matchedSize struct{ whole, part int64 }

// match computes class sizes where nulls in keys match values. It refuses data in which a
// respondent has records in several classes: such a respondent would count more than
// once.
func (t *Table) match(d *Data) error {
	var how *matching
	suppressed := true
	null := make([]int64, len(t.vars))
	for v := range t.vars {
		null[v] = -1
		m, err := d.missing(t.vars[v].Name).matching()
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		if how != nil && *how != *m {
			return outputsError("output %q: its keys have different policies of matching missing values", t.Name())
		}
		how = m
		suppressed = suppressed && d.missing(t.vars[v].Name) == MissingSuppressed
		for n := range t.vars[v].nodes {
			if t.vars[v].nodes[n].null {
				null[v] = int64(n)
			}
		}
	}
	if how == nil {
		return nil
	}
	t.alpha = how.alpha
	if suppressed && t.exclude == 0 {
		nulls := t.nullsOf(null)
		rows, _ := t.Rows()
		if err := localrecord.Fit(d.Suppressions, rows, nulls); err != nil {
			return err
		}
		if t.natural = localrecord.NotCounted(d.Suppressions, t.output.By, nulls); len(t.natural) == 0 {
			t.trusted = d.suppressedTo(t.output)
		}
	}
	var keys [][]uint32
	var size []int64
	var at []int
	for c := range t.published() {
		at = append(at, c.i)
		size = append(size, c.Respondents())
	}
	for v := range t.vars {
		keys = append(keys, make([]uint32, len(at)))
		for k, i := range at {
			keys[v][k] = t.nodes[v][i]
		}
	}
	sum := int64(0)
	for _, n := range size {
		sum += n
	}
	if sum != t.everybody() {
		return outputsError("output %q: a respondent has records in several classes, for which matching of missing values is not defined; count the missing values of the keys as a category (missing: category), leave the rows out (exclude), or make the file one row for each respondent", t.Name())
	}
	whole, part := group.Match(keys, null, size, group.Matching{SdcMicro: how.sdcMicro})
	t.matched = make([]matchedSize, len(t.hidden))
	for k, i := range at {
		t.matched[i] = matchedSize{whole[k], part[k]}
	}
	return nil
}

// nullsOf returns the number of nulls of a key in the published classes; null is the node
// of the nulls of each variable, or -1.
func (t *Table) nullsOf(null []int64) func(key string) (n int64, known bool) {
	return func(key string) (n int64, known bool) {
		v := slices.IndexFunc(t.vars, func(x Variable) bool { return x.Name == key })
		if v < 0 {
			return 0, false
		}
		for c := range t.published() {
			if int64(t.nodes[v][c.i]) == null[v] {
				n += c.Records()
			}
		}
		return n, true
	}
}

// suppressedTo returns the k that local suppression has reached on the true keys of an
// output, counted in the respondents that the data name; 0 for none.
func (d *Data) suppressedTo(o *Output) int64 {
	k := int64(math.MaxInt64)
	for _, s := range d.Suppressions {
		if s.Covers(o.By, len(o.By), d.Roles.Respondent, 0) != "" {
			return 0
		}
		k = min(k, s.K)
	}
	return k
}

// everybody returns the distinct respondents of the whole table of microdata.
func (t *Table) everybody() int64 {
	for i := range t.hidden {
		total := true
		for v := range t.vars {
			total = total && t.nodes[v][i] == 0
		}
		if total {
			return t.m.Respondents[i]
		}
	}
	panic("sdc: microdata without its total")
}

func (r KAnonymity) checkMatched(t *Table, c Cell, f *finder) {
	s := t.matched[c.i]
	size := new(big.Rat).SetInt64(s.whole)
	if s.part > 0 && t.alpha.Num > 0 {
		a := new(big.Rat).SetFrac(new(big.Int).SetUint64(t.alpha.Num), new(big.Int).SetUint64(t.alpha.Den))
		size.Add(size, a.Mul(a, new(big.Rat).SetInt64(s.part)))
	}
	if size.Cmp(new(big.Rat).SetInt64(r.K)) >= 0 {
		if n := c.Respondents(); n < r.K && t.trusted < r.K {
			f.cell(c, Finding{
				Rule: r.name(), Verdict: Review, Observed: float64(n), Limit: float64(r.K),
				Message: words.New(words.UncertainClass, words.Decimal(trimRat(size)), words.Count(n), words.Count(r.K)),
			})
		}
		return
	}
	observed, _ := size.Float64()
	f.cell(c, Finding{
		Rule: r.name(), Verdict: Unsafe, Observed: observed, Limit: float64(r.K),
		Message: words.New(words.SmallMatchedClass, words.Decimal(trimRat(size)), words.Count(r.K)),
	})
}

// trimRat prints a fraction with up to three digits.
func trimRat(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return r.FloatString(3)
}

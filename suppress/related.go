package suppress

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// recheck checks further outputs on the data of a report: see Options.Recheck.
type recheck func(ctx context.Context, outputs []sdc.Output) (*sdc.Report, error)

// related lists relations between columns of the data that suppression does not take into
// account, where one of the tables hides a cell. Each is for review:
//
//   - columns that fix each other;
//   - responses that add up;
//   - responses that are never above zero;
//   - weights.
//
// The data are read once more where no table has all the pairs of spanning columns.
func related(ctx context.Context, r *sdc.Report, tables []int, again recheck) ([]sdc.Remark, error) {
	if !slices.ContainsFunc(tables, func(k int) bool { return r.Outputs[k].UnsafeCells > 0 }) {
		return nil, nil
	}
	out, err := dependent(ctx, r, tables, again)
	if err != nil {
		return nil, err
	}
	sums, names := sumsByResponse(r, tables)
	return slices.Concat(out, addingUp(sums, names), belowZero(r, tables), weighted(r, tables)), nil
}

// columnPair are two spanning columns with a table that counts respondents over both.
type columnPair struct {
	columns [2]string
	table   *sdc.Table // nil where no table of the report does
}

// dependent lists the pairs of spanning columns where one fixes the other: for example, a
// county fixes its region. Then a cell of one is a cell of the other, and a combination
// that cannot occur hides nothing. A declared sensitive variable that another column
// fixes is group disclosure, and is left to that rule. Pairs that were not looked at are
// for review.
func dependent(ctx context.Context, r *sdc.Report, tables []int, again recheck) ([]sdc.Remark, error) {
	pairs, sensitive := columnPairs(r, tables)
	var ask []sdc.Output
	for i, p := range pairs {
		if p.table == nil {
			ask = append(ask, sdc.Output{Name: fmt.Sprintf("pair %d", i), Kind: sdc.Frequency, By: p.columns[:], NoMargins: true})
		}
	}
	var out []sdc.Remark
	switch {
	case len(ask) == 0:
	case again == nil:
		out = append(out, sdc.Remark{
			Name: "dependent-columns", Count: int64(len(ask)), Verdict: sdc.Review,
			Message: words.New(words.PairsNotLookedAt, words.Count(int64(len(ask)))),
		})
	default:
		counted, err := again(ctx, ask)
		if err != nil {
			return nil, err
		}
		next := 0
		for i := range pairs {
			if pairs[i].table == nil {
				pairs[i].table = counted.Tables[next]
				next++
			}
		}
	}
	exceptions := int64(0)
	if policy := r.JudgedBy(); !policy.MinContributors.Off {
		exceptions = policy.MinContributors.Min
	}
	for _, p := range pairs {
		if p.table == nil {
			continue
		}
		for v := range 2 {
			from, to := p.columns[v], p.columns[1-v]
			rest, total, ok := unfixed(p.table, from, to)
			if !ok || slices.Contains(sensitive, to) || rest > 0 && (rest >= exceptions || 20*rest > total) {
				continue
			}
			x := sdc.Remark{Name: "dependent-columns", Column: from, Count: rest, Verdict: sdc.Review}
			x.Message = words.New(words.Fixes, words.NameOf(from), words.NameOf(to))
			if rest > 0 {
				// How many break it is not in the message, which stands on public pages.
				x.Message = words.New(words.FixesAlmost, words.NameOf(from), words.NameOf(to))
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// columnPairs lists the pairs of spanning columns of the tables, and their sensitive
// variables.
func columnPairs(r *sdc.Report, tables []int) (pairs []columnPair, sensitive []string) {
	var names []string
	for _, k := range tables {
		o := r.Tables[k].Output()
		names, sensitive = append(names, o.By...), append(sensitive, o.Sensitive...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for i := range names {
		for j := range i {
			p := columnPair{columns: [2]string{names[j], names[i]}}
			for _, k := range tables {
				if countsOver(r.Tables[k], names[j], names[i]) {
					p.table = r.Tables[k]
				}
			}
			pairs = append(pairs, p)
		}
	}
	return pairs, sensitive
}

// countsOver reports whether a table counts the respondents of all rows over all codes of
// two columns: it has both columns, unfolded, with all margins, and leaves no row out.
func countsOver(t *sdc.Table, a, b string) bool {
	o := t.Output()
	_, excluded := t.Rows()
	for _, name := range []string{a, b} {
		if !slices.Contains(o.By, name) || o.Depth[name] > 0 || len(o.Fold[name]) > 0 {
			return false
		}
	}
	return excluded == 0 && o.Margins == nil && (!o.NoMargins || len(o.By) == 2)
}

// unfixed counts the respondents of a table, and the respondents with an unusual code of
// the column to: another code than most respondents with the same code of the column
// from. ok is false where one of the columns has fewer than two codes.
func unfixed(t *sdc.Table, from, to string) (rest, total int64, ok bool) {
	vars := t.Variables()
	at := func(name string) int {
		return slices.IndexFunc(vars, func(v sdc.Variable) bool { return v.Name == name })
	}
	v, w := at(from), at(to)
	most, others := map[int]int64{}, map[int]bool{}
	for c := range t.Cells() {
		if !over(c, vars, v, w) || c.Respondents() == 0 {
			continue
		}
		total += c.Respondents()
		most[c.Node(v)] = max(most[c.Node(v)], c.Respondents())
		others[c.Node(w)] = true
	}
	rest = total
	for _, n := range most {
		rest -= n
	}
	return rest, total, len(most) > 1 && len(others) > 1
}

// over reports whether a cell has a leaf code of the variables v and w, and the total in
// all others.
func over(c sdc.Cell, vars []sdc.Variable, v, w int) bool {
	for x := range vars {
		switch {
		case x == v || x == w:
			if !vars[x].IsLeaf(c.Node(x)) {
				return false
			}
		case c.Node(x) != 0:
			return false
		}
	}
	return true
}

// sumsByResponse returns the sums of the cells of magnitude tables, by response and by
// the codes of the cell that are no totals. names are the responses in order.
func sumsByResponse(r *sdc.Report, tables []int) (sums map[string]map[string]*big.Rat, names []string) {
	sums = map[string]map[string]*big.Rat{}
	for _, k := range tables {
		o := r.Tables[k].Output()
		if o.Kind != sdc.Magnitude {
			continue
		}
		if sums[o.Response] == nil {
			sums[o.Response] = map[string]*big.Rat{}
			names = append(names, o.Response)
		}
		for c := range r.Tables[k].Cells() {
			var at []string
			for _, x := range c.Coordinates() {
				if !x.Total {
					at = append(at, fmt.Sprintf("%q=%q", x.Variable, x.Code))
				}
			}
			slices.Sort(at)
			sums[o.Response][fmt.Sprint(at)] = c.Sum()
		}
	}
	slices.Sort(names)
	return sums, names
}

// addingUp lists the responses that are the sum of two others, or equal to another, in
// every cell that their tables have in common. The grand total is in common always.
func addingUp(sums map[string]map[string]*big.Rat, names []string) (out []sdc.Remark) {
	for i, x := range names {
		for j, y := range names {
			if i < j && equalSums(sums[x], sums[y], map[string]*big.Rat{}) {
				out = append(out, sdc.Remark{
					Name: "responses-add-up", Column: x, Verdict: sdc.Review,
					Message: words.New(words.EqualSums, words.NameOf(x), words.NameOf(y)),
				})
			}
			for k := j + 1; k < len(names); k++ {
				if z := names[k]; i != j && i != k && equalSums(sums[x], sums[y], sums[z]) {
					out = append(out, sdc.Remark{
						Name: "responses-add-up", Column: x, Verdict: sdc.Review,
						Message: words.New(words.SumOfTwo, words.NameOf(x), words.NameOf(y), words.NameOf(z)),
					})
				}
			}
		}
	}
	return out
}

// equalSums reports whether x = y + z in every cell that x and y have (and z, if z has
// cells). In at least one such cell none of the three may be zero.
func equalSums(x, y, z map[string]*big.Rat) bool {
	some := false
	for at, a := range x {
		b, c := y[at], z[at]
		if b == nil || c == nil && len(z) > 0 {
			continue
		}
		sum := b
		if c != nil {
			sum = new(big.Rat).Add(b, c)
		}
		if a.Cmp(sum) != 0 {
			return false
		}
		some = some || b.Sign() != 0 && (c == nil || c.Sign() != 0)
	}
	return some
}

// belowZero lists the responses that are never above zero and sometimes below. An
// attacker who knows that knows that a hidden value is at most zero, while suppression
// assumes any sign.
func belowZero(r *sdc.Report, tables []int) (out []sdc.Remark) {
	var seen []string
	for _, k := range tables {
		o := r.Tables[k].Output()
		if o.Kind != sdc.Magnitude || slices.Contains(seen, o.Response) || !nowhereAbove(r.Tables[k]) {
			continue
		}
		seen = append(seen, o.Response)
		out = append(out, sdc.Remark{
			Name: "nowhere-above-zero", Column: o.Response, Verdict: sdc.Review,
			Message: words.New(words.NowhereAboveZero, words.NameOf(o.Response)),
		})
	}
	return out
}

// weighted remarks that contributors may know their weights. Suppression uses the
// unweighted contributions of the largest contributors, not the weighted ones, and for
// counts no contributions.
func weighted(r *sdc.Report, tables []int) []sdc.Remark {
	for _, k := range tables {
		if w := r.Outputs[k].Basis.Weight; w != "" {
			return []sdc.Remark{{
				Name: "weights", Column: w, Verdict: sdc.Review,
				Message: words.New(words.WeightedHidden, words.NameOf(w)),
			}}
		}
	}
	return nil
}

// nowhereAbove reports whether no contribution to the table is above zero and one is below.
func nowhereAbove(t *sdc.Table) bool {
	some := false
	for c := range t.Cells() {
		if sum := c.Sum(); sum.Sign() != 0 {
			if new(big.Rat).Neg(sum).Cmp(c.SumAbs()) != 0 {
				return false
			}
			some = true
		}
	}
	return some
}

package suppress

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// recheck checks further outputs on the data of a report: see Options.Recheck.
type recheck func(ctx context.Context, outputs []sdc.Output) (*sdc.Report, error)

// Related returns what Publish has to say of tables together that are published as they are,
// without a hidden cell: columns that fix each other for all but a few respondents, codes that
// lie within a code of another column, and responses with nearly the same sums. Each is for
// review. It looks at the tables that no rule calls unsafe, where there are two or more.
//
// r is a report of sdc.Check in this process. recheck is as Options.Recheck: the data are read
// once more where no table has all the pairs of spanning columns. Errors wrap ErrRequest, or
// are those of the context or of recheck.
func Related(ctx context.Context, r *sdc.Report, recheck func(ctx context.Context, outputs []sdc.Output) (*sdc.Report, error)) (out []sdc.Remark, err error) {
	defer guard.Recover(&err)
	if ctx == nil || r == nil || r.JudgedBy() == nil {
		return nil, fmt.Errorf("%w: the report was not made by sdc.Check in this process, so that there is no evidence behind it", ErrRequest)
	}
	var tables []int
	for k, o := range r.Outputs {
		if (o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude) && o.Verdict != sdc.Unsafe {
			tables = append(tables, k)
		}
	}
	if len(tables) < 2 {
		return nil, nil
	}
	return related(ctx, r, tables, recheck)
}

// related lists relations between columns of the data that suppression does not reckon
// with. Each is for review. Looked for are:
//
//   - where no table hides a cell too: columns that fix each other for all but a few
//     respondents, codes that lie within a code of another column, and responses with nearly
//     the same sums. The difference of two published cells is then about few;
//   - where a table hides a cell: columns that fix each other, responses that add up or are
//     multiples of each other, responses that span another table or count a code of it,
//     responses that are nowhere above zero, and weights.
//
// The data are read once more where no table has all the pairs of spanning columns.
func related(ctx context.Context, r *sdc.Report, tables []int, again recheck) ([]sdc.Remark, error) {
	hides := slices.ContainsFunc(tables, func(k int) bool { return r.Outputs[k].UnsafeCells > 0 })
	out, err := dependent(ctx, r, tables, hides, again)
	if err != nil {
		return nil, err
	}
	sums, names := sumsByResponse(r, tables)
	out = append(out, nearlyEqual(sums, names)...)
	if !hides {
		return out, nil
	}
	return slices.Concat(out, addingUp(sums, names), multiples(sums, names), spanning(r, tables), counting(r, tables), belowZero(r, tables), weighted(r, tables)), nil
}

// columnPair are two spanning columns with a table that counts respondents over both.
type columnPair struct {
	columns [2]string
	table   *sdc.Table // nil where no table of the report does
}

// dependent lists the pairs of spanning columns of which one fixes the other, as a county
// fixes its region. Then a cell of one is a cell of the other, and a combination that
// cannot occur hides nothing. A declared sensitive variable that another column fixes is
// group disclosure, and is left to that rule. A pair that is declared a coincidence is left
// out: nobody knows that. Pairs that were not looked at are for review.
// Where no table hides a cell, a column that fixes another completely reveals nothing.
func dependent(ctx context.Context, r *sdc.Report, tables []int, hides bool, again recheck) ([]sdc.Remark, error) {
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
	said := r.Declared()
	for _, p := range pairs {
		if p.table == nil {
			continue
		}
		for v := range 2 {
			from, to := p.columns[v], p.columns[1-v]
			rest, total, ok := unfixed(p.table, from, to)
			few := rest > 0 && rest < exceptions && 20*rest <= total
			if ok && !few && rest > 0 && !together(r, tables, from, to) && nested(p.table, from, to, exceptions, finest(r, tables, from, to)) {
				out = append(out, sdc.Remark{
					Name: "nested-codes", Column: from, Verdict: sdc.Review,
					Message: words.New(words.CodesNested, words.NameOf(from), words.NameOf(to)),
				})
			}
			if !ok || slices.Contains(sensitive, to) || said.Coincidence(from, to) || rest > 0 && !few || rest == 0 && !hides {
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

// together reports whether some table has both columns: then the cells over both are
// published or judged themselves.
func together(r *sdc.Report, tables []int, a, b string) bool {
	return slices.ContainsFunc(tables, func(k int) bool {
		by := r.Tables[k].Output().By
		return slices.Contains(by, a) && slices.Contains(by, b)
	})
}

// finest reports whether every table with one of two columns has no other column.
func finest(r *sdc.Report, tables []int, a, b string) bool {
	return !slices.ContainsFunc(tables, func(k int) bool {
		by := r.Tables[k].Output().By
		return len(by) > 1 && (slices.Contains(by, a) || slices.Contains(by, b))
	})
}

// nested reports whether codes of the column from lie within a code of the column to, and
// the rest of that code is of few respondents: of fewer than min; or, unless alone says that
// no table has a further column, of at most a fifth of the code, since such a rest can be of
// few in a cell.
// Codes of fewer than min respondents are left out: a few respondents share a code by
// chance, and the count of such a code is not published.
//
// Found are ages 0 to 15 within ages 0 to 17: the rest is of those aged 16 and 17.
func nested(t *sdc.Table, from, to string, min int64, alone bool) bool {
	vars := t.Variables()
	at := func(name string) int {
		return slices.IndexFunc(vars, func(v sdc.Variable) bool { return v.Name == name })
	}
	v, w := at(from), at(to)
	size, within, of := map[int]int64{}, map[int]int{}, map[int]int64{}
	const several = -1
	for c := range t.Cells() {
		n := c.Respondents()
		if !over(c, vars, v, w) || n == 0 {
			continue
		}
		if _, seen := within[c.Node(v)]; seen {
			within[c.Node(v)] = several
		} else {
			within[c.Node(v)] = c.Node(w)
		}
		size[c.Node(v)] += n
		of[c.Node(w)] += n
	}
	covered := map[int]int64{}
	for code, above := range within {
		if above != several && size[code] >= min {
			covered[above] += size[code]
		}
	}
	for above, n := range covered {
		if rest := of[above] - n; rest > 0 && (rest < min || !alone && 5*rest <= of[above]) {
			return true
		}
	}
	return false
}

// over reports whether a cell has a code of the variables v and w that has none below it,
// and is a total in all others.
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

// nearlyEqual lists the pairs of responses that have equal sums in at least half of the cells
// that their tables have in common, and in some not. Where the sums differ, the difference
// may be what one contributor has: wages beside wages without one outlier.
func nearlyEqual(sums map[string]map[string]*big.Rat, names []string) (out []sdc.Remark) {
	for j, y := range names {
		for _, x := range names[:j] {
			equal, other := 0, 0
			for at, a := range sums[x] {
				switch b := sums[y][at]; {
				case b == nil || a.Sign() == 0 && b.Sign() == 0:
				case a.Cmp(b) == 0:
					equal++
				default:
					other++
				}
			}
			if other > 0 && equal >= other {
				out = append(out, sdc.Remark{
					Name: "nearly-equal", Column: x, Verdict: sdc.Review,
					Message: words.New(words.NearlyEqual, words.NameOf(x), words.NameOf(y)),
				})
			}
		}
	}
	return out
}

// multiples lists the pairs of responses of which one is a fixed multiple of the other, and
// not equal to the other, in every cell that their tables have in common: prices in two
// currencies, with and without tax. Two cells that are not zero must have different sums,
// or any two responses of one cell would do.
func multiples(sums map[string]map[string]*big.Rat, names []string) (out []sdc.Remark) {
	for j, y := range names {
		for _, x := range names[:j] {
			if proportional(sums[x], sums[y]) {
				out = append(out, sdc.Remark{
					Name: "responses-add-up", Column: x, Verdict: sdc.Review,
					Message: words.New(words.Proportional, words.NameOf(x), words.NameOf(y)),
				})
			}
		}
	}
	return out
}

// proportional reports whether x = f*y in every cell that both have, for one f that is
// neither 0 nor 1.
func proportional(x, y map[string]*big.Rat) bool {
	var first, factor *big.Rat
	some := false
	for at, b := range y {
		a := x[at]
		switch {
		case a == nil || a.Sign() == 0 && b.Sign() == 0:
		case a.Sign() == 0 || b.Sign() == 0:
			return false
		case factor == nil:
			first, factor = b, new(big.Rat).Quo(a, b)
		case new(big.Rat).Mul(factor, b).Cmp(a) != 0:
			return false
		default:
			some = some || b.Cmp(first) != 0
		}
	}
	return some && factor.Cmp(big.NewRat(1, 1)) != 0
}

// spanning lists the responses of magnitude tables that span another table: the mean of a
// code of 1 and 2 tells how many have 2, which is a cell of the table by that code.
func spanning(r *sdc.Report, tables []int) (out []sdc.Remark) {
	for _, k := range tables {
		o := r.Tables[k].Output()
		if o.Kind != sdc.Magnitude {
			continue
		}
		for _, l := range tables {
			other := r.Tables[l].Output()
			if k == l || !slices.Contains(other.By, o.Response) || r.Outputs[k].UnsafeCells+r.Outputs[l].UnsafeCells == 0 {
				continue
			}
			out = append(out, sdc.Remark{
				Name: "response-spans", Column: o.Response, Verdict: sdc.Review,
				Message: words.New(words.ResponseSpans, words.NameOf(o.Response), words.NameOf(o.Name), words.NameOf(other.Name)),
			})
		}
	}
	return out
}

// counting lists the responses of two values that count a code of another table: the mean of
// 0 and 1 for who is ill, beside a table by a column of texts that say the same. Of each code of
// a column that spans the other table alone, its rows are compared with the rows with one of the
// two values, in the cells that both tables have. They must be as many in at least half of
// these, where not both are none.
func counting(r *sdc.Report, tables []int) (out []sdc.Remark) {
	for _, k := range tables {
		o := r.Tables[k].Output()
		for _, l := range tables {
			other := r.Tables[l].Output()
			if o.Kind != sdc.Magnitude || k == l || r.Outputs[k].UnsafeCells+r.Outputs[l].UnsafeCells == 0 {
				continue
			}
			for v, name := range other.By {
				if slices.Contains(o.By, name) || name == o.Response || !countsCode(r.Tables[k], r.Tables[l], v) {
					continue
				}
				out = append(out, sdc.Remark{
					Name: "response-counts", Column: o.Response, Verdict: sdc.Review,
					Message: words.New(words.ResponseCounts, words.NameOf(o.Response), words.NameOf(o.Name), words.NameOf(name), words.NameOf(other.Name)),
				})
			}
		}
	}
	return out
}

// countsCode is counting for a table, and for variable v of another table.
func countsCode(t, other *sdc.Table, v int) bool {
	rows := map[int]map[string]int64{} // code of v -> place -> rows
	places := map[string]bool{}
	for c := range other.Cells() {
		if node := c.Node(v); node != 0 {
			if rows[node] == nil {
				rows[node] = map[string]int64{}
			}
			at := placeOf(c, v)
			rows[node][at], places[at] = c.Records(), true
		}
	}
	low, high := map[string]int64{}, map[string]int64{}
	for c := range t.Cells() {
		a, b, ok := c.RowsOfTwo()
		if !ok {
			return false
		}
		if at := placeOf(c, -1); places[at] {
			low[at], high[at] = a, b
		}
	}
	for _, of := range rows {
		for _, value := range []map[string]int64{low, high} {
			equal, unequal := 0, 0
			for at, n := range value {
				switch {
				case n == 0 && of[at] == 0:
				case n == of[at]:
					equal++
				default:
					unequal++
				}
			}
			if equal > 0 && equal >= unequal {
				return true
			}
		}
	}
	return false
}

// placeOf is the place of a cell among the other variables than v, by the codes that are no
// totals.
func placeOf(c sdc.Cell, v int) string {
	var at []string
	for w, x := range c.Coordinates() {
		if w != v && !x.Total {
			at = append(at, fmt.Sprintf("%q=%q", x.Variable, x.Code))
		}
	}
	slices.Sort(at)
	return fmt.Sprint(at)
}

// equalSums reports whether x = y + z in every cell that x and y have, and z if z has
// cells; some cell must be so with none of the three zero.
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

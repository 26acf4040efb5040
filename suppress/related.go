package suppress

import (
	"context"
	"fmt"
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

package suppress

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

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

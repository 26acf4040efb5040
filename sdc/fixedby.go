package sdc

import (
	"cmp"
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// mostPaired is the number of sensitive variables of microdata up to which pairs of them
// are looked at.
const mostPaired = 6

// pairUp adds a tabulation for each pair of sensitive variables of microdata, over the
// rows in which both have a value: see [Table.fixes]. sensitive holds the tabulations of
// the single variables.
func (pl *plan) pairUp(main *tabulation, sensitive []*tabulation, p *Policy) {
	if len(sensitive) > mostPaired || p.GroupDisclosure.Off {
		return
	}
	for j, b := range sensitive {
		for _, a := range sensitive[:j] {
			s := *main
			s.exclude, s.pair = slices.Clone(main.exclude), true
			s.by = slices.Clone(main.by)
			for _, t := range []*tabulation{a, b} {
				c := t.by[t.line]
				s.by = append(s.by, c)
				if pl.data.missing(pl.columns[c].name) != MissingRefuse {
					s.exclude = append(s.exclude, c)
				}
			}
			s.shape.Columns, s.line = len(s.by), len(s.by)-1
			pl.tabs = append(pl.tabs, &s)
		}
	}
}

// pairCombos asks for the classes on the keys, by every level of both sensitive variables
// and by their totals.
func pairCombos(vars []Variable) (all [][]int) {
	choices := make([][]int, len(vars))
	for v := range vars {
		choices[v] = []int{vars[v].depth + 1}
		if v >= len(vars)-2 {
			choices[v] = span(0, vars[v].depth)
		}
	}
	return product(all, choices)
}

// notPaired says, for review, that pairs of sensitive variables are too many to be looked
// at: one more variable must not turn a finding into none.
func notPaired(o *Output, p *Policy) []Remark {
	if o.Kind != Microdata || p.GroupDisclosure.Off || len(o.Sensitive) <= mostPaired {
		return nil
	}
	return []Remark{{
		Name: "fixed-by", Count: int64(len(o.Sensitive)), Verdict: Review,
		Message: words.New(words.TooManyPairs, words.NameOf(o.Name), words.Count(mostPaired)),
	}}
}

// fixedBy remarks, for review, on pairs of sensitive variables of microdata where one
// fixes the other. An attacker who knows the keys and the first variable of a person then
// knows the second. The rule group-disclosure assumes that an attacker knows the keys
// alone. A sensitive variable that an attacker may know should be a key.
func (t *outputTables) fixedBy(p *Policy) (out []Remark) {
	least := int64(2)
	if !p.KAnonymity.Off {
		least = p.KAnonymity.K
	}
	for _, pair := range t.pairs {
		n := len(pair.vars)
		for _, swap := range []bool{false, true} {
			from, to := n-2, n-1
			if swap {
				from, to = to, from
			}
			fixed, classes := pair.fixes(p.GroupDisclosure, least, from, to)
			if fixed == 0 {
				continue
			}
			a, b := pair.vars[from].Name, pair.vars[to].Name
			out = append(out, Remark{
				Name: "fixed-by", Column: b, Count: fixed, Verdict: Review,
				Message: words.New(words.FixedBy, words.NameOf(pair.Name()), words.Count(fixed), words.Count(classes), words.NameOf(a), words.NameOf(b), words.Decimal(string(p.GroupDisclosure.Percent))),
			})
		}
	}
	return out
}

// fixes returns in how many classes of a table the variable from fixes the variable to.
// The variables from and to are the two sensitive variables, which follow the keys. fixes
// also returns the number of classes in which least respondents or more have a known
// value of both. n(a, b) is the number of respondents of a class with values a and b. In
// a class
//
//	a fixes  100 * n(a, b) >= Percent * n(a), for a value a with n(a) >= least
//	all fix  100 * sum of n(a, b(a)) >= Percent * sum of n(a), over the values a that
//	         two or more share, with b(a) the most frequent for a and the second sum >= least
//
// with > for >= where the rule is Exclusive. A value b that group-disclosure finds in the
// class, 100 * n(b) >= Percent * n, is left out: the keys alone reveal it. Values are the
// codes of every level of a tree, except codes that are no category. "all fix" uses the
// leaves of from, and one level of to. A respondent with several values counts once for
// each value. O(n log n) in the cells.
func (t *Table) fixes(r GroupDisclosure, least int64, from, to int) (fixed, classes int64) {
	keys := len(t.vars) - 2
	var class []pairCell
	for i := 0; i < t.m.N; {
		class = class[:0]
		j := i
		for ; j < t.m.N && t.sameNodes(i, j, keys); j++ {
			class = append(class, pairCell{t.nodes[from][j], t.nodes[to][j], t.m.Respondents[j]})
		}
		i = j
		if n := all(class); n >= least {
			classes++
			if fixes(class, &t.vars[from], &t.vars[to], r, least) {
				fixed++
			}
		}
	}
	return fixed, classes
}

// sameNodes reports whether two cells agree in the first n variables.
func (t *Table) sameNodes(i, j, n int) bool {
	for _, nodes := range t.nodes[:n] {
		if nodes[i] != nodes[j] {
			return false
		}
	}
	return true
}

// pairCell is a cell of a class: the nodes of the two variables, 0 for all values, and the
// respondents.
type pairCell struct {
	a, b uint32
	n    int64
}

// all returns the respondents of a class.
func all(class []pairCell) int64 {
	for _, c := range class {
		if c.a == 0 && c.b == 0 {
			return c.n
		}
	}
	return 0
}

func fixes(class []pairCell, va, vb *Variable, r GroupDisclosure, least int64) bool {
	percent, limit := r.Percent.must(), 0
	if r.Exclusive {
		limit = 1
	}
	found := func(n, of int64, p exact.Ratio) bool { return cmpCounts(n, of, p) >= limit }
	slices.SortFunc(class, func(x, y pairCell) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	told := make([]bool, vb.Len())
	var of int64 // of the class, then of a
	share, sum := make([]int64, vb.depth+1), int64(0)
	best := make([]int64, vb.depth+1) // of a, by level
	close := func(a uint32) {
		if a > 0 && va.nodes[a].leaf && of >= 2 {
			sum += of
			for l := range share {
				share[l] += best[l]
			}
		}
		clear(best)
	}
	last := uint32(0)
	for _, c := range class {
		if c.a != last {
			close(last)
			last = c.a
		}
		switch {
		case c.b == 0:
			of = c.n
		case c.a == 0:
			told[c.b] = vb.nodes[c.b].whole || found(c.n, of, percent)
		case told[c.b] || va.nodes[c.a].whole:
		case of >= least && found(c.n, of, percent):
			return true
		default:
			// A leaf above a level is all there is of it there.
			x := &vb.nodes[c.b]
			for l := x.level; l == x.level || x.leaf && l <= vb.depth; l++ {
				best[l] = max(best[l], c.n)
			}
		}
	}
	close(last)
	for l := 1; l < len(share); l++ {
		if sum >= least && found(share[l], sum, percent) {
			return true
		}
	}
	return false
}

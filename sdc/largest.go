package sdc

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/evidence"
)

// leastNamed is the least number of largest contributors to a cell that are known, if no
// two of them contribute the same amount.
const leastNamed = 3

// Contributor is one of the largest contributors to a cell of a magnitude table, with its
// amount. A contributor is a holding, or a respondent without a holding. Where the data
// have no respondents, it is a row.
type Contributor struct {
	// Holding is a number as in [Sole]: the same number is the same contributor in every
	// cell of every table of the report.
	Holding int32
	// Amount is the absolute value of the sum of the contributor's responses in the cell.
	// It is more than 0, and unweighted, as in Top.
	Amount *big.Rat
}

// Largest lists the largest contributors to the cell, by falling amount and, where
// amounts are equal, by number. rest is the most that a contributor outside the list
// contributes; 0 where there is none. ok is false where Options.Sole is not set, and for
// tables without a response.
//
// The evidence keeps one contributor more than the policy looks at, and at least 4.
//
//   - Where the cell has no more holdings than are kept, the list holds every contributor
//     with an amount above 0.
//   - Otherwise the list holds the contributors with more than the least amount that is
//     kept, and rest is that least amount. Of several contributors with the least amount
//     some may not have been kept, so none of them is listed.
//   - Under WeightingTau a contributor of weight 0 contributes nothing to a weighted sum,
//     and is left out, as in Top.
//
// The numbers depend on the data alone, and not on the order of the rows or on
// pseudonyms. Contributors that are alone in a cell have the first numbers, see Sole. The
// others follow by the places where they are listed: tables and cells in order, larger
// amounts first. Contributors that have all these places in common cannot be
// distinguished by them. Nothing depends on which of these contributors has which number.
func (c Cell) Largest() (list []Contributor, rest *big.Rat, ok bool) {
	m := &c.t.m
	if m.Largest.None() {
		return nil, nil, false
	}
	unit, holdings := c.t.units.Response, m.Holdings[c.i]
	for k := range m.Largest.Known(c.i, holdings) {
		list = append(list, Contributor{c.t.named[c.i*m.Largest.Each()+k], unit.Rat(m.Largest.Amount(c.i, k))})
	}
	return list, unit.Rat(m.Largest.Rest(c.i, holdings)), true
}

// nameLargest replaces keys by numbers in all tables of a report. Contributors that are
// alone in a cell have their numbers already. Linear in contributors, except for groups
// that are first seen at one place.
func nameLargest(tables []*Table, names *evidence.Names) {
	known := int32(names.Len())
	var equal [][]int32 // groups of contributors with one amount
	var alike [][]int32 // of each such group the new contributors, by provisional numbers
	for _, t := range tables {
		l := &t.m.Largest
		t.named = make([]int32, t.m.N*l.Each())
		t.eachAmount(func(i, lo, hi int) {
			before := int32(names.Len())
			who := t.named[i*l.Each():]
			for k := lo; k < hi; k++ {
				who[k] = names.Number(l.Unit(i, k))
			}
			if hi-lo > 1 {
				equal = append(equal, who[lo:hi])
			}
			if now := int32(names.Len()); now-before > 1 {
				group := make([]int32, 0, now-before)
				for n := before + 1; n <= now; n++ {
					group = append(group, n)
				}
				alike = append(alike, group)
			}
		})
		l.Forget()
	}
	if len(alike) > 0 {
		number := inOrder(tables, alike, known, int32(names.Len()))
		for _, t := range tables {
			for k, n := range t.named {
				if n > known {
					t.named[k] = number[n-known-1]
				}
			}
		}
	}
	for _, who := range equal {
		slices.Sort(who)
	}
}

// eachAmount calls fn for every run of contributors lo to hi of a cell i that contribute
// the same amount: cells in order, larger amounts first.
func (t *Table) eachAmount(fn func(i, lo, hi int)) {
	l := &t.m.Largest
	if l.None() {
		return
	}
	for i := range t.m.N {
		for lo, end := 0, l.Known(i, t.m.Holdings[i]); lo < end; {
			hi := lo + 1
			for hi < end && l.Equal(i, lo, hi) {
				hi++
			}
			fn(i, lo, hi)
			lo = hi
		}
	}
}

// inOrder returns the final numbers of the contributors with the provisional numbers
// known+1 to last. Provisional numbers are by first place; final numbers are by all
// places. alike holds the groups that are first seen at one place: their provisional
// numbers are consecutive.
func inOrder(tables []*Table, alike [][]int32, known, last int32) []int32 {
	number := make([]int32, last-known)
	for i := range number {
		number[i] = known + 1 + int32(i)
	}
	places := make(map[int32][]int)
	for _, group := range alike {
		for _, n := range group {
			places[n] = nil
		}
	}
	place := 0
	for _, t := range tables {
		each := t.m.Largest.Each()
		t.eachAmount(func(i, lo, hi int) {
			place++
			for _, n := range t.named[i*each+lo : i*each+hi] {
				if at, ok := places[n]; ok {
					places[n] = append(at, place)
				}
			}
		})
	}
	for _, group := range alike {
		first := group[0]
		slices.SortFunc(group, func(a, b int32) int {
			return cmp.Or(slices.Compare(places[a], places[b]), cmp.Compare(a, b))
		})
		for i, n := range group {
			number[n-known-1] = first + int32(i)
		}
	}
	return number
}

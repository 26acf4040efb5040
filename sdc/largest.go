package sdc

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/evidence"
)

// leastNamed is how many of the largest contributors to a cell are known at least,
// if no two of them contribute the same.
const leastNamed = 3

// Contributor is one of the largest contributors to a cell of a magnitude table:
// what a holding, a respondent without one, or without respondents in the data a
// row, contributes to it.
type Contributor struct {
	// Holding is a number of the same kind as that of [Sole]: the same number is the
	// same contributor in every cell of every table of the report.
	Holding int32
	// Amount is the absolute value of what his responses in the cell add up to, more
	// than 0; unweighted, as Top has it.
	Amount *big.Rat
}

// Largest lists the largest contributors to the cell, by falling amount and, where
// amounts are equal, by number; and the most that anybody who is not in the list
// contributes, 0 where that is nothing. It is false where Options.Sole did not ask
// for it, and for tables without a response.
//
// Listed is everybody with an amount above 0 where the cell has no more holdings than
// are kept: one more than the policy looks at, and at least 4. Else listed are those
// with more than the least amount that is kept, and that is the most that others
// have: of several with the same some may not have been kept, so none of them is
// listed. A contributor whose weight is 0 contributes nothing to what is weighted by
// tau, and is left out, as of Top.
//
// Numbers depend on the data alone, not on its order nor on pseudonyms: those who
// are alone in a cell have the first, see Sole; the others follow by the places where
// they are listed, tables and cells in order and larger amounts first. Who have all
// of these in common cannot be told apart by it, and nothing depends on which of them
// has which number.
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

// nameLargest puts numbers in place of keys, in all tables of a report, those who are
// alone somewhere having theirs already. Linear in contributors, but for those who
// begin alike.
func nameLargest(tables []*Table, names *evidence.Names) {
	known := int32(names.Len())
	var equal [][]int32 // contributors with one amount, where they are several
	var alike [][]int32 // those of them who are there for the first time, by provisional numbers
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

// eachAmount calls fn for contributors lo to hi of cell i, who contribute the same
// amount, cells in order and larger amounts first.
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

// inOrder returns the numbers of those whose provisional ones, by first sight, are
// from known+1 to last: by all places where they are listed. alike are groups of them
// who are first seen at the same place, which have provisional numbers side by side.
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

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
	l := c.t.largest
	if l == nil {
		return nil, nil, false
	}
	unit := c.t.units.Response
	for k := l.first[c.i]; k < l.first[c.i+1]; k++ {
		list = append(list, Contributor{l.who[k], unit.Rat(l.amount[k])})
	}
	return list, unit.Rat(l.rest[c.i]), true
}

// largest is what Cell.Largest says of all cells.
type largest struct {
	first  []int // of each cell and, last, the number of all
	who    []int32
	amount []num
	rest   []num
}

// run calls fn for every run of contributors to a cell with the same amount.
func (l *largest) run(fn func(lo, hi int)) {
	for i := range l.rest {
		for lo, end := l.first[i], l.first[i+1]; lo < end; {
			hi := lo + 1
			for hi < end && l.amount[hi].Cmp(l.amount[lo]) == 0 {
				hi++
			}
			fn(lo, hi)
			lo = hi
		}
	}
}

// nameLargest puts numbers in place of keys, in all tables of a report, those who are
// alone somewhere having theirs already. Linear in contributors, but for those who
// begin alike.
func nameLargest(tables []*Table, names soleNames) {
	known := int32(len(names))
	var lists []*largest
	for _, t := range tables {
		if t.m.Largest.None() {
			continue
		}
		l := &largest{first: make([]int, 1, t.m.N+1), rest: make([]num, t.m.N)}
		for i := range t.m.N {
			var n int
			n, l.rest[i] = t.m.Largest.Known(i, t.m.Holdings[i])
			for k := range n {
				x := t.m.Largest.At(i, k)
				l.who = append(l.who, names.number(x.Unit))
				l.amount = append(l.amount, x.Value)
			}
			l.first = append(l.first, len(l.who))
		}
		t.m.Largest = evidence.Largest{}
		t.largest = l
		lists = append(lists, l)
	}
	number := inOrder(lists, known, int32(len(names)))
	for _, l := range lists {
		for k, n := range l.who {
			if n > known {
				l.who[k] = number[n-known-1]
			}
		}
		l.run(func(lo, hi int) { slices.Sort(l.who[lo:hi]) })
	}
}

// inOrder returns the numbers of those whose provisional ones, by first sight, are
// from known+1 to last: by all places where they are listed. Those who are first seen
// at the same place have provisional numbers side by side.
func inOrder(lists []*largest, known, last int32) []int32 {
	number := make([]int32, last-known)
	for i := range number {
		number[i] = known + 1 + int32(i)
	}
	var alike [][]int32 // first seen at the same place
	seen := known
	for _, l := range lists {
		l.run(func(lo, hi int) {
			before := seen
			for _, n := range l.who[lo:hi] {
				seen = max(seen, n)
			}
			if seen-before > 1 {
				alike = append(alike, slices.Clone(number[before-known:seen-known]))
			}
		})
	}
	if len(alike) == 0 {
		return number
	}
	places := make(map[int32][]int)
	for _, group := range alike {
		for _, n := range group {
			places[n] = nil
		}
	}
	place := 0
	for _, l := range lists {
		l.run(func(lo, hi int) {
			place++
			for _, n := range l.who[lo:hi] {
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

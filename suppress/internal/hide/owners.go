package hide

import (
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/sdc"
)

// Values of owner for cells without a sole contributor: an empty cell, and a cell of
// several.
const (
	noOwner       = 0
	severalOwners = -1
)

// contributors stores the sole contributor of each cell: the holding to which all
// contributions of the cell belong (in a table of counts: all rows), from any of its
// respondents. Without holdings it is the respondent. The sole contributors of totals
// follow from the inner cells: the sole contributor of a total is the sole contributor of
// every cell below that is not empty. The published cells and the statistic make no
// difference.
func (t *table) contributors(from *sdc.Table) error {
	t.owner = make([]int32, t.n)
	for c := range from.Cells() {
		cell := t.at(c)
		if !t.inner(cell) || c.Contributors() == 0 {
			continue
		}
		sole, ok := c.Sole()
		if !ok {
			return fmt.Errorf("%w: the report does not say who is alone in a cell; check with Options.Sole", ErrRequest)
		}
		if t.owner[cell] = sole.Holding; sole.Holding == 0 {
			t.owner[cell] = severalOwners
		}
	}
	for v := range t.vars {
		t.fold(v, func(total, part int) { t.owner[total] = joined(t.owner[total], t.owner[part]) })
	}
	return nil
}

// shares stores the shares of contributors in cells of several contributors.
//
//   - Of amounts the report knows the largest ones, and the most that any other
//     contributor has.
//   - Of counts only one fact is known: each other contributor has at least 1. Where
//     counts are weighted, not even that is known.
//   - An amount that is no whole number of units is stored with its bounds.
//
// For totals no share is stored where the shares of the parts need not add up to the
// total: where cells were rounded, or some contributions are negative. Where there are
// weights, the lower bound of a share is 0.
func (t *table) shares(from *sdc.Table, unit *big.Rat, additive bool) error {
	t.part, t.share = make([]int64, t.n), make([][]Share, t.n)
	for c := range from.Cells() {
		cell := t.at(c)
		value := t.value[cell]
		if t.owner[cell] != severalOwners || value <= 0 || !additive && !t.inner(cell) {
			continue
		}
		if t.count {
			if c.WeightSum() == nil {
				t.part[cell] = min(max(value-max(0, c.Holdings()-1), 0), value)
			}
			continue
		}
		list, rest, ok := c.Largest()
		if !ok {
			return fmt.Errorf("%w: the report does not say who are the largest contributors; check with Options.Sole", ErrRequest)
		}
		t.part[cell] = min(unitsAbove(rest, unit), value)
		for _, x := range list {
			s := Share{Owner: x.Holding, Most: min(unitsAbove(x.Amount, unit), value)}
			if !c.Negative() && c.WeightedSum() == nil {
				s.Least = min(unitsBelow(x.Amount, unit), value)
			}
			t.share[cell] = append(t.share[cell], s)
		}
	}
	return nil
}

// anyNegative reports whether some contribution to a cell is negative.
func anyNegative(r *sdc.Report, outputs []int) bool {
	for _, k := range outputs {
		for c := range r.Tables[k].Cells() {
			if c.Negative() {
				return true
			}
		}
	}
	return false
}

// unitsBelow and unitsAbove are an amount that is not negative in whole units, rounded
// down and up; no more than the largest value.
func unitsBelow(x, unit *big.Rat) int64 {
	y := new(big.Rat).Mul(x, unit)
	if q := floor(y); q.IsInt64() {
		return min(q.Int64(), largest)
	}
	return largest
}

func unitsAbove(x, unit *big.Rat) int64 {
	n := unitsBelow(x, unit)
	if new(big.Rat).SetInt64(n).Cmp(new(big.Rat).Mul(x, unit)) < 0 {
		n++
	}
	return min(n, largest)
}

// joined is the sole contributor of two cells together.
func joined(a, b int32) int32 {
	switch {
	case a == noOwner:
		return b
	case b == noOwner, a == b:
		return a
	}
	return severalOwners
}

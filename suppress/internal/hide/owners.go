package hide

import (
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/sdc"
)

// Who is alone in a cell, where that is nobody whose number the report has.
const (
	noOwner       = 0
	severalOwners = -1
)

// contributors notes who is alone in each cell: the holding all whose contributions
// the cell has (in a table of counts: all whose rows), whichever respondents of it
// they come from, and without holdings the respondent. Totals follow from the inner
// cells: whoever is alone in a total is alone in every cell below that is not empty.
// It does not matter which of them are published, nor what is counted.
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

// shares notes what contributors have of cells of several. Of amounts the report knows the
// largest ones, and the most that anybody else has; of counts nothing is known but that
// the others have something, and where these are weighted not even that. Amounts that are
// no whole units lie between two.
//
// Of totals nothing is noted where shares of their parts need not add up to it: where
// cells were rounded, or some of what is contributed is negative. Where there are weights
// somebody may have less than it seems.
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

// anyNegative reports whether somebody contributes less than nothing to a cell.
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

// joined is who is alone in two cells together.
func joined(a, b int32) int32 {
	switch {
	case a == noOwner:
		return b
	case b == noOwner, a == b:
		return a
	}
	return severalOwners
}

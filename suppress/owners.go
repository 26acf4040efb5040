package suppress

import (
	"fmt"
	"math/big"
	"slices"

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
//
// A respondent of two holdings knows what neither of them knows alone, and a cell
// has one owner: it is refused.
func (t *table) contributors(from *sdc.Table, holding map[int32]int32) error {
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
		if r := sole.Respondent; r != 0 {
			if h, known := holding[r]; sole.Holding == 0 || known && h != sole.Holding {
				return fmt.Errorf("%w: a respondent who is alone in a cell has rows of several holdings", ErrUnfit)
			}
			holding[r] = sole.Holding
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

// parts notes how much of each cell one of several holdings may have: what is known of
// the largest contribution, and otherwise all that leaves the others something. Of
// counts that are weighted, and where values may be negative, nothing is noted.
func (t *table) parts(from *sdc.Table, unit *big.Rat) error {
	t.part = make([]int64, t.n)
	for c := range from.Cells() {
		cell := t.at(c)
		others := c.Holdings()
		if !t.count {
			others = c.NonZero()
		}
		if t.owner[cell] != severalOwners || t.value[cell] <= 0 || t.count && c.WeightSum() != nil {
			continue
		}
		part := t.value[cell] - max(0, others-1)
		if top := c.Top(); !t.count && len(top) > 0 {
			var err error
			if part, err = roundUnits(top[0].Mul(top[0], unit), true); err != nil {
				return err
			}
		}
		t.part[cell] = min(max(part, 0), t.value[cell])
	}
	return nil
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

// An insider is an owner, or below 0 the one with the largest part of a cell: ^cell.

// behind reports whether an insider is not to be kept off a cell: it is his own, or a
// part of the one that he has part of. For all that is known he is then among the
// contributors that its level is about; and who is not has his part in another cell
// of the total.
func (p *Problem) behind(cell, insider int32) bool {
	if insider >= 0 {
		return p.cells[cell].Owner == insider
	}
	return slices.Contains(p.upwards(cell), ^insider)
}

// upwards lists a cell and all that it is part of.
func (p *Problem) upwards(cell int32) []int32 {
	list, seen := []int32{cell}, map[int32]bool{cell: true}
	for k := 0; k < len(list); k++ {
		for _, r := range p.of[list[k]] {
			if t := int32(p.rel[r].Total); !seen[t] {
				seen[t] = true
				list = append(list, t)
			}
		}
	}
	return list
}

// below and above are how far a cell may be from the truth for all that an insider,
// 0 for outsiders, knows beforehand; infinity is no bound.
func (p *Problem) below(cell, insider int32) int64 {
	c := &p.cells[cell]
	switch {
	case insider > 0 && c.Owner == insider:
		return 0
	case insider == ^cell && c.Part > 0 && !p.attacker.Negative:
		return min(p.down[cell], c.Value-c.Part)
	}
	return p.down[cell]
}

func (p *Problem) above(cell, insider int32) int64 {
	if insider > 0 && p.cells[cell].Owner == insider {
		return 0
	}
	return p.up[cell]
}

// share is how much of a cell an insider has in it, no value being negative: what lies
// in cells of his below it. Linear in what is above his cells.
func (p *Problem) share(cell, insider int32) int64 {
	above := map[int32]int64{} // cells that his are part of; -1 is not worked out
	var list []int32
	if insider < 0 {
		above[^insider] = p.cells[^insider].Part
		list = append(list, ^insider)
	}
	for _, i := range p.owned[insider] {
		above[i] = max(0, p.cells[i].Value)
		list = append(list, i)
	}
	for k := 0; k < len(list); k++ {
		for _, r := range p.of[list[k]] {
			t := int32(p.rel[r].Total)
			if _, known := above[t]; !known {
				above[t] = -1
				list = append(list, t)
			}
		}
	}
	var within func(c int32) int64
	within = func(c int32) int64 {
		v, known := above[c]
		if !known || v >= 0 {
			return v
		}
		v = 0
		for _, r := range p.of[c] {
			if p.rel[r].Total != int(c) {
				continue
			}
			sum := int64(0)
			for _, q := range p.rel[r].Parts {
				sum += within(int32(q))
			}
			v = max(v, sum)
		}
		above[c] = v
		return v
	}
	return within(cell)
}

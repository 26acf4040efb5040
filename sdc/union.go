package sdc

import (
	"math/big"
	"slices"
)

// Together judges the sum of hidden cells of one table as a cell. Any reader can compute
// this sum where the total and all other parts of the total are published. total is the
// total of the hidden cells in one variable; shown are its other parts that are not
// empty, which are published.
//
// The rules are min-contributors, min-holdings, nk, p-percent, pq, request and all-equal.
// Shares of sensitive values, the group rules, and the number of contributors with a sum
// other than 0 (which Check reviews in a cell) are not looked at.
//
// The evidence is about cells and not about their sum, because a contributor may be in
// several of the cells. Therefore Together works with bounds:
//
//   - The number of contributors is at least that of any one of the cells, and at least
//     that of the total less those of the cells shown. It is at most the sum of the
//     numbers of the cells, and at most that of the total.
//   - The contribution of one contributor to a cell is known where the contributor is
//     among the largest of the cell (see Cell.Largest). Elsewhere it is at most the rest
//     of Cell.Largest.
//   - Where every cell passes a concentration rule, so does the sum, unless contributions
//     are negative.
//
// Safe and Unsafe are certain; Review says that the bounds do not decide. The table must
// have been made with Options.Sole. Linear in the cells and their largest contributors.
func (p *Policy) Together(total Cell, hidden, shown []Cell) Verdict {
	if p == nil || total.t == nil {
		return Unsafe
	}
	// Where these numbers add up, no contributor is in two of the cells.
	all := int64(0)
	for _, c := range slices.Concat(hidden, shown) {
		all += c.Contributors()
	}
	apart := all == total.Contributors()
	v := enough(p.MinContributors.Off, p.MinContributors.Min, total, hidden, shown, Cell.Contributors)
	if total.t.byHolding {
		v = worst(v, enough(p.MinHoldings.Off, p.MinHoldings.Min, total, hidden, shown, Cell.owners))
	}
	if total.t.magnitude() {
		v = worst(v, p.concentrated(hidden))
		v = worst(v, p.AllEqual.together(hidden, apart))
	}
	return v
}

// Union judges the sum of cells as a cell, as [Policy.Together] does, without knowledge of a
// total. The number of contributors is at least that of any one of the cells, and at most
// the sum of their numbers. It equals that sum where apart says that no contributor is in
// two of the cells. Safe and Unsafe are certain; Review says that the bounds do not
// decide.
func (p *Policy) Union(cells []Cell, apart bool) Verdict {
	if p == nil || len(cells) == 0 {
		return Unsafe
	}
	v := manyEnough(p.MinContributors.Off, p.MinContributors.Min, cells, apart, Cell.Contributors)
	if cells[0].t.byHolding {
		v = worst(v, manyEnough(p.MinHoldings.Off, p.MinHoldings.Min, cells, apart, Cell.owners))
	}
	if cells[0].t.magnitude() {
		v = worst(v, p.concentrated(cells))
		v = worst(v, p.AllEqual.together(cells, apart))
	}
	return v
}

func manyEnough(off bool, least int64, cells []Cell, apart bool, count func(Cell) int64) Verdict {
	if off {
		return Safe
	}
	sum, most := int64(0), int64(0)
	for _, c := range cells {
		sum += count(c)
		most = max(most, count(c))
	}
	switch {
	case sum < least:
		return Unsafe
	case most >= least || apart:
		return Safe
	}
	return Review
}

func enough(off bool, least int64, total Cell, hidden, shown []Cell, count func(Cell) int64) Verdict {
	if off {
		return Safe
	}
	most, low, other := int64(0), int64(0), int64(0)
	for _, c := range hidden {
		most += count(c)
		low = max(low, count(c))
	}
	for _, c := range shown {
		other += count(c)
	}
	low, most = max(low, count(total)-other), min(most, count(total))
	switch {
	case most < least:
		return Unsafe
	case low < least:
		return Review
	}
	return Safe
}

// concentrated returns the verdict of the concentration rules on the sum of cells.
func (p *Policy) concentrated(cells []Cell) Verdict {
	if p.NK.Off && p.PPercent.Off && p.PQ.Off && p.Request.Off {
		return Safe
	}
	alone := *p
	alone.MinContributors.Off, alone.AllEqual.Off = true, true
	negative, passes := false, true
	for _, c := range cells {
		negative = negative || c.Negative()
		passes = passes && c.ProtectionLevel(&alone).Sign() == 0
	}
	switch {
	case !negative && passes:
		return Safe
	case negative, !cells[0].t.m.WeightedAbs.None():
		return Review
	}
	b := boundsOf(cells, p.top())
	if b == nil {
		return Review
	}
	v := Safe
	// A cell is safe where a <= b; low <= a - b <= high.
	see := func(high, low *big.Rat) {
		switch {
		case low.Sign() > 0:
			v = Unsafe
		case high.Sign() > 0:
			v = worst(v, Review)
		}
	}
	percent := func(x Percent) *big.Rat { r := x.must(); return ratio(r.Num, 100*r.Den) }
	if !p.NK.Off {
		for _, r := range p.NK.pairs() {
			limit := new(big.Rat).Mul(percent(r.Percent), b.total)
			see(new(big.Rat).Sub(b.top(b.most, r.N), limit), new(big.Rat).Sub(b.top(b.least, r.N), limit))
		}
	}
	// share * x1 - (total - the m largest)
	short := func(share *big.Rat, m int) {
		of := func(list []*big.Rat) *big.Rat {
			x := new(big.Rat).Mul(share, b.top(list, 1))
			return x.Sub(x, new(big.Rat).Sub(b.total, b.top(list, m)))
		}
		see(of(b.most), of(b.least))
	}
	if !p.PPercent.Off {
		for _, r := range p.PPercent.pairs() {
			short(percent(r.P), r.Coalition+1)
		}
	}
	if r := p.PQ; !r.Off {
		short(new(big.Rat).Quo(percent(r.P), percent(r.Q)), 2)
	}
	if r := p.Request; !r.Off {
		limit := new(big.Rat).Mul(percent(r.Percent), b.total)
		see(new(big.Rat).Sub(b.askedMost, limit), new(big.Rat).Sub(b.askedLeast, limit))
	}
	return v
}

// unionBounds bounds the contributions to the sum of cells, largest first.
type unionBounds struct {
	total                 *big.Rat
	least, most           []*big.Rat // falling
	askedLeast, askedMost *big.Rat
}

// boundsOf returns nil where the largest contributors are not known. looked is the
// largest number of contributors that a rule adds up.
func boundsOf(cells []Cell, looked int) *unionBounds {
	b := &unionBounds{total: new(big.Rat), askedLeast: new(big.Rat), askedMost: new(big.Rat)}
	others := new(big.Rat) // the most that an unlisted contributor has
	type known struct{ is, listed *big.Rat }
	who := map[int32]*known{}
	for _, c := range cells {
		list, rest, ok := c.Largest()
		if !ok {
			return nil
		}
		b.total.Add(b.total, c.SumAbs())
		others.Add(others, rest)
		for _, x := range list {
			k := who[x.Holding]
			if k == nil {
				k = &known{new(big.Rat), new(big.Rat)}
				who[x.Holding] = k
			}
			k.is.Add(k.is, x.Amount)
			k.listed.Add(k.listed, rest)
		}
		if x, ok := c.t.asked[c.i]; ok {
			y := c.t.units.Response.Rat(x)
			b.askedMost.Add(b.askedMost, y)
			if y.Cmp(b.askedLeast) > 0 {
				b.askedLeast = y
			}
		}
	}
	for _, k := range who {
		b.least = append(b.least, k.is)
		y := new(big.Rat).Add(k.is, others)
		b.most = append(b.most, y.Sub(y, k.listed))
	}
	for range looked { // unlisted contributors, as many as a rule adds up
		b.most = append(b.most, others)
	}
	for _, list := range [][]*big.Rat{b.least, b.most} {
		slices.SortFunc(list, func(x, y *big.Rat) int { return y.Cmp(x) })
	}
	return b
}

// top is the sum of the n first of a list, and no more than the total.
func (b *unionBounds) top(list []*big.Rat, n int) *big.Rat {
	sum := new(big.Rat)
	for _, x := range list[:min(n, len(list))] {
		sum.Add(sum, x)
	}
	if sum.Cmp(b.total) > 0 {
		sum.Set(b.total)
	}
	return sum
}

package sdc

import (
	"math/big"

	"github.com/sluis-go/sluis/internal/exact"
)

// ProtectionLevel returns the protection level of a hidden cell: the distance from its
// sum that the bounds of an attacker must keep, on either side. At that distance no
// estimate breaks a concentration rule of p. The level is the largest of 0 and
//
//	NK        100/Percent * (x1 + ... + xN) - total, of each pair
//	PPercent  P/100 * x1 - (total - x1 - ... - x(Coalition+1)), of each pair
//	PQ        P/Q * x1 - (total - x1 - x2)
//	Request   100/Percent * x - total, with x the largest contribution of a
//	          holding that asked; x itself with a Percent of "0"
//	MinContributors  Interval/100 * total, for a cell with fewer contributors than
//	          MinContributors.Min, or with fewer holdings than MinHoldings.Min
//	AllEqual  (n - m)/n * total, for a cell that AllEqual calls unsafe, with n the
//	          contributors (the holdings, where the finding is about these) and m the largest number with 100 m < Percent * n:
//	          at least n - m contributors must differ
//
//	MinContributors  Min * step, for a cell with few rows of a sensitive value, of a
//	          response with few values: as many rows may have the other value. step is
//	          the difference of the two values, or of several values the larger of the
//	          differences of the two least and of the two largest
//
// The unit is that of the response (of the weighted response, with weights). The
// contributions are ranked as in the rules. The level is
//
//   - positive for every cell that one of these rules calls unsafe and that has a
//     contribution other than 0;
//   - 0 otherwise: a threshold without an interval requires only that the exact value
//     cannot be computed.
//
// p must be valid.
//
// Source: Handbook on Statistical Disclosure Control, table 4.2.
func (c Cell) ProtectionLevel(p *Policy) *big.Rat {
	level := new(big.Rat)
	if !c.t.magnitude() {
		return level
	}
	d := c.dominance(nil)
	unit := d.unit
	raise := func(x *big.Rat) {
		if x.Cmp(level) > 0 {
			level = x
		}
	}
	if r := p.MinContributors; !r.Off && r.Interval != "" {
		few := c.Contributors() < r.Min
		if h := p.MinHoldings; !h.Off && c.t.byHolding {
			few = few || c.owners() < h.Min
		}
		if x, err := r.interval(); few && err == nil {
			raise(new(big.Rat).Mul(unit.Rat(d.total), ratio(x.Num, 100*x.Den)))
		}
	}
	if r := p.MinContributors; !r.Off && c.rare(r.Min, c.t.output.sensitiveValues()).unsafe {
		raise(c.codeLevel(r.Min))
	}
	if !p.NK.Off {
		for _, r := range p.NK.pairs() {
			k := r.Percent.must()
			sum, den := d.sumOf(r.N)
			bound := unit.Rat(sum)
			bound.Quo(bound, new(big.Rat).SetInt(den.Big())).Mul(bound, ratio(100*k.Den, k.Num))
			raise(bound.Sub(bound, unit.Rat(d.total)))
		}
	}
	if !p.PPercent.Off {
		for _, r := range p.PPercent.pairs() {
			rest, x1, den := d.remainder(r.Coalition + 1)
			q := r.P.must()
			raise(short(unit, rest, x1, den, ratio(q.Num, 100*q.Den)))
		}
	}
	if r := p.PQ; !r.Off {
		rest, x1, den := d.remainder(2)
		a, b := r.P.must(), r.Q.must()
		share := ratio(a.Num, a.Den)
		raise(short(unit, rest, x1, den, share.Quo(share, ratio(b.Num, b.Den))))
	}
	if r := p.AllEqual; !r.Off {
		if a := r.of(c, c.t.output.sensitiveValues()); a.verdict == Unsafe {
			raise(new(big.Rat).Mul(unit.Rat(d.total), r.apart(c, a)))
		}
	}
	if x, ok := c.t.asked[c.i]; ok && !p.Request.Off {
		total := c.t.m.SumAbs.At(c.i)
		if k := p.Request.Percent.must(); k.Num == 0 {
			raise(c.t.units.Response.Rat(x))
		} else {
			bound := c.t.units.Response.Rat(x)
			bound.Mul(bound, ratio(100*k.Den, k.Num))
			raise(bound.Sub(bound, c.t.units.Response.Rat(total)))
		}
	}
	return level
}

// short returns share * x1 - rest, with x1 and rest in den-ths of the unit.
func short(unit exact.Unit, rest, x1, den exact.Num, share *big.Rat) *big.Rat {
	share.Mul(share, unit.Rat(x1))
	share.Sub(share, unit.Rat(rest))
	return share.Quo(share, new(big.Rat).SetInt(den.Big()))
}

func ratio(num, den uint64) *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(num), new(big.Int).SetUint64(den))
}

// Publishes reports whether the table publishes the cell with the given nodes, one for
// each variable. The cell may be empty.
func (t *Table) Publishes(nodes []int) bool {
	levels := make([]int, len(nodes))
	for v, k := range nodes {
		if t.output.NoMargins && !t.vars[v].IsLeaf(k) {
			return false
		}
		levels[v] = t.vars[v].Level(k)
	}
	return t.output.NoMargins || t.combos[comboKey(levels)]
}

package sdc

import (
	"math/big"

	"github.com/sluis-go/sluis/internal/exact"
)

// ProtectionLevel returns how far the bounds that an attacker can work out for a
// hidden cell must stay from its sum, on either side, so that no concentration
// rule of p is broken by an estimate: the largest of
//
//	NK        100/Percent * (x1 + ... + xN) - total
//	PPercent  P/100 * x1 - (total - x1 - ... - x(Coalition+1))
//	PQ        P/Q * x1 - (total - x1 - x2)
//	Request   100/Percent * x - total, x the largest contribution of those who
//	          asked; x itself with a Percent of "0"
//	MinContributors  Interval/100 * total, of a cell with fewer contributors than Min, or
//	          with fewer holdings than MinHoldings asks
//	AllEqual  the part of the total that is contributed by as many of the n
//	          contributors as must differ, n - m, for less than Percent to share
//	          the value: (n - m)/n * total, m the largest with 100 m < Percent * n;
//	          of a cell that it calls unsafe
//
// and 0, in the unit of the response (of the weighted response, with weights),
// with the contributions ranked as the rules rank them. It is positive for every
// cell that one of these rules calls unsafe and in which something is contributed, and 0
// otherwise: a threshold without an interval asks only that the value cannot be worked
// out exactly. p must be valid.
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
	if r := p.NK; !r.Off {
		k := r.Percent.must()
		sum, den := d.sumOf(r.N)
		bound := unit.Rat(sum)
		bound.Quo(bound, new(big.Rat).SetInt(den.Big())).Mul(bound, ratio(100*k.Den, k.Num))
		raise(bound.Sub(bound, unit.Rat(d.total)))
	}
	if r := p.PPercent; !r.Off {
		rest, x1, den := d.remainder(r.coalition() + 1)
		q := r.P.must()
		raise(short(unit, rest, x1, den, ratio(q.Num, 100*q.Den)))
	}
	if r := p.PQ; !r.Off {
		rest, x1, den := d.remainder(2)
		a, b := r.P.must(), r.Q.must()
		share := ratio(a.Num, a.Den)
		raise(short(unit, rest, x1, den, share.Quo(share, ratio(b.Num, b.Den))))
	}
	if r := p.AllEqual; !r.Off && r.of(c, c.t.output.sensitiveValues()).verdict == Unsafe {
		n, limit := c.Contributors(), r.Percent.must()
		m := new(big.Int).Mul(big.NewInt(n), new(big.Int).SetUint64(limit.Num))
		m.Sub(m, big.NewInt(1)).Quo(m, new(big.Int).SetUint64(100*limit.Den))
		raise(unit.Rat(d.total).Mul(unit.Rat(d.total), big.NewRat(n-m.Int64(), n)))
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

// short is share * x1 - rest, of x1 and rest in den-ths of the unit.
func short(unit exact.Unit, rest, x1, den exact.Num, share *big.Rat) *big.Rat {
	share.Mul(share, unit.Rat(x1))
	share.Sub(share, unit.Rat(rest))
	return share.Quo(share, new(big.Rat).SetInt(den.Big()))
}

func ratio(num, den uint64) *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(num), new(big.Int).SetUint64(den))
}

// Publishes reports whether the table has a cell with the given nodes, one for
// each variable, among those that it publishes, be it empty.
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

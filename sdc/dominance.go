package sdc

import (
	"math/big"
	"slices"
	"strconv"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// dominance holds the evidence of one cell for the concentration rules: the largest
// contributions and the total, as whole numbers of one common unit.
type dominance struct {
	value  []exact.Num // by holding, falling, absolute
	weight []*big.Rat  // nil unless the weighting is tau
	total  exact.Num
	unit   exact.Unit // of total
	scale  *big.Int   // value * scale is in the unit of total; nil for 1
	signed bool
}

// dominance returns the contributions to the cell under the weighting of the policy. It
// may use the memory of scratch for the values.
func (c Cell) dominance(scratch []exact.Num) dominance {
	t := c.t
	n := t.m.Top.Len(c.i)
	d := dominance{value: slices.Grow(scratch[:0], n)[:n], total: t.m.SumAbs.At(c.i), unit: t.units.Response, signed: t.m.Negative[c.i]}
	for k := range n {
		d.value[k] = t.m.Top.At(c.i, k).Value
	}
	if t.m.WeightedAbs.None() {
		return d
	}
	// The total is in units of the product of weight and response; scale is the number of
	// these units in one unit of the response. Where the response needs a finer unit than
	// the product, the total is converted to that unit.
	u := t.units
	d.total, d.unit = t.m.WeightedAbs.At(c.i), u.Product
	d.scale = exact.Pow10(u.Product.Digits - u.Response.Digits)
	if up := u.Product.Shift - u.Response.Shift; up >= 0 {
		d.scale.Lsh(d.scale, uint(up))
	} else {
		d.total, d.unit.Shift = shiftUp(d.total, -up), u.Response.Shift
	}
	if t.weighting == WeightingTau {
		d.weight = make([]*big.Rat, n)
		for k := range n {
			d.weight[k] = u.Weight.Rat(t.m.Top.At(c.i, k).Weight)
		}
	}
	return d
}

// scaled returns value k in the unit of the total.
func (d *dominance) scaled(k int) exact.Num {
	if k >= len(d.value) {
		return exact.Num{}
	}
	if d.scale == nil {
		return d.value[k]
	}
	return d.value[k].Mul(exact.NumFromBig(d.scale))
}

// largest returns the sum of the n largest and the total, in one unit.
func (d *dominance) largest(n int) (sum, total exact.Num) {
	sum, den := d.sumOf(n)
	if d.weight == nil {
		return sum, d.total
	}
	return sum, d.total.Mul(den)
}

// sumOf returns the sum of the n largest, in den-ths of the unit of the total.
func (d *dominance) sumOf(n int) (sum, den exact.Num) {
	if d.weight == nil {
		for k := range min(n, len(d.value)) {
			sum = sum.Add(d.scaled(k))
		}
		return sum, count(1)
	}
	// n slots, filled in falling order with min(weight, slots left) each.
	left := new(big.Rat).SetInt64(int64(n))
	fill := new(big.Rat)
	for k := range d.value {
		w := d.weight[k]
		if w.Cmp(left) > 0 {
			w = left
		}
		x := new(big.Rat).SetInt(d.scaled(k).Big())
		fill.Add(fill, x.Mul(x, w))
		left = new(big.Rat).Sub(left, w)
		if left.Sign() == 0 {
			break
		}
	}
	return exact.NumFromBig(fill.Num()), exact.NumFromBig(fill.Denom())
}

// remainder returns total - x1 - ... - xn and x1, in den-ths of the unit of the total. x1
// >= x2 >= ... are the contributions of the population: a contributor of weight 2 counts
// as two equal contributors. Each of the n largest counts at least once, also where its
// weight is below one. Such weights can make the total less than the observed
// contributions; the remainder is then negative.
func (d *dominance) remainder(n int) (rest, x1, den exact.Num) {
	most := exact.Num{}
	for k := range min(n, len(d.value)) {
		most = most.Add(d.scaled(k))
	}
	if d.weight == nil {
		return d.total.Sub(most), d.scaled(0), count(1)
	}
	sum, den := d.sumOf(n)
	if most = most.Mul(den); sum.Cmp(most) > 0 {
		most = sum
	}
	return d.total.Mul(den).Sub(most), d.scaled(0).Mul(den), den
}

// noted adds to m the note that some contributions are negative, where they are.
func (d *dominance) noted(m words.Message) words.Message {
	if d.signed {
		m.Note = &negative
	}
	return m
}

// negative is shared by all findings: no code writes to a note.
var negative = words.New(words.NoteNegative)

// share returns 100*a/b for a finding. It returns 100 where the total b is 0, because of
// weights of 0 or of contributions that cancel out.
func share(a, b exact.Num) float64 {
	if b.Sign() == 0 {
		return 100
	}
	return exact.Share(a, b)
}

func (p Percent) float() float64 {
	f, _ := strconv.ParseFloat(string(p), 64)
	return f
}

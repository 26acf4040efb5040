package riskmetrics

import (
	"context"
	"math/big"
	"math/bits"

	"github.com/sluis-go/sluis/internal/group"
)

// match computes f_k and F_k of every class by the policy for nulls.
func (c *Classes) match(ctx context.Context) error {
	c.f = make([]float64, len(c.size))
	c.whole = c.basis()
	if !c.missing.matches() {
		for id, n := range c.whole {
			c.f[id] = float64(n)
		}
		if c.own != nil {
			c.pop = c.own.floats()
			c.popExact = c.own.rat
		}
		return nil
	}
	sizes := [][]int64{c.size}
	if c.unit != nil {
		sizes[0] = c.single
	}
	if c.own != nil {
		sizes = append(sizes, c.loneLimbs()...)
	}
	whole, part, err := group.MatchAll(ctx, c.codes, c.nulls(), sizes, c.matching())
	if err != nil {
		return err
	}
	c.addSeveral(whole)
	c.whole = whole[0]
	if c.missing.kind == asSdcMicro {
		c.part = part[0]
	}
	for id := range c.f {
		c.f[id] = c.mixed(c.whole[id], part[0][id], 1, c.freqExact, id)
	}
	if c.own == nil {
		return nil
	}
	w := &masses{limbs: whole[1:], unit: c.own.unit}
	p := &masses{limbs: part[1:], unit: c.own.unit}
	alpha := c.missing.alphaRat()
	if c.missing.kind == asWildcard {
		c.pop, c.popExact = w.floats(), w.rat
		return nil
	}
	c.popExact = func(id int) *big.Rat {
		r := p.rat(id)
		return r.Add(r.Mul(r, alpha), w.rat(id))
	}
	c.pop = make([]float64, len(c.size))
	for id := range c.pop {
		if len(w.limbs) == 1 && c.own.unit.Shift == 0 && c.own.unit.Digits <= 6 {
			c.pop[id] = c.mixed(w.limbs[0][id], p.limbs[0][id], pow10[c.own.unit.Digits], c.popExact, id)
		} else {
			c.pop[id], _ = c.popExact(id).Float64()
		}
	}
	return nil
}

var pow10 = [...]uint64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000}

// mixed is (whole + alpha*part)/den, correctly rounded: one division where both
// sides are whole numbers below 2^53, and by exactly otherwise.
func (c *Classes) mixed(whole, part int64, den uint64, exactly func(int) *big.Rat, id int) float64 {
	const most = 1 << 53
	alpha := c.missing.alpha
	if alpha.Den == 0 { // wildcard: nothing counts in part
		alpha.Den = 1
	}
	if h, d := bits.Mul64(den, alpha.Den); h == 0 && d < most {
		h1, a := bits.Mul64(uint64(whole), alpha.Den)
		h2, b := bits.Mul64(uint64(part), alpha.Num)
		if h1 == 0 && h2 == 0 && a < most && b < most && a+b < most {
			return float64(a+b) / float64(d)
		}
	}
	v, _ := exactly(id).Float64()
	return v
}

func (c *Classes) matching() group.Matching {
	return group.Matching{SdcMicro: c.missing.kind == asSdcMicro}
}

// freqExact is f_k of a class.
func (c *Classes) freqExact(id int) *big.Rat {
	r := new(big.Rat).SetInt64(c.whole[id])
	if c.part == nil || c.part[id] == 0 {
		return r
	}
	p := new(big.Rat).SetInt64(c.part[id])
	return r.Add(r, p.Mul(p, c.missing.alphaRat()))
}

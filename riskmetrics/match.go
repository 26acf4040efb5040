package riskmetrics

import (
	"context"
	"math/big"

	"github.com/sluis-go/sluis/internal/group"
)

// match computes f_k and F_k of every class by the policy for nulls.
func (c *Classes) match(ctx context.Context) error {
	c.f = make([]float64, len(c.size))
	c.whole = c.size
	if !c.missing.matches() {
		for id, n := range c.size {
			c.f[id] = float64(n)
		}
		if c.own != nil {
			c.pop = c.own.floats()
			c.popExact = c.own.rat
		}
		return nil
	}
	sizes := [][]int64{c.size}
	if c.own != nil {
		sizes = append(sizes, c.own.limbs...)
	}
	whole, part, err := group.MatchAll(ctx, c.codes, c.nulls(), sizes, c.matching())
	if err != nil {
		return err
	}
	c.whole = whole[0]
	if c.missing.kind == asSdcMicro {
		c.part = part[0]
	}
	for id := range c.f {
		c.f[id], _ = c.freqExact(id).Float64()
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
		c.pop[id], _ = c.popExact(id).Float64()
	}
	return nil
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

package riskmetrics

import (
	"context"
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/internal/group"
)

// KMap is, for every class, the number of records that match it in a population with the
// same keys: k-map (Sweeney 2001) is violated where the number is below k. Values are
// equal where their texts are equal. Under wildcard a null of either side matches every
// value; otherwise null is a category. Where respondents are named in both, respondents
// are counted in both.
//
// The errors are:
//
//   - ErrClass where fewer records of the population match a class than records of the
//     sample do: the sample cannot come from the population;
//   - ErrRequest for other keys, under sdcmicro(alpha), and where respondents are named
//     in only one of the two;
//   - ctx.Err() if the context ends.
func (c *Classes) KMap(ctx context.Context, population *Classes) (Attained, error) {
	of, err := c.inPopulation(ctx, population)
	if err != nil {
		return Attained{}, err
	}
	return c.counted(of), nil
}

// Presence is delta-presence (Nergiz, Atzori and Clifton 2007): for every class
// of the population the share of its records that are in the sample,
//
//	n / N,
//
// which is violated below a least and above a largest share. Both results are
// over the classes of the population, where null is a category. The errors are
// those of KMap.
func (c *Classes) Presence(ctx context.Context, population *Classes) (least, most Attained, err error) {
	j, err := c.join(ctx, population)
	if err != nil {
		return least, most, err
	}
	inSample := make([]int64, j.n)
	for id, to := range j.mine {
		inSample[to] += c.basis()[id]
	}
	inBoth := make([]int64, j.n)
	for id, to := range j.theirs {
		inBoth[to] = population.basis()[id]
	}
	for to, n := range inSample {
		if n > inBoth[to] {
			return least, most, fmt.Errorf("%w: or there are more of it in the sample", ErrClass)
		}
	}
	share := func(id int) fraction { return fraction{inSample[j.theirs[id]], population.basis()[id]} }
	values := make([]float64, population.Len())
	for id := range values {
		values[id] = share(id).float()
	}
	sign := func(id int, limit *big.Rat) int { return share(id).rat().Cmp(limit) }
	return population.given(below, values, sign), population.given(above, values, sign), nil
}

// in returns the number of records that match each class in the population.
func (c *Classes) in(ctx context.Context, population *Classes) ([]float64, error) {
	of, err := c.inPopulation(ctx, population)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(of))
	for id, n := range of {
		out[id] = float64(n)
	}
	return out, nil
}

func (c *Classes) inPopulation(ctx context.Context, population *Classes) ([]int64, error) {
	if c.missing.kind == asSdcMicro {
		return nil, fmt.Errorf("%w: sdcmicro(alpha) says nothing of a population", ErrRequest)
	}
	if (c.unit == nil) != (population.unit == nil) {
		return nil, fmt.Errorf("%w: respondents are named in the sample or in the population alone, so that one counts records and the other respondents", ErrRequest)
	}
	if c.missing.kind == asWildcard && population.several > 0 {
		return nil, fmt.Errorf("%w: %d respondents of the population have records in several classes, for which matching of nulls is not defined", ErrRequest, population.several)
	}
	j, err := c.join(ctx, population)
	if err != nil {
		return nil, err
	}
	sizes := make([]int64, j.n)
	for id, to := range j.theirs {
		sizes[to] = population.basis()[id]
	}
	if c.missing.kind == asWildcard {
		whole, _, err := group.MatchAll(ctx, j.codes, j.null, [][]int64{sizes}, group.Matching{})
		if err != nil {
			return nil, err
		}
		sizes = whole[0]
	}
	of := make([]int64, len(c.size))
	bad := 0
	for id, to := range j.mine {
		if of[id] = sizes[to]; of[id] < c.whole[id] {
			bad++
		}
	}
	if bad > 0 {
		return nil, fmt.Errorf("%w: %d of %d classes, or there are more of them in the sample", ErrClass, bad, len(of))
	}
	return of, nil
}

// joined are the classes of a sample and of a population in one numbering.
type joined struct {
	codes        [][]uint32 // key -> joined class -> code
	null         []int64
	n            int
	mine, theirs []uint32 // class of the sample, and of the population -> joined class
}

func (c *Classes) join(ctx context.Context, population *Classes) (*joined, error) {
	if len(c.keys) != len(population.keys) {
		return nil, fmt.Errorf("%w: the population has another number of keys", ErrRequest)
	}
	j := &joined{mine: make([]uint32, len(c.size)), theirs: make([]uint32, len(population.size)), null: c.nulls()}
	theirs := make([][]uint32, len(c.keys))
	cards := make([]int, len(c.keys))
	for k, col := range c.keys {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		list, own := population.keys[k].List, col.List
		next := own.Len()
		to := make([]uint32, list.Len())
		null, hasNull := list.Null()
		for code := range to {
			known, ok := uint32(0), false
			if hasNull && uint32(code) == null {
				if known, ok = own.Null(); !ok {
					j.null[k] = int64(next)
				}
			} else {
				known, ok = own.Lookup(list.Label(uint32(code)))
			}
			if !ok {
				known = uint32(next)
				next++
			}
			to[code] = known
		}
		theirs[k] = make([]uint32, len(population.size))
		for id, code := range population.codes[k] {
			theirs[k][id] = to[code]
		}
		cards[k] = next
	}
	t := group.NewTable(len(c.keys))
	t.Insert(c.codes, cards, j.mine)
	t.Insert(theirs, cards, j.theirs)
	j.n = t.Len()
	for k := range c.keys {
		j.codes = append(j.codes, t.Codes(k))
	}
	return j, nil
}

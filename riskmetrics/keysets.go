package riskmetrics

import (
	"context"
	"fmt"
	"math/big"
)

// KeySet says how much a set of keys tells records apart.
type KeySet struct {
	// Keys are the positions of the keys.
	Keys []int
	// Alone is the number of records (respondents, where these are named) with f_k below 2 on
	// these keys: nobody else matches them.
	Alone int64
	// Distinction is the number of distinct combinations of values over the number of
	// records: 1 where the keys tell all records apart. Null is a category.
	Distinction float64
	// Separation is the share of pairs of records that differ on some of the keys:
	//
	//	1 - sum of n(n-1) / (N(N-1))
	//
	// over the classes of n records, N being all records. It is 1 with fewer than two
	// records. Null is a category.
	Separation float64
}

// maxKeySets bounds the sets of keys of one call.
const maxKeySets = 10_000

// KeySets measures distinction and separation (Motwani and Xu 2007) of every set of at most
// size keys, by size and then by keys. They help to choose the keys: a variable with which many
// are alone is a key, unless nobody can know it. Distinction and separation count records, also
// where respondents are named. Records that were left out for their nulls count nowhere. Both
// figures are exact fractions that are rounded once.
//
// The error is ErrRequest for a size below 1 and for more than 10,000 sets, or ctx.Err(). Time
// linear in records and classes for each set.
func (c *Classes) KeySets(ctx context.Context, size int) (list []KeySet, err error) {
	if size < 1 {
		return nil, fmt.Errorf("%w: sets of keys have at least 1 key", ErrRequest)
	}
	sets, of := 0, 1
	for n := 1; n <= size && n <= len(c.keys); n++ {
		of = of * (len(c.keys) - n + 1) / n
		if sets += of; sets > maxKeySets {
			return nil, fmt.Errorf("%w: there are more than %d sets of at most %d of %d keys", ErrRequest, maxKeySets, size, len(c.keys))
		}
	}
	two := big.NewRat(2, 1)
	for n := 1; n <= size && n <= len(c.keys); n++ {
		err := choose(len(c.keys), n, func(keys []int) error {
			p, err := c.Project(ctx, keys...)
			if err != nil {
				return err
			}
			k := p.KAnonymity()
			x := KeySet{Keys: append([]int{}, keys...), Alone: k.Violations(two).Respondents, Separation: 1}
			all, same, pairs := int64(0), new(big.Int), new(big.Int)
			for _, n := range p.size {
				all += n
				same.Add(same, pairs.Mul(big.NewInt(n), big.NewInt(n-1)))
			}
			if all > 0 {
				x.Distinction = float64(len(p.size)) / float64(all)
			}
			if all > 1 {
				pairs.Mul(big.NewInt(all), big.NewInt(all-1))
				x.Separation, _ = new(big.Rat).SetFrac(same.Sub(pairs, same), pairs).Float64()
			}
			list = append(list, x)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

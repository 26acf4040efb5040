package riskmetrics

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"github.com/sluis-go/sluis/internal/column"
)

// Combination is a set of keys on which some combination of values is rare.
type Combination struct {
	// Keys are the positions of the keys, and Rarest the values of the rarest
	// combination, the first of equals, which Smallest records match, or
	// respondents have where these are named.
	Keys     []int
	Rarest   []string
	Smallest float64
	// Classes is how many combinations of values are rare, and Records how many
	// records hold one.
	Classes int
	Records int64
}

// Combinations looks at every combination of at most size keys: the Dutch rule
// that every combination of values of at most three keys occurs at least so many
// times (Willenborg and de Waal 1996). The result holds for every class the
// smallest frequency over all of these sets of keys, nulls matching on each as the
// classes were made, and is violated where that is below a minimum; rare lists
// the sets of keys with a frequency below min, by size and then by keys. Where
// respondents are named, frequencies are numbers of distinct respondents, null
// being a category whatever the policy, as in [Classes.KRespondents].
//
// Time linear in classes for each set of keys, in records with respondents.
func (c *Classes) Combinations(ctx context.Context, size int, min int64) (a Attained, rare []Combination, err error) {
	if size < 1 || min < 1 {
		return a, nil, fmt.Errorf("%w: size and minimum are at least 1", ErrRequest)
	}
	least := make([]float64, len(c.size))
	// The same exactly: a frequency that is whole plus alpha times part.
	exactly := &Classes{missing: c.missing, whole: make([]int64, len(c.size))}
	if c.part != nil {
		exactly.part = make([]int64, len(c.size))
	}
	for id := range least {
		least[id] = math.Inf(1)
	}
	limit := new(big.Rat).SetInt64(min)
	units, of := c.byRespondent()
	for n := 1; n <= size && n <= len(c.keys); n++ {
		err = choose(len(c.keys), n, func(keys []int) error {
			p, to, err := c.classesOn(ctx, keys)
			if err != nil {
				return err
			}
			k := p.KAnonymity()
			if c.unit != nil {
				p.whole, p.part = p.respondents(units, of, to), nil
				k = p.counted(p.whole)
			}
			for id := range least {
				if f := k.PerClass[to[id]]; f < least[id] {
					least[id], exactly.whole[id] = f, p.whole[to[id]]
					if c.part != nil && p.part != nil {
						exactly.part[id] = p.part[to[id]]
					}
				}
			}
			if v := k.Violations(limit); len(v.Classes) > 0 {
				rare = append(rare, Combination{append([]int{}, keys...), p.Key(k.Class), k.Value, len(v.Classes), v.Records})
			}
			return nil
		})
		if err != nil {
			return Attained{}, nil, err
		}
	}
	return c.given(below, least, func(id int, limit *big.Rat) int {
		return exactly.freqExact(id).Cmp(limit)
	}), rare, nil
}

// byRespondent lists the respondents and the classes of the records, those of one
// respondent together; nil without respondents.
func (c *Classes) byRespondent() (units, of []uint32) {
	if c.unit == nil {
		return nil, nil
	}
	end := make([]int, len(c.unit)+1) // units are dense codes of as many records
	for i, u := range c.unit {
		if c.id[i] != NoClass {
			end[u+1]++
		}
	}
	for u := range len(c.unit) {
		end[u+1] += end[u]
	}
	n := end[len(c.unit)]
	units, of = make([]uint32, n), make([]uint32, n)
	for i, u := range c.unit {
		if id := c.id[i]; id != NoClass {
			units[end[u]], of[end[u]] = u, id
			end[u]++
		}
	}
	return units, of
}

// respondents counts the distinct respondents of every class, given by those of
// the records and by the classes, in another numbering, that became these.
func (c *Classes) respondents(units, of, to []uint32) []int64 {
	out, last := make([]int64, len(c.size)), make([]uint32, len(c.size))
	for i, u := range units {
		if id := to[of[i]]; out[id] == 0 || last[id] != u {
			out[id]++
			last[id] = u
		}
	}
	return out
}

// classesOn groups the classes, not the records, on some keys: frequencies
// without weights and respondents. to maps classes to those of the result.
func (c *Classes) classesOn(ctx context.Context, keys []int) (p *Classes, to []uint32, err error) {
	lean := &Classes{missing: c.missing, size: c.size} // without records: none is not judged
	var cols []*column.Column
	var codes [][]uint32
	for _, k := range keys {
		cols, codes = append(cols, c.keys[k]), append(codes, c.codes[k])
	}
	if p, to, err = lean.merge(ctx, cols, codes); err != nil {
		return nil, nil, err
	}
	return p, to, p.match(ctx)
}

// choose visits every choice of n of m things, in order; visit must not keep it.
func choose(m, n int, visit func([]int) error) error {
	pick := make([]int, n)
	var walk func(at, from int) error
	walk = func(at, from int) error {
		if at == n {
			return visit(pick)
		}
		for k := from; k < m; k++ {
			pick[at] = k
			if err := walk(at+1, k+1); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(0, 0)
}

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
	// Keys are the positions of the keys. Rarest holds the values of the rarest
	// combination, the first of several with the same number. Smallest records match it;
	// where respondents are named, Smallest respondents have it.
	Keys     []int
	Rarest   []string
	Smallest float64
	// Classes is how many combinations of values are rare, and Records how many
	// records hold one.
	Classes int
	Records int64
}

// Combinations looks at every combination of at most size keys. It checks the Dutch rule
// that every combination of values of at most three keys occurs at least a given number
// of times (Willenborg and de Waal 1996).
//
// a holds for every class the smallest frequency over all of these sets of keys. A
// minimum is violated where that frequency is below it. Nulls match on each set as the
// classes were made. rare lists the sets of keys with a frequency below min, by size and
// then by keys.
//
// Where respondents are named, frequencies are numbers of distinct respondents. Null is
// then a category under every policy. This is the strict side: no frequency is higher than
// with nulls that match.
//
// Time linear in classes for each set of keys; in records with respondents.
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

// byRespondent lists the respondents and the classes of the records. The records of one
// respondent are consecutive. nil without respondents.
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

// respondents counts the distinct respondents of every class. units holds the respondents
// of the records, and of their classes in an earlier numbering; to maps that numbering to
// the classes of c.
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

// classesOn groups the classes, not the records, on some keys. The result has
// frequencies, and no weights and respondents. to maps the classes to the classes of the
// result.
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

package riskmetrics

import (
	"context"
	"fmt"
	"math"

	"github.com/sluis-go/sluis/internal/group"
)

// Anonymity is what k-anonymity comes to.
type Anonymity struct {
	// Attained is the smallest frequency of a class, which is Class.
	Attained float64
	Class    uint32
	// Violating lists the classes below k, Records is how many records are in them
	// and Respondents how many distinct respondents (records where none are named).
	Violating            []uint32
	Records, Respondents int64
}

// below collects the classes whose frequency is below k.
func (c *Classes) below(of []float64, k float64) Anonymity {
	a := Anonymity{Attained: math.Inf(1), Class: NoClass}
	for id, f := range of {
		if f < a.Attained {
			a.Attained, a.Class = f, uint32(id)
		}
		if f < k {
			a.Violating = append(a.Violating, uint32(id))
			a.Records += c.size[id]
		}
	}
	a.Respondents = c.peopleIn(a.Violating, a.Records)
	return a
}

// peopleIn counts the distinct respondents in some classes, which hold that many
// records.
func (c *Classes) peopleIn(classes []uint32, records int64) int64 {
	if c.unit == nil || records == 0 {
		return records
	}
	in := make([]bool, len(c.size))
	for _, id := range classes {
		in[id] = true
	}
	seen := make([]bool, len(c.unit)) // units are dense codes of as many records
	n := int64(0)
	for i, id := range c.id {
		if u := c.unit[i]; id != NoClass && in[id] && !seen[u] {
			seen[u] = true
			n++
		}
	}
	return n
}

// KAnonymity looks for classes of fewer than k records: f_k < k (Samarati and
// Sweeney 1998), nulls matching as the classes were made.
func (c *Classes) KAnonymity(k float64) Anonymity { return c.below(c.f, k) }

// KWeighted looks for classes of an estimated population of fewer than k:
// F_k < k. Without weights it is KAnonymity.
func (c *Classes) KWeighted(k float64) Anonymity {
	if c.pop == nil {
		return c.below(c.f, k)
	}
	return c.below(c.pop, k)
}

// KRespondents looks for classes of fewer than k distinct respondents, nulls
// being a category. The error is ErrRequest without respondents.
func (c *Classes) KRespondents(k float64) (Anonymity, error) {
	if c.people == nil {
		return Anonymity{}, fmt.Errorf("%w: no respondents", ErrRequest)
	}
	of := make([]float64, len(c.people))
	for id, n := range c.people {
		of[id] = float64(n)
	}
	return c.below(of, k), nil
}

// Combination is a set of keys and what k-anonymity on it comes to.
type Combination struct {
	Keys []int
	// Smallest is the size of the smallest class of the combination, Classes how
	// many are below the minimum, and Records how many records these hold.
	Smallest, Classes, Records int64
}

// Combinations looks at every combination of at most size keys, and returns
// those on which some combination of values occurs fewer than min times: the
// Dutch rule that every combination of at most three keys occurs at least d
// times. Nulls are a category. Combinations are by size, then by keys.
func (c *Classes) Combinations(ctx context.Context, size int, min int64) ([]Combination, error) {
	if size < 1 || min < 1 {
		return nil, fmt.Errorf("%w: size and minimum are at least 1", ErrRequest)
	}
	var out []Combination
	for n := 1; n <= size && n <= len(c.keys); n++ {
		pick := make([]int, n)
		var walk func(at, from int) error
		walk = func(at, from int) error {
			if at == n {
				if err := ctx.Err(); err != nil {
					return err
				}
				if k := c.combination(pick, min); k.Classes > 0 {
					out = append(out, k)
				}
				return nil
			}
			for k := from; k < len(c.keys); k++ {
				pick[at] = k
				if err := walk(at+1, k+1); err != nil {
					return err
				}
			}
			return nil
		}
		if err := walk(0, 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// combination counts one combination from the classes.
func (c *Classes) combination(keys []int, min int64) Combination {
	cols, cards := make([][]uint32, len(keys)), make([]int, len(keys))
	for i, k := range keys {
		cols[i], cards[i] = c.codes[k], c.keys[k].List.Len()
	}
	t := group.NewTable(len(keys))
	ids := make([]uint32, len(c.size))
	t.Insert(cols, cards, ids)
	sizes := make([]int64, t.Len())
	for id, g := range ids {
		sizes[g] += c.size[id]
	}
	out := Combination{Keys: append([]int{}, keys...), Smallest: math.MaxInt64}
	for _, n := range sizes {
		if n < out.Smallest {
			out.Smallest = n
		}
		if n < min {
			out.Classes++
			out.Records += n
		}
	}
	return out
}

// KMap looks for classes that occur fewer than k times in a population with the
// same keys (k-map, Sweeney 2001), nulls being a category. A class that is
// missing from the population is ErrClass.
func (c *Classes) KMap(population *Classes, k float64) (Anonymity, error) {
	of, err := c.in(population)
	if err != nil {
		return Anonymity{}, err
	}
	return c.below(of, k), nil
}

// in returns the size in the population of every class.
func (c *Classes) in(population *Classes) ([]float64, error) {
	if len(c.keys) != len(population.keys) {
		return nil, fmt.Errorf("%w: the population has other keys", ErrRequest)
	}
	size := map[string]int64{}
	name := func(x *Classes, id uint32) string {
		s := ""
		for _, v := range x.Key(id) {
			s += fmt.Sprintf("%d:%s", len(v), v)
		}
		return s
	}
	for id := range population.size {
		size[name(population, uint32(id))] = population.size[id]
	}
	of := make([]float64, len(c.size))
	missing := 0
	for id := range c.size {
		n, ok := size[name(c, uint32(id))]
		if !ok || n < c.size[id] {
			missing++
		}
		of[id] = float64(n)
	}
	if missing > 0 {
		return nil, fmt.Errorf("%w: %d of %d classes, or they are larger in the sample", ErrClass, missing, len(of))
	}
	return of, nil
}

// Utility says how much of the data a grouping costs, to stand beside the risk.
type Utility struct {
	// Discernibility is the sum of squared class sizes (Bayardo and Agrawal
	// 2005), and AverageClass the mean class size.
	Discernibility float64
	AverageClass   float64
	// Missing is the share of key values that are null (suppressed), 0 to 1.
	Missing float64
}

// Utility measures the classes.
func (c *Classes) Utility() Utility {
	var u Utility
	records, nulls := int64(0), int64(0)
	for id, n := range c.size {
		u.Discernibility += float64(n) * float64(n)
		records += n
		for k, col := range c.keys {
			if null, ok := col.List.Null(); ok && c.codes[k][id] == null {
				nulls += n
			}
		}
	}
	if records > 0 {
		u.AverageClass = float64(records) / float64(len(c.size))
		u.Missing = float64(nulls) / float64(records*int64(len(c.keys)))
	}
	return u
}

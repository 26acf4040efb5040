package riskmetrics

import (
	"context"
	"fmt"
	"math"

	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// This file defines the counts where respondents are named.
//
// f_k of a class is the number of distinct respondents with a record in it. Where nulls
// match, it is
//
//	f_k = respondents with a record in the class
//	    + respondents of matching classes who have records in no other class
//
// (the second times alpha where sdcmicro(alpha) says so). It is exact where every
// respondent has all records in one class. Otherwise it is a lower bound: no respondent
// is counted twice.
//
// F_k adds the weight of each of these respondents once. The records of a respondent in
// one class must have one weight; otherwise there is no F_k.
//
// The measure of a record is the measure of its class. Where measures are added up or
// averaged, a respondent counts once, with the largest measure of its records.

// basis returns, by class, the number of the units that f_k counts: records, or
// respondents.
func (c *Classes) basis() []int64 {
	if c.unit == nil {
		return c.size
	}
	return c.people
}

// oneClassEach refuses respondents with records in several classes: some measures are
// defined only for classes without a common respondent.
func (c *Classes) oneClassEach() error {
	if c.several == 0 {
		return nil
	}
	return &words.Error{Kind: ErrRequest, Fact: words.New(words.SeveralClasses, words.Count(c.several))}
}

// weighted reports why there are no F_k.
func (c *Classes) weighted() error {
	if c.weightErr != nil {
		return c.weightErr
	}
	if c.pop == nil {
		return fmt.Errorf("%w: no weights", ErrRequest)
	}
	return nil
}

// count counts the distinct respondents of every class, and adds up their weights.
// Time linear in records.
func (c *Classes) count(ctx context.Context) error {
	if c.unit == nil {
		return nil
	}
	card := 0
	for _, u := range c.unit {
		card = max(card, int(u)+1)
	}
	pairs := [][]uint32{make([]uint32, 0, len(c.id)), make([]uint32, 0, len(c.id))}
	for i, id := range c.id {
		if id != NoClass {
			pairs[0] = append(pairs[0], id)
			pairs[1] = append(pairs[1], c.unit[i])
		}
	}
	g, err := group.Build(ctx, pairs, []int{len(c.size) + 1, card}, len(pairs[0]), max(1, c.threads))
	if err != nil {
		return err
	}
	classes := make([]uint8, card) // unit -> classes that it has records in, up to 2
	for _, u := range g.Keys[1] {
		if classes[u] < 2 {
			if classes[u]++; classes[u] == 2 {
				c.several++
			}
		}
	}
	c.people, c.single = make([]int64, len(c.size)), make([]int64, len(c.size))
	for i, id := range g.Keys[0] {
		c.people[id]++
		if classes[g.Keys[1][i]] == 1 {
			c.single[id]++
		}
	}
	if c.records != nil {
		c.weigh(g, classes)
	}
	return nil
}

// weigh adds up the weights of respondents, given their pairs of class and unit.
func (c *Classes) weigh(g *group.Groups, classes []uint8) {
	w := c.records
	first := make([]int, g.N) // pair -> its first record, plus 1
	next := 0
	for i, id := range c.id {
		if id == NoClass {
			continue
		}
		pair := g.IDs[next]
		next++
		if first[pair] == 0 {
			first[pair] = i + 1
			continue
		}
		if !w.equal(first[pair]-1, i) {
			c.weightErr = weightError(c.weightName, int64(i), words.New(words.OtherWeight))
			return
		}
	}
	each := w.take(first)
	c.own = each.gather(g.Keys[0], len(c.size))
	alone := make([]uint32, g.N)
	for i, id := range g.Keys[0] {
		alone[i] = NoClass
		if classes[g.Keys[1][i]] == 1 {
			alone[i] = id
		}
	}
	c.lone = each.gather(alone, len(c.size))
}

// equal compares the weights of two records.
func (w *recordWeights) equal(i, j int) bool {
	if w.wide == nil {
		return w.units[i] == w.units[j]
	}
	return w.wide[i].Cmp(w.wide[j]) == 0
}

// take returns the weights of some records, given by their numbers plus 1.
func (w *recordWeights) take(of []int) *recordWeights {
	out := &recordWeights{unit: w.unit}
	for _, i := range of {
		if w.wide == nil {
			out.units = append(out.units, w.units[i-1])
		} else {
			out.wide = append(out.wide, w.wide[i-1])
		}
	}
	return out
}

// loneLimbs returns the limbs of the masses that match other classes, as many as
// there are of all.
func (c *Classes) loneLimbs() [][]int64 {
	if c.lone == nil {
		return c.own.limbs
	}
	out := c.lone.limbs
	for len(out) < len(c.own.limbs) {
		out = append(out, make([]int64, len(c.size)))
	}
	return out
}

// addSeveral adds to the matches of a class its own respondents with records in other
// classes too: their number, then the limbs of their weights.
func (c *Classes) addSeveral(whole [][]int64) {
	if c.unit == nil {
		return
	}
	for id := range whole[0] {
		whole[0][id] += c.people[id] - c.single[id]
	}
	if c.own == nil {
		return
	}
	lone := c.loneLimbs()
	for j, limb := range whole[1:] {
		for id := range limb {
			limb[id] += c.own.limbs[j][id] - lone[j][id]
		}
	}
}

// leastOfUnits returns, for every respondent, the least value of the classes of its
// records; 0 for one without.
func (c *Classes) leastOfUnits(of []float64) []float64 {
	var out []float64
	for i, id := range c.id {
		u := int(c.unit[i])
		for len(out) <= u {
			out = append(out, 0)
		}
		if id != NoClass && (out[u] == 0 || of[id] < out[u]) {
			out[u] = of[id]
		}
	}
	return out
}

// OfRespondents returns one value for each respondent: the largest value of its records,
// or NaN where all its records were left out. The order is that of the values of the
// respondent column. Where no respondents are named, every record is a respondent. The
// error is ErrRequest for values of other records.
func (c *Classes) OfRespondents(values []float64) ([]float64, error) {
	if len(values) != len(c.id) {
		return nil, fmt.Errorf("%w: values of other records", ErrRequest)
	}
	if c.unit == nil {
		return values, nil
	}
	var out []float64
	for i, v := range values {
		u := int(c.unit[i])
		for len(out) <= u {
			out = append(out, math.NaN())
		}
		if math.IsNaN(out[u]) || v > out[u] {
			out[u] = v
		}
	}
	return out, nil
}

// Respondents returns the number of distinct respondents with a record that was not left
// out, and how many of them have records in several classes. Where no respondents are
// named, every record is a respondent.
func (c *Classes) Respondents() (all, inSeveral int64) {
	_, all = c.distinct(func(uint32) bool { return true })
	return all, c.several
}

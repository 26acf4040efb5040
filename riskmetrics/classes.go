package riskmetrics

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

// Reasons for which a measure is refused.
var (
	// ErrRequest says that what was asked is not well defined.
	ErrRequest = errors.New("request is not well defined")
	// ErrWeight says that a weight is null, zero, negative or not finite, or that
	// an estimated population is smaller than its sample.
	ErrWeight = errors.New("weight cannot be used")
	// ErrNull says that a null was met where none is allowed.
	ErrNull = column.ErrNull
	// ErrClass says that a class of the sample is missing from the population.
	ErrClass = errors.New("class does not occur in the population")
)

// ColumnError says which column, and which row of it (from 0 in the field, from
// 1 in the message; -1 where no single row is at fault), is wrong and why. It
// never holds a value of the data.
type ColumnError = column.Error

// NoClass is the class of a record that was left out for its nulls.
const NoClass = ^uint32(0)

// Missing says how nulls in keys match.
type Missing struct {
	kind  missingKind
	alpha float64
}

type missingKind uint8

const (
	asRefuse missingKind = iota
	asCategory
	asExclude
	asWildcard
	asSdcMicro
)

// ParseMissing reads a policy:
//
//	refuse           a null is an error; the zero value
//	category         null equals null and nothing else
//	exclude          records with a null are left out
//	wildcard         a null matches everything, symmetrically
//	sdcmicro(alpha)  as freqCalc of sdcMicro, alpha a decimal from 0 to 1
func ParseMissing(s string) (Missing, error) {
	switch s {
	case "refuse":
		return Missing{}, nil
	case "category":
		return Missing{kind: asCategory}, nil
	case "exclude":
		return Missing{kind: asExclude}, nil
	case "wildcard":
		return Missing{kind: asWildcard}, nil
	}
	if t, ok := strings.CutPrefix(s, "sdcmicro("); ok {
		if t, ok = strings.CutSuffix(t, ")"); ok {
			if r, err := exact.ParseDecimal(t); err == nil && r.Num <= r.Den {
				return Missing{kind: asSdcMicro, alpha: float64(r.Num) / float64(r.Den)}, nil
			}
		}
	}
	return Missing{}, fmt.Errorf("%w: a policy for missing values is refuse, category, exclude, wildcard or sdcmicro(alpha)", ErrRequest)
}

// String returns the policy as ParseMissing reads it.
func (m Missing) String() string {
	switch m.kind {
	case asCategory:
		return "category"
	case asExclude:
		return "exclude"
	case asWildcard:
		return "wildcard"
	case asSdcMicro:
		return "sdcmicro(" + strconv.FormatFloat(m.alpha, 'f', -1, 64) + ")"
	}
	return "refuse"
}

// Classes are the equivalence classes of records on their keys, in code order of
// the keys (values ascending, null last). Immutable.
type Classes struct {
	keys       []*column.Column
	missing    Missing
	id         []uint32   // record -> class, or NoClass
	codes      [][]uint32 // key -> class -> code
	size       []int64    // class -> records in it
	f          []float64  // class -> matching records, f_k
	pop        []float64  // class -> matching weight, F_k; nil without weights
	weight     []float64  // record -> weight; nil without
	weightName string     // the column of the weights
	people     []int64    // class -> distinct respondents; nil without
	unit       []uint32   // record -> respondent; nil without
	house      []uint32   // record -> household; nil without
}

// Records returns the number of records, those left out included.
func (c *Classes) Records() int { return len(c.id) }

// Len returns the number of classes.
func (c *Classes) Len() int { return len(c.size) }

// Class returns the class of a record, or NoClass.
func (c *Classes) Class(record int) uint32 { return c.id[record] }

// Size returns the number of records of a class, nulls being a category.
func (c *Classes) Size(class uint32) int64 { return c.size[class] }

// Key returns the values of a class, key by key, as text.
func (c *Classes) Key(class uint32) []string {
	out := make([]string, len(c.keys))
	for k, col := range c.keys {
		out[k] = col.List.Label(c.codes[k][class])
	}
	return out
}

// Missing returns how nulls match.
func (c *Classes) Missing() Missing { return c.missing }

// SampleFreq returns f_k of every record: the number of records that match it,
// itself included; NaN for records that were left out. Under sdcmicro(alpha) it
// may be a fraction.
func (c *Classes) SampleFreq() []float64 { return c.spread(c.f) }

// PopFreq returns F_k of every record: the sum of the weights of the records
// that match it, correctly rounded; f_k without weights.
func (c *Classes) PopFreq() []float64 {
	if c.pop == nil {
		return c.SampleFreq()
	}
	return c.spread(c.pop)
}

// spread gives every record the value of its class.
func (c *Classes) spread(of []float64) []float64 {
	out := make([]float64, len(c.id))
	for i, id := range c.id {
		if id == NoClass {
			out[i] = math.NaN()
		} else {
			out[i] = of[id]
		}
	}
	return out
}

// Project returns the classes of the same records on some of the keys, given by
// position. Records that were left out for their nulls stay left out. Time linear
// in records and classes. The error is ErrRequest for a position that does not
// exist or comes twice, or the context's.
func (c *Classes) Project(ctx context.Context, keys ...int) (*Classes, error) {
	p := &Classes{missing: c.missing, weight: c.weight, unit: c.unit, house: c.house, id: make([]uint32, len(c.id))}
	var cols [][]uint32
	var cards []int
	for i, k := range keys {
		if k < 0 || k >= len(c.keys) || slices.Contains(keys[:i], k) {
			return nil, fmt.Errorf("%w: no such key, or one twice", ErrRequest)
		}
		p.keys = append(p.keys, c.keys[k])
		cols, cards = append(cols, c.codes[k]), append(cards, c.keys[k].List.Len())
	}
	g, err := group.Build(ctx, cols, cards, len(c.size), 1)
	if err != nil {
		return nil, err
	}
	p.codes, p.size = g.Keys, make([]int64, g.N)
	for id, to := range g.IDs {
		p.size[to] += c.size[id]
	}
	for i, id := range c.id {
		p.id[i] = NoClass
		if id != NoClass {
			p.id[i] = g.IDs[id]
		}
	}
	if err := p.weigh(); err != nil {
		return nil, err
	}
	return p, p.count(ctx)
}

// Respondents returns the number of distinct respondents of a class, nulls being
// a category; its records where no respondents are named.
func (c *Classes) Respondents(class uint32) int64 {
	if c.people == nil {
		return c.size[class]
	}
	return c.people[class]
}

// build groups the records and counts.
func (c *Classes) build(ctx context.Context, rows, threads int) error {
	cols := make([][]uint32, len(c.keys))
	cards := make([]int, len(c.keys))
	for k, col := range c.keys {
		cols[k], cards[k] = col.Codes, col.List.Len()
	}
	g, err := group.Build(ctx, cols, cards, rows, threads)
	if err != nil {
		return err
	}
	c.id, c.codes, c.size = g.IDs, g.Keys, g.Sizes
	if c.missing.kind == asExclude {
		c.dropNulls()
	}
	if err := c.weigh(); err != nil {
		return err
	}
	return c.count(ctx)
}

// dropNulls leaves out the classes that hold a null, and closes the ranks.
func (c *Classes) dropNulls() {
	next := make([]uint32, len(c.size))
	kept := uint32(0)
	for id := range c.size {
		next[id] = kept
		for k, col := range c.keys {
			if null, ok := col.List.Null(); ok && c.codes[k][id] == null {
				next[id] = NoClass
			}
		}
		if next[id] == NoClass {
			continue
		}
		for k := range c.codes {
			c.codes[k][kept] = c.codes[k][id]
		}
		c.size[kept] = c.size[id]
		kept++
	}
	c.size = c.size[:kept]
	for k := range c.codes {
		c.codes[k] = c.codes[k][:kept]
	}
	for i, id := range c.id {
		c.id[i] = next[id]
	}
}

// weigh sums the weights of each class exactly.
func (c *Classes) weigh() error {
	n := len(c.size)
	c.f = make([]float64, n)
	if c.weight != nil {
		c.pop = make([]float64, n)
	}
	own := c.sums()
	if c.missing.kind != asWildcard && c.missing.kind != asSdcMicro {
		for id, s := range c.size {
			c.f[id] = float64(s)
			if own != nil {
				c.pop[id] = own[id].value()
			}
		}
		return nil
	}
	null := make([]int64, len(c.keys))
	for k, col := range c.keys {
		null[k] = -1
		if code, ok := col.List.Null(); ok {
			null[k] = int64(code)
		}
	}
	m := group.Matching{SdcMicro: c.missing.kind == asSdcMicro}
	whole, part := group.Match(c.codes, null, c.size, m)
	for id := range c.size {
		c.f[id] = float64(whole[id]) + c.missing.alpha*float64(part[id])
	}
	if own == nil {
		return nil
	}
	// Matching adds whole numbers: weights go in as two halves of exact units.
	hi, lo, unit, ok := halves(own)
	if !ok {
		return &ColumnError{Column: c.weightName, Row: -1, Err: fmt.Errorf("%w: weights are too far apart to be added exactly", ErrWeight)}
	}
	wh, ph := group.Match(c.codes, null, hi, m)
	wl, pl := group.Match(c.codes, null, lo, m)
	for id := range c.size {
		w := joinHalves(wh[id], wl[id], unit)
		if c.missing.alpha > 0 {
			w += c.missing.alpha * joinHalves(ph[id], pl[id], unit)
		}
		c.pop[id] = w
	}
	return nil
}

// count counts distinct respondents a class.
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
	g, err := group.Build(ctx, pairs, []int{len(c.size) + 1, card}, len(pairs[0]), 1)
	if err != nil {
		return err
	}
	c.people = make([]int64, len(c.size))
	for _, id := range g.Keys[0] {
		c.people[id]++
	}
	return nil
}

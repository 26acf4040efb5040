package riskmetrics

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc"
)

// Reasons for which a measure is refused.
var (
	// ErrRequest says that the request is not well defined. It is the ErrRequest of
	// package sdc.
	ErrRequest = sdc.ErrRequest
	// ErrWeight says that a weight is null, zero, negative or not finite, or that
	// an estimated population is smaller than its sample.
	ErrWeight = errors.New("weight cannot be used")
	// ErrNull says that a null was met where none is allowed.
	ErrNull = column.ErrNull
	// ErrClass says that a class of the sample is missing from the population.
	ErrClass = errors.New("class does not occur in the population")
)

// ColumnError says which column, and which row of it, is wrong and why: see
// [sdc.ColumnError].
type ColumnError = sdc.ColumnError

// columnError gives an error of internal/column its public type.
func columnError(err error) error {
	var e *column.Error
	if errors.As(err, &e) {
		return &ColumnError{Column: e.Column, Row: e.Row, Err: e.Err}
	}
	return err
}

// NoClass is the class of a record that was left out for its nulls.
const NoClass = ^uint32(0)

// Classes are the equivalence classes of records on their keys, with the sample frequency
// f_k and the population frequency F_k of each class. Null is equal to null. Classes are
// in order of the keys: values ascending, null last. Immutable.
//
// Where respondents are named, every frequency is a number of distinct respondents, and
// every share is a share of respondents: several records of one respondent in a class
// count as one. Where nulls match,
//
//	f_k = respondents with a record in the class
//	    + respondents of matching classes who have records in no other class
//
// (the second times alpha where sdcmicro(alpha) says so). f_k is exact where every
// respondent has all records in one class. Otherwise f_k is a lower bound: no respondent is
// counted twice. F_k adds the weight of each of these respondents once.
type Classes struct {
	keys       []*column.Column
	origin     chunks // of the keys in the table that the classes were made of
	missing    Missing
	id         []uint32   // record -> class, or NoClass
	codes      [][]uint32 // key -> class -> code
	size       []int64    // class -> records in it
	whole      []int64    // class -> records that match it fully
	part       []int64    // class -> records that match it by alpha; nil where none can
	f          []float64  // class -> f_k = whole + alpha*part
	own        *masses    // class -> weight of its records; nil without weights
	pop        []float64  // class -> F_k; nil without weights
	popExact   func(class int) *big.Rat
	threads    int     // at work for one call
	weightName string  // the column of the weights
	people     []int64 // class -> distinct respondents; nil without
	single     []int64 // class -> respondents with records in no other class; nil without
	several    int64   // respondents with records in more than one class
	lone       *masses // class -> weight of the respondents in single; nil without weights or respondents
	records    *recordWeights
	weightErr  error    // why there are no F_k, though there are weights
	unit       []uint32 // record -> respondent; nil without
	house      []uint32 // record -> household; nil without
}

// Records returns the number of records, including records that were left out.
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
		out[k] = col.List.Written(c.codes[k][class])
	}
	return out
}

// Missing returns how nulls match.
func (c *Classes) Missing() Missing { return c.missing }

// SampleFreq returns f_k of every record: the number of records that match it,
// itself included, or of respondents where these are named; NaN for records that
// were left out. Under sdcmicro(alpha) it may be a fraction.
func (c *Classes) SampleFreq() []float64 { return c.spread(c.f) }

// PopFreq returns F_k of every record: the sum of the weights of the records
// that match it, correctly rounded; f_k without weights. Where respondents are named
// it adds the weight of each once, and is NaN where there is no F_k: see
// [Classes.KWeighted].
func (c *Classes) PopFreq() []float64 {
	if c.weightErr != nil {
		return c.spread(slices.Repeat([]float64{math.NaN()}, len(c.size)))
	}
	if c.pop == nil {
		return c.SampleFreq()
	}
	return c.spread(c.pop)
}

// spread gives every record the value of its class.
func (c *Classes) spread(of []float64) []float64 {
	out := make([]float64, len(c.id))
	c.inParts(len(out), func(lo, hi int) {
		ids, out := c.id[lo:hi], out[lo:hi]
		for i, id := range ids {
			if id == NoClass {
				out[i] = math.NaN()
			} else {
				out[i] = of[id]
			}
		}
	})
	return out
}

// inParts cuts n rows into a part a thread. A panic of a part goes on in the goroutine of
// the caller.
func (c *Classes) inParts(n int, do func(lo, hi int)) {
	parts := max(1, min(c.threads, n/batchRows))
	var wg guard.Group
	for p := range parts {
		wg.Go(func() { do(n*p/parts, n*(p+1)/parts) })
	}
	wg.Wait()
}

// Project returns the classes of the same records on some of the keys, given by
// position. Records that were left out for their nulls stay left out. Time linear
// in records and classes. The error is ErrRequest for a position that does not
// exist or comes twice, or the context's.
func (c *Classes) Project(ctx context.Context, keys ...int) (*Classes, error) {
	var cols []*column.Column
	var codes [][]uint32
	for i, k := range keys {
		if k < 0 || k >= len(c.keys) || slices.Contains(keys[:i], k) {
			return nil, fmt.Errorf("%w: no such key, or one twice", ErrRequest)
		}
		cols, codes = append(cols, c.keys[k]), append(codes, c.codes[k])
	}
	return c.regroup(ctx, cols, codes)
}

// regroup makes unions of the classes that are equal on the codes. The codes are given by
// class.
func (c *Classes) regroup(ctx context.Context, keys []*column.Column, codes [][]uint32) (*Classes, error) {
	p, to, err := c.merge(ctx, keys, codes)
	if err != nil {
		return nil, err
	}
	p.unit, p.house, p.threads, p.records = c.unit, c.house, c.threads, c.records
	p.id = make([]uint32, len(c.id))
	for i, id := range c.id {
		p.id[i] = NoClass
		if id != NoClass {
			p.id[i] = to[id]
		}
	}
	if err := p.count(ctx); err != nil {
		return nil, err
	}
	return p, p.match(ctx)
}

// merge is regroup without records: it gives only the sizes and weights of classes,
// without matching of nulls. to maps the classes to the classes of the result.
func (c *Classes) merge(ctx context.Context, keys []*column.Column, codes [][]uint32) (p *Classes, to []uint32, err error) {
	cards := make([]int, len(keys))
	for k, col := range keys {
		cards[k] = col.List.Len()
	}
	g, err := group.Build(ctx, codes, cards, len(c.size), 1)
	if err != nil {
		return nil, nil, err
	}
	p = &Classes{keys: keys, origin: c.origin, missing: c.missing, weightName: c.weightName, codes: g.Keys, size: make([]int64, g.N)}
	for id, to := range g.IDs {
		p.size[to] += c.size[id]
	}
	p.own = c.own.gather(g.IDs, g.N)
	return p, g.IDs, nil
}

// build groups the records and counts. w holds their weights, nil without.
func (c *Classes) build(ctx context.Context, rows, threads int, w *recordWeights) error {
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
	if w != nil && c.unit == nil {
		c.own = w.gather(c.id, len(c.size))
	}
	if c.unit != nil {
		c.records = w
	}
	if err := c.count(ctx); err != nil {
		return err
	}
	return c.match(ctx)
}

// nulls returns the code of null in every key, -1 for none.
func (c *Classes) nulls() []int64 {
	null := make([]int64, len(c.keys))
	for k, col := range c.keys {
		null[k] = -1
		if code, ok := col.List.Null(); ok {
			null[k] = int64(code)
		}
	}
	return null
}

// dropNulls leaves out the classes that hold a null, and closes the ranks.
func (c *Classes) dropNulls() {
	null := c.nulls()
	next := make([]uint32, len(c.size))
	kept := uint32(0)
	for id := range c.size {
		next[id] = kept
		for k := range c.keys {
			if int64(c.codes[k][id]) == null[k] {
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

// distinct counts the distinct respondents with a record in some classes; the
// records where no respondents are named.
func (c *Classes) distinct(in func(class uint32) bool) (records, respondents int64) {
	for id, n := range c.size {
		if in(uint32(id)) {
			records += n
		}
	}
	if c.unit == nil || records == 0 {
		return records, records
	}
	seen := make([]bool, len(c.unit)) // units are dense codes of as many records
	for i, id := range c.id {
		if u := c.unit[i]; id != NoClass && !seen[u] && in(id) {
			seen[u] = true
			respondents++
		}
	}
	return records, respondents
}

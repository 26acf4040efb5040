package evidence

import (
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/topk"
)

// number is what a response is summed in: exact.Int128, exact.Wide where that
// is too small, exact.Empty where there is no response.
type number[T any] interface {
	Add(T) T
	Abs() T
	Cmp(T) int
	Sign() int
	Num() exact.Num
}

// pair is a contribution with its weight.
type pair[T any] = topk.Pair[T, exact.Int128]

// role says which counts a unit stands for. Without holdings in the data a
// respondent plays both.
type role uint8

const (
	asRespondent role = 1 << iota
	asHolding
)

// cells is the evidence of a set of cells, by dense index: of the inner cells
// while rows come in, and of each margin afterwards.
type cells[T number[T]] struct {
	shape Shape

	records, missing      []int64
	respondents, holdings []int64
	contributors, nonZero []int64
	negative              []bool
	sum, abs              []T
	top                   []T // shape.Top a cell, falling; without Tau
	tau                   [][]topk.Pair[T, exact.Int128]
	weights               []exact.Int128
	weighted, weightedAbs []exact.Int512
	slots                 exact.Int128 // shape.Top, in units of the weight
}

// grow makes room for n cells.
func (c *cells[T]) grow(n int) {
	extend(&c.records, n)
	extend(&c.respondents, n)
	extend(&c.contributors, n)
	extend(&c.holdings, n)
	if c.shape.Response {
		extend(&c.missing, n)
		extend(&c.nonZero, n)
		extend(&c.negative, n)
		extend(&c.sum, n)
		extend(&c.abs, n)
		if c.shape.Tau {
			extend(&c.tau, n)
		} else {
			extend(&c.top, n*c.shape.Top)
		}
	}
	if c.shape.Weight {
		extend(&c.weights, n)
		if c.shape.Response {
			extend(&c.weighted, n)
			extend(&c.weightedAbs, n)
		}
	}
}

// extend lengthens a slice with zeros, in amortised constant time.
func extend[T any](s *[]T, n int) {
	if k := n - len(*s); k > 0 {
		*s = append(*s, make([]T, k)...)
	}
}

// unit counts one respondent or holding whose rows in cell i have the summed
// response x (if filled), the summed weighted response wx and the weight w.
func (c *cells[T]) unit(i uint32, as role, filled bool, x T, wx *exact.Int512, w exact.Int128) {
	if as&asRespondent != 0 {
		c.respondents[i]++
		if filled || !c.shape.Response {
			c.contributors[i]++
		}
		if filled && x.Sign() != 0 {
			c.nonZero[i]++
		}
	}
	if as&asHolding == 0 {
		return
	}
	c.holdings[i]++
	if !filled {
		return
	}
	if x.Sign() < 0 {
		c.negative[i] = true
	}
	a := x.Abs()
	c.abs[i] = c.abs[i].Add(a)
	c.rank(i, a, w)
	if wx != nil {
		c.weightedAbs[i] = c.weightedAbs[i].Add(wx.Abs())
	}
}

// rank offers a contribution for the largest of cell i. With Tau the largest
// are what fills shape.Top slots and, since p% looks at the largest unweighted,
// at least that many contributions, and two.
func (c *cells[T]) rank(i uint32, a T, w exact.Int128) {
	if c.shape.Tau {
		if w.Sign() > 0 {
			c.tau[i] = topk.InsertWeighted(c.tau[i], a, w, c.slots, max(2, c.shape.Top))
		}
		return
	}
	n := c.shape.Top
	topk.Insert(c.top[int(i)*n:int(i)*n+n], a)
}

// add adds the evidence of cell j of o to cell i: of disjoint rows, and of
// units that have no rows in both.
func (c *cells[T]) add(i uint32, o *cells[T], j uint32) {
	c.records[i] += o.records[j]
	c.respondents[i] += o.respondents[j]
	c.contributors[i] += o.contributors[j]
	c.holdings[i] += o.holdings[j]
	if c.shape.Response {
		c.missing[i] += o.missing[j]
		c.nonZero[i] += o.nonZero[j]
		c.negative[i] = c.negative[i] || o.negative[j]
		c.sum[i] = c.sum[i].Add(o.sum[j])
		c.abs[i] = c.abs[i].Add(o.abs[j])
		if c.shape.Tau {
			for _, p := range o.tau[j] {
				c.rank(i, p.Value, p.Weight)
			}
		} else {
			n := c.shape.Top
			for _, a := range o.top[int(j)*n : int(j)*n+n] {
				c.rank(i, a, exact.Int128{})
			}
		}
	}
	if c.shape.Weight {
		c.weights[i] = c.weights[i].Add(o.weights[j])
		if c.shape.Response {
			c.weighted[i] = c.weighted[i].Add(o.weighted[j])
			c.weightedAbs[i] = c.weightedAbs[i].Add(o.weightedAbs[j])
		}
	}
}

// margin writes the evidence into the public form, cells in the given order.
func (c *cells[T]) margin(m *Margin, order []uint32) {
	m.N = len(order)
	m.Records = pick(c.records, order)
	m.Respondents = pick(c.respondents, order)
	m.Holdings = pick(c.holdings, order)
	m.Contributors = pick(c.contributors, order)
	if c.shape.Response {
		m.Missing = pick(c.missing, order)
		m.NonZero = pick(c.nonZero, order)
		m.Negative = pick(c.negative, order)
		m.Sum = nums(c.sum, order)
		m.SumAbs = nums(c.abs, order)
		m.Top = c.tops(order)
	}
	if c.shape.Weight {
		m.Weights = nums(c.weights, order)
		if c.shape.Response {
			m.Weighted = nums(c.weighted, order)
			m.WeightedAbs = nums(c.weightedAbs, order)
		}
	}
}

func (c *cells[T]) tops(order []uint32) [][]Contribution {
	out := make([][]Contribution, len(order))
	n := c.shape.Top
	flat := make([]Contribution, 0, n*len(order))
	one := exact.NewNum(exact.FromInt64(1))
	for k, i := range order {
		start := len(flat)
		if c.shape.Tau {
			for _, p := range c.tau[i] {
				flat = append(flat, Contribution{Value: p.Value.Num(), Weight: p.Weight.Num()})
			}
		} else {
			for _, a := range c.top[int(i)*n : int(i)*n+n] {
				flat = append(flat, Contribution{Value: a.Num(), Weight: one})
			}
		}
		out[k] = flat[start:len(flat):len(flat)]
	}
	return out
}

func pick[T any](s []T, order []uint32) []T {
	out := make([]T, len(order))
	for k, i := range order {
		out[k] = s[i]
	}
	return out
}

func nums[T interface{ Num() exact.Num }](s []T, order []uint32) []exact.Num {
	out := make([]exact.Num, len(order))
	for k, i := range order {
		out[k] = s[i].Num()
	}
	return out
}

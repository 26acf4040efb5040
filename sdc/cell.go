package sdc

import (
	"math/big"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
)

// Cell is one cell of a [Table]: a combination of nodes with its counts and sums.
type Cell struct {
	t *Table
	i int
}

// Node returns the cell's node of a variable; 0 is the total.
func (c Cell) Node(variable int) int { return int(c.t.nodes[variable][c.i]) }

// Inner reports whether the cell is no total: a leaf in every variable.
func (c Cell) Inner() bool {
	for v := range c.t.vars {
		if !c.t.vars[v].IsLeaf(c.Node(v)) {
			return false
		}
	}
	return true
}

// Coordinates returns the cell's place in the table.
func (c Cell) Coordinates() Coordinates {
	out := make(Coordinates, len(c.t.vars))
	c.locate(out, -1, 0)
	return out
}

// locate writes the cell's place to out, with another node for one variable unless
// that is -1.
func (c Cell) locate(out Coordinates, variable, node int) {
	for v := range c.t.vars {
		n := c.Node(v)
		if v == variable {
			n = node
		}
		out[v].Variable, out[v].Code, out[v].Total = c.t.vars[v].Name, c.t.vars[v].Label(n), n == 0
	}
}

// Records returns the number of rows.
func (c Cell) Records() int64 { return c.t.m.Records[c.i] }

// Respondents returns the number of distinct respondents.
func (c Cell) Respondents() int64 { return c.t.m.Respondents[c.i] }

// Holdings returns the number of distinct holdings, a respondent without one
// being its own.
func (c Cell) Holdings() int64 { return c.t.m.Holdings[c.i] }

// Contributors returns the number of distinct respondents with a response. Where the data
// have weights, the response must be in a row of a weight above 0. In a frequency table
// all respondents are contributors.
func (c Cell) Contributors() int64 { return c.t.m.Contributors[c.i] }

// NonZero returns the number of distinct respondents with a sum of responses that is not
// zero, over the rows that contribute; 0 where the table has no response.
func (c Cell) NonZero() int64 {
	if c.t.m.NonZero == nil {
		return 0
	}
	return c.t.m.NonZero[c.i]
}

// MissingResponse returns the number of rows whose response is null; 0 where the table has
// no response.
func (c Cell) MissingResponse() int64 {
	if c.t.m.Missing == nil {
		return 0
	}
	return c.t.m.Missing[c.i]
}

// Negative reports whether a holding contributes less than zero.
func (c Cell) Negative() bool { return c.t.m.Negative != nil && c.t.m.Negative[c.i] }

// Sum returns the exact sum of the response; nil where there is none.
func (c Cell) Sum() *big.Rat {
	return c.rat(&c.t.m.Sum, c.t.units.Response)
}

// SumAbs returns the sum over holdings of the absolute values of their contributions.
// Rows of weight 0 do not belong to a contribution. It is nil where the table has no
// response.
func (c Cell) SumAbs() *big.Rat {
	return c.rat(&c.t.m.SumAbs, c.t.units.Response)
}

// WeightSum returns the sum of the weights; nil where there are none.
func (c Cell) WeightSum() *big.Rat {
	return c.rat(&c.t.m.Weights, c.t.units.Weight)
}

// WeightedSum returns the sum of weight times response; nil where either is
// missing.
func (c Cell) WeightedSum() *big.Rat {
	return c.rat(&c.t.m.Weighted, c.t.units.Product)
}

func (c Cell) rat(list *evidence.Nums, u exact.Unit) *big.Rat {
	if list.None() {
		return nil
	}
	return u.Rat(list.At(c.i))
}

// SumText returns the sum as a decimal:
//
//   - the exact decimal without an exponent, where the sum is a decimal;
//   - otherwise the shortest decimal of the correctly rounded float64;
//   - "" where the table has no response.
func (c Cell) SumText() string {
	if c.t.m.Sum.None() {
		return ""
	}
	return c.t.units.Response.Text(c.t.m.Sum.At(c.i))
}

// Top returns the largest contributions by holding, by absolute value, in
// falling order, as many as the policy needs; nil where there is no response.
func (c Cell) Top() []*big.Rat {
	if c.t.m.Sum.None() {
		return nil
	}
	var out []*big.Rat
	for _, x := range c.top() {
		out = append(out, c.t.units.Response.Rat(x))
	}
	return out
}

// top lists the contributions that holdings made, without the free places.
func (c Cell) top() []exact.Num {
	var out []exact.Num
	for k := range int(min(int64(c.t.m.Top.Len(c.i)), c.Holdings())) {
		out = append(out, c.t.m.Top.At(c.i, k).Value)
	}
	return out
}

// topText returns the k-th largest contribution as SumText does.
func (c Cell) topText(k int) string {
	if c.t.m.Sum.None() {
		return ""
	}
	if top := c.top(); k < len(top) {
		return c.t.units.Response.Text(top[k])
	}
	return ""
}

// Package oracle recounts tables by brute force: maps of strings and rationals,
// one pass over all rows for every combination of levels, nothing kept from one
// to the next. It is for tests only. It shares no code with the packages whose
// answers it judges, and is written from the definitions alone (docs: evidence
// per cell), so that the two agree only where both are right.
//
// A table is rows and, for each spanning variable, a list of levels: functions
// from the code of a row to the node that it belongs to.
//
//	levels := [][]oracle.Level{
//		{oracle.Total, oracle.Tree(region), oracle.Leaf},
//		{oracle.Total, oracle.Leaf},
//	}
//	for _, combo := range oracle.Combos(levels) {
//		cells := data.Cells(oracle.Pick(levels, combo))
//	}
package oracle

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Row is one record.
type Row struct {
	Codes      []string // a code for each spanning variable
	Respondent string   // "": the row is its own respondent
	Holding    string   // "": the holding is the respondent
	Response   *big.Rat // nil: missing
	Weight     *big.Rat // nil: the data have no weights
}

// Data is a set of records. HasResponse says that there is a response variable
// at all; without one every respondent is a contributor.
type Data struct {
	Rows        []Row
	HasResponse bool
}

// Level maps a code to its node at one level of a hierarchy, and reports false
// where the branch of the code has none there.
type Level func(code string) (node string, ok bool)

// Leaf is the level of the codes themselves.
func Leaf(code string) (string, bool) { return code, true }

// Total is the level of the total, with node "".
func Total(string) (string, bool) { return "", true }

// Tree is the level that maps each code to a node. A code that is not in nodes has no
// node.
func Tree(nodes map[string]string) Level {
	return func(code string) (string, bool) {
		node, ok := nodes[code]
		return node, ok
	}
}

// Combos lists every choice of one level a variable, the last variable's
// changing fastest.
func Combos(levels [][]Level) [][]int {
	combos := [][]int{{}}
	for _, of := range levels {
		var next [][]int
		for _, c := range combos {
			for l := range of {
				next = append(next, append(slices.Clone(c), l))
			}
		}
		combos = next
	}
	return combos
}

// Pick returns the levels of a combination.
func Pick(levels [][]Level, combo []int) []Level {
	out := make([]Level, len(combo))
	for v, l := range combo {
		out[v] = levels[v][l]
	}
	return out
}

// Cell holds the true numbers of one cell. Numbers are never nil.
type Cell struct {
	Nodes []string

	Records      int64
	Respondents  int64 // distinct
	Holdings     int64 // distinct; a respondent without one is its own
	Contributors int64 // distinct respondents with a response
	NonZero      int64 // distinct respondents with a sum of responses other than 0
	Missing      int64 // records without a response
	Negative     bool  // some contribution of a holding is below 0

	Sum         *big.Rat
	SumAbs      *big.Rat // over holdings, of |contribution|
	WeightSum   *big.Rat
	Weighted    *big.Rat // of weight * response
	WeightedAbs *big.Rat // over holdings, of |sum of weight * response|

	// Contributions holds |contribution| of every holding with a response,
	// falling, and among equals by falling weight.
	Contributions []Contribution
}

// Contribution is the absolute value of the summed response of one holding in a cell.
// Weight is the weight of its rows there; nil where they have none or differ.
type Contribution struct{ Value, Weight *big.Rat }

// Top returns the n largest contributions, 0 where there are fewer.
func (c *Cell) Top(n int) []*big.Rat {
	out := make([]*big.Rat, n)
	for k := range out {
		out[k] = new(big.Rat)
		if k < len(c.Contributions) {
			out[k] = c.Contributions[k].Value
		}
	}
	return out
}

// Fill returns the sum of n slots under the tau weighting: contributions in falling order
// fill min(weight, slots left) each. Fill panics where a weight is nil: tau is then not
// defined.
func (c *Cell) Fill(n int) *big.Rat {
	left, sum := new(big.Rat).SetInt64(int64(n)), new(big.Rat)
	for _, x := range c.Contributions {
		take := x.Weight
		if take.Cmp(left) > 0 {
			take = left
		}
		sum.Add(sum, new(big.Rat).Mul(take, x.Value))
		left = new(big.Rat).Sub(left, take)
	}
	return sum
}

// Key names a cell among the cells of one combination of levels.
func Key(nodes ...string) string { return strings.Join(nodes, "\x1f") }

// Cells counts every non-empty cell with one level for each variable, by Key. A row with
// a branch that lacks a node at one of the levels is in no cell.
func (d *Data) Cells(levels []Level) map[string]*Cell {
	rows := map[string][]int{}
	nodes := map[string][]string{}
	for i, r := range d.Rows {
		at := make([]string, len(levels))
		inside := true
		for v, level := range levels {
			node, ok := level(r.Codes[v])
			at[v], inside = node, inside && ok
		}
		if inside {
			k := Key(at...)
			rows[k] = append(rows[k], i)
			nodes[k] = at
		}
	}
	out := map[string]*Cell{}
	for k, in := range rows {
		out[k] = d.cell(in)
		out[k].Nodes = nodes[k]
	}
	return out
}

// respondent and holding name the units that row i belongs to. The prefixes
// keep the three kinds of names apart.
func (d *Data) respondent(i int) string {
	if r := d.Rows[i].Respondent; r != "" {
		return "respondent " + r
	}
	return fmt.Sprint("row ", i)
}

func (d *Data) holding(i int) string {
	if h := d.Rows[i].Holding; h != "" {
		return "holding " + h
	}
	return d.respondent(i)
}

// unit is a respondent or a holding in one cell.
type unit struct {
	filled       bool
	sum, product *big.Rat
	weight       *big.Rat
	seen, varies bool
}

func unitOf(m map[string]*unit, name string) *unit {
	if m[name] == nil {
		m[name] = &unit{sum: new(big.Rat), product: new(big.Rat)}
	}
	return m[name]
}

func (u *unit) add(r Row) {
	if u.seen && (u.weight == nil) != (r.Weight == nil) || u.weight != nil && u.weight.Cmp(r.Weight) != 0 {
		u.varies = true
	}
	u.weight, u.seen = r.Weight, true
	if r.Response == nil || r.Weight != nil && r.Weight.Sign() == 0 {
		return
	}
	u.filled = true
	u.sum.Add(u.sum, r.Response)
	if r.Weight != nil {
		u.product.Add(u.product, new(big.Rat).Mul(r.Weight, r.Response))
	}
}

// cell counts the given rows.
func (d *Data) cell(rows []int) *Cell {
	c := &Cell{
		Records: int64(len(rows)),
		Sum:     new(big.Rat), SumAbs: new(big.Rat),
		WeightSum: new(big.Rat), Weighted: new(big.Rat), WeightedAbs: new(big.Rat),
	}
	respondents, holdings := map[string]*unit{}, map[string]*unit{}
	for _, i := range rows {
		r := d.Rows[i]
		unitOf(respondents, d.respondent(i)).add(r)
		unitOf(holdings, d.holding(i)).add(r)
		if r.Weight != nil {
			c.WeightSum.Add(c.WeightSum, r.Weight)
		}
		if r.Response == nil {
			c.Missing++
			continue
		}
		c.Sum.Add(c.Sum, r.Response)
		if r.Weight != nil {
			c.Weighted.Add(c.Weighted, new(big.Rat).Mul(r.Weight, r.Response))
		}
	}
	c.Respondents, c.Holdings = int64(len(respondents)), int64(len(holdings))
	for _, u := range respondents {
		if u.filled || !d.HasResponse {
			c.Contributors++
		}
		if u.sum.Sign() != 0 {
			c.NonZero++
		}
	}
	for _, u := range holdings {
		if !u.filled {
			continue
		}
		c.Negative = c.Negative || u.sum.Sign() < 0
		x := Contribution{Value: new(big.Rat).Abs(u.sum), Weight: u.weight}
		if u.varies {
			x.Weight = nil
		}
		c.Contributions = append(c.Contributions, x)
		c.SumAbs.Add(c.SumAbs, x.Value)
		c.WeightedAbs.Add(c.WeightedAbs, new(big.Rat).Abs(u.product))
	}
	slices.SortFunc(c.Contributions, func(a, b Contribution) int {
		if k := b.Value.Cmp(a.Value); k != 0 || a.Weight == nil || b.Weight == nil {
			return k
		}
		return b.Weight.Cmp(a.Weight)
	})
	if !d.HasResponse {
		c.Missing = 0
	}
	return c
}

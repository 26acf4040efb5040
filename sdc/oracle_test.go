package sdc_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// oracleTree is the hierarchy of the oracle's regions: child -> parent.
var oracleTree = map[string]string{"r0": "N", "r1": "N", "r2": "S1", "S1": "S", "r3": "S", "N": "", "S": "", "r4": ""}

// nodesOf lists a code, everything above it, and the total "".
func nodesOf(variable, code string) []string {
	if variable != "region" {
		return []string{code, ""}
	}
	out := []string{code}
	for code != "" {
		code = oracleTree[code]
		out = append(out, code)
	}
	return out
}

// tally holds the counts of the oracle for one cell.
type tally struct {
	records, missing int
	respondents      map[string]bool
	byRespondent     map[string]*big.Rat
	byHolding        map[string]*big.Rat
	holdings         map[string]bool
	sum, weights, wx *big.Rat
	values           map[string]int // rows with a response, by response
}

func label(v any) string {
	if v == nil {
		return "(missing)"
	}
	return fmt.Sprint(v)
}

// decimal reads a float as a person would write it.
func decimal(v any) *big.Rat {
	switch v := v.(type) {
	case int:
		return new(big.Rat).SetInt64(int64(v))
	case int64:
		return new(big.Rat).SetInt64(v)
	case uint64:
		return new(big.Rat).SetUint64(v)
	case *big.Rat:
		return v
	case float64:
		short := strconv.FormatFloat(v, 'f', -1, 64)
		if r, _ := new(big.Rat).SetString(short); len(short) < 14 {
			return r
		}
		return new(big.Rat).SetFloat64(v)
	}
	return nil
}

// recount is the oracle: every cell of a table by maps of strings and rationals.
func recount(rows []row, by []string) map[string]*tally {
	out := map[string]*tally{}
	for _, r := range rows {
		keys := []string{""}
		for _, v := range by {
			var next []string
			for _, k := range keys {
				for _, n := range nodesOf(v, label(r[v])) {
					next = append(next, k+"|"+n)
				}
			}
			keys = next
		}
		who := label(r["who"])
		owner := "holding " + label(r["owner"])
		if r["owner"] == nil {
			owner = "respondent " + who
		}
		w := decimal(r["w"])
		for _, k := range keys {
			c := out[k]
			if c == nil {
				c = &tally{
					respondents: map[string]bool{}, holdings: map[string]bool{}, byRespondent: map[string]*big.Rat{},
					byHolding: map[string]*big.Rat{}, values: map[string]int{}, sum: new(big.Rat), weights: new(big.Rat), wx: new(big.Rat),
				}
				out[k] = c
			}
			c.records++
			c.respondents[who], c.holdings[owner] = true, true
			c.weights.Add(c.weights, w)
			x := decimal(r["x"])
			if x == nil {
				c.missing++
				continue
			}
			c.values[x.RatString()]++
			if w != nil && w.Sign() == 0 { // in the unweighted sum only
				c.sum.Add(c.sum, x)
				continue
			}
			for m, id := range map[*map[string]*big.Rat]string{&c.byRespondent: who, &c.byHolding: owner} {
				if (*m)[id] == nil {
					(*m)[id] = new(big.Rat)
				}
				(*m)[id].Add((*m)[id], x)
			}
			c.sum.Add(c.sum, x)
			c.wx.Add(c.wx, new(big.Rat).Mul(w, x))
		}
	}
	return out
}

// text prints a tally in the form of describe.
func (c *tally) text() string {
	nonZero := 0
	for _, x := range c.byRespondent {
		if x.Sign() != 0 {
			nonZero++
		}
	}
	abs := new(big.Rat)
	var top []*big.Rat
	negative := false
	for _, x := range c.byHolding {
		negative = negative || x.Sign() < 0
		a := new(big.Rat).Abs(x)
		abs.Add(abs, a)
		top = append(top, a)
	}
	for len(top) < 2 {
		top = append(top, new(big.Rat))
	}
	slices.SortFunc(top, func(a, b *big.Rat) int { return b.Cmp(a) })
	return fmt.Sprint(c.records, len(c.respondents), len(c.holdings), len(c.byRespondent), nonZero, c.missing, negative,
		c.sum, abs, top[0], top[1], c.weights, c.wx)
}

func describe(c sdc.Cell) string {
	top := c.Top()
	for len(top) < 2 {
		top = append(top, new(big.Rat))
	}
	return fmt.Sprint(c.Records(), c.Respondents(), c.Holdings(), c.Contributors(), c.NonZero(), c.MissingResponse(), c.Negative(),
		c.Sum(), c.SumAbs(), top[0], top[1], c.WeightSum(), c.WeightedSum())
}

// TestRecount compares every cell of random tables with the oracle: respondents
// with many rows, holdings, weights, nulls, negative numbers, a ragged
// hierarchy, numbers of very different size.
func TestRecount(t *testing.T) {
	seeds := uint64(60)
	if testing.Short() {
		seeds = 15
	}
	cells := 0
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 11))
		rows := random(rng, 5+rng.IntN(120))
		if seed%5 == 4 { // beyond 128 bits
			for i := range rows {
				if rows[i]["x"] != nil && rng.IntN(3) == 0 {
					rows[i]["x"] = rng.NormFloat64() * []float64{1e-30, 1e30, 1e200}[rng.IntN(3)]
				}
			}
		}
		by := [][]string{{"region", "sex", "class"}, {"region"}, {"class", "region"}}[rng.IntN(3)]
		d := sdc.FromTable(tableOf(t, randomSchema, rows...))
		d.Roles = sdc.Roles{Respondent: "who", Holding: "owner", Weight: "w"}
		if seed%5 == 4 {
			d.Roles.Weight = "" // weighted sums stop at 512 bits, and say so
		}
		d.Missing = map[string]sdc.Missing{"": "category"}
		tree, err := sdc.NewHierarchy(
			sdc.Code{Label: "N", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}},
			sdc.Code{Label: "S", Children: []sdc.Code{{Label: "S1", Children: []sdc.Code{{Label: "r2"}}}, {Label: "r3"}}},
			sdc.Code{Label: "r4"})
		if err != nil {
			t.Fatal(err)
		}
		d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree}
		p := off()
		p.Weighting = "handbook"
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: by, Response: "x"})
		want := map[string]string{}
		for k, c := range recount(rows, by) {
			if seed%5 == 4 {
				c.weights, c.wx = nil, nil
			}
			want[k] = c.text()
		}
		got := map[string]string{}
		for c := range r.Tables[0].Cells() {
			key := ""
			for _, k := range c.Coordinates() {
				key += "|" + k.Code
			}
			got[key] = describe(c)
		}
		cells += len(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, by %v: %s", seed, by, diff)
		}
	}
	t.Logf("%d cells recounted", cells)
}

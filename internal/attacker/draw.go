package attacker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Further is the seed from which on further kinds of knowledge are drawn, see further. Seeds
// below it give the cases that they gave before there were such kinds.
const Further = 100_000

// Smaller is the seed from which on the kind smaller is drawn too.
const Smaller = 520_000

// Draw makes the case of a seed. The same seed gives the same case.
func Draw(seed uint64) *Case {
	rng := rand.New(rand.NewPCG(seed, 20))
	one := func(of int) bool { return rng.IntN(of) == 0 }
	c := &Case{}
	d := &c.Data
	has := func(feature string, yes bool) bool {
		if yes {
			c.Class = append(c.Class, feature)
		}
		return yes
	}
	vars := 1 + rng.IntN(3)
	if one(20) {
		vars = 4
	}
	c.Class = append(c.Class, fmt.Sprint(vars, " variables"))
	for k := range vars {
		v := Variable{Name: string(rune('a' + k)), Parent: map[string]string{}}
		codes := 2 + rng.IntN(3)
		if vars == 4 {
			codes = 2
		}
		for i := range codes {
			v.Leaves = append(v.Leaves, fmt.Sprintf("%c%d", 'A'+k, i))
		}
		d.Vars = append(d.Vars, v)
	}
	if tree := rng.IntN(vars); has("tree", one(3)) {
		v := &d.Vars[tree]
		if len(v.Leaves) < 4 {
			v.Leaves = append(v.Leaves, fmt.Sprintf("%c%d", 'A'+tree, len(v.Leaves)))
		}
		cut := 1 + rng.IntN(len(v.Leaves)-1)
		for i, leaf := range v.Leaves {
			top := fmt.Sprintf("%cx", 'A'+tree)
			if i >= cut {
				top = fmt.Sprintf("%cy", 'A'+tree)
			}
			v.Parent[leaf], v.Parent[top] = top, ""
		}
	}
	amounts := one(2)
	both := has("counts beside sums", amounts && one(4))
	two := has("two responses", amounts && one(6))
	has("counts", !amounts || both)
	has("sums", amounts)
	several := has("several rows", one(4))
	c.Records = several || one(3)
	d.Holdings = has("holdings", one(4))
	d.Weights = has("weights", amounts && !d.Holdings && one(6))
	d.Negative = has("negative", amounts && one(8))
	nulls := has("populations", one(6))
	c.Whole = has("whole", amounts && one(5))
	d.Responses = []string{"x"}
	if two {
		d.Responses = append(d.Responses, "y")
	}
	people := 3 + rng.IntN(20)
	if one(4) {
		people = 10 + rng.IntN(31)
	}
	skew := rng.IntN(3)
	for who := range people {
		rows := 1
		if several {
			rows += rng.IntN(3)
		}
		holding := ""
		if d.Holdings && who%3 > 0 {
			holding = fmt.Sprint("h", who/3)
		}
		for range rows {
			r := Row{Who: fmt.Sprint("p", who), Holding: holding, Weight: int64(1 + rng.IntN(4))}
			for _, v := range d.Vars {
				i := rng.IntN(len(v.Leaves))
				for range skew {
					i = min(i, rng.IntN(len(v.Leaves)))
				}
				code := v.Leaves[i]
				if nulls && one(12) {
					code = Missing
				}
				r.Codes = append(r.Codes, code)
			}
			for range d.Responses {
				x := int64(1 + rng.IntN(9))
				switch rng.IntN(8) {
				case 0, 1:
					x *= 10
				case 2:
					x *= 50
				case 3:
					x = int64(rng.IntN(3))
				}
				if d.Negative && one(3) {
					x = -x
				}
				r.X = append(r.X, x)
			}
			d.Rows = append(d.Rows, r)
		}
	}
	more := rand.New(rand.NewPCG(seed, 21)) // leaves the rest of the draw as it is
	further := c.further(seed)
	for k, code := range d.Rows[0].Codes {
		if seed >= Further && code == Missing { // some row is left in every output
			d.Rows[0].Codes[k] = d.Vars[k].Leaves[0]
		}
	}
	two = two && !d.Coded
	declares := has("declared codes", more.IntN(6) == 0)
	for k := range d.Vars { // codes that occur, or that are declared
		if v := &d.Vars[k]; declares && len(v.Parent) == 0 && more.IntN(3) > 0 {
			v.Declared = true
			continue
		}
		d.Vars[k].Leaves = slices.DeleteFunc(d.Vars[k].Leaves, func(leaf string) bool {
			return !slices.ContainsFunc(d.Rows, func(r Row) bool { return r.Codes[k] == leaf })
		})
	}
	d.Negative = slices.ContainsFunc(d.Rows, func(r Row) bool { return slices.ContainsFunc(r.X, func(x int64) bool { return x < 0 }) })
	c.drawOutputs(rng, amounts, both, two)
	c.drawPolicy(rng, amounts)
	if further != nil {
		further(amounts)
	}
	if has("group rule", c.Policy.Group > 0) && one(2) {
		for k := range c.Outputs {
			c.Outputs[k].Sensitive = c.Outputs[k].By[:1]
		}
		c.Data.Independent = slices.DeleteFunc(c.Data.Independent, func(p [2]int) bool { // a spec refuses it
			return slices.ContainsFunc(c.Outputs, func(o Output) bool { return o.Sensitive[0] == p[0] || o.Sensitive[0] == p[1] })
		})
		c.Class = append(c.Class, "sensitive")
	}
	if c.Records {
		c.Args = append(c.Args, "--count", "records")
	}
	if has("rounded", !amounts && one(5)) {
		c.Base = int64(2 + rng.IntN(6))
		c.Args = append(c.Args, "--round", fmt.Sprint(c.Base))
		return c
	}
	if c.Whole {
		c.Args = append(c.Args, "--whole")
	}
	if has("zeros published", one(6)) {
		c.Args = append(c.Args, "--publish-zeros")
	}
	if one(3) {
		c.Args = append(c.Args, "--cost", []string{"count", "unity"}[rng.IntN(2)])
	}
	// The search for less suppression takes most of the time.
	if always := one(5); !always || seed >= Further && seed%2 == 1 {
		c.Args = append(c.Args, "--rounds", "0")
	}
	return c
}

func (c *Case) drawOutputs(rng *rand.Rand, amounts, both, two bool) {
	plans := map[int][]string{
		1: {"a"},
		2: {"ab", "ab", "a b", "ab a"},
		3: {"abc", "ab bc", "ab c", "ab bc ac", "ab ac"},
		4: {"abcd", "ab cd", "abc bcd", "ab bc cd"},
	}[len(c.Data.Vars)]
	plan := strings.Fields(plans[rng.IntN(len(plans))])
	if len(plan) > 1 {
		c.Class = append(c.Class, "linked")
	}
	kinds := []int{Count}
	if amounts {
		kinds = []int{0}
		if both {
			kinds = append(kinds, Count)
		}
		if two {
			kinds = append(kinds, 1)
		}
	}
	for i, by := range plan {
		for _, kind := range kinds {
			o := Output{Name: fmt.Sprintf("t%d%c", i, "nxy"[kind+1]), Response: kind}
			for _, v := range by {
				o.By = append(o.By, int(v-'a'))
			}
			c.Outputs = append(c.Outputs, o)
		}
	}
}

func (c *Case) drawPolicy(rng *rand.Rand, amounts bool) {
	p := &c.Policy
	p.Min = int64(2 + rng.IntN(3))
	p.Interval = 20
	if rng.IntN(4) == 0 {
		p.Interval = int64(rng.IntN(50))
	}
	if c.Data.Holdings {
		p.MinHoldings = int64(2 + rng.IntN(2))
	}
	if amounts {
		switch rng.IntN(5) {
		case 0:
			p.NK = [2]int64{1, int64(50 + rng.IntN(40))}
		case 1:
			p.P = int64(5 + rng.IntN(20))
		case 2:
			p.PQ = [2]int64{10, 50}
		case 3:
			p.NK = [2]int64{2, 85}
		}
		if rng.IntN(3) == 0 {
			p.AllEqual = 90
		}
	} else if rng.IntN(2) == 0 {
		p.Group = int64(70 + 5*rng.IntN(5))
	}
}

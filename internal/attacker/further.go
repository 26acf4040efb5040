package attacker

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// further gives half of the draws one further kind of knowledge: it changes the records, and
// returns what changes the outputs and the policy. It has random numbers of its own.
//
//	fixes           the code of one variable fixes the code of another
//	coincidence     the same, and the spec declares that it is one
//	relation        z = x + y in every row, and two or three of them are published
//	relation found  all three are published, and the spec does not declare the relation
//	smaller         z = x + y in every row, and z and one of x and y are published
//	bounds          the spec declares the least and the greatest value of each response
//	coded           the response has three to ten values, all sensitive, or two
//	three responses that have nothing to do with each other
//	same rows       a row that misses one code misses all
//	one column      rows miss codes of one variable alone
//	depth           one of the outputs has the upper codes of a tree alone
//	inner           an output has no margins
//	coalition       p-percent against two or three contributors together
//	groups beside sums   a group rule for the counts beside sums
func (c *Case) further(seed uint64) func(amounts bool) {
	if seed < Further {
		return nil
	}
	rng := rand.New(rand.NewPCG(seed, 22))
	d := &c.Data
	amounts := slices.Contains(c.Class, "sums")
	several := slices.Contains(c.Class, "several rows")
	kinds := []string{"same rows", "one column", "depth", "inner"}
	if len(d.Vars) > 1 {
		kinds = append(kinds, "fixes", "coincidence", "coincidence")
	}
	if amounts {
		kinds = append(kinds, "relation", "relation", "relation found", "bounds", "bounds", "bounds", "coded", "coded", "three responses", "coalition", "coalition")
		if slices.Contains(c.Class, "counts beside sums") {
			kinds = append(kinds, "groups beside sums", "groups beside sums", "groups beside sums")
		}
	}
	if amounts && seed >= Smaller {
		kinds = append(kinds, "smaller", "smaller")
	}
	if rng.IntN(2) == 0 {
		return nil
	}
	kind := kinds[rng.IntN(len(kinds))]
	c.Class = append(c.Class, kind)
	responses := func(of []int) func(bool) {
		return func(bool) {
			// every table of the first response is a table of the others too
			for _, o := range slices.Clone(c.Outputs) {
				if o.Response == Count {
					continue
				}
				c.Outputs = slices.DeleteFunc(c.Outputs, func(x Output) bool { return x.Name == o.Name })
				for _, r := range of {
					o.Response = r
					if o.Name = fmt.Sprint(o.Name[:2], d.Responses[r]); !slices.ContainsFunc(c.Outputs, func(x Output) bool { return x.Name == o.Name }) {
						c.Outputs = append(c.Outputs, o)
					}
				}
			}
		}
	}
	switch kind {
	case "fixes", "coincidence":
		u := rng.IntN(len(d.Vars))
		v := (u + 1 + rng.IntN(len(d.Vars)-1)) % len(d.Vars)
		to := map[string]string{Missing: Missing}
		for _, leaf := range d.Vars[u].Leaves {
			to[leaf] = d.Vars[v].Leaves[rng.IntN(len(d.Vars[v].Leaves))]
		}
		for i := range d.Rows {
			d.Rows[i].Codes[v] = to[d.Rows[i].Codes[u]]
		}
		if kind == "coincidence" {
			d.Independent = [][2]int{{u, v}}
		}
	case "relation", "relation found", "smaller", "three responses":
		d.Responses = []string{"x", "y", "z"}
		d.Relation = kind != "three responses"
		d.Declared = kind == "relation"
		for i := range d.Rows {
			r := &d.Rows[i]
			for len(r.X) < 3 {
				r.X = append(r.X, int64(rng.IntN(30)))
			}
			if d.Relation {
				r.X[2] = r.X[0] + r.X[1]
			}
		}
		switch kind {
		case "relation found": // of two of them only x <= z is left
			return responses([]int{0, 1, 2})
		case "smaller":
			return responses([][]int{{0, 2}, {1, 2}}[rng.IntN(2)])
		}
		return responses([][]int{{0, 1, 2}, {0, 2}, {1, 2}, {0, 1, 2}}[rng.IntN(4)])
	case "bounds":
		if several || d.Weights {
			return nil // how many records there are is not published
		}
		for r := range d.Responses {
			lo, hi := int64(0), int64(0)
			narrow := rng.IntN(2) == 0
			for i := range d.Rows {
				x := &d.Rows[i].X[r]
				switch {
				case narrow:
					*x = int64(20 + rng.IntN(5))
				case rng.IntN(2) == 0: // many at one end
					*x = 20
				}
				if i == 0 {
					lo, hi = *x, *x
				}
				lo, hi = min(lo, *x), max(hi, *x)
			}
			d.Bounds = append(d.Bounds, [2]int64{lo - int64(rng.IntN(2)), hi + int64(rng.IntN(2))})
		}
		return func(bool) { // beside counts
			for _, o := range slices.Clone(c.Outputs) {
				if o.Response = Count; !slices.ContainsFunc(c.Outputs, func(x Output) bool { return x.Response == Count && slices.Equal(x.By, o.By) }) {
					o.Name = "n" + o.Name
					c.Outputs = append(c.Outputs, o)
				}
			}
		}
	case "coded":
		if d.Weights || d.Negative {
			return nil
		}
		d.Coded = true
		d.Responses = d.Responses[:1]
		codes := []int64{1, 2}
		if rng.IntN(3) > 0 {
			codes = []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}[rng.IntN(2):][:3+rng.IntN(7)]
		}
		if rng.IntN(3) == 0 {
			codes[len(codes)-1] = 99
		}
		for i := range d.Rows {
			k := rng.IntN(len(codes))
			d.Rows[i].X = []int64{codes[min(k, rng.IntN(len(codes)))]}
			if leaf := slices.Index(d.Vars[0].Leaves, d.Rows[i].Codes[0]); leaf >= 0 && rng.IntN(3) > 0 { // most of a code alike
				d.Rows[i].X[0] = codes[leaf%len(codes)]
			}
		}
		return func(bool) {
			if rng.IntN(2) == 0 {
				c.Policy.AllEqual = 90
			}
			values := d.codes()
			slices.Sort(values)
			for k := range c.Outputs {
				if c.Outputs[k].Response == 0 {
					c.Outputs[k].Values = values
				}
			}
		}
	case "same rows", "one column":
		v := rng.IntN(len(d.Vars))
		for i := range d.Rows {
			r := &d.Rows[i]
			for k := range r.Codes {
				if r.Codes[k] == Missing {
					r.Codes[k] = d.Vars[k].Leaves[0]
				}
			}
			if rng.IntN(10) > 0 {
				continue
			}
			for k := range r.Codes {
				if kind == "same rows" || k == v {
					r.Codes[k] = Missing
				}
			}
		}
		if !slices.ContainsFunc(d.Rows, func(r Row) bool { return r.Codes[v] != Missing }) {
			d.Rows[0].Codes[v] = d.Vars[v].Leaves[0]
		}
	case "depth":
		return func(bool) {
			for k := range c.Outputs[1:] { // of a single output all codes are published
				c.Outputs[1+k].Depth = rng.IntN(2)
			}
		}
	case "inner":
		return func(bool) { c.Outputs[rng.IntN(len(c.Outputs))].Inner = true }
	case "groups beside sums":
		return func(bool) { c.Policy.Group, c.Policy.Min = int64(70+5*rng.IntN(5)), 2 }
	case "coalition":
		return func(bool) {
			c.Policy.NK, c.Policy.PQ = [2]int64{}, [2]int64{}
			c.Policy.P, c.Policy.Coalition = int64(5+rng.IntN(25)), int64(2+rng.IntN(2))
		}
	}
	return nil
}

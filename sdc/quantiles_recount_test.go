package sdc_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// quantileCase is a random table of order statistics.
type quantileCase struct {
	rows        []row
	roles       sdc.Roles
	output      sdc.Output
	policy      sdc.Policy
	tail, least int64
	owners      int64 // the minimum of holdings, 0 where they are not counted
}

func newQuantileCase(seed uint64) *quantileCase {
	rng := rand.New(rand.NewPCG(seed, 22))
	c := &quantileCase{tail: 2 + rng.Int64N(5), least: 2 + rng.Int64N(5)}
	people, spread := 1+rng.IntN(30), 1+rng.IntN(30)
	for range 1 + rng.IntN(120) {
		who := rng.IntN(people)
		r := row{"region": fmt.Sprint("r", rng.IntN(4)), "class": rng.IntN(2), "who": who, "own": fmt.Sprint("h", who%6), "x": float64(rng.IntN(spread)-3) / 4}
		switch rng.IntN(8) {
		case 0:
			r["x"] = nil
		case 1:
			r["own"] = nil
		case 2:
			r["own"] = "h0"
		case 3:
			r["x"] = rng.NormFloat64()
		}
		c.rows = append(c.rows, r)
	}
	if rng.IntN(4) > 0 {
		c.roles.Respondent = "who"
	}
	if rng.IntN(2) == 0 {
		c.roles.Holding = "own"
	}
	c.policy = tailPolicy(c.tail, c.least)
	if rng.IntN(3) > 0 {
		c.policy.MinHoldings = sdc.MinHoldings{Min: 2 + rng.Int64N(4)}
		if c.roles.Holding != "" {
			c.owners = c.policy.MinHoldings.Min
		}
	}
	c.output = sdc.Output{
		Name: "o", Kind: sdc.Magnitude, By: []string{"region", "class"}, Response: "x", QuantileType: []int{0, 2, 6, 7}[rng.IntN(4)],
		PerRespondent: c.roles.Respondent != "" && rng.IntN(3) == 0,
	}
	all := []string{"p0.5", "p5", "p25", "p33.333333", "median", "p75", "p95", "min", "max", "range", "sum"}
	rng.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	c.output.Statistics = append(all[:1+rng.IntN(6)], "p50")
	return c
}

// tree is the hierarchy of the regions.
func (c *quantileCase) tree(t *testing.T) *sdc.Hierarchy {
	t.Helper()
	h, err := sdc.NewHierarchy(sdc.Code{Label: "N", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}}, sdc.Code{Label: "r2"}, sdc.Code{Label: "r3"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// told says, for every published cell, the values of the statistics and the findings.
func (c *quantileCase) told(t *testing.T, rows []row, chunk int64, threads int) (map[string][]string, string) {
	t.Helper()
	reader := array.NewTableReader(tableOf(t, fields("region", text, "class", integer, "who", integer, "own", text, "x", float), rows...), chunk)
	defer reader.Release()
	d := sdc.FromReaders(reader)
	d.Roles, d.Hierarchies = c.roles, map[string]*sdc.Hierarchy{"region": c.tree(t)}
	r, err := sdc.Check(context.Background(), d, []sdc.Output{c.output}, c.policy, sdc.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for cell := range r.Tables[0].Cells() {
		at := cell.Coordinates().String()
		out[at] = []string{}
		for _, s := range c.output.Statistics {
			if x := cell.Statistic(s); x != nil {
				out[at] = append(out[at], s+" = "+x.RatString())
			}
		}
	}
	for _, f := range r.Outputs[0].Findings {
		if f.Rule == "quantile-tail" || f.Rule == "endpoints" {
			at := f.Cell.String()
			out[at] = append(out[at], fmt.Sprintf("%s %s %g of %g", f.Statistic, f.Verdict, f.Observed, f.Limit))
		}
	}
	for _, list := range out {
		slices.Sort(list)
	}
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return out, b.String()
}

// sample is an observation of the recount.
type sample struct {
	x     *big.Rat
	units [2]string // respondent and holding; "" for none that is counted
}

// samples lists the observations of a cell, ascending.
func (c *quantileCase) samples(at func(r row) bool) []sample {
	var out []sample
	sums := map[any]int{}
	for i, r := range c.rows {
		if r["x"] == nil || !at(r) {
			continue
		}
		// The value of a float is the decimal of at most six digits that it stands for, or
		// itself.
		x := new(big.Rat).SetFloat64(r["x"].(float64))
		if dec, ok := new(big.Rat).SetString(fmt.Sprintf("%.2f", r["x"])); ok {
			if f, _ := dec.Float64(); f == r["x"] {
				x = dec
			}
		}
		s := sample{x: x, units: [2]string{fmt.Sprint("row ", i), fmt.Sprint("row ", i)}}
		if c.roles.Respondent != "" {
			s.units = [2]string{fmt.Sprint("p", r["who"]), fmt.Sprint("p", r["who"])}
		}
		if r["own"] != nil {
			s.units[1] = r["own"].(string)
		}
		if k, ok := sums[r["who"]]; ok && c.output.PerRespondent {
			out[k].x.Add(out[k].x, s.x)
			if out[k].units[1] != s.units[1] {
				out[k].units[1] = "-"
			}
			continue
		}
		sums[r["who"]] = len(out)
		out = append(out, s)
	}
	for i := range out {
		if out[i].units[1] == "-" {
			out[i].units[1] = ""
		}
	}
	slices.SortFunc(out, func(a, b sample) int { return a.x.Cmp(b.x) })
	return out
}

// quantile is the quantile of a percentage.
func (c *quantileCase) quantile(in []sample, percent string) *big.Rat {
	p, _ := new(big.Rat).SetString(percent)
	p.Quo(p, big.NewRat(100, 1))
	n := big.NewRat(int64(len(in)), 1)
	x := func(i int) *big.Rat { return in[max(1, min(len(in), i))-1].x }
	floor := func(r *big.Rat) int { return int(new(big.Int).Div(r.Num(), r.Denom()).Int64()) }
	if c.output.QuantileType == 2 {
		np := new(big.Rat).Mul(n, p)
		j := floor(np)
		if np.IsInt() {
			sum := new(big.Rat).Add(x(j), x(j+1))
			return sum.Quo(sum, big.NewRat(2, 1))
		}
		return x(j + 1)
	}
	h := new(big.Rat)
	if c.output.QuantileType == 6 {
		h.Mul(p, n.Add(n, big.NewRat(1, 1)))
	} else {
		h.Mul(p, n.Sub(n, big.NewRat(1, 1))).Add(h, big.NewRat(1, 1))
	}
	j := floor(h)
	h.Sub(h, big.NewRat(int64(j), 1))
	way := new(big.Rat).Sub(x(j+1), x(j))
	return way.Mul(way, h).Add(way, x(j))
}

// count counts the units of a role with an observation that is kept.
func count(in []sample, role int, keep func(*big.Rat) bool) int64 {
	seen := map[string]bool{}
	for _, s := range in {
		if keep(s.x) && s.units[role] != "" {
			seen[s.units[role]] = true
		}
	}
	return int64(len(seen))
}

// recount says the same of one cell.
func (c *quantileCase) recount(at func(r row) bool) []string {
	in := c.samples(at)
	out := []string{}
	if len(in) == 0 {
		return out
	}
	roles := 1
	if c.owners > 0 {
		roles = 2
	}
	first, last := in[0].x, in[len(in)-1].x
	names := map[string]string{} // percentage -> statistic
	for _, s := range c.output.Statistics {
		var x *big.Rat
		switch {
		case s == "sum":
			continue
		case s == "min":
			x = first
		case s == "max":
			x = last
		case s == "range":
			x = new(big.Rat).Sub(last, first)
		default:
			percent := strings.TrimPrefix(strings.Replace(s, "median", "p50", 1), "p")
			if names[percent] == "" {
				names[percent] = s
			}
			x = c.quantile(in, percent)
		}
		out = append(out, s+" = "+x.RatString())
	}
	for _, s := range []string{"min", "max", "range"} {
		if !slices.Contains(c.output.Statistics, s) {
			continue
		}
		for role := range roles {
			n, least := int64(1<<40), c.least
			if role == 1 {
				least = c.owners
			}
			if s != "max" {
				n = count(in, role, func(x *big.Rat) bool { return x.Cmp(first) == 0 })
			}
			if s != "min" {
				n = min(n, count(in, role, func(x *big.Rat) bool { return x.Cmp(last) == 0 }))
			}
			if n < least {
				out = append(out, fmt.Sprintf("%s unsafe %d of %d", s, n, least))
				break
			}
		}
	}
	number := func(s string) float64 { var f float64; fmt.Sscan(s, &f); return f } //nolint:errcheck // a number
	percents := slices.SortedFunc(maps.Keys(names), func(a, b string) int { return int(1e6*number(a)) - int(1e6*number(b)) })
	bad := map[string]bool{}
	for _, p := range percents {
		q, least := c.quantile(in, p), c.tail
		for role := range roles {
			least = min(least, count(in, role, func(x *big.Rat) bool { return x.Cmp(q) <= 0 }), count(in, role, func(x *big.Rat) bool { return x.Cmp(q) >= 0 }))
		}
		if least < c.tail {
			bad[p] = true
			out = append(out, fmt.Sprintf("%s unsafe %d of %d", names[p], least, c.tail))
		}
	}
	for k := 1; k < len(percents); k++ {
		a, b := percents[k-1], percents[k]
		q, r := c.quantile(in, a), c.quantile(in, b)
		for role := range roles {
			n := count(in, role, func(x *big.Rat) bool { return x.Cmp(q) >= 0 && x.Cmp(r) <= 0 })
			if !bad[a] && !bad[b] && n < c.tail {
				out = append(out, fmt.Sprintf("%s, %s review %d of %d", names[a], names[b], n, c.tail))
				break
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestQuantileRecount compares the values and the verdicts of order statistics in all cells,
// inner ones, totals and levels of a tree, with a recount by maps and fractions; and the bytes
// of the report with those of the rows in another order, in other chunks, with other threads.
func TestQuantileRecount(t *testing.T) {
	met := map[string]int{}
	for seed := range 3 * seeds(t) {
		c := newQuantileCase(seed)
		got, text := c.told(t, c.rows, 1000, 1)
		want := map[string][]string{}
		for _, region := range []string{"*", "N", "r0", "r1", "r2", "r3"} {
			for _, class := range []string{"*", "0", "1"} {
				at := func(r row) bool {
					in := region == "*" || r["region"] == region || region == "N" && (r["region"] == "r0" || r["region"] == "r1")
					return in && (class == "*" || fmt.Sprint(r["class"]) == class)
				}
				if slices.ContainsFunc(c.rows, at) {
					want["region="+region+", class="+class] = c.recount(at)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		for _, list := range got {
			for _, s := range list {
				for _, word := range []string{"unsafe", "review", "range unsafe", "min unsafe", "median ="} {
					if strings.Contains(s, word) {
						met[word]++
					}
				}
			}
		}
		again := slices.Clone(c.rows)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(again), func(i, k int) { again[i], again[k] = again[k], again[i] })
		if _, other := c.told(t, again, 1+int64(seed%7), 3); other != text {
			t.Fatalf("seed %d: other bytes in another order: %s", seed, cmp.Diff(text, other))
		}
	}
	for _, word := range []string{"unsafe", "review", "range unsafe", "min unsafe", "median ="} {
		if met[word] < 20 {
			t.Errorf("%q was met %d times", word, met[word])
		}
	}
}

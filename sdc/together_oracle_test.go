package sdc_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// togetherOf says what Together says of the cells of the codes that are hidden, of "k",
// where "b" has a code or is the total, "*"; false where nothing is hidden.
func togetherOf(t *testing.T, rows []row, o sdc.Output, roles sdc.Roles, p sdc.Policy, b string, hide map[string]bool) (sdc.Verdict, bool) {
	t.Helper()
	d := sdc.FromTable(tableOf(t, fields("k", text, "b", text, "who", integer, "owner", text, "x", integer, "asks", boolean, "w", integer), rows...))
	d.Roles = roles
	r, err := sdc.Check(context.Background(), d, []sdc.Output{o}, p, sdc.Options{Threads: 1, Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	var total sdc.Cell
	var hidden, shown []sdc.Cell
	for c := range r.Tables[0].Cells() {
		at := c.Coordinates()
		switch k := at[0]; {
		case at[1].Code != b && !(b == "*" && at[1].Total):
		case k.Total:
			total = c
		case hide[k.Code]:
			hidden = append(hidden, c)
		default:
			shown = append(shown, c)
		}
	}
	if len(hidden) == 0 {
		return 0, false
	}
	return p.Together(total, hidden, shown), true
}

// sumPasses judges the rows of several cells as one cell, from who is in them: unsafe where
// a rule of the policy is broken. It looks at rows and at the limits alone. all are all rows.
func sumPasses(all, in []row, kind sdc.Kind, roles sdc.Roles, p *sdc.Policy) bool {
	person := func(r row) string { return fmt.Sprint("person ", r["who"]) }
	unit := func(r row) string {
		if roles.Holding == "" || r["owner"] == nil {
			return person(r)
		}
		return fmt.Sprint("holding ", r["owner"])
	}
	asked := map[string]bool{}
	for _, r := range all {
		if r["asks"] == true {
			asked[person(r)] = true
		}
	}
	for _, r := range all {
		if asked[person(r)] {
			asked[unit(r)] = true
		}
	}
	people, units := map[string]bool{}, map[string]bool{}
	amount, weight, weighted := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, r := range in {
		w := int64(1)
		if roles.Weight != "" {
			w = int64(r["w"].(int))
		}
		if kind == sdc.Magnitude && (r["x"] == nil || w == 0) {
			continue
		}
		people[person(r)], units[unit(r)] = true, true
		if kind == sdc.Magnitude {
			x := int64(r["x"].(int))
			amount[unit(r)] += x
			weighted[unit(r)] += w * x
			weight[unit(r)] = w // under tau holdings are not allowed, and persons have one weight
		}
	}
	if !p.MinContributors.Off && int64(len(people)) < p.MinContributors.Min ||
		!p.MinHoldings.Off && roles.Holding != "" && int64(len(units)) < p.MinHoldings.Min {
		return false
	}
	if kind != sdc.Magnitude {
		return true
	}
	abs := func(x int64) int64 { return max(x, -x) }
	var list []int64
	total, plain, most := int64(0), int64(0), int64(0)
	for u, x := range amount {
		plain += abs(x)
		if asked[u] {
			most = max(most, abs(x))
		}
		copies := int64(1)
		if roles.Weight != "" && p.Weighting == "tau" {
			copies = weight[u] // the population written out
		}
		for range copies {
			list = append(list, abs(x))
		}
		total += abs(weighted[u])
	}
	slices.SortFunc(list, func(a, b int64) int { return int(b - a) })
	for len(list) < 110 {
		list = append(list, 0)
	}
	first := func(n int) (sum int64) {
		for _, x := range list[:n] {
			sum += x
		}
		return sum
	}
	over := func(a int64, b int64, limit sdc.Percent) int { // 100 a - limit b
		l, ok := new(big.Rat).SetString(string(limit))
		if !ok {
			panic(limit)
		}
		return new(big.Rat).SetInt64(100 * a).Cmp(l.Mul(l, new(big.Rat).SetInt64(b)))
	}
	percent := func(x sdc.Percent) *big.Rat {
		r, _ := new(big.Rat).SetString(string(x))
		return r
	}
	if r := p.NK; !r.Off && over(first(r.N), total, r.Percent) > 0 {
		return false
	}
	if r := p.PPercent; !r.Off && over(total-first(max(1, r.Coalition)+1), list[0], r.P) < 0 {
		return false
	}
	if r := p.PQ; !r.Off {
		a, b := new(big.Rat).SetInt64(total-first(2)), new(big.Rat).SetInt64(list[0])
		if a.Mul(a, percent(r.Q)).Cmp(b.Mul(b, percent(r.P))) < 0 {
			return false
		}
	}
	if r := p.Request; !r.Off && roles.Request != "" && over(most, plain, r.Percent) > 0 {
		return false
	}
	return true
}

// TestTogetherBoundaries: sums of hidden cells just at a limit and just over it.
func TestTogetherBoundaries(t *testing.T) {
	// cell has one row of each amount, of the next persons from one on.
	cell := func(k string, from int, amounts ...int) (out []row) {
		for i, x := range amounts {
			out = append(out, row{"k": k, "b": "b", "who": from + i, "owner": fmt.Sprint("h", (from+i)/2), "x": x, "asks": from+i == 0, "w": 1})
		}
		return out
	}
	ones := func(n int) []int { return slices.Repeat([]int{1}, n) }
	rest := cell("z", 100, slices.Repeat([]int{50}, 30)...)
	for _, tc := range []struct {
		name   string
		kind   sdc.Kind
		rows   [][]row
		policy func(*sdc.Policy)
		passes bool
		want   sdc.Verdict
	}{
		{"4 and 6 are 10", sdc.Frequency, [][]row{cell("a", 0, ones(4)...), cell("b", 4, ones(6)...)},
			func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, true, sdc.Safe},
		{"4 and 5 are 9", sdc.Frequency, [][]row{cell("a", 0, ones(4)...), cell("b", 4, ones(5)...)},
			func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, false, sdc.Unsafe},
		{"one of 4 and 6 is in both, and in a third cell", sdc.Frequency, [][]row{cell("a", 0, ones(4)...), cell("b", 3, ones(6)...), cell("y", 3, 1)},
			func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 10} }, false, sdc.Review},
		{"five holdings of ten persons", sdc.Magnitude, [][]row{cell("a", 0, ones(4)...), cell("b", 4, ones(6)...)},
			func(p *sdc.Policy) { p.MinHoldings = sdc.MinHoldings{Min: 5} }, true, sdc.Safe},
		{"at least six", sdc.Magnitude, [][]row{cell("a", 0, ones(4)...), cell("b", 4, ones(6)...)},
			func(p *sdc.Policy) { p.MinHoldings = sdc.MinHoldings{Min: 6} }, false, sdc.Unsafe},
		{"nk: 50 of 100", sdc.Magnitude, [][]row{cell("a", 0, 50), cell("b", 4, 10, 10, 10, 10, 10)},
			func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "50"} }, true, sdc.Review},
		{"nk: 51 of 101", sdc.Magnitude, [][]row{cell("a", 0, 51), cell("b", 4, 10, 10, 10, 10, 10)},
			func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "50"} }, false, sdc.Unsafe},
		{"nk: 30 and 30 of one, of 110", sdc.Magnitude, [][]row{cell("a", 0, 30), cell("b", 0, 30, 2, 2, 2), cell("c", 8, 11, 11, 11, 11)},
			func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "50"} }, false, sdc.Unsafe},
		{"p%: 10 left of 100", sdc.Magnitude, [][]row{cell("a", 0, 100), cell("b", 4, 40, 10)},
			func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10"} }, true, sdc.Safe},
		{"p%: 9 left of 100", sdc.Magnitude, [][]row{cell("a", 0, 100), cell("b", 4, 40, 9)},
			func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10"} }, false, sdc.Unsafe},
		{"pq: 80 % of 50 for 40 % of 100", sdc.Magnitude, [][]row{cell("a", 0, 100), cell("b", 4, 60, 50)},
			func(p *sdc.Policy) { p.PQ = sdc.PQ{P: "40", Q: "80"} }, true, sdc.Safe},
		{"pq: one less", sdc.Magnitude, [][]row{cell("a", 0, 100), cell("b", 4, 60, 49)},
			func(p *sdc.Policy) { p.PQ = sdc.PQ{P: "40", Q: "80"} }, false, sdc.Unsafe},
		{"request: 10 of 100", sdc.Magnitude, [][]row{cell("a", 0, 10), cell("b", 4, 45, 45)},
			func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "10"} }, true, sdc.Safe},
		{"request: 10 of 99", sdc.Magnitude, [][]row{cell("a", 0, 10), cell("b", 4, 45, 44)},
			func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "10"} }, false, sdc.Unsafe},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := off()
			tc.policy(&p)
			in := slices.Concat(tc.rows...)
			all := slices.Concat(in, rest)
			roles := sdc.Roles{Respondent: "who"}
			if !p.MinHoldings.Off {
				roles.Holding = "owner"
			}
			o := sdc.Output{Name: "o", Kind: tc.kind, By: []string{"k", "b"}}
			if tc.kind == sdc.Magnitude {
				o.Response, roles.Request = "x", "asks"
			}
			got, _ := togetherOf(t, all, o, roles, p, "b", map[string]bool{"a": true, "b": true, "c": true})
			if passes := sumPasses(all, slices.DeleteFunc(slices.Clone(in), func(r row) bool { return r["k"] == "y" }), tc.kind, roles, &p); passes != tc.passes {
				t.Errorf("recounted: passes %v, want %v", passes, tc.passes)
			}
			if got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

// TestTogetherRecount holds Together against a recount from the respondents of the hidden
// cells: it may be stricter than the truth and never milder, and unsafe is certain. All
// roles, weights of 0, nulls, two variables, any cells hidden.
func TestTogetherRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range 4 * seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 77))
		kind := []sdc.Kind{sdc.Frequency, sdc.Magnitude, sdc.Magnitude, sdc.Magnitude}[rng.IntN(4)]
		rows := unionRows(rng, kind)
		units := 1 + rng.IntN(40)
		for _, r := range rows {
			r["b"], r["w"] = fmt.Sprint(rng.IntN(2)), r["who"].(int)%4
			r["owner"] = any(fmt.Sprint("h", r["owner"].(int)%units))
			if r["who"].(int)%3 == 0 {
				r["owner"] = nil
			}
			if rng.IntN(12) == 0 {
				r["x"] = nil
			}
		}
		roles := sdc.Roles{Respondent: "who"}
		if rng.IntN(2) == 0 {
			roles.Holding = "owner"
		}
		if kind == sdc.Magnitude && rng.IntN(2) == 0 {
			roles.Request = "asks"
		}
		if rng.IntN(4) == 0 {
			roles.Weight = "w"
		}
		p := unionPolicy(rng)
		if roles.Holding == "" && rng.IntN(2) == 0 {
			p.Weighting = "tau"
		}
		o := sdc.Output{Name: "o", Kind: kind, By: []string{"k", "b"}}
		if kind == sdc.Magnitude {
			o.Response = "x"
		}
		b := []string{"0", "1", "*"}[rng.IntN(3)]
		hide := map[string]bool{}
		for _, k := range rng.Perm(5)[:1+rng.IntN(4)] {
			hide[fmt.Sprint(k)] = true
		}
		got, some := togetherOf(t, rows, o, roles, p, b, hide)
		if !some {
			continue
		}
		var in []row
		for _, r := range rows {
			if hide[r["k"].(string)] && (b == "*" || r["b"] == b) {
				in = append(in, r)
			}
		}
		passes := sumPasses(rows, in, kind, roles, &p)
		if got == sdc.Safe && !passes || got == sdc.Unsafe && passes {
			t.Fatalf("seed %d: %v, and the sum passes: %v: %s, %+v, %+v, hidden %v of %s\n%v", seed, got, passes, kind, roles, p, hide, b, rows)
		}
		count[fmt.Sprint(got, ", passes ", passes)]++
	}
	t.Log(count)
	for _, what := range []string{"safe, passes true", "unsafe, passes false", "review, passes true", "review, passes false"} {
		if count[what] < 2 {
			t.Errorf("%s: %d", what, count[what])
		}
	}
}

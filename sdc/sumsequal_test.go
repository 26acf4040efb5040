package sdc_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// sumIsEqual reports whether the rows of several cells, as one cell, break the rule
// all-equal: all observations are equal, or all contributions of persons, or of holdings. It
// looks at rows alone.
func sumIsEqual(in []row, roles sdc.Roles) bool {
	observed, people, holdings := map[int]bool{}, map[string]int{}, map[string]int{}
	negative := false
	for _, r := range in {
		if r["x"] == nil || roles.Weight != "" && r["w"].(int) == 0 {
			continue
		}
		x := r["x"].(int)
		observed[x] = true
		negative = negative || x < 0
		person := fmt.Sprint("person ", r["who"])
		people[person] += x
		if roles.Holding == "" || r["owner"] == nil {
			holdings[person] += x
		} else {
			holdings[fmt.Sprint("holding ", r["owner"])] += x
		}
	}
	if len(people) < 2 {
		return false
	}
	if roles.Holding != "" && roles.Weight != "" && negative {
		for k, x := range holdings {
			holdings[k] = max(x, -x)
		}
	}
	one := func(of map[string]int) bool {
		return len(slices.Compact(slices.Sorted(maps.Values(of)))) == 1
	}
	return len(observed) == 1 || one(people) || roles.Holding != "" && len(holdings) >= 2 && one(holdings)
}

// equalOutput asks for sums of x by k and b.
var equalOutput = sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k", "b"}, Response: "x"}

func equalPolicy() sdc.Policy {
	p := off()
	p.AllEqual, p.Weighting = sdc.AllEqual{Percent: "90"}, "handbook"
	return p
}

// TestSumsAllEqual: sums of hidden cells just inside and just outside of all-equal. A row is
// of a cell, a person, a holding and an amount; nil is a missing amount.
func TestSumsAllEqual(t *testing.T) {
	at := func(k string, who int, x any) row {
		return row{"k": k, "b": "b", "who": who, "owner": fmt.Sprint("h", who), "x": x, "asks": false, "w": 1}
	}
	owned := func(k string, who int, owner string, x any) row {
		r := at(k, who, x)
		r["owner"] = owner
		return r
	}
	weighted := func(k string, who, w int, x any) row {
		r := at(k, who, x)
		r["w"] = w
		return r
	}
	var alike []row // thirty persons, each with 1 and 2 in two cells: nobody is listed
	for who := range 30 {
		alike = append(alike, at("a", who, 1), at("a", who, 2), at("b", who, 1), at("b", who, 2))
	}
	rest := []row{at("z", 100, 70), at("z", 101, 80), at("z", 102, 90)}
	for _, tc := range []struct {
		name  string
		rows  []row
		roles sdc.Roles
		equal bool
		want  sdc.Verdict
	}{
		{"four have 1, in two cells", []row{at("a", 1, 1), at("a", 2, 1), at("b", 3, 1), at("b", 4, 1)}, sdc.Roles{}, true, sdc.Review},
		{"one of four has 2", []row{at("a", 1, 1), at("a", 2, 1), at("b", 3, 1), at("b", 4, 2)}, sdc.Roles{}, false, sdc.Safe},
		{"each cell is equal, and they differ", []row{at("a", 1, 1), at("a", 2, 1), at("b", 3, 2), at("b", 4, 2)}, sdc.Roles{}, false, sdc.Safe},
		{"two cells of one person each, equal", []row{at("a", 1, 7), at("b", 2, 7)}, sdc.Roles{}, true, sdc.Review},
		{"two cells of one person each, not equal", []row{at("a", 1, 7), at("b", 2, 8)}, sdc.Roles{}, false, sdc.Safe},
		{"one person in two cells", []row{at("a", 1, 7), at("b", 1, 8)}, sdc.Roles{}, false, sdc.Review},
		{"two persons have 3 in all, 1 and 2", []row{at("a", 1, 1), at("a", 2, 2), at("b", 1, 2), at("b", 2, 1)}, sdc.Roles{}, true, sdc.Review},
		{"two persons have 3 in all, 1 and 2, and the amount of a third is missing", []row{at("a", 1, 1), at("a", 2, 2), at("a", 3, nil), at("b", 1, 2), at("b", 2, 1)}, sdc.Roles{}, true, sdc.Review},
		{"two persons have 3 and 4 in all", []row{at("a", 1, 1), at("a", 2, 2), at("b", 1, 2), at("b", 2, 2)}, sdc.Roles{}, false, sdc.Safe},
		{"equal in all, with a sign", []row{at("a", 1, 5), at("a", 2, 1), at("b", 1, -4)}, sdc.Roles{}, true, sdc.Review},
		{"all cancel out", []row{at("a", 1, 5), at("a", 2, 1), at("b", 1, -5), at("b", 2, -1)}, sdc.Roles{}, true, sdc.Review},
		{"-3 and 3 are not equal", []row{at("a", 1, -3), at("b", 2, 3)}, sdc.Roles{}, false, sdc.Safe},
		{"all observations are 5, and one person has two and a missing one", []row{at("a", 1, 5), at("a", 1, 5), at("a", 1, nil), at("b", 2, 5)}, sdc.Roles{}, true, sdc.Review},
		{"observations 5 and 6", []row{at("a", 1, 5), at("a", 1, 5), at("a", 1, nil), at("b", 2, 6)}, sdc.Roles{}, false, sdc.Safe},
		{"rows of weight 0 do not count", []row{weighted("a", 1, 1, 5), weighted("a", 2, 0, 9), weighted("b", 3, 2, 5)}, sdc.Roles{Weight: "w"}, true, sdc.Review},
		{"a weight above 0 does", []row{weighted("a", 1, 1, 5), weighted("a", 2, 1, 9), weighted("b", 3, 2, 5)}, sdc.Roles{Weight: "w"}, false, sdc.Safe},
		{"nor do persons of weight 0", []row{weighted("a", 1, 1, 1), weighted("a", 2, 1, 1), weighted("b", 2, 1, 0), weighted("b", 3, 1, 1), weighted("b", 4, 0, 1), weighted("b", 5, 0, 0)},
			sdc.Roles{Weight: "w"}, true, sdc.Review},
		{"all have as much, and nobody more", alike, sdc.Roles{}, true, sdc.Review},
		{"persons have 3 each, holdings 3 and 6", []row{owned("a", 1, "h1", 1), owned("a", 2, "h2", 2), owned("a", 3, "h2", 2), owned("b", 1, "h1", 2), owned("b", 2, "h2", 1), owned("b", 3, "h2", 1)},
			sdc.Roles{Holding: "owner"}, true, sdc.Review},
		{"holdings have 3 each, persons do not", []row{owned("a", 1, "h1", 3), owned("a", 2, "h2", 1), owned("b", 3, "h2", 2)}, sdc.Roles{Holding: "owner"}, true, sdc.Review},
		{"neither holdings nor persons", []row{owned("a", 1, "h1", 3), owned("a", 2, "h2", 1), owned("b", 3, "h2", 3)}, sdc.Roles{Holding: "owner"}, false, sdc.Safe},
		{"one of many has more than a mean", []row{owned("a", 1, "h1", 1000), owned("a", 2, "h2", 5), owned("b", 1, "h1", 3), owned("b", 2, "h2", 4)}, sdc.Roles{Holding: "owner"}, false, sdc.Safe},
		{"nothing of anybody", []row{at("a", 1, 0), at("a", 2, 0), at("b", 3, 0)}, sdc.Roles{}, true, sdc.Review},
	} {
		t.Run(tc.name, func(t *testing.T) {
			roles := tc.roles
			roles.Respondent = "who"
			if equal := sumIsEqual(tc.rows, roles); equal != tc.equal {
				t.Errorf("recounted: equal %v, want %v", equal, tc.equal)
			}
			got, _ := togetherOf(t, slices.Concat(tc.rows, rest), equalOutput, roles, equalPolicy(), "b", map[string]bool{"a": true, "b": true})
			if got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

// TestSumsAllEqualRecount draws rows of few amounts, of both signs, with nulls, holdings and
// weights: a sum in which all have the same is never called safe. Where each person has one
// row, and nobody has a holding or a weight, every sum is decided rightly.
func TestSumsAllEqualRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range 20 * seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 78))
		roles := sdc.Roles{Respondent: "who"}
		if rng.IntN(3) == 0 {
			roles.Holding = "owner"
		}
		if rng.IntN(5) == 0 {
			roles.Weight = "w"
		}
		people, apart, least := 1+rng.IntN(5), rng.IntN(2) == 0, 0
		if rng.IntN(3) == 0 {
			least = -2
		}
		values, most := 1+rng.IntN(3), 9
		if rng.IntN(4) == 0 { // more than are listed
			people, most = 8+rng.IntN(8), 40
		}
		var rows []row
		once := roles.Holding == "" && roles.Weight == ""
		for range 1 + rng.IntN(most) {
			who := rng.IntN(people)
			k := rng.IntN(4)
			if apart {
				k = who % 4
			}
			r := row{"k": fmt.Sprint(k), "b": "b", "who": who, "owner": fmt.Sprint("h", who%3), "x": least + rng.IntN(values), "asks": false, "w": rng.IntN(3)}
			if rng.IntN(10) == 0 {
				r["x"] = nil
			}
			once = once && !slices.ContainsFunc(rows, func(x row) bool { return x["who"] == who })
			rows = append(rows, r)
		}
		hide := map[string]bool{"0": true, "1": true}
		if rng.IntN(2) == 0 {
			hide["2"] = true
		}
		var in []row
		cells, persons := map[string]bool{}, map[any]bool{}
		for _, r := range rows {
			if hide[r["k"].(string)] {
				in = append(in, r)
				cells[r["k"].(string)] = true
				if r["x"] != nil {
					persons[r["who"]] = true
				}
			}
		}
		if len(cells) < 2 {
			continue // the rule itself
		}
		p := equalPolicy()
		got, _ := togetherOf(t, rows, equalOutput, roles, p, "b", hide)
		equal := sumIsEqual(in, roles)
		if got == sdc.Safe && equal || got == sdc.Unsafe || once && len(persons) > 1 && (got == sdc.Safe) == equal {
			t.Fatalf("seed %d: %v, and the sum is equal: %v: %+v, hidden %v\n%v", seed, got, equal, roles, hide, rows)
		}
		count[fmt.Sprint(got, ", equal ", equal)]++
		if once {
			count[fmt.Sprint("once, equal ", equal)]++
		}
	}
	t.Log(count)
	for _, what := range []string{"safe, equal false", "review, equal true", "review, equal false", "once, equal true", "once, equal false"} {
		if count[what] < 5 {
			t.Errorf("%s: %d", what, count[what])
		}
	}
}

// TestSumsShareRecount draws persons with one coded amount each, and hides two or three cells: a
// sum in which the share of a sensitive value reaches the percentage is never called safe.
func TestSumsShareRecount(t *testing.T) {
	count := map[string]int{}
	for seed := range 20 * seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 79))
		p, o := equalPolicy(), equalOutput
		percent := []int{60, 75, 90, 92}[rng.IntN(4)]
		p.AllEqual.Percent, o.SensitiveValues = sdc.Percent(fmt.Sprint(percent)), []string{"1"}
		if rng.IntN(2) == 0 {
			o.SensitiveValues = []string{"1", "2"}
		}
		others := 1 + rng.IntN(8) // one in so many has another value
		var rows []row
		for who := range 2 + rng.IntN(30) {
			x := 1
			if rng.IntN(others+1) == 0 {
				x = rng.IntN(3)
			}
			rows = append(rows, row{"k": fmt.Sprint(rng.IntN(4)), "b": "b", "who": who, "owner": "h", "x": x, "asks": false, "w": 1})
		}
		hide := map[string]bool{"0": true, "1": true}
		if rng.IntN(2) == 0 {
			hide["2"] = true
		}
		have, all, cells := map[int]int{}, 0, map[string]bool{}
		for _, r := range rows {
			if k := r["k"].(string); hide[k] {
				have[r["x"].(int)]++
				all++
				cells[k] = true
			}
		}
		if len(cells) < 2 {
			continue // the rule itself
		}
		shared := 100*have[1] >= percent*all || len(o.SensitiveValues) == 2 && 100*have[2] >= percent*all
		got, _ := togetherOf(t, rows, o, sdc.Roles{Respondent: "who"}, p, "b", hide)
		if got == sdc.Safe && shared {
			t.Fatalf("seed %d: safe, and %d and %d of %d have 1 and 2; %d %% is a finding, hidden %v\n%v", seed, have[1], have[2], all, percent, hide, rows)
		}
		count[fmt.Sprint(got, ", shared ", shared)]++
	}
	t.Log(count)
	for _, what := range []string{"safe, shared false", "review, shared true", "review, shared false"} {
		if count[what] < 5 {
			t.Errorf("%s: %d", what, count[what])
		}
	}
	// Two cells that pass, with 8 of 9 and 1 of 1, are 9 of 10 together.
	row10 := func(k string, who, x int) row {
		return row{"k": k, "b": "b", "who": who, "owner": "h", "x": x, "asks": false, "w": 1}
	}
	for _, tc := range []struct {
		name string
		ones int // of nine in the first cell
		want sdc.Verdict
	}{{"9 of 10", 8, sdc.Review}, {"8 of 10, as far as cells tell", 7, sdc.Review}} {
		t.Run(tc.name, func(t *testing.T) {
			rows := []row{row10("1", 9, 1)}
			for i := range 9 {
				x := 1
				if i >= tc.ones {
					x = 2
				}
				rows = append(rows, row10("0", i, x))
			}
			o := equalOutput
			o.SensitiveValues = []string{"1"}
			if got, _ := togetherOf(t, append(rows, row10("3", 20, 5), row10("3", 21, 6)), o, sdc.Roles{Respondent: "who"}, equalPolicy(), "b", map[string]bool{"0": true, "1": true}); got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

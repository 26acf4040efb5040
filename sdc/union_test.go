package sdc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestTogether: what is said of the sum of hidden cells is what a check finds where their
// codes are one code.
func TestTogether(t *testing.T) {
	count := map[string]int{}
	for seed := range 4 * seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 71))
		kind := []sdc.Kind{sdc.Frequency, sdc.Magnitude, sdc.Magnitude}[rng.IntN(3)]
		roles := sdc.Roles{Respondent: "who"}
		if rng.IntN(2) == 0 {
			roles.Holding = "owner"
		}
		if kind == sdc.Magnitude && rng.IntN(3) == 0 {
			roles.Request = "asks"
		}
		if rng.IntN(6) == 0 {
			roles.Weight = "w"
		}
		hide := 1 + rng.IntN(3)
		all := unionRows(rng, kind)
		p := unionPolicy(rng)
		o := sdc.Output{Name: "o", Kind: kind, By: []string{"k"}}
		if kind == sdc.Magnitude {
			o.Response = "x"
		}
		schema := fields("k", text, "who", integer, "owner", integer, "x", integer, "asks", boolean, "w", integer)
		one := func(rows []row, sole bool) *sdc.Report {
			d := sdc.FromTable(tableOf(t, schema, rows...))
			d.Roles = roles
			r, err := sdc.Check(context.Background(), d, []sdc.Output{o}, p, sdc.Options{Threads: 1, Sole: sole})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			return r
		}
		r := one(all, true)
		var total sdc.Cell
		var hidden, shown []sdc.Cell
		for c := range r.Tables[0].Cells() {
			switch code := c.Coordinates()[0]; {
			case code.Total:
				total = c
			case code.Code < fmt.Sprint(hide):
				hidden = append(hidden, c)
			default:
				shown = append(shown, c)
			}
		}
		if len(hidden) == 0 {
			continue
		}
		got := p.Together(total, hidden, shown)
		joined := make([]row, len(all))
		for i, x := range all {
			y := row{}
			for name, v := range x {
				y[name] = v
			}
			if x["k"].(string) < fmt.Sprint(hide) {
				y["k"] = "hidden"
			}
			joined[i] = y
		}
		truth := one(joined, false)
		want := truth.Status(0, cellAt(t, truth.Tables[0], "hidden"))
		if want == sdc.Review {
			want = sdc.Safe // contributions of nothing, of which Together does not speak
		}
		if got != sdc.Review && got != want {
			t.Fatalf("seed %d: %v, and the sum is %v: %s, %+v, %+v\n%v", seed, got, want, kind, roles, p, all)
		}
		count[fmt.Sprint(got, " of ", want)]++
	}
	t.Log(count)
	for _, what := range []string{"safe of safe", "unsafe of unsafe", "review of safe", "review of unsafe"} {
		if count[what] < 2 {
			t.Errorf("%s: %d", what, count[what])
		}
	}
}

// TestTogetherOfEquals: of 30 who contribute the same nobody is listed, and 20 of them have
// two thirds of the sum of two cells, which is unknown where it may be others who have it.
func TestTogetherOfEquals(t *testing.T) {
	var rows []row
	for i := range 30 {
		rows = append(rows, row{"k": "a", "who": i, "x": 1}, row{"k": "b", "who": i, "x": 1}, row{"k": "c", "who": i, "x": 1})
	}
	d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer), rows...))
	d.Roles.Respondent = "who"
	p := off()
	p.NK = sdc.NK{N: 20, Percent: "50"}
	r, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"}}, p, sdc.Options{Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	at := func(code string) sdc.Cell { return cellAt(t, r.Tables[0], code) }
	if got := p.Together(at(""), []sdc.Cell{at("a"), at("b")}, []sdc.Cell{at("c")}); got != sdc.Review {
		t.Errorf("%v, want review", got)
	}
}

// unionRows are rows of up to five cells in which few or many contribute much or the same.
func unionRows(rng *rand.Rand, kind sdc.Kind) []row {
	var rows []row
	units, same, least := 1+rng.IntN(60), rng.IntN(2) == 0, 0
	if rng.IntN(6) == 0 {
		least = -5
	}
	asked := rng.IntN(units)
	for range 1 + rng.IntN(90) {
		who := rng.IntN(units)
		x := 1
		if !same {
			x = least + rng.IntN(30)
			if who < 3 {
				x *= 5
			}
		}
		rows = append(rows, row{"k": fmt.Sprint(rng.IntN(5)), "who": who, "owner": who / 2, "x": x, "asks": who == asked, "w": 1 + who%3})
	}
	return rows
}

func unionPolicy(rng *rand.Rand) sdc.Policy {
	p := off()
	p.Weighting = "handbook"
	pick := func(list ...string) sdc.Percent { return sdc.Percent(list[rng.IntN(len(list))]) }
	for _, k := range rng.Perm(6)[:1+rng.IntN(2)] {
		switch k {
		case 0:
			p.MinContributors = sdc.MinContributors{Min: 2 + rng.Int64N(9), Interval: pick("", "20")}
		case 1:
			p.MinHoldings = sdc.MinHoldings{Min: 2 + rng.Int64N(9)}
		case 2:
			p.NK = sdc.NK{N: []int{1, 2, 3, 20}[rng.IntN(4)], Percent: pick("20", "50", "75", "90")}
		case 3:
			p.PPercent = sdc.PPercent{P: pick("10", "50", "200"), Coalition: rng.IntN(12)}
		case 4:
			p.PQ = sdc.PQ{P: pick("10", "40"), Q: pick("60", "100")}
		case 5:
			p.Request = sdc.Request{Percent: pick("0", "10", "40")}
		}
	}
	return p
}

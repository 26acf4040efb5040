package hide

import (
	"errors"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestAPriori: what an a-priori list says comes to the cells that it names: the larger
// level and cost of several, levels in units rounded up, costs as they are.
func TestAPriori(t *testing.T) {
	check := func(list ...sdc.APriori) ([]Cell, error) {
		r := &rows{names: []string{"a", "b"}}
		for _, code := range []string{"k", "l", "m"} {
			for range 3 {
				r.add(5.5, code, "x")
				r.add(5, code, "y")
			}
		}
		p := onlyRules()
		p.MinContributors = sdc.MinContributors{Min: 2}
		report := r.check(t, p, nil, sdc.Output{Name: "t", Kind: sdc.Magnitude, By: []string{"a", "b"}, Response: "x", APriori: list})
		g, err := FromReport(report, []int{0}, BuildOptions{Cost: CostUnity})
		if err != nil {
			return nil, err
		}
		return g[0].problem.cells, nil
	}
	kx := map[string]string{"a": "k", "b": "x"}
	cells, err := check(
		sdc.APriori{Codes: kx, Reason: "reason", Lower: "1.23", Upper: "2"},
		sdc.APriori{Codes: kx, Neutral: true, Lower: "0.5", Upper: "3.01", Cost: "7.4"},
		sdc.APriori{Codes: kx, Neutral: true, Upper: "2.5", Cost: "2"},
		sdc.APriori{Codes: map[string]string{"a": "l"}, Neutral: true, Protected: true},
		sdc.APriori{Codes: map[string]string{"a": "l", "b": ""}, Neutral: true, Cost: "0.2"},
		sdc.APriori{Codes: map[string]string{"a": "", "b": "y"}, Reason: "reason", Upper: "-1"},
	)
	if err != nil {
		t.Fatal(err)
	}
	// Cells by a (total, k, l, m) and b (total, x, y), in tenths.
	for i, c := range cells {
		want := Cell{Status: Safe, Cost: 1}
		switch i {
		case 3 + 1:
			want = Cell{Status: Primary, Cost: 7, Level: Level{Lower: 13, Upper: 31}}
		case 6, 7, 8:
			want.Status = Protected
		case 2:
			want.Status = Primary
		}
		if c.Status != want.Status || c.Cost != want.Cost || c.Level != want.Level {
			t.Errorf("cell %d: %v, cost %d, level %v", i, c.Status, c.Cost, c.Level)
		}
	}
	for _, list := range []sdc.APriori{
		{Codes: kx, Neutral: true, Lower: "much"}, {Codes: kx, Neutral: true, Upper: "much"}, {Codes: kx, Neutral: true, Cost: "much"},
		{Codes: kx, Neutral: true, Upper: "1e30"},
	} {
		if _, err := check(list); !errors.Is(err, ErrRequest) {
			t.Errorf("%+v: %v", list, err)
		}
	}
}

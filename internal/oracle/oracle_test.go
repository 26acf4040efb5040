package oracle_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/oracle"
)

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

// The table of this test is counted by hand: the oracle has to be right before
// it judges anything.
func TestCells(t *testing.T) {
	north := map[string]string{"g": "N", "f": "N"} // z has no node at that level
	row := func(code, who, owner, x, w string) oracle.Row {
		r := oracle.Row{Codes: []string{code}, Respondent: who, Holding: owner, Weight: rat(w)}
		if x != "" {
			r.Response = rat(x)
		}
		return r
	}
	d := oracle.Data{HasResponse: true, Rows: []oracle.Row{
		row("g", "a", "H", "5", "2"),
		row("g", "b", "H", "-5", "1"),
		row("f", "a", "", "7", "2"),
		row("f", "c", "", "", "3"),
		row("z", "a", "a", "1/3", "2"), // the holding named a is not the respondent a
		row("z", "", "", "-4", "1"),
	}}
	levels := [][]oracle.Level{{oracle.Total, oracle.Tree(north), oracle.Leaf}}
	var got []string
	for _, combo := range oracle.Combos(levels) {
		cells := d.Cells(oracle.Pick(levels, combo))
		for _, node := range []string{"", "N", "f", "g", "z"} {
			if c := cells[oracle.Key(node)]; c != nil {
				got = append(got, fmt.Sprintf("%q %d %d %d %d %d %d %t %s %s %s %s %s",
					c.Nodes, c.Records, c.Respondents, c.Holdings, c.Contributors, c.NonZero, c.Missing, c.Negative,
					c.Sum.RatString(), c.SumAbs.RatString(), c.WeightSum.RatString(), c.Weighted.RatString(), c.WeightedAbs.RatString()))
			}
		}
	}
	want := []string{
		// Holdings of the total: H (0), a itself (7), c, the holding a (1/3), row 5 (-4).
		`[""] 6 4 5 3 3 1 true 10/3 34/3 11 47/3 71/3`,
		`["N"] 4 3 3 2 2 1 false 7 7 8 19 19`,
		`["f"] 2 2 2 1 1 1 false 7 7 5 14 14`,
		`["g"] 2 2 1 2 2 0 false 0 0 3 5 5`,
		`["z"] 2 2 2 2 2 0 true -11/3 13/3 3 -10/3 14/3`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTopAndFill(t *testing.T) {
	d := oracle.Data{HasResponse: true}
	for _, xw := range [][2]string{{"-10", "1/2"}, {"9", "2"}, {"1", "100"}} {
		d.Rows = append(d.Rows, oracle.Row{Response: rat(xw[0]), Weight: rat(xw[1])})
	}
	c := d.Cells(nil)[oracle.Key()]
	if got := fmt.Sprint(c.Top(4)); got != "[10/1 9/1 1/1 0/1]" {
		t.Error("top:", got)
	}
	// Half a slot of 10, then two of 9, then half a slot of 1.
	for n, want := range []string{"0", "19/2", "37/2", "47/2"} {
		if got := c.Fill(n); got.Cmp(rat(want)) != 0 {
			t.Errorf("%d slots: %s, want %s", n, got.RatString(), want)
		}
	}
}

func TestFloat(t *testing.T) {
	for _, tt := range []struct {
		v    float64
		want string
	}{
		{0.1, "1/10"},
		{-1234567.89, "-123456789/100"},
		{999999999.999999, "999999999999999/1000000"},
		{0.0000001, new(big.Rat).SetFloat64(0.0000001).RatString()}, // seven digits: itself
		{1.0 / 3, new(big.Rat).SetFloat64(1.0 / 3).RatString()},
		{1e300, new(big.Rat).SetFloat64(1e300).RatString()},
	} {
		t.Run(fmt.Sprint("value ", tt.v), func(t *testing.T) {
			if got := oracle.Float(tt.v); got.Cmp(rat(tt.want)) != 0 {
				t.Errorf("%v: %s, want %s", tt.v, got.RatString(), tt.want)
			}
		})
	}
}

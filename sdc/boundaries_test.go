package sdc_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestOppositeHoldings: holdings of which one has the opposite sum of the others do not have
// equal contributions. In data with weights they are compared by absolute value, so they have.
func TestOppositeHoldings(t *testing.T) {
	for _, tc := range []struct {
		name    string
		sums    [][2]int // two rows of each holding
		weights bool
		want    bool // equal
	}{
		{"equal", [][2]int{{2, 3}, {1, 4}, {5, 0}}, false, true},
		{"one is opposite", [][2]int{{2, 3}, {1, 4}, {-5, 0}}, false, false},
		{"all are negative", [][2]int{{-2, -3}, {-1, -4}, {-5, 0}}, false, true},
		{"one is smaller", [][2]int{{2, 3}, {1, 4}, {4, 0}}, false, false},
		{"equal, with weights", [][2]int{{2, 3}, {1, 4}, {5, 0}}, true, true},
		{"one is opposite, with weights", [][2]int{{2, 3}, {1, 4}, {-5, 0}}, true, true},
		{"one is smaller and negative, with weights", [][2]int{{2, 3}, {1, 4}, {-4, 0}}, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i, x := range tc.sums {
				for k := range 2 {
					rows = append(rows, row{"k": "c", "id": 2*i + k, "owner": fmt.Sprint("h", i), "x": x[k], "w": 1})
				}
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "id", integer, "owner", text, "x", integer, "w", integer), rows...))
			d.Roles = sdc.Roles{Respondent: "id", Holding: "owner"}
			if tc.weights {
				d.Roles.Weight = "w"
			}
			p := off()
			p.Weighting, p.AllEqual = "handbook", sdc.AllEqual{Percent: "90"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
			if got := r.Verdict == sdc.Unsafe; got != tc.want {
				t.Errorf("%v: %v", r.Verdict, found(r, 0))
			}
		})
	}
}

// TestLevelOfFewHoldings: a sum of few contributors, or of few holdings, stays so many percent
// of its total unknown as the interval says.
func TestLevelOfFewHoldings(t *testing.T) {
	for _, tc := range []struct {
		name     string
		rows     int // each of 10
		owners   int
		interval sdc.Percent
		holdings bool // the rule of holdings is on
		named    bool // the data name holdings
		want     string
	}{
		{"enough of both", 10, 10, "20", true, true, "0"},
		{"few contributors", 9, 9, "20", true, true, "18"},
		{"few holdings", 12, 9, "20", true, true, "24"},
		{"as many holdings as the minimum", 12, 10, "20", true, true, "0"},
		{"few holdings, and no interval", 12, 9, "", true, true, "0"},
		{"few holdings, and the rule is off", 12, 9, "20", false, true, "0"},
		{"few contributors, and the rule of holdings is off", 9, 9, "20", false, true, "18"},
		{"no holdings", 12, 9, "20", true, false, "0"},
		{"another interval", 12, 9, "15", true, true, "18"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i := range tc.rows {
				rows = append(rows, row{"k": "c", "id": i, "owner": fmt.Sprint("h", i%tc.owners), "x": 10})
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "id", integer, "owner", text, "x", integer), rows...))
			d.Roles = sdc.Roles{Respondent: "id"}
			if tc.named {
				d.Roles.Holding = "owner"
			}
			p := off()
			p.MinContributors = sdc.MinContributors{Min: 10, Interval: tc.interval}
			p.MinHoldings = sdc.MinHoldings{Min: 10, Off: !tc.holdings}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
			want, _ := new(big.Rat).SetString(tc.want)
			if got := cellAt(t, r.Tables[0], "c").ProtectionLevel(&p); got.Cmp(want) != 0 {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

// TestSecondIdentifier: each sensitive variable of microdata is looked at for identifiers, also
// behind one that holds none: numbers that each are of one person are for review, unless they
// have the form of an identifier.
func TestSecondIdentifier(t *testing.T) {
	numbers := func(n int) (out []string) { // that pass the eleven-test
		for x := 100_000_000; len(out) < n; x++ {
			sum, digits := 0, fmt.Sprint(x)
			for i, c := range digits {
				if sum += (9 - i) * int(c-'0'); i == 8 {
					sum -= 2 * int(c-'0')
				}
			}
			if sum%11 == 0 {
				out = append(out, digits)
			}
		}
		return out
	}
	valid := numbers(40)
	for _, tc := range []struct {
		name string
		of   func(i int) string
		want sdc.Verdict
	}{
		{"shared numbers", func(i int) string { return fmt.Sprint(i % 4) }, sdc.Safe},
		{"numbers of one's own", func(i int) string { return fmt.Sprint(1000 + 7*i) }, sdc.Review},
		{"texts of one's own", func(i int) string { return fmt.Sprint("t", i) }, sdc.Unsafe},
		{"citizen service numbers, each of two persons", func(i int) string { return valid[i/2] }, sdc.Unsafe},
		{"citizen service numbers", func(i int) string { return valid[i] }, sdc.Unsafe},
	} {
		for _, order := range []string{"s t", "t s", "s t u"} {
			t.Run(tc.name+", "+order, func(t *testing.T) {
				var rows []row
				for i := range 40 {
					rows = append(rows, row{"k": "c", "s": fmt.Sprint(i % 4), "t": tc.of(i), "u": fmt.Sprint(i % 5)})
				}
				d := sdc.FromTable(tableOf(t, fields("k", text, "s", text, "t", text, "u", text), rows...))
				p := off()
				p.Identifiers = sdc.Identifiers{Names: []string{}, UniqueShare: "95"}
				r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: strings.Fields(order)})
				if got := r.Outputs[0].Verdict; got != tc.want {
					t.Errorf("%v, want %v: %v", got, tc.want, found(r, 0))
				}
				for _, f := range r.Outputs[0].Findings {
					if f.Variable != "t" {
						t.Errorf("%+v", f)
					}
				}
			})
		}
	}
}

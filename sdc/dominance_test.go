package sdc_test

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestTotalOfNothing: what is above a total of 0 is unsafe under the rules about
// shares of it, and its protection level is what is above.
func TestTotalOfNothing(t *testing.T) {
	schema := fields("k", text, "who", integer, "owner", text, "asked", boolean, "x", integer, "w", integer)
	of := func(p sdc.Policy) *sdc.Policy { return &p }
	for _, tt := range []struct {
		name   string
		roles  sdc.Roles
		policy func(*sdc.Policy)
		rule   string
		level  *big.Rat
	}{
		// Contributions of 8 and 3 whose weights are 0.
		{"weights of 0", sdc.Roles{Weight: "w"}, func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "50"} }, "nk", big.NewRat(16, 1)},
		{"weights of 0, two", sdc.Roles{Weight: "w"}, func(p *sdc.Policy) { p.NK = sdc.NK{N: 2, Percent: "100"} }, "nk", big.NewRat(11, 1)},
		{"weights of 0, p%", sdc.Roles{Weight: "w"}, func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10"} }, "p-percent", big.NewRat(118, 10)},
		// One of a holding asked, and another of it takes back what that one has.
		{"contributions that cancel out", sdc.Roles{Respondent: "who", Holding: "owner", Request: "asked"}, func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "50"} }, "request", big.NewRat(16, 1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows := []row{{"k": "a", "x": 8, "w": 0}, {"k": "a", "x": -3, "w": 0}}
			if tt.roles.Holding != "" {
				rows = []row{{"k": "a", "who": 1, "owner": "h", "asked": true, "x": 8}, {"k": "a", "who": 2, "owner": "h", "x": -8}}
			}
			d := sdc.FromTable(tableOf(t, schema, rows...))
			d.Roles = tt.roles
			p := of(off())
			p.Weighting = "handbook"
			tt.policy(p)
			r := check(t, d, *p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
			if diff := cmp.Diff([]string{tt.rule + " at k=a: unsafe"}, found(r, 0)); diff != "" {
				t.Error(diff)
			}
			if err := r.WriteJSON(&bytes.Buffer{}); err != nil {
				t.Error(err)
			}
			if level := cellAt(t, r.Tables[0], "a").ProtectionLevel(p); level.Cmp(tt.level) != 0 {
				t.Errorf("protection level %v, want %v", level, tt.level)
			}
		})
	}
}

// TestWeightsOfFineResponses: a response whose unit is finer than that of what it is
// weighted to is judged as any other.
func TestWeightsOfFineResponses(t *testing.T) {
	// Of 2^90, next to which 2^-60 needs more than 128 bits.
	large, fine := 1237940039285380274899124224.0, 8.673617379884035e-19
	for _, weighting := range []sdc.Weighting{"tau", "handbook"} {
		for percent, want := range map[sdc.Percent]sdc.Verdict{"50": sdc.Safe, "49.9": sdc.Unsafe} {
			d := sdc.FromTable(tableOf(t, fields("k", text, "w", integer, "x", float),
				row{"k": "a", "x": large, "w": 1}, row{"k": "a", "x": fine, "w": 2}, row{"k": "a", "x": large, "w": 1}))
			d.Roles.Weight = "w"
			p := off()
			p.NK, p.PPercent, p.Weighting = sdc.NK{N: 1, Percent: percent}, sdc.PPercent{Off: true}, weighting
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
			if r.Verdict != want {
				t.Errorf("%s, %s %%: %v, want %v", weighting, percent, r.Verdict, want)
			}
			c := cellAt(t, r.Tables[0], "a")
			// 100/percent * large - (2 large + 2 fine)
			x, y := new(big.Rat).SetFloat64(large), new(big.Rat).SetFloat64(fine)
			k, _ := new(big.Rat).SetString(string(percent))
			level := new(big.Rat).Mul(x, k.Quo(big.NewRat(100, 1), k))
			level.Sub(level, x.Mul(x.Add(x, y), big.NewRat(2, 1)))
			if level.Sign() < 0 {
				level.SetInt64(0)
			}
			if got := c.ProtectionLevel(&p); got.Cmp(level) != 0 {
				t.Errorf("%s, %s %%: protection level %v, want %v", weighting, percent, got, level)
			}
		}
	}
}

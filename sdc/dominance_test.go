package sdc_test

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestTotalOfNothing: rows of weight 0 are no contributions, and rows of a holding that
// cancel out are a contribution of 0. Shares of a total of 0 give no finding. The
// threshold says that there is no contributor, or too few with a contribution other than
// 0.
func TestTotalOfNothing(t *testing.T) {
	schema := fields("k", text, "who", integer, "owner", text, "asked", boolean, "x", integer, "w", integer)
	zero := []row{{"k": "a", "x": 8, "w": 0}, {"k": "a", "x": -3, "w": 0}}
	cancel := []row{{"k": "a", "who": 1, "owner": "h", "asked": true, "x": 8}, {"k": "a", "who": 2, "owner": "h", "x": -8}}
	for _, tt := range []struct {
		name   string
		rows   []row
		roles  sdc.Roles
		policy func(*sdc.Policy)
		want   []string
	}{
		{"nk", zero, sdc.Roles{Weight: "w"}, func(p *sdc.Policy) { p.NK = sdc.NK{N: 1, Percent: "50"} }, []string{}},
		{"p%", zero, sdc.Roles{Weight: "w"}, func(p *sdc.Policy) { p.PPercent = sdc.PPercent{P: "10"} }, []string{}},
		{"the threshold", zero, sdc.Roles{Weight: "w"}, func(p *sdc.Policy) { p.MinContributors = sdc.MinContributors{Min: 2} }, []string{"min-contributors at k=a: unsafe"}},
		{"request", cancel, sdc.Roles{Respondent: "who", Holding: "owner", Request: "asked"}, func(p *sdc.Policy) { p.Request = sdc.Request{Percent: "50"} }, []string{}},
		{"of a weight above 0", []row{{"k": "a", "x": 8, "w": 0}, {"k": "a", "x": -3, "w": 1}}, sdc.Roles{Weight: "w"},
			func(p *sdc.Policy) {
				p.NK, p.MinContributors = sdc.NK{N: 1, Percent: "99"}, sdc.MinContributors{Min: 2}
			},
			[]string{"min-contributors at k=a: unsafe", "nk at k=a: unsafe"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, weighting := range []sdc.Weighting{"tau", "handbook"} {
				if tt.roles.Holding != "" && weighting == "tau" {
					continue
				}
				d := sdc.FromTable(tableOf(t, schema, tt.rows...))
				d.Roles = tt.roles
				p := off()
				p.Weighting = weighting
				tt.policy(&p)
				r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true})
				if diff := cmp.Diff(tt.want, found(r, 0)); diff != "" {
					t.Error(diff)
				}
				if err := r.WriteJSON(&bytes.Buffer{}); err != nil {
					t.Error(err)
				}
				level := cellAt(t, r.Tables[0], "a").ProtectionLevel(&p)
				if dominated := tt.name == "of a weight above 0"; (level.Sign() > 0) != dominated {
					t.Errorf("%s: protection level %v", weighting, level)
				}
			}
		})
	}
}

// TestWeightsOfFineResponses: a response with a finer unit than the weighted response is
// judged as any other.
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

package sdc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// TestDifferences: each kind of difference between a policy and the shipped one as data,
// and as a sentence of each language; and what of the difference may leave.
func TestDifferences(t *testing.T) {
	table := tableOf(t, fields("id", integer, "region", text), row{"id": 1, "region": "a"})
	on := func(limits ...basis.Limit) *basis.Setting { return &basis.Setting{State: basis.On, Limits: limits} }
	off := &basis.Setting{State: basis.Off}
	for _, tc := range []struct {
		name   string
		change func(*sdc.Policy)
		want   basis.Difference
		en, nl string
		public string // in English
	}{
		{"none", func(*sdc.Policy) {}, basis.Difference{}, "", "", ""},
		{"a threshold", func(p *sdc.Policy) { p.MinContributors.Min = 3 },
			basis.Difference{Rule: "min-contributors", Base: "cbs", New: on(basis.Limit{Name: "min", Value: "3"}, basis.Limit{Name: "interval", Value: "20"}), Old: on(basis.Limit{Name: "min", Value: "10"}, basis.Limit{Name: "interval", Value: "20"})},
			"min-contributors: on, min 3, interval 20 (in cbs: on, min 10, interval 20)", "min-contributors: aan, min 3, interval 20 (in cbs: aan, min 10, interval 20)",
			"min-contributors: on, min 3 (in cbs: on, min 10)"},
		{"a threshold that stays inside", func(p *sdc.Policy) { p.MinContributors.Interval = "88.5" },
			basis.Difference{Rule: "min-contributors", Base: "cbs", New: on(basis.Limit{Name: "min", Value: "10"}, basis.Limit{Name: "interval", Value: "88.5"}), Old: on(basis.Limit{Name: "min", Value: "10"}, basis.Limit{Name: "interval", Value: "20"})},
			"min-contributors: on, min 10, interval 88.5 (in cbs: on, min 10, interval 20)", "min-contributors: aan, min 10, interval 88.5 (in cbs: aan, min 10, interval 20)",
			"min-contributors: differs from cbs"},
		{"a rule off", func(p *sdc.Policy) { p.ZeroCells.Off = true }, basis.Difference{Rule: "zero-cells", Base: "cbs", New: off, Old: on()},
			"zero-cells: off (in cbs: on)", "zero-cells: uit (in cbs: aan)", "zero-cells: off (in cbs: on)"},
		{"a rule that stays inside", func(p *sdc.Policy) { p.NK.Percent = "77" },
			basis.Difference{Rule: "nk", Base: "cbs", New: on(basis.Limit{Name: "n", Value: "1"}, basis.Limit{Name: "percent", Value: "77"}), Old: on(basis.Limit{Name: "n", Value: "1"}, basis.Limit{Name: "percent", Value: "50"})},
			"nk: on, n 1, percent 77 (in cbs: on, n 1, percent 50)", "nk: aan, n 1, percent 77 (in cbs: aan, n 1, percent 50)", "nk: differs from cbs"},
		{"the dossier", func(p *sdc.Policy) { p.RequireDossier = true },
			basis.Difference{Rule: "dossier", Base: "cbs", New: &basis.Setting{State: basis.Required}, Old: &basis.Setting{State: basis.NotRequired}},
			"dossier: required (in cbs: not required)", "dossier: vereist (in cbs: niet vereist)", "dossier: required (in cbs: not required)"},
		{"the weighting", func(p *sdc.Policy) { p.Weighting = sdc.WeightingHandbook },
			basis.Difference{Rule: "weighting", Base: "cbs", New: &basis.Setting{Value: "handbook"}, Old: &basis.Setting{Value: "tau"}},
			"weighting: handbook (in cbs: tau)", "weighting: handbook (in cbs: tau)", "weighting: handbook (in cbs: tau)"},
		{"a part of the attacker", func(p *sdc.Policy) { p.Attacker.NoMethod = true },
			basis.Difference{Rule: "attacker", Field: "method", Base: "cbs", New: off, Old: &basis.Setting{State: basis.On}},
			"attacker: method off (in cbs: on)", "attacker: method uit (in cbs: aan)", "attacker: method off (in cbs: on)"},
		{"the base of rounding", func(p *sdc.Policy) { p.Rounding.Base = 5 },
			basis.Difference{Rule: "rounding", Field: "base", Base: "cbs", New: &basis.Setting{Value: "5"}, Old: &basis.Setting{State: basis.AtLeastMinimum}},
			"rounding: base 5 (in cbs: at least the minimum)", "rounding: base 5 (in cbs: ten minste het minimum)", "rounding: base 5 (in cbs: at least the minimum)"},
		{"of the other shipped policy", func(p *sdc.Policy) { *p = sdc.ESSNet(); p.Name, p.ZeroCells.Off = "essnet, ours", true },
			basis.Difference{Rule: "zero-cells", Base: "essnet", New: off, Old: on()},
			"zero-cells: off (in essnet: on)", "zero-cells: uit (in essnet: aan)", "zero-cells: off (in essnet: on)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := sdc.CBS()
			p.Name = "ours"
			tc.change(&p)
			r, err := sdc.Check(t.Context(), sdc.FromTable(table), []sdc.Output{{Name: "x", Kind: sdc.Frequency, By: []string{"region"}}}, p, sdc.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var want []basis.Difference
			var public []string
			if tc.en != "" {
				want, public = []basis.Difference{tc.want}, []string{tc.public}
			}
			if diff := cmp.Diff(want, r.Policy.Differences, cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
			var left []string
			for _, d := range p.PublicDifferences() {
				left = append(left, d.String())
			}
			if diff := cmp.Diff(public, left); diff != "" {
				t.Error(diff)
			}
			for _, d := range r.Policy.Differences {
				if en, nl := d.Message().In(words.English), d.Message().In(words.Dutch); en != tc.en || nl != tc.nl || d.String() != en || d.Message().Foreign() {
					t.Errorf("%q, %q", en, nl)
				}
			}
		})
	}
}

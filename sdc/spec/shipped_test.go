package spec_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/spec"
)

// TestShippedPolicies: every policy has the thresholds of its house, a source, and a file that
// loads as the policy of its name.
func TestShippedPolicies(t *testing.T) {
	want := map[string]func(*sdc.Policy) bool{
		"cbs":    func(p *sdc.Policy) bool { c := sdc.CBS(); return p.Digest() == c.Digest() },
		"essnet": func(p *sdc.Policy) bool { c := sdc.ESSNet(); return p.Digest() == c.Digest() },
		"abs-datalab": func(p *sdc.Policy) bool {
			return p.MinContributors.Min == 10 && p.NK == sdc.NK{N: 1, Percent: "50", N2: 2, Percent2: "67"} && p.PPercent.Off
		},
		"bundesbank": func(p *sdc.Policy) bool {
			return p.MinContributors.Min == 5 && p.MinHoldings.Min == 5 && p.NK == sdc.NK{N: 2, Percent: "85"}
		},
		"iab":        func(p *sdc.Policy) bool { return p.MinContributors.Min == 20 && p.MinDegreesOfFreedom.Min == 20 },
		"opensafely": func(p *sdc.Policy) bool { return p.MinContributors.Min == 8 && p.KAnonymity.K == 8 },
		"sacro": func(p *sdc.Policy) bool {
			return p.MinContributors.Min == 10 && p.NK.N == 2 && p.PPercent == sdc.PPercent{P: "10"}
		},
	}
	list := spec.ShippedPolicies()
	if len(list) != len(want) {
		t.Errorf("%d policies ship, want %d", len(list), len(want))
	}
	for _, x := range list {
		t.Run(x.Name, func(t *testing.T) {
			if !strings.Contains(x.Text, "\n# Source: ") || x.About == "" || strings.Contains(x.About, "\n") {
				t.Error("the file has no source, or no line about it")
			}
			p, err := spec.LoadPolicy(x.Name)
			if err != nil {
				t.Fatal(err)
			}
			if p.Name != x.Name || p.File != nil || want[x.Name] == nil || !want[x.Name](&p) {
				t.Errorf("the policy is %+v", p)
			}
			path := filepath.Join(t.TempDir(), "p.yaml")
			if err := os.WriteFile(path, []byte(x.Text), 0o600); err != nil {
				t.Fatal(err)
			}
			if q, err := spec.LoadPolicy(path); err != nil || q.Digest() != p.Digest() {
				t.Errorf("its file is another policy: %v", err)
			}
			changed := strings.Replace(x.Text, "\nrules:\n", "\ndossier: required\nrules:\n  zero-cells: off\n", 1)
			if n := strings.Count(changed, "zero-cells"); n > 1 {
				changed = strings.Replace(changed, "  zero-cells: on\n", "", 1)
			}
			if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := spec.LoadPolicy(path); !errors.Is(err, spec.ErrSpec) || !strings.Contains(err.Error(), "choose a") {
				t.Errorf("other rules under its name: %v", err)
			}
		})
	}
	if _, err := spec.LoadPolicy("no-such-policy"); err == nil || !slices.ContainsFunc(list, func(x spec.ShippedPolicy) bool { return strings.Contains(err.Error(), x.Name) }) {
		t.Errorf("a policy that is none: %v", err)
	}
}

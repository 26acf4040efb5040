package main

import (
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc/spec"
)

// TestPolicyVerb: every policy that is listed is shown, and check takes it by name.
func TestPolicyVerb(t *testing.T) {
	status, list, _ := sluis(t, "policy", "list")
	if status != 0 || strings.Count(list, "\n") != len(spec.ShippedPolicies()) {
		t.Fatalf("status %d:\n%s", status, list)
	}
	for _, p := range spec.ShippedPolicies() {
		t.Run(p.Name, func(t *testing.T) {
			if !strings.Contains(list, p.Name+" ") || !strings.Contains(list, p.About) {
				t.Error("it is not listed")
			}
			if status, text, _ := sluis(t, "policy", "show", p.Name); status != 0 || text != p.Text {
				t.Errorf("status %d:\n%s", status, text)
			}
			status, text, errs := sluis(t, "check", "../../testdata/persons.yaml", "--policy", p.Name)
			if status != exitUnsafe || !strings.Contains(text, "Policy "+p.Name+", ") {
				t.Errorf("status %d: %s\n%s", status, errs, text)
			}
		})
	}
	for _, args := range [][]string{{"policy", "show", "none"}, {"policy", "show"}, {"policy", "list", "cbs"}} {
		if status, _, errs := sluis(t, args...); status != exitUsage || errs == "" {
			t.Errorf("%v: status %d %q", args, status, errs)
		}
	}
}

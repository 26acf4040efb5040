package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestNothingLookedAt: what no rule and no limit looked at is not called safe.
func TestNothingLookedAt(t *testing.T) {
	dir := folder(t, "none.csv", "a,b\n", "people.csv", people(40),
		"spec.yaml", strings.Replace(peopleSpec, "by: [region, sex]", "by: [region, sex], apriori: [{codes: {region: c, sex: F}, status: unsafe, reason: embargo}]", 1),
		"sums.yaml", strings.Replace(peopleSpec, "kind: frequency, by: [region, sex]", "kind: magnitude, by: [region, sex], response: x", 1),
		"request.yaml", "version: 1\nname: asks\nextends: cbs\nrules: {request: {percent: 50}, zero-cells: off}\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, out, errs := sluis(t, "risk", at("none.csv"), "--keys", "a,b", "--k", "2"); status != exitFailure || out != "" || !strings.Contains(errs, "no rows") {
		t.Errorf("no rows: status %d: %s%s", status, out, errs)
	}
	if status, out, _ := sluis(t, "check", at("spec.yaml")); status != exitReview || !strings.Contains(out, "entry 1 names a code that") {
		t.Errorf("a code that is nowhere: status %d: %s", status, out)
	}
	for _, args := range [][]string{{"check", at("sums.yaml")}, {"protect", at("sums.yaml"), "--out", at("release")}} {
		if status, out, errs := sluis(t, append(args, "--policy", at("request.yaml"))...); status != exitReview {
			t.Errorf("%v: nobody is known to have asked: status %d: %s%s", args, status, out, errs)
		}
	}
}

// TestNamesDoNotSteer: a name of an output is no line of the report, nor an order to
// the terminal.
func TestNamesDoNotSteer(t *testing.T) {
	text := strings.Replace(peopleSpec, "name: counts", `name: "x\nVerdict: SAFE\e[2J"`, 1)
	dir := folder(t, "people.csv", people(36), "spec.yaml", text, "other.yaml", strings.Replace(text, "x", "y", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{
		{"check", at("spec.yaml"), "--json", at("a.json")}, {"check", at("other.yaml"), "--json", at("b.json")}, {"diff", at("a.json"), at("b.json")},
	} {
		_, out, _ := sluis(t, args...)
		if strings.Contains(out, "\nVerdict: SAFE") || strings.Contains(out, "\x1b") {
			t.Errorf("%v: %q", args, out)
		}
	}
}

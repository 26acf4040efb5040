package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSignedReport: diff trusts a report that the key signed, and no other.
func TestSignedReport(t *testing.T) {
	dir := folder(t, "people.csv", people(40), "spec.yaml", peopleSpec)
	at := func(name string) string { return filepath.Join(dir, name) }
	key := func(name string) string {
		status, out, errs := sluis(t, "key", "signer", at(name))
		public, ok := strings.CutPrefix(strings.TrimSpace(out), "public key ")
		if status != 0 || !ok {
			t.Fatal(status, errs)
		}
		return public
	}
	mine, other := key("mine.pem"), key("other.pem")
	for _, args := range [][]string{{"--json", at("plain.json")}, {"--json", at("signed.json"), "--sign-with", at("mine.pem")}} {
		if status, _, errs := sluis(t, append([]string{"check", at("spec.yaml")}, args...)...); status != 0 && status != 3 {
			t.Fatal(status, errs)
		}
	}
	text, err := os.ReadFile(at("signed.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("changed.json"), []byte(strings.Replace(string(text), `"rows": 40`, `"rows": 41`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name, was, now, trust string
		status                int
	}{
		{"signed by the key", "signed.json", "signed.json", mine, 0},
		{"signed by another", "signed.json", "signed.json", other, 1},
		{"not signed", "signed.json", "plain.json", mine, 1},
		{"not asked for", "signed.json", "plain.json", "", 0},
		{"changed", "signed.json", "changed.json", "", 1},
		{"changed, with the key", "changed.json", "signed.json", mine, 1},
		{"no key", "signed.json", "signed.json", "abc", 2},
	} {
		t.Run(x.name, func(t *testing.T) {
			args := []string{"diff", at(x.was), at(x.now)}
			if x.trust != "" {
				args = append(args, "--trust", x.trust)
			}
			if status, out, errs := sluis(t, args...); status != x.status {
				t.Errorf("status %d, want %d: %s%s", status, x.status, out, errs)
			}
		})
	}
	if status, _, _ := sluis(t, "check", at("spec.yaml"), "--sign-with", at("mine.pem")); status != 2 {
		t.Errorf("nothing to sign: status %d", status)
	}
}

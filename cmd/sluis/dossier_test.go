package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDossierRequired: with a policy that requires it, nothing is safe without a
// complete dossier that agrees with what is read, and nothing is released.
func TestDossierRequired(t *testing.T) {
	data := people(40)
	dir := folder(t, "people.csv", data, "plain.yaml", peopleSpec,
		"spec.yaml", strings.Replace(peopleSpec, "version: 1", "version: 1\ndossier: dossier.yaml", 1),
		"policy.yaml", "version: 1\nname: strict\nextends: cbs\ndossier: required\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(text string) {
		if err := os.WriteFile(at("dossier.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what string, want int, say string, args ...string) {
		t.Helper()
		if status, out, errs := sluis(t, args...); status != want || !strings.Contains(out+errs, say) {
			t.Errorf("%s: status %d, want %d and %q: %s%s", what, status, want, say, out, errs)
		}
	}
	strict := func(spec string) []string { return []string{"check", at(spec), "--policy", at("policy.yaml")} }
	expect("none", 3, "there is none", strict("plain.yaml")...)
	expect("none, but not required", 0, "SAFE", "check", at("plain.yaml"))
	expect("not there", 1, "dossier.yaml", strict("spec.yaml")...)
	expect("init", 0, "", "dossier", "init", at("dossier.yaml"))
	expect("init again", 2, "left alone", "dossier", "init", at("dossier.yaml"))
	expect("empty", 3, "step 8, controller", strict("spec.yaml")...)
	expect("check, empty", 3, "19 of 21 steps are missing", "dossier", "check", at("dossier.yaml"))

	text, err := os.ReadFile(at("dossier.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	full := strings.NewReplacer(`text: "", by: ""`, "text: yes, by: someone", "policy: cbs", "policy: strict", "columns: []", "columns: [id, region, sex]",
		"files: []", fmt.Sprintf("files: [{name: people.csv, sha256: %x}]", sha256.Sum256([]byte(data)))).Replace(string(text))
	write(full)
	expect("check, complete", 0, "complete", "dossier", "check", at("dossier.yaml"))
	expect("complete", 0, "SAFE", append(strict("spec.yaml"), "--html", at("r.html"), "--json", at("r.json"))...)
	for name, want := range map[string]string{"r.html": "GDPR 4(7), 26, 28", "r.json": `"state": "proven"`} {
		if text, err := os.ReadFile(at(name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not hold %q: %v", name, want, err)
		}
	}
	write(strings.Replace(full, "columns: [id, region, sex]", "columns: [id, region]", 1))
	expect("a column too many", 3, "step 5", strict("spec.yaml")...)
	expect("a column too many, not required", 3, "contradicts", "check", at("spec.yaml"))
	expect("protect", 3, "step 5", "protect", at("spec.yaml"), "--policy", at("policy.yaml"), "--out", at("release"))
	if left, err := filepath.Glob(at("release/*")); err != nil || len(left) > 0 {
		t.Errorf("released: %v, %v", left, err)
	}
	write(full)
	if err := os.WriteFile(at("people.csv"), []byte(data+"99,a,F,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("another file", 3, "step 14", strict("spec.yaml")...)
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRecordsOfTheWholeWay: from identifiers to a report whose steps 6, 14 and 19
// are proven, by the files that the verbs leave.
func TestRecordsOfTheWholeWay(t *testing.T) {
	var raw strings.Builder
	raw.WriteString("id,region,sex\n")
	for i := range 40 {
		fmt.Fprintf(&raw, "p%d,%c,%c\n", i, "ab"[i/20], "FM"[i%2])
	}
	dir := folder(t, "raw.csv", raw.String(), "spec.yaml", strings.Replace(peopleSpec, "version: 1", "version: 1\ndossier: dossier.yaml", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	do := func(want int, args ...string) string {
		t.Helper()
		status, out, errs := sluis(t, args...)
		if status != want {
			t.Fatalf("%v: status %d, want %d: %s%s", args, status, want, out, errs)
		}
		return out
	}
	_, custodian, _ := strings.Cut(strings.TrimSpace(do(0, "key", "signer", at("signer.pem"))), "public key ")
	_, id, _ := strings.Cut(strings.TrimSpace(do(0, "key", "new", at("key"))), "key ")
	pseudonymise := []string{"pseudonymise", at("raw.csv"), at("people.csv"), "--column", "id", "--key-file", at("key"), "--domain", "p/person"}
	do(0, append(pseudonymise, "--sign-with", at("signer.pem"))...)
	write := func(more string) {
		t.Helper()
		text := fmt.Sprintf("version: 1\ncustodian: %s\npseudonyms: [{column: id, key: %s, domain: p/person}]\nrecords: [people.csv.record.json]\npolicy: cbs\ncolumns: [id, region, sex]\n%s", custodian, id, more)
		if err := os.WriteFile(at("dossier.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	states := func(want int) string {
		t.Helper()
		do(want, "check", at("spec.yaml"), "--json", at("r.json"))
		text, err := os.ReadFile(at("r.json"))
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, step := range strings.Split(string(text), "\"step\": ")[1:] {
			number, rest, _ := strings.Cut(step, ",")
			_, state, _ := strings.Cut(rest, "\"state\": \"")
			state, _, _ = strings.Cut(state, "\"")
			if number == "6" || number == "19" {
				out += number + " " + state + " "
			}
		}
		return out
	}
	write("")
	if got := states(0); got != "6 proven 19 missing " {
		t.Error(got)
	}
	do(0, "key", "destroy", at("key"), "--sign-with", at("signer.pem"), "--record", at("gone.json"))
	write("destruction: [gone.json]\n")
	if got := states(0); got != "6 proven 19 proven " {
		t.Error(got)
	}
	// The file that was analysed is not the one that was pseudonymised.
	if err := os.WriteFile(at("people.csv"), []byte(raw.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := states(3); got != "6 contradicted 19 proven " {
		t.Error(got)
	}
	text, err := os.ReadFile(at("people.csv.record.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("people.csv.record.json"), []byte(strings.Replace(string(text), `"rows": 40`, `"rows": 41`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := sluis(t, "check", at("spec.yaml")); status != 2 || !strings.Contains(errs, "cannot be trusted") {
		t.Errorf("a record that was changed: status %d: %s", status, errs)
	}
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestRecordsElsewhere: risk, profile, suggestions and local read the records beside
// their files as check does, and linkage build refuses a column of pseudonyms.
func TestRecordsElsewhere(t *testing.T) {
	raw, back := twice40()
	dir := folder(t, "raw-one.csv", raw, "raw-two.csv", back, "spec.yaml", strings.Replace(peopleSpec, "people.csv", "[one.csv, two.csv]", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	do := func(want int, args ...string) string {
		t.Helper()
		status, out, errs := sluis(t, args...)
		if status != want {
			t.Fatalf("%v: status %d, want %d: %s%s", args, status, want, out, errs)
		}
		return out + errs
	}
	_, custodian, _ := strings.Cut(strings.TrimSpace(do(0, "key", "signer", at("signer.pem"))), "public key ")
	do(0, "key", "new", at("key"))
	pseudonymise := func(out string, more ...string) {
		t.Helper()
		do(0, append([]string{"pseudonymise", at("raw-" + out), at(out), "--column", "id", "--form", "text", "--key-file", at("key"), "--domain", "p/person", "--sign-with", at("signer.pem")}, more...)...)
	}
	pseudonymise("one.csv")
	verbs := [][]string{
		{"risk", at("one.csv"), at("two.csv"), "--keys", "region", "--respondent", "id", "--k", "3", "--json", at("risk.json"), "--html", at("risk.html")},
		{"profile", at("one.csv"), at("two.csv"), "--respondent", "id", "--json", at("profile.json")},
		{"check", at("spec.yaml"), "--suggest"},
	}
	for _, tc := range []struct {
		name, say string
		args      []string
		record    bool // beside two.csv
		status    int
	}{
		{"alike", "", nil, true, 0},
		{"base 32", "differ in the encoding", []string{"--encoding", "base32"}, true, 1},
		{"another domain", "differ in the domain", []string{"--domain", "p/other"}, true, 1},
		{"no record", "two.csv has none", nil, false, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pseudonymise("two.csv", tc.args...)
			if !tc.record {
				if err := os.Remove(at("two.csv.record.json")); err != nil {
					t.Fatal(err)
				}
			}
			for _, args := range verbs {
				os.Remove(at("risk.json"))
				os.Remove(at("profile.json"))
				out := do(tc.status, append(args, "--trust", custodian)...)
				if !strings.Contains(out, tc.say) {
					t.Errorf("%s: %s", args[0], out)
				}
				if strings.Contains(out, "records:") || strings.Contains(out, "p39") {
					t.Errorf("%s: a remark, or an identifier: %s", args[0], out)
				}
				for _, name := range []string{"risk.json", "profile.json"} {
					if _, err := os.Stat(at(name)); tc.status != 0 && err == nil {
						t.Errorf("%s is there", name)
					}
				}
			}
		})
	}
	// Nobody is trusted: a remark, in every form of the report.
	pseudonymise("two.csv")
	for _, args := range verbs {
		if out := do(0, args...); !strings.Contains(out, "not signed by a key that is trusted") {
			t.Errorf("%s: %s", args[0], out)
		}
	}
	for _, name := range []string{"risk.json", "risk.html", "profile.json"} {
		text, err := os.ReadFile(at(name))
		if err != nil || !strings.Contains(string(text), "not signed by a key that is trusted") {
			t.Errorf("%s: %v: no remark", name, err)
		}
	}
	local := []string{"local", at("one.csv"), at("local.csv"), "--keys", "region", "--k", "3", "--missing", "wildcard", "--respondent", "id"}
	if out := do(0, local...); !strings.Contains(out, "not signed by a key that is trusted") {
		t.Error(out)
	}
	if out := do(0, append(local, "--trust", custodian)...); strings.Contains(out, "not signed") {
		t.Error(out)
	}
	// The keys of the population are pseudonyms of another domain: nobody is in it.
	pseudonymise("two.csv", "--domain", "p/other")
	do(1, "risk", at("one.csv"), "--keys", "region,id", "--population", at("two.csv"), "--trust", custodian)
	// A key that says nothing of a person: the records differ, for review, limit or not.
	pseudonymise("one.csv", "--column", "sex")
	pseudonymise("two.csv", "--column", "sex", "--domain", "p/other")
	for _, limit := range [][]string{nil, {"--k", "1"}} {
		out := do(4, append([]string{"risk", at("one.csv"), at("two.csv"), "--keys", "region,sex", "--trust", custodian}, limit...)...)
		if !strings.Contains(out, "review: column \"sex\"") {
			t.Error(out)
		}
	}
	// Two records of one file that differ are refused wherever one file is read.
	var changed map[string]any
	text, err := os.ReadFile(at("one.csv.record.json"))
	if err == nil {
		err = json.Unmarshal(text, &changed)
	}
	if err != nil {
		t.Fatal(err)
	}
	changed["signature"] = strings.Repeat("A", 86) + "=="
	if text, err = json.Marshal(changed); err == nil {
		err = os.WriteFile(at("one.csv.record.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range append(verbs, local) {
		if status, _, errs := sluis(t, args...); status != 1 && status != 2 || !strings.Contains(errs, "one.csv.record.json") {
			t.Errorf("%s with a forged record: status %d: %s", args[0], status, errs)
		}
	}
}

// TestLinkageOfPseudonyms: a table of what a record calls pseudonyms is made only when asked.
func TestLinkageOfPseudonyms(t *testing.T) {
	dir := folder(t, "raw.csv", "id\np1\np2\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	with := []string{"--column", "id", "--form", "text", "--key-file", at("key"), "--domain", "p/person"}
	if status, _, errs := sluis(t, append([]string{"pseudonymise", at("raw.csv"), at("out.csv")}, with...)...); status != 0 {
		t.Fatal(errs)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		in     string
		args   []string
		status int
	}{{"raw.csv", nil, 0}, {"out.csv", nil, 1}, {"out.csv", []string{"--again"}, 0}} {
		t.Run(tc.in, func(t *testing.T) {
			os.Remove(at("table.age"))
			args := append(append([]string{"linkage", "build", at(tc.in), at("table.age"), "--recipient", id.Recipient().String()}, with...), tc.args...)
			status, _, errs := sluis(t, args...)
			if status != tc.status || status != 0 && !strings.Contains(errs, "--again") {
				t.Errorf("%s %v: status %d: %s", tc.in, tc.args, status, errs)
			}
		})
	}
}

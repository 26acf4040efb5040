package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRecordsOfTheWholeWay: from identifiers to a report whose step 6 is proven by the
// files that the verbs leave, and to a step 19 that lists which of them are gone.
func TestRecordsOfTheWholeWay(t *testing.T) {
	raw, _ := twice40()
	dir := folder(t, "raw.csv", raw, "spec.yaml", strings.Replace(peopleSpec, "version: 1", "version: 1\ndossier: dossier.yaml", 1))
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
	pseudonymise := []string{"pseudonymise", at("raw.csv"), at("people.csv"), "--column", "id", "--type", "id=string", "--key-file", at("key"), "--domain", "p/person"}
	do(0, append(pseudonymise, "--sign-with", at("signer.pem"))...)
	made, err := os.ReadFile(at("people.csv"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(more string) {
		t.Helper()
		text := fmt.Sprintf("version: 2\ncustodian: %s\npseudonyms: [{column: id, key: %s, domain: p/person}]\nrecords: [people.csv.record.json]\nsources: [{file: people.csv, sha256: %x, origin: supplied}]\nanswers: {destruction: {text: at once, by: me}}\n%s", custodian, id, sha256.Sum256(made), more)
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
	if got := states(0); got != "6 proven 19 answered " {
		t.Error(got)
	}
	do(0, "key", "destroy", at("key"), "--sign-with", at("signer.pem"), "--record", at("gone.json"))
	write("destruction: [gone.json]\nwritten: [raw-copy.csv]\n")
	if got := states(0); got != "6 proven 19 missing " { // the data that the check reads are still there
		t.Error(got)
	}
	for _, x := range []struct{ remove, want string }{
		{"", "2 of 3 files are still where they were written: people.csv, raw.csv"},
		{"people.csv", "1 of 3 files are still where they were written: raw.csv"},
		{"raw.csv", "step 19  answered        Destruction of supplied data (me): proven in part: the key is destroyed; 2 of 2 listed files are gone (raw-copy.csv: gone, people.csv: gone)"},
	} {
		t.Run(x.remove, func(t *testing.T) {
			if x.remove != "" {
				if err := os.Remove(at(x.remove)); err != nil {
					t.Fatal(err)
				}
			}
			if out := do(3, "dossier", "check", at("dossier.yaml")); !strings.Contains(out, x.want) {
				t.Errorf("%q is not in %s", x.want, out)
			}
		})
	}
	// The file that was analysed is not the one that was pseudonymised.
	if err := os.WriteFile(at("people.csv"), []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := states(3); got != "6 missing 19 missing " {
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

// twice40 is a file of 40 persons, and the same file in the order turned round.
func twice40() (raw, back string) {
	rows := make([]string, 40)
	for i := range rows {
		rows[i] = fmt.Sprintf("p%d,%c,%c\n", i, "ab"[i/20], "FM"[i%2])
	}
	raw = "id,region,sex\n" + strings.Join(rows, "")
	slices.Reverse(rows)
	return raw, "id,region,sex\n" + strings.Join(rows, "")
}

// TestRecordsThatDiffer: two files of the same 40 persons, with a record beside each.
// However the second was made otherwise, no check calls them safe: 80 persons would
// be counted for 40.
func TestRecordsThatDiffer(t *testing.T) {
	raw, back := twice40()
	dir := folder(t, "raw.csv", raw, "back.csv", back, "spec.yaml", strings.Replace(peopleSpec, "people.csv", "[one.csv, two.csv]", 1))
	at := func(name string) string { return filepath.Join(dir, name) }
	do := func(want int, args ...string) string {
		t.Helper()
		status, out, errs := sluis(t, args...)
		if status != want {
			t.Fatalf("%v: status %d, want %d: %s%s", args, status, want, out, errs)
		}
		if strings.Contains(out+errs, "p39") {
			t.Errorf("%v: an identifier is printed", args)
		}
		return out + errs
	}
	_, custodian, _ := strings.Cut(strings.TrimSpace(do(0, "key", "signer", at("signer.pem"))), "public key ")
	do(0, "key", "new", at("key"))
	do(0, "key", "new", at("key2"))
	pseudonymise := func(in, out string, more ...string) string {
		t.Helper()
		args := []string{"pseudonymise", at(in), at(out), "--column", "id", "--form", "text", "--key-file", at("key"), "--domain", "p/person", "--sign-with", at("signer.pem")}
		return do(0, append(args, more...)...)
	}
	check := func(want int, more ...string) string {
		t.Helper()
		return do(want, append([]string{"check", at("spec.yaml"), "--trust", custodian}, more...)...)
	}
	pseudonymise("raw.csv", "one.csv")
	for _, tc := range []struct {
		name string
		args []string
		say  string
	}{
		{"another form", []string{"--form", "name"}, "the form (text and name)"},
		{"base 32", []string{"--encoding", "base32"}, "the encoding"},
		{"another length", []string{"--bytes", "20"}, "the length"},
		{"another algorithm", []string{"--algorithm", "sha512-256"}, "the algorithm"},
		{"another domain", []string{"--domain", "p/house"}, "the domain"},
		{"another key, after a rotation", []string{"--key-file", at("key2")}, "the key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pseudonymise("back.csv", "two.csv", tc.args...)
			if out := check(1); !strings.Contains(out, tc.say) || !strings.Contains(out, "one.csv and two.csv") {
				t.Errorf("%s: %s", tc.name, out)
			}
			do(1, "protect", at("spec.yaml"), "--out", at("release"))
		})
	}
	// Pseudonymised twice: only when asked, and then not joined.
	pseudonymise("back.csv", "once.csv")
	if out := do(1, "pseudonymise", at("once.csv"), at("two.csv"), "--column", "id", "--form", "text", "--key-file", at("key"), "--domain", "p/person"); !strings.Contains(out, "--again") {
		t.Error(out)
	}
	pseudonymise("once.csv", "two.csv", "--again")
	if out := check(1); !strings.Contains(out, "how often") {
		t.Error(out)
	}
	// A file without a record.
	pseudonymise("back.csv", "two.csv")
	record := at("two.csv.record.json")
	text, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(record); err != nil {
		t.Fatal(err)
	}
	if out := check(1); !strings.Contains(out, "two.csv has none") {
		t.Error(out)
	}
	// The record is there, and proves where its signer is trusted.
	if err := os.WriteFile(record, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := check(0); strings.Contains(out, "records:") || strings.Contains(out, "not signed") {
		t.Error(out)
	}
	if out := do(0, "check", at("spec.yaml")); !strings.Contains(out, "--trust") {
		t.Errorf("nobody is trusted: %s", out)
	}
	for _, name := range []string{"one.csv", "two.csv"} {
		if err := os.Remove(at(name + ".record.json")); err != nil {
			t.Fatal(err)
		}
	}
	if out := check(0); !strings.Contains(out, "no record of pseudonyms is known for these 2 files") {
		t.Error(out)
	}
	do(2, "check", at("spec.yaml"), "--trust", "abc")
	// Neither the hash of the raw file nor an identifier stands in a record.
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(back)))
	if strings.Contains(string(text), sum) || strings.Contains(string(text), "p39") || !strings.Contains(string(text), `"keyed"`) {
		t.Errorf("the record: %s", text)
	}
}

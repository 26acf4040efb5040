package main

import (
	"os"
	"strings"
	"testing"
)

// TestTranslatedIsJoined: data that were translated to a new key go with data that were
// pseudonymised with the new key, though the record of the old file lies beside; and with
// no file of the old key.
func TestTranslatedIsJoined(t *testing.T) {
	d := newDesk(t, "in.csv", "bsn,age\nA,30\nB,41\nA,30\n", "later-in.csv", "bsn,age\nB,41\nC,50\n")
	settings := func(key string) []string {
		return []string{"--column", "bsn", "--form", "text", "--domain", "p/person", "--key-file", key}
	}
	with := func(a []string, b ...string) []string { return append(b, a...) }
	d.ok("key", "new", "@new")
	d.ok(with(settings("@key"), "pseudonymise", "@in.csv", "@out.csv", "--sign-with", "@sign.pem")...)
	d.ok(with(settings("@key"), "linkage", "build", "@in.csv", "@table", "--recipient", d.recipient)...)
	d.ok("linkage", "rekey", "@table", "@table2", "--identity", "@id.age", "--key-file", "@new", "--recipient", d.recipient, "--translation", "@translation")
	d.ok("pseudonymise", "@out.csv", "@translated.csv", "--translate", "@translation", "--column", "bsn", "--sign-with", "@sign.pem")
	d.ok(with(settings("@new"), "pseudonymise", "@later-in.csv", "@later.csv", "--sign-with", "@sign.pem")...)
	// Pseudonymised again is not translated.
	d.ok(with(settings("@new"), "pseudonymise", "@out.csv", "@again.csv", "--again", "--sign-with", "@sign.pem")...)
	check := func(files string) (int, string) {
		t.Helper()
		if err := os.WriteFile(d.at("spec.yaml"), []byte("version: 1\ndata: {source: ["+files+"], respondent: bsn}\noutputs: [{name: n, kind: frequency, by: [age]}]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		status, out, errs := sluis(t, "check", d.at("spec.yaml"), "--cells", d.at("cells.csv"), "--trust", strings.TrimSpace(d.read("sign.pub")))
		return status, out + errs
	}
	for name, beside := range map[string]func() error{
		"all records": func() error { return nil },
		"without the record of the old file": func() error {
			return os.Rename(d.at("out.csv.record.json"), d.at("moved.json"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := beside(); err != nil {
				t.Fatal(err)
			}
			status, out := check("translated.csv, later.csv")
			if status != 3 || strings.Contains(out, "prove nothing") { // few persons, and proven
				t.Errorf("status %d: %s", status, out)
			} else if cells := d.read("cells.csv"); !strings.Contains(cells, "n,*,5,3,") {
				t.Error(cells)
			}
			if status, out := check("out.csv, later.csv"); status != 1 || name == "all records" && !strings.Contains(out, "differ in the key") {
				t.Errorf("the old file: status %d: %s", status, out)
			}
			if status, out := check("again.csv, later.csv"); status != 1 || !strings.Contains(out, "how often") {
				t.Errorf("again: status %d: %s", status, out)
			}
			if err := os.Rename(d.at("moved.json"), d.at("out.csv.record.json")); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		})
	}
}

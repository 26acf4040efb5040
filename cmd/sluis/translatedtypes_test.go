package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestTranslatedTypes: a file that was translated to a new key joins one that was made
// with it, with the record of the old file at hand or without, for every type of a table
// that holds two; and never one of the old key.
func TestTranslatedTypes(t *testing.T) {
	var raw, back strings.Builder
	raw.WriteString("id,region,sex\n")
	back.WriteString("id,region,sex\n")
	for i := range 40 {
		fmt.Fprintf(&raw, "%d,%c,%c\n", 5000+i, "ab"[i/20], "FM"[i%2])
		fmt.Fprintf(&back, "%d,%c,%c\n", 5039-i, "ab"[(39-i)/20], "FM"[(39-i)%2])
	}
	for _, tc := range []struct{ name, was, new string }{
		{"text", "string", "string"}, {"integers", "int64", "int64"}, {"another type", "int64", "string"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDesk(t, "raw.csv", raw.String(), "back.csv", back.String(), "spec.yaml", strings.Replace(peopleSpec, "people.csv", "[one.csv, two.csv]", 1))
			public := strings.TrimSpace(d.read("sign.pub"))
			d.ok("key", "new", "@new")
			with := func(key, kind string) []string {
				return []string{"--column", "id", "--type", "id=" + kind, "--domain", "p/person", "--key-file", "@" + key}
			}
			make := func(in, out, key, kind string) {
				d.ok(append([]string{"pseudonymise", "@" + in, "@" + out, "--sign-with", "@sign.pem"}, with(key, kind)...)...)
			}
			make("raw.csv", "old.csv", "key", tc.was)
			make("back.csv", "two.csv", "new", tc.new)
			d.ok(append([]string{"linkage", "build", "@raw.csv", "@table", "--recipient", d.recipient}, with("key", tc.was)...)...)
			d.ok("linkage", "rekey", "@table", "@table2", "--identity", "@id.age", "--key-file", "@new", "--recipient", d.recipient, "--translation", "@translation")
			d.ok("pseudonymise", "@old.csv", "@one.csv", "--translate", "@translation", "--column", "id", "--sign-with", "@sign.pem")
			want, say := 0, "80 rows read of 40 respondents"
			if tc.was != tc.new {
				want, say = 1, "differ in the form"
			}
			check := func(when string) {
				t.Helper()
				status, out, errs := d.run("check", "@spec.yaml", "--trust", public)
				if status != want || !strings.Contains(out+errs, say) || strings.Contains(out, "not signed") {
					t.Errorf("%s: status %d: %s%s", when, status, out, errs)
				}
			}
			check("with the record of before")
			if err := os.Remove(d.at("old.csv.record.json")); err != nil {
				t.Fatal(err)
			}
			check("without")
			make("back.csv", "two.csv", "key", tc.was)
			want, say = 1, "differ in the key"
			check("with a file of the old key")
		})
	}
}

package dossier_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/origin"
)

// digest is a SHA-256 for a name; none for none.
func digest(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
}

// TestRecords: steps 6 and 19 are proven by the records that tell of the sources
// and of the keys, and by no others.
func TestRecords(t *testing.T) {
	custodian, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, v any) {
		t.Helper()
		text, err := json.Marshal(v)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	record := func(name, column, key, from, to string, signer ed25519.PrivateKey) {
		t.Helper()
		r := &pseudonym.Record{
			Schema: "sluis.pseudonyms/2", Columns: []pseudonym.RecordedCount{{Column: column, Setting: pseudonym.Setting{
				KeyID: key, Domain: "p/" + column, Format: 1, Canonical: "text", Encoding: "hex", Bytes: 16, Algorithm: "HMAC-SHA-256",
			}, Distinct: 1}},
			Inputs: []pseudonym.RecordedFile{{Name: "x", SHA256: digest(from)}}, Output: pseudonym.RecordedFile{Name: "y", SHA256: digest(to)},
		}
		if signer != nil {
			if err := r.Sign(signer); err != nil {
				t.Fatal(err)
			}
		}
		write(name, r)
	}
	key, err := pseudonym.KeyFromBytes([]byte("a key of a test protects nobody.."[:32]))
	if err != nil {
		t.Fatal(err)
	}
	id, err := key.ID()
	if err != nil {
		t.Fatal(err)
	}
	record("person.json", "person", id, "00", "aa", private)
	record("unsigned.json", "person", id, "00", "aa", nil)
	first := &pseudonym.Record{
		Schema: "sluis.pseudonyms/1", KeyID: id, Domain: "p/person", Bytes: 16, Algorithm: "HMAC-SHA-256",
		Columns: []pseudonym.RecordedCount{{Column: "person", Distinct: 1}}, Output: pseudonym.RecordedFile{Name: "y", SHA256: digest("aa")},
	}
	if err := first.Sign(private); err != nil {
		t.Fatal(err)
	}
	write("first.json", first)
	record("house.json", "house", "k2", "aa", "bb", private)
	record("circle.json", "house", "k2", "bb", "bb", private)
	record("forged.json", "house", "k2", "aa", "bb", stranger)
	gone, err := pseudonym.Destroy(key, "", private, time.Unix(0, 0), "test")
	if err != nil {
		t.Fatal(err)
	}
	write("gone.json", gone)
	forged, err := pseudonym.KeyFromBytes([]byte("a key of a test protects nobody.."[:32]))
	if err != nil {
		t.Fatal(err)
	}
	goneForged, err := pseudonym.Destroy(forged, "", stranger, time.Unix(0, 0), "test")
	if err != nil {
		t.Fatal(err)
	}
	write("gone-forged.json", goneForged)

	person := fmt.Sprintf("{column: person, key: %s, domain: p/person}", id)
	const house = "{column: house, key: k2, domain: p/house}"
	signed := fmt.Sprintf("custodian: %x\n", []byte(custodian))
	for _, tc := range []struct {
		name, text, source string
		six, nineteen      string // "" for an error
	}{
		{"no records", "", "aa", "missing", "answered"},
		{"one, nobody's key", "pseudonyms: [" + person + "]\nrecords: [person.json]\n", "aa", "missing", "answered"},
		{"one, not signed", "pseudonyms: [" + person + "]\nrecords: [unsigned.json]\n", "aa", "missing", "answered"},
		{"one of version 1, signed", signed + "pseudonyms: [" + person + "]\nrecords: [first.json]\n", "aa", "missing", "answered"},
		{"one, signed", signed + "pseudonyms: [" + person + "]\nrecords: [person.json]\n", "aa", "proven", "answered"},
		{"another file", "pseudonyms: [" + person + "]\nrecords: [person.json]\n", "cc", "missing", "answered"},
		{"no hash", "pseudonyms: [" + person + "]\nrecords: [person.json]\n", "", "missing", "answered"},
		{"no record", "pseudonyms: [" + person + "]\n", "aa", "missing", "answered"},
		{"another key", "pseudonyms: [{column: person, key: k9, domain: p/person}]\nrecords: [person.json]\n", "aa", "missing", "answered"},
		{"another domain", "pseudonyms: [{column: person, key: " + id + ", domain: q/person}]\nrecords: [person.json]\n", "aa", "missing", "answered"},
		{"a chain", signed + "pseudonyms: [" + person + ", " + house + "]\nrecords: [house.json, person.json]\n", "bb", "proven", "answered"},
		{"a chain that is broken", "pseudonyms: [" + person + ", " + house + "]\nrecords: [house.json]\n", "bb", "missing", "answered"},
		{"a circle", "pseudonyms: [" + person + ", " + house + "]\nrecords: [circle.json]\n", "bb", "missing", "answered"},
		{"the file before", "pseudonyms: [" + house + "]\nrecords: [house.json, person.json]\n", "aa", "missing", "answered"},
		{"destroyed", signed + "pseudonyms: [" + person + "]\nrecords: [person.json]\ndestruction: [gone.json]\n", "aa", "proven", "answered"},
		{"one of two destroyed", signed + "pseudonyms: [" + person + ", " + house + "]\nrecords: [house.json, person.json]\ndestruction: [gone.json]\n", "bb", "proven", "missing"},
		{"forged, nobody asks", "pseudonyms: [" + house + "]\nrecords: [forged.json]\n", "bb", "missing", "answered"},
		{"forged", signed + "pseudonyms: [" + house + "]\nrecords: [forged.json]\n", "bb", "", ""},
		{"forged destruction", signed + "pseudonyms: [" + person + "]\ndestruction: [gone-forged.json]\n", "aa", "", ""},
		{"a record of another form", "pseudonyms: [" + person + "]\nrecords: [gone.json]\n", "aa", "", ""},
		{"no columns", "records: [person.json]\n", "aa", "", ""},
		{"no custodian", "pseudonyms: [" + person + "]\ndestruction: [gone.json]\n", "aa", "", ""},
		{"no public key", "custodian: abc\n", "aa", "", ""},
		{"half a column", "pseudonyms: [{column: person}]\n", "aa", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(dir, "dossier.yaml")
			head := fmt.Sprintf("version: 2\nwritten: [gone.parquet]\nsources: [{file: y, sha256: %q, origin: supplied, provider: p}]\nanswers: {destruction: {text: now, by: me}}\n", digest(tc.source))
			if err := os.WriteFile(path, []byte(head+tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			d, err := dossier.Load(path)
			if tc.six == "" {
				if !errors.Is(err, dossier.ErrDossier) {
					t.Errorf("%s: %v", tc.name, err)
				}
				return
			}
			if err != nil {
				t.Errorf("%s: %v", tc.name, err)
				return
			}
			for _, s := range d.Steps(&dossier.Run{Sources: []origin.Source{{Name: "y", SHA256: digest(tc.source)}}}, nil) {
				if s.Step == 6 && s.State != tc.six || s.Step == 19 && s.State != tc.nineteen {
					t.Errorf("%s: step %d is %s: %s", tc.name, s.Step, s.State, s.Why)
				}
			}
		})
	}
	if err := os.WriteFile(filepath.Join(dir, "dossier.yaml"), []byte("version: 2\npseudonyms: ["+person+"]\nrecords: [none.json]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dossier.Load(filepath.Join(dir, "dossier.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a record that is not there: %v", err)
	}
}

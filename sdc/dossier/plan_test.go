package dossier_test

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"encoding/json"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/origin"
)

// TestPlan: a plan declares the columns of step 6, and how they were made.
func TestPlan(t *testing.T) {
	pub, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := pseudonym.Setting{KeyID: "0123456789abcdef", Domain: "p/person", Format: 1, Canonical: "bsn", Encoding: "hex", Bytes: 16, Algorithm: "HMAC-SHA-256"}
	head := "version: 2\ncustodian: " + hexOf(pub) + "\nrecords: [r.json]\nsources: [{file: f, sha256: " + digest("f") + ", origin: supplied, provider: p}]\n"
	plan := "version: 1\nkey: \"0123456789abcdef\"\ncolumns:\n- {column: id, domain: p/person, form: bsn}\n"
	state := func(dossierText string) (string, error) {
		write("dossier.yaml", dossierText)
		d, err := dossier.Load(filepath.Join(dir, "dossier.yaml"))
		if err != nil {
			return "", err
		}
		for _, s := range d.Steps(&dossier.Run{Sources: []origin.Source{{Name: "f", SHA256: digest("f")}}}, nil) {
			if s.Key == "pseudonyms" {
				return string(s.State), nil
			}
		}
		return "", nil
	}
	for _, tc := range []struct {
		name   string
		change func(*pseudonym.Setting)
		want   string
	}{
		{"as planned", func(*pseudonym.Setting) {}, "proven"},
		{"another form", func(s *pseudonym.Setting) { s.Canonical = "text" }, "missing"},
		{"another encoding", func(s *pseudonym.Setting) { s.Encoding = "base32" }, "missing"},
		{"another length", func(s *pseudonym.Setting) { s.Bytes = 20 }, "missing"},
		{"another algorithm", func(s *pseudonym.Setting) { s.Algorithm = "HMAC-SHA-512/256" }, "missing"},
		{"another domain", func(s *pseudonym.Setting) { s.Domain = "p/other" }, "missing"},
		{"another key", func(s *pseudonym.Setting) { s.KeyID = "fedcba9876543210" }, "missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			made := good
			tc.change(&made)
			r := &pseudonym.Record{
				Schema: "sluis.pseudonyms/2", Columns: []pseudonym.RecordedCount{{Column: "id", Setting: made, Distinct: 1}},
				Output: pseudonym.RecordedFile{Name: "f", SHA256: digest("f")},
			}
			if err := r.Sign(private); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			write("r.json", string(text))
			write("plan.yaml", plan)
			if got, err := state(head + "plan: plan.yaml\n"); err != nil || got != tc.want {
				t.Errorf("%s, %v, want %s", got, err, tc.want)
			}
		})
	}
	for name, bad := range map[string]struct{ plan, more, say string }{
		"no key":       {strings.Replace(plan, "key: \"0123456789abcdef\"\n", "", 1), "", "id of its key"},
		"no plan":      {"version: 1\n", "", "names no column"},
		"another":      {plan, "pseudonyms: [{column: id, key: 0123456789abcdef, domain: p/other}]\n", "another key or domain"},
		"another form": {strings.Replace(plan, "bsn", "SECRET", 1), "", "the form is one of"},
	} {
		t.Run(name, func(t *testing.T) {
			write("plan.yaml", bad.plan)
			if _, err := state(head + "plan: plan.yaml\n" + bad.more); !errors.Is(err, dossier.ErrDossier) || !strings.Contains(err.Error(), bad.say) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var out strings.Builder
	for _, c := range b {
		out.WriteByte(digits[c>>4])
		out.WriteByte(digits[c&15])
	}
	return out.String()
}

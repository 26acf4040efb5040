package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// desk is a custodian's folder: a key, a signer, an identity of age.
type desk struct {
	t         *testing.T
	dir       string
	recipient string
}

func newDesk(t *testing.T, files ...string) *desk {
	t.Helper()
	d := &desk{t: t, dir: folder(t, files...)}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	d.recipient = id.Recipient().String()
	if err := os.WriteFile(d.at("id.age"), []byte(id.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.ok("key", "new", "@key")
	d.ok("key", "signer", "@sign.pem")
	if err := os.WriteFile(d.at("sign.pub"), []byte(d.ok("key", "public", "@sign.pem")), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) at(name string) string { return filepath.Join(d.dir, name) }

// run runs a command line; @name is a file in the folder. No identifier of the tests is
// in what is printed on standard error, or anywhere but in a look-up.
func (d *desk) run(args ...string) (status int, stdout, stderr string) {
	d.t.Helper()
	args = append([]string{}, args...)
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			args[i] = d.at(name)
		}
	}
	status, stdout, stderr = sluis(d.t, args...)
	printed := stderr
	if len(args) < 2 || args[0] != "linkage" || args[1] != "lookup" {
		printed += stdout
	}
	for _, id := range []string{"123456782", "111222333", "SECRET", "SLUIS-KEY", "SLUIS-SHARE", "AGE-SECRET"} {
		if strings.Contains(printed, id) {
			d.t.Errorf("%v prints %s: %s", args, id, printed)
		}
	}
	return status, stdout, stderr
}

func (d *desk) ok(args ...string) string {
	d.t.Helper()
	status, out, stderr := d.run(args...)
	if status != 0 {
		d.t.Fatalf("%v: status %d, %s", args, status, stderr)
	}
	return out
}

// bad runs a command that must fail with a status and say something, and must leave no
// file behind.
func (d *desk) bad(status int, say string, args ...string) {
	d.t.Helper()
	before := d.files()
	got, out, stderr := d.run(args...)
	if got != status || !strings.Contains(stderr, say) {
		d.t.Errorf("%v: status %d, %s%s, want %d and %q", args, got, out, stderr, status, say)
	}
	if after := d.files(); after != before {
		d.t.Errorf("%v: files were %s, are %s", args, before, after)
	}
}

func (d *desk) files() string {
	var names []string
	for _, e := range must(os.ReadDir(d.dir)) {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func (d *desk) read(name string) string {
	d.t.Helper()
	return string(must(os.ReadFile(d.at(name))))
}

// first returns the first pseudonym of the first column of a CSV file.
func (d *desk) first(name string) string {
	return strings.Split(strings.Split(d.read(name), "\n")[1], ",")[0]
}

const persons = "bsn,age\n123456782,30\n111222333,40\n123456782,50\n,60\n"

func TestLinkageCommands(t *testing.T) {
	d := newDesk(t, "in.csv", persons)
	settings := []string{"--column", "bsn", "--form", "bsn", "--key-file", "@key", "--domain", "p/person"}
	d.ok(append([]string{"pseudonymise", "@in.csv", "@out.csv", "--sign-with", "@sign.pem"}, settings...)...)
	out := d.ok(append([]string{"linkage", "build", "@in.csv", "@table", "--recipient", d.recipient, "--four-eyes"}, settings...)...)
	if !strings.HasPrefix(out, "2 pseudonyms of p/person") || !strings.Contains(out, "0 values invalid") {
		t.Error(out)
	}
	old := d.first("out.csv")
	ask := []string{"linkage", "lookup", "@table", old, "--identity", "@id.age", "--log", "@log", "--sign-with", "@sign.pem", "--who", "A. Jansen", "--why", "a letter"}
	d.bad(1, "witness is missing", append(ask[:len(ask):len(ask)], "--log", "@none")...)
	os.Remove(d.at("none"))
	if out := d.ok(append(ask, "--witness", "B. Bakker")...); out != old+"\t123456782\n" {
		t.Errorf("found %q", out)
	}
	d.bad(2, "required", ask[:6]...)
	d.bad(1, "no pseudonym of this table", append([]string{"linkage", "lookup", "@table", "123456782"}, append(ask[4:len(ask):len(ask)], "--witness", "B")...)...)
	d.bad(1, "identity", "linkage", "lookup", "@table", old, "--log", "@log", "--sign-with", "@sign.pem", "--who", "A", "--why", "x")
	verified := d.ok("linkage", "log", "verify", "@log", "--public", "@sign.pub")
	if !strings.HasPrefix(verified, "1 look-ups, head ") || strings.Contains(d.read("log"), "123456782") {
		t.Error(verified)
	}
	head := strings.TrimSpace(strings.TrimPrefix(verified, "1 look-ups, head "))
	d.ok(append(ask, "--witness", "B. Bakker")...)
	d.ok("linkage", "log", "verify", "@log", "--public", "@sign.pub", "--head", head)
	lines := strings.SplitAfter(d.read("log"), "\n")
	if err := os.WriteFile(d.at("cut"), []byte(lines[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	d.bad(1, "line 1", "linkage", "log", "verify", "@cut", "--public", "@sign.pub")
	d.bad(1, "no line has the digest", "linkage", "log", "verify", "@log", "--public", "@sign.pub", "--head", strings.Repeat("1", 64))
	d.bad(2, "--public", "linkage", "log", "verify", "@log")
	d.bad(2, "--public", "linkage", "log", "verify", "@log", "--public", "ab")

	// Another key: the data get the pseudonyms that the new key makes.
	d.ok("key", "new", "@new")
	d.bad(2, "required", "linkage", "rekey", "@table", "@table2", "--identity", "@id.age", "--key-file", "@new")
	d.bad(2, "choose another key", "linkage", "rekey", "@table", "@table2", "--identity", "@id.age", "--key-file", "@key", "--recipient", d.recipient, "--translation", "@translation")
	d.bad(2, "choose another key", "linkage", "rekey", "@table", "@table2", "--identity", "@id.age", "--key-file", "@key", "--bytes", "20", "--recipient", d.recipient, "--translation", "@translation")
	for _, name := range []string{"table2", "translation"} {
		if _, err := os.Stat(d.at(name)); !os.IsNotExist(err) {
			t.Errorf("%s is there: %v", name, err)
		}
	}
	out = d.ok("linkage", "rekey", "@table", "@table2", "--identity", "@id.age", "--key-file", "@new", "--recipient", d.recipient, "--translation", "@translation")
	if !strings.HasPrefix(out, "2 pseudonyms of key") || strings.Contains(d.read("translation"), "123456782") {
		t.Error(out)
	}
	d.ok("pseudonymise", "@out.csv", "@translated.csv", "--translate", "@translation", "--column", "bsn", "--sign-with", "@sign.pem")
	settings[5] = "@new"
	d.ok(append([]string{"pseudonymise", "@in.csv", "@anew.csv", "--sign-with", "@sign.pem"}, settings...)...)
	if a, b := d.read("translated.csv"), d.read("anew.csv"); a != b {
		t.Errorf("translated %s, made anew %s", a, b)
	}
	for _, name := range []string{"out.csv.record.json", "translated.csv.record.json"} {
		if out := d.ok("key", "verify", "@"+name, "--public", "@sign.pub"); !strings.HasPrefix(out, "signed: 1 columns of pseudonyms in ") {
			t.Error(out)
		}
	}
	// The raw file has no old pseudonym in it.
	d.bad(1, `column "bsn", row 1: value is not in the translation table`, "pseudonymise", "@translated.csv", "@x.csv", "--translate", "@translation", "--column", "bsn")
	d.bad(2, "--domain is in the translation table", "pseudonymise", "@out.csv", "@x.csv", "--translate", "@translation", "--column", "bsn", "--domain", "p/v")
	d.bad(2, "cannot be kept", "pseudonymise", "@out.csv", "@x.csv", "--translate", "@translation", "--column", "bsn", "--invalid", "keep")
	d.bad(1, `"age"`, "pseudonymise", "@out.csv", "@x.csv", "--translate", "@translation", "--column", "bsn", "--direct", "age")
	if out := d.ok("pseudonymise", "@translated.csv", "@x.csv", "--translate", "@translation", "--column", "bsn", "--invalid", "null"); !strings.Contains(out, "3 not in the table") {
		t.Error(out)
	}

	out = d.ok("linkage", "destroy", "@table", "--identity", "@id.age", "--sign-with", "@sign.pem")
	if !strings.Contains(out, "are destroyed") {
		t.Error(out)
	}
	d.bad(1, "linkage table was destroyed", append(ask, "--witness", "B. Bakker")...)
	if out := d.ok("key", "verify", "@table", "--public", "@sign.pub"); !strings.Contains(out, "linkage table of p/person") {
		t.Error(out)
	}
}

// TestRekeyLeavesOut: an identifier that the new form does not take is named by its old
// pseudonym, and the exit status says so.
func TestRekeyLeavesOut(t *testing.T) {
	d := newDesk(t, "in.csv", "id\n123456782\nSECRET\n")
	d.ok("linkage", "build", "@in.csv", "@table", "--column", "id", "--type", "id=string", "--key-file", "@key", "--domain", "p/person", "--recipient", d.recipient)
	d.ok("pseudonymise", "@in.csv", "@out.csv", "--column", "id", "--type", "id=string", "--key-file", "@key", "--domain", "p/person")
	secret := strings.Split(d.read("out.csv"), "\n")[2]
	status, out, stderr := d.run("linkage", "rekey", "@table", "@table2", "--identity", "@id.age", "--key-file", "@key", "--form", "bsn", "--recipient", d.recipient, "--translation", "@translation")
	if status != 4 || !strings.Contains(out, "left out: "+secret) || !strings.HasPrefix(out, "1 pseudonyms") {
		t.Errorf("%d %s %s", status, out, stderr)
	}
}

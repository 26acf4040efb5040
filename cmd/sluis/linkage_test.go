package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/sluis-go/sluis/pseudonym"
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

func TestKeyCommands(t *testing.T) {
	d := newDesk(t)
	id := strings.TrimSpace(strings.TrimPrefix(d.ok("key", "id", "@key"), "key "))
	d.bad(2, "--threshold is 4 and --shares is 3: the threshold is at least 2 and at most the number of shares", "key", "split", "@key", "--shares", "3", "--threshold", "4", "--out", "@shares")
	d.bad(2, "required", "key", "split", "@key", "--shares", "3")
	d.bad(2, "--recipient names 1 holders, and --shares is 3: name one holder for each share, or none", "key", "split", "@key", "--shares", "3", "--threshold", "2", "--out", "@shares", "--recipient", d.recipient)
	if out := d.ok("key", "split", "@key", "--shares", "5", "--threshold", "3", "--out", "@shares"); !strings.Contains(out, id) {
		t.Error(out)
	}
	d.bad(2, "there already, and is left alone: name a new folder with --out", "key", "split", "@key", "--shares", "5", "--threshold", "3", "--out", "@shares")
	share := func(i int) string { return fmt.Sprintf("@shares/share-%d-of-5", i) }
	d.bad(1, "2 of 3 shares", "key", "join", share(1), share(2), "--out", "@joined")
	d.bad(1, "twice", "key", "join", share(1), share(2), share(2), "--out", "@joined")
	d.ok("key", "split", "@key", "--shares", "5", "--threshold", "3", "--out", "@other")
	d.bad(1, "two ceremonies", "key", "join", share(1), share(2), "@other/share-3-of-5", "--out", "@joined")
	if out := d.ok("key", "join", share(5), share(1), share(3), "--out", "@joined"); !strings.Contains(out, id) || d.read("joined") != d.read("key") {
		t.Error(out)
	}
	d.bad(1, "exist", "key", "join", share(5), share(1), share(3), "--out", "@joined")
	d.ok("key", "split", "@key", "--shares", "2", "--threshold", "2", "--out", "@sealed", "--recipient", d.recipient, "--recipient", d.recipient)
	d.bad(1, "identity", "key", "join", "@sealed/share-1-of-2", "@sealed/share-2-of-2", "--out", "@joined2")
	d.ok("key", "join", "@sealed/share-1-of-2", "@sealed/share-2-of-2", "--identity", "@id.age", "--out", "@joined2")

	// A set: the primary key is used, and the older one can go.
	d.ok("key", "set", "new", "@set", "--key-file", "@key", "--recipient", d.recipient)
	d.bad(1, "no recipient", "key", "set", "rotate", "@set", "--identity", "@id.age")
	out := d.ok("key", "set", "rotate", "@set", "--identity", "@id.age", "--recipient", d.recipient)
	if !strings.Contains(out, "older "+id) || d.ok("key", "set", "show", "@set", "--identity", "@id.age") != out {
		t.Error(out)
	}
	primary := strings.Fields(out)[1]
	if got := d.ok("key", "id", "@set", "--identity", "@id.age"); got != "key "+primary+"\n" {
		t.Errorf("%s, want %s", got, primary)
	}
	d.bad(1, "older ones first", "key", "destroy", "@set", "--identity", "@id.age", "--sign-with", "@sign.pem", "--record", "@gone")
	d.bad(1, "primary", "key", "set", "destroy", "@set", primary, "--identity", "@id.age", "--sign-with", "@sign.pem", "--record", "@gone", "--recipient", d.recipient)
	d.bad(1, "no recipient", "key", "set", "destroy", "@set", id, "--identity", "@id.age", "--sign-with", "@sign.pem", "--record", "@gone")
	d.ok("key", "set", "destroy", "@set", id, "--identity", "@id.age", "--sign-with", "@sign.pem", "--record", "@gone", "--recipient", d.recipient)
	if out := d.ok("key", "verify", "@gone", "--public", "@sign.pub"); !strings.Contains(out, "key "+id+" was destroyed") {
		t.Error(out)
	}
	if out := d.ok("key", "set", "show", "@set", "--identity", "@id.age"); out != "primary "+primary+"\n" {
		t.Error(out)
	}
	if out := d.ok("key", "destroy", "@set", "--identity", "@id.age", "--sign-with", "@sign.pem", "--record", "@last"); !strings.Contains(out, primary) {
		t.Error(out)
	}
	if _, err := os.Stat(d.at("set")); !os.IsNotExist(err) {
		t.Error("the set is still there")
	}
	d.ok("key", "signer", "@other.pem")
	other := strings.TrimSpace(d.ok("key", "public", "@other.pem"))
	d.bad(1, "signature", "key", "verify", "@gone", "--public", other)
	d.ok("key", "verify", "@gone", "--public", other, "--public", "@sign.pub")
	d.bad(1, pseudonym.ErrRecord.Error(), "key", "verify", "@id.age", "--public", "@sign.pub")
	d.bad(2, "--public", "key", "verify", "@gone")
}

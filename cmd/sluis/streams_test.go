package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestToStdout: every file to write can be standard output; it holds that and nothing
// else, and what people read is on standard error.
func TestToStdout(t *testing.T) {
	dir := folder(t, "people.csv", people(40), "spec.yaml", peopleSpec, "table.csv", "r,value,status\n*,10,F\na,4,C\nb,6,C\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{{"key", "new", at("key")}, {"check", at("spec.yaml"), "--json", at("a.json")}} {
		if status, _, errs := sluis(t, args...); status != 0 {
			t.Fatal(args, errs)
		}
	}
	before := len(files(t, dir))
	isJSON := func(text string) bool { return json.Valid([]byte(text)) }
	isPage := func(text string) bool {
		return strings.HasPrefix(text, "<!doctype html>") || strings.HasPrefix(text, "<!DOCTYPE html>")
	}
	isCSV := func(rows int) func(string) bool {
		return func(text string) bool {
			got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			return err == nil && len(got) == rows+1
		}
	}
	for _, tc := range []struct {
		name  string
		form  func(string) bool
		args  []string
		human string
	}{
		{"report", isJSON, []string{"check", at("spec.yaml"), "--json", "-"}, "Verdict"},
		{"cells", isCSV(9), []string{"check", at("spec.yaml"), "--cells", "-"}, "Verdict"},
		{"page", isPage, []string{"check", at("spec.yaml"), "--html", "-"}, "Verdict"},
		{"public page", isPage, []string{"check", at("spec.yaml"), "--public", "-"}, "Verdict"},
		{"risk", isJSON, []string{"risk", at("people.csv"), "--keys", "region,sex", "--json", "-"}, "CONFIDENTIAL"},
		{"risk page", isPage, []string{"risk", at("people.csv"), "--keys", "region,sex", "--html", "-"}, "CONFIDENTIAL"},
		{"risk records", isCSV(40), []string{"risk", at("people.csv"), "--keys", "region,sex", "--records", "-"}, "CONFIDENTIAL"},
		{"local", isCSV(40), []string{"local", at("people.csv"), "-", "--keys", "region,sex", "--k", "2", "--missing", "wildcard", "--record", at("l.json")}, "values suppressed"},
		{"synth", isCSV(7), []string{"synth", "events", "-", "--rows", "7"}, "7 rows"},
		{"audit", isJSON, []string{"audit", at("table.csv"), "--by", "r", "--json", "-"}, "Verdict"},
		{"diff", isJSON, []string{"diff", at("a.json"), at("a.json"), "--json", "-"}, ""},
		{"profile", isJSON, []string{"profile", at("people.csv"), "--respondent", "id", "--json", "-"}, "rows"},
		{"pseudonyms", isCSV(40), []string{"pseudonymise", at("people.csv"), "-", "--column", "id", "--type", "id=string", "--key-file", at("key"), "--domain", "p/v", "--record", at("r.json")}, "40 rows"},
		{"record", isJSON, []string{"pseudonymise", at("people.csv"), at("o.csv"), "--column", "id", "--type", "id=string", "--key-file", at("key"), "--domain", "p/v", "--record", "-"}, "40 rows"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, out, errs := sluis(t, tc.args...)
			if status == exitFailure || status == exitUsage {
				t.Fatalf("status %d: %s", status, errs)
			}
			if !tc.form(out) {
				t.Errorf("standard output holds %.300q", out)
			}
			if !strings.Contains(errs, tc.human) || strings.Contains(errs, "sluis: ") {
				t.Errorf("standard error holds %.300q", errs)
			}
		})
	}
	if got := files(t, dir); len(got) != before+3 { // l.json, r.json and o.csv
		t.Errorf("files: %q", got)
	}
	for _, args := range [][]string{
		{"check", at("spec.yaml"), "--json", "-", "--cells", "-"}, {"check", at("spec.yaml"), "--out", "-"}, {"protect", at("spec.yaml"), "--out", "-"},
		{"pseudonymise", at("people.csv"), "-", "--column", "id", "--key-file", at("key"), "--domain", "p/v"},
		{"local", at("people.csv"), "-", "--keys", "region,sex", "--k", "2", "--missing", "wildcard"},
		{"key", "destroy", at("key"), "--sign-with", at("key"), "--record", "-"},
	} {
		if status, out, errs := sluis(t, args...); status != exitUsage || out != "" {
			t.Errorf("%v: status %d: %s%s", args, status, out, errs)
		}
	}
}

// full is a writer of a full disk, after so many bytes.
type full struct {
	left int
	bytes.Buffer
}

var errFull = errors.New("no space left on device")

// Write implements io.Writer.
func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.left {
		return 0, errFull
	}
	f.left -= len(b)
	return f.Buffer.Write(b)
}

// TestStdoutFails: whatever the verb and wherever it happens, a failed write is exit
// status 1 with a message.
func TestStdoutFails(t *testing.T) {
	dir := folder(t, "people.csv", people(36), "spec.yaml", peopleSpec, "table.csv", "r,value,status\n*,10,F\na,4,C\nb,6,C\n", "dossier.yaml", "")
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{
		{"key", "new", at("key")}, {"key", "signer", at("signer")}, {"check", at("spec.yaml"), "--json", at("a.json")},
		{"protect", at("spec.yaml"), "--out", at("tables"), "--rounds", "0"}, {"dossier", "init", at("d.yaml")},
	} {
		if status, _, errs := sluis(t, args...); status == exitFailure || status == exitUsage {
			t.Fatal(args, errs)
		}
	}
	n := 0
	for _, args := range [][]string{
		{}, {"--help"}, {"check", "--help"}, {"check", at("spec.yaml")}, {"check", at("spec.yaml"), "--json", "-"}, {"check", at("spec.yaml"), "--cells", "-"},
		{"protect", at("spec.yaml"), "--out", at("out"), "--replace", "--rounds", "0"}, {"verify", at("tables")}, {"diff", at("a.json"), at("a.json")},
		{"risk", at("people.csv"), "--keys", "region,sex", "--k", "3"}, {"risk", at("people.csv"), "--keys", "region,sex", "--records", "-"},
		{"local", at("people.csv"), at("l.csv"), "--keys", "region", "--k", "2", "--missing", "wildcard"},
		{"synth", "events", at("s.csv"), "--rows", "5"}, {"synth", "events", "-", "--rows", "5"}, {"audit", at("table.csv"), "--by", "r"},
		{"profile", at("people.csv"), "--respondent", "id"}, {"dossier", "check", at("d.yaml")}, {"key", "id", at("key")}, {"demo", "--rows", "300", "--out", at("demo")},
		{"pseudonymise", at("people.csv"), at("o.csv"), "--column", "id", "--type", "id=string", "--key-file", at("key"), "--domain", "p/v"},
		{"key", "new", at("key2")}, {"completion", "bash"},
	} {
		for _, left := range []int{0, 40} {
			out := &full{left: left}
			var errs bytes.Buffer
			os.Remove(at("key2"))
			if status := run(context.Background(), args, out, &errs); status != exitFailure || !strings.Contains(errs.String(), "sluis: standard output: no space left") {
				// Less than 40 bytes were printed.
				if left == 0 || status != 0 || out.Len() > 40 {
					t.Errorf("%v, %d bytes: status %d: %s", args, left, status, errs.String())
				}
				continue
			}
			n++
		}
	}
	if n < 40 {
		t.Errorf("only %d failures", n)
	}
}

// TestCleaned: what is no character to be seen is shown by its number, however the text
// is cut into writes.
func TestCleaned(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\n":           "plain\ttext\n",
		"é 中 🙂 ½":                 "é 中 🙂 ½",
		"\x1b[2J":                 `\x1b[2J`,
		"a\rb\x00c\x7f":           `a\x0db\x00c\x7f`,
		"\u0085\u009b":            `\u0085\u009b`,
		"a\u202eb\u2066c\u200f":   `a\u202eb\u2066c\u200f`,
		"x\u200by\u00ad\ufeff":    `x\u200by\u00ad\ufeff`,
		"\u2028\u2029\u00a0":      `\u2028\u2029\u00a0`,
		"\u3164\u115f\ufe0f":      `\u3164\u115f\ufe0f`,
		"\U000e0041":              `\U000e0041`,
		"\xff\xc3(":               `\xff\xc3(`,
		"end of \xe4\xb8":         `end of \xe4\xb8`,
		strings.Repeat("long", 9): strings.Repeat("long", 9),
	} {
		t.Run(want, func(t *testing.T) {
			for cut := 1; cut <= len(in); cut++ {
				var out bytes.Buffer
				c := &cleaned{to: func() io.Writer { return &out }}
				for at := 0; at < len(in); at += cut {
					part := in[at:min(at+cut, len(in))]
					if n, err := c.Write([]byte(part)); n != len(part) || err != nil {
						t.Fatal(n, err)
					}
				}
				c.flush()
				if out.String() != want {
					t.Errorf("%q in pieces of %d: %q", in, cut, out.String())
				}
			}
		})
	}
}

// TestNoEscapes: names of a spec, a policy, a file, a flag and the data do not reach the
// terminal as orders, whatever goes wrong.
func TestNoEscapes(t *testing.T) {
	const evil = "\x1b[2J\x1b[31mVerdict: SAFE\u202e"
	quoted := `"\e[2J\e[31mVerdict: SAFE\u202E"`
	dir := folder(t, "people.csv", strings.Replace(people(36), "sex", evil, 1), "key.yaml", "version: 1\n"+quoted+": 1\n",
		"spec.yaml", peopleSpec, "column.yaml", strings.Replace(peopleSpec, "sex", quoted, 1), "name.yaml", strings.Replace(peopleSpec, "counts", quoted, 1),
		"by.yaml", strings.Replace(strings.Replace(peopleSpec, "counts", quoted, 1), "sex", quoted, 1), evil+".csv", "a\n1\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{
		{"check", at("key.yaml")}, {"check", at("spec.yaml")}, {"check", at("column.yaml")}, {"check", at("name.yaml")}, {"check", at("by.yaml")},
		{"check", at(evil)}, {"check", at("by.yaml"), "--policy", at("key.yaml")}, {"check", at("by.yaml"), "--policy", evil}, {"check", "--" + evil}, {evil},
		{"risk", at("people.csv"), "--keys", evil}, {"risk", at("people.csv"), "--keys", "region," + evil, "--k", "3"}, {"risk", at(evil + ".csv"), "--keys", "b"},
		{"protect", at("by.yaml"), "--out", at("out")}, {"verify", at(evil)}, {"audit", at(evil + ".csv"), "--by", evil}, {"dossier", "check", at("key.yaml")},
		{"profile", at("people.csv")}, {"local", at("people.csv"), at("x.csv"), "--keys", evil, "--k", "2", "--missing", "wildcard"}, {"diff", at(evil), at("key.yaml")},
	} {
		_, out, errs := sluis(t, args...)
		if text := out + errs; strings.ContainsAny(text, "\x1b\u202e") || strings.Contains(text, "\nVerdict: SAFE\\") || text == "" {
			t.Errorf("%q: %q", args, text)
		}
	}
}

// TestIndented: no further line of an error begins as a line of the command does.
func TestIndented(t *testing.T) {
	for in, want := range map[string]string{
		"one": "one", "one\ntwo": "one\n  two", "one\n  two\n": "one\n  two", "one\n\ntwo": "one\n\n  two", "": "",
	} {
		t.Run(in, func(t *testing.T) {
			if got := indented(in); got != want {
				t.Errorf("%q: %q", in, got)
			}
		})
	}
}

// TestPanicIsAnError: a defect on the way of a verb is exit status 1 and a place, and
// not a stack.
func TestPanicIsAnError(t *testing.T) {
	var out, errs bytes.Buffer
	status := run(panics{context.Background()}, []string{"check", filepath.Join(folder(t, "people.csv", people(40), "spec.yaml", peopleSpec), "spec.yaml")}, &out, &errs)
	if text := errs.String(); status != exitFailure || !strings.Contains(text, "please report this defect") || strings.Contains(text, "goroutine") || strings.Contains(text, "secret") {
		t.Errorf("status %d: %s", status, text)
	}
}

// panics is a context that panics when it is looked at.
type panics struct{ context.Context }

// Err implements context.Context.
func (panics) Err() error { panic("secret") }

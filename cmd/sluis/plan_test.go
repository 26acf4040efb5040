package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/pseudonym"
)

const twoColumns = "bsn,plate,name,age\n123456782,XX-99-99,SECRET,30\n111222333,xx9999,SECRET,40\n"

// TestPlan: several columns in one pass have the pseudonyms that they have one by one.
func TestPlan(t *testing.T) {
	d := newDesk(t, "in.csv", twoColumns)
	id := strings.TrimSpace(strings.TrimPrefix(d.ok("key", "id", "@key"), "key "))
	plan := "version: 1\nkey: \"" + id + "\"\ncolumns:\n- {column: bsn, domain: p/person, form: bsn, encoding: base32, bytes: 20}\n- {column: plate, domain: p/car, form: plate, algorithm: sha512-256}\ndirect: [name, bsn]\ndrop: [name]\n"
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(d.at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("plan.yaml", plan)
	out := d.ok("pseudonymise", "@in.csv", "@out.csv", "--plan", "@plan.yaml", "--key-file", "@key", "--sign-with", "@sign.pem")
	if !strings.Contains(out, "domain p/person, HMAC-SHA-256, 20 bytes\nbsn: 2 rows") || !strings.Contains(out, "domain p/car, HMAC-SHA-512/256, 16 bytes\nplate: 2 rows, 1 distinct") {
		t.Error(out)
	}
	if lines := strings.Split(d.read("out.csv"), "\n"); lines[0] != "bsn,plate,age" || strings.Contains(d.read("out.csv"), "SECRET") {
		t.Errorf("%q", lines)
	}
	d.ok("pseudonymise", "@in.csv", "@one.csv", "--column", "bsn", "--domain", "p/person", "--form", "bsn", "--encoding", "base32", "--bytes", "20", "--key-file", "@key", "--drop", "name")
	d.ok("pseudonymise", "@one.csv", "@two.csv", "--column", "plate", "--domain", "p/car", "--form", "plate", "--algorithm", "sha512-256", "--key-file", "@key")
	if a, b := d.read("out.csv"), d.read("two.csv"); a != b {
		t.Errorf("in one pass %s, one by one %s", a, b)
	}
	// The record states how each column was made, as the plan says.
	record, err := pseudonym.ReadRecord([]byte(d.read("out.csv.record.json")), nil)
	if err != nil {
		t.Fatal(err)
	}
	parsed := must(pseudonym.ParsePlan([]byte(plan)))
	for i, c := range parsed.Columns {
		if !c.Fits(record.Columns[i].Setting) || c.Fits(record.Columns[1-i].Setting) {
			t.Errorf("%s: the record says %+v", c.Column, record.Columns[i].Setting)
		}
	}

	d.bad(2, "--column does not go with --plan", "pseudonymise", "@in.csv", "@x.csv", "--plan", "@plan.yaml", "--key-file", "@key", "--column", "bsn")
	d.bad(2, "--key-file is required", "pseudonymise", "@in.csv", "@x.csv", "--plan", "@plan.yaml")
	d.bad(2, "--scan is refuse or warn", "pseudonymise", "@in.csv", "@x.csv", "--plan", "@plan.yaml", "--key-file", "@key", "--scan=x")
	d.ok("key", "new", "@other")
	d.bad(1, "the plan names the key "+id, "pseudonymise", "@in.csv", "@x.csv", "--plan", "@plan.yaml", "--key-file", "@other")
	for name, bad := range map[string]struct{ text, say string }{
		"version":        {strings.Replace(plan, "version: 1", "version: 2", 1), "version must be 1"},
		"unknown key":    {plan + "x: 1\n", "[8:1]"},
		"no columns":     {"version: 1\n", "names no column"},
		"column twice":   {strings.Replace(plan, "column: plate", "column: bsn", 1), `"bsn" is there twice`},
		"no domain":      {strings.Replace(plan, "domain: p/car, ", "", 1), "entry 2: domain"},
		"bad domain":     {strings.Replace(plan, "p/car", "p/ car", 1), "entry 2: domain"},
		"no such form":   {strings.Replace(plan, "form: plate", "form: plates", 1), "the form is one of"},
		"encoding":       {strings.Replace(plan, "base32", "base64", 1), "the encoding is one of"},
		"algorithm":      {strings.Replace(plan, "sha512-256", "md5", 1), "the algorithm is one of"},
		"invalid":        {strings.Replace(plan, "form: plate", "invalid: drop", 1), "one of error, null, keep"},
		"too short":      {strings.Replace(plan, "bytes: 20", "bytes: 4", 1), "too short"},
		"half a byte":    {strings.Replace(plan, "bytes: 20", "bytes: 20.5", 1), "whole number"},
		"direct":         {strings.Replace(plan, "drop: [name]", "drop: []", 1), `"name" holds a direct identifier`},
		"both":           {strings.Replace(plan, "drop: [name]", "drop: [name, plate]", 1), "both replaced and dropped"},
		"no key id":      {strings.Replace(plan, id, "XYZ", 1), "16 hexadecimal digits"},
		"two documents":  {plan + "---\nversion: 1\n", "second document"},
		"no column name": {strings.Replace(plan, "column: plate, ", "", 1), "entry 2: column is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			d := &desk{t: t, dir: d.dir}
			write("bad.yaml", bad.text)
			d.bad(2, bad.say, "pseudonymise", "@in.csv", "@x.csv", "--plan", "@bad.yaml", "--key-file", "@key")
		})
	}
}

// TestScan: columns that are copied and hold identifiers are named, and nothing is
// written.
func TestScan(t *testing.T) {
	column := func(values ...string) string {
		return "id,x\n1," + strings.Join(values, "\n2,") + "\n"
	}
	var digits []string
	for i := range 40 {
		digits = append(digits, fmt.Sprint(100000000+i*7919))
	}
	for _, tc := range []struct {
		name, text, say string
	}{
		{"bsn", column("123456782", "111222333"), "citizen service numbers"},
		{"bsn, a fifth", column("123456782", "1", "2", "3", "4"), "1 of 5 values have the form of citizen service numbers"},
		{"bsn, less than a fifth", column("123456782", "1", "2", "3", "4", "5"), ""},
		{"nulls do not count", column("123456782", "1", "2", "3", "4", "", "", ""), "1 of 5"},
		{"numbers of nine digits", column(digits...), ""},
		{"one account of many", column(append(digits, "NL91ABNA0417164300")...), "1 of 41 values have the form of bank account numbers"},
		{"one address of many", column(append(digits, "secret@example.nl")...), "e-mail addresses"},
		{"plates", column("XX-99-99", "12-34-AB"), "licence plates"},
		{"telephone", column("06-12345678", "none"), "telephone numbers"},
		{"postcode and number", column("1234 AB 12", "2345BC 1-2"), "postcode with house number"},
		{"postcodes", column("1234 AB", "2345BC"), ""},
		{"kvk", column("12345678", "01234567"), "trade register"},
		{"dates as numbers", column("20260201", "20251231", "19991231", "19880712"), ""},
		{"amounts", column("12345678", "345", "1000"), ""},
		{"words", column("a", "b"), ""},
		{"nothing", column("", ""), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDesk(t, "in.csv", tc.text)
			args := []string{"pseudonymise", "@in.csv", "@out.csv", "--column", "id", "--form", "text", "--key-file", "@key", "--domain", "p/v"}
			before := d.files()
			status, out, stderr := d.run(append(args, "--scan")...)
			if strings.Contains(out+stderr, "secret@") || strings.Contains(out+stderr, "NL91") {
				t.Errorf("a value is printed: %s%s", out, stderr)
			}
			if tc.say == "" {
				if status != 0 || strings.Contains(out, `column "x"`) {
					t.Errorf("status %d, %s%s", status, out, stderr)
				}
				return
			}
			if status != 3 || !strings.Contains(out, `column "x": `) || !strings.Contains(out, tc.say) || d.files() != before {
				t.Errorf("status %d, %s%s, files %s", status, out, stderr, d.files())
			}
			if status, out, _ := d.run(append(args, "--scan=warn")...); status != 4 || !strings.Contains(out, tc.say) || !strings.Contains(d.files(), "out.csv.record.json") {
				t.Errorf("warn: status %d, %s", status, out)
			}
		})
	}
}

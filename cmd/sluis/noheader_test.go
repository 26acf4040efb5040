package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestFirstRecordAsNames: the first line of a file without names is a record, which no
// error shows.
func TestFirstRecordAsNames(t *testing.T) {
	dir := folder(t, "d.csv", "Jansen,Emmen,1965-03-14\nBakker,Assen,1971-11-02\n", "n.csv", "naam,plaats,jaar\nBakker,Assen,1971\n",
		"s.yaml", "version: 1\ndata: {source: d.csv, respondent: naam}\noutputs: [{name: o, kind: frequency, by: [plaats]}]\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{
		{"check", at("s.yaml")},
		{"risk", at("d.csv"), "--keys", "plaats"},
		{"profile", at("d.csv"), "--respondent", "jansens"},
		{"local", at("d.csv"), at("o.csv"), "--keys", "plaats", "--k", "3", "--missing", "wildcard"},
	} {
		status, out, said := sluis(t, args...)
		if all := out + said; status == 0 || strings.Contains(all, "Jansen") || strings.Contains(all, "Emmen") || strings.Contains(all, "1965") || !strings.Contains(all, "the file has 3 columns, whose names are not shown") {
			t.Errorf("%s: status %d: %s", args[0], status, all)
		}
	}
	if status, out, said := sluis(t, "risk", at("n.csv"), "--keys", "plats"); status != 2 || !strings.Contains(out+said, "the name of column 2 is near; the file has 3 columns, whose names are not shown") {
		t.Errorf("status %d: %s%s", status, out, said)
	}
}

// TestFirstRecordNotListed: no verb shows a name of a file that nobody asked for, where the
// first line is a record of texts or has an identifier.
func TestFirstRecordNotListed(t *testing.T) {
	var texts, mails strings.Builder
	texts.WriteString("Jansen,Emmen,vrouw\n")
	mails.WriteString("Jansen,jan@jansen.nl,vrouw\n")
	for i := range 30 {
		fmt.Fprintf(&texts, "P%d,Assen,man\n", i)
		fmt.Fprintf(&mails, "P%d,p%d@voorbeeld.nl,man\n", i, i)
	}
	dir := folder(t, "texts.csv", texts.String(), "mails.csv", mails.String(),
		"s.yaml", "version: 1\ndata: {source: texts.csv, respondent: naam}\noutputs: [{name: o, kind: frequency, by: [plaats]}]\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	pseudonymise := func(in, column string) []string {
		return []string{"pseudonymise", at(in), at("o.csv"), "--column", column, "--form", "text", "--key-file", at("key"), "--domain", "p/v"}
	}
	for _, tc := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"check", []string{"check", at("s.yaml")}, exitFailure, "the file has 3 columns, whose names are not shown"},
		{"risk", []string{"risk", at("texts.csv"), "--keys", "plaats"}, exitUsage, "the file has 3 columns, whose names are not shown"},
		{"local", []string{"local", at("texts.csv"), at("o.csv"), "--keys", "plaats", "--k", "3", "--missing", "wildcard"}, exitUsage, "the file has 3 columns, whose names are not shown"},
		{"profile", []string{"profile", at("texts.csv"), "--respondent", "naam"}, exitUsage, "the file has 3 columns, whose names are not shown"},
		{"pseudonymise", pseudonymise("texts.csv", "naam"), exitFailure, "the file has 3 columns, whose names are not shown"},
		{"profile of a name with the form of an identifier", []string{"profile", at("mails.csv")}, exitUsage, "the name of column 2 has the form of an identifier"},
		{"pseudonymise, which scans a column of such a name", append(pseudonymise("mails.csv", "vrouw"), "--scan"), exitUnsafe, "a column whose name looks like a value"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, out, errs := sluis(t, tc.args...)
			all := strings.ToLower(out + errs)
			if status != tc.status || !strings.Contains(all, strings.ToLower(tc.says)) || strings.Contains(all, "jansen") || strings.Contains(all, "emmen") {
				t.Errorf("status %d, want %d and %q: %s", status, tc.status, tc.says, all)
			}
		})
	}
}

// TestExcelFile: a file that Excel reads by its first line is read, with columns beside those
// of the spec that have no name or that of another.
func TestExcelFile(t *testing.T) {
	var rows strings.Builder
	for range 12 {
		rows.WriteString("1;2;3;4\n")
	}
	dir := folder(t, "d.csv", "sep=;\na;;x;x\n"+rows.String(),
		"s.yaml", "version: 1\ndata: {source: d.csv}\noutputs: [{name: o, kind: frequency, by: [a]}]\n",
		"x.yaml", "version: 1\ndata: {source: d.csv}\noutputs: [{name: o, kind: frequency, by: [x]}]\n",
		"comma.yaml", "version: 1\ndata: {source: d.csv, csv: {delimiter: \",\"}}\noutputs: [{name: o, kind: frequency, by: [a]}]\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"check", []string{"check", at("s.yaml")}, exitUnsafe, "12 rows read"},
		{"check of a name that comes twice", []string{"check", at("x.yaml")}, exitFailure, `column "x": 2 columns have this name`},
		{"another delimiter", []string{"check", at("comma.yaml")}, exitFailure, "ask for ';', or take the line out of the file"},
		{"risk", []string{"risk", at("d.csv"), "--keys", "a", "--k", "3"}, 0, "SAFE"},
		{"local copies all columns", []string{"local", at("d.csv"), at("o.csv"), "--keys", "a", "--k", "3", "--missing", "wildcard"}, exitUsage, "2 columns have this name"},
		{"profile shows all columns", []string{"profile", at("d.csv"), "--respondent", "a"}, exitFailure, "2 columns have this name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, out, said := sluis(t, c.args...)
			if all := out + said; status != c.status || !strings.Contains(all, c.says) || strings.Contains(all, "damaged") {
				t.Errorf("status %d, want %d and %q: %s", status, c.status, c.says, all)
			}
		})
	}
}

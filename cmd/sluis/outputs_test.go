package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInputsAreKept: no verb writes over what it reads, under any name, nor two
// files under one name.
func TestInputsAreKept(t *testing.T) {
	const policy = "version: 1\nname: mine\nextends: cbs\n"
	const tree = "N\n@a\nZ\n@b\n"
	text := strings.Replace(peopleSpec, "respondent: id}", "respondent: id, hierarchies: {region: {file: region.hrc}}}", 1)
	dir := folder(t, "people.csv", people(40), "spec.yaml", text, "policy.yaml", policy, "region.hrc", tree,
		"table.csv", "r,value,status\n*,5,\na,2,\nb,3,\n", "codes.yaml", "version: 1\ncolumns: {region: [a, b]}\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Symlink("people.csv", at("link.csv")); err != nil {
		t.Skip(err)
	}
	if err := os.Link(at("people.csv"), at("hard.csv")); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{
		{"key", "new", at("key")}, {"key", "signer", at("signer")}, {"check", at("spec.yaml"), "--json", at("a.json")},
		{"profile", at("people.csv"), "--respondent", "id", "--json", at("p.json")},
	} {
		if status, _, errs := sluis(t, args...); status != 0 {
			t.Fatal(args, errs)
		}
	}
	before := contents(t, dir)
	check := []string{"check", at("spec.yaml"), "--policy", at("policy.yaml")}
	risk := []string{"risk", at("people.csv"), "--keys", "region,sex", "--k", "2"}
	pseudonymise := []string{"pseudonymise", at("people.csv"), at("out.csv"), "--column", "id", "--type", "id=string", "--key-file", at("key"), "--sign-with", at("signer"), "--domain", "p/v"}
	for _, args := range [][]string{
		append(check, "--json", at("people.csv")),
		append(check, "--cells", at("link.csv")),
		append(check, "--cells", at("hard.csv")),
		append(check, "--html", at("spec.yaml")),
		append(check, "--public", at("policy.yaml")),
		append(check, "--json", at("region.hrc")),
		append(check, "--html", at("page.html"), "--public", at("x/../page.html")),
		append(check, "--out", at("out"), "--public", at("out/report.html")),
		{"protect", at("spec.yaml"), "--out", at("out"), "--html", at("people.csv")},
		{"protect", at("spec.yaml"), "--out", at("out"), "--html", at("out/release/counts.html")},
		{"protect", at("spec.yaml"), "--out", at("out"), "--html", at("p.html"), "--public", at("p.html")},
		{"audit", at("table.csv"), "--by", "r", "--json", at("table.csv")},
		{"audit", at("table.csv"), "--by", "r", "--hierarchy", "r=" + at("region.hrc"), "--json", at("region.hrc")},
		{"diff", at("a.json"), at("a.json"), "--json", at("a.json")},
		{"profile", at("people.csv"), "--codes", at("codes.yaml"), "--json", at("codes.yaml")},
		{"profile", at("*.csv"), "--json", at("people.csv")},
		append(risk, "--records", at("hard.csv")),
		append(risk, "--json", at("people.csv")),
		append(risk, "--html", at("r.html"), "--json", at("r.html")),
		append(risk, "--population", at("people.csv"), "--html", at("people.csv")),
		{"local", at("people.csv"), at("link.csv"), "--keys", "sex", "--k", "2", "--missing", "wildcard"},
		{"local", at("link.csv"), at("people.csv"), "--keys", "sex", "--k", "2", "--missing", "wildcard"},
		append(check, "--json", "-", "--html", "-"),
		append(pseudonymise, "--record", at("people.csv")),
		append(pseudonymise, "--record", at("out.csv")),
		append(pseudonymise, "--record", at("key")),
		append(pseudonymise, "--record", at("signer")),
		{"key", "destroy", at("key"), "--sign-with", at("signer"), "--record", at("signer")},
		{"demo", "--rows", "100", "--out", dir},
	} {
		if status, _, errs := sluis(t, args...); status != exitUsage || !strings.Contains(errs, "read") && !strings.Contains(errs, "twice") && !strings.Contains(errs, "left alone") && !strings.Contains(errs, "must not lie in") {
			t.Errorf("%v: status %d: %s", args, status, errs)
		}
		for name, text := range contents(t, dir) {
			if before[name] != text {
				t.Fatalf("%v: %s is new, or has changed", args, name)
			}
		}
	}
	// A device is no file to replace.
	if status, _, errs := sluis(t, append(check, "--json", dir)...); status != exitFailure || !strings.Contains(errs, "no plain file") {
		t.Errorf("a folder: status %d: %s", status, errs)
	}
}

// contents reads the files of a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}

// TestNamesWithSlips: a name that is nowhere is an error, and not nothing.
func TestNamesWithSlips(t *testing.T) {
	for _, extra := range []string{"hierarchies: {regoin: {tree: {N: [a, b]}}}", "missing: {sxe: exclude}"} {
		dir := folder(t, "people.csv", people(40), "spec.yaml", strings.Replace(peopleSpec, "respondent: id}", "respondent: id, "+extra+"}", 1))
		if status, _, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml")); status != exitUsage || !strings.Contains(errs, "does not exist; the name of column ") {
			t.Errorf("%s: status %d: %s", extra, status, errs)
		}
	}
	dir := folder(t, "in.csv", "id,name\n1,Jan\n2,Piet\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, errs := sluis(t, "key", "new", at("key")); status != 0 {
		t.Fatal(errs)
	}
	for _, extra := range [][]string{{"--direct", "naam"}, {"--direct", "name", "--drop", "nmae"}, {"--drop", "id"}, {"--drop", "nmae"}} {
		args := append([]string{"pseudonymise", at("in.csv"), at("out.csv"), "--column", "id", "--type", "id=string", "--key-file", at("key"), "--domain", "p/v"}, extra...)
		if status, _, errs := sluis(t, args...); status == 0 || !strings.Contains(errs, "column") {
			t.Errorf("%v: status %d: %s", extra, status, errs)
		}
		if _, err := os.Stat(at("out.csv")); err == nil {
			t.Fatalf("%v: a file is written", extra)
		}
	}
}

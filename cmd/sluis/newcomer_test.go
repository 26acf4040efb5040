package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestSpreadsheet: a file as a Dutch spreadsheet writes it, with semicolons, a byte
// order mark, quotes, decimal commas, empty cells and a row of totals, of which
// nothing is said but that the commas are decimal.
func TestSpreadsheet(t *testing.T) {
	var b strings.Builder
	b.WriteString("\ufeffPersoonsnummer;Gemeente;Geslacht;Beroep;Inkomen (€)\r\n")
	for i := range 120 {
		income := fmt.Sprintf("%d,%02d", 20_000+i*37%9_000, i%100)
		if i%20 == 3 {
			income = ""
		}
		fmt.Fprintf(&b, "%d;%s;%s;\"%s\";%s\r\n", 100_000_000+7*i, []string{"Breda", "'s-Hertogenbosch", "Súdwest-Fryslân"}[i/40], []string{"man", "vrouw", ""}[i%3],
			[]string{"leraar", "zelfstandige; \"\"overig\"\""}[i%2], income)
	}
	spec := `version: 1
data:
  source: inwoners.csv
  respondent: Persoonsnummer
  csv: {decimal: ","}
  missing: {Gemeente: exclude, default: category}
outputs:
  - {name: inkomens, kind: magnitude, by: [Gemeente, Geslacht], response: Inkomen (€)}
  - {name: beroepen, kind: frequency, by: [Gemeente, Beroep]}
`
	dir := folder(t, "inwoners.csv", b.String()+"Totaal;;;;2932140,00\r\n", "spec.yaml", spec)
	status, out, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"))
	if status != 0 || !strings.Contains(out, "SAFE") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	// What is not said yet is asked for.
	for say, without := range map[string]string{"missing: {\"Geslacht\": category}": ", default: category", "csv.decimal": "  csv: {decimal: \",\"}\n"} {
		t.Run(say, func(t *testing.T) {
			dir := folder(t, "inwoners.csv", b.String(), "spec.yaml", strings.Replace(spec, without, "", 1))
			if status, _, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml")); status != 1 || !strings.Contains(errs, say) {
				t.Errorf("without %q: status %d: %s", without, status, errs)
			}
		})
	}
	// Not left out, the total is a respondent that dominates.
	dir = folder(t, "inwoners.csv", b.String()+"Totaal;;;;2932140,00\r\n", "spec.yaml", strings.Replace(spec, "Gemeente: exclude, ", "", 1))
	if status, out, _ := sluis(t, "check", filepath.Join(dir, "spec.yaml")); status != 3 || !strings.Contains(out, "1 contributor; at least 10 are required") {
		t.Errorf("with the total: status %d: %s", status, out)
	}
}

// TestNullRespondent: the error about a row of nobody does not ask for a policy that
// would change nothing.
func TestNullRespondent(t *testing.T) {
	for _, missing := range []string{"", ", missing: {default: category}"} {
		dir := folder(t, "d.csv", "id,region\n1,a\n,a\n", "spec.yaml", "version: 1\ndata: {source: d.csv, respondent: id"+missing+"}\noutputs: [{name: n, kind: frequency, by: [region]}]\n")
		status, _, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"))
		if status != 1 || !strings.Contains(errs, `"id", row 2`) || !strings.Contains(errs, "take the row out") || strings.Contains(errs, "category") {
			t.Errorf("%q: status %d: %s", missing, status, errs)
		}
	}
}

// TestBrokenRecord: where there is no dossier, no error speaks of one.
func TestBrokenRecord(t *testing.T) {
	spec := "version: 1\ndata: {source: d.csv, respondent: id}\noutputs: [{name: n, kind: frequency, by: [region]}]\n"
	for _, record := range []string{"", "{", "null", "{}", `{"schema": "sluis.pseudonyms/2", "signer": "AAAA"}`} {
		dir := folder(t, "d.csv", "id,region\n1,a\n", "d.csv.record.json", record, "spec.yaml", spec)
		status, _, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"))
		if status != 1 || !strings.Contains(errs, "d.csv.record.json: record") || strings.Contains(errs, "dossier") {
			t.Errorf("%q: status %d: %s", record, status, errs)
		}
	}
	dir := folder(t, "d.csv", "id,region\n1,a\n", "spec.yaml", spec)
	if status, _, errs := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--trust", "zz"); status != 2 || !strings.Contains(errs, "--trust: a public key is 64") {
		t.Errorf("--trust: status %d: %s", status, errs)
	}
}

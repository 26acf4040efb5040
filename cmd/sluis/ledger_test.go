package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc/ledger"
)

// monthly writes the records of a month, and a spec of them: joiners are further persons of
// region N, and few of them are sick.
func monthly(t *testing.T, dir, month string, joiners int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("id,region,state,cost\n")
	for i := range 60 + joiners {
		region, state := "N", "well"
		if i%2 == 1 && i < 60 {
			region = "S"
		}
		if i%3 == 0 {
			state = "sick"
		}
		fmt.Fprintf(&b, "p%d,%s,%s,%d\n", i, region, state, 100+i%17)
	}
	spec := "version: 1\ndata: {source: " + month + ".csv, respondent: id, population: patients, unit: person}\noutputs:\n" +
		"  - {name: persons, kind: frequency, by: [region, state]}\n  - {name: cost, kind: magnitude, by: [region], response: cost, statistics: [mean]}\n"
	for name, text := range map[string]string{month + ".csv": b.String(), month + ".yaml": spec} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, month+".yaml")
}

// TestLedger: a release is added, the same again is safe, and the month after with one person
// more is refused until somebody says why it leaves.
func TestLedger(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	may, june := monthly(t, dir, "may", 0), monthly(t, dir, "june", 1)
	for _, tc := range []struct {
		name   string
		args   []string
		status int
		said   string // on standard output or standard error
	}{
		{"nobody made it", []string{"ledger", "list", at("l")}, exitFailure, "no such file"},
		{"made", []string{"ledger", "init", at("l")}, 0, "a ledger without entries"},
		{"made twice", []string{"ledger", "init", at("l")}, exitUsage, "is not written over"},
		{"nobody approved", []string{"ledger", "add", at("l"), may}, exitUsage, "--approve is missing"},
		{"a short reason", []string{"ledger", "add", at("l"), may, "--approve", "B", "--because", "x"}, exitUsage, "--because needs a reason"},
		{"one argument", []string{"ledger", "add", at("l"), "--approve", "B"}, exitUsage, "add takes a ledger, a spec"},
		{"added", []string{"ledger", "add", at("l"), may, "--approve", "B. de Boer", "--approve", "C"}, 0, "release 1 was added, verdict safe\nhead "},
		{"the same again", []string{"check", may, "--ledger", at("l")}, 0, "compared with 1 of 1 earlier releases"},
		{"not at hand", []string{"check", june, "--ledger", at("l")}, exitReview, "release 1 was not compared: its files are not at hand"},
		{"a source without a ledger", []string{"check", june, "--source", "may.csv=" + at("may.csv")}, exitUsage, "name the ledger with --ledger"},
		{"a source of another name", []string{"check", june, "--ledger", at("l"), "--source", "april.csv=" + at("may.csv")}, exitUsage, `no release of this population was made from a file "april.csv"`},
		{"another source", []string{"check", june, "--ledger", at("l"), "--source", "may.csv=" + at("june.csv")}, exitUsage, "its SHA-256 is another"},
		{"a source without a name", []string{"check", june, "--ledger", at("l"), "--source", at("may.csv")}, exitUsage, "--source is NAME=FILE"},
		{"one person more", []string{"check", june, "--ledger", at("l"), "--source", "may.csv=" + at("may.csv")}, exitUnsafe, `cell region=N, state=sick of output "persons" and cell region=N, state=sick of output "persons" in release 1 differ by 1 respondent`},
		{"and its mean", []string{"check", june, "--ledger", at("l"), "--source", "may.csv=" + at("may.csv")}, exitUnsafe, `cell region=N of output "cost" and cell region=N of output "cost" in release 1 differ by 1 respondent, and one cell lies inside the other: the difference of the two numbers (sums of cost)`},
		{"refused", []string{"ledger", "add", at("l"), june, "--approve", "B", "--source", "may.csv=" + at("may.csv")}, exitUnsafe, "nothing was added: the verdict is unsafe"},
		{"refused for review", []string{"ledger", "add", at("l"), june, "--approve", "B"}, exitReview, "nothing was added: the verdict is review"},
		{"with a reason", []string{"ledger", "add", at("l"), june, "--approve", "B", "--because", "published by law", "--note", "n"}, 0, "release 2 was added, verdict review"},
		{"listed", []string{"ledger", "list", at("l")}, 0, "safe     B. de Boer, C"},
		{"shown", []string{"ledger", "show", at("l"), "2"}, 0, "because: published by law\nnote: n\nmade from \"june.csv\""},
		{"not there", []string{"ledger", "show", at("l"), "3"}, exitUsage, "no entry of this number"},
		{"no number", []string{"ledger", "show", at("l"), "x"}, exitUsage, "a whole number from 1"},
		{"holds", []string{"ledger", "verify", at("l")}, 0, "2 entries, 0 of them signed\nnot checked: whether the last entries are gone"},
		{"another head", []string{"ledger", "verify", at("l"), "--head", strings.Repeat("0", 64)}, exitUnsafe, "entries were taken away"},
		{"exported", []string{"ledger", "export", at("l"), at("out")}, 0, "releases.jsonl"},
		{"exported twice", []string{"ledger", "export", at("l"), at("out")}, exitUsage, "is there already"},
		{"no ledger", []string{"check", may, "--ledger", may}, exitFailure, "is no ledger"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, out, errs := sluis(t, tc.args...)
			if status != tc.status || !strings.Contains(out+errs, tc.said) {
				t.Errorf("status %d, want %d and %q:\n%s%s", status, tc.status, tc.said, out, errs)
			}
			for _, id := range []string{"p0,", "p60"} {
				if strings.Contains(out+errs, id) {
					t.Errorf("it names a respondent:\n%s", out)
				}
			}
		})
	}
	text, err := os.ReadFile(at("out/releases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var r ledger.Release
	if err := json.NewDecoder(strings.NewReader(string(text))).Decode(&r); err != nil || len(r.Outputs) != 2 || len(r.Outputs[0].Cells) != 9 {
		t.Errorf("%v\n%s", err, text)
	}
	if strings.Contains(string(text), "p17") {
		t.Error("a respondent is in the ledger")
	}
	info, err := os.Stat(at("l"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
}

// TestLedgerNeeds: a spec without a population, a policy without the minimum, and a file under
// another population are not compared in silence.
func TestLedgerNeeds(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	may := monthly(t, dir, "may", 0)
	spec := string(must(os.ReadFile(may)))
	write := func(name, text string) string {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	none := write("none.yaml", strings.Replace(spec, ", population: patients, unit: person", "", 1))
	half := write("half.yaml", strings.Replace(spec, ", unit: person", "", 1))
	other := write("other.yaml", strings.Replace(spec, "population: patients", "population: inhabitants", 1))
	off := write("off.yaml", "version: 1\nname: x\nextends: cbs\nrules:\n  min-contributors: off\n")
	for _, args := range [][]string{{"ledger", "init", at("l")}, {"ledger", "add", at("l"), may, "--approve", "B"}} {
		if status, out, errs := sluis(t, args...); status != 0 {
			t.Fatal(out, errs)
		}
	}
	for _, tc := range []struct {
		args   []string
		status int
		said   string
	}{
		{[]string{"check", none, "--ledger", at("l")}, exitUsage, "a ledger compares releases of one population"},
		{[]string{"check", half}, exitUsage, "data.population and data.unit belong together"},
		{[]string{"check", may, "--ledger", at("l"), "--policy", off}, exitUsage, "rule min-contributors is off"},
		{[]string{"check", other, "--ledger", at("l")}, exitReview, "release 1 was made from one of these files under another population or unit, patients and person"},
	} {
		if status, out, errs := sluis(t, tc.args...); status != tc.status || !strings.Contains(out+errs, tc.said) {
			t.Errorf("%v: status %d, want %d and %q:\n%s%s", tc.args, status, tc.status, tc.said, out, errs)
		}
	}
}

// TestLedgerChanged: nothing is compared with a ledger in which an entry was dropped, or was
// given another population so that nobody would look at it.
func TestLedgerChanged(t *testing.T) {
	for name, statement := range map[string]string{
		"another population": "UPDATE release SET population = 'others' WHERE number = 1",
		"another file":       "UPDATE source SET sha256 = 'aa' WHERE release = 1",
		"dropped":            "DELETE FROM release WHERE number = 1",
		"another value":      "UPDATE cell SET value = '7' WHERE release = 1",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "l")
			may := monthly(t, dir, "may", 0)
			for _, args := range [][]string{{"ledger", "init", path}, {"ledger", "add", path, may, "--approve", "B"}, {"ledger", "add", path, may, "--approve", "B"}} {
				if status, out, errs := sluis(t, args...); status != 0 {
					t.Fatal(out, errs)
				}
			}
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec("PRAGMA foreign_keys=0;" + statement); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			status, out, errs := sluis(t, "check", may, "--ledger", path)
			if status != exitUnsafe || !strings.Contains(errs, "not as it was written") {
				t.Errorf("status %d:\n%s%s", status, out, errs)
			}
		})
	}
}

// TestLedgerRelease: of a release folder the ledger has what was published, and no suppressed
// value. A release of other data, of another policy, or that was changed is refused.
func TestLedgerRelease(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var b strings.Builder
	b.WriteString("id,four,seven\n")
	id := 0
	for code, n := range map[string]int{"J,J1": 210, "J,J2": 3, "M,M1": 14, "M,M2": 19, "N,N1": 17} {
		for range n {
			id++
			fmt.Fprintf(&b, "%d,%s\n", id, code)
		}
	}
	write := func(name, text string) string {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	write("d.csv", b.String())
	spec := "version: 1\ndata: {source: d.csv, respondent: id, population: p, unit: person}\noutputs:\n  - {name: t, kind: frequency, by: [%s]}\n"
	seven, four := write("seven.yaml", fmt.Sprintf(spec, "seven")), write("four.yaml", fmt.Sprintf(spec, "four"))
	policy := write("policy.yaml", "version: 1\nname: x\nextends: essnet\nrules:\n  min-contributors: {min: 5}\n  group-disclosure: off\n")
	do := func(args ...string) {
		t.Helper()
		if status, out, errs := sluis(t, args...); status != 0 {
			t.Fatal(args, status, out, errs)
		}
	}
	do("ledger", "init", at("l"))
	do("protect", seven, "--policy", policy, "--out", at("out"))
	for _, tc := range []struct {
		args   []string
		status int
		said   string
	}{
		{[]string{"ledger", "add", at("l"), seven, at("out"), "--approve", "B"}, exitUsage, "was checked with another policy"},
		{[]string{"ledger", "add", at("l"), four, at("out"), "--approve", "B", "--policy", policy}, exitFailure, "not one of this spec and its data"},
		{[]string{"ledger", "add", at("l"), seven, at("no"), "--approve", "B", "--policy", policy}, exitFailure, "no such file"},
		{[]string{"ledger", "add", at("l"), seven, at("out"), "--approve", "B", "--policy", policy}, 0, "release 1 was added, verdict safe"},
		{[]string{"ledger", "show", at("l"), "1"}, 0, `file "t.release.csv"`},
		{[]string{"check", four, "--policy", policy, "--ledger", at("l")}, exitUnsafe, `cell four=J of output "t" and cell seven=J1 of output "t" in release 1 differ by 3 respondents`},
		{[]string{"check", four, "--policy", policy, "--ledger", at("l")}, exitUnsafe, `output "t" of release 1 has suppressed or rounded cells`},
	} {
		if status, out, errs := sluis(t, tc.args...); status != tc.status || !strings.Contains(out+errs, tc.said) {
			t.Errorf("%v: status %d, want %d and %q:\n%s%s", tc.args, status, tc.status, tc.said, out, errs)
		}
	}
	do("ledger", "export", at("l"), at("json"))
	text, err := os.ReadFile(at("json/releases.jsonl"))
	if err != nil || strings.Count(string(text), `"status":"suppressed"`) < 2 || strings.Contains(string(text), `"value":"3"`) {
		t.Errorf("%v\n%s", err, text)
	}
	changed := filepath.Join(at("out"), "release", "t.release.csv")
	if err := os.WriteFile(changed, append(must(os.ReadFile(changed)), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, errs := sluis(t, "ledger", "add", at("l"), seven, at("out"), "--approve", "B", "--policy", policy, "--because", "I like it"); status != exitUnsafe || !strings.Contains(errs, "does not hold") {
		t.Error(status, out, errs)
	}
}

// yearly writes the records of a month of a closed cohort, 360 persons in two regions, and a
// spec. The first persons with a benefit have lost it: so many of each region.
func yearly(t *testing.T, dir, month string, lost [2]int, depth string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("id,region,state\n")
	for i := range 360 {
		state := []string{"work", "benefit", "nothing"}[i/2%3]
		if state == "benefit" && i/6 < lost[i%2] {
			state = "nothing"
		}
		fmt.Fprintf(&b, "p%d,%c,%s\n", i, "NS"[i%2], state)
	}
	spec := "version: 1\ndata:\n  source: " + month + ".csv\n  respondent: id\n  population: cohort 2026\n  unit: person\n" +
		"  hierarchies: {state: {tree: {working: [work], not-working: [benefit, nothing]}}}\n" +
		"outputs:\n  - {name: states, kind: frequency, by: [region, state]" + depth + "}\n"
	for name, text := range map[string]string{month + ".csv": b.String(), month + ".yaml": spec} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, month+".yaml")
}

// TestLedgerYear: a year of a closed cohort, of which docs/ledger.md tells. In the third month
// one person has lost a benefit: the table is refused, and leaves with fewer codes.
func TestLedgerYear(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "cohort.ledger")
	if status, out, errs := sluis(t, "ledger", "init", path); status != 0 {
		t.Fatal(out, errs)
	}
	var sources []string
	add := func(spec string) (int, string) {
		status, out, errs := sluis(t, append([]string{"ledger", "add", path, spec, "--approve", "B. de Boer"}, sources...)...)
		return status, out + errs
	}
	for m, month := range []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"} {
		lost := [2]int{m / 3 * 11, m / 3 * 10}
		if month == "mar" {
			lost[0] = 1
		}
		spec := yearly(t, dir, month, lost, "")
		status, said := add(spec)
		if month == "mar" {
			for _, want := range []string{
				`cell region=N, state=benefit of output "states" and cell region=N, state=benefit of output "states" in release 1 differ by 1 respondent, and one cell lies inside the other`,
				`cell region=N, state=nothing of output "states" and cell region=N, state=nothing of output "states" in release 2 differ by 1 respondent`,
				"nothing was added: the verdict is unsafe",
			} {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in\n%s", want, said)
				}
			}
			if status != exitUnsafe {
				t.Errorf("status %d", status)
			}
			status, said = add(yearly(t, dir, month, lost, ", depth: {state: 1}"))
		}
		if want := fmt.Sprintf("release %d was added, verdict safe", m+1); status != 0 || !strings.Contains(said, want) {
			t.Fatalf("%s: status %d:\n%s", month, status, said)
		}
		sources = append(sources, "--source", month+".csv="+filepath.Join(dir, month+".csv"))
	}
	if status, out, errs := sluis(t, "ledger", "verify", path); status != 0 || !strings.Contains(out, "12 entries") {
		t.Error(status, out, errs)
	}
}

// TestProtectLedger: what protect publishes is compared with what has left. It refuses what
// tells of few respondents, and what it cannot decide is for review. Nothing is written then.
func TestProtectLedger(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	may, june := monthly(t, dir, "may", 0), monthly(t, dir, "june", 1)
	source := "may.csv=" + at("may.csv")
	for _, args := range [][]string{{"ledger", "init", at("l")}, {"ledger", "add", at("l"), may, "--approve", "B"}} {
		if status, out, errs := sluis(t, args...); status != 0 {
			t.Fatal(out, errs)
		}
	}
	none := at("none.yaml")
	if err := os.WriteFile(none, []byte(strings.Replace(string(must(os.ReadFile(may))), ", population: patients, unit: person", "", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name    string
		args    []string
		status  int
		said    string
		release bool
	}{
		{"a source without a ledger", []string{may, "--source", source}, exitUsage, "name the ledger with --ledger", false},
		{"no population", []string{none, "--ledger", at("l")}, exitUsage, "a ledger compares releases of one population", false},
		{"no ledger", []string{may, "--ledger", at("no")}, exitFailure, "no such file", false},
		{"one person more", []string{june, "--ledger", at("l"), "--source", source}, exitUnsafe, `nothing is released: the published cells tell of few respondents, together or with what left before`, false},
		{"and which cells", []string{june, "--ledger", at("l"), "--source", source}, exitUnsafe, `cell region=N, state=sick of output "persons" and cell region=N, state=sick of output "persons" in release 1 differ by 1 respondent`, false},
		{"not at hand", []string{june, "--ledger", at("l")}, exitReview, "release 1 was not compared: its files are not at hand", true},
		{"the same again", []string{may, "--ledger", at("l")}, 0, "compared with 1 of 1 earlier releases", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			status, said, errs := sluis(t, append([]string{"protect", "--out", out}, tc.args...)...)
			if status != tc.status || !strings.Contains(said+errs, tc.said) {
				t.Errorf("status %d, want %d and %q:\n%s%s", status, tc.status, tc.said, said, errs)
			}
			if _, err := os.Stat(filepath.Join(out, "release")); (err == nil) != tc.release {
				t.Errorf("a release: %v", err)
			}
			if !tc.release {
				return
			}
			if status, said, errs := sluis(t, "verify", out); status != tc.status || tc.status != 0 && !strings.Contains(said, "ledger") {
				t.Errorf("verify: %d\n%s%s", status, said, errs)
			}
			if tc.status == 0 {
				if status, said, errs := sluis(t, "ledger", "add", at("l"), may, out, "--approve", "B"); status != 0 {
					t.Errorf("added: %d\n%s%s", status, said, errs)
				}
			}
		})
	}
}

// TestLedgerForms: of a table of records, and of sums that were rounded far, the ledger says
// what to do.
func TestLedgerForms(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var b strings.Builder
	b.WriteString("id,region,pay\n")
	for i := range 60 {
		fmt.Fprintf(&b, "p%d,%c,%d.%d\n", i%50, "ABC"[i%3], 10+i, 4*min(1, i/57))
	}
	spec := "version: 1\ndata: {source: d.csv, respondent: id, population: p, unit: person}\noutputs:\n  - %s\n"
	for name, text := range map[string]string{
		"d.csv": b.String(), "n.yaml": fmt.Sprintf(spec, "{name: n, kind: frequency, by: [region]}"),
		"s.yaml": fmt.Sprintf(spec, "{name: s, kind: magnitude, by: [region], response: pay}"),
	} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if status, out, errs := sluis(t, "ledger", "init", at("l")); status != 0 {
		t.Fatal(out, errs)
	}
	for _, tc := range []struct {
		spec, said string
		flags      []string
		status     int
	}{
		{"n.yaml", `table "n" counts records, and a ledger compares counts of respondents`, []string{"--count", "records"}, exitUsage},
		{"s.yaml", "protect the spec with more digits", []string{"--digits", "0"}, exitFailure},
	} {
		t.Run(tc.spec, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			if status, said, errs := sluis(t, append([]string{"protect", at(tc.spec), "--out", out}, tc.flags...)...); status != 0 && status != exitReview {
				t.Fatal(status, said, errs)
			}
			status, said, errs := sluis(t, "ledger", "add", at("l"), at(tc.spec), out, "--approve", "B")
			if status != tc.status || !strings.Contains(said+errs, tc.said) {
				t.Errorf("status %d, want %d and %q:\n%s%s", status, tc.status, tc.said, said, errs)
			}
		})
	}
}

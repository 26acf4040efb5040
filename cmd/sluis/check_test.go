package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/basis"
)

// sluis runs a command line and returns its exit status and what it printed.
func sluis(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// folder writes files (name, text pairs) into a new folder.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// people is a CSV file of n persons in regions a and b, half of each sex.
func people(n int) string {
	var b strings.Builder
	b.WriteString("id,region,sex,x\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%c,%c,%d\n", i, "ab"[i/(n/2)], "FM"[i%2], 5+i%3)
	}
	return b.String()
}

const peopleSpec = `version: 1
data: {source: people.csv, respondent: id}
outputs:
  - {name: counts, kind: frequency, by: [region, sex]}
`

// TestBadInput: each is a clear error, with the right status, that holds no
// value of the data and leaves no output behind.
func TestBadInput(t *testing.T) {
	const secret = "SECRET"
	spec := func(old, new string) string { return strings.Replace(peopleSpec, old, new, 1) }
	good := people(40)
	for _, tc := range []struct {
		name   string
		csv    string
		spec   string
		status int
		say    []string
	}{
		{"missing column", good, spec("[region, sex]", "[region, town]"), 1, []string{`"town"`, "does not exist"}},
		{"missing respondent", good, spec("respondent: id", "respondent: person"), 1, []string{`"person"`}},
		{"wrong type", strings.Replace(good, ",5\n", ",SECRET\n", 1), spec("frequency, by: [region, sex]", "magnitude, by: [region], response: x"), 1, []string{`"x"`, "no number"}},
		{"declared type", strings.Replace(good, ",5\n", ",SECRET\n", 1), strings.Replace(spec("respondent: id}", "respondent: id, csv: {types: {x: int64}}}"), "frequency, by: [region, sex]", "magnitude, by: [region], response: x", 1), 1, []string{"people.csv", "line 2", `"x"`}},
		{"ragged rows", good + "1,SECRET\n", peopleSpec, 1, []string{"people.csv", "line 42"}},
		{"no file", "", spec("people.csv", "none.csv"), 1, []string{"none.csv"}},
		{"empty file", "", peopleSpec, 1, []string{"people.csv"}},
		{"empty table", "id,region,sex,x\n", peopleSpec, 1, []string{"no rows"}},
		{"null without a policy", strings.Replace(good, "3,a,M", "3,a,", 1), peopleSpec, 1, []string{`"sex"`, "row 4", "null"}},
		{"null respondent", strings.Replace(good, "\n3,a,M", "\n,a,M", 1), peopleSpec, 1, []string{`"id"`, "row 4", "null"}},
		{"every row left out", "id,region,sex,x\n1,a,,1\n", spec("respondent: id}", "respondent: id, missing: {sex: exclude}}"), 1, []string{"counts", "left out"}},
		{"unknown key", good, spec("version: 1", "version: 1\ncolour: red"), 2, []string{"colour", "2"}},
		{"unknown key in an output", good, spec("name: counts", "name: counts, colour: red"), 2, []string{"colour"}},
		{"version", good, spec("version: 1", "version: 7"), 2, []string{"version"}},
		{"no outputs", good, "version: 1\ndata: {source: people.csv}\noutputs: []\n", 2, []string{"outputs"}},
		{"duplicate names", good, peopleSpec + "  - {name: counts, kind: frequency, by: [sex]}\n", 2, []string{"two outputs", "counts"}},
		{"unknown kind", good, spec("frequency", "pie-chart"), 2, []string{"pie-chart"}},
		{"hierarchy that misses a code", good, spec("respondent: id}", "respondent: id, hierarchies: {region: {tree: {N: [a]}}}}"), 1, []string{`"region"`, "row 21", "no leaf"}},
		{"data with an inner code", strings.Replace(good, "1,a,M", "1,N,M", 1), spec("respondent: id}", "respondent: id, hierarchies: {region: {tree: {N: [a, b]}}}}"), 1, []string{`"region"`, "row 2", "no leaf"}},
		{"hierarchy with a cycle", good, spec("respondent: id}", "respondent: id, hierarchies: {region: {parents: {a: b, b: a}}}}"), 2, []string{"region", "or below a cycle"}},
		{"hierarchy that repeats a code", good, spec("respondent: id}", "respondent: id, hierarchies: {region: {tree: {N: [a, a]}}}}"), 2, []string{"same as"}},
		{"missing hierarchy file", good, spec("respondent: id}", "respondent: id, hierarchies: {region: {file: none.hrc}}}"), 1, []string{"none.hrc"}},
		{"missing policy of a column", good, spec("respondent: id}", "respondent: id, missing: {sex: guess}}"), 2, []string{"sex"}},
		{"wildcard in a table", good, spec("respondent: id}", "respondent: id, missing: {sex: wildcard}}"), 2, []string{"sex", "microdata"}},
		{"NaN in a response", strings.Replace(good, ",5\n", ",NaN\n", 1), strings.Replace(spec("respondent: id}", "respondent: id, csv: {types: {x: float64}}}"), "frequency, by: [region, sex]", "magnitude, by: [region], response: x", 1), 1, []string{`"x"`, "row 1", "not finite"}},
		{"negative weight", strings.Replace(good, ",5\n", ",-5\n", 1), spec("respondent: id}", "respondent: id, weight: x}"), 1, []string{`"x"`, "row 1", "negative"}},
		{"null weight", strings.Replace(good, ",5\n", ",\n", 1), spec("respondent: id}", "respondent: id, weight: x}"), 1, []string{`"x"`, "row 1", "null"}},
		{"tau with holdings", good, strings.Replace(spec("respondent: id}", "respondent: id, weight: x, holding: sex}"), "kind: frequency, by: [region, sex]", "kind: magnitude, by: [region], response: x", 1), 2, []string{"handbook"}},
		{"not a file", good, spec("people.csv", "."), 1, []string{"plain file"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := folder(t, "people.csv", tc.csv, "spec.yaml", tc.spec)
			out := filepath.Join(dir, "out")
			status, stdout, stderr := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--out", out)
			if status != tc.status {
				t.Errorf("status %d, want %d: %s", status, tc.status, stderr)
			}
			for _, s := range tc.say {
				if !strings.Contains(stderr, s) {
					t.Errorf("the error does not say %q: %s", s, stderr)
				}
			}
			if strings.Contains(stdout+stderr, secret) {
				t.Errorf("the error holds a value: %s", stderr)
			}
			if _, err := os.Stat(out); !os.IsNotExist(err) {
				t.Error("something was left behind")
			}
		})
	}
}

func TestBadOutput(t *testing.T) {
	dir := folder(t, "people.csv", people(40), "spec.yaml", peopleSpec, "taken", "")
	for _, args := range [][]string{{"--out", "taken"}, {"--json", "none/x.json"}, {"--cells", "cells.xls"}, {"--cells", "none/x.csv"}} {
		status, _, stderr := sluis(t, "check", filepath.Join(dir, "spec.yaml"), args[0], filepath.Join(dir, args[1]))
		if status != 1 || stderr == "" {
			t.Errorf("%v: status %d, %s", args, status, stderr)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	for _, policy := range []string{"none.yaml", "version: 1\nname: x\nextends: cbs\nrules: {nk: {percent: 1e2}}\n", "version: 1\nname: cbs\nextends: cbs\nrules: {nk: off}\n", "version: 1\nname: x\nextends: cbs\nrules: {nonsense: off}\n"} {
		path := filepath.Join(dir, "policy.yaml")
		if policy == "none.yaml" {
			path = policy
		} else if err := os.WriteFile(path, []byte(policy), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, _, stderr := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--policy", path); status == 0 || stderr == "" {
			t.Errorf("policy %q: status %d", policy, status)
		}
	}
}

func TestPolicyFile(t *testing.T) {
	dir := folder(t, "people.csv", people(40), "spec.yaml", peopleSpec, "policy.yaml", `version: 1
name: stricter
extends: cbs
weighting: handbook
rules:
  min-contributors: {min: 11}
  group-disclosure: {percent: 87.5, exclusive: true}
  p-percent: {p: 10}
  zero-cells: off
`)
	path := filepath.Join(dir, "report.json")
	status, _, stderr := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--policy", filepath.Join(dir, "policy.yaml"), "--json", path)
	if status != 3 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	var r struct {
		Schema  string
		Verdict string
		Policy  struct {
			Name        string
			Differences []basis.Difference
		}
		Outputs []struct {
			Findings []struct {
				Rule            string
				Cell            map[string]*string
				Observed, Limit float64
			}
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"min-contributors: on, min 11, interval 20 (in cbs: on, min 10, interval 20)",
		"p-percent: on, p 10, coalition 1 (in cbs: off)",
		"group-disclosure: on, percent 87.5, exclusive true (in cbs: on, percent 90, exclusive false)",
		"zero-cells: off (in cbs: on)",
		"weighting: handbook (in cbs: tau)",
	}
	var differences []string
	for _, d := range r.Policy.Differences {
		differences = append(differences, d.String())
	}
	if diff := cmp.Diff(want, differences); diff != "" {
		t.Error(diff)
	}
	f := r.Outputs[0].Findings[0]
	if r.Schema != "sluis.report/2" || r.Verdict != "unsafe" || f.Rule != "min-contributors" || *f.Cell["region"] != "a" || f.Observed != 10 || f.Limit != 11 {
		t.Errorf("%+v", r)
	}
}

func TestDemoAndSynth(t *testing.T) {
	if raceDetector {
		t.Skip("the demo is a row of commands, each of which has tests under the race detector")
	}
	dir := t.TempDir()
	status, out, stderr := sluis(t, "demo", "--rows", "300", "--out", filepath.Join(dir, "demo"))
	if status != 0 || !strings.Contains(out, "Verdict: UNSAFE") || !strings.Contains(out, "certificate.json holds") {
		t.Fatalf("status %d: %s%s", status, out, stderr)
	}
	again := filepath.Join(dir, "again")
	if status, _, _ := sluis(t, "demo", "--rows", "300", "--out", again); status != 0 {
		t.Fatal("the second time differs")
	}
	for _, name := range []string{"report.json", "cells.csv", "spec.yaml", "region.hrc"} {
		a, err1 := os.ReadFile(filepath.Join(dir, "demo", name))
		b, err2 := os.ReadFile(filepath.Join(again, name))
		if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs between two runs", name)
		}
	}
	for _, name := range []string{"persons", "enterprises", "events"} {
		for _, ext := range []string{".csv", ".parquet", ".arrows"} {
			if status, _, stderr := sluis(t, "synth", name, filepath.Join(dir, name+ext), "--rows", "500"); status != 0 {
				t.Errorf("synth %s%s: %s", name, ext, stderr)
			}
		}
	}
}

// TestAdultRecount recounts every cell of adult.csv by maps of strings, from the
// file itself.
func TestAdultRecount(t *testing.T) {
	adult, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "reference", "input", "adult.csv"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(adult)
	if err != nil {
		t.Skip("the reference input adult.csv is not here")
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, "spec.yaml", `version: 1
data:
  source: `+adult+`
  csv: {nulls: ["?"], trim: true}
  missing: {default: refuse, workclass: category, occupation: category, native-country: exclude}
outputs:
  - {name: t1, kind: frequency, by: [education, sex]}
  - {name: t2, kind: frequency, by: [workclass, sex, salary-class], sensitive: [salary-class]}
  - {name: t3, kind: magnitude, by: [education, sex], response: capital-gain}
  - {name: t4, kind: microdata, keys: [age, workclass, sex, race, native-country], sensitive: [salary-class]}
`)
	cells := filepath.Join(dir, "cells.csv")
	if status, _, stderr := sluis(t, "check", filepath.Join(dir, "spec.yaml"), "--cells", cells); status != 3 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	column := map[string]int{}
	for i, name := range records[0] {
		column[name] = i
	}
	type cell struct{ n, sum, top1, top2 int }
	want := map[string]*cell{}
	count := func(output string, by []string, response string, margins bool) {
		for _, r := range records[1:] {
			codes := make([]string, len(by))
			skip := false
			for k, name := range by {
				codes[k] = strings.TrimSpace(r[column[name]])
				if codes[k] == "?" {
					codes[k] = "(missing)"
					skip = skip || name == "native-country"
				}
			}
			if skip {
				continue
			}
			x := 0
			if response != "" {
				fmt.Sscan(r[column[response]], &x) //nolint:errcheck // the column is whole numbers
			}
			for mask := range 1 << len(by) {
				if mask > 0 && !margins {
					break
				}
				key := output
				for k := range by {
					if mask>>k&1 == 1 {
						key += "|" + by[k] + "=*"
					} else {
						key += "|" + by[k] + "=" + codes[k]
					}
				}
				c := want[key]
				if c == nil {
					c = &cell{}
					want[key] = c
				}
				c.n++
				c.sum += x
				switch {
				case x > c.top1:
					c.top1, c.top2 = x, c.top1
				case x > c.top2:
					c.top2 = x
				}
			}
		}
	}
	outputs := map[string][]string{
		"t1": {"education", "sex"}, "t2": {"workclass", "sex", "salary-class"}, "t3": {"education", "sex"},
		"t4": {"age", "workclass", "sex", "race", "native-country"},
	}
	count("t1", outputs["t1"], "", true)
	count("t2", outputs["t2"], "", true)
	count("t3", outputs["t3"], "capital-gain", true)
	count("t4", outputs["t4"], "", false)

	g, err := os.Open(cells)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	got, err := csv.NewReader(g).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range got[0] {
		at[name] = i
	}
	for _, r := range got[1:] {
		key := r[0]
		for _, name := range outputs[r[0]] {
			key += "|" + name + "=" + r[at[name]]
		}
		c := want[key]
		if c == nil {
			t.Fatalf("cell %s is not there", key)
		}
		delete(want, key)
		line := []string{fmt.Sprint(c.n), fmt.Sprint(c.n), fmt.Sprint(c.n), fmt.Sprint(c.n), "", "", ""}
		if r[0] == "t3" {
			line[4], line[5] = fmt.Sprint(c.sum), fmt.Sprint(c.top1)
			if c.n > 1 {
				line[6] = fmt.Sprint(c.top2)
			}
		}
		var seen []string
		for _, name := range []string{"records", "respondents", "contributors", "holdings", "sum", "top1", "top2"} {
			seen = append(seen, r[at[name]])
		}
		if diff := cmp.Diff(line, seen); diff != "" {
			t.Fatalf("%s: %s", key, diff)
		}
	}
	if len(want) > 0 {
		t.Errorf("%d cells are missing", len(want))
	}
	t.Logf("%d cells recounted", len(got)-1)
}

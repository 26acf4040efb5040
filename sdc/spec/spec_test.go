package spec_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
)

var fixtures = filepath.Join("..", "..", "testdata", "spec")

func TestFullSpec(t *testing.T) {
	s, err := spec.Load(filepath.Join(fixtures, "full.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want := []sdc.Output{
		{Name: "counts", Kind: sdc.Frequency, By: []string{"region", "sex"}, Sensitive: []string{"sex"}, APriori: []sdc.APriori{
			{Codes: map[string]string{"region": "N", "sex": ""}, Safe: true, Reason: "published before"},
			{Codes: map[string]string{"sex": "F"}, Reason: "embargo"},
		}},
		{Name: "sums", Kind: sdc.Magnitude, By: []string{"sector"}, Margins: [][]string{{"sector"}, {}},
			Response: "amount", Statistics: []string{"sum", "mean"}, APriori: []sdc.APriori{
				{Codes: map[string]string{"sector": ""}, Safe: true, Reason: "by hand", Line: 1},
				{Codes: map[string]string{"sector": "01"}, Reason: "by hand", Line: 2},
				{Codes: map[string]string{"sector": "02"}, Neutral: true, Cost: "5", Reason: "by hand", Line: 3},
				{Codes: map[string]string{"sector": "A"}, Neutral: true, Lower: "1", Upper: "2.5", Reason: "by hand", Line: 4},
			}},
		{Name: "inner", Kind: sdc.Frequency, By: []string{"sex"}, NoMargins: true},
		{Name: "file", Kind: sdc.Microdata, By: []string{"sex", "region"}, Sensitive: []string{"offence"}},
		{Name: "fit", Kind: sdc.Model, Parameters: 4},
	}
	if diff := cmp.Diff(want, s.Outputs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(sdc.Roles{Respondent: "id", Holding: "owner", Weight: "w", Request: "asked"}, s.Roles); diff != "" {
		t.Error(diff)
	}
	csv := source.CSVOptions{Delimiter: ';', Nulls: []string{"?", "NA"}, Trim: true, Types: map[string]string{"code": "string", "amount": "decimal(12,2)"}}
	if diff := cmp.Diff(csv, s.Options.CSV); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{filepath.Join(fixtures, "a.csv"), filepath.Join(fixtures, "b-*.csv")}, s.Patterns); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]sdc.Missing{"": "category", "sex": "exclude"}, s.Missing); diff != "" {
		t.Error(diff)
	}
	if len(s.Hierarchies) != 3 {
		t.Errorf("%d hierarchies", len(s.Hierarchies))
	}
}

// TestErrorsNameTheLine: the mistake is on the line that the error names.
func TestErrorsNameTheLine(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(fixtures, "full.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ old, new, say string }{
		{"  respondent: id", "  respondant: id", "[4:3]"},
		{"    sensitive: [sex]", "    sensitve: [sex]", "[18:5]"},
		{"    kind: magnitude", "    kind: magnitude\n    kind: frequency", "[24:5]"},
		{"    margins: [[sector], []]", "    margins: some", "margins are"},
		{"trim: true", "trim: maybe", "[8:"},
		{"version: 1", "version: one", "[1:"},
	} {
		t.Run(fmt.Sprintf("%s for %s", tc.new, tc.old), func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "spec.yaml")
			if err := os.WriteFile(path, []byte(strings.Replace(string(text), tc.old, tc.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := spec.Load(path)
			if !errors.Is(err, spec.ErrSpec) || !strings.Contains(err.Error(), tc.say) {
				t.Errorf("%q: %v", tc.new, err)
			}
		})
	}
}

func TestPolicyErrors(t *testing.T) {
	for _, tc := range []struct {
		text string
		want error
	}{
		{"version: 2\nname: x\nextends: cbs\n", spec.ErrSpec},
		{"version: 1\nname: x\n", spec.ErrSpec},
		{"version: 1\nextends: cbs\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: maybe}\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules:\n  p-percent:\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules: {group-remainder: ~}\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules: {min-contributors: {min: }}\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: {k: 3}}\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: {percent: -5}}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: {percent: 101}}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: {n: 0}}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: []}\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: [{n: 1, percent: 80}, {n: 2, percent: 90}, {n: 3, percent: 95}]}\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: [{n: 1, percent: 80}, {k: 2}]}\n", spec.ErrSpec},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: [{n: 1, percent: 80}, {n: 2}]}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: [{percent: 80}]}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {nk: [{n: 1, percent: 80}, {n: 1, percent: 90}]}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {p-percent: [{p: 10}, {p: 20}]}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {p-percent: [{p: 10}, {coalition: 2}]}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {pq: {p: 50, q: 50}}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {min-contributors: {min: 1}}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nrules: {p-percent: on}\n", sdc.ErrRequest},
		{"version: 1\nname: x\nextends: cbs\nweighting: none\n", sdc.ErrRequest},
	} {
		t.Run(tc.text, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "policy.yaml")
			if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := spec.LoadPolicy(path); !errors.Is(err, tc.want) {
				t.Errorf("%q: %v", tc.text, err)
			}
		})
	}
}

// TestPairsOfThresholds: a rule of concentration has one or two pairs.
func TestPairsOfThresholds(t *testing.T) {
	essnet := sdc.ESSNet()
	for _, tc := range []struct {
		rules string
		nk    sdc.NK
		p     sdc.PPercent
	}{
		{"nk: {percent: 80}", sdc.NK{N: 1, Percent: "80"}, essnet.PPercent},
		{"nk: [{n: 2, percent: 85}]", sdc.NK{N: 2, Percent: "85"}, essnet.PPercent},
		{"nk: [{n: 1, percent: 80}, {n: 2, percent: 90.5}]", sdc.NK{N: 1, Percent: "80", N2: 2, Percent2: "90.5"}, essnet.PPercent},
		{"p-percent: [{p: 15}, {p: 5, coalition: 2}]", essnet.NK, sdc.PPercent{P: "15", P2: "5", Coalition2: 2}},
	} {
		t.Run(tc.rules, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "policy.yaml")
			if err := os.WriteFile(path, []byte("version: 1\nname: x\nextends: essnet\nrules:\n  "+tc.rules+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			p, err := spec.LoadPolicy(path)
			if err != nil || p.NK != tc.nk || p.PPercent != tc.p {
				t.Errorf("%+v %+v, %v", p.NK, p.PPercent, err)
			}
		})
	}
}

// TestPolicyNames: a policy file may have a name that looks like the name of a shipped
// policy only with the rules of that policy.
func TestPolicyNames(t *testing.T) {
	for _, tc := range []struct{ name, text, say string }{
		{"the shipped rules under their name", "name: cbs\nextends: cbs\n", ""},
		{"the same, and a dossier", "name: cbs\nextends: cbs\ndossier: required\n", ""},
		{"the same of the other", "name: essnet\nextends: essnet\n", ""},
		{"other rules under the name", "name: cbs\nextends: cbs\nrules: {nk: off}\n", "name looks like cbs"},
		{"another weighting", "name: cbs\nextends: cbs\nweighting: handbook\n", "name looks like cbs"},
		{"the rules of the other", "name: cbs\nextends: essnet\n", "name looks like cbs"},
		{"shipped, it says", "name: cbs (shipped)\nextends: cbs\nrules: {nk: off}\n", "choose a name without cbs in it"},
		{"shipped, it says, with the shipped rules", "name: cbs (shipped)\nextends: cbs\n", "name looks like cbs"},
		{"a word of it", "name: cbs-publication\nextends: cbs\nrules: {nk: off}\n", "name looks like cbs"},
		{"a letter of another script", "name: publicatie CВS\nextends: cbs\nrules: {nk: off}\n", "name looks like cbs"},
		{"read from right to left", "name: \"\\u202Esbc\"\nextends: cbs\nrules: {nk: off}\n", "a character that is not shown"},
		{"a name of its own", "name: huisregels 2026\nextends: cbs\nrules: {nk: off}\n", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "policy.yaml")
			if err := os.WriteFile(path, []byte("version: 1\n"+tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			switch _, err := spec.LoadPolicy(path); {
			case tc.say == "" && err != nil:
				t.Error(err)
			case tc.say != "" && (!errors.Is(err, spec.ErrSpec) || !strings.Contains(err.Error(), tc.say)):
				t.Error(err)
			}
		})
	}
}

func FuzzSpec(f *testing.F) {
	text, err := os.ReadFile(filepath.Join(fixtures, "full.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("version: 1\ndata: {source: x.csv}\noutputs: [{name: a, kind: frequency, by: [b]}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "spec.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := spec.Load(path)
		if err == nil && len(s.Outputs) == 0 {
			t.Error("a spec without outputs is taken")
		}
	})
}

// TestNumbersAreText: codes and thresholds are read as written, or are errors.
func TestNumbersAreText(t *testing.T) {
	const head = "version: 1\ndata:\n  source: a.csv\n"
	const tail = "outputs:\n  - {name: a, kind: frequency, by: [b]}\n"
	for _, text := range []string{
		head + "  hierarchies: {b: {tree: {N: [01, 02]}}}\n" + tail,
		head + "  hierarchies: {b: {tree: {N: {20: [20.10]}}}}\n" + tail,
		head + "  hierarchies: {b: {parents: {010: N}}}\n" + tail,
		head + "  csv: {nulls: [0.0]}\n" + tail,
		head + "outputs:\n  - {name: a, kind: frequency, by: [b], apriori: [{codes: {b: 01}, status: unsafe, reason: x}]}\n",
		head + "  hierarchies: {b: {tree: {N: [a]}}}\noutputs:\n  - {name: a, kind: frequency, by: [b], depth: {b: 1.9}}\n",
		head + "outputs:\n  - {name: a, kind: model, parameters: 12.9}\n",
		head + tail + "---\n" + head + "outputs:\n  - {name: c, kind: frequency, by: [d]}\n",
	} {
		path := filepath.Join(t.TempDir(), "spec.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := spec.Load(path); !errors.Is(err, spec.ErrSpec) || !strings.Contains(err.Error(), "[") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, rule := range []string{"min-contributors: {min: 010}", "min-contributors: {min: 9.9}", "nk: {n: 2.7}", "p-percent: {p: 10, coalition: 1.5}", "k-anonymity: {k: 0x5}"} {
		path := filepath.Join(t.TempDir(), "policy.yaml")
		if err := os.WriteFile(path, []byte("version: 1\nname: x\nextends: cbs\nrules:\n  "+rule+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := spec.LoadPolicy(path); !errors.Is(err, spec.ErrSpec) || !strings.Contains(err.Error(), "[5:") {
			t.Errorf("%q: %v", rule, err)
		}
	}
}

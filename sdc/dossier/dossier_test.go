package dossier_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
)

func load(t *testing.T, text string) (*dossier.Dossier, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dossier.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dossier.Load(path)
}

// template returns an empty dossier, and one with every question answered.
func template(t *testing.T) (empty, full string) {
	t.Helper()
	var b bytes.Buffer
	if err := dossier.Template(&b); err != nil {
		t.Fatal(err)
	}
	full = strings.ReplaceAll(b.String(), `text: "", by: ""`, `text: yes, by: someone`)
	full = strings.Replace(full, "columns: []", "columns: [id, region]", 1)
	return b.String(), strings.Replace(full, "files: []", "files: [{name: a.csv, sha256: AB}]", 1)
}

func TestMissing(t *testing.T) {
	empty, full := template(t)
	d, err := load(t, empty)
	if err != nil {
		t.Fatal(err)
	}
	// All but the policy, which the template names, and the release, which a run
	// alone can prove.
	if n := len(d.Missing()); n != 19 {
		t.Errorf("%d steps are missing of an empty dossier: %v", n, d.Missing())
	}
	if d, err = load(t, full); err != nil || len(d.Missing()) > 0 {
		t.Errorf("of a full one %v: %v", d.Missing(), err)
	}
	// Each answer is wanted, with its author.
	lines := strings.Split(full, "\n")
	for i, line := range lines {
		key, _, ok := strings.Cut(strings.TrimSpace(line), ": {text: yes")
		if !ok {
			continue
		}
		for _, without := range []string{strings.Replace(line, "by: someone", `by: " "`, 1), strings.Replace(line, "text: yes", `text: ""`, 1)} {
			cut := slices.Clone(lines)
			cut[i] = without
			d, err := load(t, strings.Join(cut, "\n"))
			if err != nil || len(d.Missing()) != 1 || !strings.HasSuffix(d.Missing()[0], ", "+key) {
				t.Errorf("without %s: %v, %v", key, d.Missing(), err)
			}
		}
	}
}

func TestBadDossier(t *testing.T) {
	for _, text := range []string{"", "version: 2\n", "version: 1\ncolour: red\n", "version: 1\nentries: {nonsense: {text: x}}\n", "version: 1\nentries: {release: {text: x}}\n", "a: [", "version: 1\nentries: {purpose: {txt: x}}\n"} {
		if _, err := load(t, text); !errors.Is(err, dossier.ErrDossier) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestRun: the steps that a run proves are proven by agreement alone.
func TestRun(t *testing.T) {
	_, full := template(t)
	d, err := load(t, full)
	if err != nil {
		t.Fatal(err)
	}
	good := dossier.Run{Policy: "cbs", Sources: []sdc.Source{{Name: "a.csv", SHA256: "ab"}}, Columns: []string{"region"}, Verdict: sdc.Safe}
	states := func(run *dossier.Run) string {
		var out []string
		for _, s := range d.Steps(run) {
			if s.Step == 5 || s.Step == 11 || s.Step == 14 || s.Step == 20 {
				out = append(out, fmt.Sprint(s.Step, s.State))
			}
		}
		return strings.Join(out, " ")
	}
	run := func(change func(*dossier.Run)) *dossier.Run {
		r := good
		change(&r)
		return &r
	}
	for _, tc := range []struct {
		run  *dossier.Run
		want string
	}{
		{nil, "5declared 11declared 14declared 20declared"},
		{&good, "5proven 11proven 14proven 20proven"},
		{run(func(r *dossier.Run) { r.Columns = []string{"region", "income"} }), "5contradicted 11proven 14proven 20proven"},
		{run(func(r *dossier.Run) { r.Policy = "loose" }), "5proven 11contradicted 14proven 20proven"},
		{run(func(r *dossier.Run) { r.Sources = []sdc.Source{{Name: "a.csv", SHA256: "ac"}} }), "5proven 11proven 14contradicted 20proven"},
		{run(func(r *dossier.Run) { r.Sources = []sdc.Source{{Name: "a.csv"}} }), "5proven 11proven 14contradicted 20proven"},
		{run(func(r *dossier.Run) { r.Sources = []sdc.Source{{Name: "b.csv", SHA256: "ab"}} }), "5proven 11proven 14contradicted 20proven"},
		{run(func(r *dossier.Run) { r.Sources = append(slices.Clone(r.Sources), r.Sources...) }), "5proven 11proven 14contradicted 20proven"},
		{run(func(r *dossier.Run) { r.Sources = nil }), "5proven 11proven 14contradicted 20proven"},
		{run(func(r *dossier.Run) { r.Verdict = sdc.Review }), "5proven 11proven 14proven 20open"},
	} {
		if got := states(tc.run); got != tc.want {
			t.Errorf("%+v: %s, want %s", tc.run, got, tc.want)
		}
		if (len(dossier.Contradicted(d.Steps(tc.run))) > 0) != strings.Contains(tc.want, "contradicted") {
			t.Errorf("%+v: %v", tc.run, dossier.Contradicted(d.Steps(tc.run)))
		}
	}
}

// TestSchema: the JSON Schema knows the entries that the reader knows.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "dossier.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Properties struct {
			Entries struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	n := 0
	for key := range s.Properties.Entries.Properties {
		n++
		if _, err := load(t, "version: 1\nentries: {"+key+": {text: x, by: y}}\n"); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	empty, _ := template(t)
	if n == 0 || n != strings.Count(empty, "{text:") {
		t.Errorf("%d entries in the schema, %d in the template", n, strings.Count(empty, "{text:"))
	}
}

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

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/origin"
)

func load(t *testing.T, text string) (*dossier.Dossier, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dossier.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dossier.Load(path)
}

// full is a dossier of sources of CBS in which every question is answered.
func full() *dossier.Dossier {
	yes := dossier.Entry{Text: "yes", By: "someone"}
	d := &dossier.Dossier{
		Product: "group-profile", Policy: dossier.Policy{Name: "cbs"}, Columns: []string{"id", "region", "income"}, Special: []string{"health"},
		Sources: []dossier.Source{{File: "a.csv", SHA256: "ab", Origin: dossier.FromCBS, Provider: "CBS", Law: "none"}},
		Answers: map[string]dossier.Entry{}, Evaluation: map[string]dossier.Entry{},
	}
	for _, q := range dossier.Questions("en") {
		d.Answers[q.Key] = yes
	}
	d.Answers["anonymous"] = dossier.Entry{Text: "no", By: "someone", Answer: "no"}
	for _, key := range []string{"relevant", "yield", "particulars", "reproducible", "obstacles"} {
		d.Evaluation[key] = yes
	}
	return d
}

// written is a dossier as Template writes it.
func written(t *testing.T, lang string, d *dossier.Dossier) string {
	t.Helper()
	var b bytes.Buffer
	if err := dossier.Template(&b, lang, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func change(fn func(*dossier.Dossier)) *dossier.Dossier {
	d := full()
	fn(d)
	return d
}

func without(keys ...string) func(*dossier.Dossier) {
	return func(d *dossier.Dossier) {
		for _, k := range keys {
			delete(d.Answers, k)
		}
	}
}

// TestFramework: the steps of the framework under their own numbers, each once.
func TestFramework(t *testing.T) {
	d, err := load(t, "version: 2\n")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "dossier.md"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range d.Steps(nil, nil) {
		got = append(got, fmt.Sprintf("%d %s", s.Step, s.Dutch.Title))
		if s.State != dossier.Missing || s.Why == "" || s.Article == "" || s.Title == "" || s.Question == "" || s.Dutch.Question == "" || s.Dutch.Article == "" {
			t.Errorf("step %d of an empty dossier: %+v", s.Step, s)
		}
		law := strings.NewReplacer("CBS Act", "Wet CBS", "Police Data Act", "Wpg").Replace(s.Article)
		row := fmt.Sprintf("%s<br>%s | %s | %s |", s.Dutch.Title, s.Title, law, s.Can)
		if !strings.Contains(string(docs), row) || !strings.Contains(string(docs), fmt.Sprintf("| %d | `", s.Step)) {
			t.Errorf("docs/dossier.md does not have step %d: %s", s.Step, row)
		}
	}
	want := []string{
		"1 Kies een vraagstuk dat zich voor patroonherkenning leent", "2 Leg vooraf het doel vast", "3 Volstaan geanonimiseerde gegevens?",
		"4 Bepaal en leg vast welke categorie\u00ebn persoonsgegevens nodig zijn", "5 Eerst gegevens die het CBS al heeft",
		"6 Verwerk in gepseudonimiseerde vorm", "7 Toets op bijzondere persoonsgegevens", "8 Wie is verantwoordelijke voor de verstrekking",
		"9 Wie is verantwoordelijke voor de analyse", "10 Wettelijke grondslag", "11 Regime van wetenschap en statistiek; uitkomst niet herleidbaar",
		"12 Toets politie-, justiti\u00eble en strafvorderlijke gegevens", "13 Melding bij AP of FG", "14 Juiste en nauwkeurige data",
		"15 Wetenschappelijk gevalideerde methoden", "16 Foutmarge", "17 Beveiliging", "18 Informeren van betrokkenen",
		"19 Vernietiging van aanvullend verkregen data", "20 Maak de resultaten op zorgvuldige wijze openbaar", "21 Evaluatie",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(d.Missing()); n != 18 {
		t.Errorf("%d steps are missing before a release, want 18", n)
	}
}

// TestStates: the dossier and the data of a run decide the state of a step.
func TestStates(t *testing.T) {
	good := dossier.Run{
		Policy: dossier.Policy{Name: "cbs"}, Sources: []origin.Source{{Name: "a.csv", SHA256: "AB"}}, Reading: dossier.Reading{Columns: []string{"id", "region", "income"}},
		Rules: []string{"nk", "group-disclosure"}, Used: []string{"region"}, Rows: 40, Respondents: 20, Manifest: true, Verdict: sdc.Safe,
	}
	run := func(fn func(*dossier.Run)) *dossier.Run {
		r := good
		fn(&r)
		return &r
	}
	supplied := func(d *dossier.Dossier) {
		d.Sources[0].Origin, d.Sources[0].Law = dossier.Supplied, "police"
		d.Sources[0].Responsible = dossier.Entry{Text: "korpschef", By: "a"}
		d.Sources[0].Permission = dossier.Entry{Text: "OM", By: "b"}
	}
	verified, broken := &dossier.Verification{Tables: 2}, &dossier.Verification{Problem: "a value differs"}
	for _, x := range []struct {
		name    string
		d       *dossier.Dossier
		run     *dossier.Run
		release *dossier.Verification
		step    int
		state   string
		why     string
	}{
		{"a hint of size", full(), &good, nil, 1, "answered", "40 rows of 20 respondents"},
		{"no period is named", full(), &good, nil, 1, "answered", "period names no column"},
		{"a period that the data do not have", change(func(d *dossier.Dossier) { d.Period = "year" }), &good, nil, 1, "answered", "year is no column"},
		{"rows of each period", change(func(d *dossier.Dossier) { d.Period = "year" }), run(func(r *dossier.Run) { r.Periods = periods(2) }), nil, 1, "answered", "read; year 1: 1 rows of 1 respondents; year 2: 2 rows of 2 respondents"},
		{"the last of 12 periods", change(func(d *dossier.Dossier) { d.Period = "year" }), run(func(r *dossier.Run) { r.Periods = periods(12) }), nil, 1, "answered", "; year 12:"},
		{"the smallest of 13 periods", change(func(d *dossier.Dossier) { d.Period = "year" }), run(func(r *dossier.Run) { r.Periods = periods(13) }), nil, 1, "answered", "13 periods, of which the smallest are; year 1: 1 rows"},
		{"no answer", change(without("question")), &good, nil, 1, "missing", "no answer with a name"},
		{"no name", change(func(d *dossier.Dossier) { d.Answers["question"] = dossier.Entry{Text: "x", By: " "} }), nil, nil, 1, "missing", ""},
		{"no product", change(func(d *dossier.Dossier) { d.Product = "" }), nil, nil, 2, "missing", "product"},
		{"a product", full(), nil, nil, 2, "answered", "group-profile"},
		{"neither yes nor no", change(func(d *dossier.Dossier) { d.Answers["anonymous"] = dossier.Entry{Text: "x", By: "y"} }), nil, nil, 3, "missing", "neither"},
		{"no, for a group profile", full(), nil, nil, 3, "answered", ""},
		{"yes, for a group profile", change(func(d *dossier.Dossier) { d.Answers["anonymous"] = dossier.Entry{Text: "x", By: "y", Answer: "yes"} }), nil, nil, 3, "answered", "look again"},
		{"no, for a trend report", change(func(d *dossier.Dossier) { d.Product = "trend-report" }), nil, nil, 3, "answered", "look again"},
		{"no columns", change(func(d *dossier.Dossier) { d.Columns = nil }), nil, nil, 4, "missing", "columns"},
		{"columns, without a run", full(), nil, nil, 4, "answered", ""},
		{"the columns that were read", full(), &good, nil, 4, "proven", ""},
		{"a column unused", full(), run(func(r *dossier.Run) { r.Columns = r.Columns[:2] }), nil, 4, "proven", "income"},
		{"a column of the files unread", full(), run(func(r *dossier.Run) { r.Unread = []string{"phone"} }), nil, 4, "proven", "in the files, and not read: phone"},
		{"rows in no output", full(), run(func(r *dossier.Run) { r.LeftOut, r.LeftOutExact = 3, true }), nil, 4, "proven", "no output holds: 3"},
		{"rows in no output, at most", full(), run(func(r *dossier.Run) { r.LeftOut = 3 }), nil, 4, "proven", "at most 3"},
		{"a column more", full(), run(func(r *dossier.Run) { r.Columns = append(slices.Clone(r.Columns), "name") }), nil, 4, "missing", "not declared: name"},
		{"a source without provider", change(func(d *dossier.Dossier) { d.Sources[0].Provider = "" }), nil, nil, 5, "missing", "a.csv"},
		{"the source that was read", full(), &good, nil, 5, "proven", ""},
		{"a source of each kind", change(func(d *dossier.Dossier) {
			supplied(d)
			d.Sources = append(d.Sources, dossier.Source{File: "b.csv", Origin: "cbs", Provider: "CBS"})
		}), &good, nil, 5, "proven", "1 of CBS, 1 supplied (a.csv); not read in this run: b.csv"},
		{"another file", full(), run(func(r *dossier.Run) { r.Sources = []origin.Source{{Name: "b.csv", SHA256: "ab"}} }), nil, 5, "missing", "b.csv"},
		{"CBS answers for its own", full(), &good, nil, 6, "answered", ""},
		{"an identifier left in", full(), run(func(r *dossier.Run) { r.Identifiers = true }), nil, 6, "missing", "identifier"},
		{"supplied without a record", change(supplied), &good, nil, 6, "missing", "record"},
		{"special data unused", full(), &good, nil, 7, "answered", ""},
		{"special data used", full(), run(func(r *dossier.Run) { r.Used = []string{"health"} }), nil, 7, "answered", "health"},
		{"nothing supplied", full(), nil, nil, 8, "does not apply", "no source is supplied"},
		{"supplied, answered", change(supplied), nil, nil, 8, "answered", ""},
		{"supplied, nobody responsible", change(func(d *dossier.Dossier) { supplied(d); d.Sources[0].Responsible = dossier.Entry{} }), nil, nil, 8, "missing", "a.csv"},
		{"no source at all", change(func(d *dossier.Dossier) { d.Sources = nil }), nil, nil, 8, "missing", "sources"},
		{"the policy", full(), &good, nil, 11, "proven", "safe"},
		{"another policy", full(), run(func(r *dossier.Run) { r.Policy.Name = "loose" }), nil, 11, "missing", "another policy"},
		{"another policy of that name", full(), run(func(r *dossier.Run) { r.Policy.SHA256 = "ff" }), nil, 11, "missing", "another policy"},
		{"unsafe as it is", full(), run(func(r *dossier.Run) { r.Verdict = sdc.Unsafe }), nil, 11, "answered", "unsafe"},
		{"unsafe, and released under proof", full(), run(func(r *dossier.Run) { r.Verdict = sdc.Unsafe }), verified, 11, "proven", "2 released tables"},
		{"review, and released", full(), run(func(r *dossier.Run) { r.Verdict = sdc.Review }), verified, 11, "answered", "reviewer"},
		{"no police data", full(), nil, nil, 12, "does not apply", "no source holds"},
		{"police data", change(supplied), nil, nil, 12, "answered", ""},
		{"police data of CBS", change(func(d *dossier.Dossier) { d.Sources[0].Law = "police" }), nil, nil, 12, "missing", "permission"},
		{"no hash", change(func(d *dossier.Dossier) { d.Sources[0].SHA256 = "" }), nil, nil, 14, "missing", "sha256"},
		{"the hash, and no profile", full(), &good, nil, 14, "answered", "no profile"},
		{"another hash", full(), run(func(r *dossier.Run) { r.Sources = []origin.Source{{Name: "a.csv", SHA256: "ac"}} }), nil, 14, "missing", "not the file"},
		{"not hashed", full(), run(func(r *dossier.Run) { r.Sources = []origin.Source{{Name: "a.csv"}} }), nil, 14, "missing", "not the file"},
		{"security of CBS data", full(), nil, nil, 17, "does not apply", ""},
		{"security of supplied data", change(supplied), nil, nil, 17, "answered", ""},
		{"the owner alone can read", change(supplied), run(func(r *dossier.Run) { r.Access = []dossier.Access{{Name: "a.csv", By: dossier.ByOwner}} }), nil, 17, "answered", "proven in part: by their modes only the owner can read a.csv"},
		{"others can read", change(supplied), run(func(r *dossier.Run) { r.Access = []dossier.Access{{Name: "a.csv", By: dossier.ByOthers}} }), nil, 17, "answered", "others than the owner can read a.csv: look again"},
		{"nobody knows who can read", change(supplied), run(func(r *dossier.Run) { r.Access = []dossier.Access{{Name: "a.csv", By: dossier.Unknown}} }), nil, 17, "answered", "not known of a.csv"},
		{"rules in force", full(), &good, nil, 15, "answered", "rules in force: nk, group-disclosure"},
		{"what a release suppresses", full(), nil, &dossier.Verification{Tables: 1, Cells: 7, Hidden: 3}, 16, "answered", "3 of 10 cells"},
		{"destruction of CBS data", full(), nil, nil, 19, "does not apply", ""},
		{"destruction, answered", change(func(d *dossier.Dossier) { supplied(d); d.Written = []string{"gone.csv"} }), nil, nil, 19, "answered", "1 of 1 listed files are gone (gone.csv: gone)"},
		{"destruction, nothing listed", change(supplied), nil, nil, 19, "answered", "nothing is known of copies"},
		{"publication, without a release", full(), &good, nil, 20, "answered", ""},
		{"publication, verified without a run", full(), nil, verified, 20, "proven", "groups are in force"},
		{"publication, a policy of a file", change(func(d *dossier.Dossier) { d.Policy.SHA256 = strings.Repeat("ab", 32) }), nil, verified, 20, "answered", "not known"},
		{"publication, no rule about groups", full(), run(func(r *dossier.Run) { r.Rules = []string{"nk"} }), verified, 20, "answered", "no rule about groups"},
		{"publication, verified", full(), &good, verified, 20, "proven", "2 released tables"},
		{"publication, a cell changed", full(), &good, broken, 20, "missing", "a value differs"},
		{"publication, something open", full(), &good, &dossier.Verification{Tables: 2, Open: 1}, 20, "answered", "a reviewer must decide about 1 remarks"},
		{"policy, something open", full(), &good, &dossier.Verification{Tables: 2, Open: 1}, 11, "answered", "a reviewer must decide about 1 remarks"},
		{"publication, no manifest", full(), &good, &dossier.Verification{Tables: 2, Unlisted: true}, 20, "answered", "is not known, because no manifest"},
		{"policy, no manifest", full(), &good, &dossier.Verification{Tables: 2, Unlisted: true}, 11, "answered", "is not known, because no manifest"},
		{"evaluation", full(), nil, nil, 21, "answered", ""},
		{"evaluation, one left", change(func(d *dossier.Dossier) { delete(d.Evaluation, "yield") }), &good, nil, 21, "missing", "yield"},
		{"evaluation, reproducible by the manifest", change(func(d *dossier.Dossier) { delete(d.Evaluation, "reproducible") }), &good, nil, 21, "answered", "hash of every input"},
		{"evaluation, without a manifest", change(func(d *dossier.Dossier) { delete(d.Evaluation, "reproducible") }), run(func(r *dossier.Run) { r.Manifest = false }), nil, 21, "missing", "reproducible"},
	} {
		t.Run(x.name, func(t *testing.T) {
			d, err := load(t, written(t, "en", x.d))
			if err != nil {
				t.Fatal(err)
			}
			s := d.Steps(x.run, x.release)[x.step-1]
			if s.Step != x.step || s.State != x.state || !strings.Contains(s.Why, x.why) {
				t.Errorf("step %d is %s: %q, want %s: %q", s.Step, s.State, s.Why, x.state, x.why)
			}
			if s.State == dossier.Missing && s.Why == "" {
				t.Error("missing, and it does not say why")
			}
			if (s.Why == "") != (s.Dutch.Why == "") || s.Why != "" && s.Why == s.Dutch.Why {
				t.Errorf("in Dutch %q", s.Dutch.Why)
			}
			for _, part := range strings.Split(s.Why, "; ") {
				if strings.Contains(part, " ") && strings.Contains(s.Dutch.Why, part) {
					t.Errorf("not in Dutch: %q", part)
				}
			}
		})
	}
}

// periods are n periods; each is larger than the one before.
func periods(n int64) []dossier.Period {
	var out []dossier.Period
	for i := n; i > 0; i-- {
		out = append([]dossier.Period{{Code: fmt.Sprint(i), Rows: i, Respondents: i}}, out...)
	}
	return out
}

// TestContradicted: data that contradict a settled step make it missing, with the reason.
func TestContradicted(t *testing.T) {
	d, err := load(t, written(t, "en", full()))
	if err != nil {
		t.Fatal(err)
	}
	run := dossier.Run{Policy: dossier.Policy{Name: "loose"}, Sources: []origin.Source{{Name: "a.csv", SHA256: "cd"}}, Reading: dossier.Reading{Columns: []string{"name"}}, Identifiers: true}
	got := d.Contradicted(&run)
	if len(got) != 4 || !strings.HasPrefix(got[0], "4, ") || !strings.HasPrefix(got[1], "6, ") || !strings.HasPrefix(got[2], "11, ") || !strings.HasPrefix(got[3], "14, ") {
		t.Errorf("%q", got)
	}
	run = dossier.Run{Policy: dossier.Policy{Name: "cbs"}, Sources: []origin.Source{{Name: "a.csv", SHA256: "ab"}}, Reading: dossier.Reading{Columns: []string{"id"}}}
	if got := d.Contradicted(&run); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// TestTemplate: the templates of both languages are read back without a change.
func TestTemplate(t *testing.T) {
	for _, lang := range []string{"en", "nl"} {
		for name, want := range map[string]*dossier.Dossier{"full": full(), "hostile": change(func(d *dossier.Dossier) {
			d.Project = "a: \"b\" # c\n- {x}"
			d.Answers["question"] = dossier.Entry{Text: "'yes': [no, 010, ~]", By: "O'Neill", Date: "2026-11-30"}
			d.Sources = append(d.Sources, dossier.Source{File: "b [1].csv", Origin: "supplied", Permission: dossier.Entry{Text: "\u00e9"}})
		})} {
			t.Run(lang+", "+name, func(t *testing.T) {
				got, err := load(t, written(t, lang, want))
				if err != nil {
					t.Fatal(err)
				}
				if written(t, lang, got) != written(t, lang, want) {
					t.Errorf("%s", cmp.Diff(written(t, lang, want), written(t, lang, got)))
				}
				if got.Project != want.Project || got.Answers["question"] != want.Answers["question"] || len(got.Sources) != len(want.Sources) {
					t.Errorf("%+v", got)
				}
			})
		}
	}
	empty := written(t, "nl", nil)
	for _, want := range []string{"# Stap 12. Toets politie-", "Bpg 4:7", "# Stap 21. Evaluatie"} {
		if !strings.Contains(empty, want) {
			t.Errorf("no %q", want)
		}
	}
	if d, err := load(t, empty); err != nil || len(d.Missing()) != 18 {
		t.Errorf("%v, %v", d.Missing(), err)
	}
}

func TestBadDossier(t *testing.T) {
	for _, text := range []string{
		"", "version: 3\n", "version: 2\ncolour: red\n", "version: 2\nanswers: {nonsense: {text: x}}\n", "version: 2\nanswers: {provision: {text: x}}\n", "a: [",
		"version: 2\nanswers: {purpose: {txt: x}}\n", "version: 2\nanswers: {purpose: {answer: yes}}\n", "version: 2\nanswers: {anonymous: {answer: perhaps}}\n",
		"version: 2\nproduct: poem\n", "version: 2\nevaluation: {fun: {text: x}}\n", "version: 2\nsources: [{file: a}, {file: a}]\n",
		"version: 2\nsources: [{file: a, origin: moon}]\n", "version: 2\nsources: [{file: a, law: jungle}]\n", "version: 2\nsources: [{sha256: a}]\n",
	} {
		if _, err := load(t, text); !errors.Is(err, dossier.ErrDossier) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := load(t, "version: 1\nproject: x\n"); !errors.Is(err, dossier.ErrVersion) {
		t.Errorf("version 1: %v", err)
	}
	if _, err := load(t, "version: 2\nprofile: none.json\n"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a profile that is not there: %v", err)
	}
}

// TestMigrate: nothing that was written under version 1 is lost.
func TestMigrate(t *testing.T) {
	old := "version: 1\nproject: p\npolicy: cbs\ncolumns: [a]\nfiles: [{name: f.csv, sha256: ab}]\nentries:\n"
	keys := []string{
		"question", "purpose", "aggregation", "categories", "pseudonyms", "sources", "controller", "legal-basis", "permissions", "methods", "error",
		"access", "informing", "custody", "retention", "destruction", "evaluation",
	}
	for _, k := range keys {
		old += fmt.Sprintf("  %s: {text: T-%s, by: B-%s, date: 2026-01-01}\n", k, k, k)
	}
	path := filepath.Join(t.TempDir(), "old.yaml")
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := dossier.Migrate(path)
	if err != nil {
		t.Fatal(err)
	}
	text := written(t, "en", d)
	for _, k := range keys {
		if !strings.Contains(text, "T-"+k) || !strings.Contains(text, "B-"+k) {
			t.Errorf("the answer to %s is lost", k)
		}
	}
	again, err := load(t, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range again.Steps(nil, nil) {
		if open := slices.Contains([]int{2, 3, 5, 6, 7, 8, 11, 12, 14, 20, 21}, s.Step); (s.State == dossier.Missing) != open {
			t.Errorf("step %d is %s: %s", s.Step, s.State, s.Why)
		}
	}
	for _, bad := range []string{"version: 2\n", "version: 1\nentries: {x: {text: y}}\n", "version: ["} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := dossier.Migrate(path); !errors.Is(err, dossier.ErrDossier) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestSchema: the JSON Schema knows the keys that the reader knows, and no others.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "dossier.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Properties map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	d := full()
	d.Sources[0].Responsible, d.Sources[0].Permission = d.Answers["purpose"], d.Answers["purpose"]
	for line := range strings.Lines(written(t, "en", d)) {
		key, _, ok := strings.Cut(line, ":")
		if ok && !strings.ContainsAny(key, " #") && s.Properties[key] == nil {
			t.Errorf("%q is not in the schema", key)
		}
	}
	for _, part := range []string{"answers", "evaluation"} {
		var of struct{ Properties map[string]any }
		if err := json.Unmarshal(s.Properties[part], &of); err != nil {
			t.Fatal(err)
		}
		n := len(d.Answers)
		if part == "evaluation" {
			n = len(d.Evaluation)
		}
		if len(of.Properties) != n {
			t.Errorf("%s: %d keys in the schema, %d in the file", part, len(of.Properties), n)
		}
		for key := range of.Properties {
			if _, err := load(t, "version: 2\n"+part+": {"+key+": {text: x, by: y}}\n"); err != nil {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
}

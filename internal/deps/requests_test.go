// One file for the requests: they share the records and the outputs.

package deps_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/against"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/cells"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/declared"
	"github.com/sluis-go/sluis/sdc/diff"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/population"
	"github.com/sluis-go/sluis/sdc/profile"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/sdc/suggest"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/foreign"
	"github.com/sluis-go/sluis/suppress/records"
	"github.com/sluis-go/sluis/suppress/verify"
)

// rows are the records of all requests: persons by region and state, with a firm, a
// turnover, a weight, and whether they asked for protection.
func rows() string {
	var b strings.Builder
	id := 0
	for r, counts := range [][]int{{4, 14, 13}, {12, 15, 16}, {13, 12, 11}} {
		for s, n := range counts {
			for k := range n {
				fmt.Fprintf(&b, "p%d,f%d,r%d,s%d,%d,%d,%v\n", id, id, r, s, 10+id%7+k, 1+id%3, id%50 == 7)
				id++
			}
		}
	}
	return b.String()
}

const header = "person,firm,region,state,turnover,weight,asks"

// people is the table of the records.
func people(t *testing.T) arrow.Table {
	t.Helper()
	text := arrow.BinaryTypes.String
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "person", Type: text}, {Name: "firm", Type: text}, {Name: "region", Type: text}, {Name: "state", Type: text},
		{Name: "turnover", Type: arrow.PrimitiveTypes.Int64}, {Name: "weight", Type: arrow.PrimitiveTypes.Int64}, {Name: "asks", Type: arrow.FixedWidthTypes.Boolean}, {Name: "net", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	var list []string
	for line := range strings.Lines(rows()) {
		f := strings.Split(strings.TrimSpace(line), ",")
		list = append(list, fmt.Sprintf(`{"person":%q,"firm":%q,"region":%q,"state":%q,"turnover":%s,"weight":%s,"asks":%s,"net":%s}`, f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[4]))
	}
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{"[" + strings.Join(list, ",") + "]"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(table.Release)
	return table
}

// tree is a hierarchy of the regions.
func tree(t *testing.T) *sdc.Hierarchy {
	t.Helper()
	h, err := sdc.NewHierarchy(sdc.Code{Label: "north", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}}, sdc.Code{Label: "r2"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Outputs of every kind.
func frequency() sdc.Output {
	return sdc.Output{
		Name: "n", Title: "persons", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"}, Margins: [][]string{{"region"}, {}},
		Depth: map[string]int{"region": 2}, Fold: map[string][]string{"region": {"north"}},
		APriori: []sdc.APriori{{Codes: map[string]string{"region": "r2", "state": "s0"}, Safe: true, Reason: "known to all", By: "A"}},
	}
}

func magnitude() sdc.Output {
	return sdc.Output{
		Name: "t", Kind: sdc.Magnitude, By: []string{"region", "state"}, Response: "turnover", SensitiveValues: []string{"0"}, Statistics: []string{"sum", "mean"},
		APriori: []sdc.APriori{{Codes: map[string]string{"state": "s0"}, Reason: "asked", Protected: true, Cost: "10", Lower: "5", Upper: "5"}},
	}
}

func microdata() sdc.Output {
	return sdc.Output{
		Name: "m", Kind: sdc.Microdata, By: []string{"region"}, Sensitive: []string{"state", "turnover", "weight"}, Amounts: []string{"turnover"},
		Width: map[string]string{"weight": "1"},
	}
}

func model() sdc.Output { return sdc.Output{Name: "r", Kind: sdc.Model, Parameters: 3} }

// data are the records with all roles.
func data(t *testing.T) *sdc.Data {
	t.Helper()
	d := sdc.FromTable(people(t))
	d.Roles = sdc.Roles{Respondent: "person", Holding: "firm", Weight: "weight", Request: "asks"}
	d.Missing = map[string]sdc.Missing{"region": sdc.MissingCategory}
	d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree(t)}
	d.Dossier = &checklist.State{Missing: []string{"step 3"}}
	d.Sources = []origin.Source{{Name: "p.csv", SHA256: strings.Repeat("a", 64)}}
	d.About = origin.About{Title: "persons", Project: "p", Requester: "A", Date: "2026-11-30"}
	d.Suppressions = []*localrecord.Record{localRecord()}
	d.NotIdentifiers = map[string]string{"state": "a state of three"}
	d.RespondentForm = "exact"
	d.Where = population.Where{{Column: "state", Codes: []string{"s0", "s1"}}, {Column: "turnover", From: "0", To: "1000000"}}
	d.Declared = declared.Columns{
		Codes: map[string][]string{"state": {"s0", "s1", "s2", "s3"}}, Independent: [][2]string{{"region", "asks"}}, Relations: []string{"turnover = net"},
		Bounds: map[string][2]string{"turnover": {"0", "100"}},
	}
	d.Remarks = []sdc.Remark{sdc.Roles{}.NoRespondent(3)}
	return d
}

// cellsOf are a table of sums that is given as cells.
func cellsOf() *cells.Table {
	return &cells.Table{
		Variables: []cells.Variable{{Name: "region", Codes: []string{"", "n", "s"}, Parents: []int{-1, 0, 0}}}, Digits: 1, Listed: 2, Apart: true,
		Cells: []cells.Cell{
			{Nodes: []int{0}, Value: 30, Contributors: 4, NonZero: 4, Largest: []int64{10, 9}, Known: []int64{10, 9}, Who: []int64{1, 2}, Rest: 9},
			{Nodes: []int{1}, Value: 20, Contributors: 3, NonZero: 3, Largest: []int64{9, 9}, Known: []int64{9, 9}, Who: []int64{2, 3}, Rest: 2},
			{Nodes: []int{2}, Value: 10, Contributors: 1, NonZero: 1, Largest: []int64{10}, Known: []int64{10}, Who: []int64{1}, Sole: 1},
		},
	}
}

// localRecord is a record of local suppression.
func localRecord() *localrecord.Record {
	return &localrecord.Record{
		Schema: localrecord.Schema, Output: origin.Source{Name: "p.csv", SHA256: strings.Repeat("a", 64)}, Keys: []string{"region"}, Missing: "wildcard", K: 3,
		MaxKeys: 1, Records: 110, Suppressed: []localrecord.Key{{Key: "region", Values: 0}},
	}
}

// allRules is a policy with every rule on.
func allRules() sdc.Policy {
	p := sdc.ESSNet()
	p.PQ = sdc.PQ{P: "10", Q: "50"}
	p.GroupRemainder = sdc.GroupRemainder{K: 1}
	p.Request = sdc.Request{Percent: "50"}
	p.File = &origin.Source{Name: "policy.yaml", SHA256: strings.Repeat("b", 64)}
	return p
}

// check checks one output of valid data without hierarchies.
func check(t *testing.T, o sdc.Output) error {
	d := sdc.FromTable(people(t))
	d.Roles.Respondent = "person"
	d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree(t)}
	_, err := sdc.Check(t.Context(), d, []sdc.Output{o}, allRules(), sdc.Options{Threads: 1, Sole: true})
	return err
}

// reported is a report of all kinds of outputs.
func reported(t *testing.T) *sdc.Report {
	t.Helper()
	d := sdc.FromTable(people(t))
	d.Roles = sdc.Roles{Respondent: "person", Holding: "firm"}
	d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree(t)}
	d.About = origin.About{Title: "persons"}
	d.Dossier = &checklist.State{Missing: []string{"step 3"}}
	r, err := sdc.Check(t.Context(), d, []sdc.Output{frequency(), magnitude(), microdata(), model()}, sdc.CBS(), sdc.Options{Threads: 1, Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	r.Manifest = &origin.Manifest{Tool: origin.Tool{Name: "test"}, Inputs: []origin.Source{{Name: "s.yaml"}}}
	r.Dossier = []checklist.Step{{Step: 1, Key: "size", Title: "Size", State: "missing", Why: "no", Answers: []checklist.Answer{{Of: "p", Text: "x"}}}}
	return r
}

// crossed is a report of a table that can be protected.
func crossed(t *testing.T) *sdc.Report {
	t.Helper()
	d := sdc.FromTable(people(t))
	d.Roles.Respondent = "person"
	r, err := sdc.Check(t.Context(), d, []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"region", "state"}}}, sdc.CBS(), sdc.Options{Threads: 1, Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// written is a file of the records.
func written(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "p.csv")
	if err := os.WriteFile(name, []byte(header+"\n"+rows()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// readAll reads all records of a source.
func readAll(t *testing.T, s *source.Source, err error) error {
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // read only
	r, err := s.Reader(t.Context(), nil)
	if err != nil {
		return err
	}
	defer r.Release()
	for r.Next() {
	}
	if err := r.Err(); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// classes are the classes of the records.
func classes(t *testing.T) *riskmetrics.Classes {
	t.Helper()
	c, err := riskmetrics.NewClasses(t.Context(), people(t), riskmetrics.Options{Keys: []string{"region", "state", "turnover"}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// config makes pseudonyms.
func config(t *testing.T) pseudonym.Config {
	t.Helper()
	key, err := pseudonym.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return pseudonym.Config{Key: key, Domain: pseudonym.Domain{Project: "p", Variable: "person"}, Bytes: 16, Expected: 1 << 20}
}

const foreignText = "a,b,value,status,lower,people,first,second\nT,T,20,safe,,9,5,4\nT,x,12,safe,,5,5,3\nT,y,8,safe,,6,2,2\nm,T,11,safe,,5,5,2\n" +
	"m,x,5,primary,1,1,5,0\nm,y,6,secondary,,4,2,2\nn,T,9,safe,,4,4,3\nn,x,7,secondary,,4,3,2\nn,y,2,secondary,,2,1,1\n"

func foreignSpec(t *testing.T) foreign.Spec {
	t.Helper()
	codes, err := foreign.Codes("words")
	if err != nil {
		t.Fatal(err)
	}
	h, err := sdc.NewHierarchy(sdc.Code{Label: "x"}, sdc.Code{Label: "y"})
	if err != nil {
		t.Fatal(err)
	}
	return foreign.Spec{
		Variables: []foreign.Variable{{Name: "a", Total: "T"}, {Name: "b", Total: "T", Tree: h}}, Value: "value", Status: "status", Lower: "lower",
		Contributors: "people", Largest: []string{"first", "second"}, Codes: codes,
	}
}

func foreignTable(t *testing.T) *foreign.Table {
	t.Helper()
	f, err := foreign.Read(strings.NewReader(foreignText), foreignSpec(t))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func foreignOptions(*testing.T) foreign.Options {
	return foreign.Options{
		Values: "whole", AtLeast: "0", AtMost: "100", Within: 50, Threads: 1, Branches: 100,
		Rules: foreign.Rules{PPercent: &sdc.PPercent{P: "10"}, NK: &sdc.NK{N: 1, Percent: "90"}, PQ: &sdc.PQ{P: "10", Q: "50"}, Range: "10", MinContributors: 2},
	}
}

// folder is a dossier and its folder.
func loaded(t *testing.T) *dossier.Dossier {
	t.Helper()
	name := filepath.Join(t.TempDir(), "dossier.yaml")
	text := "version: 2\nproject: p\nproduct: trend-report\npolicy: {name: cbs}\nperiod: state\ncolumns: [person, region]\nspecial: [state]\n" +
		"sources: [{file: p.csv, sha256: " + strings.Repeat("a", 64) + ", origin: supplied, provider: A, law: none}]\nanswers: {}\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := dossier.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ran(t *testing.T) *dossier.Run {
	t.Helper()
	return &dossier.Run{
		Policy: dossier.Policy{Name: "cbs"}, Sources: []origin.Source{{Name: "p.csv", SHA256: strings.Repeat("a", 64)}}, Used: []string{"region"}, Rules: []string{"nk"},
		Rows: 110, Respondents: 110, LeftOut: 1, Reading: dossier.Reading{
			Columns: []string{"region"}, Unread: []string{"asks"}, Periods: []dossier.Period{{Code: "s0", Rows: 9, Respondents: 9}}, Access: []dossier.Access{{Name: "p.csv", By: dossier.ByOwner}},
		},
	}
}

func protection(*testing.T) *report.Protection {
	ten := big.NewRat(10, 1)
	return &report.Protection{
		Policy: "cbs", PolicySHA256: strings.Repeat("a", 64), Differences: []basis.Difference{{Rule: "nk"}}, Public: []basis.Difference{{Rule: "nk"}}, Sources: []origin.Source{{Name: "p.csv"}},
		Tables: []report.ReleasedTable{{
			Name: "n", Shows: "sum", Response: "turnover", Certificate: "n.certificate.json", Attacker: report.Attacker{Whole: true, Least: new(big.Rat)}, Attacked: true, Means: true,
			Variables: []report.CodeTree{{Name: "a", Codes: []string{"", "x", "y"}, Parents: []int{-1, 0, 0}}, {Name: "b", Codes: []string{"", "z"}, Parents: []int{-1, 0}}},
			Cells: []report.ReleasedCell{
				{Nodes: []int{1, 1}, Suppressed: true, Behind: &report.HiddenCell{Value: "3", Primary: true, Why: "dominance", Cost: 1, Lower: new(big.Rat), Upper: ten, AtMost: ten, AtLeast: ten}},
				{Nodes: []int{0, 0}, Value: "12"}, {Nodes: []int{0, 1}, Value: "12"}, {Nodes: []int{1, 0}, Suppressed: true}, {Nodes: []int{2, 1}, Value: "9"}, {Nodes: []int{2, 0}, Value: "9"},
			},
			Loss: &report.Loss{Cells: 6, Primary: 1, Secondary: 1, Share: 10},
		}},
		ByHand: []report.HandJudgement{{Output: "n", Found: words.New(words.ModelNotBuilt)}}, SafeBy: []report.SafeBy{{Output: "n", By: "A"}},
		Cautions: []words.Message{words.New(words.ModelResults)}, Remarks: []sdc.Remark{sdc.Roles{}.NoRespondent(3)}, About: &origin.About{Title: "t"},
		Others: []sdc.OutputReport{{Name: "m", Kind: sdc.Model}}, Outputs: []sdc.OutputReport{{Name: "n", Kind: sdc.Magnitude}},
	}
}

func risk(*testing.T) *report.Risk {
	r := report.NewRisk("category")
	r.Add("k-anonymity", 3)
	r.Histogram("risk", []float64{0.1, 0.5}, []float64{0, 0.2, 1})
	r.Keys = []report.RiskKey{{Name: "region", AloneWithout: 2, SUDA: new(float64)}}
	r.Limits = []report.RiskLimit{{Definition: words.Said("k-anonymity"), Limit: 3, Attained: 2, Classes: 1, Records: 2, Verdict: "unsafe"}}
	r.Combinations = []report.RiskCombination{{Keys: []string{"region"}, Rarest: []string{"r0"}, Smallest: 1}}
	r.Against = &report.RiskAgainst{Records: 3, ID: "person", Numbers: []string{"turnover"}, Sources: []origin.Source{{Name: "before.csv"}}, Nearest: 5, Part: 0.05}
	r.Worst = []report.RiskClass{{Key: []string{"r0"}, Size: 2}}
	r.Data.Keys, r.Data.Alpha, r.Data.Sources = []string{"region"}, new(float64), []origin.Source{{Name: "p.csv"}}
	r.Data.Remarks = []sdc.Remark{sdc.Roles{}.NoRespondent(3)}
	return r
}

// draw writes a report in all forms.
func draw(r *sdc.Report, o report.HTMLOptions) error {
	var err error
	for _, lang := range []string{"en", "nl"} {
		if o.Lang == "en" {
			o.Lang = lang
		}
		err = errors.Join(err, report.HTML(io.Discard, r, o), report.PublicHTML(io.Discard, r, o))
	}
	return errors.Join(err, report.Text(io.Discard, r, report.TextOptions{}), r.WriteJSON(io.Discard))
}

func htmlOptions(*testing.T) report.HTMLOptions {
	return report.HTMLOptions{
		Lang: "en", Findings: 10, Cells: 10, Files: [][2]string{{"all", "all.json"}},
		Suggestions: []suggest.Suggestion{{Changed: frequency(), Changes: []suggest.Change{{Variable: "region", Level: 1, Fold: []string{"north"}}}, Suppress: &suggest.Suppression{Cells: 2, Share: 3}}},
	}
}

func profiled(t *testing.T, o profile.Options) (*profile.Profile, error) {
	return profile.Make(t.Context(), func(context.Context) (array.RecordReader, error) { return array.NewTableReader(people(t), 50), nil }, o)
}

func profileOptions(*testing.T) profile.Options {
	return profile.Options{Policy: sdc.CBS(), Respondent: "person", RespondentForm: "exact", Codes: map[string][]string{"state": {"s0", "s1"}}, Top: 5, Check: sdc.Options{Threads: 1}}
}

func record(t *testing.T) *pseudonym.Record {
	t.Helper()
	p, err := pseudonym.New(config(t))
	if err != nil {
		t.Fatal(err)
	}
	r := p.Record([]string{"person"}, map[string]*pseudonym.Counter{"person": {}}, "test")
	r.Inputs, r.Output = []pseudonym.RecordedFile{{Name: "a", Keyed: "b"}}, pseudonym.RecordedFile{Name: "b", SHA256: strings.Repeat("a", 64)}
	r.Columns[0].Over = []pseudonym.Setting{r.Columns[0].Setting}
	return r
}

var requests = append(jobs,
	requested(150, "data", data, func(t *testing.T, d *sdc.Data) error {
		_, err := sdc.Check(t.Context(), d, []sdc.Output{frequency()}, allRules(), sdc.Options{Threads: 1})
		return err
	}),
	requested(400, "data of cells", func(*testing.T) *sdc.Data { return &sdc.Data{Cells: map[string]*cells.Table{"s": cellsOf()}} }, func(t *testing.T, d *sdc.Data) error {
		_, err := sdc.Check(t.Context(), d, []sdc.Output{{Name: "s", Kind: sdc.Magnitude, By: []string{"region"}, Response: "turnover"}}, allRules(), sdc.Options{Threads: 1, Sole: true})
		return err
	}),
	requested(400, "frequency", func(*testing.T) sdc.Output { return frequency() }, check),
	requested(400, "magnitude", func(*testing.T) sdc.Output { return magnitude() }, check),
	requested(400, "microdata", func(*testing.T) sdc.Output { return microdata() }, check),
	requested(400, "model", func(*testing.T) sdc.Output { return model() }, check),
	requested(200, "policy", func(*testing.T) sdc.Policy { return allRules() }, func(t *testing.T, p sdc.Policy) error {
		d := sdc.FromTable(people(t))
		d.Roles = sdc.Roles{Respondent: "person", Holding: "firm", Request: "asks"}
		d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree(t)}
		_, err := sdc.Check(t.Context(), d, []sdc.Output{frequency(), magnitude(), microdata(), model()}, p, sdc.Options{Threads: 1})
		return err
	}),
	requested(400, "options of a check", func(t *testing.T) sdc.Options {
		return sdc.Options{Threads: 2, TempDir: t.TempDir(), Progress: func(int64) {}}
	}, func(t *testing.T, o sdc.Options) error {
		_, err := sdc.Check(t.Context(), sdc.FromTable(people(t)), []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"region"}}}, sdc.CBS(), o)
		return err
	}),
	requested(400, "codes", func(*testing.T) []sdc.Code {
		return []sdc.Code{{Label: "a", Children: []sdc.Code{{Label: "b"}, {Label: "c"}}}}
	}, func(_ *testing.T, c []sdc.Code) error {
		_, err := sdc.NewHierarchy(c...)
		return err
	}),
	requested(400, "record of local suppression", func(*testing.T) *localrecord.Record { return localRecord() }, func(_ *testing.T, s *localrecord.Record) error {
		if s != nil {
			s.Payload()
			s.Covers([]string{"region"}, 1, "", 3)
		}
		return localrecord.Fit([]*localrecord.Record{s}, 110, func(string) (int64, bool) { return 0, true })
	}),
	requested(60, "report", reported, func(_ *testing.T, r *sdc.Report) error {
		if r == nil {
			return errors.Join(draw(r, report.HTMLOptions{Lang: "en"}), nil)
		}
		for range r.Unsafe() {
		}
		return draw(r, report.HTMLOptions{Lang: "en"})
	}),
	requested(30, "options of pages", htmlOptions, func(t *testing.T, o report.HTMLOptions) error { return draw(reported(t), o) }),
	requested(400, "options of text", func(*testing.T) report.TextOptions {
		return report.TextOptions{Worst: 3, Files: [][2]string{{"all", "x"}}}
	}, func(t *testing.T, o report.TextOptions) error {
		return errors.Join(report.Text(io.Discard, reported(t), o), report.RiskText(io.Discard, risk(t), o))
	}),
	requested(60, "protection", protection, func(_ *testing.T, p *report.Protection) error {
		var err error
		for _, lang := range []string{"en", "nl"} {
			err = errors.Join(err, report.ProtectionHTML(io.Discard, p, report.HTMLOptions{Lang: lang}), report.ReleaseHTML(io.Discard, p, report.HTMLOptions{Lang: lang}))
		}
		return err
	}),
	requested(100, "risk", risk, func(_ *testing.T, r *report.Risk) error {
		err := errors.Join(report.RiskHTML(io.Discard, r, report.HTMLOptions{Lang: "nl"}), report.RiskText(io.Discard, r, report.TextOptions{}))
		if r != nil {
			err = errors.Join(err, r.WriteJSON(io.Discard))
		}
		return err
	}),
	requested(400, "message", func(*testing.T) words.Message {
		return words.New(words.RowsLeftOut, words.Count(3)).With(words.New(words.RulesOff, words.Texts([]string{"nk"})...))
	}, func(_ *testing.T, m words.Message) error {
		for _, l := range words.Languages() {
			m.In(l)
		}
		text, err := m.MarshalText()
		if err != nil {
			return nil //nolint:nilerr // a message that cannot be written is none of the library's
		}
		_, _ = m.String(), m.UnmarshalText(text)
		return nil
	}),
	requested(60, "fact", func(*testing.T) words.Fact {
		return words.New(words.RowsLeftOut, words.Count(3)).With(words.New(words.RulesOff, words.Texts([]string{"nk"})...)).Fact()
	}, func(_ *testing.T, f words.Fact) error {
		m := f.Message()
		if m.Fact().Message().String() != m.String() {
			return errors.New("another message")
		}
		return nil
	}),
	requested(400, "suggestion", func(t *testing.T) suggest.Suggestion { return htmlOptions(t).Suggestions[0] }, func(_ *testing.T, s suggest.Suggestion) error {
		_ = s.Text()
		return nil
	}),
	requested(400, "options of a source", func(t *testing.T) source.Options {
		return source.Options{
			CSV:       source.CSVOptions{Delimiter: ',', Nulls: []string{"-"}, Types: map[string]string{"turnover": "int64"}, Numbers: []string{"weight"}, Infer: true, Text: []string{"region"}, Clean: []string{"state"}},
			BatchRows: 100, MemoryLimit: 1 << 30,
		}
	}, func(t *testing.T, o source.Options) error {
		s, err := source.Open(t.Context(), []string{written(t)}, o)
		if err := readAll(t, s, err); err != nil {
			return err
		}
		s, err = source.NewReader(t.Context(), strings.NewReader(header+"\n"+rows()), o)
		return readAll(t, s, err)
	}),
	requested(400, "options of a received stream", func(*testing.T) source.ReceiveOptions {
		return source.ReceiveOptions{RowsFollow: true, Memory: 1 << 20}
	}, func(t *testing.T, o source.ReceiveOptions) error {
		var b bytes.Buffer
		w, err := source.NewWriter(&b, ".arrows", arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil), source.WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if o.RowsFollow {
			b.Write(make([]byte, 8))
		}
		in, err := source.Receive(t.Context(), &b, o)
		if err != nil {
			return err
		}
		return in.Close()
	}),
	requested(400, "options of a writer", func(*testing.T) source.WriterOptions {
		return source.WriterOptions{RowGroup: 50, Defuse: true, Hash: true, Check: func(string) error { return nil }, Allocator: memory.DefaultAllocator}
	}, func(t *testing.T, o source.WriterOptions) error {
		table := people(t)
		for _, name := range []string{"p.parquet", "p.csv", "p.arrow"} {
			w, err := source.Create(filepath.Join(t.TempDir(), name), table.Schema(), o)
			if err != nil {
				return err
			}
			r := array.NewTableReader(table, 40)
			for r.Next() && err == nil {
				err = w.Write(r.Record())
			}
			r.Release()
			if err = errors.Join(err, w.Close()); err != nil {
				return err
			}
		}
		return nil
	}),
	requested(400, "project", func(t *testing.T) *spec.Spec {
		return &spec.Spec{
			Patterns: []string{written(t)}, Roles: sdc.Roles{Respondent: "person"}, Outputs: []sdc.Output{frequency()}, Hierarchies: map[string]*sdc.Hierarchy{"region": tree(t)},
			Missing: map[string]sdc.Missing{"region": sdc.MissingCategory}, NotIdentifiers: map[string]string{"state": "a state"}, RespondentForm: "exact", About: origin.About{Title: "t"},
			Files: []origin.Source{{Name: "s.yaml"}}, Paths: []string{"s.yaml"},
		}
	}, func(t *testing.T, s *spec.Spec) error {
		if s != nil {
			s.Columns()
		}
		_, err := project.New(s, sdc.CBS(), project.Options{}).Check(t.Context(), sdc.Options{Threads: 1})
		return err
	}),
	requested(400, "project of cells", func(t *testing.T) *spec.Spec {
		name := filepath.Join(t.TempDir(), "cells.csv")
		if err := os.WriteFile(name, []byte("region,v,n,x\n*,5,3,2\nn,3,2,2\ns,2,1,2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return &spec.Spec{
			Patterns: []string{name}, Cells: &spec.Cells{File: name, Value: "v", Contributors: "n", Largest: []string{"x"}, Total: map[string]string{"": "*"}},
			Outputs: []sdc.Output{{Name: "s", Kind: sdc.Magnitude, By: []string{"region"}, Response: "v"}},
		}
	}, func(t *testing.T, s *spec.Spec) error {
		_, err := project.New(s, sdc.CBS(), project.Options{}).Check(t.Context(), sdc.Options{Threads: 1})
		return err
	}),
	requested(400, "options of a project", func(t *testing.T) project.Options {
		return project.Options{
			Trusted: []ed25519.PublicKey{signer(t).Public().(ed25519.PublicKey)}, OpenStreams: true, Tool: origin.Tool{Name: "x"},
			Watch: func(int64) (func(int64), func()) { return func(int64) {}, func() {} },
		}
	}, func(t *testing.T, o project.Options) error {
		s := &spec.Spec{Patterns: []string{written(t)}, Outputs: []sdc.Output{{Name: "n", Kind: sdc.Frequency, By: []string{"region"}}}}
		_, err := project.New(s, sdc.CBS(), o).Check(t.Context(), sdc.Options{Threads: 1})
		return err
	}),
	requested(400, "options of a profile", profileOptions, func(t *testing.T, o profile.Options) error {
		_, err := profiled(t, o)
		return err
	}),
	requested(100, "profile", func(t *testing.T) *profile.Profile {
		p, err := profiled(t, profileOptions(t))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}, func(t *testing.T, p *profile.Profile) error {
		profile.Compare(p, p)
		profile.Compare(&profile.Profile{}, p)
		if p == nil {
			return nil
		}
		p.RowsAreRespondents()
		return p.WriteJSON(io.Discard)
	}),
	requested(100, "report to compare", func(t *testing.T) *diff.Report {
		var b bytes.Buffer
		if err := reported(t).WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		r, err := diff.Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}, func(_ *testing.T, r *diff.Report) error {
		for _, c := range []*diff.Changes{diff.Compare(r, r), diff.Compare(&diff.Report{}, r), diff.Compare(r, &diff.Report{})} {
			if err := errors.Join(c.WriteJSON(io.Discard), c.WriteText(io.Discard, 10)); err != nil {
				return err
			}
		}
		return nil
	}),
	requested(400, "dossier", loaded, func(t *testing.T, d *dossier.Dossier) error {
		if d == nil {
			return nil
		}
		d.Missing()
		d.Contradicted(ran(t))
		d.Steps(nil, nil)
		d.Compare(reported(t), ran(t).Reading)
		d.ReleaseFolder()
		d.Known()
		return errors.Join(dossier.Template(io.Discard, "en", d), dossier.Template(io.Discard, "nl", d))
	}),
	requested(400, "run", ran, func(t *testing.T, r *dossier.Run) error {
		d := loaded(t)
		d.Contradicted(r)
		dossier.Unsettled(d.Steps(r, &dossier.Verification{}))
		return nil
	}),
	requested(400, "verification", func(*testing.T) *dossier.Verification {
		return &dossier.Verification{Tables: 1, Cells: 2, Hidden: 1, Problem: "p", Open: 1}
	}, func(t *testing.T, v *dossier.Verification) error {
		loaded(t).Verified(reported(t), dossier.Reading{}, v)
		return nil
	}),
	requested(400, "options of a publication", func(*testing.T) suppress.Options {
		return suppress.Options{
			Outputs: []string{"n"}, Cost: suppress.CostCount, Count: suppress.CountRespondents, Digits: new(int), Rounds: 2, Seed: 3, Threads: 2,
			Recheck: func(context.Context, []sdc.Output) (*sdc.Report, error) { return nil, nil },
			Formats: []suppress.Format{{Suffix: ".x", Write: func(io.Writer, *suppress.Released) error { return nil }}},
			Before:  func(context.Context, *suppress.Publication) error { return nil },
		}
	}, func(t *testing.T, o suppress.Options) error {
		p, err := suppress.Release(t.Context(), crossed(t), o)
		if err == nil {
			err = p.Attack(t.Context(), -1, o.Threads)
		}
		return err
	}),
	requested(400, "options of records", func(*testing.T) records.Options {
		return records.Options{K: 3, Matching: records.Wildcard, Cost: []int64{1, 2}, UpTo: 2, RespondentColumn: "person"}
	}, func(t *testing.T, o records.Options) error {
		table, _, err := records.SuppressTable(t.Context(), memory.DefaultAllocator, people(t), []string{"region", "state"}, o)
		if err == nil {
			table.Release()
		}
		return err
	}),
	requested(400, "spec of a foreign table", foreignSpec, func(t *testing.T, s foreign.Spec) error {
		f, err := foreign.Read(strings.NewReader(foreignText), s)
		if err == nil {
			_, err = f.Audit(t.Context(), foreign.Options{Values: "whole"})
		}
		return err
	}),
	requested(400, "options of an audit", foreignOptions, func(t *testing.T, o foreign.Options) error {
		_, err := foreignTable(t).Audit(t.Context(), o)
		return err
	}),
	requested(400, "report of an audit", func(t *testing.T) *foreign.Report {
		r, err := foreignTable(t).Audit(t.Context(), foreignOptions(t))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}, func(_ *testing.T, r *foreign.Report) error {
		if r == nil {
			return nil
		}
		return errors.Join(r.WriteText(io.Discard), r.WriteJSON(io.Discard))
	}),
	requested(400, "limits of a verification", func(*testing.T) verify.Limits { return verify.Limits{File: 1 << 20} }, func(t *testing.T, l verify.Limits) error {
		p, err := suppress.Release(t.Context(), crossed(t), suppress.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = verify.Certificate(t.Context(), p.FS(suppress.ReleaseFolder), p.Proofs[0].File, l)
		return err
	}),
	requested(400, "options of classes", func(*testing.T) riskmetrics.Options {
		return riskmetrics.Options{Keys: []string{"region", "state"}, Weight: "weight", Respondent: "person", Household: "firm", Threads: 2}
	}, func(t *testing.T, o riskmetrics.Options) error {
		c, err := riskmetrics.NewClasses(t.Context(), people(t), o)
		if err == nil {
			_, err = c.SUDA(t.Context(), riskmetrics.SUDAOptions{})
		}
		return err
	}),
	requested(150, "options of two files", func(*testing.T) against.Options {
		return against.Options{Keys: []string{"region", "state"}, Numbers: []string{"turnover", "net"}, ID: "person", Threads: 2}
	}, func(t *testing.T, o against.Options) error {
		p, err := against.New(t.Context(), people(t), people(t), o)
		if err == nil {
			_, err = p.Link(t.Context(), against.Gower, against.After, 2)
		}
		return err
	}),
	requested(400, "options of SUDA", func(*testing.T) riskmetrics.SUDAOptions { return riskmetrics.SUDAOptions{Limit: 2, Threads: 2} }, func(t *testing.T, o riskmetrics.SUDAOptions) error {
		_, err := classes(t).SUDA(t.Context(), o)
		return err
	}),
	requested(400, "options of a log-linear model", func(*testing.T) riskmetrics.LogLinearOptions {
		return riskmetrics.LogLinearOptions{Fraction: 0.1, Terms: [][]int{{0, 1}}, MaxCells: 1 << 20}
	}, func(t *testing.T, o riskmetrics.LogLinearOptions) error {
		_, err := classes(t).LogLinear(t.Context(), o)
		_, again := classes(t).SearchLogLinear(t.Context(), o)
		return errors.Join(err, again)
	}),
	requested(400, "configuration", config, func(_ *testing.T, c pseudonym.Config) error {
		p, err := pseudonym.New(c)
		if err == nil {
			_, err = p.Text("123456782")
		}
		return err
	}),
	requested(400, "settings", func(t *testing.T) pseudonym.Settings {
		p, err := pseudonym.New(config(t))
		if err != nil {
			t.Fatal(err)
		}
		return p.Settings()
	}, func(_ *testing.T, s pseudonym.Settings) error {
		s.TextLength()
		_, err := s.Config()
		return err
	}),
	requested(400, "plan", func(*testing.T) *pseudonym.Plan {
		return &pseudonym.Plan{Version: 1, Columns: []pseudonym.PlanColumn{{Column: "person", Domain: "p/person", Form: "typed", Encoding: "hex", Bytes: 16, Algorithm: "sha256", Invalid: "error"}}, Drop: []string{"x"}}
	}, func(t *testing.T, p *pseudonym.Plan) error {
		if p == nil {
			return nil
		}
		p.Names()
		for _, c := range p.Columns {
			c.Fits(pseudonym.Setting{})
		}
		made, err := p.Makers(config(t).Key)
		for _, m := range made {
			m.Destroy()
		}
		return err
	}),
	requested(400, "who asks", func(*testing.T) pseudonym.Asked { return pseudonym.Asked{Who: "A", Witness: "B", Why: "c"} }, func(t *testing.T, a pseudonym.Asked) error {
		p, err := pseudonym.New(config(t))
		if err != nil {
			t.Fatal(err)
		}
		l, err := pseudonym.NewLinkage(p, slices.Values([]string{"Jansen"}))
		if err != nil {
			t.Fatal(err)
		}
		text, err := p.Text("Jansen")
		if err != nil {
			t.Fatal(err)
		}
		_, err = l.LoggedLookup(filepath.Join(t.TempDir(), "log"), []string{text}, a, signer(t), time.Unix(0, 0))
		return err
	}),
	requested(400, "record of pseudonyms", record, func(t *testing.T, r *pseudonym.Record) error {
		if r == nil {
			return nil
		}
		r.Setting("person")
		r.Translated("person")
		for _, c := range r.Columns {
			_ = c.Complete()
			pseudonym.PlanColumn{}.Fits(c.Setting)
		}
		return r.Sign(signer(t))
	}),
)

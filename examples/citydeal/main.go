// Command citydeal goes the whole way on synthetic data: two themes of the City
// Deal "Zicht op ondermijning" in five cities, from citizen service numbers to
// released tables with their certificate, and the dossier that goes with them.
package main

import (
	"context"
	_ "embed" // the dossier
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/synth"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
)

//go:embed dossier.yaml
var account []byte

func main() {
	dir := "citydeal-out"
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		log.Fatal(err)
	}
	if err := run(os.Stdout, dir); err != nil {
		log.Fatal(err)
	}
}

// theme is one of the two.
type theme struct {
	name   string
	schema *arrow.Schema
	fill   func(b *array.RecordBuilder, i int)
	rows   int
	who    string // the column of numbers that become pseudonyms
	output sdc.Output
}

var cities = []string{"Amsterdam", "Den Haag", "Rotterdam", "Tilburg", "Utrecht"}

func themes() []theme {
	text, integer := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	ages, offences := []string{"18-24", "25-44", "45-64", "65+"}, []string{"possession", "dealing", "production"}
	objects := []string{"house", "flat", "shop", "warehouse"}
	return []theme{{
		name: "drugs", rows: 2500, who: "person", // a person once, with the gravest suspicion
		schema: arrow.NewSchema([]arrow.Field{{Name: "person", Type: text}, {Name: "city", Type: text}, {Name: "age", Type: text}, {Name: "offence", Type: text}}, nil),
		fill: func(b *array.RecordBuilder, i int) {
			put(b, 0, fmt.Sprintf("%09d", synth.BSN(int64(i))))
			put(b, 1, pick(cities, mix(i, 2), 40, 60, 82, 86))
			put(b, 2, pick(ages, mix(i, 3), 35, 80, 98))
			put(b, 3, pick(offences, mix(i, 4), 60, 94))
		},
		output: sdc.Output{Name: "drug offences", Kind: sdc.Frequency, By: []string{"city", "age", "offence"}, Sensitive: []string{"offence"}},
	}, {
		name: "estate", rows: 3000, who: "owner",
		schema: arrow.NewSchema([]arrow.Field{{Name: "owner", Type: text}, {Name: "city", Type: text}, {Name: "object", Type: text}, {Name: "value", Type: integer}}, nil),
		fill: func(b *array.RecordBuilder, i int) {
			owner := int(mix(i, 5) % 2200)
			value := 150 + int64(mix(i, 6)%400)
			if mix(i, 7)%160 == 0 {
				owner, value = owner%7, value*120 // who owns much owns it dearly
			}
			put(b, 0, fmt.Sprintf("%09d", synth.BSN(int64(owner))))
			put(b, 1, pick(cities, mix(i, 8), 35, 55, 80, 87))
			put(b, 2, pick(objects, mix(i, 9), 50, 85, 97))
			b.Field(3).(*array.Int64Builder).Append(value)
		},
		output: sdc.Output{Name: "real estate", Kind: sdc.Magnitude, By: []string{"city", "object"}, Response: "value"},
	}}
}

func run(w io.Writer, dir string) error {
	ctx := context.Background()
	key, err := pseudonym.KeyFromBytes([]byte("a key of an example protects nobody")[:32])
	if err != nil {
		return err
	}
	defer key.Destroy()
	policy := sdc.CBS()
	policy.RequireDossier = true
	path := filepath.Join(dir, "dossier.yaml")
	if err := os.WriteFile(path, account, 0o600); err != nil {
		return err
	}
	d, err := dossier.Load(path)
	if err != nil {
		return err
	}
	for _, t := range themes() {
		if err := t.run(ctx, w, dir, key, policy, d); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}

// run takes one theme from numbers to a release.
func (t *theme) run(ctx context.Context, w io.Writer, dir string, key pseudonym.Key, policy sdc.Policy, d *dossier.Dossier) error {
	file := filepath.Join(dir, t.name+".parquet")
	id, err := t.pseudonymise(ctx, file, key)
	if err != nil {
		return err
	}
	src, err := source.Open(ctx, []string{file}, source.Options{})
	if err != nil {
		return err
	}
	defer src.Close()
	if err := src.Hash(ctx); err != nil {
		return err
	}
	provided := src.Files()[0]
	d.Files = []dossier.File{{Name: filepath.Base(provided.Name), SHA256: provided.SHA256}}

	columns := slices.Concat([]string{t.who}, t.output.By)
	if t.output.Response != "" {
		columns = append(columns, t.output.Response)
	}
	records, err := src.Reader(ctx, columns)
	if err != nil {
		return err
	}
	defer records.Release()
	data := sdc.FromReaders(records)
	data.Roles.Respondent = t.who
	data.Dossier = &sdc.DossierState{Missing: d.Missing()}
	data.Sources = []sdc.Source{{Name: filepath.Base(provided.Name), SHA256: provided.SHA256}}
	r, err := sdc.Check(ctx, data, []sdc.Output{t.output}, policy, sdc.Options{Sole: true})
	if err != nil {
		return err
	}
	d.Compare(r, columns)
	if wrong := dossier.Contradicted(r.Dossier); len(wrong) > 0 {
		return fmt.Errorf("the dossier is contradicted: %v", wrong)
	}
	out := r.Outputs[0]
	fmt.Fprintf(w, "%s, pseudonyms of key %s: %d rows, %d persons, %s, %d of %d cells unsafe\n", out.Name, id, r.Data.Rows, r.Data.Respondents, out.Verdict, out.UnsafeCells, out.Cells)
	for _, lang := range []string{"en", "nl"} {
		err := source.WriteFile(filepath.Join(dir, t.name+"."+lang+".html"), func(w io.Writer) error { return report.HTML(w, r, report.HTMLOptions{Lang: lang}) })
		if err != nil {
			return err
		}
	}
	return t.release(ctx, w, dir, r, &policy)
}

// pseudonymise writes the theme's records with pseudonyms in place of numbers,
// and returns the id of the key.
func (t *theme) pseudonymise(ctx context.Context, file string, key pseudonym.Key) (string, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, t.schema)
	defer b.Release()
	for i := range t.rows {
		t.fill(b, i)
	}
	rec := b.NewRecord()
	defer rec.Release()
	raw, err := array.NewRecordReader(t.schema, []arrow.Record{rec})
	if err != nil {
		return "", err
	}
	defer raw.Release()
	p, err := pseudonym.New(pseudonym.Config{Key: key, Domain: pseudonym.Domain{Project: "citydeal", Variable: "person"}, Form: pseudonym.BSN})
	if err != nil {
		return "", err
	}
	defer p.Destroy()
	records, err := pseudonym.Columns{t.who: p}.Reader(ctx, memory.DefaultAllocator, raw, map[string]*pseudonym.Counter{t.who: {}})
	if err != nil {
		return "", err
	}
	defer records.Release()
	out, err := source.Create(file, records.Schema(), source.WriterOptions{})
	if err != nil {
		return "", err
	}
	for records.Next() {
		if err := out.Write(records.Record()); err != nil {
			out.Abort() //nolint:errcheck // the first error is the one to tell
			return "", err
		}
	}
	if err := records.Err(); err != nil {
		out.Abort() //nolint:errcheck // the first error is the one to tell
		return "", err
	}
	return fmt.Sprint(p.KeyID()), out.Close()
}

// release suppresses what is unsafe and what gives it away, and verifies the
// files that leave.
func (t *theme) release(ctx context.Context, w io.Writer, dir string, r *sdc.Report, policy *sdc.Policy) error {
	groups, err := suppress.FromReport(r, policy, []int{0}, suppress.BuildOptions{Cost: suppress.CostValue, Count: suppress.CountRespondents})
	if err != nil {
		return err
	}
	// The files wait where nobody looks until they are verified.
	stage, err := os.MkdirTemp(dir, ".release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	for _, g := range groups {
		pattern, err := suppress.Protect(ctx, g.Problem, suppress.Options{Threads: 1, Rounds: 8, Seed: 1})
		if err != nil {
			return err
		}
		releases := g.Releases(pattern)
		file := t.name + ".release.csv"
		certificate, err := suppress.Certify(ctx, releases, []string{file}, g.Problem.Attacker(), 1)
		if err != nil {
			return err
		}
		if err := source.WriteFile(filepath.Join(stage, file), releases[0].WriteCSV); err != nil {
			return err
		}
		if err := source.WriteFile(filepath.Join(stage, t.name+".certificate.json"), certificate.WriteJSON); err != nil {
			return err
		}
		if _, err := suppress.Verify(os.DirFS(stage), t.name+".certificate.json", suppress.VerifyLimits{}); err != nil {
			return err
		}
		for _, name := range []string{file, t.name + ".certificate.json"} {
			if err := os.Rename(filepath.Join(stage, name), filepath.Join(dir, name)); err != nil {
				return err
			}
		}
		all, hidden := releases[0].Cells()
		fmt.Fprintf(w, "   released: %d cells, %d of them suppressed, certificate verified\n", all, hidden)
	}
	answered := 0
	for _, s := range r.Dossier {
		if s.State == "answered" {
			answered++
			continue
		}
		fmt.Fprintf(w, "   step %d, %s: %s\n", s.Step, s.Title, s.State)
	}
	fmt.Fprintf(w, "   the other %d steps are answered by people\n", answered)
	return nil
}

func put(b *array.RecordBuilder, column int, s string) {
	b.Field(column).(*array.StringBuilder).Append(s)
}

// pick chooses by a number of which percent lie below each limit.
func pick(list []string, n uint64, limits ...uint64) string {
	for i, l := range limits {
		if n%100 < l {
			return list[i]
		}
	}
	return list[len(limits)]
}

// mix is a fixed scramble of a row and a purpose: the example is the same
// everywhere.
func mix(i, salt int) uint64 {
	x := uint64(i)*0x9e3779b97f4a7c15 + uint64(salt)*0xbf58476d1ce4e5b9
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

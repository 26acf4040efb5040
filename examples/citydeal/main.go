// Command citydeal goes the whole way on made-up data: two themes of the City
// Deal "Zicht op ondermijning" in five cities, from citizen service numbers to
// released tables with their certificate, a destroyed key, and a dossier of which all
// 21 steps are proven or answered.
package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	_ "embed" // the dossier
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/checklist"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/profile"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/verify"
)

//go:embed dossier.yaml
var account []byte

func main() {
	from, dir := "testdata", "citydeal-out"
	if len(os.Args) > 2 {
		from, dir = os.Args[1], os.Args[2]
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		log.Fatal(err)
	}
	if err := run(os.Stdout, from, dir); err != nil {
		log.Fatal(err)
	}
}

// project is what the themes share.
type project struct {
	from      string // the folder of the files as they are supplied
	dir       string
	key       pseudonym.Key
	custodian ed25519.PrivateKey
	policy    sdc.Policy
	dossier   *dossier.Dossier
	open      int // what a reviewer must decide about releases
	w         io.Writer
}

func run(w io.Writer, from, dir string) error {
	ctx := context.Background()
	p := &project{from: from, dir: dir, custodian: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), policy: sdc.CBS(), w: w}
	p.policy.RequireDossier = true
	var err error
	if p.key, err = pseudonym.KeyFromBytes([]byte("a key of an example protects nobody")[:32]); err != nil {
		return err
	}
	defer p.key.Destroy()
	list := themes()
	for i := range list {
		if err := p.pseudonymise(ctx, &list[i]); err != nil {
			return fmt.Errorf("%s: %w", list[i].name, err)
		}
	}
	if err := p.profile(ctx, &list[0]); err != nil {
		return err
	}
	if err := p.account(list); err != nil {
		return err
	}
	// Both themes are checked and released before the data are destroyed.
	reports := make([]*sdc.Report, len(list))
	for i := range list {
		if reports[i], err = p.check(ctx, &list[i]); err != nil {
			return fmt.Errorf("%s: %w", list[i].name, err)
		}
		if err := p.release(ctx, &list[i], reports[i]); err != nil {
			return fmt.Errorf("%s: %w", list[i].name, err)
		}
	}
	if err := p.destroy(); err != nil {
		return err
	}
	return p.close(ctx, list, reports)
}

func (p *project) at(name string) string { return filepath.Join(p.dir, name) }

// write writes a file whole, or not at all.
func (p *project) write(name string, fn func(io.Writer) error) error {
	return source.WriteFile(p.at(name), fn)
}

// pseudonymise writes the records of a theme with pseudonyms in place of numbers, and a
// signed record of it beside.
func (p *project) pseudonymise(ctx context.Context, t *theme) error {
	supplied, err := source.Open(ctx, []string{filepath.Join(p.from, t.name+".csv")}, source.Options{CSV: source.CSVOptions{Types: t.types}})
	if err != nil {
		return err
	}
	defer supplied.Close()
	raw, err := supplied.Reader(ctx, t.all)
	if err != nil {
		return err
	}
	defer raw.Release()
	maker, err := pseudonym.New(pseudonym.Config{Key: p.key, Domain: pseudonym.Domain{Project: "citydeal", Variable: "person"}, Form: pseudonym.BSN})
	if err != nil {
		return err
	}
	defer maker.Destroy()
	counters := map[string]*pseudonym.Counter{t.who: {}}
	records, err := pseudonym.Columns{t.who: maker}.Reader(ctx, memory.DefaultAllocator, raw, counters)
	if err != nil {
		return err
	}
	defer records.Release()
	out, err := source.Create(p.at(t.file()), records.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	for records.Next() {
		if err := out.Write(records.Record()); err != nil {
			return errors.Join(err, out.Abort())
		}
	}
	if err := records.Err(); err != nil {
		return errors.Join(err, out.Abort())
	}
	if err := out.Close(); err != nil {
		return err
	}
	sum, err := p.sum(t.file())
	if err != nil {
		return err
	}
	r := maker.Record([]string{t.who}, counters, "examples/citydeal")
	r.Output = pseudonym.RecordedFile{Name: t.file(), SHA256: sum}
	if err := r.Sign(p.custodian); err != nil {
		return err
	}
	return p.write(t.file()+dossier.RecordSuffix, func(w io.Writer) error { return json.NewEncoder(w).Encode(r) })
}

// profile writes what may be shown of the supplied source: its spread and validity.
func (p *project) profile(ctx context.Context, t *theme) error {
	src, err := source.Open(ctx, []string{p.at(t.file())}, source.Options{})
	if err != nil {
		return err
	}
	defer src.Close()
	open := func(ctx context.Context) (array.RecordReader, error) {
		return src.Reader(ctx, append(t.columns(), "year"))
	}
	found, err := profile.Make(ctx, open, profile.Options{Policy: p.policy, Respondent: t.who, Codes: map[string][]string{"city": cities}})
	if err != nil {
		return err
	}
	found.Sources = []origin.Source{{Name: t.file()}}
	return p.write("profile.json", found.WriteJSON)
}

func (p *project) sum(name string) (string, error) {
	text, err := os.ReadFile(p.at(name))
	return fmt.Sprintf("%x", sha256.Sum256(text)), err
}

// account fills the dossier in with what the program knows: hashes, the key, the
// records and who signed them.
func (p *project) account(list []theme) error {
	if err := os.WriteFile(p.at("dossier.yaml"), account, 0o600); err != nil {
		return err
	}
	if err := p.load(); err != nil {
		return err
	}
	id, err := p.key.ID()
	if err != nil {
		return err
	}
	d := p.dossier
	d.Custodian = fmt.Sprintf("%x", []byte(p.custodian.Public().(ed25519.PublicKey)))
	d.Pseudonyms, d.Profile = nil, "profile.json"
	for i := range list {
		t := &list[i]
		k := slices.IndexFunc(d.Sources, func(s dossier.Source) bool { return s.File == t.file() })
		if d.Sources[k].SHA256, err = p.sum(t.file()); err != nil {
			return err
		}
		if d.Sources[k].Origin == dossier.Supplied {
			d.Pseudonyms = append(d.Pseudonyms, dossier.Column{Column: t.who, Key: id, Domain: "citydeal/person"})
			d.Records = append(d.Records, t.file()+dossier.RecordSuffix)
			d.Written = append(d.Written, t.file())
		}
	}
	return p.save()
}

// save writes the dossier, and reads it as a person's program would.
func (p *project) save() error {
	if err := p.write("dossier.yaml", func(w io.Writer) error { return dossier.Template(w, "nl", p.dossier) }); err != nil {
		return err
	}
	return p.load()
}

func (p *project) load() (err error) {
	p.dossier, err = dossier.Load(p.at("dossier.yaml"))
	return err
}

// check checks the table of a theme, and holds what is read against the dossier.
func (p *project) check(ctx context.Context, t *theme) (*sdc.Report, error) {
	src, err := source.Open(ctx, []string{p.at(t.file())}, source.Options{})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if err := src.Hash(ctx); err != nil {
		return nil, err
	}
	records, err := src.Reader(ctx, t.columns())
	if err != nil {
		return nil, err
	}
	defer records.Release()
	data := sdc.FromReaders(records)
	data.Roles.Respondent = t.who
	data.Dossier = &checklist.State{Missing: p.dossier.Missing()}
	data.Sources = []origin.Source{{Name: t.file(), SHA256: src.Files()[0].SHA256}}
	data.About = origin.About{Title: t.output.Title, Project: p.dossier.Project}
	r, err := sdc.Check(ctx, data, []sdc.Output{t.output}, p.policy, sdc.Options{Sole: true})
	if err != nil {
		return nil, err
	}
	r.Manifest = &origin.Manifest{Tool: origin.Tool{Name: "examples/citydeal"}, Inputs: p.dossier.Inputs}
	if t.found, err = p.reading(ctx, t, src); err != nil {
		return nil, err
	}
	p.dossier.Compare(r, t.found)
	for _, s := range r.Dossier {
		if s.Step <= 18 && s.State == dossier.Missing {
			return nil, fmt.Errorf("step %d of the dossier is missing: %s", s.Step, s.Why)
		}
	}
	out := r.Outputs[0]
	fmt.Fprintf(p.w, "%s: %d rows, %d persons, %s, %d of %d cells unsafe\n", out.Name, r.Data.Rows, r.Data.Respondents, out.Verdict, out.UnsafeCells, out.Cells)
	return r, nil
}

// reading is what the check of a theme has read, with the rows and persons of each year.
func (p *project) reading(ctx context.Context, t *theme, src *source.Source) (dossier.Reading, error) {
	x := dossier.Reading{Columns: append(t.columns(), p.dossier.Period), Access: []dossier.Access{dossier.AccessOf(p.at(t.file()))}}
	for _, name := range t.all {
		if !slices.Contains(x.Columns, name) {
			x.Unread = append(x.Unread, name)
		}
	}
	records, err := src.Reader(ctx, []string{t.who, p.dossier.Period})
	if err != nil {
		return x, err
	}
	defer records.Release()
	data := sdc.FromReaders(records)
	data.Roles.Respondent = t.who
	x.Periods, err = p.dossier.Periods(ctx, data, sdc.Options{})
	return x, err
}

// exampleSecret makes the example print the same every time. Draw 32 bytes with crypto/rand
// once for a project of your own, and keep them inside.
const exampleSecret = "a secret that everybody knows: example"

// release suppresses what is unsafe and what gives it away, and publishes the rest in a
// folder of the theme.
func (p *project) release(ctx context.Context, t *theme, r *sdc.Report) error {
	done, err := suppress.Publish(ctx, r, p.at(filepath.Join("releases", t.name)), suppress.Options{Secret: []byte(exampleSecret)})
	if err != nil {
		return err
	}
	for _, x := range done.Remarks {
		fmt.Fprintf(p.w, "   %s, %s: %s\n", x.Verdict, x.Name, x.Message)
	}
	for _, name := range done.Review {
		fmt.Fprintf(p.w, "   left to a reviewer: %s\n", name)
	}
	p.open += len(done.Review)
	t.proofs = done.Proofs
	for _, table := range done.Tables {
		fmt.Fprintf(p.w, "   released: %d cells, %d of them suppressed, certificate verified\n", table.Loss.Cells, table.Loss.Primary+table.Loss.Secondary)
	}
	return nil
}

// destroy destroys the key, with a signed record, and the data that were supplied.
func (p *project) destroy() error {
	gone, err := pseudonym.Destroy(p.key, "", p.custodian, time.Now(), "examples/citydeal")
	if err != nil {
		return err
	}
	if err := p.write("destroyed.json", func(w io.Writer) error { return json.NewEncoder(w).Encode(gone) }); err != nil {
		return err
	}
	for _, name := range p.dossier.Written {
		if err := os.Remove(p.at(name)); err != nil {
			return err
		}
	}
	p.dossier.Destruction, p.dossier.Release = []string{"destroyed.json"}, "releases"
	return p.save()
}

// close verifies the release once more, settles the last steps and writes the pages.
func (p *project) close(ctx context.Context, list []theme, reports []*sdc.Report) error {
	found := &dossier.Verification{Open: p.open}
	for _, t := range list {
		folder := os.DirFS(filepath.Join(p.at("releases"), t.name, suppress.ReleaseFolder))
		for _, proof := range t.proofs {
			v, err := verify.Certificate(ctx, folder, proof.File, verify.Limits{})
			if err != nil {
				return err
			}
			found.Tables += len(v.Releases)
			found.Cells, found.Hidden = found.Cells+v.Cells, found.Hidden+v.Hidden
		}
	}
	for i, r := range reports {
		r.Dossier = p.dossier.Verified(r, list[i].found, found)
		count := map[string]int{}
		fmt.Fprintf(p.w, "dossier of %s:\n", list[i].output.Name)
		for _, s := range r.Dossier {
			count[s.State]++
			fmt.Fprintf(p.w, "   %2d  %-14s  %s\n", s.Step, s.State, s.Title)
			if s.Why != "" {
				fmt.Fprintf(p.w, "                       %s\n", s.Why)
			}
		}
		fmt.Fprintf(p.w, "   %d proven, %d answered, %d do not apply, %d missing\n",
			count[dossier.Proven], count[dossier.Answered], count[dossier.Excused], count[dossier.Missing])
		for _, lang := range []string{"en", "nl"} {
			err := p.write(list[i].name+"."+lang+".html", func(w io.Writer) error { return report.HTML(w, r, report.HTMLOptions{Lang: lang}) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

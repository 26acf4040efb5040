// Command analysis is the program of an analyst from end to end, in memory: the
// citizen service numbers of a survey become pseudonyms, a table of it is
// checked, the file's risk is measured, and what may leave is written.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/synth"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/verify"
)

func main() {
	dir := "analysis-out"
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		log.Fatal(err)
	}
	if err := run(context.Background(), os.Stdout, dir); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer, dir string) error {
	raw, err := synth.Table("persons", synth.Options{Rows: 5000, Seed: 3}) // made up
	if err != nil {
		return err
	}
	defer raw.Release()

	// 1. Pseudonyms. In earnest the key is random and somebody else's.
	table, err := pseudonymise(ctx, w, raw)
	if err != nil {
		return err
	}
	defer table.Release()

	// 2. Is the table that is to leave safe as it is?
	data := sdc.FromTable(table)
	data.Roles.Respondent = "person_id"
	policy := sdc.CBS()
	report, err := sdc.Check(ctx, data, []sdc.Output{{
		Name: "origin by sex", Kind: sdc.Frequency, By: []string{"origin", "sex"},
	}}, policy, sdc.Options{Sole: true}) // who is alone in a cell, for step 4
	if err != nil {
		return err
	}
	out := report.Outputs[0]
	fmt.Fprintf(w, "%s: %s, %d of %d cells unsafe\n", out.Name, out.Verdict, out.UnsafeCells, out.Cells)
	for _, f := range out.Findings {
		fmt.Fprintf(w, "  %s at %v: %s\n", f.Rule, f.Cell, f.Message)
	}

	// 3. How easily are people found in the records, which stay?
	if err := risk(ctx, w, table); err != nil {
		return err
	}

	// 4. What leaves: the table with the unsafe cells hidden, and as many others
	// as it takes that nobody works them out.
	return release(ctx, w, dir, report, &policy)
}

func pseudonymise(ctx context.Context, w io.Writer, raw arrow.Table) (arrow.Table, error) {
	key, err := pseudonym.KeyFromBytes([]byte("a key of an example protects nobody")[:32])
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	p, err := pseudonym.New(pseudonym.Config{
		Key: key, Domain: pseudonym.Domain{Project: "analysis", Variable: "person"}, Form: pseudonym.BSN,
	})
	if err != nil {
		return nil, err
	}
	defer p.Destroy()
	counter := &pseudonym.Counter{}
	columns := pseudonym.Columns{"person_id": p}
	table, err := columns.Table(ctx, memory.DefaultAllocator, raw, 1, map[string]*pseudonym.Counter{"person_id": counter})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "pseudonyms: key %s, domain %s, %d rows\n", p.KeyID(), p.Domain(), counter.Stats().Rows)
	return table, nil
}

func risk(ctx context.Context, w io.Writer, table arrow.Table) error {
	classes, err := riskmetrics.NewClasses(ctx, table, riskmetrics.Options{Keys: []string{"age", "sex", "region"}})
	if err != nil {
		return err
	}
	k, p := classes.KAnonymity(), classes.Prosecutor()
	fmt.Fprintf(w, "risk by age, sex and region: %d records in %d classes, the smallest of %.0f; an intruder who knows that somebody is in the file finds %.1f %% of them\n",
		classes.Records(), classes.Len(), k.Value, 100*p.Success)
	return nil
}

func release(ctx context.Context, w io.Writer, dir string, report *sdc.Report, policy *sdc.Policy) error {
	groups, err := suppress.FromReport(report, policy, []int{0}, suppress.BuildOptions{})
	if err != nil {
		return err
	}
	tables := groups[0]
	pattern, open, err := tables.Protect(ctx, suppress.Options{Rounds: 8, Seed: 1})
	if err != nil {
		return err
	}
	for _, x := range open {
		fmt.Fprintf(w, "%s, %s: %s\n", x.Verdict, x.Name, x.Message)
	}
	releases, err := tables.Releases(pattern)
	if err != nil {
		return err
	}
	certificate, err := suppress.Certify(ctx, releases, []string{"origin.release.csv"}, tables.Problem().Attacker(), 1)
	if err != nil {
		return err
	}
	// The files wait under another name until they are verified; the verifier
	// reads what leaves and nothing else.
	stage, err := os.MkdirTemp(dir, ".unverified-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	if err := source.WriteFile(filepath.Join(stage, "origin.release.csv"), releases[0].WriteCSV); err != nil {
		return err
	}
	if err := source.WriteFile(filepath.Join(stage, "origin.certificate.json"), certificate.WriteJSON); err != nil {
		return err
	}
	if _, err := verify.Certificate(ctx, os.DirFS(stage), "origin.certificate.json", verify.Limits{}); err != nil {
		return err
	}
	for _, name := range []string{"origin.certificate.json", "origin.release.csv"} {
		if err := os.Rename(filepath.Join(stage, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	all, hidden := releases[0].Cells()
	fmt.Fprintf(w, "released: %d cells, %d of them suppressed, certificate verified\n", all, hidden)
	text, err := os.ReadFile(filepath.Join(dir, "origin.release.csv"))
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

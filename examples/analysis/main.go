// Command analysis is the program of an analyst from end to end, in memory. The citizen
// service numbers of a survey become pseudonyms, a table of the survey is checked, the
// risk of the records is measured, and the files that may leave are written.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress"
)

func main() {
	file, dir := "testdata/survey.csv", "analysis-out"
	if len(os.Args) > 2 {
		file, dir = os.Args[1], os.Args[2]
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		log.Fatal(err)
	}
	if err := run(context.Background(), os.Stdout, file, dir); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer, file, dir string) error {
	raw, err := read(ctx, file)
	if err != nil {
		return err
	}
	defer raw.Release()

	// 1. Pseudonyms. In real use the key is random, and a custodian keeps the key.
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
	}}, policy, sdc.Options{Sole: true}) // Sole: which contributor is alone in a cell, for step 4
	if err != nil {
		return err
	}
	out := report.Outputs[0]
	fmt.Fprintf(w, "%s: %s, %d of %d cells unsafe\n", out.Name, out.Verdict, out.UnsafeCells, out.Cells)
	for _, f := range out.Findings {
		fmt.Fprintf(w, "  %s at %v: %s\n", f.Rule, f.Cell, f.Message)
	}

	// 3. How easily are persons found in the records, which stay?
	if err := risk(ctx, w, table); err != nil {
		return err
	}

	// 4. The release: the table without the unsafe cells, and without the other cells
	// from which the unsafe ones could be computed.
	return release(ctx, w, dir, report)
}

// read reads the columns of a survey into memory. The numbers of persons are text: they may
// begin with zeros.
func read(ctx context.Context, file string) (arrow.Table, error) {
	src, err := source.Open(ctx, []string{file}, source.Options{CSV: source.CSVOptions{Types: map[string]string{"age": "int64"}}})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	reader, err := src.Reader(ctx, []string{"person_id", "age", "sex", "region", "origin"})
	if err != nil {
		return nil, err
	}
	defer reader.Release()
	var records []arrow.Record
	defer func() {
		for _, r := range records {
			r.Release()
		}
	}()
	for reader.Next() {
		r := reader.Record()
		r.Retain()
		records = append(records, r)
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	return array.NewTableFromRecords(reader.Schema(), records), nil
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

// exampleSecret makes the example print the same every time. Draw 32 bytes with crypto/rand
// once for a project of your own, and keep them inside.
const exampleSecret = "a secret that everybody knows: example"

func release(ctx context.Context, w io.Writer, dir string, report *sdc.Report) error {
	p, err := suppress.Publish(ctx, report, dir, suppress.Options{Replace: true, Secret: []byte(exampleSecret)})
	if err != nil {
		return err
	}
	for _, x := range p.Remarks {
		fmt.Fprintf(w, "%s, %s: %s\n", x.Verdict, x.Name, x.Message)
	}
	for _, t := range p.Tables {
		fmt.Fprintf(w, "released: %d cells, %d of them suppressed, certificate verified\n", t.Loss.Cells, t.Loss.Primary+t.Loss.Secondary)
		text, err := os.ReadFile(filepath.Join(dir, suppress.ReleaseFolder, t.File))
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "verdict on the release: %s\n", p.Verdict)
	return nil
}

// Command check is a program of an analyst: a table of turnover by sector and region, with
// the holdings that own the enterprises, checked before the table is asked to leave.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
)

func main() {
	folder := "testdata"
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	if err := run(context.Background(), os.Stdout, folder); err != nil {
		log.Fatal(err)
	}
}

// run checks the file enterprises.csv of a folder.
func run(ctx context.Context, w io.Writer, folder string) error {
	// 1. The file: Parquet, Arrow or CSV. Codes are text; the response is a number.
	src, err := source.Open(ctx, []string{filepath.Join(folder, "enterprises.csv")}, source.Options{
		CSV: source.CSVOptions{Types: map[string]string{"turnover": "int64"}},
	})
	if err != nil {
		return err
	}
	defer src.Close()
	records, err := src.Reader(ctx, []string{"enterprise_id", "holding_id", "sector", "region", "turnover"})
	if err != nil {
		return err
	}
	defer records.Release()

	// 2. The meaning of the columns, and the tree of the sectors.
	sectors, err := tree(filepath.Join(folder, "sectors.hrc"))
	if err != nil {
		return err
	}
	data := sdc.FromReaders(records)
	data.Roles = sdc.Roles{Respondent: "enterprise_id", Holding: "holding_id"}
	data.Hierarchies = map[string]*sdc.Hierarchy{"sector": sectors}

	// 3. The output to release, and the rules.
	outputs := []sdc.Output{{
		Name: "turnover", Kind: sdc.Magnitude, By: []string{"sector", "region"}, Response: "turnover",
	}}
	policy := sdc.CBS()
	policy.Name = "house rules with p%"
	policy.PPercent = sdc.PPercent{P: "10"}

	report, err := sdc.Check(ctx, data, outputs, policy, sdc.Options{})
	if err != nil {
		return err
	}
	out := report.Outputs[0]
	fmt.Fprintf(w, "%s: %s, %d of %d cells unsafe\n", out.Name, out.Verdict, out.UnsafeCells, out.Cells)
	for _, f := range out.Findings {
		fmt.Fprintf(w, "%s at %v: %s\n", f.Rule, f.Cell, f.Message)
	}
	// 4. The evidence behind the verdict, cell by cell.
	for c := range report.Tables[0].Cells() {
		if c.Node(0) == 0 && c.Node(1) == 0 {
			fmt.Fprintf(w, "total: %s of %d enterprises in %d holdings\n", c.SumText(), c.Respondents(), c.Holdings())
		}
	}
	return nil
}

// tree reads a hierarchy in the form of tau-ARGUS.
func tree(file string) (*sdc.Hierarchy, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return sdc.ParseHRC(f, "@")
}

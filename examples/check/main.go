// Command check is a program of an analyst: a table of turnover by sector, with
// the holdings that own the enterprises, checked before it is asked to leave.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/sluis-go/sluis/internal/synth"
	"github.com/sluis-go/sluis/sdc"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	// Any array.RecordReader will do; here it is made up.
	records, err := synth.Open("enterprises", synth.Options{Rows: 20_000, Seed: 7})
	if err != nil {
		return err
	}
	defer records.Release()

	sectors, err := sdc.NewHierarchy(codes(synth.Sectors())...)
	if err != nil {
		return err
	}
	data := sdc.FromReaders(records)
	data.Roles = sdc.Roles{Respondent: "enterprise_id", Holding: "holding_id"}
	data.Hierarchies = map[string]*sdc.Hierarchy{"sector": sectors}

	outputs := []sdc.Output{{
		Name: "turnover", Kind: sdc.Magnitude, By: []string{"sector", "size"}, Response: "turnover",
	}}
	policy := sdc.CBS()
	policy.Name = "house rules with p%"
	policy.PPercent = sdc.PPercent{P: "10"}

	report, err := sdc.Check(context.Background(), data, outputs, policy, sdc.Options{})
	if err != nil {
		return err
	}
	out := report.Outputs[0]
	fmt.Fprintf(w, "%s: %s, %d of %d cells unsafe\n", out.Name, out.Verdict, out.UnsafeCells, out.Cells)
	for _, f := range out.Findings {
		if f.Rule == "p-percent" {
			fmt.Fprintf(w, "%s at %v: %s\n", f.Rule, f.Cell, f.Message)
		}
	}
	// The evidence behind it, cell by cell.
	for c := range report.Tables[0].Cells() {
		if c.Node(0) == 0 && c.Node(1) == 0 {
			fmt.Fprintf(w, "total: %s of %d enterprises in %d holdings\n", c.SumText(), c.Respondents(), c.Holdings())
		}
	}
	return nil
}

func codes(trees []synth.Tree) []sdc.Code {
	var out []sdc.Code
	for _, t := range trees {
		out = append(out, sdc.Code{Label: t.Code, Children: codes(t.Below)})
	}
	return out
}

package sdc_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// persons is a small register: thirty people in two regions, of whom all but
// one of the South are well.
func persons() arrow.Table {
	var rows []string
	for i := range 30 {
		region, state := "North", "well"
		if i >= 15 {
			region = "South"
		}
		if i%15 < 4 && region == "North" || i == 15 {
			state = "ill"
		}
		rows = append(rows, fmt.Sprintf(`{"person": %d, "region": %q, "state": %q}`, i, region, state))
	}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "person", Type: arrow.PrimitiveTypes.Int64},
		{Name: "region", Type: arrow.BinaryTypes.String},
		{Name: "state", Type: arrow.BinaryTypes.String},
	}, nil)
	t, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{"[" + strings.Join(rows, ",") + "]"})
	if err != nil {
		panic(err)
	}
	return t
}

// Example checks a table of counts against the rules of Statistics Netherlands.
func Example() {
	table := persons()
	defer table.Release()

	data := sdc.FromTable(table)
	data.Roles.Respondent = "person"
	outputs := []sdc.Output{{
		Name: "health", Kind: sdc.Frequency, By: []string{"region", "state"}, Sensitive: []string{"state"},
	}}
	report, err := sdc.Check(context.Background(), data, outputs, sdc.CBS(), sdc.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict)
	for _, f := range report.Outputs[0].Findings {
		fmt.Printf("%s at %v: %s\n", f.Rule, f.Cell, f.Message)
	}
	// Output:
	// unsafe
	// min-contributors at region=*, state=ill: 5 contributors; at least 10 are required
	// min-contributors at region=North, state=ill: 4 contributors; at least 10 are required
	// min-contributors at region=South, state=ill: 1 contributor; at least 10 are required
	// group-disclosure at region=South, state=well: 14 of the 15 respondents of the line over "state" share this category (93.3 %, limit 90 %)
}

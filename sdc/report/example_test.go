package report_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
)

// Example prints the report of a table as text. [report.HTML] makes a page of the same.
func Example() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{`[{"region":"north"},{"region":"north"},{"region":"south"}]`})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer table.Release()
	outputs := []sdc.Output{{Name: "by region", Kind: sdc.Frequency, By: []string{"region"}}}
	r, err := sdc.Check(context.Background(), sdc.FromTable(table), outputs, sdc.CBS(), sdc.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var text strings.Builder
	if err := report.Text(&text, r, report.TextOptions{Worst: 1}); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "Verdict") || strings.Contains(line, "region=") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// Verdict: UNSAFE
	// unsafe min-contributors at region=south: 1 contributor; at least 10 are required
}

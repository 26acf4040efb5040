package diff_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/diff"
)

// report checks a table of one column and reads the report back.
func report(rows string, out sdc.Output) (*diff.Report, error) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}}, nil)
	table, err := array.TableFromJSON(memory.DefaultAllocator, schema, []string{rows})
	if err != nil {
		return nil, err
	}
	defer table.Release()
	r, err := sdc.Check(context.Background(), sdc.FromTable(table), []sdc.Output{out}, sdc.CBS(), sdc.Options{})
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := r.WriteJSON(&text); err != nil {
		return nil, err
	}
	return diff.Read(&text)
}

// Example says whether a report is about another request than the one before.
func Example() {
	rows := `[{"region":"north"},{"region":"south"}]`
	was, err := report(rows, sdc.Output{Name: "n", Kind: sdc.Frequency, By: []string{"region"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	now, err := report(rows, sdc.Output{Name: "n", Kind: sdc.Frequency, By: []string{"region"}, NoMargins: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(diff.Compare(was, was).Changes) == 0, len(diff.Compare(was, now).Changes) == 0)
	// Output:
	// true false
}

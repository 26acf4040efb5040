package arrow18_test

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluis-go/sluis/arrow18"
	"github.com/sluis-go/sluis/sdc"
)

// A program that has tables of arrow-go v18 checks a table of counts.
func Example() {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "person", Type: arrow.PrimitiveTypes.Int64},
		{Name: "region", Type: arrow.BinaryTypes.StringView},
	}, nil))
	defer b.Release()
	for i := range 25 {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringViewBuilder).Append([]string{"north", "south"}[i/15])
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	mine := array.NewTableFromRecords(batch.Schema(), []arrow.RecordBatch{batch})
	defer mine.Release()

	table, err := arrow18.Table(mine, nil)
	if err != nil {
		panic(err)
	}
	defer table.Release()
	data := sdc.FromTable(table)
	data.Roles.Respondent = "person"
	report, err := sdc.Check(context.Background(), data, []sdc.Output{
		{Name: "regions", Kind: sdc.Frequency, By: []string{"region"}},
	}, sdc.CBS(), sdc.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Outputs[0].Cells, "cells:", report.Outputs[0].Verdict)
	// Output: 3 cells: safe
}

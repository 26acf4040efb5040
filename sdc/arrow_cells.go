package sdc

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// cellCounts are the integer columns of the cells file, in order.
var cellCounts = []string{"records", "respondents", "contributors", "holdings"}

// cellTexts are the columns behind them.
var cellTexts = []string{"sum", "top1", "top2", "status"}

// CellsSchema is the schema of the cells of a report. Its columns are:
//
//   - output;
//   - a text column for each spanning variable: "*" for the total, null where the output
//     does not have the variable;
//   - the counts records, respondents, contributors and holdings;
//   - sum, top1 and top2: exact decimals as text, null without a response;
//   - status: safe, unsafe or review.
func (r *Report) CellsSchema() *arrow.Schema {
	text := func(name string) arrow.Field {
		return arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	fields := []arrow.Field{text("output")}
	for _, name := range r.cellVariables() {
		fields = append(fields, text(name))
	}
	for _, name := range cellCounts {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64})
	}
	for _, name := range cellTexts {
		fields = append(fields, text(name))
	}
	return arrow.NewSchema(fields, nil)
}

// WriteCells hands the cells of all tables, margins included, to write, in records of at
// most 65,536 rows. It releases each record after write returns. The records are
// confidential.
func (r *Report) WriteCells(mem memory.Allocator, write func(arrow.Record) error) error {
	if mem == nil || write == nil {
		return outputsError("the allocator, or the function that takes the records, is nil")
	}
	variables := r.cellVariables()
	b := array.NewRecordBuilder(mem, r.CellsSchema())
	defer b.Release()
	flush := func() error {
		rec := b.NewRecord()
		defer rec.Release()
		return write(rec)
	}
	rows := 0
	err := r.cellRows(func(row cellRow) error {
		r.appendCell(b, variables, row)
		if rows++; rows%(1<<16) != 0 {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// appendPlace appends the output and the place of a cell, and returns the next column.
func (r *Report) appendPlace(b *array.RecordBuilder, variables []string, row cellRow) int {
	col := 0
	text := func(s string, null bool) {
		if f := b.Field(col).(*array.StringBuilder); null {
			f.AppendNull()
		} else {
			f.Append(s)
		}
		col++
	}
	c := row.cell
	text(c.t.Name(), false)
	at := c.Coordinates()
	for _, name := range variables {
		i := slices.IndexFunc(c.t.vars, func(v Variable) bool { return v.Name == name })
		switch {
		case i < 0:
			text("", true)
		case at[i].Total:
			text("*", false)
		default:
			text(at[i].Code, false)
		}
	}
	return col
}

func (r *Report) appendCell(b *array.RecordBuilder, variables []string, row cellRow) {
	col, c := r.appendPlace(b, variables, row), row.cell
	text := func(s string, null bool) {
		if f := b.Field(col).(*array.StringBuilder); null {
			f.AppendNull()
		} else {
			f.Append(s)
		}
		col++
	}
	for _, n := range []int64{c.Records(), c.Respondents(), c.Contributors(), c.Holdings()} {
		b.Field(col).(*array.Int64Builder).Append(n)
		col++
	}
	text(c.SumText(), c.SumText() == "")
	text(c.topText(0), c.topText(0) == "")
	text(c.topText(1), c.topText(1) == "")
	text(r.Status(row.output, c).String(), false)
}

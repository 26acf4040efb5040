package hide

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Schema is that of the release as records: text for the codes, value as a whole
// number or, with digits, an exact decimal, status as text and status_tau as a
// whole number.
func (r *Release) Schema() *arrow.Schema {
	var fields []arrow.Field
	for _, v := range r.Variables {
		fields = append(fields, arrow.Field{Name: v.Name, Type: arrow.BinaryTypes.String})
	}
	value := arrow.DataType(arrow.PrimitiveTypes.Int64)
	if r.Digits > 0 {
		value = &arrow.Decimal128Type{Precision: 18, Scale: int32(r.Digits)}
	}
	return arrow.NewSchema(append(fields,
		arrow.Field{Name: "value", Type: value, Nullable: true},
		arrow.Field{Name: "status", Type: arrow.BinaryTypes.String},
		arrow.Field{Name: "status_tau", Type: arrow.PrimitiveTypes.Int32},
	), nil)
}

// WriteRecords hands the release to write in records of at most 65,536 rows, in
// the order of WriteCSV, and releases each after write returns. The value of a
// suppressed cell is null, with nothing in the buffer behind it.
func (r *Release) WriteRecords(mem memory.Allocator, write func(arrow.Record) error) error {
	b := array.NewRecordBuilder(mem, r.Schema())
	defer b.Release()
	flush := func() error {
		rec := b.NewRecord()
		defer rec.Release()
		return write(rec)
	}
	n := len(r.Variables)
	rows := 0
	for cell, is := range r.shown {
		if !is {
			continue
		}
		for v, code := range r.grid.coordinates(cell) {
			b.Field(v).(*array.StringBuilder).Append(code)
		}
		letter, number := freeLetter, int32(1)
		if r.hidden[cell] {
			letter, number = hiddenLetter, 3
			b.Field(n).AppendNull()
		} else if r.Digits > 0 {
			b.Field(n).(*array.Decimal128Builder).Append(decimal128.FromI64(r.value[cell]))
		} else {
			b.Field(n).(*array.Int64Builder).Append(r.value[cell])
		}
		b.Field(n + 1).(*array.StringBuilder).Append(letter)
		b.Field(n + 2).(*array.Int32Builder).Append(number)
		if rows++; rows%(1<<16) == 0 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

package source

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// plainSchema is a schema with the value types of its dictionaries.
func plainSchema(s *arrow.Schema) *arrow.Schema {
	fields := make([]arrow.Field, s.NumFields())
	for i, f := range s.Fields() {
		if d, ok := f.Type.(*arrow.DictionaryType); ok {
			f.Type = d.ValueType
		}
		fields[i] = f
	}
	return arrow.NewSchema(fields, nil)
}

// plainRecord replaces the dictionary columns of a record by plain columns. arrow v15
// slices the indices of a nullable dictionary column wrongly while it writes Parquet, and
// then panics or writes other values: columnWriter.maybeReplaceValidity reads every index
// as 32 bits, and the length as the end. The encoder of arrow makes dictionary pages of
// plain columns in any case.
func plainRecord(mem memory.Allocator, schema *arrow.Schema, rec arrow.Record) (arrow.Record, error) {
	cols := make([]arrow.Array, rec.NumCols())
	defer func() {
		for _, c := range cols {
			if c != nil {
				c.Release()
			}
		}
	}()
	for i, c := range rec.Columns() {
		d, ok := c.(*array.Dictionary)
		if !ok {
			c.Retain()
			cols[i] = c
			continue
		}
		var err error
		if cols[i], err = plainArray(mem, d); err != nil {
			return nil, err
		}
	}
	return array.NewRecord(schema, cols, rec.NumRows()), nil
}

// plainArray returns the values of a dictionary array, bit by bit. The texts of arrow
// cannot be used: the text "(null)" becomes a null there, and a date before year 0 an
// error.
func plainArray(mem memory.Allocator, d *array.Dictionary) (arrow.Array, error) {
	dict := d.Dictionary()
	switch a := dict.(type) {
	case *array.String:
		b := array.NewStringBuilder(mem)
		return taken(d, b, func(k int) { b.Append(a.Value(k)) }), nil
	case *array.LargeString:
		b := array.NewLargeStringBuilder(mem)
		return taken(d, b, func(k int) { b.Append(a.Value(k)) }), nil
	case *array.Binary:
		b := array.NewBinaryBuilder(mem, arrow.BinaryTypes.Binary)
		return taken(d, b, func(k int) { b.Append(a.Value(k)) }), nil
	case *array.LargeBinary:
		b := array.NewBinaryBuilder(mem, arrow.BinaryTypes.LargeBinary)
		return taken(d, b, func(k int) { b.Append(a.Value(k)) }), nil
	case *array.Boolean:
		b := array.NewBooleanBuilder(mem)
		return taken(d, b, func(k int) { b.Append(a.Value(k)) }), nil
	case *array.Null:
		return nullArray(mem, arrow.Null, d.Len()), nil
	}
	dt, ok := dict.DataType().(arrow.FixedWidthDataType)
	if !ok {
		return nil, fmt.Errorf("%w: a dictionary of %v", ErrUnsupported, dict.DataType())
	}
	width := dt.Bytes()
	b := array.NewFixedSizeBinaryBuilder(mem, &arrow.FixedSizeBinaryType{ByteWidth: width})
	var values []byte
	if dict.Len() > 0 {
		values = dict.Data().Buffers()[1].Bytes()[dict.Data().Offset()*width:]
	}
	bytes := taken(d, b, func(k int) { b.Append(values[k*width : (k+1)*width]) })
	defer bytes.Release()
	data := array.NewData(dt, bytes.Len(), bytes.Data().Buffers(), nil, bytes.NullN(), 0)
	defer data.Release()
	return array.MakeFromData(data), nil
}

// taken appends an entry for each value of a dictionary array to a builder.
func taken(d *array.Dictionary, b array.Builder, entry func(k int)) arrow.Array {
	defer b.Release()
	b.Reserve(d.Len())
	for i := range d.Len() {
		if d.IsNull(i) || d.Dictionary().IsNull(d.GetValueIndex(i)) {
			b.AppendNull()
		} else {
			entry(d.GetValueIndex(i))
		}
	}
	return b.NewArray()
}

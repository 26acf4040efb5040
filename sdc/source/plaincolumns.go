package source

import (
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

// plainRecord writes the dictionaries of a record out. arrow v15 slices the
// indices of a nullable dictionary column wrongly while it writes Parquet
// (columnWriter.maybeReplaceValidity takes every index for 32 bits and the
// length for the end), so that it panics or writes other values; its own
// encoder makes dictionary pages of plain columns in any case.
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

func plainArray(mem memory.Allocator, d *array.Dictionary) (arrow.Array, error) {
	dict := d.Dictionary()
	b := array.NewBuilder(mem, dict.DataType())
	defer b.Release()
	b.Reserve(d.Len())
	texts, _ := dict.(*array.String)
	for i := range d.Len() {
		if d.IsNull(i) || dict.IsNull(d.GetValueIndex(i)) {
			b.AppendNull()
			continue
		}
		k := d.GetValueIndex(i)
		if texts != nil {
			b.(*array.StringBuilder).Append(texts.Value(k))
		} else if err := b.AppendValueFromString(dict.ValueStr(k)); err != nil {
			return nil, err
		}
	}
	return b.NewArray(), nil
}

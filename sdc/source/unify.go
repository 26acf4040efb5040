package source

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// retyper is a file that can deliver a column in some other types with the same values.
// For any other type it keeps its own type.
type retyper interface {
	retype(column int, dt arrow.DataType)
}

// valueOf is a type without its dictionary.
func valueOf(dt arrow.DataType) arrow.DataType {
	if d, ok := dt.(*arrow.DictionaryType); ok {
		return d.ValueType
	}
	return dt
}

func indexBytes(d *arrow.DictionaryType) int { return d.IndexType.(arrow.FixedWidthDataType).Bytes() }

// unify gives the files one schema. Types with the same values count as the same. These
// points may differ, because they depend on the rows and on the writer of a file:
//
//   - whether a column has a dictionary, and how wide its indices are;
//   - whether a column may have nulls;
//   - a column that has only nulls, for which a writer had no type.
//
// The schema has a dictionary where all files have one for the column, otherwise plain
// values. A difference of values is an error when the column is asked for: it names the
// column and both types.
func (s *Source) unify() {
	if len(s.files) < 2 {
		return
	}
	s.differ = map[string]error{}
	fields := append([]arrow.Field{}, s.files[0].schema().Fields()...)
	for i := range fields {
		dt, err := s.common(i)
		if err != nil {
			s.differ[fields[i].Name] = err
			dt = opaque("types that differ")
		}
		fields[i].Type = dt
		for _, f := range s.files {
			fields[i].Nullable = fields[i].Nullable || f.schema().Field(i).Nullable
		}
	}
	s.schema = arrow.NewSchema(fields, nil)
	for i := range fields {
		for _, f := range s.files {
			if r, ok := f.(retyper); ok && !arrow.TypeEqual(f.schema().Field(i).Type, fields[i].Type) {
				r.retype(i, fields[i].Type)
			}
		}
	}
}

// common is the type of a column over all files.
func (s *Source) common(i int) (arrow.DataType, error) {
	var out arrow.DataType = arrow.Null
	first := -1
	for k, f := range s.files {
		dt := f.schema().Field(i).Type
		switch {
		case dt.ID() == arrow.NULL:
		case out.ID() == arrow.NULL:
			out, first = dt, k
		case !arrow.TypeEqual(valueOf(dt), valueOf(out)):
			return nil, &FileError{File: s.infos[k].Name, Column: f.schema().Field(i).Name, Err: fmt.Errorf(
				"%w: its type is %v here and %v in %s; write the column with one type in all files (for a CSV file say it: csv.types, or --type)", ErrSchema, valueOf(dt), valueOf(out), s.infos[first].Name)}
		default:
			a, isA := out.(*arrow.DictionaryType)
			b, isB := dt.(*arrow.DictionaryType)
			switch {
			case !isA || !isB:
				out = valueOf(out)
			case indexBytes(b) > indexBytes(a):
				out = b
			case indexBytes(b) == indexBytes(a) && !arrow.TypeEqual(a, b):
				out = valueOf(out)
			}
		}
	}
	return out, nil
}

// adapt turns the records of a reader into records of the schema of the source.
func (s *Source) adapt(r *reader) {
	fields := make([]arrow.Field, r.schema.NumFields())
	same := true
	for i, f := range r.schema.Fields() {
		fields[i] = s.Schema().Field(s.Schema().FieldIndices(f.Name)[0])
		same = same && arrow.TypeEqual(f.Type, fields[i].Type)
	}
	schema := arrow.NewSchema(fields, nil)
	if r.schema = schema; same {
		return
	}
	next := r.next
	r.next = func() (arrow.Record, error) {
		rec, err := next()
		if err != nil {
			return nil, err
		}
		defer rec.Release()
		cols := make([]arrow.Array, rec.NumCols())
		defer func() {
			for _, c := range cols {
				if c != nil {
					c.Release()
				}
			}
		}()
		for i, c := range rec.Columns() {
			if cols[i], err = recast(s.opts.Allocator, c, fields[i].Type); err != nil {
				return nil, err
			}
		}
		return array.NewRecord(schema, cols, rec.NumRows()), nil
	}
}

// recast returns an array of the same values in another type that unify may choose.
func recast(mem memory.Allocator, arr arrow.Array, dt arrow.DataType) (arrow.Array, error) {
	from, coded := arr.(*array.Dictionary)
	to, wants := dt.(*arrow.DictionaryType)
	switch {
	case arrow.TypeEqual(arr.DataType(), dt):
		arr.Retain()
		return arr, nil
	case arr.DataType().ID() == arrow.NULL:
		return nullArray(mem, dt, arr.Len()), nil
	case coded && !wants:
		return plainArray(mem, from)
	case !coded || !wants:
		return nil, ErrSchema
	}
	b := array.NewBuilder(mem, to.IndexType)
	defer b.Release()
	for i := range from.Len() {
		if from.IsNull(i) {
			b.AppendNull()
			continue
		}
		if err := appendIndex(b, from.GetValueIndex(i)); err != nil {
			return nil, err
		}
	}
	indices := b.NewArray()
	defer indices.Release()
	return array.NewDictionaryArray(to, indices, from.Dictionary()), nil
}

// appendIndex appends an index of a narrower type: none of 8 bits is asked for.
func appendIndex(b array.Builder, k int) error {
	switch b := b.(type) {
	case *array.Int16Builder:
		b.Append(int16(k))
	case *array.Int32Builder:
		b.Append(int32(k))
	case *array.Int64Builder:
		b.Append(int64(k))
	case *array.Uint16Builder:
		b.Append(uint16(k))
	case *array.Uint32Builder:
		b.Append(uint32(k))
	case *array.Uint64Builder:
		b.Append(uint64(k))
	default:
		return ErrUnsupported
	}
	return nil
}

// nullArray is n rows without a value.
func nullArray(mem memory.Allocator, dt arrow.DataType, n int) arrow.Array {
	b := array.NewBuilder(mem, dt)
	defer b.Release()
	b.AppendNulls(n)
	return b.NewArray()
}

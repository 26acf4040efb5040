package records

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// SuppressTable is Suppress on the key columns of a table of records. It returns a table
// with nulls in place of suppressed values; the other columns do not change. The caller
// releases the table. No buffer of the result holds a suppressed value: key columns are
// new, with the values of dictionaries, and metadata of the schema are left out.
//
// The error is that of Suppress, or wraps ErrRequest and names the column: a column that
// does not exist exactly once, or has a type that is no key.
func SuppressTable(ctx context.Context, mem memory.Allocator, t arrow.Table, keys []string, o Options) (arrow.Table, *Result, error) {
	if ctx == nil || mem == nil || t == nil {
		return nil, nil, fmt.Errorf("%w: the context, the allocator or the table is nil", ErrRequest)
	}
	codes := make([][]uint32, len(keys))
	at := make([]int, len(keys))
	for v, name := range keys {
		found := t.Schema().FieldIndices(name)
		if len(found) != 1 {
			return nil, nil, fmt.Errorf("%w: column %q is not there exactly once", ErrRequest, name)
		}
		at[v] = found[0]
		for _, other := range at[:v] {
			if other == found[0] {
				return nil, nil, fmt.Errorf("%w: key %q comes twice", ErrRequest, name)
			}
		}
		data := rowsOf(t, found[0])
		c, err := column.Encode(name, data)
		data.Release()
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrRequest, err)
		}
		if null, ok := c.List.Null(); ok {
			for i, code := range c.Codes {
				if code == null {
					c.Codes[i] = MissingCode
				}
			}
		}
		codes[v] = c.Codes
	}
	if o.RespondentColumn != "" {
		var err error
		if o.Respondent, err = respondentsOf(t, o.RespondentColumn); err != nil {
			return nil, nil, err
		}
	}
	done, err := Suppress(ctx, codes, o)
	if err != nil {
		return nil, nil, err
	}
	fields := make([]arrow.Field, t.NumCols())
	columns := make([]arrow.Column, t.NumCols())
	defer func() {
		for i := range columns {
			if columns[i].Data() != nil {
				columns[i].Release()
			}
		}
	}()
	for i := range fields {
		f := t.Schema().Field(i)
		fields[i] = arrow.Field{Name: f.Name, Type: f.Type, Nullable: f.Nullable}
		data := rowsOf(t, i)
		defer data.Release()
		for v := range keys {
			if at[v] != i {
				continue
			}
			if data, err = blanked(mem, data, done.Keys[v]); err != nil {
				return nil, nil, fmt.Errorf("column %q: %w", f.Name, err)
			}
			defer data.Release()
			fields[i].Type, fields[i].Nullable = data.DataType(), true
		}
		columns[i] = *arrow.NewColumn(fields[i], data)
	}
	return array.NewTable(arrow.NewSchema(fields, nil), columns, t.NumRows()), done, nil
}

// rowsOf returns the rows that a table has of a column, which may be longer. The caller
// releases it.
func rowsOf(t arrow.Table, col int) *arrow.Chunked {
	return array.NewChunkedSlice(t.Column(col).Data(), 0, t.NumRows())
}

// respondentsOf returns the codes of a column without nulls.
func respondentsOf(t arrow.Table, name string) ([]uint32, error) {
	found := t.Schema().FieldIndices(name)
	if len(found) != 1 {
		return nil, fmt.Errorf("%w: respondent column %q is not there exactly once", ErrRequest, name)
	}
	data := rowsOf(t, found[0])
	defer data.Release()
	c, err := column.Encode(name, data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if null, ok := c.List.Null(); ok {
		for i, code := range c.Codes {
			if code == null {
				return nil, &column.Error{Column: name, Row: int64(i), Err: column.ErrNull}
			}
		}
	}
	return c.Codes, nil
}

// blanked copies a column, with nulls where the code is MissingCode.
func blanked(mem memory.Allocator, data *arrow.Chunked, codes []uint32) (*arrow.Chunked, error) {
	var chunks []arrow.Array
	defer func() {
		for _, c := range chunks {
			c.Release()
		}
	}()
	dt := data.DataType()
	if d, ok := dt.(*arrow.DictionaryType); ok {
		dt = d.ValueType
	}
	row := 0
	for _, chunk := range data.Chunks() {
		out, err := blank(mem, dt, chunk, codes[row:row+chunk.Len()])
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, out)
		row += chunk.Len()
	}
	return arrow.NewChunked(dt, chunks), nil
}

// blank copies one array value by value.
func blank(mem memory.Allocator, dt arrow.DataType, chunk arrow.Array, codes []uint32) (arrow.Array, error) {
	values, at := chunk, func(i int) int { return i }
	if d, ok := chunk.(*array.Dictionary); ok {
		values, at = d.Dictionary(), d.GetValueIndex
	}
	b := array.NewBuilder(mem, dt)
	defer b.Release()
	b.Reserve(chunk.Len())
	put := copier(values, b)
	if put == nil {
		return nil, fmt.Errorf("%w: a key of type %s", ErrRequest, dt)
	}
	for i, code := range codes {
		if code == MissingCode || chunk.IsNull(i) || values.IsNull(at(i)) {
			b.AppendNull()
		} else {
			put(at(i))
		}
	}
	return b.NewArray(), nil
}

// valued is an array of values of a type, and appender its builder.
type (
	valued[T any]   interface{ Value(i int) T }
	appender[T any] interface{ Append(v T) }
)

func copying[T any](a valued[T], b array.Builder) func(i int) {
	to := b.(appender[T])
	return func(i int) { to.Append(a.Value(i)) }
}

// copier returns a function that copies a value of an array to its builder; nil for types
// that are no keys.
func copier(a arrow.Array, b array.Builder) func(i int) {
	switch a := a.(type) {
	case *array.String:
		return copying[string](a, b)
	case *array.LargeString:
		return copying[string](a, b)
	case *array.Binary:
		return copying[[]byte](a, b)
	case *array.LargeBinary:
		return copying[[]byte](a, b)
	case *array.FixedSizeBinary:
		return copying[[]byte](a, b)
	case *array.Boolean:
		return copying[bool](a, b)
	case *array.Int8:
		return copying[int8](a, b)
	case *array.Int16:
		return copying[int16](a, b)
	case *array.Int32:
		return copying[int32](a, b)
	case *array.Int64:
		return copying[int64](a, b)
	case *array.Uint8:
		return copying[uint8](a, b)
	case *array.Uint16:
		return copying[uint16](a, b)
	case *array.Uint32:
		return copying[uint32](a, b)
	case *array.Uint64:
		return copying[uint64](a, b)
	case *array.Float32:
		return copying[float32](a, b)
	case *array.Float64:
		return copying[float64](a, b)
	case *array.Date32:
		return copying[arrow.Date32](a, b)
	case *array.Date64:
		return copying[arrow.Date64](a, b)
	case *array.Timestamp:
		return copying[arrow.Timestamp](a, b)
	case *array.Decimal128:
		return copying[decimal128.Num](a, b)
	}
	return nil
}

package pseudonym

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Columns maps the names of the columns that hold identifiers to their pseudonymizers.
type Columns map[string]*Pseudonymizer

// errNil says that an argument is nil.
var errNil = fmt.Errorf("%w: the context, the allocator, the pseudonymizer, or what is to be replaced is nil", ErrSetting)

// Schema returns a schema with the types of the pseudonyms, without any metadata:
// metadata of other programs (pandas, for example) may describe or hold identifiers. The
// error, in a *ColumnError, is ErrMissing, or ErrNoPseudonymizer for a column that would
// stay in clear.
func (c Columns) Schema(s *arrow.Schema) (*arrow.Schema, error) {
	if s == nil {
		return nil, errNil
	}
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if c[name] == nil {
			return nil, &ColumnError{Column: name, Row: -1, Err: ErrNoPseudonymizer}
		}
		if len(s.FieldIndices(name)) != 1 {
			return nil, &ColumnError{Column: name, Row: -1, Err: ErrMissing}
		}
	}
	fields := s.Fields()
	for i, f := range fields {
		if p := c[f.Name]; p != nil {
			fields[i].Type = p.DataType(f.Type)
			fields[i].Nullable = f.Nullable || p.cfg.Invalid == InvalidNull
		}
		fields[i].Metadata = arrow.Metadata{}
	}
	return arrow.NewSchema(fields, nil), nil
}

// Record returns a record with its identifiers replaced. The values of the other columns
// and the order of rows do not change. The dictionary of another column keeps only the
// entries that rows use, in the order of their first use: other entries may describe
// persons or things that are not in the record. counters may be nil, or hold one counter
// for each column. The caller releases the result.
func (c Columns) Record(ctx context.Context, mem memory.Allocator, rec arrow.Record, counters map[string]*Counter) (arrow.Record, error) {
	if ctx == nil || mem == nil || rec == nil {
		return nil, errNil
	}
	schema, err := c.Schema(rec.Schema())
	if err != nil {
		return nil, err
	}
	cols := make([]arrow.Array, rec.NumCols())
	defer func() {
		for _, a := range cols {
			if a != nil {
				a.Release()
			}
		}
	}()
	for i, col := range rec.Columns() {
		name := rec.ColumnName(i)
		p := c[name]
		if p == nil {
			if cols[i], err = onlyUsed(mem, col); err != nil {
				return nil, shift(err, name, 0)
			}
			continue
		}
		if cols[i], err = p.Array(ctx, mem, col, counters[name]); err != nil {
			return nil, shift(err, name, 0)
		}
	}
	return array.NewRecord(schema, cols, rec.NumRows()), nil
}

// Table returns a table with its identifiers replaced. The caller releases it.
func (c Columns) Table(ctx context.Context, mem memory.Allocator, t arrow.Table, threads int, counters map[string]*Counter) (arrow.Table, error) {
	if ctx == nil || mem == nil || t == nil {
		return nil, errNil
	}
	schema, err := c.Schema(t.Schema())
	if err != nil {
		return nil, err
	}
	cols := make([]arrow.Column, 0, t.NumCols())
	defer func() {
		for i := range cols {
			cols[i].Release()
		}
	}()
	for i := range int(t.NumCols()) {
		name := t.Schema().Field(i).Name
		data := t.Column(i).Data()
		if p := c[name]; p != nil {
			data, err = p.Chunked(ctx, mem, data, threads, counters[name])
		} else {
			data, err = usedChunks(mem, data)
		}
		if err != nil {
			return nil, shift(err, name, 0)
		}
		defer data.Release()
		cols = append(cols, *arrow.NewColumn(schema.Field(i), data))
	}
	return array.NewTable(schema, cols, t.NumRows()), nil
}

// Reader returns a reader of the records of r with their identifiers replaced. It reads
// one record at a time: memory does not grow with rows. r is borrowed until the result is
// released.
func (c Columns) Reader(ctx context.Context, mem memory.Allocator, r array.RecordReader, counters map[string]*Counter) (array.RecordReader, error) {
	return c.ReaderOf(ctx, mem, r, 1, counters)
}

// ReaderOf is [Columns.Reader] with several goroutines. Each of the threads hashes one
// record, so that memory holds as many records as there are threads. The records, their
// order, the counts and the first error are the same for any number of threads. A number
// below 1 counts as 1.
func (c Columns) ReaderOf(ctx context.Context, mem memory.Allocator, r array.RecordReader, threads int, counters map[string]*Counter) (array.RecordReader, error) {
	if ctx == nil || mem == nil || r == nil {
		return nil, errNil
	}
	schema, err := c.Schema(r.Schema())
	if err != nil {
		return nil, err
	}
	out := &reader{ctx: ctx, mem: mem, columns: c, from: r, schema: schema, counters: counters, threads: max(1, threads)}
	out.refs.Store(1)
	return out, nil
}

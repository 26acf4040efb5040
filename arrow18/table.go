package arrow18

import (
	"fmt"
	"sync/atomic"

	arrow15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// Table returns a table of Arrow 15 with the columns of t. The caller releases the table;
// the table holds what it needs of t. Columns of the types that the package comment lists
// are written anew in memory of mem; nil stands for the allocator of Go. The error names
// the column, and wraps [ErrType].
func Table(t arrow.Table, mem memory15.Allocator) (arrow15.Table, error) {
	schema, err := schemaOf(t.Schema())
	if err != nil {
		return nil, err
	}
	columns := make([]arrow15.Column, 0, t.NumCols())
	defer func() {
		for i := range columns {
			columns[i].Release()
		}
	}()
	for i, f := range schema.Fields() {
		c, err := columnOf(f, t.Column(i).Data(), mem)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		columns = append(columns, *c)
	}
	return array15.NewTable(schema, columns, t.NumRows()), nil
}

func columnOf(f arrow15.Field, from *arrow.Chunked, mem memory15.Allocator) (*arrow15.Column, error) {
	var chunks []arrow15.Array
	defer func() {
		for _, c := range chunks {
			c.Release()
		}
	}()
	for _, chunk := range from.Chunks() {
		a, err := arrayOf(chunk, mem)
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, a)
	}
	c := arrow15.NewChunked(f.Type, chunks)
	defer c.Release()
	return arrow15.NewColumn(f, c), nil
}

// arrayOf returns the array of Arrow 15, which the caller releases.
func arrayOf(a arrow.Array, mem memory15.Allocator) (arrow15.Array, error) {
	if mem == nil {
		mem = memory15.DefaultAllocator
	}
	d, err := dataOf(a.Data(), mem)
	if err != nil {
		return nil, err
	}
	defer d.Release()
	return array15.MakeFromData(d), nil
}

// Record returns a record of Arrow 15 with the columns of a record batch, as [Table] does of
// a table.
func Record(r arrow.RecordBatch, mem memory15.Allocator) (arrow15.Record, error) {
	schema, err := schemaOf(r.Schema())
	if err != nil {
		return nil, err
	}
	var columns []arrow15.Array
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i, f := range schema.Fields() {
		c, err := arrayOf(r.Column(i), mem)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		columns = append(columns, c)
	}
	return array15.NewRecord(schema, columns, r.NumRows()), nil
}

// Reader returns a reader of Arrow 15 that reads the record batches of r, for
// sdc.FromReaders. The reader holds r until the reader is released. A batch with a column
// that cannot be handed on ends the reader with an error, which wraps [ErrType].
func Reader(r array.RecordReader, mem memory15.Allocator) (array15.RecordReader, error) {
	schema, err := schemaOf(r.Schema())
	if err != nil {
		return nil, err
	}
	r.Retain()
	out := &reader{from: r, schema: schema, mem: mem}
	out.count.Store(1)
	return out, nil
}

// reader is a reader of Arrow 15 over a reader of Arrow 18.
type reader struct {
	from   array.RecordReader
	schema *arrow15.Schema
	mem    memory15.Allocator
	record arrow15.Record // the present one; nil before the first
	err    error
	count  atomic.Int64
}

// Retain adds an owner.
func (r *reader) Retain() { r.count.Add(1) }

// Release takes an owner off. Without owners the reader releases what it holds.
func (r *reader) Release() {
	if r.count.Add(-1) == 0 {
		r.drop()
		r.from.Release()
	}
}

// Schema returns the schema of the records.
func (r *reader) Schema() *arrow15.Schema { return r.schema }

// Record returns the present record, which the reader holds until the next one.
func (r *reader) Record() arrow15.Record { return r.record }

// Err returns the error that ended the reader; nil for the end of the records.
func (r *reader) Err() error {
	if r.err != nil {
		return r.err
	}
	return r.from.Err()
}

// Next reads the next record. It returns false at the end, and after an error.
func (r *reader) Next() bool {
	r.drop()
	if r.err != nil || !r.from.Next() {
		return false
	}
	r.record, r.err = Record(r.from.RecordBatch(), r.mem)
	return r.err == nil
}

// drop releases the present record.
func (r *reader) drop() {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}

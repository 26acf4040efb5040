package synth

import (
	"fmt"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Options says how a table is made.
type Options struct {
	Rows  int64
	Seed  uint64
	Batch int // rows of a record; defaults to 65,536
	// Allocator defaults to memory.DefaultAllocator.
	Allocator memory.Allocator
}

// maker fills the columns of a table: one call a row.
type maker interface {
	columns() []columnSpec
	row(i int64, put []int64, null []bool)
}

// columnSpec is a column: numbers, or codes of a dictionary.
type columnSpec struct {
	name   string
	labels []string // nil for a number
	text   func(int64) string
}

// reader is the record reader of a synthetic table.
type reader struct {
	opts   Options
	make   maker
	specs  []columnSpec
	schema *arrow.Schema
	dicts  []arrow.Array
	at     int64
	record arrow.Record
	refs   atomic.Int64
}

func newReader(m maker, opts Options) *reader {
	if opts.Batch <= 0 {
		opts.Batch = 1 << 16
	}
	if opts.Allocator == nil {
		opts.Allocator = memory.DefaultAllocator
	}
	r := &reader{opts: opts, make: m, specs: m.columns()}
	r.refs.Store(1)
	var fields []arrow.Field
	for _, c := range r.specs {
		f := arrow.Field{Name: c.name, Type: arrow.PrimitiveTypes.Int64, Nullable: true}
		var dict arrow.Array
		switch {
		case c.labels != nil:
			b := array.NewStringBuilder(opts.Allocator)
			b.AppendValues(c.labels, nil)
			dict = b.NewArray()
			b.Release()
			f.Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
		case c.text != nil:
			f.Type = arrow.BinaryTypes.String
		}
		r.dicts = append(r.dicts, dict)
		fields = append(fields, f)
	}
	r.schema = arrow.NewSchema(fields, nil)
	return r
}

// Retain adds a reference.
func (r *reader) Retain() { r.refs.Add(1) }

// Release drops a reference; the last one frees the dictionaries.
func (r *reader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	if r.record != nil {
		r.record.Release()
	}
	for _, d := range r.dicts {
		if d != nil {
			d.Release()
		}
	}
}

// Schema returns the schema of the table.
func (r *reader) Schema() *arrow.Schema { return r.schema }

// Err returns nil: making data up does not fail.
func (r *reader) Err() error { return nil }

// Record returns the present record, owned by the reader.
func (r *reader) Record() arrow.Record { return r.record }

// Next makes the next record.
func (r *reader) Next() bool {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
	n := int(min(int64(r.opts.Batch), r.opts.Rows-r.at))
	if n <= 0 {
		return false
	}
	values := make([][]int64, len(r.specs))
	nulls := make([][]bool, len(r.specs))
	for c := range r.specs {
		values[c], nulls[c] = make([]int64, n), make([]bool, n)
	}
	put, null := make([]int64, len(r.specs)), make([]bool, len(r.specs))
	for k := range n {
		clear(null)
		r.make.row(r.at+int64(k), put, null)
		for c := range r.specs {
			values[c][k], nulls[c][k] = put[c], null[c]
		}
	}
	cols := make([]arrow.Array, len(r.specs))
	for c := range r.specs {
		cols[c] = r.column(c, values[c], nulls[c])
	}
	r.record = array.NewRecord(r.schema, cols, int64(n))
	for _, c := range cols {
		c.Release()
	}
	r.at += int64(n)
	return true
}

func (r *reader) column(c int, values []int64, null []bool) arrow.Array {
	valid := make([]bool, len(null))
	for i, n := range null {
		valid[i] = !n
	}
	spec := r.specs[c]
	switch {
	case spec.labels != nil:
		b := array.NewInt16Builder(r.opts.Allocator)
		defer b.Release()
		short := make([]int16, len(values))
		for i, v := range values {
			short[i] = int16(v)
		}
		b.AppendValues(short, valid)
		ix := b.NewArray()
		defer ix.Release()
		return array.NewDictionaryArray(r.schema.Field(c).Type, ix, r.dicts[c])
	case spec.text != nil:
		b := array.NewStringBuilder(r.opts.Allocator)
		defer b.Release()
		for i, v := range values {
			if null[i] {
				b.AppendNull()
			} else {
				b.Append(spec.text(v))
			}
		}
		return b.NewArray()
	}
	b := array.NewInt64Builder(r.opts.Allocator)
	defer b.Release()
	b.AppendValues(values, valid)
	return b.NewArray()
}

// Names lists the tables that Open makes.
func Names() []string { return []string{"persons", "enterprises", "events"} }

// Open returns a reader of a table: persons, enterprises or events. The caller
// releases it.
func Open(name string, opts Options) (array.RecordReader, error) {
	if opts.Rows < 0 {
		return nil, fmt.Errorf("synth: rows must be at least 0")
	}
	switch name {
	case "persons":
		return newReader(&persons{seed: opts.Seed}, opts), nil
	case "enterprises":
		return newReader(&enterprises{seed: opts.Seed}, opts), nil
	case "events":
		return newReader(newEvents(opts), opts), nil
	}
	return nil, fmt.Errorf("synth: table is none of %v", Names())
}

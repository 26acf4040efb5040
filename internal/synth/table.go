package synth

import (
	"fmt"
	"slices"
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
	// Columns are the columns to make, in the order given. Defaults to all.
	Columns []string
	// Numbers makes identifiers that are text whole numbers, of 64 bits.
	Numbers bool
	// Part, from 0, is which of Parts consecutive parts of the rows is made.
	// Parts of 0 stands for all rows.
	Part, Parts int
	// Allocator defaults to memory.DefaultAllocator.
	Allocator memory.Allocator
}

// begin returns the row at which a part begins.
func (o *Options) begin(part int) int64 {
	n, k := int64(o.Parts), int64(part)
	return o.Rows/n*k + o.Rows%n*k/n
}

// maker fills the columns of a table: one call a row.
type maker interface {
	columns() []columnSpec
	row(i int64, put []int64, null []bool)
}

// columnSpec is a column: numbers, or codes of a dictionary.
type columnSpec struct {
	name     string
	labels   []string // nil for a number
	text     func(int64) string
	nullable bool
}

// reader is the record reader of a synthetic table.
type reader struct {
	opts   Options
	make   maker
	width  int   // columns of the maker
	from   []int // column -> column of the maker
	specs  []columnSpec
	schema *arrow.Schema
	dicts  []arrow.Array
	at     int64 // row that is next
	end    int64
	record arrow.Record
	refs   atomic.Int64
}

func newReader(m maker, opts Options) (*reader, error) {
	if opts.Batch <= 0 {
		opts.Batch = 1 << 16
	}
	if opts.Allocator == nil {
		opts.Allocator = memory.DefaultAllocator
	}
	all := m.columns()
	r := &reader{opts: opts, make: m, width: len(all), end: opts.Rows}
	if opts.Parts > 0 {
		r.at, r.end = opts.begin(opts.Part), opts.begin(opts.Part+1)
	}
	r.refs.Store(1)
	if opts.Columns == nil {
		for _, c := range all {
			r.opts.Columns = append(r.opts.Columns, c.name)
		}
	}
	for _, name := range r.opts.Columns {
		i := slices.IndexFunc(all, func(c columnSpec) bool { return c.name == name })
		if i < 0 {
			return nil, fmt.Errorf("synth: the table has no column %q", name)
		}
		if opts.Numbers {
			all[i].text = nil
		}
		r.from, r.specs = append(r.from, i), append(r.specs, all[i])
	}
	var fields []arrow.Field
	for _, c := range r.specs {
		f := arrow.Field{Name: c.name, Type: arrow.PrimitiveTypes.Int64, Nullable: c.nullable}
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
	return r, nil
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
	n := int(min(int64(r.opts.Batch), r.end-r.at))
	if n <= 0 {
		return false
	}
	values := make([][]int64, len(r.specs))
	nulls := make([][]bool, len(r.specs))
	for c := range r.specs {
		values[c], nulls[c] = make([]int64, n), make([]bool, n)
	}
	put, null := make([]int64, r.width), make([]bool, r.width)
	for k := range n {
		clear(null)
		r.make.row(r.at+int64(k), put, null)
		for c, i := range r.from {
			values[c][k], nulls[c][k] = put[i], null[i]
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
	spec := r.specs[c]
	var valid []bool // nil for all
	if spec.nullable {
		valid = make([]bool, len(null))
		for i, n := range null {
			valid[i] = !n
		}
	}
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
	if opts.Parts < 0 || opts.Part < 0 || opts.Part > 0 && opts.Part >= opts.Parts {
		return nil, fmt.Errorf("synth: there is no part %d of %d", opts.Part, opts.Parts)
	}
	var m maker
	switch name {
	case "persons":
		m = &persons{seed: opts.Seed}
	case "enterprises":
		m = &enterprises{seed: opts.Seed}
	case "events":
		m = newEvents(opts)
	default:
		return nil, fmt.Errorf("synth: table is none of %v", Names())
	}
	r, err := newReader(m, opts)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Table makes a whole table, in memory. The caller releases it.
func Table(name string, opts Options) (arrow.Table, error) {
	r, err := Open(name, opts)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var records []arrow.Record
	for r.Next() {
		rec := r.Record()
		rec.Retain()
		defer rec.Release()
		records = append(records, rec)
	}
	return array.NewTableFromRecords(r.Schema(), records), nil
}

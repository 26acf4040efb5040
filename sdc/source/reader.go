package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
)

// reader is a record reader over a function that returns the next record, or
// io.EOF. A panic in that function becomes an error.
type reader struct {
	schema *arrow.Schema
	next   func() (arrow.Record, error)
	close  func()
	name   string
	source *handle
	offset int64 // of the first row
	want   int64 // rows that the file says it has
	// of is the source of the reader, or nil. open is the name of the file, where the
	// file is a stream without the mark of its end.
	of   *Source
	open []string

	refs   atomic.Int64
	record arrow.Record
	rows   int64 // delivered before the present record
	err    error
	done   bool
}

// errRows says that a reader was about to end early, or late.
var errRows = fmt.Errorf("%w: the rows that were read are not as many as the file says", ErrCorrupt)

// newReader returns a reader. rows is the number of rows that it must deliver; any other
// number is an error, because rows would be left out or counted twice without notice.
func newReader(schema *arrow.Schema, rows int64, next func() (arrow.Record, error), close func()) *reader {
	r := &reader{schema: schema, want: rows, next: next, close: close}
	r.refs.Store(1)
	return r
}

// Retain adds a reference.
func (r *reader) Retain() { r.refs.Add(1) }

// Release drops a reference; the last one closes the reader.
func (r *reader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	r.drop()
	if r.close != nil {
		r.close()
	}
}

func (r *reader) drop() {
	if r.record != nil {
		r.rows += r.record.NumRows()
		r.record.Release()
		r.record = nil
	}
}

// Schema returns the schema of the records.
func (r *reader) Schema() *arrow.Schema { return r.schema }

// Next moves to the next record, which is valid until the following call.
func (r *reader) Next() bool {
	r.drop()
	if r.done {
		return false
	}
	rec, err := guard(r.next)
	if errors.Is(err, io.EOF) && r.rows != r.want {
		err = errRows
	}
	if err != nil {
		r.done = true
		if r.source != nil && r.source.changed.Load() {
			err = ErrChanged
		}
		if !errors.Is(err, io.EOF) {
			r.err = fileError(r.name, err)
		}
		return false
	}
	r.record = rec
	return true
}

// Record returns the present record, owned by the reader.
func (r *reader) Record() arrow.Record { return r.record }

// Err returns the error that ended the reading; nil at the end of the data.
func (r *reader) Err() error { return r.err }

// Offset returns the position of the present record's first row in the data.
func (r *reader) Offset() int64 { return r.offset + r.rows }

// Number returns the type of number that fits every text of a column of CSV files, and
// whether a comma stands for the decimal point. The error names a field that is no
// number.
func (r *reader) Number(column string) (dt arrow.DataType, comma bool, err error) {
	if r.of == nil {
		return nil, false, errNoText
	}
	return r.of.number(column)
}

// Columns returns the columns of the files, delivered or not.
func (r *reader) Columns() []string {
	schema := r.schema
	if r.of != nil {
		schema = r.of.Schema()
	}
	out := make([]string, 0, schema.NumFields())
	for _, f := range schema.Fields() {
		out = append(out, f.Name)
	}
	return out
}

// Checked reports that every array was checked before it is handed out.
func (r *reader) Checked() bool { return true }

// OpenStreams returns the files that are streams without the mark of their end.
func (r *reader) OpenStreams() []string { return r.open }

// Grouped reports whether all numbers of a column are written as thousands are, see
// [Source.Grouped].
func (r *reader) Grouped(column string) bool { return r.of != nil && r.of.Grouped(column) }

// guard calls fn and turns a panic into an error. The panic's text is dropped: it may
// hold data, and says nothing of the file.
func guard[T any](fn func() (T, error)) (out T, err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		var zero T
		out = zero
		if err = ErrCorrupt; p == (limitExceeded{}) {
			err = ErrMemory
		}
	}()
	return fn()
}

// corrupt keeps the kind of an error of a decoder and drops its text, which may
// hold data. An error of the disk or the network says nothing of the file.
func corrupt(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	for _, known := range []error{ErrCorrupt, ErrUnsupported, ErrValue, ErrMemory} {
		if errors.Is(err, known) {
			return err
		}
	}
	return ErrCorrupt
}

// chain reads readers one after the other.
func chain(readers []*reader) *reader {
	if len(readers) == 1 {
		return readers[0]
	}
	k, rows := 0, int64(0)
	for _, r := range readers {
		rows += r.want
	}
	all := newReader(readers[0].schema, rows, func() (arrow.Record, error) {
		for ; k < len(readers); k++ {
			if readers[k].Next() {
				rec := readers[k].Record()
				rec.Retain()
				return rec, nil
			}
			if err := readers[k].Err(); err != nil {
				return nil, err
			}
		}
		return nil, io.EOF
	}, func() {
		for _, r := range readers {
			r.Release()
		}
	})
	all.of = readers[0].of
	for _, r := range readers {
		all.open = append(all.open, r.open...)
	}
	return all
}

package sdc

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/internal/names"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// input is the source of the records: a table, readers, or a function that opens readers.
// Copies of a Data share it.
type input struct {
	table   arrow.Table
	readers []array.RecordReader
	open    func(ctx context.Context) ([]array.RecordReader, error)
	// started is set by the check that reads the readers: there is nothing left in them
	// for another. mu guards started, and the readers until then: a check that looks at the
	// readers does so before another one reads them, or not at all.
	mu      sync.Mutex
	started bool
}

// FromTable returns data that reads an Arrow table, as often as wanted. The table is
// borrowed: the caller keeps it until the check is done, and releases it.
func FromTable(t arrow.Table) *Data { return &Data{input: &input{table: t}} }

// FromReaders returns data that reads all records of all readers. The readers must have
// the same schema; several are read at the same time. The readers are borrowed: a check
// uses them up, and the caller releases them. Every later check of the data is an error,
// also when the first check failed: see [FromOpener].
//
// Read streams from untrusted places with package source. The stream reader of Arrow
// allocates as much memory as the stream says, and accepts a stream that ends too early.
//
// A reader may have methods that say more about the data:
//
//	Offset() int64            the position of the present record in the data, for
//	                          errors; without it positions count from the reader's
//	                          first row
//	Columns() []string        the columns of the data, also those that the reader does
//	                          not deliver, so that the fields of Data may name them
//	Checked() bool            whether the records are as [Options.Trusted] asks
//	OpenStreams() []string    the names of streams without the mark of their end: the
//	                          report is then for review
//	Grouped(column string) bool
//	                          whether all numbers of a column of text are written as
//	                          thousands are: the report is then for review
//	Number(column string) (dt arrow.DataType, comma bool, err error)
//	                          which numbers the texts of a column are, and whether a
//	                          comma stands for the point: a response or a weight may
//	                          then be text
func FromReaders(r ...array.RecordReader) *Data { return &Data{input: &input{readers: r}} }

// FromOpener returns data that can be read more than once, also at the same time. Every
// check calls open, reads all records of the readers as [FromReaders] says, and releases
// the readers. open must return new readers each time, or an error, which ends the check.
func FromOpener(open func(ctx context.Context) ([]array.RecordReader, error)) *Data {
	return &Data{input: &input{open: open}}
}

// ready returns the input that a check reads, and a function that ends its use.
func (in *input) ready(ctx context.Context) (out *input, done func(), err error) {
	switch {
	case in == nil:
		return nil, nil, fmt.Errorf("%w: the data have no records: make them with FromTable, FromReaders or FromOpener", ErrRequest)
	case in.open != nil:
		readers, err := in.open(ctx)
		out = &input{readers: readers}
		done = func() {
			for _, r := range readers {
				if !isNil(r) {
					r.Release()
				}
			}
		}
		if err != nil {
			done()
			return nil, nil, err
		}
	case in.readers == nil && isNil(in.table):
		return nil, nil, fmt.Errorf("%w: the table, the reader or the function is nil", ErrRequest)
	default:
		out, done = in, func() {}
	}
	if err := out.validate(); err != nil {
		done()
		return nil, nil, err
	}
	return out, done, nil
}

// errUsed says that readers are used up.
var errUsed = fmt.Errorf("%w: the readers of the data are already read: make a new Data of new readers, or use FromOpener", ErrRequest)

// start reserves the readers for one check.
func (in *input) start() error {
	if in.table != nil {
		return nil
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.started {
		return errUsed
	}
	in.started = true
	return nil
}

// validate looks at the table or the readers before any row is read.
func (in *input) validate() error {
	if in.table != nil {
		return validateTable(in.table)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.started {
		return errUsed
	}
	if len(in.readers) == 0 {
		return fmt.Errorf("%w: the data have no reader", ErrRequest)
	}
	for i, r := range in.readers {
		if isNil(r) {
			return fmt.Errorf("%w: reader %d is nil", ErrRequest, i+1)
		}
		for j, o := range in.readers[:i] {
			if reflect.TypeOf(r).Comparable() && r == o {
				return fmt.Errorf("%w: reader %d is reader %d once more: give every reader once", ErrRequest, i+1, j+1)
			}
		}
		switch {
		case r.Schema() == nil:
			return fmt.Errorf("%w: reader %d has no schema", ErrRequest, i+1)
		case !r.Schema().Equal(in.readers[0].Schema()):
			return fmt.Errorf("%w: reader %d and reader 1 differ in their schema", ErrRequest, i+1)
		case atRecord(r):
			return fmt.Errorf("%w: reader %d is already read up to some record: give a new reader", ErrRequest, i+1)
		}
	}
	return nil
}

// atRecord reports whether a reader already stands at a record before the check reads:
// that record and the records before it would be missing.
func atRecord(r array.RecordReader) bool {
	at := false
	err := guard.Call(func() error { // a reader may panic before the first Next
		at = !isNil(r.Record())
		return nil
	})
	return at && err == nil
}

// errTable says that a table does not match its schema.
var errTable = errors.New("the column differs from the schema of the table in its type, or has fewer rows than the table")

// validateTable looks at the columns of a table before any row is read. It does not look
// at the chunks of a column: package arrow makes no column with chunks of several types.
func validateTable(t arrow.Table) error {
	schema := t.Schema()
	if schema == nil || int(t.NumCols()) != schema.NumFields() {
		return fmt.Errorf("%w: the table and its schema differ in their number of columns", ErrRequest)
	}
	for i, f := range schema.Fields() {
		c := t.Column(i)
		if c == nil || int64(c.Len()) < t.NumRows() || !arrow.TypeEqual(c.DataType(), f.Type) {
			return fmt.Errorf("%w: %w", ErrRequest, &ColumnError{Column: f.Name, Row: -1, Err: errTable})
		}
	}
	return nil
}

// isNil reports whether an interface holds nothing, or a nil pointer.
func isNil(x any) bool {
	if x == nil {
		return true
	}
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Interface, reflect.Chan:
		return v.IsNil()
	}
	return false
}

// schema returns the schema of the input.
func (in *input) schema() *arrow.Schema {
	if in.table != nil {
		return in.table.Schema()
	}
	return in.readers[0].Schema()
}

// columns lists the columns of the data, delivered or not.
func (in *input) columns() []string {
	var out []string
	for _, f := range in.schema().Fields() {
		out = append(out, f.Name)
	}
	for i, r := range in.readers {
		c, ok := r.(interface{ Columns() []string })
		if !ok {
			return out
		}
		if i == len(in.readers)-1 {
			return c.Columns()
		}
	}
	return out
}

// grouped remarks on columns of numbers in text that may be thousands.
func (in *input) grouped(pl *plan) []Remark {
	var out []Remark
	for _, c := range pl.columns {
		if !c.number && !c.amount {
			continue
		}
		for _, r := range in.readers {
			if g, ok := r.(interface{ Grouped(column string) bool }); ok && g.Grouped(c.name) {
				out = append(out, thousands(c.name))
				break
			}
		}
	}
	return out
}

// thousands is the remark, for review, on a column of numbers that may be a thousand times
// too small.
func thousands(column string) Remark {
	return Remark{
		Name: "thousands", Column: column, Verdict: Review,
		Message: words.New(words.Grouped),
	}
}

// openStreams remarks on Arrow streams in which batches may be missing.
func (in *input) openStreams() []Remark {
	open := map[string]bool{}
	for _, r := range in.readers {
		if o, ok := r.(interface{ OpenStreams() []string }); ok {
			for _, name := range o.OpenStreams() {
				open[name] = true
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []Remark{{
		Name: "open-stream", Count: int64(len(open)), Verdict: Review,
		Message: words.New(words.OpenStream),
	}}
}

// checked reports whether the records of every reader need no look at their buffers.
func (in *input) checked() bool {
	for _, r := range in.readers {
		if c, ok := r.(interface{ Checked() bool }); !ok || !c.Checked() {
			return false
		}
	}
	return in.table == nil
}

// absent is the reason where a column does not exist: it wraps [ErrColumn] and points to the
// nearest column.
func (in *input) absent(name string) error {
	return &absentError{names.Absent(name, 0, in.columns())}
}

// absentError is an [ErrColumn] with a text that tells of the existing columns.
type absentError struct{ text string }

// Error implements error.
func (e *absentError) Error() string { return e.text }

// Unwrap returns ErrColumn.
func (e *absentError) Unwrap() error { return ErrColumn }

// names refuses fields of the data that name a column that the data do not have. After a
// typing error in the name, the intended column would be checked without its hierarchy or
// with another policy for missing values.
func (d *Data) names(in *input) error {
	have := in.columns()
	for _, n := range d.namedColumns() {
		if !slices.Contains(have, n.column) {
			return fmt.Errorf("%w: %s: %w", ErrRequest, n.field, &ColumnError{Column: n.column, Row: -1, Err: in.absent(n.column)})
		}
	}
	return nil
}

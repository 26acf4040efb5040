package pseudonym

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/guard"
)

type reader struct {
	ctx      context.Context
	mem      memory.Allocator
	columns  Columns
	from     array.RecordReader
	schema   *arrow.Schema
	counters map[string]*Counter
	threads  int
	ready    []arrow.Record // that follow the present one
	failed   error          // the error after them
	record   arrow.Record
	row      int64
	err      error
	refs     atomic.Int64
}

// Retain adds a reference.
func (r *reader) Retain() { r.refs.Add(1) }

// Release drops a reference.
func (r *reader) Release() {
	if r.refs.Add(-1) > 0 {
		return
	}
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
	for _, rec := range r.ready {
		rec.Release()
	}
	r.ready = nil
}

// Schema returns the schema of the records.
func (r *reader) Schema() *arrow.Schema { return r.schema }

// Record returns the present record.
func (r *reader) Record() arrow.Record { return r.record }

// Err returns the error that ended the reading; nil at the end of the records.
func (r *reader) Err() error { return r.err }

// Next moves to the next record.
func (r *reader) Next() bool {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
	if r.err != nil {
		return false
	}
	if len(r.ready) == 0 && r.failed == nil {
		r.fill()
	}
	if len(r.ready) == 0 {
		if !errors.Is(r.failed, io.EOF) {
			r.err = r.failed
		}
		return false
	}
	r.record, r.ready = r.ready[0], r.ready[1:]
	return true
}

// fill hashes the next records, up to the first that fails.
func (r *reader) fill() {
	var in []arrow.Record
	for len(in) < r.threads && r.from.Next() {
		rec := r.from.Record()
		rec.Retain()
		in = append(in, rec)
	}
	if len(in) < r.threads {
		if r.failed = r.from.Err(); r.failed == nil {
			r.failed = io.EOF
		}
	}
	out, errs := make([]arrow.Record, len(in)), make([]error, len(in))
	guard.Each(len(in), len(in), func(_, i int) { // a broken array is an error, in whichever goroutine
		errs[i] = guard.Call(func() (err error) {
			out[i], err = r.columns.Record(r.ctx, r.mem, in[i], r.counters)
			return err
		})
	})
	for i, rec := range in {
		if errs[i] != nil {
			r.failed = shift(errs[i], "", r.row)
			for _, more := range out[i:] {
				if more != nil {
					more.Release()
				}
			}
			out = out[:i]
			break
		}
		r.row += rec.NumRows()
	}
	for _, rec := range in {
		rec.Release()
	}
	r.ready = out
}

package sdc

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/guard"
)

// batchRows is the number of rows in which tables are read: small enough for
// a batch's codes to stay in cache.
const batchRows = 1 << 16

// readerRows is the binary logarithm of the most rows that a reader may have. With more
// rows the keys of a reader would overlap the keys of the next reader.
const readerRows = 40

// read drives the intake: the table or readers feed workers, workers of one subset merge into
// one. With one thread everything happens in the calling goroutine.
func (in *input) read(ctx context.Context, subsets []*subset, opts Options) error {
	threads := opts.threads()
	crews := make([]crew, threads)
	of := make([][]*worker, len(subsets))
	for k, s := range subsets {
		shared := interners{}
		for i := range crews {
			w, err := newWorker(s.pl, in, shared)
			if err != nil {
				return err
			}
			w.trusted = w.trusted || opts.Trusted
			s.b.give(w)
			of[k], crews[i] = append(of[k], w), append(crews[i], w)
		}
		for t := range s.pl.tabs {
			guess := &evidence.Guess{}
			for _, w := range of[k] {
				w.accumulators[t].Share(guess)
			}
		}
	}
	if err := in.start(); err != nil {
		return err
	}
	var err error
	switch {
	case in.table != nil:
		for k := range subsets {
			if err == nil {
				err = readTable(ctx, in.table, of[k], opts)
			}
			opts.Progress = nil // the rows were read once
		}
	case threads == 1:
		err = readAlone(ctx, in.readers, crews[0], opts)
	default:
		err = readTogether(ctx, in.readers, crews, opts)
	}
	if err != nil {
		return err
	}
	for k, s := range subsets {
		if s.w, err = mergeWorkers(ctx, of[k]); err != nil {
			return err
		}
	}
	return nil
}

// mergeWorkers merges the workers of a subset into the first of them.
func mergeWorkers(ctx context.Context, workers []*worker) (*worker, error) {
	workers[0].threads = len(workers) // it works alone now
	for _, w := range workers[1:] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := workers[0].merge(w); err != nil {
			return nil, err
		}
	}
	return workers[0], workers[0].flush()
}

// crew is the workers of one thread, one for each subset.
type crew []*worker

// addRecord hands a record to every worker. Of several errors it returns the one of the
// earliest row.
func (c crew) addRecord(m message) error {
	var first error
	for _, w := range c {
		if err := w.addRecord(m); err != nil && (first == nil || earlier(err, first)) {
			first = err
		}
	}
	return first
}

// readTable has the workers read a table, morsel by morsel.
func readTable(ctx context.Context, t arrow.Table, workers []*worker, opts Options) error {
	morsels := column.NewMorsels(t, workers[0].fields, batchRows)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var next atomic.Int64
	state := shared{cancel: cancel, progress: opts.Progress}
	work := func(w *worker) {
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= morsels.Len() {
				w.grids.countAll()
				return
			}
			lo, hi := morsels.Rows(i)
			err := guard.Call(func() error {
				if err := w.addMorsel(morsels, i); err != nil {
					return err
				}
				state.read(int64(hi - lo))
				return nil
			})
			if err != nil {
				state.fail(err)
				return
			}
		}
	}
	if len(workers) == 1 {
		work(workers[0])
	} else {
		var working guard.Group
		for _, w := range workers {
			working.Go(func() { work(w) })
		}
		working.Wait()
	}
	if state.first != nil {
		return state.first
	}
	return ctx.Err()
}

// shared holds the state that the reading goroutines share.
type shared struct {
	cancel   context.CancelFunc
	progress func(rows int64)

	mu    sync.Mutex
	first error // of the earliest row
	rows  int64
}

// fail notes an error and stops the others.
func (s *shared) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil || earlier(err, s.first) {
		s.first = err
	}
	s.cancel()
}

// read notes rows that were read.
func (s *shared) read(rows int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows += rows
	if s.progress != nil {
		s.progress(s.rows)
	}
}

// scan calls fn for every record of a reader, which is number k. arrow's readers end
// with io.EOF in Err, some of them.
func scan(ctx context.Context, r array.RecordReader, k int, fn func(message) error) error {
	row, key := int64(0), uint64(k)<<readerRows
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec := r.Record()
		if o, ok := r.(interface{ Offset() int64 }); ok {
			row = o.Offset()
		}
		if err := fn(message{rec, row, key}); err != nil {
			return err
		}
		row += rec.NumRows()
		key += uint64(rec.NumRows())
	}
	if err := r.Err(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return ctx.Err()
}

// guarded is scan for a goroutine of its own: a panic of the reader is an error.
func guarded(ctx context.Context, r array.RecordReader, k int, fn func(message) error) error {
	return guard.Call(func() error { return scan(ctx, r, k, fn) })
}

func readAlone(ctx context.Context, readers []array.RecordReader, c crew, opts Options) error {
	rows := int64(0)
	for k, r := range readers {
		err := scan(ctx, r, k, func(m message) error {
			if err := c.addRecord(m); err != nil {
				return err
			}
			if rows += m.record.NumRows(); opts.Progress != nil {
				opts.Progress(rows)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readTogether reads every reader in a goroutine of its own and hands the records to the
// workers. At most as many readers are read at a time as there are workers. Of several
// errors it returns the one of the earliest row.
func readTogether(asked context.Context, readers []array.RecordReader, crews []crew, opts Options) error {
	ctx, cancel := context.WithCancel(asked)
	defer cancel()
	feed := make(chan message, len(crews))
	state := shared{cancel: cancel, progress: opts.Progress}
	var reading, working guard.Group
	slots := make(chan struct{}, len(crews))
	for k, r := range readers {
		reading.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			err := guarded(ctx, r, k, func(m message) error {
				m.record.Retain()
				select {
				case feed <- m:
				case <-ctx.Done():
					m.record.Release()
					return ctx.Err()
				}
				state.read(m.record.NumRows())
				return nil
			})
			if err != nil {
				state.fail(err)
			}
		})
	}
	for _, c := range crews {
		working.Go(func() {
			failed := false
			for m := range feed {
				// A record that was sent before another worker failed may hold an earlier
				// row.
				if !failed && asked.Err() == nil {
					if err := guard.Call(func() error { return c.addRecord(m) }); err != nil {
						failed = true
						state.fail(err)
					}
				}
				m.record.Release()
			}
			for _, w := range c {
				w.grids.countAll()
			}
		})
	}
	reading.Wait()
	close(feed)
	working.Wait()
	if state.first != nil {
		return state.first
	}
	return ctx.Err()
}

// earlier reports whether error a is reported instead of error b: an error of the data
// goes before the cancellation that it causes, and an earlier row before a later one.
func earlier(a, b error) bool {
	if errors.Is(b, context.Canceled) != errors.Is(a, context.Canceled) {
		return errors.Is(b, context.Canceled)
	}
	var x, y *ColumnError
	return errors.As(a, &x) && errors.As(b, &y) && x.Row < y.Row
}

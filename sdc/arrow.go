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

// read drives the intake: the table or readers feed workers, workers merge into
// one. With one thread everything happens in the calling goroutine.
func (in *input) read(ctx context.Context, pl *plan, opts Options, b *budget) (*worker, error) {
	threads := opts.threads()
	workers, shared := make([]*worker, threads), interners{}
	for i := range workers {
		var err error
		if workers[i], err = newWorker(pl, in, shared); err != nil {
			return nil, err
		}
		workers[i].trusted = workers[i].trusted || opts.Trusted
		b.give(workers[i])
	}
	for k := range pl.tabs {
		guess := &evidence.Guess{}
		for _, w := range workers {
			w.accumulators[k].Share(guess)
		}
	}
	if err := in.start(); err != nil {
		return nil, err
	}
	var err error
	switch {
	case in.table != nil:
		err = readTable(ctx, in.table, workers, opts)
	case threads == 1:
		err = readAlone(ctx, in.readers, workers[0], opts)
	default:
		err = readTogether(ctx, in.readers, workers, opts)
	}
	if err != nil {
		return nil, err
	}
	workers[0].threads = threads // it works alone now
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

func readAlone(ctx context.Context, readers []array.RecordReader, w *worker, opts Options) error {
	for k, r := range readers {
		err := scan(ctx, r, k, func(m message) error {
			if err := w.addRecord(m); err != nil {
				return err
			}
			if opts.Progress != nil {
				opts.Progress(w.rows)
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
func readTogether(asked context.Context, readers []array.RecordReader, workers []*worker, opts Options) error {
	ctx, cancel := context.WithCancel(asked)
	defer cancel()
	feed := make(chan message, len(workers))
	state := shared{cancel: cancel, progress: opts.Progress}
	var reading, working guard.Group
	slots := make(chan struct{}, len(workers))
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
	for _, w := range workers {
		working.Go(func() {
			failed := false
			for m := range feed {
				// A record that was sent before another worker failed may hold an earlier
				// row.
				if !failed && asked.Err() == nil {
					if err := guard.Call(func() error { return w.addRecord(m) }); err != nil {
						failed = true
						state.fail(err)
					}
				}
				m.record.Release()
			}
			w.grids.countAll()
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

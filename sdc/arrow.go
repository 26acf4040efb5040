// This file is long because it is the only one of the package that may know of Arrow
// (internal/deps).

package sdc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/guard"
)

// batchRows is the number of rows in which tables are read: small enough for
// a batch's codes to stay in cache.
const batchRows = 1 << 16

// input is where the records come from.
type input struct {
	table   arrow.Table
	readers []array.RecordReader
}

// FromTable returns data that reads an Arrow table. The table is borrowed: the
// caller keeps it until the check is done, and releases it.
func FromTable(t arrow.Table) *Data { return &Data{input: input{table: t}} }

// FromReaders returns data that reads all records of all readers, which have
// the same schema; several are read at the same time. The readers are borrowed:
// a check uses them up, and the caller releases them. A reader with a method
// Offset() int64 says the position of its present record in the data, for
// errors; without one positions count from the reader's first row. A reader with a
// method Number(column string) (dt arrow.DataType, comma bool, err error) says of a
// column of text which numbers its texts are, and whether a comma stands for the
// point: a response or a weight may then be text.
func FromReaders(r ...array.RecordReader) *Data { return &Data{input: input{readers: r}} }

// schema returns the schema of the input.
func (in *input) schema() *arrow.Schema {
	if in.table != nil {
		return in.table.Schema()
	}
	if len(in.readers) > 0 {
		return in.readers[0].Schema()
	}
	return arrow.NewSchema(nil, nil)
}

// worker gathers the evidence of a part of the data.
type worker struct {
	pl           *plan
	fields       []int             // position of each planned column in the schema
	encoders     []*column.Encoder // nil for columns that are not coded, or keyed
	keyed        []bool            // columns of units that are told apart by keys
	whole        []wholeNumbers    // of keyed columns
	interners    interners
	known        []int  // codes that have been looked at
	flags        []bool // code of the request column -> asked
	accumulators []*evidence.Accumulator
	asked        []*evidence.Accumulator // nil where no rule needs it
	beside       []*evidence.Accumulator // nil likewise
	asks         *asks                   // nil likewise
	overlap      *evidence.Overlap       // nil where nobody asks
	excluded     []int64
	rows         int64
	threads      int                   // that it may use
	texts        []*column.TextNumbers // of number columns that are text; nil for others
	comma        []bool                // columns of amounts that are text with a decimal comma
	units        []bool                // columns of units that are text

	arrays  []arrow.Array // column -> rows of the batch
	codes   [][]uint32    // scratch: column -> row -> code
	keys    []column.Keys
	numbers []column.Numbers
	part    batchPart
	grids   gridded
	first   uint64 // key of the first row of the batch
}

// interners give keys to the columns of units whose values are none: by column, made
// by the first worker and shared by all.
type interners map[int]*column.Interner

// newWorker resolves the plan's columns against the schema.
func newWorker(pl *plan, in *input, shared interners) (*worker, error) {
	n, schema := len(pl.columns), in.schema()
	w := &worker{
		pl: pl, threads: 1, fields: make([]int, n), encoders: make([]*column.Encoder, n), keyed: make([]bool, n), whole: make([]wholeNumbers, n), known: make([]int, n),
		arrays: make([]arrow.Array, n), codes: make([][]uint32, n), keys: make([]column.Keys, n), numbers: make([]column.Numbers, n),
		excluded: make([]int64, len(pl.tabs)), grids: newGridded(pl), interners: shared, texts: make([]*column.TextNumbers, n), units: make([]bool, n), comma: make([]bool, n),
	}
	digits, floats := make([]int, n), make([]bool, n)
	for c, want := range pl.columns {
		found := schema.FieldIndices(want.name)
		switch {
		case len(found) == 0:
			return nil, &ColumnError{Column: want.name, Row: -1, Err: column.ErrMissing}
		case len(found) > 1:
			return nil, &ColumnError{Column: want.name, Row: -1, Err: fmt.Errorf("%w: the name occurs %d times", column.ErrType, len(found))}
		}
		w.fields[c] = found[0]
		dt := schema.Field(found[0]).Type
		w.units[c] = (c == pl.respondent || c == pl.holding) && column.IsText(dt)
		switch {
		case want.coded && pl.keyed(c) && column.Keyed(dt):
			w.keyed[c] = true
			switch dt.ID() {
			case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64:
				w.whole[c] = signedNumbers
			case arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64:
				w.whole[c] = unsignedNumbers
			}
		case want.coded && pl.keyed(c) && column.Interned(dt):
			w.keyed[c] = true
			if shared[c] == nil {
				shared[c] = column.NewInterner()
			}
		case want.coded:
			e, err := column.NewEncoder(want.name, dt)
			if err != nil {
				return nil, err
			}
			w.encoders[c] = e
		}
		if want.amount && !want.number {
			t, err := in.textNumbers(want.name, dt)
			if err != nil {
				return nil, err
			}
			w.comma[c] = t != nil && t.Comma
		}
		if want.number {
			var err error
			if w.texts[c], err = in.textNumbers(want.name, dt); err != nil {
				return nil, err
			}
			if w.texts[c] != nil {
				w.comma[c] = w.texts[c].Comma
				dt = w.texts[c].Type
			}
		}
		if want.number || c == pl.request && dt.ID() != arrow.BOOL && !column.IsText(dt) {
			d, ok := column.NumberDigits(dt)
			if !ok {
				return nil, &ColumnError{Column: want.name, Row: -1, Err: fmt.Errorf("%w: %s is no number", column.ErrType, dt.Name())}
			}
			digits[c] = d
			floats[c] = column.IsFloat(dt)
		}
	}
	for _, t := range pl.tabs {
		rd, wd, float := 0, 0, false
		if t.response >= 0 {
			rd = digits[t.response]
			float = floats[t.response]
		}
		if pl.weight >= 0 {
			wd = digits[pl.weight]
		}
		acc, err := evidence.New(t.shape, rd, wd, float)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRequest, err)
		}
		w.accumulators = append(w.accumulators, acc)
		var asked *evidence.Accumulator
		if t.asked {
			s := t.shape
			s.Weight, s.Tau, s.Top, s.Sole, s.Largest, s.Owners, s.Alike = false, false, 1, false, 0, false, 0
			s.Respondent = pl.respondent >= 0
			if asked, err = evidence.New(s, rd, 0, float); err != nil {
				return nil, err
			}
			if w.asks == nil {
				w.asks = newAsks()
			}
		}
		w.asked = append(w.asked, asked)
		var beside *evidence.Accumulator
		if t.beside {
			s := evidence.Shape{Columns: t.shape.Columns, Respondent: true, Response: true, Alike: pl.alike}
			if beside, err = evidence.New(s, rd, 0, float); err != nil {
				return nil, err
			}
		}
		w.beside = append(w.beside, beside)
	}
	if pl.overlap {
		w.overlap = &evidence.Overlap{}
	}
	return w, nil
}

// message is a record on its way to a worker, with the position of its first row,
// and a key of that row; those of the next rows follow. No other row of the data has
// the same key, whatever a reader says of positions.
type message struct {
	record arrow.Record
	row    int64
	key    uint64
}

// readerRows is the binary logarithm of the rows that a reader may have for its
// keys not to run into those of the next.
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
		b.give(workers[i])
	}
	for _, r := range in.readers {
		if !r.Schema().Equal(in.schema()) {
			return nil, outputsError("readers differ in their schema")
		}
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
				morsels.Read(w.arrays, i)
				defer func() {
					for c := range w.arrays {
						w.arrays[c].Release()
					}
				}()
				return w.add(hi-lo, int64(lo), uint64(lo))
			})
			if err != nil {
				state.fail(err)
				return
			}
			state.read(int64(hi - lo))
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

// shared is what goroutines that read tell each other.
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

// readTogether reads every reader in a goroutine of its own, at most as many as
// there are workers at a time, and hands the records to the workers. Of several
// errors the one of the earliest row is returned.
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
				// What was sent before another worker failed may be an earlier row.
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

// earlier reports whether a is to be told rather than b: a real error rather
// than a cancellation that follows from it, and the earlier row.
func earlier(a, b error) bool {
	if errors.Is(b, context.Canceled) != errors.Is(a, context.Canceled) {
		return errors.Is(b, context.Canceled)
	}
	var x, y *ColumnError
	return errors.As(a, &x) && errors.As(b, &y) && x.Row < y.Row
}

// addRecord is add for the columns of a record, which may be longer than the record.
func (w *worker) addRecord(m message) error {
	n := m.record.NumRows()
	for c, field := range w.fields {
		w.arrays[c] = m.record.Column(field)
		if int64(w.arrays[c].Len()) > n {
			w.arrays[c] = array.NewSlice(w.arrays[c], 0, n)
			defer w.arrays[c].Release()
		}
	}
	return w.add(int(n), m.row, m.key)
}

// add hands the batch of n rows that w.arrays holds to every table. row is the
// position of its first row, and key its key.
func (w *worker) add(n int, row int64, key uint64) error {
	w.first = key
	if w.pl.data.RespondentForm.folds() {
		back, err := w.foldUnits()
		if err != nil {
			return err
		}
		defer back()
	}
	if err := w.index(n); err != nil {
		return err
	}
	err := w.encode(n, row, w.grids.coded)
	if err == nil {
		if err = w.gather(n, row); !errors.Is(err, evidence.ErrIndex) {
			return err
		}
	}
	// Which error is told does not depend on what was read by its indices.
	return cmp.Or(w.encode(n, row, nil), err)
}

// foldUnits gives the texts of units the form that they count in. The function that it
// returns puts the arrays of the batch back.
func (w *worker) foldUnits() (back func(), err error) {
	was := slices.Clone(w.arrays)
	back = func() {
		for c := range was {
			if w.arrays[c] != was[c] {
				w.arrays[c].Release()
				w.arrays[c] = was[c]
			}
		}
	}
	for c, unit := range w.units {
		if !unit {
			continue
		}
		arr, err := column.MapTexts(was[c], w.pl.data.RespondentForm.of)
		if err != nil {
			back()
			return nil, columnError(&ColumnError{Column: w.pl.columns[c].name, Row: -1, Err: err})
		}
		w.arrays[c] = arr
	}
	return back, nil
}

// index looks which columns of the batch are read by their indices, and so which
// tables by a grid and which columns have to be encoded.
func (w *worker) index(n int) error {
	g := &w.grids
	for c := range w.pl.columns {
		g.now[c] = nil
		if !g.wanted[c] {
			continue
		}
		if g.indices[c], g.now[c] = w.encoders[c].Indices(w.arrays[c]); g.now[c] == nil {
			continue
		}
		if g.now[c] != g.dicts[c] {
			if g.dicts[c] != nil {
				if err := w.renew(); err != nil {
					return err
				}
			}
			g.dicts[c], g.leaves[c] = g.now[c], w.allLeaves(c, g.now[c])
		}
		if !g.leaves[c] {
			g.now[c] = nil
		}
	}
	w.choose(int64(n))
	return nil
}

// encode reads the columns of the batch: as codes those that only says, or all.
func (w *worker) encode(n int, row int64, only []bool) error {
	for c, want := range w.pl.columns {
		arr := w.arrays[c]
		switch {
		case w.keyed[c]:
			if err := w.readKeys(c, arr, row); err != nil {
				return columnError(err)
			}
			if i := slices.Index(w.keys[c].Null, true); i >= 0 && want.refuse {
				return &ColumnError{Column: want.name, Row: row + int64(i), Err: column.ErrNull}
			}
		case want.coded && (only == nil || only[c]):
			if cap(w.codes[c]) < n {
				w.codes[c] = make([]uint32, n)
			}
			w.codes[c] = w.codes[c][:n]
			if err := w.encoders[c].Append(arr, row, w.codes[c]); err != nil {
				return columnError(err)
			}
			if err := w.check(c, row, w.codes[c]); err != nil {
				return err
			}
		}
		if want.number {
			if err := w.readNumbers(c, arr, row); err != nil {
				return columnError(err)
			}
		}
	}
	return nil
}

// readNumbers reads the numbers of a column, which may be text.
func (w *worker) readNumbers(c int, arr arrow.Array, row int64) error {
	name := w.pl.columns[c].name
	if t := w.texts[c]; t != nil {
		numbers, err := t.Parse(name, arr, row)
		if err != nil {
			return err
		}
		defer numbers.Release()
		// What the numbers borrow stays until the next batch: the memory is Go's.
		arr = numbers
	}
	return w.numbers[c].Read(name, arr, row)
}

// textNumbers returns how the texts of a column are read as numbers; nil for a column
// of another type, and where no reader says that they are.
func (in *input) textNumbers(name string, dt arrow.DataType) (*column.TextNumbers, error) {
	if dt.ID() != arrow.STRING {
		return nil, nil
	}
	var out *column.TextNumbers
	for _, r := range in.readers {
		n, ok := r.(interface {
			Number(column string) (arrow.DataType, bool, error)
		})
		if !ok {
			return nil, nil
		}
		t, comma, err := n.Number(name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", &ColumnError{Column: name, Row: -1, Err: column.ErrType}, err)
		}
		if out != nil && (comma != out.Comma || !arrow.TypeEqual(t, out.Type)) {
			return nil, outputsError("readers differ in the numbers of column %q", name)
		}
		out = &column.TextNumbers{Type: t, Comma: comma}
	}
	return out, nil
}

// readKeys reads the keys of a column of units.
func (w *worker) readKeys(c int, arr arrow.Array, row int64) error {
	name := w.pl.columns[c].name
	if in := w.interners[c]; in != nil {
		return w.keys[c].Intern(in, name, arr, row)
	}
	return w.keys[c].Read(name, arr, row)
}

// columnError gives the reasons of internal/column their public names.
func columnError(err error) error {
	var e *ColumnError
	if errors.As(err, &e) {
		return &ColumnError{Column: e.Column, Row: e.Row, Err: numberError(e.Err)}
	}
	return err
}

// cellCounts are the integer columns of the cells file, in order.
var cellCounts = []string{"records", "respondents", "contributors", "holdings"}

// cellTexts are the columns behind them.
var cellTexts = []string{"sum", "top1", "top2", "status"}

// CellsSchema is the schema of the cells of a report: output, a text column for
// each spanning variable ("*" for the total, null where the output does not
// have the variable), the counts records, respondents, contributors and
// holdings, and sum, top1, top2 (exact decimals as text, null without a
// response) and status (safe, unsafe or review).
func (r *Report) CellsSchema() *arrow.Schema {
	text := func(name string) arrow.Field {
		return arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	fields := []arrow.Field{text("output")}
	for _, name := range r.cellVariables() {
		fields = append(fields, text(name))
	}
	for _, name := range cellCounts {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int64})
	}
	for _, name := range cellTexts {
		fields = append(fields, text(name))
	}
	return arrow.NewSchema(fields, nil)
}

// WriteCells hands the cells of all tables, margins included, to write in
// records of at most 65,536 rows; it releases each after write returns. What is
// written is confidential.
func (r *Report) WriteCells(mem memory.Allocator, write func(arrow.Record) error) error {
	variables := r.cellVariables()
	b := array.NewRecordBuilder(mem, r.CellsSchema())
	defer b.Release()
	flush := func() error {
		rec := b.NewRecord()
		defer rec.Release()
		return write(rec)
	}
	rows := 0
	err := r.cellRows(func(row cellRow) error {
		r.appendCell(b, variables, row)
		if rows++; rows%(1<<16) != 0 {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

func (r *Report) appendCell(b *array.RecordBuilder, variables []string, row cellRow) {
	col := 0
	text := func(s string, null bool) {
		if f := b.Field(col).(*array.StringBuilder); null {
			f.AppendNull()
		} else {
			f.Append(s)
		}
		col++
	}
	c := row.cell
	text(c.t.Name(), false)
	at := c.Coordinates()
	for _, name := range variables {
		i := slices.IndexFunc(c.t.vars, func(v Variable) bool { return v.Name == name })
		switch {
		case i < 0:
			text("", true)
		case at[i].Total:
			text("*", false)
		default:
			text(at[i].Code, false)
		}
	}
	for _, n := range []int64{c.Records(), c.Respondents(), c.Contributors(), c.Holdings()} {
		b.Field(col).(*array.Int64Builder).Append(n)
		col++
	}
	text(c.SumText(), c.SumText() == "")
	text(c.topText(0), c.topText(0) == "")
	text(c.topText(1), c.topText(1) == "")
	text(r.Status(row.output, c).String(), false)
}

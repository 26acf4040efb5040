package sdc

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/intact"
	"github.com/sluis-go/sluis/internal/observed"
	"github.com/sluis-go/sluis/internal/rows"
)

// worker gathers the evidence of a part of the data.
type worker struct {
	pl           *plan
	schema       *arrow.Schema
	fields       []int             // position of each planned column in the schema
	trusted      bool              // arrays need no look
	encoders     []*column.Encoder // nil for columns that are not coded, or keyed
	keyed        []bool            // columns of units that keys distinguish
	whole        []wholeNumbers    // of keyed columns
	interners    interners
	known        []int  // codes that have been looked at
	flags        []bool // code of the request column -> asked
	accumulators []*evidence.Accumulator
	asked        []*evidence.Accumulator // nil where no rule needs it
	asks         *asks                   // nil likewise
	logs         []*observed.Log         // of the observations of tables; nil for tables without order statistics
	overlap      *evidence.Overlap       // nil unless Options.Sole is set
	excluded     []int64
	rows         int64
	threads      int                   // that it may use
	texts        []*column.TextNumbers // of number columns that are text; nil for others
	comma        []bool                // columns of amounts that are text with a decimal comma
	units        []bool                // columns of units that are text or bytes
	digits       []int                 // of the unit of number columns
	broken       []breach              // of the relations of the plan
	picker       *rows.Picker          // of the rows of the population; nil for all
	pickedBy     []int                 // the columns of its conditions

	arrays  []arrow.Array // column -> rows of the batch
	codes   [][]uint32    // scratch: column -> row -> code
	keys    []column.Keys
	numbers []column.Numbers
	part    batchPart
	grids   gridded
	first   uint64 // key of the first row of the batch
	lasting bool   // the buffers of the arrays stay until the tables are made
}

// interners give keys to columns of units whose values are not keys themselves. They are
// listed by column, made by the first worker and shared by all.
type interners map[int]*column.Interner

// newWorker resolves the plan's columns against the schema.
func newWorker(pl *plan, in *input, shared interners) (*worker, error) {
	n, schema := len(pl.columns), in.schema()
	w := &worker{
		pl: pl, schema: schema, trusted: in.checked(), threads: 1, fields: make([]int, n), encoders: make([]*column.Encoder, n), keyed: make([]bool, n), whole: make([]wholeNumbers, n), known: make([]int, n),
		arrays: make([]arrow.Array, n), codes: make([][]uint32, n), keys: make([]column.Keys, n), numbers: make([]column.Numbers, n),
		excluded: make([]int64, len(pl.tabs)), grids: newGridded(pl), interners: shared, texts: make([]*column.TextNumbers, n), units: make([]bool, n), comma: make([]bool, n),
	}
	digits, floats := make([]int, n), make([]bool, n)
	for c, want := range pl.columns {
		found := schema.FieldIndices(want.name)
		switch {
		case len(found) == 0:
			return nil, &ColumnError{Column: want.name, Row: -1, Err: in.absent(want.name)}
		case len(found) > 1:
			return nil, &ColumnError{Column: want.name, Row: -1, Err: fmt.Errorf("%w: the name occurs %d times", column.ErrType, len(found))}
		}
		w.fields[c] = found[0]
		dt := schema.Field(found[0]).Type
		w.units[c] = (c == pl.respondent || c == pl.holding) && column.Interned(dt)
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
	w.digits, w.broken = digits, make([]breach, len(pl.relations))
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
		w.logs = append(w.logs, pl.newLog(t))
	}
	if pl.overlap {
		w.overlap = &evidence.Overlap{}
	}
	if len(pl.where) > 0 {
		return w, w.pick(in)
	}
	return w, nil
}

// message is a record on its way to a worker, with the position and the key of its first
// row. The keys of the next rows follow that key. No other row of the data has the same
// key, also when a reader reports wrong positions.
type message struct {
	record arrow.Record
	row    int64
	key    uint64
}

// addRecord is add for the columns of a record, which may be longer than the record.
func (w *worker) addRecord(m message) error {
	n := m.record.NumRows()
	for c, field := range w.fields {
		if err := w.fits(m.record, c, field); err != nil {
			return &ColumnError{Column: w.pl.columns[c].name, Row: m.row, Err: err}
		}
		w.arrays[c] = m.record.Column(field)
		if int64(w.arrays[c].Len()) > n {
			w.arrays[c] = array.NewSlice(w.arrays[c], 0, n)
			defer w.arrays[c].Release()
		}
	}
	if err := w.intact(m.row); err != nil {
		return err
	}
	return w.add(int(n), m.row, m.key)
}

// Reasons inside an ErrBroken.
var (
	errSchema = fmt.Errorf("%w: from this row on the columns of a record are not those of the schema of its reader: give every schema a reader of its own", ErrBroken)
	errShort  = fmt.Errorf("%w: the column has fewer rows than its record", ErrBroken)
)

// fits reports whether a record has planned column c where the schema of its reader says.
func (w *worker) fits(rec arrow.Record, c, field int) error {
	want := w.schema.Field(field)
	if int(rec.NumCols()) != w.schema.NumFields() || rec.ColumnName(field) != want.Name || !arrow.TypeEqual(rec.Column(field).DataType(), want.Type) {
		return errSchema
	}
	if n := rec.NumRows(); n < 0 || int64(rec.Column(field).Len()) < n {
		return errShort
	}
	return nil
}

// intact checks that the arrays of the batch can be read, unless they are trusted. It
// does not check indices of dictionaries: the code that reads indices compares them with
// the dictionary.
func (w *worker) intact(row int64) error {
	if w.trusted {
		return nil
	}
	for c, arr := range w.arrays {
		if err := intact.CheckValues(arr); err != nil {
			return &ColumnError{Column: w.pl.columns[c].name, Row: row, Err: fmt.Errorf("%w, in the batch that begins with this row: %w", ErrBroken, err)}
		}
	}
	return nil
}

// addMorsel is add for a run of rows of a table.
func (w *worker) addMorsel(m *column.Morsels, i int) error {
	lo, hi := m.Rows(i)
	m.Read(w.arrays, i)
	defer func() {
		for c := range w.arrays {
			w.arrays[c].Release()
		}
	}()
	if err := w.intact(int64(lo)); err != nil {
		return err
	}
	w.lasting = true
	return w.add(hi-lo, int64(lo), uint64(lo))
}

// addRows hands the batch of n rows that w.arrays holds to every table. row is the
// position of its first row, and key its key.
func (w *worker) addRows(n int, row int64, key uint64) error {
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
	// Which error is reported does not depend on which columns were read by their
	// indices.
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
			return nil, &ColumnError{Column: w.pl.columns[c].name, Row: -1, Err: err}
		}
		w.arrays[c] = arr
	}
	return back, nil
}

// index decides which columns of the batch are read by their indices, which tables use a
// grid, and which columns must be encoded.
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

// encode reads the columns of the batch as codes: the columns in only, or all.
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
		// The numbers borrow memory of Go, which stays valid until the next batch.
		arr = numbers
	}
	return w.numbers[c].Read(name, arr, row)
}

// textNumbers returns how the texts of a column are read as numbers. It returns nil for a
// column of another type, and where no reader says that the texts are numbers.
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

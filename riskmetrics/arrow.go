package riskmetrics

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// Options names the columns of a data set.
type Options struct {
	// Keys are the key variables. Required; none twice.
	Keys []string
	// Missing says how nulls in keys match. Defaults to refuse: a null is an error.
	Missing Missing
	// Weight is the column of sampling weights, above 0 and without nulls.
	// Defaults to none.
	Weight string
	// Respondent and Household identify the unit of a record and its household.
	// Default to none. Nulls are refused.
	Respondent, Household string
	// Threads is at most 4,096. Defaults to GOMAXPROCS.
	Threads int
}

// maxThreads bounds the goroutines, each of which has memory of its own.
const maxThreads = 4096

// NewClasses groups the records of a table. The table is borrowed for the call.
// The error is a *ColumnError, wraps ErrRequest, or is the context's. Time linear
// in records times keys, with one look-up a null mask and class more where nulls
// match.
func NewClasses(ctx context.Context, t arrow.Table, o Options) (classes *Classes, err error) {
	defer guard.Recover(&err)
	if ctx == nil || t == nil {
		return nil, fmt.Errorf("%w: the context or the table is nil", ErrRequest)
	}
	if o.Threads > maxThreads {
		return nil, fmt.Errorf("%w: %d threads are more than %d", ErrRequest, o.Threads, maxThreads)
	}
	if len(o.Keys) == 0 || len(o.Keys) > 64 {
		return nil, fmt.Errorf("%w: 1 to 64 keys are wanted", ErrRequest)
	}
	for i, name := range o.Keys {
		if slices.Contains(o.Keys[:i], name) {
			return nil, fmt.Errorf("%w: key %q is named twice", ErrRequest, name)
		}
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	c := &Classes{missing: o.Missing, threads: threads, weightName: o.Weight, keys: make([]*column.Column, len(o.Keys)), origin: chunksOf(t, o.Keys)}
	var w *recordWeights
	var read []func() error
	for k, name := range o.Keys {
		read = append(read, func() (err error) {
			c.keys[k], err = key(ctx, t, name, o.Missing)
			return err
		})
	}
	read = append(read,
		func() (err error) { w, err = weights(ctx, t, o.Weight); return err },
		func() (err error) { c.unit, err = ids(ctx, t, o.Respondent); return err },
		func() (err error) { c.house, err = ids(ctx, t, o.Household); return err })
	if err := guard.Try(ctx, threads, len(read), func(_, i int) error { return read[i]() }); err != nil {
		return nil, err
	}
	if err := c.build(ctx, int(t.NumRows()), threads, w); err != nil {
		return nil, err
	}
	return c, nil
}

// field returns the data of a column.
func field(t arrow.Table, name string) (*arrow.Chunked, error) {
	found := t.Schema().FieldIndices(name)
	if len(found) != 1 {
		return nil, &ColumnError{Column: name, Row: -1, Err: column.ErrMissing}
	}
	return t.Column(found[0]).Data(), nil
}

// encodeRows is the number of rows after which encoding looks at its context.
const encodeRows = 1 << 18

func encode(ctx context.Context, t arrow.Table, name string) (*column.Column, error) {
	data, err := field(t, name)
	if err != nil {
		return nil, err
	}
	e, err := column.NewEncoder(name, data.DataType())
	if err != nil {
		return nil, columnError(err)
	}
	codes := make([]uint32, data.Len())
	row := 0
	for _, chunk := range data.Chunks() {
		for at := 0; at < chunk.Len(); at += encodeRows {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			part := array.NewSlice(chunk, int64(at), int64(min(at+encodeRows, chunk.Len())))
			err := e.Append(part, int64(row), codes[row:row+part.Len()])
			row += part.Len()
			part.Release()
			if err != nil {
				return nil, columnError(err)
			}
		}
	}
	list, rank := e.Finish()
	inOrder := true
	for code, r := range rank {
		inOrder = inOrder && uint32(code) == r
	}
	for i := 0; !inOrder && i < len(codes); i++ {
		if i%encodeRows == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		codes[i] = rank[codes[i]]
	}
	return &column.Column{Name: name, Type: data.DataType(), Codes: codes, List: list}, nil
}

// key encodes a key.
func key(ctx context.Context, t arrow.Table, name string, missing Missing) (*column.Column, error) {
	col, err := encode(ctx, t, name)
	if err != nil {
		return nil, err
	}
	if null, ok := col.List.Null(); ok && missing.kind == asRefuse {
		return nil, &ColumnError{Column: name, Row: int64(slices.Index(col.Codes, null)), Err: ErrNull}
	}
	return col, nil
}

// ids encodes a column that may not hold nulls; nil for no column.
func ids(ctx context.Context, t arrow.Table, name string) ([]uint32, error) {
	if name == "" {
		return nil, nil
	}
	col, err := encode(ctx, t, name)
	if err != nil {
		return nil, err
	}
	if null, ok := col.List.Null(); ok {
		for i, code := range col.Codes {
			if code == null {
				return nil, &ColumnError{Column: name, Row: int64(i), Err: ErrNull}
			}
		}
	}
	return col.Codes, nil
}

// weights reads the weights exactly; nil for no column. All are above 0.
func weights(ctx context.Context, t arrow.Table, name string) (*recordWeights, error) {
	if name == "" {
		return nil, nil
	}
	data, err := field(t, name)
	if err != nil {
		return nil, err
	}
	digits, ok := column.NumberDigits(data.DataType())
	if !ok {
		return nil, &ColumnError{Column: name, Row: -1, Err: fmt.Errorf("%w: %s is no number", column.ErrType, data.DataType().Name())}
	}
	w := &recordWeights{unit: exact.Unit{Digits: digits}, units: make([]int64, 0, data.Len())}
	var n column.Numbers
	var total uint64
	for _, chunk := range data.Chunks() {
		for at := 0; at < chunk.Len(); at += batchRows {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			batch := array.NewSlice(chunk, int64(at), int64(min(at+batchRows, chunk.Len())))
			err := w.append(name, batch, &n, &total)
			batch.Release()
			if err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

// batchRows is the number of rows that are read at a time: few enough to stay in cache.
const batchRows = 1 << 14

// append appends a batch.
func (w *recordWeights) append(name string, batch arrow.Array, n *column.Numbers, total *uint64) error {
	row := int64(max(len(w.units), len(w.wide)))
	if err := n.Read(name, batch, row); err != nil {
		if errors.Is(err, column.ErrNotFinite) {
			return fmt.Errorf("%w: %w", ErrWeight, columnError(err))
		}
		return columnError(err)
	}
	if n.Null != nil {
		if at := slices.Index(n.Null, true); at >= 0 {
			return weightError(name, row+int64(at), words.New(words.NullWeight))
		}
	}
	if w.wide == nil {
		fits, at := w.appendNarrow(n, batch.Len(), total)
		if at >= 0 {
			return weightError(name, row+int64(at), words.New(words.LowWeight))
		}
		if fits {
			return nil
		}
	}
	w.widen()
	return w.appendWide(name, row, batch.Len(), n)
}

// appendNarrow appends a batch in 64 bits. It reports false, and has changed only total,
// where the sum of all weights would not stay below narrowTotal. at is the position of a
// weight that is not above 0, or -1.
func (w *recordWeights) appendNarrow(n *column.Numbers, rows int, total *uint64) (fits bool, at int) {
	if n.Shift != 0 || n.Wide != nil {
		return false, -1
	}
	from := len(w.units)
	for i := range rows {
		var v int64
		if n.Small != nil {
			v = n.Small[i]
		} else if m := n.Mid[i]; m.Sign() > 0 && (m.Hi != 0 || m.Lo >= narrowTotal) {
			v = narrowTotal
		} else {
			v = int64(m.Lo) | m.Hi
		}
		if v <= 0 {
			return false, i
		}
		if *total += uint64(v); *total >= narrowTotal {
			w.units = w.units[:from]
			return false, -1
		}
		w.units = append(w.units, v)
	}
	return true, -1
}

func weightError(name string, row int64, why words.Message) error {
	return &ColumnError{Column: name, Row: row, Err: &words.Error{Kind: ErrWeight, Fact: why}}
}

// widen turns the weights into wide numbers.
func (w *recordWeights) widen() {
	if w.wide != nil {
		return
	}
	w.wide = make([]exact.Num, len(w.units), max(cap(w.units), 1))
	for i, v := range w.units {
		w.wide[i] = exact.FromInt64(v).Num()
	}
	w.units = nil
}

// appendWide appends a batch, all weights at the larger of both shifts.
func (w *recordWeights) appendWide(name string, row int64, rows int, n *column.Numbers) error {
	up := func(v exact.Num, by int) exact.Num {
		if by == 0 {
			return v
		}
		b := v.Big()
		return exact.NumFromBig(b.Lsh(b, uint(by)))
	}
	if by := n.Shift - w.unit.Shift; by > 0 {
		for i, v := range w.wide {
			w.wide[i] = up(v, by)
		}
		w.unit.Shift = n.Shift
	}
	for i := range rows {
		var v exact.Num
		switch {
		case n.Wide != nil:
			v = n.Wide[i].Num()
		case n.Mid != nil:
			v = n.Mid[i].Num()
		default:
			v = exact.FromInt64(n.Small[i]).Num()
		}
		if v.Sign() <= 0 {
			return weightError(name, row+int64(i), words.New(words.LowWeight))
		}
		w.wide = append(w.wide, up(v, w.unit.Shift-n.Shift))
	}
	return nil
}

// Sensitive reads a sensitive variable of the table that the classes were made of, for
// the measures of attribute disclosure. nulls is the policy for a null among its values:
//
//   - refuse: a null is an error;
//   - category: null is a value of its own;
//   - exclude: a null is no value. It counts in no number of distinct values and in no
//     share.
//
// The table is borrowed for the call. The error is a *ColumnError, ErrRequest or the
// context's.
func (c *Classes) Sensitive(ctx context.Context, t arrow.Table, name string, nulls Missing) (*Sensitive, error) {
	if ctx == nil || t == nil {
		return nil, fmt.Errorf("%w: the context or the table is nil", ErrRequest)
	}
	if nulls.matches() {
		return nil, fmt.Errorf("%w: nulls among sensitive values are refuse, category or exclude", ErrRequest)
	}
	col, err := key(ctx, t, name, nulls)
	if err != nil {
		return nil, err
	}
	if len(col.Codes) != len(c.id) {
		return nil, fmt.Errorf("%w: the sensitive variable is of another table", ErrRequest)
	}
	if err := c.ofTable(ctx, t); err != nil {
		return nil, err
	}
	values := col.List.Len()
	if _, ok := col.List.Null(); ok && nulls.kind == asExclude {
		values-- // null is the last code
	}
	return newSensitive(ctx, c, col, values)
}

// chunks are the arrays of columns of a table, by name.
type chunks map[string][]arrow.ArrayData

// chunksOf returns the chunks of some columns; none for a column that the table does not
// have exactly once.
func chunksOf(t arrow.Table, names []string) chunks {
	out := chunks{}
	for _, name := range names {
		if data, err := field(t, name); err == nil {
			for _, chunk := range data.Chunks() {
				out[name] = append(out[name], chunk.Data())
			}
		}
	}
	return out
}

// ofTable refuses a table in which the keys of some record differ from the keys of its
// class. The table that the classes were made of is not compared. The comparison of
// another table is linear in records times keys.
func (c *Classes) ofTable(ctx context.Context, t arrow.Table) error {
	for _, k := range c.keys {
		now := chunksOf(t, []string{k.Name})
		if len(now[k.Name]) > 0 && slices.Equal(now[k.Name], c.origin[k.Name]) {
			continue
		}
		other, err := encode(ctx, t, k.Name)
		if err != nil {
			return err
		}
		same := slices.Equal(other.Codes, k.Codes) && other.List.Len() == k.List.Len()
		for code := range uint32(k.List.Len()) {
			same = same && other.List.Label(code) == k.List.Label(code)
		}
		if !same {
			return fmt.Errorf("%w: the sensitive variable is of another table: its key %q differs from that of the classes", ErrRequest, k.Name)
		}
	}
	return nil
}

// Array returns the value of every record as an Arrow array, null for records
// that were left out or have none. The caller releases it.
func (a Attained) Array(mem memory.Allocator) arrow.Array { return Float64Array(mem, a.Records()) }

// Float64Array returns per-record values as an Arrow array, NaN being null. The
// caller releases it.
func Float64Array(mem memory.Allocator, values []float64) arrow.Array {
	b := array.NewFloat64Builder(mem)
	defer b.Release()
	b.Reserve(len(values))
	for _, v := range values {
		if math.IsNaN(v) {
			b.AppendNull()
		} else {
			b.Append(v)
		}
	}
	return b.NewArray()
}

// This file is long because it is the only one of the package that may know of Arrow
// (internal/deps).

package pseudonym

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Reasons inside a *ColumnError.
var (
	// ErrType says that a column's type has no identifiers in that form.
	ErrType = errors.New("type is not supported in this form")
	// ErrMissing says that there is no such column, or more than one.
	ErrMissing = errors.New("column does not exist exactly once")
	// ErrNoPseudonymizer says that a column is named without what makes its
	// pseudonyms.
	ErrNoPseudonymizer = errors.New("column has no pseudonymizer: leave it out of the columns, or give it one")
)

// ColumnError says which column, and which row of it (from 0; -1 where no single
// row is at fault; counted within the array, record or reader that was given),
// is wrong and why. It holds no value.
type ColumnError struct {
	Column string
	Row    int64
	Err    error
}

// Error implements error.
func (e *ColumnError) Error() string {
	if e.Row < 0 {
		return fmt.Sprintf("column %q: %v", e.Column, e.Err)
	}
	return fmt.Sprintf("column %q, row %d: %v", e.Column, e.Row+1, e.Err)
}

// Unwrap returns the reason.
func (e *ColumnError) Unwrap() error { return e.Err }

// Stats counts what a pseudonymizer did.
type Stats struct {
	Rows, Nulls, Invalid int64
	// Distinct is the number of distinct pseudonyms: exact up to 2^20, and above an
	// estimate with a standard error of 0.81 %. DistinctExact says which.
	Distinct      int64
	DistinctExact bool
	// DistinctLow and DistinctHigh are three standard errors below and above an
	// estimate; 0 where the number is exact.
	DistinctLow, DistinctHigh int64
}

// Counter gathers Stats over many columns or batches. Its zero value is empty.
// It is safe for concurrent use.
type Counter struct {
	mu                   sync.Mutex
	rows, nulls, invalid int64
	canonical            string // "" where no value was hashed, else see Setting
	seen                 sketch
}

func (c *Counter) add(rows, nulls, invalid int64, canonical string, seen *sketch) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows += rows
	c.nulls += nulls
	c.invalid += invalid
	switch {
	case canonical == "" || c.canonical == canonical:
	case c.canonical == "":
		c.canonical = canonical
	default:
		c.canonical = mixed
	}
	if seen != nil {
		c.seen.merge(seen)
	}
}

// note counts the first 64 bits of sums.
func (c *Counter) note(sums []uint64) {
	if len(sums) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen.insertAll(sums)
}

// Stats returns the counts so far.
func (c *Counter) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Stats{Rows: c.rows, Nulls: c.nulls, Invalid: c.invalid}
	n, low, high := c.seen.count()
	s.Distinct, s.DistinctExact = n, low == high
	if !s.DistinctExact {
		s.DistinctLow, s.DistinctHigh = low, high
	}
	return s
}

// class returns the Canonical of a [Setting].
func (c *Counter) class() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.canonical == "" {
		return NoPseudonyms
	}
	return c.canonical
}

// DataType returns the type of pseudonyms of a column of type dt: text or
// fixed-size binary, in a dictionary if dt is one.
func (p *Pseudonymizer) DataType(dt arrow.DataType) arrow.DataType {
	var out arrow.DataType = arrow.BinaryTypes.String
	if p.cfg.Encoding == Binary {
		out = &arrow.FixedSizeBinaryType{ByteWidth: p.bytes}
	}
	if d, ok := bare(dt).(*arrow.DictionaryType); ok {
		return &arrow.DictionaryType{IndexType: d.IndexType, ValueType: out}
	}
	return out
}

// bare returns the type in which the values of an extension type are stored.
func bare(dt arrow.DataType) arrow.DataType {
	for {
		x, ok := dt.(arrow.ExtensionType)
		if !ok {
			return dt
		}
		dt = x.StorageType()
	}
}

// mixed is the Canonical of values of several types.
const mixed = "mixed"

// canonical names the class of the canonical bytes of values of type dt, see
// [Setting].
func (p *Pseudonymizer) canonical(dt arrow.DataType) string {
	switch p.cfg.Form {
	case Typed:
	case AsText:
		return "text"
	default:
		return p.cfg.Form.String()
	}
	switch dt := bare(dt).(type) {
	case *arrow.DictionaryType:
		return p.canonical(dt.ValueType)
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType:
		return "text"
	case *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.BinaryViewType, *arrow.FixedSizeBinaryType:
		return "binary"
	case *arrow.Decimal128Type, *arrow.Decimal256Type:
		return "decimal"
	case *arrow.BooleanType:
		return "boolean"
	case *arrow.Date32Type, *arrow.Date64Type:
		return "date"
	case *arrow.TimestampType:
		return "time"
	}
	return "integer"
}

// chunkValues is the number of values that are hashed at a time.
const chunkValues = 1 << 13

// chunkBytes bounds the canonical bytes that are held at a time: no value is added once
// there are as many.
const chunkBytes = 1 << 20

// Array returns the pseudonyms of an array, in order, nulls being null. Of a
// dictionary the entries in use are hashed, not the rows. counter may be nil.
// The caller releases the result. Errors are of type *ColumnError with an empty
// column, ErrDestroyed, or the context's.
func (p *Pseudonymizer) Array(ctx context.Context, mem memory.Allocator, arr arrow.Array, counter *Counter) (arrow.Array, error) {
	for {
		x, ok := arr.(array.ExtensionArray)
		if !ok {
			break
		}
		arr = x.Storage()
	}
	if d, ok := arr.(*array.Dictionary); ok {
		return p.dictionary(ctx, mem, d, counter)
	}
	out, err := p.plain(ctx, mem, arr, nil, counter)
	return out, err
}

// dictionary hashes the entries that rows use, in the order in which rows first
// use them. The order of the entries themselves says which identifier is the
// larger, and an entry that no row uses that there is such a one: neither is left.
func (p *Pseudonymizer) dictionary(ctx context.Context, mem memory.Allocator, d *array.Dictionary, counter *Counter) (arrow.Array, error) {
	dict := d.Dictionary()
	indices, u, err := renumberAny(mem, d.Indices(), dict.Len())
	if err != nil {
		return nil, err
	}
	defer func() { indices.Release() }()
	var inside Counter
	into := &inside
	if counter == nil {
		into = nil
	}
	out, err := p.plain(ctx, mem, dict, u, into)
	if err != nil {
		return nil, err
	}
	defer func() { out.Release() }()
	if out.NullN() > 0 {
		// A null among the entries is a null of the rows: not every reader knows the other.
		before, all := indices, out
		indices, out, err = nullRows(mem, indices, out)
		if err != nil {
			indices, out = before, all
			return nil, err
		}
		defer before.Release()
		defer all.Release()
	}
	counter.add(int64(d.Len()), int64(d.Indices().NullN())+inside.nulls, inside.invalid, inside.canonical, &inside.seen)
	return array.NewDictionaryArray(p.DataType(d.DataType()).(*arrow.DictionaryType), indices, out), nil
}

// used says which entries of a dictionary rows use, in the order of their first
// use: which entry, how often, and in which row first.
type used struct {
	entry       []int
	uses, first []int64
}

// len returns the number of values of arr to hash.
func (u *used) len(arr arrow.Array) int {
	if u == nil {
		return arr.Len()
	}
	return len(u.entry)
}

// at returns the place of value i.
func (u *used) at(i int) int {
	if u == nil {
		return i
	}
	return u.entry[i]
}

// weight is the number of rows that value i stands for.
func (u *used) weight(i int) int64 {
	if u == nil {
		return 1
	}
	return u.uses[i]
}

func (u *used) row(i int) int64 {
	if u == nil {
		return int64(i)
	}
	return u.first[i]
}

// renumberAny returns the indices of a dictionary of so many entries with the
// entries numbered in the order of their first use.
func renumberAny(mem memory.Allocator, indices arrow.Array, entries int) (arrow.Array, *used, error) {
	switch ix := indices.(type) {
	case *array.Int8:
		return renumber(mem, ix, ix.Int8Values(), entries)
	case *array.Int16:
		return renumber(mem, ix, ix.Int16Values(), entries)
	case *array.Int32:
		return renumber(mem, ix, ix.Int32Values(), entries)
	case *array.Int64:
		return renumber(mem, ix, ix.Int64Values(), entries)
	case *array.Uint8:
		return renumber(mem, ix, ix.Uint8Values(), entries)
	case *array.Uint16:
		return renumber(mem, ix, ix.Uint16Values(), entries)
	case *array.Uint32:
		return renumber(mem, ix, ix.Uint32Values(), entries)
	case *array.Uint64:
		return renumber(mem, ix, ix.Uint64Values(), entries)
	}
	return nil, nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: a dictionary with indices of %s", ErrType, indices.DataType().Name())}
}

type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

func renumber[T integer](mem memory.Allocator, indices arrow.Array, from []T, entries int) (arrow.Array, *used, error) {
	values := memory.NewResizableBuffer(mem)
	defer values.Release()
	values.Resize(len(from) * indices.DataType().(arrow.FixedWidthDataType).Bytes())
	to := arrow.GetData[T](values.Bytes())
	u := &used{}
	of := make([]struct{ number, uses int64 }, entries) // entry -> its new number + 1
	allValid := indices.NullN() == 0
	for i, k := range from {
		if !allValid && indices.IsNull(i) {
			to[i] = 0
			continue
		}
		if k < 0 || uint64(k) >= uint64(entries) {
			return nil, nil, &ColumnError{Row: int64(i), Err: errors.New("dictionary index is outside the dictionary")}
		}
		e := &of[k]
		if e.number == 0 {
			u.entry, u.first = append(u.entry, int(k)), append(u.first, int64(i))
			e.number = int64(len(u.entry))
		}
		e.uses++
		to[i] = T(e.number - 1)
	}
	u.uses = make([]int64, len(u.entry))
	for n, k := range u.entry {
		u.uses[n] = of[k].uses
	}
	var valid *memory.Buffer
	if !allValid {
		valid = memory.NewResizableBuffer(mem)
		defer valid.Release()
		valid.Resize(int(bitutil.BytesForBits(int64(len(from)))))
		bitutil.CopyBitmap(indices.NullBitmapBytes(), indices.Data().Offset(), len(from), valid.Bytes(), 0)
	}
	data := array.NewData(indices.DataType(), len(from), []*memory.Buffer{valid, values}, nil, indices.NullN(), 0)
	defer data.Release()
	return array.MakeFromData(data), u, nil
}

// nullRows moves nulls from the entries of a dictionary, which renumber has made,
// to the rows that use them, and leaves these entries out.
func nullRows(mem memory.Allocator, indices, entries arrow.Array) (arrow.Array, arrow.Array, error) {
	to := make([]int, entries.Len()) // entry -> its new number, -1 for a null
	next, kept := 0, []arrow.Array{}
	defer func() {
		for _, a := range kept {
			a.Release()
		}
	}()
	for i := 0; i < entries.Len(); {
		j := i
		for ; j < entries.Len() && entries.IsNull(j) == entries.IsNull(i); j++ {
			to[j] = -1
			if !entries.IsNull(j) {
				to[j], next = next, next+1
			}
		}
		if !entries.IsNull(i) {
			kept = append(kept, array.NewSlice(entries, int64(i), int64(j)))
		}
		i = j
	}
	if len(kept) == 0 {
		kept = append(kept, array.NewSlice(entries, 0, 0))
	}
	out, err := array.Concatenate(kept, mem)
	if err != nil {
		return nil, nil, err
	}
	values, valid := memory.NewResizableBuffer(mem), memory.NewResizableBuffer(mem)
	defer values.Release()
	defer valid.Release()
	width := indices.DataType().(arrow.FixedWidthDataType).Bytes()
	values.Resize(indices.Len() * width)
	valid.Resize(int(bitutil.BytesForBits(int64(indices.Len()))))
	from := indices.Data().Buffers()[1].Bytes()
	nulls := 0
	switch width { // an index is not negative: its sign does not matter
	case 1:
		nulls = mapped(arrow.GetData[uint8](from), arrow.GetData[uint8](values.Bytes()), indices, to, valid.Bytes())
	case 2:
		nulls = mapped(arrow.GetData[uint16](from), arrow.GetData[uint16](values.Bytes()), indices, to, valid.Bytes())
	case 4:
		nulls = mapped(arrow.GetData[uint32](from), arrow.GetData[uint32](values.Bytes()), indices, to, valid.Bytes())
	default:
		nulls = mapped(arrow.GetData[uint64](from), arrow.GetData[uint64](values.Bytes()), indices, to, valid.Bytes())
	}
	data := array.NewData(indices.DataType(), indices.Len(), []*memory.Buffer{valid, values}, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data), out, nil
}

// mapped writes the new number of every row, and returns the number of nulls.
func mapped[T integer](from, into []T, rows arrow.Array, to []int, valid []byte) (nulls int) {
	for i := range rows.Len() {
		into[i] = 0
		n := -1
		if !rows.IsNull(i) {
			n = to[from[i]]
		}
		bitutil.SetBitTo(valid, i, n >= 0)
		if n < 0 {
			nulls++
			continue
		}
		into[i] = T(n)
	}
	return nulls
}

// plain hashes an array that is no dictionary.
func (p *Pseudonymizer) plain(ctx context.Context, mem memory.Allocator, arr arrow.Array, u *used, counter *Counter) (arrow.Array, error) {
	get, err := p.getter(arr)
	if err != nil {
		return nil, err
	}
	n := u.len(arr)
	w := p.writer(mem, n)
	defer w.release()
	var b batch
	defer b.reset()
	var seen []uint64 // of the chunk
	if counter != nil {
		seen = make([]uint64, 0, min(n, chunkValues))
	}
	var nulls, invalid int64
	hashed := 0
	// arrow does not count the values of the type null as null.
	nothing := arr.DataType().ID() == arrow.NULL
	empty := make([]bool, 0, chunkValues) // the values of the chunk that become null
	for i := 0; i < n; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		end := min(i+chunkValues, n)
		b.reset()
		empty = empty[:0]
		for ; i < end && len(b.bytes) < chunkBytes; i++ {
			at := u.at(i)
			if nothing || arr.IsNull(at) {
				nulls += u.weight(i)
				empty = append(empty, true)
				continue
			}
			var ok bool
			before := len(b.bytes)
			if b.bytes, ok = appendCanonical(b.bytes, get(at), p.cfg.Form); !ok {
				invalid += u.weight(i)
				switch p.cfg.Invalid {
				case InvalidError:
					return nil, &ColumnError{Row: u.row(i), Err: ErrInvalid}
				case InvalidNull:
					b.bytes = b.bytes[:before]
					empty = append(empty, true)
					continue
				}
			}
			b.ends = append(b.ends, len(b.bytes))
			empty = append(empty, false)
		}
		at := 0
		hashed += len(b.ends)
		err := p.sums(&b, func(_ int, sum *[32]byte) {
			for empty[at] {
				w.null()
				at++
			}
			w.put(sum[:p.bytes])
			if counter != nil {
				seen = append(seen, binary.BigEndian.Uint64(sum[:]))
			}
			at++
		})
		if err != nil {
			return nil, err
		}
		for ; at < len(empty); at++ {
			w.null()
		}
		if counter != nil {
			counter.note(seen)
			seen = seen[:0]
		}
	}
	canonical := ""
	if hashed > 0 {
		canonical = p.canonical(arr.DataType())
	}
	counter.add(int64(arr.Len()), nulls, invalid, canonical, nil)
	return w.array(), nil
}

// getter returns the function that reads value i of an array. ErrType, in a
// *ColumnError, is for types without a canonical form.
func (p *Pseudonymizer) getter(arr arrow.Array) (func(int) value, error) {
	number := func(tag byte, get func(int) int64) (func(int) value, error) {
		if !p.cfg.Form.takes(tag) {
			return nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: %s", ErrType, arr.DataType().Name())}
		}
		return func(i int) value { return value{tag: tag, num: get(i)} }, nil
	}
	text := func(tag byte, get func(int) []byte) (func(int) value, error) {
		if !p.cfg.Form.takes(tag) {
			return nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: %s", ErrType, arr.DataType().Name())}
		}
		return func(i int) value { return value{tag: tag, text: get(i)} }, nil
	}
	switch a := arr.(type) {
	case *array.Int8:
		return number(tagInt, func(i int) int64 { return int64(a.Value(i)) })
	case *array.Int16:
		return number(tagInt, func(i int) int64 { return int64(a.Value(i)) })
	case *array.Int32:
		return number(tagInt, func(i int) int64 { return int64(a.Value(i)) })
	case *array.Int64:
		return number(tagInt, a.Value)
	case *array.Uint8:
		return number(tagInt, func(i int) int64 { return int64(a.Value(i)) })
	case *array.Uint16:
		return number(tagInt, func(i int) int64 { return int64(a.Value(i)) })
	case *array.Uint32:
		return number(tagInt, func(i int) int64 { return int64(a.Value(i)) })
	case *array.Uint64:
		if !p.cfg.Form.takes(tagInt) {
			return number(tagInt, nil)
		}
		return func(i int) value {
			if v := a.Value(i); int64(v) < 0 {
				return value{tag: tagUint, num: int64(v)}
			}
			return value{tag: tagInt, num: int64(a.Value(i))}
		}, nil
	case *array.Boolean:
		return number(tagBool, func(i int) int64 {
			if a.Value(i) {
				return 1
			}
			return 0
		})
	case *array.Date32:
		return number(tagDate, func(i int) int64 { return int64(a.Value(i)) })
	case *array.Date64:
		return number(tagDate, func(i int) int64 { return floorDiv(int64(a.Value(i)), 86_400_000) })
	case *array.Timestamp:
		unit := a.DataType().(*arrow.TimestampType).Unit
		if _, err := number(tagTime, nil); err != nil {
			return nil, err
		}
		return func(i int) value { return instant(int64(a.Value(i)), unit) }, nil
	case *array.String:
		data := a.ValueBytes()
		return text(tagText, func(i int) []byte {
			base := a.ValueOffset(0)
			return data[a.ValueOffset(i)-base : a.ValueOffset(i+1)-base]
		})
	case *array.LargeString:
		data := a.ValueBytes()
		return text(tagText, func(i int) []byte {
			base := a.ValueOffset(0)
			return data[a.ValueOffset(i)-base : a.ValueOffset(i+1)-base]
		})
	case *array.StringView:
		return text(tagText, func(i int) []byte { return []byte(a.Value(i)) })
	case *array.BinaryView:
		return text(tagBinary, a.Value)
	case *array.Binary:
		return text(tagBinary, a.Value)
	case *array.LargeBinary:
		return text(tagBinary, a.Value)
	case *array.FixedSizeBinary:
		return text(tagBinary, a.Value)
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return text(tagDecimal, func(i int) []byte { return []byte(trimDecimal(a.Value(i).ToString(scale))) })
	case *array.Decimal256:
		scale := a.DataType().(*arrow.Decimal256Type).Scale
		return text(tagDecimal, func(i int) []byte { return []byte(trimDecimal(a.Value(i).ToString(scale))) })
	case *array.Null:
		return func(int) value { return value{} }, nil // never called
	}
	return nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: %s", ErrType, arr.DataType().Name())}
}

// instant is a time in nanoseconds, or where these do not fit 64 bits (before 1678,
// after 2262) no valid one.
func instant(t int64, unit arrow.TimeUnit) value {
	per := int64(unit.Multiplier())
	if n := t * per; n/per == t {
		return value{tag: tagTime, num: n}
	}
	return value{tag: tagInvalid, text: fmt.Appendf(nil, "%d %v", t, unit)}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// writer builds the output.
type writer struct {
	p    *Pseudonymizer
	text *array.StringBuilder
	bin  *array.FixedSizeBinaryBuilder
	buf  []byte
}

func (p *Pseudonymizer) writer(mem memory.Allocator, n int) *writer {
	w := &writer{p: p}
	if p.cfg.Encoding == Binary {
		w.bin = array.NewFixedSizeBinaryBuilder(mem, &arrow.FixedSizeBinaryType{ByteWidth: p.bytes})
		w.bin.Reserve(n)
		return w
	}
	w.text = array.NewStringBuilder(mem)
	w.text.Reserve(n)
	return w
}

func (w *writer) put(sum []byte) {
	if w.bin != nil {
		w.bin.Append(sum)
		return
	}
	w.buf = w.p.appendText(w.buf[:0], sum)
	w.text.BinaryBuilder.Append(w.buf)
}

func (w *writer) null() {
	if w.bin != nil {
		w.bin.AppendNull()
		return
	}
	w.text.AppendNull()
}

func (w *writer) array() arrow.Array {
	if w.bin != nil {
		return w.bin.NewArray()
	}
	return w.text.NewArray()
}

func (w *writer) release() {
	if w.bin != nil {
		w.bin.Release()
	} else {
		w.text.Release()
	}
}

// Chunked returns the pseudonyms of a chunked column, its chunks hashed by up to
// threads goroutines. The caller releases the result. Rows in errors count from
// the start of the column.
func (p *Pseudonymizer) Chunked(ctx context.Context, mem memory.Allocator, col *arrow.Chunked, threads int, counter *Counter) (*arrow.Chunked, error) {
	chunks := col.Chunks()
	out := make([]arrow.Array, len(chunks))
	errs := make([]error, len(chunks))
	defer func() {
		for _, a := range out {
			if a != nil {
				a.Release()
			}
		}
	}()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(threads, len(chunks))) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(chunks) {
					return
				}
				out[i], errs[i] = p.Array(ctx, mem, chunks[i], counter)
			}
		})
	}
	wg.Wait()
	row := int64(0)
	for i, err := range errs {
		if err != nil {
			return nil, shift(err, "", row)
		}
		row += int64(chunks[i].Len())
	}
	return arrow.NewChunked(p.DataType(col.DataType()), out), nil
}

// shift names the column of a *ColumnError and moves its row.
func shift(err error, column string, row int64) error {
	var e *ColumnError
	if !errors.As(err, &e) {
		return err
	}
	out := *e
	if column != "" {
		out.Column = column
	}
	if out.Row >= 0 {
		out.Row += row
	}
	return &out
}

// Columns maps the names of the columns that hold identifiers to what makes
// pseudonyms of them.
type Columns map[string]*Pseudonymizer

// Schema returns a schema with the types of the pseudonyms, without any metadata: what
// programs leave there (pandas, for one) may describe or hold identifiers. The error, in a
// *ColumnError, is ErrMissing, or ErrNoPseudonymizer for a column that would be
// handed through in clear.
func (c Columns) Schema(s *arrow.Schema) (*arrow.Schema, error) {
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if c[name] == nil {
			return nil, &ColumnError{Column: name, Row: -1, Err: ErrNoPseudonymizer}
		}
		if len(s.FieldIndices(name)) != 1 {
			return nil, &ColumnError{Column: name, Row: -1, Err: ErrMissing}
		}
	}
	fields := s.Fields()
	for i, f := range fields {
		if p := c[f.Name]; p != nil {
			fields[i].Type = p.DataType(f.Type)
			fields[i].Nullable = f.Nullable || p.cfg.Invalid == InvalidNull
		}
		fields[i].Metadata = arrow.Metadata{}
	}
	return arrow.NewSchema(fields, nil), nil
}

// Record returns a record with its identifiers replaced, the values of the other
// columns and the order of rows untouched. Of the dictionary of another column only the
// entries that rows use are left, in the order of their first use: the others are of
// persons or things that are not in the record. counters may be nil, or hold a counter a column.
// The caller releases the result.
func (c Columns) Record(ctx context.Context, mem memory.Allocator, rec arrow.Record, counters map[string]*Counter) (arrow.Record, error) {
	schema, err := c.Schema(rec.Schema())
	if err != nil {
		return nil, err
	}
	cols := make([]arrow.Array, rec.NumCols())
	defer func() {
		for _, a := range cols {
			if a != nil {
				a.Release()
			}
		}
	}()
	for i, col := range rec.Columns() {
		name := rec.ColumnName(i)
		p := c[name]
		if p == nil {
			if cols[i], err = onlyUsed(mem, col); err != nil {
				return nil, shift(err, name, 0)
			}
			continue
		}
		if cols[i], err = p.Array(ctx, mem, col, counters[name]); err != nil {
			return nil, shift(err, name, 0)
		}
	}
	return array.NewRecord(schema, cols, rec.NumRows()), nil
}

// onlyUsed returns an array as it is, or a dictionary without the entries that no row
// uses, in the order of their first use. The caller releases the result.
func onlyUsed(mem memory.Allocator, arr arrow.Array) (arrow.Array, error) {
	d, ok := arr.(*array.Dictionary)
	if !ok {
		arr.Retain()
		return arr, nil
	}
	indices, u, err := renumberAny(mem, d.Indices(), d.Dictionary().Len())
	if err != nil {
		return nil, err
	}
	defer indices.Release()
	parts := []arrow.Array{}
	defer func() {
		for _, p := range parts {
			p.Release()
		}
	}()
	for i := 0; i < len(u.entry); {
		j := i + 1
		for j < len(u.entry) && u.entry[j] == u.entry[j-1]+1 {
			j++
		}
		parts = append(parts, array.NewSlice(d.Dictionary(), int64(u.entry[i]), int64(u.entry[j-1]+1)))
		i = j
	}
	if len(parts) == 0 {
		parts = append(parts, array.NewSlice(d.Dictionary(), 0, 0))
	}
	entries, err := array.Concatenate(parts, mem)
	if err != nil {
		return nil, &ColumnError{Row: -1, Err: fmt.Errorf("%w: a dictionary of %s", ErrType, d.Dictionary().DataType().Name())}
	}
	defer entries.Release()
	return array.NewDictionaryArray(d.DataType(), indices, entries), nil
}

// usedChunks is onlyUsed for every chunk of a column.
func usedChunks(mem memory.Allocator, col *arrow.Chunked) (*arrow.Chunked, error) {
	var out []arrow.Array
	defer func() {
		for _, a := range out {
			a.Release()
		}
	}()
	row := int64(0)
	for _, c := range col.Chunks() {
		a, err := onlyUsed(mem, c)
		if err != nil {
			return nil, shift(err, "", row)
		}
		out = append(out, a)
		row += int64(c.Len())
	}
	return arrow.NewChunked(col.DataType(), out), nil
}

// Table returns a table with its identifiers replaced. The caller releases it.
func (c Columns) Table(ctx context.Context, mem memory.Allocator, t arrow.Table, threads int, counters map[string]*Counter) (arrow.Table, error) {
	schema, err := c.Schema(t.Schema())
	if err != nil {
		return nil, err
	}
	cols := make([]arrow.Column, 0, t.NumCols())
	defer func() {
		for i := range cols {
			cols[i].Release()
		}
	}()
	for i := range int(t.NumCols()) {
		name := t.Schema().Field(i).Name
		data := t.Column(i).Data()
		if p := c[name]; p != nil {
			data, err = p.Chunked(ctx, mem, data, threads, counters[name])
		} else {
			data, err = usedChunks(mem, data)
		}
		if err != nil {
			return nil, shift(err, name, 0)
		}
		defer data.Release()
		cols = append(cols, *arrow.NewColumn(schema.Field(i), data))
	}
	return array.NewTable(schema, cols, t.NumRows()), nil
}

// Reader returns a reader of r's records with their identifiers replaced, one at
// a time: memory does not grow with rows. r is borrowed until the result is
// released.
func (c Columns) Reader(ctx context.Context, mem memory.Allocator, r array.RecordReader, counters map[string]*Counter) (array.RecordReader, error) {
	return c.ReaderOf(ctx, mem, r, 1, counters)
}

// ReaderOf is Reader with so many records at a time, each hashed by a goroutine: memory
// holds as many. The records, their order, the counts and the first error are the same
// for any number of threads, and fewer than one is one.
func (c Columns) ReaderOf(ctx context.Context, mem memory.Allocator, r array.RecordReader, threads int, counters map[string]*Counter) (array.RecordReader, error) {
	schema, err := c.Schema(r.Schema())
	if err != nil {
		return nil, err
	}
	out := &reader{ctx: ctx, mem: mem, columns: c, from: r, schema: schema, counters: counters, threads: max(1, threads)}
	out.refs.Store(1)
	return out, nil
}

type reader struct {
	ctx      context.Context
	mem      memory.Allocator
	columns  Columns
	from     array.RecordReader
	schema   *arrow.Schema
	counters map[string]*Counter
	threads  int
	ready    []arrow.Record // that follow the present one
	failed   error          // what comes behind them
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

// Err returns what ended the reading; nil at the end.
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
	var wg sync.WaitGroup
	for i := 1; i < len(in); i++ {
		wg.Go(func() { out[i], errs[i] = r.columns.Record(r.ctx, r.mem, in[i], r.counters) })
	}
	if len(in) > 0 {
		out[0], errs[0] = r.columns.Record(r.ctx, r.mem, in[0], r.counters)
	}
	wg.Wait()
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

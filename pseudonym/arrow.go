package pseudonym

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/guard"
)

// Reasons inside a *ColumnError.
var (
	// ErrType says that a column's type has no identifiers in that form.
	ErrType = errors.New("type is not supported in this form")
	// ErrMissing says that there is no such column, or more than one.
	ErrMissing = errors.New("column does not exist exactly once")
	// ErrNoPseudonymizer says that a column is named without a pseudonymizer.
	ErrNoPseudonymizer = errors.New("column has no pseudonymizer: leave it out of the columns, or give it one")
)

// ColumnError names the column and the row that are wrong, and the reason. Rows count
// from 0 within the given array, record or reader; the row is -1 where no single row is
// wrong. A ColumnError holds no value.
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

// DataType returns the type of pseudonyms of a column of type dt: text or
// fixed-size binary, in a dictionary if dt is one.
func (p *Pseudonymizer) DataType(dt arrow.DataType) arrow.DataType {
	out := p.plainType()
	if d, ok := bare(dt).(*arrow.DictionaryType); ok {
		return &arrow.DictionaryType{IndexType: d.IndexType, ValueType: out}
	}
	return out
}

// plainType is the type of pseudonyms that are in no dictionary.
func (p *Pseudonymizer) plainType() arrow.DataType {
	if p.cfg.Encoding == Binary {
		return &arrow.FixedSizeBinaryType{ByteWidth: p.bytes}
	}
	return arrow.BinaryTypes.String
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
	if p.cfg.Form != Typed {
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
// column (ErrType, ErrInvalid, ErrSize), ErrDestroyed, or the context's.
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
	return p.plain(ctx, mem, arr, nil, counter)
}

// plain hashes an array that is no dictionary.
func (p *Pseudonymizer) plain(ctx context.Context, mem memory.Allocator, arr arrow.Array, u *used, counter *Counter) (arrow.Array, error) {
	get, err := p.getter(arr)
	if err != nil {
		return nil, err
	}
	n := u.len(arr)
	w, err := p.writer(mem, n)
	if err != nil {
		return nil, err
	}
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
	guard.Each(threads, len(chunks), func(_, i int) {
		errs[i] = guard.Call(func() (err error) {
			out[i], err = p.Array(ctx, mem, chunks[i], counter)
			return err
		})
	})
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

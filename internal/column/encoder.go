package column

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// noCode marks a dictionary entry that has no code yet.
const noCode = math.MaxUint32

// Encoder gives dense codes to the values of one column, batch by batch. An encoder is
// not safe for concurrent use: each goroutine has its own, and they are merged at the
// end.
type Encoder struct {
	name  string
	dt    arrow.DataType // value type: no dictionary and no extension
	kind  kind
	ints  intTable
	bytes byteTable
	// Values and null share one sequence of codes; where null has a code,
	// codes above it are one more than the value's position in its table.
	null int64 // code of null, or -1
	n    int64 // codes given out

	dict    arrow.ArrayData // of the last dictionary array
	dictMap []uint32        // its index -> code, or noCode

	entries   *Dictionary     // of the last array that was read by its indices
	entriesOf arrow.ArrayData // the dictionary that it was made of
	few       *few            // of plain arrays
	key       []byte
}

// NewEncoder returns an encoder for a column of type dt, which may be a
// dictionary. The error is an *Error for a type that cannot be a code (lists,
// structs, maps, unions, intervals).
func NewEncoder(name string, dt arrow.DataType) (*Encoder, error) {
	k := kindOf(dt)
	if k == kindInvalid {
		return nil, &Error{Column: name, Row: -1, Err: fmt.Errorf("%w: %s", ErrType, dt.Name())}
	}
	return &Encoder{name: name, dt: valueType(dt), kind: k, null: -1, few: &few{}}, nil
}

// Name returns the column's name.
func (e *Encoder) Name() string { return e.name }

// Len returns the number of codes given out so far, null included.
func (e *Encoder) Len() int { return int(e.n) }

// Null returns the code of null, and whether a null occurred.
func (e *Encoder) Null() (code uint32, ok bool) { return uint32(e.null), e.null >= 0 }

// HasNulls reports whether a null occurred.
func (e *Encoder) HasNulls() bool { return e.null >= 0 }

func (e *Encoder) nullCode() uint32 {
	if e.null < 0 {
		e.null = e.n
		e.n++
	}
	return uint32(e.null)
}

// shifted turns a position in a value table into a code.
func (e *Encoder) shifted(pos uint32, tableLen int) uint32 {
	c := int64(pos)
	if e.null >= 0 && c >= e.null {
		c++
	}
	if total := int64(tableLen) + b2i(e.null >= 0); total > e.n {
		e.n = total
	}
	return uint32(c)
}

func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (e *Encoder) intCode(v int64) uint32 {
	pos := e.ints.code(v)
	return e.shifted(pos, len(e.ints.values))
}

func (e *Encoder) byteCode(v []byte) uint32 {
	pos := e.bytes.code(v)
	return e.shifted(pos, e.bytes.len())
}

// Append encodes arr into dst, which has arr.Len() entries. row is the position
// of the array's first row in the data, for errors. The error is an *Error.
func (e *Encoder) Append(arr arrow.Array, row int64, dst []uint32) error {
	if ext, ok := arr.(array.ExtensionArray); ok {
		return e.Append(ext.Storage(), row, dst)
	}
	if d, ok := arr.(*array.Dictionary); ok {
		return e.appendDictionary(d, row, dst)
	}
	i, err := e.appendPlain(arr, dst)
	if err != nil {
		return &Error{Column: e.name, Row: row + int64(i), Err: err}
	}
	if e.n > noCode-1 {
		return &Error{Column: e.name, Row: -1, Err: ErrTooMany}
	}
	return nil
}

// integer is every type with values that are kept as int64.
type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// shortRange is the largest range of values that encodeInts looks up in a table
// by the value itself.
const shortRange = 1 << 16

// encodeInts is the loop over integer-like values. It uses a table by value where the
// values of an array lie close together, such as codes and ages, and the hash table
// otherwise. It reads the validity before the value.
func encodeInts[T integer](e *Encoder, arr arrow.Array, values []T, dst []uint32) {
	nulls := arr.NullN() > 0
	if !nulls && len(values) > 256 {
		least, most := slices.Min(values), slices.Max(values)
		if span := uint64(int64(most)) - uint64(int64(least)); span < shortRange && span < uint64(len(values)) {
			codes := make([]uint32, span+1)
			for at := range codes {
				codes[at] = noCode
			}
			for i, v := range values {
				code := codes[uint64(int64(v))-uint64(int64(least))]
				if code == noCode {
					code = e.intCode(int64(v))
					codes[uint64(int64(v))-uint64(int64(least))] = code
				}
				dst[i] = code
			}
			return
		}
	}
	var last T
	var code uint32
	seen := false
	for i, v := range values {
		switch {
		case nulls && arr.IsNull(i):
			dst[i] = e.nullCode()
		case seen && v == last:
			dst[i] = code
		default:
			last, code, seen = v, e.intCode(int64(v)), true
			dst[i] = code
		}
	}
}

// appendPlain encodes an array that is no dictionary. On an error it returns
// the position of the row.
func (e *Encoder) appendPlain(arr arrow.Array, dst []uint32) (int, error) {
	switch a := arr.(type) {
	case *array.Null:
		for i := range dst {
			dst[i] = e.nullCode()
		}
		return 0, nil
	case *array.String, *array.LargeString:
		if e.few.append(e, arr, dst) {
			return 0, nil
		}
	case *array.Int32:
		encodeInts(e, a, a.Int32Values(), dst)
		return 0, nil
	case *array.Int64:
		encodeInts(e, a, a.Int64Values(), dst)
		return 0, nil
	}
	code, err := e.coder(arr)
	if err != nil {
		return 0, err
	}
	nulls := arr.NullN() > 0
	for i := range dst {
		if nulls && arr.IsNull(i) {
			dst[i] = e.nullCode()
			continue
		}
		if dst[i], err = code(i); err != nil {
			return i, err
		}
	}
	return 0, nil
}

func intCoder[T integer](e *Encoder, values []T) func(int) (uint32, error) {
	return func(i int) (uint32, error) { return e.intCode(int64(values[i])), nil }
}

func textCoder(e *Encoder, value func(int) string) func(int) (uint32, error) {
	return func(i int) (uint32, error) { return e.byteCode(stringBytes(value(i))), nil }
}

func binaryCoder(e *Encoder, value func(int) []byte) func(int) (uint32, error) {
	return func(i int) (uint32, error) { return e.byteCode(value(i)), nil }
}

func floatCoder(e *Encoder, value func(int) float64) func(int) (uint32, error) {
	return func(i int) (uint32, error) {
		v := value(i)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, ErrNotFinite
		}
		return e.intCode(orderedFloat(v)), nil
	}
}

// coder returns the function that gives the code of the value at a position of
// arr, which must not be null there.
func (e *Encoder) coder(arr arrow.Array) (func(i int) (uint32, error), error) {
	switch a := arr.(type) {
	case *array.Int8:
		return intCoder(e, a.Int8Values()), nil
	case *array.Int16:
		return intCoder(e, a.Int16Values()), nil
	case *array.Int32:
		return intCoder(e, a.Int32Values()), nil
	case *array.Int64:
		return intCoder(e, a.Int64Values()), nil
	case *array.Uint8:
		return intCoder(e, a.Uint8Values()), nil
	case *array.Uint16:
		return intCoder(e, a.Uint16Values()), nil
	case *array.Uint32:
		return intCoder(e, a.Uint32Values()), nil
	case *array.Uint64:
		return intCoder(e, a.Uint64Values()), nil
	case *array.Date32:
		return intCoder(e, a.Date32Values()), nil
	case *array.Date64:
		return intCoder(e, a.Date64Values()), nil
	case *array.Timestamp:
		return intCoder(e, a.TimestampValues()), nil
	case *array.Time32:
		return intCoder(e, a.Time32Values()), nil
	case *array.Time64:
		return intCoder(e, a.Time64Values()), nil
	case *array.Boolean:
		return func(i int) (uint32, error) { return e.intCode(b2i(a.Value(i))), nil }, nil
	case *array.Float16:
		return floatCoder(e, func(i int) float64 { return float(a.Value(i)) }), nil
	case *array.Float32:
		return floatCoder(e, func(i int) float64 { return float64(a.Value(i)) }), nil
	case *array.Float64:
		return floatCoder(e, a.Value), nil
	case *array.String:
		return textCoder(e, a.Value), nil
	case *array.LargeString:
		return textCoder(e, a.Value), nil
	case *array.Binary:
		return binaryCoder(e, a.Value), nil
	case *array.LargeBinary:
		return binaryCoder(e, a.Value), nil
	case *array.FixedSizeBinary:
		return binaryCoder(e, a.Value), nil
	case *array.Decimal128:
		return binaryCoder(e, func(i int) []byte {
			e.key = decimal128Key(e.key[:0], a.Value(i))
			return e.key
		}), nil
	case *array.Decimal256:
		return binaryCoder(e, func(i int) []byte {
			e.key = decimal256Key(e.key[:0], a.Value(i))
			return e.key
		}), nil
	}
	return nil, fmt.Errorf("%w: %s", ErrType, arr.DataType().Name())
}

// stringBytes views s as bytes; the table only reads them.
func stringBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

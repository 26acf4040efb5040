package column

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"github.com/sluis-go/sluis/internal/exact"
)

// Numbers is a batch of exact numbers. Value i is Small[i], Mid[i] or Wide[i] (one of the
// three is set) times the unit of the column times 2^-Shift. Wide values have Shift
// exact.WideShift for floats and 0 for decimals. A Numbers is reused from batch to batch.
// It may borrow the memory of the array, and must not be written to.
type Numbers struct {
	Small []int64
	Mid   []exact.Int128
	Wide  []exact.Wide
	Shift int
	Null  []bool // nil where there is none
	Bits  int    // of the largest absolute value, at Shift
	// Borrowed says that Small lies in the buffers of the array, and is good as long as these.
	Borrowed bool
	// Where Steps is not nil, Small[i] is Steps[i] * Step, null or not: of floats that
	// are all whole cents, the cents.
	Steps []int64
	Step  int64

	small []int64
	steps []int64
	mid   []exact.Int128
	wide  []exact.Wide
	null  []bool
	read  floatParts
}

// Zero reports whether value i is 0; a null is arbitrary.
func (n *Numbers) Zero(i int) bool {
	switch {
	case n.Wide != nil:
		return n.Wide[i].Sign() == 0
	case n.Mid != nil:
		return n.Mid[i].Sign() == 0
	}
	return n.Small[i] == 0
}

// NumberDigits reports whether a type can be a response or a weight, and returns the
// decimal digits of its unit: 0 for integers, the scale for decimals, [exact.FloatDigits]
// for floats. A decimal with a negative scale has unit 1.
func NumberDigits(dt arrow.DataType) (digits int, ok bool) {
	switch t := valueType(dt).(type) {
	case *arrow.Decimal128Type:
		return max(0, int(t.Scale)), true
	case *arrow.Decimal256Type:
		return max(0, int(t.Scale)), true
	}
	switch kindOf(dt) {
	case kindInt, kindUint:
		return 0, true
	case kindFloat:
		return exact.FloatDigits, true
	case kindNull:
		return 0, true
	}
	return 0, false
}

// Read fills n with the values of arr. row is the position of the first row of the array
// in the data, for errors. Errors are of type *Error: [ErrType], or [ErrNotFinite] for
// NaN and infinities.
func (n *Numbers) Read(name string, arr arrow.Array, row int64) error {
	n.Small, n.Mid, n.Wide, n.Null, n.Shift, n.Bits = nil, nil, nil, nil, 0, 0
	n.Steps, n.Step, n.Borrowed = nil, 0, false
	if pos, err := n.read1(arr); err != nil {
		return &Error{Column: name, Row: row + int64(pos), Err: err}
	}
	return nil
}

func (n *Numbers) read1(arr arrow.Array) (int, error) {
	length := arr.Len()
	if arr.DataType().ID() == arrow.NULL {
		n.Small = resize(&n.small, length)
		clear(n.Small)
		n.Null = resize(&n.null, length)
		for i := range n.Null {
			n.Null[i] = true
		}
		return 0, nil
	}
	if ext, ok := arr.(array.ExtensionArray); ok {
		return n.read1(ext.Storage())
	}
	if d, ok := arr.(*array.Dictionary); ok {
		return n.readDictionary(d)
	}
	n.readNulls(arr)
	switch a := arr.(type) {
	case *array.Int8:
		readInts(n, a.Int8Values())
	case *array.Int16:
		readInts(n, a.Int16Values())
	case *array.Int32:
		readInts(n, a.Int32Values())
	case *array.Int64:
		if n.Null == nil {
			n.borrow(a.Int64Values())
		} else {
			readInts(n, a.Int64Values())
		}
	case *array.Uint8:
		readInts(n, a.Uint8Values())
	case *array.Uint16:
		readInts(n, a.Uint16Values())
	case *array.Uint32:
		readInts(n, a.Uint32Values())
	case *array.Uint64:
		if values := a.Uint64Values(); !slices.ContainsFunc(values, func(v uint64) bool { return v > math.MaxInt64 }) {
			readInts(n, values)
			break
		}
		n.readBig(length, 0, func(i int, _ *big.Int) exact.Int128 { return exact.FromUint64(a.Value(i)) })
	case *array.Float16:
		return n.readFloats(length, func(i int) float64 { return decimalOf16(a.Value(i)) })
	case *array.Float32:
		return n.readFloats(length, func(i int) float64 { return decimalOf32(a.Value(i)) })
	case *array.Float64:
		return n.readFloat64s(a.Float64Values())
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		if scale >= 0 && n.readShort(a.Values()) {
			break
		}
		n.readBig(length, scale, func(i int, z *big.Int) exact.Int128 {
			v := a.Value(i)
			if scale < 0 {
				z.Set(v.BigInt())
			}
			return exact.Int128{Hi: v.HighBits(), Lo: v.LowBits()}
		})
	case *array.Decimal256:
		scale := a.DataType().(*arrow.Decimal256Type).Scale
		n.readBig(length, scale, func(i int, z *big.Int) exact.Int128 {
			z.Set(a.Value(i).BigInt())
			v, _ := exact.FromBig(z)
			return v
		})
	default:
		return 0, fmt.Errorf("%w: %s is no number", ErrType, arr.DataType().Name())
	}
	return 0, nil
}

func (n *Numbers) isNull(i int) bool { return n.Null != nil && n.Null[i] }

func (n *Numbers) readNulls(arr arrow.Array) {
	if arr.NullN() == 0 {
		return
	}
	n.Null = resize(&n.null, arr.Len())
	for i := range n.Null {
		n.Null[i] = arr.IsNull(i)
	}
}

// borrow takes values as they lie.
func (n *Numbers) borrow(values []int64) {
	n.Small, n.Borrowed = values, true
	n.Bits = bitsOfAny(values)
}

func readInts[T integer](n *Numbers, values []T) {
	n.Small = resize(&n.small, len(values))
	var all uint64 // bits that occur in any absolute value
	for i, v := range values {
		s := int64(v)
		if n.isNull(i) {
			s = 0
		}
		n.Small[i] = s
		all |= uint64(s ^ s>>63)
	}
	n.Bits = exact.FromUint64(all).BitLen() + 1 // |MinInt64| has one bit more
}

// readShort reads decimals of 64 bits. It returns false if some have more.
func (n *Numbers) readShort(values []decimal128.Num) bool {
	out := resize(&n.small, len(values))
	for i, v := range values {
		switch low := int64(v.LowBits()); {
		case n.isNull(i):
			out[i] = 0
		case v.HighBits() != low>>63:
			return false
		default:
			out[i] = low
		}
	}
	n.Small = out
	n.Bits = bitsOfAny(out)
	return true
}

// readBig reads values of up to 256 bits. value returns the number where it fits into 127
// bits. Where it may not fit, or must be scaled, value leaves the number in z.
func (n *Numbers) readBig(length int, scale int32, value func(int, *big.Int) exact.Int128) {
	n.Mid = resize(&n.mid, length)
	var z big.Int
	factor := exact.Pow10(int(-scale)) // 1 where nothing is scaled
	for i := range n.Mid {
		if n.isNull(i) {
			n.put(i, exact.Int128{})
			continue
		}
		z.SetInt64(0)
		v := value(i, &z)
		if z.Sign() == 0 {
			n.put(i, v)
			continue
		}
		if scale < 0 {
			z.Mul(&z, factor)
		}
		if v, ok := exact.FromBig(&z); ok {
			n.put(i, v)
			continue
		}
		n.toWide(0)
		w, ok := exact.WideFromBig(&z, 0)
		if !ok {
			panic("column: a decimal of 76 digits does not fit a Wide")
		}
		n.Wide[i] = w
		n.Bits = max(n.Bits, w.BitLen())
	}
}

// put stores value i in the form that is in use.
func (n *Numbers) put(i int, v exact.Int128) {
	n.Bits = max(n.Bits, v.BitLen())
	if n.Wide != nil {
		n.Wide[i] = exact.WideFrom(v, n.Shift)
		return
	}
	n.Mid[i] = v
}

// toWide turns the values read so far into wide ones at the given shift.
func (n *Numbers) toWide(shift int) {
	if n.Wide != nil {
		return
	}
	n.Wide = resize(&n.wide, len(n.Mid))
	for i, v := range n.Mid {
		n.Wide[i] = exact.WideFrom(v, shift)
	}
	n.Mid = nil
}

func (n *Numbers) readDictionary(d *array.Dictionary) (int, error) {
	if d.Len() == 0 {
		n.Small = resize(&n.small, 0)
		return 0, nil
	}
	// Others may read the same dictionary at this time, and arrays write down how many
	// nulls they have when they are asked first.
	entries := array.NewSlice(d.Dictionary(), 0, int64(d.Dictionary().Len()))
	defer entries.Release()
	var dict Numbers
	if _, err := dict.read1(entries); err != nil {
		// The position in the dictionary is no row: name the first one.
		return 0, err
	}
	n.Shift, n.Bits = dict.Shift, dict.Bits
	length := d.Len()
	switch {
	case dict.Wide != nil:
		n.Wide = resize(&n.wide, length)
	case dict.Mid != nil:
		n.Mid = resize(&n.mid, length)
	default:
		n.Small = resize(&n.small, length)
	}
	null := resize(&n.null, length)
	any := false
	size := namable(d)
	for i := range length {
		null[i] = d.IsNull(i)
		j := 0
		if !null[i] {
			if j = d.GetValueIndex(i); uint64(j) >= size {
				return i, ErrIndex
			}
			null[i] = dict.isNull(j)
		}
		any = any || null[i]
		if size == 0 {
			continue
		}
		switch {
		case n.Wide != nil:
			n.Wide[i] = dict.Wide[j]
		case n.Mid != nil:
			n.Mid[i] = dict.Mid[j]
		default:
			n.Small[i] = dict.Small[j]
		}
	}
	if any {
		n.Null = null
	}
	return 0, nil
}

// resize returns *buf with the given length; its contents are arbitrary.
func resize[T any](buf *[]T, length int) []T {
	if cap(*buf) < length {
		*buf = make([]T, length)
	}
	*buf = (*buf)[:length]
	return *buf
}

// Take fills n with the given rows of o.
func (n *Numbers) Take(o *Numbers, rows []int32) {
	n.Small, n.Mid, n.Wide, n.Null = nil, nil, nil, nil
	n.Steps, n.Step, n.Borrowed = nil, 0, false
	n.Shift, n.Bits = o.Shift, o.Bits
	switch {
	case o.Wide != nil:
		n.Wide = take(&n.wide, o.Wide, rows)
	case o.Mid != nil:
		n.Mid = take(&n.mid, o.Mid, rows)
	default:
		n.Small = take(&n.small, o.Small, rows)
	}
	if o.Null != nil {
		n.Null = take(&n.null, o.Null, rows)
	}
}

func take[T any](buf *[]T, from []T, rows []int32) []T {
	out := resize(buf, len(rows))
	for i, r := range rows {
		out[i] = from[r]
	}
	return out
}

// IsFloat reports whether a column's numbers are floats.
func IsFloat(dt arrow.DataType) bool { return kindOf(dt) == kindFloat }

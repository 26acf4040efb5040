package pseudonym

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

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

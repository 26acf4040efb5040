package column

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TextNumbers says which numbers the texts of a column are: int64, float64, or a
// decimal. With Comma a comma stands where others have a point.
type TextNumbers struct {
	Type  arrow.DataType
	Comma bool
}

// IsText reports whether a type is text, in a dictionary or not.
func IsText(dt arrow.DataType) bool { return kindOf(dt) == kindText }

// Parse returns the numbers of an array of text; a null stays null. row is the position
// of its first row, for errors. Errors are of type *Error. The caller releases the
// result. The memory of the result is memory of Go, and may be borrowed.
func (t *TextNumbers) Parse(name string, arr arrow.Array, row int64) (arrow.Array, error) {
	texts, ok := arr.(*array.String)
	if !ok {
		return nil, &Error{Column: name, Row: -1, Err: fmt.Errorf("%w: %s is no text", ErrType, arr.DataType().Name())}
	}
	b := array.NewBuilder(memory.NewGoAllocator(), t.Type)
	defer b.Release()
	b.Reserve(texts.Len())
	put, err := t.appender(b)
	if err != nil {
		return nil, &Error{Column: name, Row: -1, Err: err}
	}
	for i := range texts.Len() {
		if texts.IsNull(i) {
			b.AppendNull()
			continue
		}
		s := texts.Value(i)
		if t.Comma {
			s = strings.Replace(s, ",", ".", 1)
		}
		if err := put(s); err != nil {
			// The text of the error would hold the value.
			return nil, &Error{Column: name, Row: row + int64(i), Err: fmt.Errorf("%w: a text is no number", ErrType)}
		}
	}
	return b.NewArray(), nil
}

// appender returns the function that parses a text and appends it.
func (t *TextNumbers) appender(b array.Builder) (func(string) error, error) {
	switch b := b.(type) {
	case *array.Int64Builder:
		return func(s string) error {
			v, err := strconv.ParseInt(s, 10, 64)
			b.UnsafeAppend(v)
			return err
		}, nil
	case *array.Float64Builder:
		return func(s string) error {
			v, err := strconv.ParseFloat(s, 64)
			b.UnsafeAppend(v)
			return err
		}, nil
	case *array.Decimal128Builder:
		scale, z := int(t.Type.(*arrow.Decimal128Type).Scale), new(big.Int)
		return func(s string) error {
			if !unscaled(z, s, scale) || z.BitLen() > 127 {
				return ErrType
			}
			b.Append(decimal128.FromBigInt(z))
			return nil
		}, nil
	case *array.Decimal256Builder:
		scale, z := int(t.Type.(*arrow.Decimal256Type).Scale), new(big.Int)
		return func(s string) error {
			if !unscaled(z, s, scale) || z.BitLen() > 255 {
				return ErrType
			}
			b.Append(decimal256.FromBigInt(z))
			return nil
		}, nil
	}
	return nil, fmt.Errorf("%w: %s is no number", ErrType, t.Type.Name())
}

// unscaled reads a decimal in units of 10^-scale. The decimal has digits, and may have a
// minus and a point. It returns false for other characters, and for more digits after the
// point that are not 0.
func unscaled(z *big.Int, s string, scale int) bool {
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) > scale {
		if strings.Trim(frac[scale:], "0") != "" {
			return false
		}
		frac = frac[:scale]
	}
	if strings.Trim(strings.TrimPrefix(whole, "-")+frac, "0123456789") != "" {
		return false
	}
	_, ok := z.SetString(whole+frac+strings.Repeat("0", scale-len(frac)), 10)
	return ok
}

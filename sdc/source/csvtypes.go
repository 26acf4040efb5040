package source

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
)

// words returns the types of may, date and truth value, that s can be.
func words(s string, may int) int {
	out := 0
	if may&isDate != 0 {
		if _, err := time.Parse(time.DateOnly, s); err == nil {
			out |= isDate
		}
	}
	if may&isBool != 0 {
		if _, ok := truth(s); ok {
			out |= isBool
		}
	}
	return out
}

// truth reads a truth value as R, Python and most others write it.
func truth(s string) (value, ok bool) {
	switch s {
	case "true", "TRUE", "True":
		return true, true
	case "false", "FALSE", "False":
		return false, true
	}
	return false, false
}

// typeNamed returns the type of a name in CSVOptions.Types.
func typeNamed(name string) (arrow.DataType, error) {
	types := map[string]arrow.DataType{
		"string": arrow.BinaryTypes.String, "bool": arrow.FixedWidthTypes.Boolean,
		"int8": arrow.PrimitiveTypes.Int8, "int16": arrow.PrimitiveTypes.Int16,
		"int32": arrow.PrimitiveTypes.Int32, "int64": arrow.PrimitiveTypes.Int64,
		"uint8": arrow.PrimitiveTypes.Uint8, "uint16": arrow.PrimitiveTypes.Uint16,
		"uint32": arrow.PrimitiveTypes.Uint32, "uint64": arrow.PrimitiveTypes.Uint64,
		"float32": arrow.PrimitiveTypes.Float32, "float64": arrow.PrimitiveTypes.Float64,
		"date": arrow.FixedWidthTypes.Date32, "timestamp": arrow.FixedWidthTypes.Timestamp_us,
		"dictionary": &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String},
	}
	if t, ok := types[name]; ok {
		return t, nil
	}
	var p, s int32
	if n, err := fmt.Sscanf(name, "decimal(%d,%d)", &p, &s); n == 2 && err == nil && name == fmt.Sprintf("decimal(%d,%d)", p, s) && s >= 0 && s <= p {
		switch {
		case p >= 1 && p <= 38:
			return &arrow.Decimal128Type{Precision: p, Scale: s}, nil
		case p >= 1 && p <= 76:
			return &arrow.Decimal256Type{Precision: p, Scale: s}, nil
		}
	}
	return nil, fmt.Errorf("%w: type %q", ErrUnsupported, name)
}

// appender returns the function that parses a field and appends it.
func appender(b array.Builder) func(string) error {
	bad := func(err error) error {
		if err != nil {
			return ErrValue
		}
		return nil
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		return func(s string) error { b.Append(s); return nil }
	case *array.BinaryDictionaryBuilder:
		return func(s string) error { return bad(b.AppendString(s)) }
	case *array.Int64Builder:
		return func(s string) error {
			v, err := strconv.ParseInt(s, 10, 64)
			b.Append(v)
			return bad(err)
		}
	case *array.Float64Builder:
		return func(s string) error {
			v, err := parseFloat(s, 64)
			b.Append(v)
			return bad(err)
		}
	case *array.Float32Builder:
		return func(s string) error {
			v, err := parseFloat(s, 32)
			b.Append(float32(v))
			return bad(err)
		}
	case *array.Decimal128Builder:
		t := b.Type().(*arrow.Decimal128Type)
		return func(s string) error {
			if err := exactDecimal(s, t.Scale); err != nil {
				return err
			}
			v, err := decimal128.FromString(s, t.Precision, t.Scale)
			b.Append(v)
			return bad(err)
		}
	case *array.Decimal256Builder:
		t := b.Type().(*arrow.Decimal256Type)
		return func(s string) error {
			if err := exactDecimal(s, t.Scale); err != nil {
				return err
			}
			v, err := decimal256.FromString(s, t.Precision, t.Scale)
			b.Append(v)
			return bad(err)
		}
	case *array.BooleanBuilder:
		return func(s string) error {
			v, ok := truth(s)
			b.Append(v)
			if !ok {
				return ErrValue
			}
			return nil
		}
	}
	return func(s string) error {
		if s == array.NullValueStr {
			return ErrValue // arrow takes it for a null
		}
		return bad(b.AppendValueFromString(s))
	}
}

// parseFloat parses a number as data files have it: without the underscores and the
// powers of two of programs.
func parseFloat(s string, bits int) (float64, error) {
	if strings.ContainsAny(s, "_xX") {
		return 0, ErrValue
	}
	return strconv.ParseFloat(s, bits)
}

// exactDecimal refuses a text that is no plain decimal. It also refuses a decimal with
// more digits after the point than its type has: the decimal would be rounded.
func exactDecimal(s string, scale int32) error {
	whole, frac, _ := strings.Cut(strings.TrimLeft(s[:1], "+-")+s[1:], ".")
	if len(strings.TrimRight(frac, "0")) > int(scale) || whole+frac == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return ErrValue
	}
	return nil
}

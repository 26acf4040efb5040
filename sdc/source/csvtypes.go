package source

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
)

// candidates of inference, from narrow to wide; text is what remains.
const (
	isInt = 1 << iota
	isFloat
	isDate
	isBool
	anyType = isInt | isFloat | isDate | isBool
)

// infer reads the whole file once: the names of the columns, and their types as
// declared or as every value allows.
func (c *csvFile) infer(ctx context.Context) ([]string, []arrow.DataType, error) {
	sum := sha256.New()
	r, names, err := c.open(io.TeeReader(c.whole(), sum))
	if err != nil {
		return nil, nil, err
	}
	may := make([]int, len(names))
	seen := make([]bool, len(names))
	types := make([]arrow.DataType, len(names))
	declared := 0
	for i, n := range names {
		may[i] = anyType
		if t, ok := c.opts.CSV.Types[n]; ok {
			if types[i], err = typeNamed(t); err != nil {
				return nil, nil, &FileError{Column: n, Err: err}
			}
			declared++
		}
	}
	if declared < len(c.opts.CSV.Types) {
		return nil, nil, fmt.Errorf("%w: a type is declared for a column that does not exist", ErrSchema)
	}
	for {
		if c.n%4096 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, csvError(err)
		}
		c.n++
		for i, s := range rec {
			if types[i] != nil || may[i] == 0 {
				continue
			}
			if s, null := c.field(s); !null {
				seen[i] = true
				n := c.number(s)
				may[i] &= candidates(n, may[i]&(isInt|isFloat)) | candidates(s, may[i]&^(isInt|isFloat))
			}
		}
	}
	for i := range types {
		if types[i] == nil {
			types[i] = widest(may[i], seen[i])
		}
	}
	if _, err := c.f.sealed(sum); err != nil {
		return nil, nil, err
	}
	return names, types, nil
}

func widest(may int, seen bool) arrow.DataType {
	switch {
	case !seen:
		return arrow.BinaryTypes.String
	case may&isInt != 0:
		return arrow.PrimitiveTypes.Int64
	case may&isFloat != 0:
		return arrow.PrimitiveTypes.Float64
	case may&isDate != 0:
		return arrow.FixedWidthTypes.Date32
	case may&isBool != 0:
		return arrow.FixedWidthTypes.Boolean
	}
	return arrow.BinaryTypes.String
}

// candidates returns the types of may that s can be. Numbers with leading zeros
// or a plus sign are codes.
func candidates(s string, may int) int {
	out := 0
	digits := strings.TrimPrefix(s, "-")
	code := len(digits) > 1 && digits[0] == '0' && digits[1] != '.' || s[0] == '+'
	if may&isInt != 0 && !code {
		if _, err := strconv.ParseInt(s, 10, 64); err == nil {
			out |= isInt
		}
	}
	if may&isFloat != 0 && !code && strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789.-+eE", r) }) < 0 {
		if v, err := strconv.ParseFloat(s, 64); err == nil && oneFloat(digits, v) {
			out |= isFloat
		}
	}
	if may&isDate != 0 {
		if _, err := time.Parse(time.DateOnly, s); err == nil {
			out |= isDate
		}
	}
	if may&isBool != 0 && (s == "true" || s == "false") {
		out |= isBool
	}
	return out
}

// oneFloat reports whether a number without its sign is told apart from every
// other by its float: at most 15 significant digits, and of normal size. Longer
// ones are identifiers, two of which would become one value.
func oneFloat(s string, v float64) bool {
	mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
	mantissa = strings.Trim(strings.Replace(mantissa, ".", "", 1), "0")
	if mantissa == "" {
		return true
	}
	a := math.Abs(v)
	return len(mantissa) <= 15 && a >= 1e-300 && a <= math.MaxFloat64
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
			v, err := strconv.ParseFloat(s, 64)
			b.Append(v)
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
			b.Append(s == "true")
			if s != "true" && s != "false" {
				return ErrValue
			}
			return nil
		}
	}
	return func(s string) error { return bad(b.AppendValueFromString(s)) }
}

// exactDecimal refuses what is no plain decimal, and one with more digits after the
// point than its type, which would be rounded.
func exactDecimal(s string, scale int32) error {
	whole, frac, _ := strings.Cut(strings.TrimLeft(s[:1], "+-")+s[1:], ".")
	if len(strings.TrimRight(frac, "0")) > int(scale) || whole+frac == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return ErrValue
	}
	return nil
}

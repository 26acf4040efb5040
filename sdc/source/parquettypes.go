package source

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// Fields of the union LogicalType.
const (
	logicalString    = 1
	logicalMap       = 2
	logicalList      = 3
	logicalEnum      = 4
	logicalDecimal   = 5
	logicalDate      = 6
	logicalTime      = 7
	logicalTimestamp = 8
	logicalInteger   = 10
	logicalNull      = 11
	logicalJSON      = 12
	logicalBSON      = 13
	logicalUUID      = 14
	logicalFloat16   = 15
)

// Meanings of converted types without a logical type: INTERVAL, types of groups, and
// types without a meaning.
const (
	logicalInterval = -1
	logicalOdd      = -2
)

// parquetColumn is a top-level field of a Parquet file.
type parquetColumn struct {
	name     string
	leaf     int // its column in a row group; -1 where it is nested
	physical int32
	in       int // bytes of a value in the file; 0 for byte arrays and bits
	nullable bool
	dt       arrow.DataType
	// convert turns n values of the file into values of Arrow; nil where they are the
	// same. It reports whether all values are of the type.
	convert func(dst, src []byte, n int) bool
	// decimal turns one byte array into a decimal.
	decimal func(dst, src []byte) bool
	err     error // why it cannot be read, where that is so
}

// Optional and repeated, of FieldRepetitionType.
const (
	optional = 1
	repeated = 2
)

// columnsOf lists the top-level fields of a schema and returns the number of leaves.
func columnsOf(schema []schemaElement) (out []parquetColumn, leaves int, err error) {
	at := 1
	for range schema[0].children {
		if at >= len(schema) {
			return nil, 0, ErrCorrupt
		}
		e := &schema[at]
		if e.children == 0 && e.physical >= 0 {
			out = append(out, e.column(leaves))
		} else {
			out = append(out, e.nested())
		}
		n, next, ok := skipElement(schema, at, 0)
		if !ok {
			return nil, 0, ErrCorrupt
		}
		leaves, at = leaves+n, next
	}
	if at != len(schema) {
		return nil, 0, ErrCorrupt
	}
	return out, leaves, nil
}

// skipElement returns the number of leaves of the element at a position, and the
// position behind it.
func skipElement(schema []schemaElement, at, depth int) (leaves, next int, ok bool) {
	if at >= len(schema) || depth > 64 || schema[at].children < 0 {
		return 0, 0, false
	}
	if schema[at].children == 0 && schema[at].physical >= 0 {
		return 1, at + 1, true
	}
	next = at + 1
	for range schema[at].children {
		n, after, ok := skipElement(schema, next, depth+1)
		if !ok {
			return 0, 0, false
		}
		leaves, next = leaves+n, after
	}
	return leaves, next, true
}

// nested stands for a field that is no column. Its type says no more than the kind.
func (e *schemaElement) nested() parquetColumn {
	c := parquetColumn{name: e.name, leaf: -1, dt: arrow.StructOf()}
	what := "struct"
	switch {
	case e.logical.id == logicalList || e.converted == 3 || e.repetition == repeated:
		what, c.dt = "list", arrow.ListOf(arrow.Null)
	case e.logical.id == logicalMap || e.converted == 1 || e.converted == 2:
		what, c.dt = "map", arrow.MapOf(arrow.BinaryTypes.String, arrow.Null)
	}
	c.err = fmt.Errorf("%w: nested column (%s); write its parts as columns of their own", ErrUnsupported, what)
	return c
}

func (e *schemaElement) column(leaf int) parquetColumn {
	if e.repetition == repeated {
		return e.nested()
	}
	c := parquetColumn{name: e.name, leaf: leaf, physical: e.physical, nullable: e.repetition == optional}
	l := e.meaning()
	if c.err = e.fits(l); c.err != nil {
		c.dt = arrow.BinaryTypes.Binary
		return c
	}
	if l.id == logicalNull {
		c.dt = arrow.Null
		return c
	}
	switch e.physical {
	case physBoolean:
		c.dt = arrow.FixedWidthTypes.Boolean
	case physInt32:
		c.in = 4
		c.int32(l)
	case physInt64:
		c.in = 8
		c.int64(l)
	case physInt96:
		c.in, c.dt, c.convert = 12, &arrow.TimestampType{Unit: arrow.Microsecond}, int96Micros
	case physFloat:
		c.in, c.dt = 4, arrow.PrimitiveTypes.Float32
	case physDouble:
		c.in, c.dt = 8, arrow.PrimitiveTypes.Float64
	case physBytes:
		switch l.id {
		case logicalString, logicalEnum, logicalJSON:
			c.dt = arrow.BinaryTypes.String
		case logicalDecimal:
			c.decimals(l)
			c.convert = nil
		default:
			c.dt = arrow.BinaryTypes.Binary
		}
	case physFixed:
		c.fixed(e.length, l)
	default:
		c.dt, c.err = arrow.BinaryTypes.Binary, fmt.Errorf("%w: physical type %d", ErrUnsupported, e.physical)
	}
	return c
}

// meaning is the logical type, or the one that the converted type of older files stands
// for.
//
// Source: the Parquet format, LogicalTypes.md, "Compatibility" of each type.
func (e *schemaElement) meaning() logicalType {
	if e.logical.id != 0 {
		return e.logical
	}
	switch c := e.converted; c {
	case 0:
		return logicalType{id: logicalString}
	case 4:
		return logicalType{id: logicalEnum}
	case 5:
		return logicalType{id: logicalDecimal, scale: e.scale, precision: e.precision}
	case 6:
		return logicalType{id: logicalDate}
	case 7, 8:
		return logicalType{id: logicalTime, utc: true, unit: int(c) - 6}
	case 9, 10:
		return logicalType{id: logicalTimestamp, utc: true, unit: int(c) - 8}
	case 11, 12, 13, 14:
		return logicalType{id: logicalInteger, bits: 8 << (c - 11)}
	case 15, 16, 17, 18:
		return logicalType{id: logicalInteger, bits: 8 << (c - 15), signed: true}
	case 19:
		return logicalType{id: logicalJSON}
	case 20:
		return logicalType{id: logicalBSON}
	case 21:
		return logicalType{id: logicalInterval}
	case -1:
		return logicalType{}
	}
	return logicalType{id: logicalOdd}
}

func (c *parquetColumn) int32(l logicalType) {
	c.dt = arrow.PrimitiveTypes.Int32
	switch l.id {
	case logicalDate:
		c.dt = arrow.FixedWidthTypes.Date32
	case logicalTime:
		c.dt = arrow.FixedWidthTypes.Time32ms
	case logicalDecimal:
		c.decimals(l)
	case logicalInteger:
		switch {
		case l.bits == 8 && l.signed:
			c.dt, c.convert = arrow.PrimitiveTypes.Int8, narrow[int8]
		case l.bits == 8:
			c.dt, c.convert = arrow.PrimitiveTypes.Uint8, narrow[uint8]
		case l.bits == 16 && l.signed:
			c.dt, c.convert = arrow.PrimitiveTypes.Int16, narrow[int16]
		case l.bits == 16:
			c.dt, c.convert = arrow.PrimitiveTypes.Uint16, narrow[uint16]
		case !l.signed:
			c.dt = arrow.PrimitiveTypes.Uint32
		}
	}
}

func (c *parquetColumn) int64(l logicalType) {
	c.dt = arrow.PrimitiveTypes.Int64
	units := []arrow.TimeUnit{1: arrow.Millisecond, 2: arrow.Microsecond, 3: arrow.Nanosecond}
	switch l.id {
	case logicalTime, logicalTimestamp:
		switch {
		case l.id == logicalTime:
			c.dt = &arrow.Time64Type{Unit: units[l.unit]}
		case l.utc:
			c.dt = &arrow.TimestampType{Unit: units[l.unit], TimeZone: "UTC"}
		default:
			c.dt = &arrow.TimestampType{Unit: units[l.unit]}
		}
	case logicalDecimal:
		c.decimals(l)
	case logicalInteger:
		if !l.signed {
			c.dt = arrow.PrimitiveTypes.Uint64
		}
	}
}

func (c *parquetColumn) fixed(length int32, l logicalType) {
	c.in = int(length)
	switch {
	case length <= 0 || length > 1<<20:
		c.dt, c.err = arrow.BinaryTypes.Binary, fmt.Errorf("%w: values of %d bytes", ErrUnsupported, length)
	case l.id == logicalDecimal:
		c.decimals(l)
	case l.id == logicalFloat16 && length == 2:
		c.dt = arrow.FixedWidthTypes.Float16
	default:
		c.dt = &arrow.FixedSizeBinaryType{ByteWidth: int(length)}
	}
}

// decimals makes a column one of decimals: of 128 bits up to 38 digits, of 256 bits up
// to 76.
func (c *parquetColumn) decimals(l logicalType) {
	c.dt = arrow.BinaryTypes.Binary
	if l.precision < 1 || l.precision > 76 || l.scale < 0 || l.scale > l.precision {
		c.err = fmt.Errorf("%w: a decimal of %d digits, %d of them behind the point; at most 76 digits are read", ErrUnsupported, l.precision, l.scale)
		return
	}
	width := 16
	if l.precision <= 38 {
		c.dt = &arrow.Decimal128Type{Precision: l.precision, Scale: l.scale}
	} else {
		width, c.dt = 32, &arrow.Decimal256Type{Precision: l.precision, Scale: l.scale}
	}
	c.decimal = func(dst, src []byte) bool { return bigEndian(dst[:width], src) }
	in, little := c.in, c.physical != physFixed
	c.convert = func(dst, src []byte, n int) bool {
		for i := range n {
			to, from := dst[i*width:(i+1)*width], src[i*in:(i+1)*in]
			if little {
				littleEndian(to, from)
			} else if !bigEndian(to, from) {
				return false
			}
		}
		return true
	}
}

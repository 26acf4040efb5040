package source

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	flatbuffers "github.com/google/flatbuffers/go"
)

// The types of arrow's Schema.fbs, as the union Type numbers them.
const (
	ipcNull          = 1
	ipcInt           = 2
	ipcFloat         = 3
	ipcBinary        = 4
	ipcUtf8          = 5
	ipcBool          = 6
	ipcDecimal       = 7
	ipcDate          = 8
	ipcTime          = 9
	ipcTimestamp     = 10
	ipcInterval      = 11
	ipcList          = 12
	ipcStruct        = 13
	ipcUnion         = 14
	ipcFixedBinary   = 15
	ipcFixedList     = 16
	ipcMap           = 17
	ipcDuration      = 18
	ipcLargeBinary   = 19
	ipcLargeUtf8     = 20
	ipcLargeList     = 21
	ipcRunEnd        = 22
	ipcBinaryView    = 23
	ipcUtf8View      = 24
	ipcListView      = 25
	ipcLargeListView = 26
)

// layout is how the values of a column lie in its buffers.
type layout uint8

const (
	layoutNone  layout = iota // the column cannot be read
	layoutNull                // no buffers
	layoutBool                // a bit a value
	layoutFixed               // width bytes a value
	layoutText                // offsets of width bytes, and the bytes
	layoutView                // views, and buffers that they point into
)

// ipcType is a type that a file names.
type ipcType struct {
	how   layout
	width int            // bytes of a value or of an offset
	part  int            // bytes of a number within a value, for big-endian files
	typ   arrow.DataType // of the arrays that readers deliver
	what  string         // in words, as the file has it
}

// opaque is the type of a column that cannot be read. The string describes the type.
type opaque string

// opaqueID is the number of no type of arrow.
const opaqueID = arrow.Type(120)

// ID implements arrow.DataType.
func (opaque) ID() arrow.Type { return opaqueID }

// Name implements arrow.DataType.
func (o opaque) Name() string { return string(o) }

// String implements fmt.Stringer.
func (o opaque) String() string { return string(o) }

// Fingerprint implements arrow.DataType.
func (o opaque) Fingerprint() string { return string(o) }

// Layout implements arrow.DataType.
func (opaque) Layout() arrow.DataTypeLayout { return arrow.DataTypeLayout{} }

func fixed(dt arrow.FixedWidthDataType) ipcType {
	return ipcType{how: layoutFixed, width: dt.Bytes(), part: dt.Bytes(), typ: dt, what: dt.String()}
}

func textType(dt arrow.DataType, width int) ipcType {
	return ipcType{how: layoutText, width: width, part: width, typ: dt, what: dt.String()}
}

func noType(what string, children []*ipcField) ipcType {
	var parts []string
	for _, c := range children {
		parts = append(parts, c.says())
	}
	if parts != nil {
		what += "<" + strings.Join(parts, ", ") + ">"
	}
	return ipcType{how: layoutNone, typ: opaque(what), what: what}
}

var nestedNames = map[byte]string{
	ipcList: "list", ipcStruct: "struct", ipcUnion: "union", ipcFixedList: "fixed_size_list", ipcMap: "map", ipcLargeList: "large_list",
	ipcRunEnd: "run_end_encoded", ipcListView: "list_view", ipcLargeListView: "large_list_view",
}

// ipcTypeOf reads a type. One that is known but not read has layoutNone; one that
// contradicts the format is ErrCorrupt.
func ipcTypeOf(kind byte, def flatbuffers.Table, children []*ipcField) (ipcType, error) {
	if name, nested := nestedNames[kind]; nested {
		return noType(name, children), nil
	}
	if len(children) > 0 && kind <= ipcLargeListView {
		return ipcType{}, ErrCorrupt
	}
	switch kind {
	case 0:
		return ipcType{}, ErrCorrupt
	case ipcNull:
		return ipcType{how: layoutNull, typ: arrow.Null, what: "null"}, nil
	case ipcBool:
		return ipcType{how: layoutBool, typ: arrow.FixedWidthTypes.Boolean, what: "bool"}, nil
	case ipcInt:
		return intType(def)
	case ipcFloat:
		return pick(int(fbInt16(def, 4, 0)), arrow.FixedWidthTypes.Float16, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64)
	case ipcBinary:
		return textType(arrow.BinaryTypes.Binary, 4), nil
	case ipcUtf8:
		return textType(arrow.BinaryTypes.String, 4), nil
	case ipcLargeBinary:
		return textType(arrow.BinaryTypes.LargeBinary, 8), nil
	case ipcLargeUtf8:
		return textType(arrow.BinaryTypes.LargeString, 8), nil
	case ipcBinaryView:
		return ipcType{how: layoutView, width: viewSize, typ: arrow.BinaryTypes.Binary, what: "binary_view"}, nil
	case ipcUtf8View:
		return ipcType{how: layoutView, width: viewSize, typ: arrow.BinaryTypes.String, what: "string_view"}, nil
	case ipcFixedBinary:
		w := int(fbInt32(def, 4, 0))
		if w < 0 {
			return ipcType{}, ErrCorrupt
		}
		if w == 0 {
			return noType("fixed_size_binary[0]", nil), nil
		}
		t := fixed(&arrow.FixedSizeBinaryType{ByteWidth: w})
		t.part = 1
		return t, nil
	case ipcDecimal:
		return decimalType(def)
	case ipcDate:
		return pick(int(fbInt16(def, 4, 1)), arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64)
	case ipcTime:
		return timeType(def)
	case ipcTimestamp:
		unit, err := timeUnit(fbInt16(def, 4, 0))
		return fixed(&arrow.TimestampType{Unit: unit, TimeZone: fbString(def, 6)}), err
	case ipcDuration:
		unit, err := timeUnit(fbInt16(def, 4, 1))
		return fixed(&arrow.DurationType{Unit: unit}), err
	case ipcInterval:
		t, err := pick(int(fbInt16(def, 4, 0)),
			arrow.FixedWidthTypes.MonthInterval, arrow.FixedWidthTypes.DayTimeInterval, arrow.FixedWidthTypes.MonthDayNanoInterval)
		if t.width == 8 {
			t.part = 4 // days and milliseconds
		}
		return t, err
	}
	return noType(fmt.Sprintf("number %d of a later version of the format", kind), nil), nil
}

func pick(i int, of ...arrow.DataType) (ipcType, error) {
	if i < 0 || i >= len(of) {
		return ipcType{}, ErrCorrupt
	}
	return fixed(of[i].(arrow.FixedWidthDataType)), nil
}

func intType(def flatbuffers.Table) (ipcType, error) {
	p := &arrow.PrimitiveTypes
	of := []arrow.DataType{p.Uint8, p.Uint16, p.Uint32, p.Uint64}
	if fbByte(def, 6) != 0 {
		of = []arrow.DataType{p.Int8, p.Int16, p.Int32, p.Int64}
	}
	switch fbInt32(def, 4, 0) {
	case 8:
		return pick(0, of...)
	case 16:
		return pick(1, of...)
	case 32:
		return pick(2, of...)
	case 64:
		return pick(3, of...)
	}
	return ipcType{}, ErrCorrupt
}

// indexTypeOf reads the type of a dictionary's indices: 32 bits with a sign where
// the file does not say.
func indexTypeOf(d flatbuffers.Table) (ipcType, error) {
	if def, ok := fbTable(d, dictionaryIndex); ok {
		return intType(def)
	}
	return pick(0, arrow.PrimitiveTypes.Int32)
}

// decimalType reads a decimal type. Decimals of 32 and 64 bits become decimals of 128
// bits.
func decimalType(def flatbuffers.Table) (ipcType, error) {
	precision, scale, bits := fbInt32(def, 4, 0), fbInt32(def, 6, 0), fbInt32(def, 8, 128)
	most, ok := map[int32]int32{32: 9, 64: 18, 128: 38, 256: 76}[bits]
	if !ok || precision < 1 || precision > most {
		return ipcType{}, ErrCorrupt
	}
	if bits == 256 {
		return fixed(&arrow.Decimal256Type{Precision: precision, Scale: scale}), nil
	}
	t := fixed(&arrow.Decimal128Type{Precision: precision, Scale: scale})
	t.width, t.part = int(bits/8), int(bits/8)
	t.what = fmt.Sprintf("decimal%d(%d, %d)", bits, precision, scale)
	return t, nil
}

func timeType(def flatbuffers.Table) (ipcType, error) {
	unit, err := timeUnit(fbInt16(def, 4, 1))
	if err != nil {
		return ipcType{}, err
	}
	bits := fbInt32(def, 6, 32)
	switch {
	case bits == 32 && (unit == arrow.Second || unit == arrow.Millisecond):
		return fixed(&arrow.Time32Type{Unit: unit}), nil
	case bits == 64 && (unit == arrow.Microsecond || unit == arrow.Nanosecond):
		return fixed(&arrow.Time64Type{Unit: unit}), nil
	}
	return ipcType{}, ErrCorrupt
}

func timeUnit(u int16) (arrow.TimeUnit, error) {
	units := []arrow.TimeUnit{arrow.Second, arrow.Millisecond, arrow.Microsecond, arrow.Nanosecond}
	if u < 0 || int(u) >= len(units) {
		return 0, ErrCorrupt
	}
	return units[u], nil
}

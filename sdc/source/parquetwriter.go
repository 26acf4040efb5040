package source

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	parquetfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// parquetWriter writes flat columns. It does not use the writer of arrow for arrays,
// which gives a zone to times without a zone, and removes the zone of times with a zone
// other than UTC.
type parquetWriter struct {
	w      *parquetfile.Writer
	fields []arrow.Field
	most   int64 // rows of a row group
	group  parquetfile.BufferedRowGroupWriter
	rows   int64 // of it
}

func newParquetWriter(w *Writer, fields *arrow.Schema, opts WriterOptions) (*parquetWriter, error) {
	var nodes schema.FieldList
	for _, f := range fields.Fields() {
		n, err := parquetNode(f)
		if err != nil {
			return nil, &FileError{Column: f.Name, Err: err}
		}
		nodes = append(nodes, n)
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Repeated, nodes, -1)
	if err != nil {
		return nil, err
	}
	props := parquet.NewWriterProperties(
		parquet.WithAllocator(opts.Allocator), parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithDictionaryDefault(true), parquet.WithMaxRowGroupLength(opts.RowGroup))
	// The Arrow schema, as other programs look for it: zones and wide texts.
	var b bytes.Buffer
	s := ipc.NewWriter(&b, ipc.WithSchema(fields), ipc.WithAllocator(opts.Allocator))
	if err := s.Close(); err != nil {
		return nil, err
	}
	meta := metadata.NewKeyValueMetadata()
	for i, key := range fields.Metadata().Keys() {
		if err := meta.Append(key, fields.Metadata().Values()[i]); err != nil {
			return nil, err
		}
	}
	if err := meta.Append("ARROW:schema", base64.StdEncoding.EncodeToString(b.Bytes())); err != nil {
		return nil, err
	}
	return &parquetWriter{
		w:      parquetfile.NewParquetWriter(nopCloser{w.buf}, root, parquetfile.WithWriterProps(props), parquetfile.WithWriteMetadata(meta)),
		fields: fields.Fields(), most: opts.RowGroup,
	}, nil
}

// write appends a record; all row groups but the last are full.
func (p *parquetWriter) write(rec arrow.Record) error {
	for at := int64(0); at < rec.NumRows(); {
		if p.group == nil {
			p.group, p.rows = p.w.AppendBufferedRowGroup(), 0
		}
		n := min(p.most-p.rows, rec.NumRows()-at)
		for i, arr := range rec.Columns() {
			part := array.NewSlice(arr, at, at+n)
			w, err := p.group.Column(i)
			if err == nil {
				err = writeChunk(w, part, p.fields[i].Nullable)
			}
			part.Release()
			if err != nil {
				return &FileError{Column: p.fields[i].Name, Err: err}
			}
		}
		at += n
		if p.rows += n; p.rows == p.most {
			if err := p.endGroup(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parquetWriter) endGroup() error {
	if p.group == nil {
		return nil
	}
	g := p.group
	p.group = nil
	return g.Close()
}

func (p *parquetWriter) close() error {
	if err := p.endGroup(); err != nil {
		return err
	}
	return p.w.Close()
}

// parquetNode is the Parquet type of a column.
func parquetNode(f arrow.Field) (schema.Node, error) {
	var logical schema.LogicalType = schema.NoLogicalType{}
	var physical parquet.Type
	length := -1
	integer := func(bits int8, signed bool) {
		physical, logical = parquet.Types.Int32, schema.NewIntLogicalType(bits, signed)
		if bits == 64 {
			physical = parquet.Types.Int64
		}
	}
	switch dt := storage(f.Type).(type) {
	case *arrow.NullType:
		physical, logical = parquet.Types.Int32, schema.NullLogicalType{}
		f.Nullable = true
	case *arrow.BooleanType:
		physical = parquet.Types.Boolean
	case *arrow.Int8Type:
		integer(8, true)
	case *arrow.Int16Type:
		integer(16, true)
	case *arrow.Int32Type:
		integer(32, true)
	case *arrow.Int64Type:
		integer(64, true)
	case *arrow.Uint8Type:
		integer(8, false)
	case *arrow.Uint16Type:
		integer(16, false)
	case *arrow.Uint32Type:
		integer(32, false)
	case *arrow.Uint64Type:
		integer(64, false)
	case *arrow.Float32Type:
		physical = parquet.Types.Float
	case *arrow.Float64Type:
		physical = parquet.Types.Double
	case *arrow.Float16Type:
		physical, logical, length = parquet.Types.FixedLenByteArray, schema.Float16LogicalType{}, 2
	case *arrow.StringType, *arrow.LargeStringType:
		physical, logical = parquet.Types.ByteArray, schema.StringLogicalType{}
	case *arrow.BinaryType, *arrow.LargeBinaryType:
		physical = parquet.Types.ByteArray
	case *arrow.FixedSizeBinaryType:
		physical, length = parquet.Types.FixedLenByteArray, dt.ByteWidth
	case arrow.DecimalType:
		physical = parquet.Types.FixedLenByteArray
		if dt.GetScale() < 0 {
			return nil, fmt.Errorf("%w: a decimal of negative scale in Parquet", ErrUnsupported)
		}
		length = decimalBytes(dt.GetPrecision())
		logical = schema.NewDecimalLogicalType(dt.GetPrecision(), dt.GetScale())
	case *arrow.Date32Type, *arrow.Date64Type:
		physical, logical = parquet.Types.Int32, schema.DateLogicalType{}
	case *arrow.Time32Type:
		physical, logical = parquet.Types.Int32, schema.NewTimeLogicalType(false, schema.TimeUnitMillis)
	case *arrow.Time64Type:
		physical, logical = parquet.Types.Int64, schema.NewTimeLogicalType(false, storedUnit(dt.Unit))
	case *arrow.TimestampType:
		physical, logical = parquet.Types.Int64, schema.NewTimestampLogicalTypeForce(dt.TimeZone != "", storedUnit(dt.Unit))
		if dt.TimeZone == "" {
			// The older types of times, which this forces, would say that it has a zone.
			logical = schema.NewTimestampLogicalType(false, storedUnit(dt.Unit))
		}
	default:
		return nil, fmt.Errorf("%w: type %v in Parquet; write .arrow, or leave the column out", ErrUnsupported, f.Type)
	}
	repetition := parquet.Repetitions.Required
	if f.Nullable {
		repetition = parquet.Repetitions.Optional
	}
	return schema.NewPrimitiveNodeLogical(f.Name, repetition, logical, physical, length, -1)
}

func storage(dt arrow.DataType) arrow.DataType {
	if e, ok := dt.(arrow.ExtensionType); ok {
		return storage(e.StorageType())
	}
	return dt
}

// storedUnit is the unit in Parquet; it has no seconds, which become milliseconds.
func storedUnit(u arrow.TimeUnit) schema.TimeUnitType {
	switch u {
	case arrow.Microsecond:
		return schema.TimeUnitMicros
	case arrow.Nanosecond:
		return schema.TimeUnitNanos
	}
	return schema.TimeUnitMillis
}

// decimalBytes is the least number of bytes that hold all decimals of a precision.
func decimalBytes(precision int32) int {
	return int(math.Ceil((float64(precision)*math.Log2(10) + 1) / 8))
}

// errNullHere says that a column that may have no null has one.
var errNullHere = fmt.Errorf("%w: a null in a column that is declared to have none", ErrValue)

// writeChunk appends an array to a column chunk.
func writeChunk(w parquetfile.ColumnChunkWriter, arr arrow.Array, nullable bool) error {
	if e, ok := arr.(array.ExtensionArray); ok {
		return writeChunk(w, e.Storage(), nullable)
	}
	null := arr.DataType().ID() == arrow.NULL
	nullable = nullable || null
	if arr.NullN() > 0 && !nullable {
		return errNullHere
	}
	var levels []int16
	if nullable {
		levels = make([]int16, arr.Len())
		for i := range levels {
			if !null && arr.IsValid(i) {
				levels[i] = 1
			}
		}
	}
	var err error
	switch w := w.(type) {
	case *parquetfile.BooleanColumnChunkWriter:
		_, err = w.WriteBatch(valuesOf(arr, levels, arr.(*array.Boolean).Value), levels, nil)
	case *parquetfile.Int32ColumnChunkWriter:
		var get func(int) (int32, bool)
		if get, err = int32s(arr); err == nil {
			err = writeChecked(arr, levels, get, w.WriteBatch)
		}
	case *parquetfile.Int64ColumnChunkWriter:
		var get func(int) (int64, bool)
		if get, err = int64s(arr); err == nil {
			err = writeChecked(arr, levels, get, w.WriteBatch)
		}
	case *parquetfile.Float32ColumnChunkWriter:
		_, err = w.WriteBatch(valuesOf(arr, levels, arr.(*array.Float32).Value), levels, nil)
	case *parquetfile.Float64ColumnChunkWriter:
		_, err = w.WriteBatch(valuesOf(arr, levels, arr.(*array.Float64).Value), levels, nil)
	case *parquetfile.ByteArrayColumnChunkWriter:
		_, err = w.WriteBatch(valuesOf(arr, levels, byteArrays(arr)), levels, nil)
	case *parquetfile.FixedLenByteArrayColumnChunkWriter:
		err = writeChecked(arr, levels, fixedArrays(arr), w.WriteBatch)
	default:
		err = ErrUnsupported
	}
	return err
}

// valuesOf lists the values that are not null.
func valuesOf[T any](arr arrow.Array, levels []int16, value func(int) T) []T {
	out := make([]T, 0, arr.Len())
	for i := range arr.Len() {
		if levels == nil || levels[i] == 1 {
			out = append(out, value(i))
		}
	}
	return out
}

// writeChecked writes values, some of which may not fit the type in Parquet.
func writeChecked[T any](arr arrow.Array, levels []int16, get func(int) (T, bool), write func([]T, []int16, []int16) (int64, error)) error {
	all := true
	values := valuesOf(arr, levels, func(i int) T {
		v, ok := get(i)
		all = all && ok
		return v
	})
	if !all {
		return fmt.Errorf("%w: a value that Parquet has no form for in this type", ErrValue)
	}
	_, err := write(values, levels, nil)
	return err
}

func always[T, U any](value func(int) T, as func(T) U) func(int) (U, bool) {
	return func(i int) (U, bool) { return as(value(i)), true }
}

func int32s(arr arrow.Array) (func(int) (int32, bool), error) {
	switch a := arr.(type) {
	case *array.Null:
		return func(int) (int32, bool) { return 0, false }, nil
	case *array.Int8:
		return always(a.Value, func(v int8) int32 { return int32(v) }), nil
	case *array.Int16:
		return always(a.Value, func(v int16) int32 { return int32(v) }), nil
	case *array.Int32:
		return always(a.Value, func(v int32) int32 { return v }), nil
	case *array.Uint8:
		return always(a.Value, func(v uint8) int32 { return int32(v) }), nil
	case *array.Uint16:
		return always(a.Value, func(v uint16) int32 { return int32(v) }), nil
	case *array.Uint32:
		return always(a.Value, func(v uint32) int32 { return int32(v) }), nil
	case *array.Date32:
		return always(a.Value, func(v arrow.Date32) int32 { return int32(v) }), nil
	case *array.Date64:
		const day = 86_400_000
		return func(i int) (int32, bool) {
			v := int64(a.Value(i))
			return int32(v / day), v%day == 0 && int64(int32(v/day)) == v/day
		}, nil
	case *array.Time32:
		factor := int64(1)
		if a.DataType().(*arrow.Time32Type).Unit == arrow.Second {
			factor = 1000
		}
		return func(i int) (int32, bool) {
			v := int64(a.Value(i)) * factor
			return int32(v), int64(int32(v)) == v
		}, nil
	}
	return nil, ErrUnsupported
}

func int64s(arr arrow.Array) (func(int) (int64, bool), error) {
	switch a := arr.(type) {
	case *array.Int64:
		return always(a.Value, func(v int64) int64 { return v }), nil
	case *array.Uint64:
		return always(a.Value, func(v uint64) int64 { return int64(v) }), nil
	case *array.Time64:
		return always(a.Value, func(v arrow.Time64) int64 { return int64(v) }), nil
	case *array.Timestamp:
		if a.DataType().(*arrow.TimestampType).Unit != arrow.Second {
			return always(a.Value, func(v arrow.Timestamp) int64 { return int64(v) }), nil
		}
		return func(i int) (int64, bool) {
			v := int64(a.Value(i))
			return v * 1000, v*1000/1000 == v
		}, nil
	}
	return nil, ErrUnsupported
}

func byteArrays(arr arrow.Array) func(int) parquet.ByteArray {
	switch a := arr.(type) {
	case *array.String:
		return func(i int) parquet.ByteArray { return []byte(a.Value(i)) }
	case *array.LargeString:
		return func(i int) parquet.ByteArray { return []byte(a.Value(i)) }
	case *array.Binary:
		return func(i int) parquet.ByteArray { return a.Value(i) }
	}
	return func(i int) parquet.ByteArray { return arr.(*array.LargeBinary).Value(i) }
}

func fixedArrays(arr arrow.Array) func(int) (parquet.FixedLenByteArray, bool) {
	switch a := arr.(type) {
	case *array.Float16:
		return func(i int) (parquet.FixedLenByteArray, bool) {
			return binary.LittleEndian.AppendUint16(nil, a.Value(i).Uint16()), true
		}
	case *array.FixedSizeBinary:
		return func(i int) (parquet.FixedLenByteArray, bool) { return a.Value(i), true }
	}
	// Decimals: big endian, in as many bytes as their precision needs.
	width := decimalBytes(arr.DataType().(arrow.DecimalType).GetPrecision())
	raw, in := arr.Data().Buffers()[1].Bytes(), arr.DataType().(arrow.FixedWidthDataType).Bytes()
	from := arr.Data().Offset()
	return func(i int) (parquet.FixedLenByteArray, bool) {
		v := raw[(from+i)*in:][:in]
		b := slices.Clone(v[:width])
		slices.Reverse(b)
		sign := byte(int8(b[0]) >> 7)
		return b, !slices.ContainsFunc(v[width:], func(x byte) bool { return x != sign })
	}
}

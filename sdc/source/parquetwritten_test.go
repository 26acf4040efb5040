package source

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// writtenTypes are the types that are written, each with values as text by a number below 1000.
var writtenTypes = []struct {
	dt   arrow.DataType
	text func(n int) string
}{
	{arrow.FixedWidthTypes.Boolean, func(n int) string { return fmt.Sprint(n%2 == 0) }},
	{arrow.PrimitiveTypes.Int8, func(n int) string { return fmt.Sprint(n%256 - 128) }},
	{arrow.PrimitiveTypes.Int16, func(n int) string { return fmt.Sprint(n - 500) }},
	{arrow.PrimitiveTypes.Int32, func(n int) string { return fmt.Sprint(n * -2_000_000) }},
	{arrow.PrimitiveTypes.Int64, func(n int) string { return fmt.Sprint(int64(n) * -9_000_000_000_000_000) }},
	{arrow.PrimitiveTypes.Uint8, func(n int) string { return fmt.Sprint(n % 256) }},
	{arrow.PrimitiveTypes.Uint16, func(n int) string { return fmt.Sprint(n * 65) }},
	{arrow.PrimitiveTypes.Uint32, func(n int) string { return fmt.Sprint(uint32(n) * 4_294_967) }},
	{arrow.PrimitiveTypes.Uint64, func(n int) string { return fmt.Sprint(uint64(n) * 18_400_000_000_000_000) }},
	{arrow.FixedWidthTypes.Float16, func(n int) string { return fmt.Sprint(float64(n) / 4) }},
	{arrow.PrimitiveTypes.Float32, func(n int) string { return fmt.Sprint(float64(n) / 8) }},
	{arrow.PrimitiveTypes.Float64, func(n int) string { return fmt.Sprint(float64(n) / 7) }},
	{arrow.BinaryTypes.String, func(n int) string { return fmt.Sprint("té", n) }},
	{arrow.BinaryTypes.LargeString, func(n int) string { return fmt.Sprint("large ", n) }},
	{arrow.BinaryTypes.Binary, func(n int) string { return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "\xff%d", n)) }},
	{arrow.BinaryTypes.LargeBinary, func(n int) string { return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d\xfe", n)) }},
	{&arrow.FixedSizeBinaryType{ByteWidth: 3}, func(n int) string { return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%3d", n)) }},
	{&arrow.Decimal128Type{Precision: 5, Scale: 2}, func(n int) string { return fmt.Sprintf("-%d.25", n%999) }},
	{&arrow.Decimal128Type{Precision: 18, Scale: 0}, func(n int) string { return fmt.Sprintf("%d00000000000000", n) }},
	{&arrow.Decimal128Type{Precision: 38, Scale: 10}, func(n int) string { return fmt.Sprintf("-%d000000000000000000000000.0000000001", n) }},
	{&arrow.Decimal256Type{Precision: 60, Scale: 3}, func(n int) string { return fmt.Sprintf("%d0000000000000000000000000000000000000000000000000.125", n) }},
	{arrow.FixedWidthTypes.Date32, func(n int) string { return fmt.Sprintf("%d-02-28", 1600+n) }},
	{arrow.FixedWidthTypes.Date64, func(n int) string { return fmt.Sprintf("%d-02-28", 1600+n) }},
	{arrow.FixedWidthTypes.Time32s, clock}, {arrow.FixedWidthTypes.Time32ms, clock},
	{arrow.FixedWidthTypes.Time64us, clock}, {arrow.FixedWidthTypes.Time64ns, clock},
	{&arrow.TimestampType{Unit: arrow.Second}, moment}, {&arrow.TimestampType{Unit: arrow.Second, TimeZone: "Asia/Tokyo"}, moment},
	{&arrow.TimestampType{Unit: arrow.Millisecond}, moment}, {&arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}, moment},
	{&arrow.TimestampType{Unit: arrow.Microsecond}, moment}, {&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/Amsterdam"}, moment},
	{&arrow.TimestampType{Unit: arrow.Nanosecond}, moment}, {&arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}, moment},
}

func clock(n int) string { return fmt.Sprintf("%02d:%02d:%02d", n%24, n%60, n/17) }

func moment(n int) string { return fmt.Sprintf("%d-12-31 23:%02d:59", 1700+n%500, n%60) }

// writtenRecord has a column of each type, with nulls and without, of few values and of
// many.
func writtenRecord(t *testing.T, rng *rand.Rand, rows int) arrow.Record {
	t.Helper()
	var fields []arrow.Field
	for i, w := range writtenTypes {
		for _, nullable := range []bool{false, true} {
			fields = append(fields, arrow.Field{Name: fmt.Sprintf("%d %v %t", i, w.dt, nullable), Type: w.dt, Nullable: nullable})
		}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for c, f := range fields {
		most := []int{3, 1000}[rng.IntN(2)]
		for range rows {
			if f.Nullable && rng.IntN(3) == 0 {
				b.Field(c).AppendNull()
			} else if err := b.Field(c).AppendValueFromString(writtenTypes[c/2].text(rng.IntN(most))); err != nil {
				t.Fatalf("%v: %v", f, err)
			}
		}
	}
	return b.NewRecord()
}

// writeArrow writes a record as pqarrow does, with its Arrow schema or without it.
func writeArrow(t *testing.T, path string, rec arrow.Record, group int64, stored bool) {
	t.Helper()
	var opts []pqarrow.WriterOption
	if stored {
		opts = append(opts, pqarrow.WithStoreSchema())
	}
	table := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
	defer table.Release()
	var b bytes.Buffer
	props := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy), parquet.WithDictionaryDefault(true), parquet.WithMaxRowGroupLength(group))
	if err := pqarrow.WriteTable(table, &b, group, props, pqarrow.NewArrowWriterProperties(opts...)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

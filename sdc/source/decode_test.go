package source

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// pack writes values as Parquet's hybrid: bit by bit, in runs of random kinds.
func pack(rng *rand.Rand, values []uint32, width int) []byte {
	var out []byte
	varint := func(v int) {
		for ; v >= 0x80; v >>= 7 {
			out = append(out, byte(v)|0x80)
		}
		out = append(out, byte(v))
	}
	for len(values) > 0 {
		same := 1
		for same < len(values) && values[same] == values[0] {
			same++
		}
		if same >= 8 || len(values) < 8 || rng.IntN(4) == 0 {
			varint(same << 1)
			for i := range (width + 7) / 8 {
				out = append(out, byte(values[0]>>(8*i)))
			}
			values = values[same:]
			continue
		}
		groups := 1 + rng.IntN(len(values)/8)
		varint(groups<<1 | 1)
		bits := make([]byte, groups*width)
		for i, v := range values[:groups*8] {
			for k := range width {
				bits[(i*width+k)/8] |= byte(v>>k&1) << ((i*width + k) % 8)
			}
		}
		out = append(out, bits...)
		values = values[groups*8:]
	}
	return out
}

// TestHybrid reads back the bits of a plain writer, in pieces of any size.
func TestHybrid(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for width := range 33 {
		for range 20 {
			want := make([]uint32, 1+rng.IntN(300))
			for i := range want {
				if i == 0 || rng.IntN(3) > 0 {
					want[i] = uint32(rng.Uint64() & (1<<width - 1))
				} else {
					want[i] = want[i-1]
				}
			}
			b := pack(rng, want, width)
			h, err := newHybrid(append(b, make([]byte, padding)...), 0, len(b), width)
			if err != nil {
				t.Fatal(err)
			}
			got := make([]uint32, len(want))
			for at := 0; at < len(got); {
				n := min(1+rng.IntN(40), len(got)-at)
				if err := readHybrid(&h, got[at:at+n]); err != nil {
					t.Fatalf("width %d: %v", width, err)
				}
				at += n
			}
			if !slices.Equal(got, want) {
				t.Fatalf("width %d: read %v, wrote %v", width, got, want)
			}
		}
	}
}

// TestPagesOfNulls: a page of nulls alone needs no values, in no encoding.
func TestPagesOfNulls(t *testing.T) {
	for _, encoding := range []int32{plainValues, plainDictionary, rleLevels, deltaBinary, deltaLength, deltaBytes, rleDictionary, byteStreamSplit} {
		for _, tc := range []struct {
			name string
			of   func(p *chunkPages, m *memories) columnReader
		}{
			{"int64", func(p *chunkPages, m *memories) columnReader {
				return newFixedColumn(p, &parquetColumn{in: 8, physical: physInt64, dt: arrow.PrimitiveTypes.Int64}, m)
			}},
			{"bool", func(p *chunkPages, m *memories) columnReader { return &boolColumn{pages: p, m: m} }},
			{"text", func(p *chunkPages, m *memories) columnReader {
				return &bytesColumn{values: byteValues{pages: p}, dt: arrow.BinaryTypes.String, m: m}
			}},
		} {
			levels, err := newHybrid(append([]byte{4 << 1, 0}, make([]byte, padding)...), 0, 2, 1)
			if err != nil {
				t.Fatal(err)
			}
			p := &chunkPages{spare: &recycler{}, nullable: true, levels: levels, encoding: encoding, number: 1, values: 4, left: 4, page: make([]byte, padding)}
			var m memories
			m.renew(memory.DefaultAllocator, 1<<20, p.spare)
			arr, err := tc.of(p, &m).next(4)
			if err != nil || arr.Len() != 4 || arr.NullN() != 4 {
				t.Errorf("%s, encoding %s: %v, %v", tc.name, nameOf(encodingNames, encoding), arr, err)
			}
		}
	}
}

// TestHybridStops: behind a damaged run nothing is read, however often one asks. The
// levels of a page are asked twice: whether all are 1, and which are.
func TestHybridStops(t *testing.T) {
	for _, tc := range []struct {
		name string
		run  []byte
	}{
		{"more groups than there are", []byte{9, 255}},
		{"too many groups", []byte{255, 255, 255, 255, 255, 1, 255}},
		{"a value wider than said", []byte{16, 2, 16, 1}},
		{"a count without an end", []byte{255}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			// Behind the levels of a page lie its values.
			b := append(slices.Clone(tc.run), 255, 255, 255, 255, 255, 255, 255, 255, 255, 255)
			h, err := newHybrid(b, 0, len(tc.run), 1)
			if err != nil {
				t.Fatal(err)
			}
			p := &chunkPages{nullable: true, levels: h, spare: &recycler{}}
			if levels, n, err := p.valid(8); err != ErrCorrupt {
				t.Errorf("%s: levels %v, %d values, %v", tc.name, levels, n, err)
			}
		})
	}
}

// TestHybridRefuses: too few values, values wider than said, and runs that go
// beyond the end.
func TestHybridRefuses(t *testing.T) {
	for _, tc := range []struct {
		name  string
		b     []byte
		width int
	}{
		{"empty", nil, 1},
		{"a run without its value", []byte{16}, 8},
		{"a value wider than said", []byte{16, 2}, 1},
		{"too few values", []byte{6, 1}, 1},
		{"a packed run that is cut off", []byte{3}, 4},
		{"a packed run of more groups than there are", []byte{9, 255, 255}, 1},
		{"a count without an end", []byte{255, 255}, 4},
		{"too many groups", []byte{255, 255, 255, 255, 255, 1}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, err := newHybrid(append(tc.b, make([]byte, padding)...), 0, len(tc.b), tc.width)
			if err != nil {
				t.Fatal(err)
			}
			if err := readHybrid(&h, make([]uint16, 8)); err != ErrCorrupt {
				t.Errorf("%s: %v", tc.name, err)
			}
		})
	}
	for _, tc := range []struct {
		name  string
		b     []byte
		width int
	}{
		{"a run of 300", []byte{16, 44, 1}, 9},
		{"300 among packed values", append([]byte{3, 1, 0, 44, 1}, make([]byte, 12)...), 16},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, err := newHybrid(append(tc.b, make([]byte, padding)...), 0, len(tc.b), tc.width)
			if err != nil {
				t.Fatal(err)
			}
			narrow := h
			if err := readHybrid(&narrow, make([]uint8, 8)); err != ErrCorrupt {
				t.Errorf("%s, in a byte: %v", tc.name, err)
			}
			if err := readHybrid(&h, make([]uint16, 8)); err != nil {
				t.Errorf("%s, in two bytes: %v", tc.name, err)
			}
		})
	}
	if _, err := newHybrid(make([]byte, 16), 0, 8, 33); err != ErrCorrupt {
		t.Errorf("33 bits: %v", err)
	}
}

// randomRecord has a column of every kind that is decoded here.
func randomRecord(rng *rand.Rand, rows, entries int, nulls bool) arrow.Record {
	stamp := arrow.FixedWidthTypes.Timestamp_us
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "few", Type: arrow.BinaryTypes.String, Nullable: nulls},
		{Name: "many", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "i32", Type: arrow.PrimitiveTypes.Int32, Nullable: nulls},
		{Name: "i64", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "f32", Type: arrow.PrimitiveTypes.Float32, Nullable: nulls},
		{Name: "f64", Type: arrow.PrimitiveTypes.Float64, Nullable: nulls},
		{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: nulls},
		{Name: "when", Type: stamp, Nullable: nulls},
		{Name: "ok", Type: arrow.FixedWidthTypes.Boolean, Nullable: nulls},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	run := make([]int, schema.NumFields()) // nulls come in runs, too
	for range rows {
		for c := range schema.Fields() {
			if run[c] == 0 && rng.IntN(20) == 0 {
				run[c] = rng.IntN(100)
			}
			if run[c] > 0 {
				run[c]--
			}
			if schema.Field(c).Nullable && (run[c] > 0 || rng.IntN(5) == 0) {
				b.Field(c).AppendNull()
				continue
			}
			few, v := rng.IntN(entries), rng.Int64()
			if run[c] > 0 {
				few, v = 0, 7
			}
			switch f := b.Field(c).(type) {
			case *array.StringBuilder:
				if c == 0 {
					f.Append(strings.Repeat("x", few%7) + fmt.Sprint(few))
				} else {
					f.Append(fmt.Sprint(v))
				}
			case *array.Int32Builder:
				f.Append(int32(few))
			case *array.Int64Builder:
				f.Append(v)
			case *array.Float32Builder:
				f.Append(float32(few) / 8)
			case *array.Float64Builder:
				f.Append(float64(v) / 8)
			case *array.Date32Builder:
				f.Append(arrow.Date32(few))
			case *array.TimestampBuilder:
				f.Append(arrow.Timestamp(v))
			case *array.BooleanBuilder:
				f.Append(few%2 == 0)
			}
		}
	}
	return b.NewRecord()
}

// TestDecodersAgree reads files of every kind of page, null, codec and size with the
// decoders of this package and of arrow.
func TestDecodersAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	path := filepath.Join(t.TempDir(), "x.parquet")
	codecs := []compress.Compression{
		compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Gzip, compress.Codecs.Zstd, compress.Codecs.Brotli,
	}
	for i := range 40 {
		rows := 1 + rng.IntN(3000)
		entries := []int{1, 2, 3, 40, 256, 257, 1000}[rng.IntN(7)]
		props := []parquet.WriterProperty{
			parquet.WithCompression(codecs[i%len(codecs)]), parquet.WithMaxRowGroupLength(int64(1 + rng.IntN(2000))),
			parquet.WithDataPageSize(int64(50 + rng.IntN(5000))), parquet.WithDictionaryPageSizeLimit(int64(200 + rng.IntN(20_000))),
			parquet.WithBatchSize(int64(1 + rng.IntN(500))), parquet.WithDictionaryDefault(rng.IntN(4) > 0),
		}
		if rng.IntN(2) == 0 {
			props = append(props, parquet.WithDataPageVersion(parquet.DataPageV2))
		}
		rec := randomRecord(rng, rows, entries, rng.IntN(3) > 0)
		want := writeWith(t, path, rec, props)
		batch := 1 + rng.IntN(1500)
		for _, recycled := range []bool{false, true} {
			got := readHere(t, path, batch, recycled)
			for c := range want {
				if !slices.Equal(got[c], want[c]) {
					t.Fatalf("file %d, column %q differs, memory recycled %t", i, rec.ColumnName(c), recycled)
				}
			}
		}
		rec.Release()
	}
}

// writeWith writes a record with arrow and returns its columns as text.
func writeWith(t *testing.T, path string, rec arrow.Record, props []parquet.WriterProperty) [][]string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	table := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
	defer table.Release()
	if err := pqarrow.WriteTable(table, f, rec.NumRows(), parquet.NewWriterProperties(props...), pqarrow.DefaultWriterProps()); err != nil {
		t.Fatal(err)
	}
	out := make([][]string, rec.NumCols())
	for c, arr := range rec.Columns() {
		for i := range arr.Len() {
			out[c] = append(out[c], arr.ValueStr(i))
		}
	}
	return out
}

// readHere reads a file with this package. It checks that no memory stays allocated, or
// overwrites free memory and uses it again.
func readHere(t *testing.T, path string, batch int, recycled bool) [][]string {
	t.Helper()
	ctx := context.Background()
	opts := Options{BatchRows: batch}
	if !recycled {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(t, 0)
		opts.Allocator = mem
	}
	s, err := Open(ctx, []string{path}, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.opts.spare.strict = recycled
	r, err := s.Reader(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	out := make([][]string, s.Schema().NumFields())
	for r.Next() {
		for c, arr := range r.Record().Columns() {
			if err := validate(arr); err != nil {
				t.Fatal(err)
			}
			for i := range arr.Len() {
				out[c] = append(out[c], arr.ValueStr(i))
			}
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return out
}

package records

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// localColumns are keys of several types and a column that is none.
var localColumns = []arrow.Field{
	{Name: "town", Type: arrow.BinaryTypes.String},
	{Name: "age", Type: arrow.PrimitiveTypes.Int16, Nullable: true},
	{Name: "job", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}},
	{Name: "born", Type: arrow.FixedWidthTypes.Date32, Metadata: arrow.NewMetadata([]string{"most"}, []string{"secret"})},
	{Name: "income", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
}

// localRecords makes records in chunks. One record is alone in every key.
func localRecords(mem memory.Allocator, rng *rand.Rand, chunks int) arrow.Table {
	meta := arrow.NewMetadata([]string{"note"}, []string{"Rare-town"})
	schema := arrow.NewSchema(localColumns, &meta)
	var records []arrow.Record
	for c := range chunks {
		b := array.NewRecordBuilder(mem, schema)
		for range 20 {
			b.Field(0).(*array.StringBuilder).Append(fmt.Sprint("t", rng.IntN(3)))
			if rng.IntN(15) == 0 {
				b.Field(1).AppendNull()
			} else {
				b.Field(1).(*array.Int16Builder).Append(int16(20 + rng.IntN(4)))
			}
			b.Field(2).(*array.BinaryDictionaryBuilder).AppendString(fmt.Sprint("j", rng.IntN(2))) //nolint:errcheck // as typed
			b.Field(3).(*array.Date32Builder).Append(arrow.Date32(rng.IntN(2)))
			b.Field(4).(*array.Float64Builder).Append(rng.Float64())
		}
		if c == 0 {
			b.Field(0).(*array.StringBuilder).Append("Rare-town")
			b.Field(1).(*array.Int16Builder).Append(0x5A5A)
			b.Field(2).(*array.BinaryDictionaryBuilder).AppendString("Rare-job") //nolint:errcheck // as typed
			b.Field(3).(*array.Date32Builder).Append(0x5B5B5B5B)
			b.Field(4).AppendNull()
		}
		records = append(records, b.NewRecord())
		b.Release()
	}
	t := array.NewTableFromRecords(schema, records)
	for _, r := range records {
		r.Release()
	}
	return t
}

// TestLocalTable checks that
//
//   - values that are not suppressed do not change;
//   - no suppressed value is in a buffer, a dictionary or the metadata;
//   - the classes are large enough, counted pair by pair in the result.
func TestLocalTable(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	keys := []string{"job", "town", "born", "age"}
	hidden := 0
	for round := range 20 {
		rng := rand.New(rand.NewPCG(uint64(round), 61))
		in := localRecords(mem, rng, 1+round%3)
		o := Options{K: 3, Matching: Wildcard, Cost: []int64{2, 1, 1, 3}, UpTo: round % 3}
		out, done, err := SuppressTable(context.Background(), mem, in, keys, o)
		if err != nil {
			t.Fatal(err)
		}
		if out.NumRows() != in.NumRows() || out.Schema().Metadata().Len() != 0 || out.Schema().Field(3).Metadata.Len() != 0 ||
			out.Schema().Field(2).Type.ID() != arrow.STRING || !out.Schema().Field(0).Nullable {
			t.Fatalf("%v", out.Schema())
		}
		text := func(t arrow.Table, col, row int) string {
			for _, chunk := range t.Column(col).Data().Chunks() {
				if row < chunk.Len() {
					return chunk.ValueStr(row)
				}
				row -= chunk.Len()
			}
			return ""
		}
		gone := make([]int64, len(keys))
		codes, truth := make([][]uint32, len(keys)), make([][]uint32, len(keys))
		for v, name := range keys {
			col := in.Schema().FieldIndices(name)[0]
			seen := map[string]uint32{}
			for row := range int(in.NumRows()) {
				was, is := text(in, col, row), text(out, col, row)
				if _, ok := seen[was]; !ok {
					seen[was] = uint32(len(seen))
				}
				if truth[v] = append(truth[v], seen[was]); was == array.NullValueStr {
					truth[v][row] = MissingCode
				}
				switch {
				case is == array.NullValueStr:
					if was != is {
						gone[v]++
					}
					codes[v] = append(codes[v], MissingCode)
					continue
				case was != is:
					t.Fatalf("%s was changed", name)
				}
				codes[v] = append(codes[v], seen[is])
			}
			if gone[v] != done.Suppressed[v] {
				t.Errorf("%s: %d suppressed, said %d", name, gone[v], done.Suppressed[v])
			}
		}
		l, err := newLocalSearch(codes, o)
		if err != nil {
			t.Fatal(err)
		}
		if !allLarge(truth, codes, l.combos, o) {
			t.Error("a class is too small")
		}
		if last := text(out, 4, 3); last != text(in, 4, 3) {
			t.Error("another column was changed")
		}
		for i, secret := range []string{"Rare-town", "\x5a\x5a", "Rare-job", "\x5b\x5b\x5b\x5b"} {
			if text(out, i, 20) != array.NullValueStr { // it has another record: with missing values
				continue
			}
			hidden++
			for _, chunk := range out.Column(i).Data().Chunks() {
				for _, b := range chunk.Data().Buffers() {
					if b != nil && bytes.Contains(b.Bytes(), []byte(secret)) {
						t.Errorf("column %d holds a suppressed value", i)
					}
				}
			}
		}
		out.Release()
		in.Release()
	}
	if hidden < 10 {
		t.Errorf("%d values looked for", hidden)
	}
}

func TestLocalTableRefuses(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	in := localRecords(mem, rand.New(rand.NewPCG(1, 1)), 1)
	defer in.Release()
	for _, keys := range [][]string{{"colour"}, {"town", "town"}, nil} {
		o := Options{K: 2, Matching: Wildcard}
		for range keys {
			o.Cost = append(o.Cost, 1)
		}
		if _, _, err := SuppressTable(context.Background(), mem, in, keys, o); !errors.Is(err, ErrRequest) {
			t.Errorf("keys %v: %v", keys, err)
		}
	}
}

// TestLocalTableLongerColumns: rows of columns behind the end of the table, which Arrow
// allows, are in no class and not in the result.
func TestLocalTableLongerColumns(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.AppendValues([]string{"a", "a", "a", "b", "b", "b", "b"}, nil)
	values := b.NewArray()
	defer values.Release()
	schema := arrow.NewSchema([]arrow.Field{{Name: "town", Type: arrow.BinaryTypes.String}, {Name: "other", Type: arrow.BinaryTypes.String}}, nil)
	chunks := arrow.NewChunked(values.DataType(), []arrow.Array{values})
	defer chunks.Release()
	town, other := arrow.NewColumn(schema.Field(0), chunks), arrow.NewColumn(schema.Field(1), chunks)
	defer town.Release()
	defer other.Release()
	// One of two b must have three candidates: the two b and one a lose their town.
	for rows, want := range map[int64]int{5: 3, 7: 0} {
		t.Run(fmt.Sprint("rows ", rows), func(t *testing.T) {
			in := array.NewTable(schema, []arrow.Column{*town, *other}, rows)
			out, _, err := SuppressTable(context.Background(), mem, in, []string{"town"}, Options{K: 3, Matching: Wildcard, Cost: []int64{1}})
			in.Release()
			if err != nil {
				t.Fatal(err)
			}
			for i := range 2 {
				if n := out.Column(i).Len(); int64(n) != rows {
					t.Errorf("%d rows: column %d has %d", rows, i, n)
				}
			}
			if n := out.Column(0).NullN(); n != want {
				t.Errorf("%d rows: %d values are suppressed, want %d", rows, n, want)
			}
			out.Release()
		})
	}
}

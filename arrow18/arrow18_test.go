package arrow18_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	arrow15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluis-go/sluis/arrow18"
)

// kinds has an array of every type, as JSON, with the type that it becomes; "" for the
// same.
var kinds = []struct {
	name   string
	of     arrow.DataType
	values string
	to     string
}{
	{"null", arrow.Null, `[null, null, null]`, ""},
	{"boolean", arrow.FixedWidthTypes.Boolean, `[true, null, false]`, ""},
	{"int8", arrow.PrimitiveTypes.Int8, `[1, null, -3]`, ""},
	{"int16", arrow.PrimitiveTypes.Int16, `[1, null, -3]`, ""},
	{"int32", arrow.PrimitiveTypes.Int32, `[1, null, -3]`, ""},
	{"int64", arrow.PrimitiveTypes.Int64, `[1, null, -3]`, ""},
	{"uint8", arrow.PrimitiveTypes.Uint8, `[1, null, 3]`, ""},
	{"uint16", arrow.PrimitiveTypes.Uint16, `[1, null, 3]`, ""},
	{"uint32", arrow.PrimitiveTypes.Uint32, `[1, null, 3]`, ""},
	{"uint64", arrow.PrimitiveTypes.Uint64, `[1, null, 3]`, ""},
	{"float16", arrow.FixedWidthTypes.Float16, `[1.5, null, -3]`, ""},
	{"float32", arrow.PrimitiveTypes.Float32, `[1.5, null, -3]`, ""},
	{"float64", arrow.PrimitiveTypes.Float64, `[1.5, null, -3]`, ""},
	{"string", arrow.BinaryTypes.String, `["a", null, ""]`, ""},
	{"binary", arrow.BinaryTypes.Binary, `["YQ==", null, ""]`, ""},
	{"large string", arrow.BinaryTypes.LargeString, `["a", null, "bc"]`, ""},
	{"large binary", arrow.BinaryTypes.LargeBinary, `["YQ==", null, ""]`, ""},
	{"fixed size binary", &arrow.FixedSizeBinaryType{ByteWidth: 2}, `["YWI=", null, "YWM="]`, ""},
	{"date32", arrow.FixedWidthTypes.Date32, `["2020-01-02", null, "1816-03-29"]`, ""},
	{"date64", arrow.FixedWidthTypes.Date64, `["2020-01-02", null, "1816-03-29"]`, ""},
	{"time32", arrow.FixedWidthTypes.Time32s, `["10:00:01", null, "23:59:59"]`, ""},
	{"time64", arrow.FixedWidthTypes.Time64ns, `["10:00:01.000000002", null, "23:59:59"]`, ""},
	{"duration", arrow.FixedWidthTypes.Duration_ms, `["1ms", null, "3ms"]`, ""},
	{"months", arrow.FixedWidthTypes.MonthInterval, `[{"months": 1}, null, {"months": 3}]`, ""},
	{"days", arrow.FixedWidthTypes.DayTimeInterval, `[{"days": 1, "milliseconds": 2}, null, {"days": 3, "milliseconds": 0}]`, ""},
	{"months, days, nanoseconds", arrow.FixedWidthTypes.MonthDayNanoInterval, `[{"months": 1, "days": 2, "nanoseconds": 3}, null, {"months": 1, "days": 0, "nanoseconds": 9}]`, ""},
	{"decimal128", &arrow.Decimal128Type{Precision: 20, Scale: 2}, `["1.25", null, "-3.00"]`, ""},
	{"decimal256", &arrow.Decimal256Type{Precision: 50, Scale: 2}, `["1.25", null, "-3.00"]`, ""},
	{"list", arrow.ListOf(arrow.PrimitiveTypes.Int32), `[[1, 2], null, [3]]`, ""},
	{"large list", arrow.LargeListOf(arrow.BinaryTypes.String), `[["a", "b"], null, []]`, ""},
	{"list view", arrow.ListViewOf(arrow.PrimitiveTypes.Int32), `[[1, 2], null, [3]]`, ""},
	{"fixed size list", arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int32), `[[1, 2], null, [3, 4]]`, ""},
	{"struct", arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int8, Nullable: true}, arrow.Field{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}), `[{"a": 1, "b": "x"}, null, {"a": null, "b": "y"}]`, ""},
	{"map", arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32), `[[{"key": "a", "value": 1}], null, []]`, ""},
	{"sparse union", arrow.SparseUnionOf([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int8, Nullable: true}, {Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}}, []arrow.UnionTypeCode{5, 7}), `[[5, 1], null, [7, "x"]]`, ""},
	{"dense union", arrow.DenseUnionOf([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int8, Nullable: true}, {Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}}, []arrow.UnionTypeCode{5, 7}), `[[5, 1], null, [7, "x"]]`, ""},
	{"large list view", arrow.LargeListViewOf(arrow.PrimitiveTypes.Int32), `[[1, 2], null, [3]]`, ""},
	{"dictionary", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, `["a", null, "b"]`, ""},
	{"list of dictionaries", arrow.ListOf(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}), `[["a"], null, ["b", "a"]]`, ""},
	{"string view", arrow.BinaryTypes.StringView, `["a", null, "a text that is longer than twelve bytes"]`, "large_utf8"},
	{"binary view", arrow.BinaryTypes.BinaryView, `["YQ==", null, "YSB0ZXh0IHRoYXQgaXMgbG9uZ2VyIHRoYW4gdHdlbHZl"]`, "large_binary"},
	{"list of string views", arrow.ListOf(arrow.BinaryTypes.StringView), `[["a"], null, ["b", "a"]]`, "list<item: large_utf8, nullable>"},
	{"decimal32", &arrow.Decimal32Type{Precision: 7, Scale: 2}, `["1.25", null, "-3.00"]`, "decimal(7, 2)"},
	{"decimal64", &arrow.Decimal64Type{Precision: 15, Scale: 2}, `["1.25", null, "-3.00"]`, "decimal(15, 2)"},
	{"runs of integers", arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64), `[7, 7, null]`, "int64"},
	{"runs of booleans", arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int16, arrow.FixedWidthTypes.Boolean), `[true, null, true]`, "bool"},
	{"runs of texts", arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String), `["ab", "ab", null, "c", "", "ab"]`, "utf8"},
	{"runs of large texts", arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.LargeString), `["ab", "ab", null, "c", "", "ab"]`, "large_utf8"},
	{"runs of string views", arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.StringView), `["ab", "ab", null]`, "large_utf8"},
	{"runs of null", arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.Null), `[null, null]`, "null"},
}

// checked runs f with an allocator of each version, and fails where memory is left.
func checked(t *testing.T, f func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator)) {
	t.Helper()
	mem, mem15 := memory.NewCheckedAllocator(memory.NewGoAllocator()), memory15.NewCheckedAllocator(memory15.NewGoAllocator())
	f(mem, mem15)
	mem.AssertSize(t, 0)
	mem15.AssertSize(t, 0)
}

func fromJSON(t *testing.T, mem memory.Allocator, of arrow.DataType, values string) arrow.Array {
	t.Helper()
	a, _, err := array.FromJSON(mem, of, strings.NewReader(values))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// tableOf returns a table of one column, whose chunks it releases.
func tableOf(chunks ...arrow.Array) arrow.Table {
	f := arrow.Field{Name: "x", Type: chunks[0].DataType(), Nullable: true, Metadata: arrow.NewMetadata([]string{"unit"}, []string{"euro"})}
	md := arrow.NewMetadata([]string{"source"}, []string{"register"})
	t := array.NewTableFromSlice(arrow.NewSchema([]arrow.Field{f}, &md), [][]arrow.Array{chunks})
	for _, c := range chunks {
		c.Release()
	}
	return t
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func json15(t *testing.T, table arrow15.Table) string {
	t.Helper()
	var out []string
	for _, c := range table.Column(0).Data().Chunks() {
		text, err := c.(interface{ MarshalJSON() ([]byte, error) }).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, compact(t, text))
	}
	return strings.Join(out, "\n")
}

func json18(t *testing.T, table arrow.Table) string {
	t.Helper()
	var out []string
	for _, c := range table.Column(0).Data().Chunks() {
		text, err := c.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, compact(t, text))
	}
	return strings.Join(out, "\n")
}

// TestTypes: every type, whole and in slices, has the same values on both sides, and comes
// back. The table that was given is released before the new table is read.
func TestTypes(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			checked(t, func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator) {
				a := fromJSON(t, mem, k.of, k.values)
				table := tableOf(a, array.NewSlice(a, 1, int64(a.Len())), array.NewSlice(a, 1, 2), array.NewSlice(a, 0, 0))
				want := json18(t, table)
				got, err := arrow18.Table(table, mem15)
				table.Release()
				if err != nil {
					t.Fatal(err)
				}
				defer got.Release()
				if have := json15(t, got); have != want {
					t.Errorf("values %s, want %s", have, want)
				}
				to := k.to
				if to == "" {
					to = fmt.Sprint(got.Schema().Field(0).Type) // the name in Arrow 15
					if back, err := arrow18.Back(got); err != nil || !arrow.TypeEqual(back.Schema().Field(0).Type, k.of) {
						t.Errorf("type %s came back as %v, %v", k.of, back, err)
					} else {
						back.Release()
					}
				}
				if have := fmt.Sprint(got.Schema().Field(0).Type); have != to {
					t.Errorf("type %s, want %s", have, to)
				}
				if f, md := got.Schema().Field(0), got.Schema().Metadata(); f.Metadata.Values()[0] != "euro" || !f.Nullable || md.Values()[0] != "register" {
					t.Errorf("field %v, metadata %v", f, md)
				}
				back, err := arrow18.Back(got)
				if err != nil {
					t.Fatal(err)
				}
				defer back.Release()
				if have := json18(t, back); have != want {
					t.Errorf("came back as %s, want %s", have, want)
				}
				if md := back.Schema().Metadata(); md.Values()[0] != "register" {
					t.Errorf("metadata came back as %v", md)
				}
			})
		})
	}
}

// TestShared: no value is copied, in either direction.
func TestShared(t *testing.T) {
	checked(t, func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator) {
		a := fromJSON(t, mem, arrow.PrimitiveTypes.Int64, `[1, null, 3]`)
		at := unsafe.Pointer(unsafe.SliceData(a.Data().Buffers()[1].Bytes()))
		table := tableOf(a)
		defer table.Release()
		got, err := arrow18.Table(table, mem15)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Release()
		back, err := arrow18.Back(got)
		if err != nil {
			t.Fatal(err)
		}
		defer back.Release()
		if n := mem15.CurrentAlloc(); n != 0 {
			t.Errorf("%d bytes of Arrow 15", n)
		}
		for name, b := range map[string][]byte{
			"Arrow 15": got.Column(0).Data().Chunk(0).Data().Buffers()[1].Bytes(),
			"Arrow 18": back.Column(0).Data().Chunk(0).Data().Buffers()[1].Bytes(),
		} {
			if unsafe.Pointer(unsafe.SliceData(b)) != at {
				t.Errorf("%s has a copy", name)
			}
		}
	})
}

// TestTimestamps: the value, the unit and the zone are kept; no zone stays no zone.
func TestTimestamps(t *testing.T) {
	for _, of := range []*arrow.TimestampType{
		{Unit: arrow.Second}, {Unit: arrow.Millisecond}, {Unit: arrow.Microsecond, TimeZone: "Europe/Amsterdam"}, {Unit: arrow.Nanosecond, TimeZone: "UTC"},
	} {
		t.Run(of.String(), func(t *testing.T) {
			checked(t, func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator) {
				b := array.NewTimestampBuilder(mem, of)
				defer b.Release()
				b.AppendValues([]arrow.Timestamp{-4852310400, 0, 7}, []bool{true, false, true})
				table := tableOf(b.NewArray())
				defer table.Release()
				got, err := arrow18.Table(table, mem15)
				if err != nil {
					t.Fatal(err)
				}
				defer got.Release()
				a := got.Column(0).Data().Chunk(0).(*array15.Timestamp)
				to := a.DataType().(*arrow15.TimestampType)
				if a.Value(0) != -4852310400 || !a.IsNull(1) || a.Value(2) != 7 || to.Unit.String() != of.Unit.String() || to.TimeZone != of.TimeZone {
					t.Errorf("%v of %v", a, to)
				}
				back, err := arrow18.Back(got)
				if err != nil {
					t.Fatal(err)
				}
				defer back.Release()
				if !arrow.TypeEqual(back.Schema().Field(0).Type, of) {
					t.Errorf("came back as %v", back.Schema())
				}
			})
		})
	}
}

// TestDictionaryOfViews: the indices are shared, and the values are written anew.
func TestDictionaryOfViews(t *testing.T) {
	checked(t, func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator) {
		of := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.StringView}
		index, values := fromJSON(t, mem, of.IndexType, `[1, null, 0, 1]`), fromJSON(t, mem, of.ValueType, `["a", "b"]`)
		table := tableOf(array.NewDictionaryArray(of, index, values))
		index.Release()
		values.Release()
		got, err := arrow18.Table(table, mem15)
		table.Release()
		if err != nil {
			t.Fatal(err)
		}
		defer got.Release()
		if text, to := json15(t, got), got.Schema().Field(0).Type.String(); text != `["b",null,"a","b"]` || to != "dictionary<values=large_utf8, indices=int8, ordered=false>" {
			t.Errorf("%s of %s", text, to)
		}
	})
}

// TestExtension: an extension type becomes its storage type, also where the storage is
// written anew.
func TestExtension(t *testing.T) {
	checked(t, func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator) {
		b := extensions.NewUUIDBuilder(mem)
		defer b.Release()
		b.AppendNull()
		b.AppendBytes([16]byte{15: 7})
		table := tableOf(b.NewArray())
		defer table.Release()
		got, err := arrow18.Table(table, mem15)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Release()
		a, ok := got.Column(0).Data().Chunk(0).(*array15.FixedSizeBinary)
		if !ok || !a.IsNull(0) || a.Value(1)[15] != 7 {
			t.Errorf("%v", got.Column(0).Data().Chunk(0))
		}
	})
	checked(t, func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator) {
		storage := fromJSON(t, mem, arrow.BinaryTypes.StringView, `["[1]", null, "{\"a\": 2}"]`)
		jt, err := extensions.NewJSONType(arrow.BinaryTypes.StringView)
		if err != nil {
			t.Fatal(err)
		}
		table := tableOf(array.NewExtensionArrayWithStorage(jt, storage))
		storage.Release()
		defer table.Release()
		got, err := arrow18.Table(table, mem15)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Release()
		a, ok := got.Column(0).Data().Chunk(0).(*array15.LargeString)
		if !ok || a.Value(0) != "[1]" || !a.IsNull(1) {
			t.Errorf("%v", got.Column(0).Data().Chunk(0))
		}
	})
}

// TestRefused: a type without a counterpart is an error that names the column and holds no
// value.
func TestRefused(t *testing.T) {
	of := arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.ListOf(arrow.PrimitiveTypes.Int32))
	checked(t, func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator) {
		b := array.NewBuilder(mem, of).(*array.RunEndEncodedBuilder)
		b.Append(2)
		list := b.ValueBuilder().(*array.ListBuilder)
		list.Append(true)
		list.ValueBuilder().(*array.Int32Builder).Append(424242)
		table := tableOf(b.NewArray())
		b.Release()
		defer table.Release()
		_, err := arrow18.Table(table, mem15)
		if !errors.Is(err, arrow18.ErrType) || !strings.Contains(err.Error(), `"x"`) || strings.Contains(err.Error(), "424242") {
			t.Error(err)
		}
		from := array.NewTableReader(table, -1)
		defer from.Release()
		r, err := arrow18.Reader(from, mem15)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		if r.Next() || !errors.Is(r.Err(), arrow18.ErrType) || r.Next() {
			t.Error(r.Err())
		}
	})
}

// TestReader: the batches come in order, each released with the next, and an error of the
// reader is passed on.
func TestReader(t *testing.T) {
	checked(t, func(mem *memory.CheckedAllocator, mem15 *memory15.CheckedAllocator) {
		table := tableOf(fromJSON(t, mem, arrow.BinaryTypes.StringView, `["a", "b"]`), fromJSON(t, mem, arrow.BinaryTypes.StringView, `["c"]`))
		from := array.NewTableReader(table, -1)
		table.Release()
		r, err := arrow18.Reader(from, mem15)
		if err != nil {
			t.Fatal(err)
		}
		from.Release()
		r.Retain()
		var got []string
		for r.Next() {
			got = append(got, fmt.Sprint(r.Record().Column(0)))
		}
		if text := strings.Join(got, " "); text != `["a" "b"] ["c"]` || r.Err() != nil || r.Schema().Field(0).Name != "x" {
			t.Errorf("%s, %v, %v", text, r.Err(), r.Schema())
		}
		r.Release()
		r.Release()
	})
	failed := errors.New("the connection ended")
	r, err := arrow18.Reader(broken{failed}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Next() || !errors.Is(r.Err(), failed) {
		t.Error(r.Err())
	}
	r.Release()
}

// broken is a reader that fails.
type broken struct{ err error }

func (broken) Retain()                        {}
func (broken) Release()                       {}
func (broken) Schema() *arrow.Schema          { return arrow.NewSchema(nil, nil) }
func (broken) Next() bool                     { return false }
func (broken) RecordBatch() arrow.RecordBatch { return nil }
func (broken) Record() arrow.RecordBatch      { return nil }
func (b broken) Err() error                   { return b.err }

package source

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/decimal256"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestPlainDictionaries: a dictionary of any type keeps its values, in a file beside a
// file without it, and in a file that is written without it.
func TestPlainDictionaries(t *testing.T) {
	text := strings.Repeat("9", 38)
	long, err := decimal128.FromString(text, 38, 0)
	if err != nil {
		t.Fatal(err)
	}
	fixed := &arrow.FixedSizeBinaryType{ByteWidth: 3}
	for _, dt := range []struct {
		dt  arrow.DataType
		add func(array.Builder)
	}{
		{arrow.BinaryTypes.String, func(b array.Builder) { b.(*array.StringBuilder).AppendValues([]string{"(null)", ""}, nil) }},
		{arrow.BinaryTypes.LargeString, func(b array.Builder) { b.(*array.LargeStringBuilder).AppendValues([]string{"(null)", ""}, nil) }},
		{arrow.BinaryTypes.Binary, func(b array.Builder) {
			b.(*array.BinaryBuilder).AppendValues([][]byte{[]byte("(null)"), {0xff}}, nil)
		}},
		{arrow.BinaryTypes.LargeBinary, func(b array.Builder) {
			b.(*array.BinaryBuilder).AppendValues([][]byte{[]byte("(null)"), {0xff}}, nil)
		}},
		{fixed, func(b array.Builder) {
			b.(*array.FixedSizeBinaryBuilder).AppendValues([][]byte{[]byte("abc"), {0, 0xff, 0}}, nil)
		}},
		{&arrow.Decimal128Type{Precision: 38}, func(b array.Builder) {
			b.(*array.Decimal128Builder).AppendValues([]decimal128.Num{long, decimal128.FromI64(-1)}, nil)
		}},
		{&arrow.Decimal256Type{Precision: 76, Scale: 2}, func(b array.Builder) {
			b.(*array.Decimal256Builder).AppendValues([]decimal256.Num{decimal256.FromDecimal128(long), decimal256.FromI64(-1)}, nil)
		}},
		{arrow.PrimitiveTypes.Float64, func(b array.Builder) {
			b.(*array.Float64Builder).AppendValues([]float64{0.1 + 0.2, math.Copysign(0, -1)}, nil)
		}},
		{arrow.PrimitiveTypes.Float32, func(b array.Builder) { b.(*array.Float32Builder).AppendValues([]float32{0.3, 1e-40}, nil) }},
		{arrow.PrimitiveTypes.Int64, func(b array.Builder) {
			b.(*array.Int64Builder).AppendValues([]int64{math.MinInt64, math.MaxInt64}, nil)
		}},
		{arrow.FixedWidthTypes.Date32, func(b array.Builder) { b.(*array.Date32Builder).AppendValues([]arrow.Date32{-800_000, 3_000_000}, nil) }},
		{arrow.FixedWidthTypes.Timestamp_ns, func(b array.Builder) {
			b.(*array.TimestampBuilder).AppendValues([]arrow.Timestamp{1, math.MaxInt64}, nil)
		}},
		{arrow.FixedWidthTypes.Boolean, func(b array.Builder) { b.(*array.BooleanBuilder).AppendValues([]bool{true, false}, nil) }},
	} {
		t.Run(fmt.Sprint(dt.dt), func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			build := func(of ...int) arrow.Array { // entries 0 and 1; 2 is a null
				b := array.NewBuilder(mem, dt.dt)
				defer b.Release()
				dt.add(b)
				b.AppendNull()
				entries := b.NewArray()
				defer entries.Release()
				var parts []arrow.Array
				for _, k := range of {
					part := array.NewSlice(entries, int64(k), int64(k+1))
					defer part.Release()
					parts = append(parts, part)
				}
				whole, err := array.Concatenate(parts, mem)
				if err != nil {
					t.Fatal(err)
				}
				return whole
			}
			entries := build(1, 0) // the entries in another order than the values
			defer entries.Release()
			ib := array.NewInt8Builder(mem)
			defer ib.Release()
			ib.AppendValues([]int8{1, 0, 0, 1, 0}, []bool{true, true, false, true, true})
			index := ib.NewArray()
			defer index.Release()
			coded := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: dt.dt}, index, entries)
			defer coded.Release()
			want := build(0, 1, 2, 0, 1)
			defer want.Release()

			dir := t.TempDir()
			write := func(name string, arr arrow.Array) string {
				path := filepath.Join(dir, name)
				schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arr.DataType(), Nullable: true}}, nil)
				w, err := Create(path, schema, WriterOptions{Allocator: mem})
				if err != nil {
					t.Fatal(err)
				}
				rec := array.NewRecord(schema, []arrow.Array{arr}, int64(arr.Len()))
				defer rec.Release()
				if err := errors.Join(w.Write(rec), w.Close()); err != nil {
					t.Fatal(err)
				}
				return path
			}
			for _, paths := range [][]string{
				{write("coded.arrows", coded), write("plain.arrow", want)}, // read beside each other
				{write("written.arrow", coded)},                            // written without its dictionary
			} {
				s, err := Open(context.Background(), paths, Options{Allocator: mem})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				r, err := s.Reader(context.Background(), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Release()
				for range paths {
					if !r.Next() {
						t.Fatal(r.Err())
					}
					if got := r.Record().Column(0); !array.Equal(got, want) {
						t.Errorf("%s: %v, want %v", paths[0], got, want)
					}
				}
				if r.Next() || r.Err() != nil {
					t.Errorf("another record, or %v", r.Err())
				}
			}
		})
	}
}

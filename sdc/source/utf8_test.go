package source

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestTextsAreUTF8: two texts that are none look the same in a report, and a name in two
// encodings is two persons. No format lets one pass; bytes may be anything.
func TestTextsAreUTF8(t *testing.T) {
	large := arrow.BinaryTypes.LargeString
	coded := func(dt arrow.DataType) arrow.DataType {
		return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: dt}
	}
	for _, tc := range []struct {
		name string
		dt   arrow.DataType
		of   []string
		want bool
	}{
		{"ASCII", arrow.BinaryTypes.String, []string{"a", "", "b"}, true},
		{"UTF-8", arrow.BinaryTypes.String, []string{"\u00e9\u00e9n", "\U0001F600", "12345678\u00e9"}, true},
		{"Latin-1", arrow.BinaryTypes.String, []string{"a", "\xe9\xe9n"}, false},
		{"a character cut in two", arrow.BinaryTypes.String, []string{"\xc3", "\xa9"}, false},
		{"half of a pair of UTF-16", arrow.BinaryTypes.String, []string{"\xed\xa0\x80"}, false},
		{"behind seven bytes", arrow.BinaryTypes.String, []string{"1234567\xff"}, false},
		{"large text", large, []string{"\xff"}, false},
		{"large UTF-8", large, []string{"\u00e9"}, true},
		{"bytes", arrow.BinaryTypes.Binary, []string{"\xff", "\xfe"}, true},
	} {
		for _, as := range []struct {
			ext string
			dt  arrow.DataType
		}{
			{".parquet", tc.dt}, {".arrow", tc.dt}, {".arrows", tc.dt}, {".arrows", coded(tc.dt)}, {".csv", tc.dt},
		} {
			if as.ext == ".csv" && tc.dt.ID() == arrow.BINARY || as.ext == ".parquet" && tc.dt.ID() == arrow.LARGE_STRING {
				continue // written in another form
			}
			t.Run(fmt.Sprint(tc.name, ", ", as.dt, as.ext), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "x"+as.ext)
				b := array.NewBuilder(memory.DefaultAllocator, tc.dt)
				defer b.Release()
				for _, v := range append([]string{"other", "row"}, tc.of...) {
					switch b := b.(type) {
					case *array.StringBuilder:
						b.Append(v)
					case *array.LargeStringBuilder:
						b.Append(v)
					case *array.BinaryBuilder:
						b.AppendString(v)
					default:
						t.Fatalf("%T", b)
					}
				}
				b.AppendNull()
				arr := b.NewArray()
				if dt, ok := as.dt.(*arrow.DictionaryType); ok {
					index := array.NewInt32Builder(memory.DefaultAllocator)
					for i := range arr.Len() {
						index.Append(int32(i))
					}
					arr = array.NewDictionaryArray(dt, index.NewArray(), arr)
				}
				defer arr.Release()
				schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: as.dt, Nullable: true}, {Name: "y", Type: as.dt, Nullable: true}}, nil)
				rec := array.NewRecord(schema, []arrow.Array{arr, arr}, int64(arr.Len()))
				defer rec.Release()
				w, err := Create(path, schema, WriterOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(w.Write(rec), w.Close()); err != nil {
					t.Fatal(err)
				}
				s, err := Open(context.Background(), []string{path}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				r, err := s.Reader(context.Background(), []string{"x"})
				if err != nil {
					t.Fatal(err)
				}
				defer r.Release()
				rows := int64(0)
				for r.Next() {
					rows += r.Record().NumRows()
				}
				if tc.want {
					if r.Err() != nil || rows != int64(arr.Len()) {
						t.Errorf("%d rows, %v", rows, r.Err())
					}
					return
				}
				if r.Err() == nil || !strings.Contains(r.Err().Error(), "UTF-8") || !utf8.ValidString(r.Err().Error()) {
					t.Errorf("%d rows, %v", rows, r.Err())
				}
			})
		}
	}
}

package source

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestFilesOfOneDataSet: files of several writers, with dictionaries and without, with
// columns that may be null and that may not, and with no rows at all, are one data set.
func TestFilesOfOneDataSet(t *testing.T) {
	names := []string{"id", "g", "t", "i32", "f64", "b"}
	want := basics()
	base := filepath.Join("testdata", "parquet")
	for _, files := range [][]string{
		{"v1", "polars", "duckdb1", "duckdb2"}, {"v1-plain", "v1", "v2-delta"}, {"v1", "v1-plain"}, {"duckdb2", "v1-fallback", "v2-pages"},
		{"none", "v1"}, {"v2", "none", "v1"}, {"none", "v1-plain"}, {"emptygroups", "none", "polars"},
	} {
		t.Run(strings.Join(files, " "), func(t *testing.T) {
			var paths []string
			full := 0
			for _, f := range files {
				paths = append(paths, filepath.Join(base, f+".parquet"))
				if f != "none" {
					full++
				}
			}
			for _, batch := range []int{11, 1000} {
				got, err := readColumns(t, batch, names, paths...)
				if err != nil {
					t.Fatal(err)
				}
				for c, name := range names {
					if !slices.Equal(got[c], slices.Repeat(want[name], full)) {
						t.Errorf("column %s: %v", name, got[c])
					}
				}
			}
		})
	}
}

func writeTexts(t *testing.T, path string, dt arrow.DataType, values []string) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "g", Type: dt, Nullable: true}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, v := range values {
		if v == "-" {
			b.Field(0).AppendNull()
		} else if err := b.Field(0).AppendValueFromString(v); err != nil {
			t.Fatal(err)
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	w, err := Create(path, schema, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestDictionariesOfAnySize: 200, 300 and 70,000 entries in three files, and a file in
// which the column has only nulls and no type.
func TestDictionariesOfAnySize(t *testing.T) {
	dir := t.TempDir()
	text := arrow.BinaryTypes.String
	var want, paths []string
	add := func(name string, dt arrow.DataType, values []string) {
		paths = append(paths, filepath.Join(dir, name))
		writeTexts(t, paths[len(paths)-1], dt, values)
		want = append(want, values...)
	}
	codes := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprint("c", i), fmt.Sprint("c", i))
		}
		return append(out, "-")
	}
	add("a.parquet", text, codes(200))
	add("b.parquet", text, codes(300))
	add("c.parquet", arrow.Null, []string{"-", "-"})
	for _, more := range []func(){
		func() {}, func() { add("d.parquet", text, codes(70_000)) }, func() { add("e.arrow", text, codes(5)) }, func() { add("f.arrows", text, codes(5)) },
	} {
		more()
		got, err := readColumns(t, 4096, nil, paths...)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got[0], want) {
			t.Fatalf("%v: %d values and not %d, or others", paths, len(got[0]), len(want))
		}
		// Whichever file comes first.
		slices.Reverse(paths)
		if got, err := readColumns(t, 4096, nil, paths...); err != nil || len(got[0]) != len(want) {
			t.Fatal(err)
		}
		slices.Reverse(paths)
	}
}

// TestTypesThatDiffer: the error names the column, both types and files.
func TestTypesThatDiffer(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.parquet"), filepath.Join(dir, "b.parquet")
	writeTexts(t, a, arrow.BinaryTypes.String, []string{"1"})
	writeTexts(t, b, arrow.PrimitiveTypes.Int64, []string{"1"})
	_, err := readColumns(t, 10, nil, a, b)
	var fe *FileError
	if !errors.Is(err, ErrSchema) || !errors.As(err, &fe) || fe.File != b || fe.Column != "g" {
		t.Fatal(err)
	}
	for _, part := range []string{"int64", "utf8", a, "one type"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
}

// TestTypesThatDifferUnused: columns that are not asked for may differ.
func TestTypesThatDifferUnused(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for k, dt := range []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String} {
		for _, ext := range []string{".parquet", ".arrow"} {
			paths = append(paths, filepath.Join(dir, fmt.Sprint(k, ext)))
			schema := arrow.NewSchema([]arrow.Field{{Name: "g", Type: arrow.BinaryTypes.String}, {Name: "note", Type: dt, Nullable: true}}, nil)
			b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
			defer b.Release()
			b.Field(0).(*array.StringBuilder).Append(fmt.Sprint("c", len(paths)))
			b.Field(1).AppendNull()
			rec := b.NewRecord()
			defer rec.Release()
			w, err := Create(paths[len(paths)-1], schema, WriterOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.Write(rec), w.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := readColumns(t, 10, []string{"g"}, paths...)
	if err != nil || !slices.Equal(got[0], []string{"c1", "c2", "c3", "c4", "c5", "c6"}) {
		t.Errorf("%v, %v", got, err)
	}
	var fe *FileError
	for _, columns := range [][]string{nil, {"note"}, {"g", "note"}} {
		if _, err := readColumns(t, 10, columns, paths...); !errors.Is(err, ErrSchema) || !errors.As(err, &fe) || fe.Column != "note" || fe.File != paths[2] {
			t.Errorf("%v: %v", columns, err)
		}
	}
	s, err := Open(context.Background(), paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if f := s.Schema().Field(1); f.Name != "note" || Readable(f.Type) {
		t.Errorf("%v is readable", f)
	}
}

// TestDictionariesOfAnyIndex: a Parquet file has unsigned indices, as narrow as its
// entries allow. A stream has the indices of its writer. Together they have the values of
// both, in any order.
func TestDictionariesOfAnyIndex(t *testing.T) {
	p := &arrow.PrimitiveTypes
	for _, index := range []arrow.DataType{p.Int8, p.Uint8, p.Int16, p.Uint16, p.Int32, p.Uint32, p.Int64, p.Uint64} {
		for _, n := range []int{3, 300} {
			t.Run(fmt.Sprintf("%v and %d", index, n), func(t *testing.T) {
				dir := t.TempDir()
				var of []string
				for i := range 2 * n {
					of = append(of, fmt.Sprint("c", i%n))
				}
				stream := []string{"c1", "-", "x", "c1", "c0"}
				a, b := filepath.Join(dir, "a.parquet"), filepath.Join(dir, "b.arrows")
				writeTexts(t, a, arrow.BinaryTypes.String, of)
				writeTexts(t, b, &arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.String}, stream)
				for _, batch := range []int{2, 1000} {
					for _, order := range []struct{ paths, want []string }{
						{[]string{a, b}, slices.Concat(of, stream)}, {[]string{b, a}, slices.Concat(stream, of)},
					} {
						got, err := readColumns(t, batch, nil, order.paths...)
						if err != nil {
							t.Fatal(err)
						}
						if !slices.Equal(got[0], order.want) {
							t.Fatalf("batches of %d: %v", batch, got[0])
						}
					}
				}
			})
		}
	}
}

package source_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc/source"
)

// fixture is a schema with the types that files carry, and its rows.
var fixtureSchema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "sex", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}, Nullable: true},
	{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "x", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "ok", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
}, nil)

// fixture builds a record of n rows.
func fixture(mem memory.Allocator, n int) arrow.Record {
	b := array.NewRecordBuilder(mem, fixtureSchema)
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i * i))
		b.Field(1).(*array.BinaryDictionaryBuilder).AppendString([]string{"F", "M", "X"}[i%3]) //nolint:errcheck // a short dictionary
		b.Field(2).(*array.StringBuilder).Append(strings.Repeat("ab", i%5+1))
		b.Field(3).(*array.Float64Builder).Append(float64(i) / 4)
		b.Field(4).(*array.Date32Builder).Append(arrow.Date32(18000 + i))
		if i%7 == 0 {
			b.Field(5).AppendNull()
		} else {
			b.Field(5).(*array.BooleanBuilder).Append(i%2 == 0)
		}
	}
	return b.NewRecord()
}

// write writes records of the fixture to a file.
func write(t testing.TB, path string, rows ...int) {
	t.Helper()
	w, err := source.Create(path, fixtureSchema, source.WriterOptions{RowGroup: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range rows {
		rec := fixture(memory.DefaultAllocator, n)
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		rec.Release()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// lines reads everything as text, one string a row.
func lines(r array.RecordReader) ([]string, error) {
	var out []string
	for r.Next() {
		rec := r.Record()
		for i := range int(rec.NumRows()) {
			var b strings.Builder
			for _, c := range rec.Columns() {
				b.WriteString(c.ValueStr(i) + "|")
			}
			out = append(out, b.String())
		}
	}
	return out, r.Err()
}

func TestFormatsAgree(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	var want []string
	for _, ext := range []string{".arrows", ".arrow", ".feather", ".parquet", ".csv"} {
		path := filepath.Join(dir, "data"+ext)
		write(t, path, 150, 90, 1)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", ext, info.Mode(), err)
		}
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		s, err := source.Open(ctx, []string{path}, source.Options{Allocator: mem, BatchRows: 64, CSV: source.CSVOptions{Infer: true}})
		if err != nil {
			t.Fatalf("%s: %v", ext, err)
		}
		if n, known := s.Rows(); known && n != 241 {
			t.Errorf("%s: %d rows", ext, n)
		}
		// One reader over all, and several that together deliver every row.
		r, err := s.Reader(ctx, nil)
		if err != nil {
			t.Fatalf("%s: %v", ext, err)
		}
		got, err := lines(r)
		if err != nil {
			t.Fatalf("%s: %v", ext, err)
		}
		r.Release()
		if want == nil {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", ext, diff)
		}
		if r, err = s.Reader(ctx, nil); err != nil || !r.Next() {
			t.Fatalf("%s: %v", ext, err)
		}
		r.Release() // rows are left
		parts, err := s.Split(ctx, []string{"name", "id"}, 3)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, p := range parts {
			for p.Next() {
				if o := p.(interface{ Offset() int64 }).Offset(); ext == ".parquet" && o+p.Record().NumRows() > 241 {
					t.Errorf("offset %d", o)
				}
				if n := p.Record().NumRows(); n < 1 || n > 64 {
					t.Errorf("%s: a record of %d rows", ext, n)
				}
				total += int(p.Record().NumRows())
			}
			if p.Err() != nil {
				t.Error(p.Err())
			}
			p.Release()
		}
		if total != 241 {
			t.Errorf("%s: parts have %d rows", ext, total)
		}
		if err := s.Hash(ctx); err != nil || len(s.Files()[0].SHA256) != 64 {
			t.Errorf("%s: hash %v", ext, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		mem.AssertSize(t, 0)
	}
}

func TestSeveralFiles(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "b.parquet"), 5)
	write(t, filepath.Join(dir, "a.parquet"), 3)
	s, err := source.Open(ctx, []string{filepath.Join(dir, "*.parquet")}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, _ := s.Rows(); n != 8 || filepath.Base(s.Files()[0].Name) != "a.parquet" {
		t.Errorf("%d rows, first %s", n, s.Files()[0].Name)
	}
	other := filepath.Join(dir, "c.csv")
	if err := os.WriteFile(other, []byte("id,sex\n1,F\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = source.Open(ctx, []string{filepath.Join(dir, "a.parquet"), other}, source.Options{})
	if !errors.Is(err, source.ErrSchema) {
		t.Errorf("different schemas: %v", err)
	}
	for _, missing := range []string{filepath.Join(dir, "none.csv"), filepath.Join(dir, "none*.csv")} {
		if _, err := source.Open(ctx, []string{missing}, source.Options{}); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("missing file: %v", err)
		}
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	for _, ext := range []string{".parquet", ".arrow", ".arrows", ".csv"} {
		w, err := source.Create(filepath.Join(dir, "x"+ext), fixtureSchema, source.WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		rec := fixture(memory.DefaultAllocator, 10)
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		rec.Release()
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
	}
	if _, err := source.Create(filepath.Join(dir, "none", "x.csv"), fixtureSchema, source.WriterOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCancel(t *testing.T) {
	dir := t.TempDir()
	for _, ext := range []string{".parquet", ".arrow", ".csv"} {
		path := filepath.Join(dir, "x"+ext)
		write(t, path, 50)
		s, err := source.Open(context.Background(), []string{path}, source.Options{CSV: source.CSVOptions{Infer: true}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		r, err := s.Reader(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if r.Next() || !errors.Is(r.Err(), context.Canceled) {
			t.Errorf("%s: %v", ext, r.Err())
		}
		r.Release()
		s.Close()
	}
}

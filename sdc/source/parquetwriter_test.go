package source

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestParquetWritten: columns of every type keep their values, in row groups that end
// anywhere. The reader of arrow reads the same values (see FuzzParquetAgainstArrow).
func TestParquetWritten(t *testing.T) {
	want := kindColumns()
	var names []string
	for name := range want {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, group := range []int64{7, 23, 1000} {
		path := filepath.Join(t.TempDir(), "x.parquet")
		s, err := Open(context.Background(), fixtures(t, "kindsint.parquet"), Options{BatchRows: 11})
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Reader(context.Background(), names)
		if err != nil {
			t.Fatal(err)
		}
		w, err := Create(path, r.Schema(), WriterOptions{RowGroup: group})
		if err != nil {
			t.Fatal(err)
		}
		for r.Next() {
			if err := w.Write(r.Record()); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(r.Err(), w.Close(), s.Close()); err != nil {
			t.Fatal(err)
		}
		r.Release()
		got, err := readColumns(t, 1000, names, path)
		if err != nil {
			t.Fatal(err)
		}
		for c, name := range names {
			if !slices.Equal(got[c], want[name]) {
				t.Errorf("row groups of %d, %s: %v", group, name, got[c])
			}
		}
	}
}

// TestParquetNotWritten: a column that Parquet has no form for, or a value, is an error
// that names the column, and no file appears.
func TestParquetNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.parquet")
	list := arrow.NewSchema([]arrow.Field{{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int8)}}, nil)
	var fe *FileError
	if _, err := Create(path, list, WriterOptions{}); !errors.Is(err, ErrUnsupported) || !errors.As(err, &fe) || fe.Column != "l" || fe.File != path {
		t.Errorf("a list: %v", err)
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "s", Type: &arrow.TimestampType{Unit: arrow.Second}}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.TimestampBuilder).Append(1 << 61)
	rec := b.NewRecord()
	defer rec.Release()
	w, err := Create(path, schema, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); !errors.Is(err, ErrValue) || !errors.As(err, &fe) || fe.Column != "s" {
		t.Errorf("seconds beyond milliseconds: %v", err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	if found, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(found) != 0 {
		t.Error("files are left behind:", found)
	}
}

package source

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestParquetPlaces: a row group that lies where another lies would count its rows
// twice, in place of its own. No checksum covers where the footer says that it lies.
func TestParquetPlaces(t *testing.T) {
	path := t.TempDir() + "/x.parquet"
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}, {Name: "b", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range int64(30) {
		b.Field(0).(*array.Int64Builder).Append(i)
		b.Field(1).(*array.Int64Builder).Append(-i)
	}
	rec := b.NewRecord()
	defer rec.Release()
	w, err := Create(path, schema, WriterOptions{RowGroup: 10})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
	both, first := []string{"a", "b"}, []string{"a"}
	for _, tc := range []struct {
		name    string
		change  func(g []rowGroup)
		columns []string
		want    error
		column  string
	}{
		{"as it was written", func([]rowGroup) {}, both, nil, ""},
		{"a column asked for twice", func([]rowGroup) {}, []string{"a", "a"}, nil, ""},
		{"a row group in the place of another", func(g []rowGroup) { copy(g[2].columns, g[0].columns) }, both, errPlace, "a"},
		{"the same, backwards", func(g []rowGroup) { copy(g[0].columns, g[2].columns) }, both, errPlace, "a"},
		{"one column of it", func(g []rowGroup) { g[1].columns[1] = g[0].columns[1] }, both, errPlace, "b"},
		{"one that is not asked for", func(g []rowGroup) { g[1].columns[1] = g[0].columns[1] }, first, nil, ""},
		{"a column in the place of another", func(g []rowGroup) { g[1].columns[1] = g[1].columns[0] }, both, errPlace, "b"},
		{"a column one byte too long", func(g []rowGroup) { g[0].columns[0].compressed++ }, both, errPlace, "b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := Open(context.Background(), []string{path}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			tc.change(s.files[0].(*parquetFile).footer.groups)
			rows := int64(0)
			r, err := s.Reader(context.Background(), tc.columns)
			if err == nil {
				defer r.Release()
				for r.Next() {
					rows += r.Record().NumRows()
				}
				err = r.Err()
			}
			var fe *FileError
			if !errors.Is(err, tc.want) || (err != nil) != (tc.want != nil) || err == nil && rows != 30 {
				t.Fatalf("%d rows, %v", rows, err)
			}
			if err != nil && (!errors.As(err, &fe) || fe.Column != tc.column || fe.File != path) {
				t.Errorf("%v does not name column %s", err, tc.column)
			}
		})
	}
}

// TestRowsOfGroups: the row groups have the rows of the footer together, not more and not
// fewer.
func TestRowsOfGroups(t *testing.T) {
	path := t.TempDir() + "/x.parquet"
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range int64(30) {
		b.Field(0).(*array.Int64Builder).Append(i)
	}
	rec := b.NewRecord()
	defer rec.Release()
	w, err := Create(path, schema, WriterOptions{RowGroup: 10})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	of := func(rows byte) []byte { return []byte{1<<4 | thriftI64, 2 * rows} } // field 3 of the footer
	if bytes.Count(text, of(30)) != 1 {
		t.Fatal("the rows of the footer are not found")
	}
	for _, tc := range []struct {
		name string
		rows byte
		want error
	}{
		{"as many", 30, nil},
		{"one fewer in the footer", 29, ErrCorrupt},
		{"one more in the footer", 31, ErrCorrupt},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := os.WriteFile(path, bytes.Replace(text, of(30), of(tc.rows), 1), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(context.Background(), []string{path}, Options{})
			if !errors.Is(err, tc.want) {
				t.Error(err)
			}
			if err == nil {
				s.Close()
			}
		})
	}
}

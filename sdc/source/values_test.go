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

	"github.com/sluis-go/sluis/sdc/source"
)

// oneColumn is a record of one column, from JSON, beside row numbers.
func oneColumn(t *testing.T, dt arrow.DataType, text string) arrow.Record {
	t.Helper()
	col, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	b := array.NewInt64Builder(memory.DefaultAllocator)
	for i := range col.Len() {
		b.Append(int64(i))
	}
	fields := []arrow.Field{{Name: "v", Type: dt, Nullable: true}, {Name: "row", Type: arrow.PrimitiveTypes.Int64}}
	return array.NewRecord(arrow.NewSchema(fields, nil), []arrow.Array{col, b.NewArray()}, int64(col.Len()))
}

func writeOne(t *testing.T, path string, rec arrow.Record) {
	t.Helper()
	w, err := source.Create(path, rec.Schema(), source.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestCSVValues: CSV has all digits of a decimal and no others, and nothing for a
// column that is nothing.
func TestCSVValues(t *testing.T) {
	for _, tc := range []struct {
		dt         arrow.DataType
		json, want string
	}{
		{&arrow.Decimal128Type{Precision: 38, Scale: 10}, `["0.0000000001","1234567890123456789012345678.0123456789","-0.5",null]`,
			"v,row\n0.0000000001,0\n1234567890123456789012345678.0123456789,1\n-0.5000000000,2\n,3\n"},
		{&arrow.Decimal128Type{Precision: 5, Scale: 0}, `["0","-7"]`, "v,row\n0,0\n-7,1\n"},
		{&arrow.Decimal256Type{Precision: 60, Scale: 20}, `["0.00000000000000000001","12"]`, "v,row\n0.00000000000000000001,0\n12.00000000000000000000,1\n"},
		{arrow.Null, `[null,null]`, "v,row\n,0\n,1\n"},
	} {
		t.Run(tc.dt.String(), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.csv")
			writeOne(t, path, oneColumn(t, tc.dt, tc.json))
			if text, err := os.ReadFile(path); err != nil || string(text) != tc.want {
				t.Errorf("%v: %q, %v", tc.dt, text, err)
			}
		})
	}
}

// TestBinaryColumns: they are read as they were written.
func TestBinaryColumns(t *testing.T) {
	for _, dt := range []arrow.DataType{arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary} {
		rec := oneColumn(t, dt, `["AAEC","",null,"/w=="]`)
		for _, ext := range []string{".parquet", ".arrow", ".arrows"} {
			path := filepath.Join(t.TempDir(), "a"+ext)
			writeOne(t, path, rec)
			s, err := source.Open(context.Background(), []string{path}, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Reader(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Next() || r.Record().NumRows() != 4 {
				t.Errorf("%v %s: %v", dt, ext, r.Err())
				continue
			}
			for i := range 4 {
				if got, want := r.Record().Column(0), rec.Column(0); got.IsNull(i) != want.IsNull(i) || got.ValueStr(i) != want.ValueStr(i) {
					t.Errorf("%v %s: row %d differs", dt, ext, i)
				}
			}
			r.Release()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestFileTwice: rows are not counted twice for a file that two names find.
func TestFileTwice(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a.csv", "b.csv"} {
		if err := os.WriteFile(at(name), []byte("v\n"+name[:1]+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a.csv", at("link.csv")); err != nil {
		t.Skip(err)
	}
	for _, tc := range []struct {
		patterns []string
		fine     bool
	}{
		{[]string{at("a.csv"), at("b.csv")}, true}, {[]string{at("a.csv"), at("a.csv")}, false}, {[]string{at("?.csv"), at("b.csv")}, false},
		{[]string{at("a.csv"), at("link.csv")}, false}, {[]string{at("*.csv")}, false},
	} {
		t.Run(strings.Join(tc.patterns, " "), func(t *testing.T) {
			s, err := source.Open(context.Background(), tc.patterns, source.Options{})
			if tc.fine != (err == nil) || err != nil && !strings.Contains(err.Error(), "twice") {
				t.Errorf("%v: %v", tc.patterns, err)
			}
			if err == nil {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

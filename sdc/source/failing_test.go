package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// TestFailingDisk: where the disk or the network fails, the file is not called damaged,
// at any place of the reading.
func TestFailingDisk(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}, {Name: "b", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range int64(100) {
		b.Field(0).(*array.StringBuilder).Append("text")
		b.Field(1).(*array.Int64Builder).Append(i)
	}
	rec := b.NewRecord()
	defer rec.Release()
	for _, ext := range []string{".parquet", ".arrow", ".arrows", ".csv"} {
		path := filepath.Join(t.TempDir(), "x"+ext)
		w, err := Create(path, schema, WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(rec), w.Close()); err != nil {
			t.Fatal(err)
		}
		check := func(when string, err error) {
			var fe *FileError
			if !errors.Is(err, os.ErrClosed) || errors.Is(err, ErrCorrupt) || !errors.As(err, &fe) {
				t.Errorf("%s, %s: %v", ext, when, err)
			}
		}
		h, err := openHandle(path)
		if err != nil {
			t.Fatal(err)
		}
		h.close() //nolint:errcheck // it is to fail
		opts := Options{}
		opts.defaults()
		switch ext {
		case ".parquet":
			_, err = openParquet(h, &opts)
		case ".csv":
			_, err = openCSV(context.Background(), h, textKind{}, &opts)
		default:
			_, err = openIPC(h, ext == ".arrow", &opts)
		}
		check("opening", fileError(path, err))

		s, err := Open(context.Background(), []string{path}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Reader(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if ext == ".csv" {
			r.Release() // all of so small a file is read already
			s.Close()   //nolint:errcheck // read only
			_, err = s.Reader(context.Background(), nil)
			check("reading", err)
			continue
		}
		s.Close() //nolint:errcheck // it is to fail
		for r.Next() {
		}
		check("reading", r.Err())
		r.Release()
	}
}

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc/source"
)

// TestSameRelease: rows with the same text in other cells are not the same.
func TestSameRelease(t *testing.T) {
	dir := t.TempDir()
	text, binary := filepath.Join(dir, "a.csv"), filepath.Join(dir, "a.parquet")
	if err := os.WriteFile(text, []byte("v,w\nx\x1fy,z\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		row  [2]string
		same bool
	}{{[2]string{"x\x1fy", "z"}, true}, {[2]string{"x", "y\x1fz"}, false}} {
		b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
			{Name: "v", Type: arrow.BinaryTypes.String}, {Name: "w", Type: arrow.BinaryTypes.String},
		}, nil))
		for i, s := range tc.row {
			b.Field(i).(*array.StringBuilder).Append(s)
		}
		w, err := source.Create(binary, b.Schema(), source.WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		rec := b.NewRecord()
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		rec.Release()
		b.Release()
		if same, err := sameRelease(t.Context(), text, binary); err != nil || same != tc.same {
			t.Errorf("%q: %v, %v", tc.row, same, err)
		}
	}
}

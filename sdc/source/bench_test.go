package source_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc/source"
)

// BenchmarkParquet reads five text columns with dictionaries of 12 x 20 x 8 x 40
// x 2 entries and a column of numbers, in one goroutine: decoding alone.
func BenchmarkParquet(b *testing.B) {
	rows := 1 << 21
	if testing.Short() {
		rows = 1 << 15
	}
	path := filepath.Join(b.TempDir(), "x.parquet")
	writeKeys(b, path, rows)
	ctx := context.Background()
	s, err := source.Open(ctx, []string{path}, source.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		r, err := s.Reader(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for r.Next() {
			n += int(r.Record().NumRows())
		}
		if r.Err() != nil || n != rows {
			b.Fatal(n, r.Err())
		}
		r.Release()
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func writeKeys(b *testing.B, path string, rows int) {
	b.Helper()
	cards := []int{12, 20, 8, 40, 2}
	var fields []arrow.Field
	for c := range cards {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("k", c), Type: arrow.BinaryTypes.String})
	}
	fields = append(fields, arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Int64})
	schema := arrow.NewSchema(fields, nil)
	w, err := source.Create(path, schema, source.WriterOptions{})
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rb := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer rb.Release()
	for at := range rows {
		for c, card := range cards {
			rb.Field(c).(*array.StringBuilder).Append(fmt.Sprintf("code-%02d", rng.IntN(card)))
		}
		rb.Field(len(cards)).(*array.Int64Builder).Append(rng.Int64N(1_000_000))
		if (at+1)%(1<<15) != 0 && at+1 != rows {
			continue
		}
		rec := rb.NewRecord()
		if err := w.Write(rec); err != nil {
			b.Fatal(err)
		}
		rec.Release()
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

package column_test

import (
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// BenchmarkNumbersMoney reads float64 amounts of two digits behind the point.
func BenchmarkNumbersMoney(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	build := array.NewFloat64Builder(memory.DefaultAllocator)
	const rows = 1 << 16
	for range rows {
		build.Append(float64(rng.IntN(10_000_000)) / 100)
	}
	arr := build.NewArray()
	var n column.Numbers
	for b.Loop() {
		if err := n.Read("x", arr, 0); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

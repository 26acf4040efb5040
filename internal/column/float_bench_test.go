package column_test

import (
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// BenchmarkNumbersMoney reads amounts of two digits behind the point.
func BenchmarkNumbersMoney(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	floats := array.NewFloat64Builder(memory.DefaultAllocator)
	decimals := array.NewDecimal128Builder(memory.DefaultAllocator, &arrow.Decimal128Type{Precision: 12, Scale: 2})
	const rows = 1 << 16
	for range rows {
		cents := rng.IntN(10_000_000)
		floats.Append(float64(cents) / 100)
		decimals.Append(decimal128.FromI64(int64(cents)))
	}
	for _, arr := range []arrow.Array{floats.NewArray(), decimals.NewArray()} {
		b.Run(arr.DataType().Name(), func(b *testing.B) {
			var n column.Numbers
			for b.Loop() {
				if err := n.Read("x", arr, 0); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

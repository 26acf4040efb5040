package arrow18_test

import (
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluis-go/sluis/arrow18"
)

// BenchmarkTable hands on a column of int64. The bytes that it allocates are the same for
// every number of rows.
func BenchmarkTable(b *testing.B) {
	for _, rows := range []int{1_000, 10_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			ib := array.NewInt64Builder(memory.DefaultAllocator)
			defer ib.Release()
			ib.Reserve(rows)
			for i := range rows {
				ib.UnsafeAppend(int64(i))
			}
			column := ib.NewArray()
			defer column.Release()
			table := array.NewTableFromSlice(arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil), [][]arrow.Array{{column}})
			defer table.Release()
			b.ReportAllocs()
			for b.Loop() {
				t, err := arrow18.Table(table, nil)
				if err != nil {
					b.Fatal(err)
				}
				t.Release()
			}
		})
	}
}

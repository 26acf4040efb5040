package pseudonym_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// BenchmarkCounted hashes sixteen chunks with a counter: of the same values, and of
// values that are all distinct.
func BenchmarkCounted(b *testing.B) {
	const n, chunks = 1 << 16, 16
	all := benchArray(n * chunks)
	defer all.Release()
	for _, distinct := range []int{n, n * chunks} {
		parts := make([]arrow.Array, chunks)
		for i := range parts {
			from := int64(i * n % distinct)
			parts[i] = array.NewSlice(all, from, from+n)
			defer parts[i].Release()
		}
		col := arrow.NewChunked(all.DataType(), parts)
		defer col.Release()
		p := maker(b, func(c *pseudonym.Config) { c.Encoding = pseudonym.Binary })
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%d distinct, threads %d", distinct, threads), func(b *testing.B) {
				for b.Loop() {
					var counter pseudonym.Counter
					out, err := p.Chunked(context.Background(), memory.DefaultAllocator, col, threads, &counter)
					if err != nil {
						b.Fatal(err)
					}
					out.Release()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*chunks), "ns/value")
			})
		}
	}
}

package column

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestBitsOfAny has one value that is larger than the others in any place, of arrays
// around the number of values that vectors take.
func TestBitsOfAny(t *testing.T) {
	for _, vectors := range []bool{false, hasAVX2} {
		were := hasAVX2
		hasAVX2 = vectors
		rng := rand.New(rand.NewPCG(9, 1))
		for _, n := range []int{0, 1, 15, 16, 17, 31, 32, 33, 100} {
			for at := range max(1, n) {
				values := make([]int64, n)
				for i := range values {
					values[i] = rng.Int64N(200) - 100
				}
				for _, large := range []int64{0, 1, -1, 1 << 40, -1 << 40, -1<<40 - 1, math.MaxInt64, math.MinInt64} {
					if n > 0 {
						values[at] = large
					}
					most := 0
					for _, v := range values {
						most = max(most, big.NewInt(v).BitLen())
					}
					if got := bitsOfAny(values); got < most || got > most+1 {
						t.Fatalf("vectors %t: %d bits of %d values, the largest has %d", vectors, got, n, most)
					}
				}
			}
		}
		hasAVX2 = were
	}
}

// BenchmarkBitsOfAny reads 20 million values from memory.
func BenchmarkBitsOfAny(b *testing.B) {
	values := make([]int64, 20_000_000)
	for i := range values {
		values[i] = int64(i)
	}
	for b.Loop() {
		bitsOfAny(values)
	}
	b.ReportMetric(float64(len(values))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

package touch_test

import (
	"fmt"
	"testing"

	"github.com/sluis-go/sluis/internal/touch"
)

func TestSlice(t *testing.T) {
	for _, n := range []int{0, 1, 511, 512, 513, 4096, 100_000} {
		for i, x := range touch.Slice[int64](n) {
			if x != 0 || i >= n {
				t.Fatalf("%d of %d: %d", i, n, x)
			}
		}
		if got := len(touch.Slice[[3]uint32](n)); got != n {
			t.Errorf("%d of %d", got, n)
		}
	}
}

// BenchmarkSlice adds one to all of a new table, in random order, while another
// goroutine works.
func BenchmarkSlice(b *testing.B) {
	const n = 1 << 18
	for _, touched := range []bool{false, true} {
		b.Run(fmt.Sprintf("touched %t", touched), func(b *testing.B) {
			for b.Loop() {
				var s []int64
				if touched {
					s = touch.Slice[int64](n)
				} else {
					s = make([]int64, n)
				}
				at := uint32(1)
				for range n {
					at = at*1664525 + 1013904223
					if c := &s[at>>14]; *c < 9 {
						*c++
					}
				}
			}
		})
	}
}

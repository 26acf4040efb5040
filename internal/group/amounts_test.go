package group_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/sluis-go/sluis/internal/group"
)

// kept holds the content of a cell of Amounts: its amounts, falling.
type kept []int64

func (c kept) String() string {
	slices.SortFunc(c, func(a, b int64) int { return int(b - a) })
	sum, first, second := int64(0), int64(0), int64(0)
	for i, x := range c {
		sum += x
		switch i {
		case 0:
			first = x
		case 1:
			second = x
		}
	}
	return fmt.Sprint(len(c), sum, first, second)
}

// TestAmounts compares cells with the rows: values on both sides of every bound, few
// cells and many, numbers of rows near the length of vectors, and parts that merge.
func TestAmounts(t *testing.T) {
	edges := []int64{0, 1, 2, -1, 1<<32 - 1, 1<<32 - 2, 1 << 32, 1<<32 + 1, 1 << 31, 1<<31 - 1, math.MaxInt64, math.MinInt64, -1 << 32, 1 << 48, 1<<48 + 1}
	group.ForEachVariant(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 5))
		for range 200 {
			n := 1 + rng.IntN(40)
			g := group.NewGrid([]int{n}, 100)
			parts := []*group.Amounts{group.NewAmounts(g), group.NewAmounts(g), group.NewAmounts(g)}
			want := make([]kept, n)
			share := rng.IntN(4) // of values at edges
			for range rng.IntN(6) {
				rows := lengths[rng.IntN(len(lengths))]
				keys, x, rest := make([]uint32, rows), make([]int64, rows), make([]uint32, rows)
				var left []uint32
				for i := range keys {
					keys[i] = uint32(min(rng.IntN(n), rng.IntN(n)))
					if x[i] = rng.Int64N(1 << 33); rng.IntN(4) < share {
						x[i] = edges[rng.IntN(len(edges))]
					}
					if x[i] >= 1 && x[i] < 1<<32 {
						want[keys[i]] = append(want[keys[i]], x[i])
					} else {
						left = append(left, uint32(i))
					}
				}
				if m := parts[rng.IntN(3)].Add(keys, x, rest); !slices.Equal(rest[:m], left) {
					t.Fatalf("%d rows: left %d, want %d", rows, rest[:m], left)
				}
			}
			parts[0].Merge(parts[1], inHalves(g.Cells()))
			parts[0].Merge(parts[2], inHalves(g.Cells()))
			for k, c := range want {
				if got := fmt.Sprint(parts[0].At(k)); got != c.String() {
					t.Fatalf("cell %d of %d: %s, want %s", k, n, got, c)
				}
			}
		}
	})
}

// TestAmountsFull has cells that are full in the middle of a call, with the largest
// amounts and with rows that have none, and that are full by merging.
func TestAmountsFull(t *testing.T) {
	const half = 1 << 14
	group.ForEachVariant(t, func(t *testing.T) {
		g := group.NewGrid([]int{2}, 2)
		parts := []*group.Amounts{group.NewAmounts(g), group.NewAmounts(g)}
		keys, x, rest := make([]uint32, half), make([]int64, half), make([]uint32, half)
		rows := [2]int64{}
		for call := range 23 {
			left := 0
			for i := range keys {
				keys[i], x[i] = uint32(min(1, i%64)), 1<<32-1 // cell 1 fills in the third call
				if i%7 == call%7 {
					x[i] = int64(call%3-1) << 40
					left++
				} else {
					rows[keys[i]]++
				}
			}
			if n := parts[call%2].Add(keys, x, rest); n != left {
				t.Fatalf("call %d: %d rows are left, want %d", call, n, left)
			}
			for i, r := range rest[:left] {
				if int(r)%7 != call%7 || i > 0 && r <= rest[i-1] {
					t.Fatalf("call %d: row %d is left", call, r)
				}
			}
		}
		parts[0].Merge(parts[1], inHalves(g.Cells()))
		for k, n := range rows {
			got := fmt.Sprint(parts[0].At(k))
			if want := fmt.Sprint(n, n*(1<<32-1), int64(1<<32-1), int64(1<<32-1)); got != want {
				t.Errorf("cell %d: %s, want %s", k, got, want)
			}
		}
	})
}

// TestAmountsMergeFull merges every mix of parts, some of which have been full.
func TestAmountsMergeFull(t *testing.T) {
	const call = 1 << 14
	group.ForEachVariant(t, func(t *testing.T) {
		g := group.NewGrid([]int{1}, 1)
		for _, calls := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}, {5, 4}} {
			var parts [2]*group.Amounts
			for p, n := range calls {
				parts[p] = group.NewAmounts(g)
				for range n {
					x := slices.Repeat([]int64{1<<32 - 1 - int64(p)}, call-5)
					parts[p].Add(make([]uint32, len(x)), x, make([]uint32, len(x)))
				}
			}
			parts[0].Merge(parts[1], inHalves(g.Cells()))
			a, b := int64(calls[0]*(call-5)), int64(calls[1]*(call-5))
			want := fmt.Sprint(a+b, a*(1<<32-1)+b*(1<<32-2), int64(1<<32-1), int64(1<<32-1))
			if got := fmt.Sprint(parts[0].At(0)); got != want {
				t.Errorf("%d: %s, want %s", calls, got, want)
			}
		}
	})
}

// BenchmarkAmounts has 153,600 cells, and of every hundred amounts two that are none.
func BenchmarkAmounts(b *testing.B) {
	const rows, block, cells = 1 << 22, 1 << 11, 153_600
	rng := rand.New(rand.NewPCG(7, 6))
	keys, x := make([]uint32, rows), make([]int64, rows)
	for i := range keys {
		keys[i], x[i] = uint32(rng.IntN(cells)), rng.Int64N(1_000_000)-20_000
	}
	a, rest := group.NewAmounts(group.NewGrid([]int{cells}, cells)), make([]uint32, block)
	for b.Loop() {
		for lo := 0; lo < rows; lo += block {
			a.Add(keys[lo:lo+block], x[lo:lo+block], rest)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// inHalves does the cells 0 to n in two goroutines.
func inHalves(n int) func(do func(lo, hi int)) {
	return func(do func(lo, hi int)) {
		var wg sync.WaitGroup
		wg.Go(func() { do(0, n/2) })
		wg.Go(func() { do(n/2, n) })
		wg.Wait()
	}
}

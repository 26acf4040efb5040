package group_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/group"
)

// indices draws a column of n indices below card, 8, 16 or 32 bits wide.
func indices(rng *rand.Rand, width, card, n int) column.Indices {
	x := column.Indices{Below: card}
	for range n {
		v := rng.IntN(card)
		switch width {
		case 8:
			x.U8 = append(x.U8, uint8(v))
		case 16:
			x.U16 = append(x.U16, uint16(v))
		default:
			x.U32 = append(x.U32, uint32(v))
		}
	}
	return x
}

func at(x *column.Indices, i int) int {
	switch {
	case x.U8 != nil:
		return int(x.U8[i])
	case x.U16 != nil:
		return int(x.U16[i])
	}
	return int(x.U32[i])
}

// lengths are around the numbers of rows that vectors hold.
var lengths = []int{1, 3, 4, 5, 31, 32, 33, 63, 64, 65, 1000}

// TestGridKeys compares keys, and what they are spelled as, with the sum they
// are, for every variant, width, number of columns and offset.
func TestGridKeys(t *testing.T) {
	group.ForEachVariant(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 1))
		for range 300 {
			n, lo := lengths[rng.IntN(len(lengths))], rng.IntN(40)
			var cards []int
			var cols []column.Indices
			for range rng.IntN(6) {
				card := 1 + rng.IntN(20)
				cards = append(cards, card)
				cols = append(cols, indices(rng, []int{8, 16, 32}[rng.IntN(3)], card, lo+n))
			}
			g := group.NewGrid(cards, 1<<30)
			keys := make([]uint32, n)
			if !g.Keys(keys, cols, lo) {
				t.Fatal("an index is too large, it says")
			}
			for i, k := range keys {
				want := 0
				for c, card := range cards {
					want = want*card + at(&cols[c], lo+i)
				}
				if int(k) != want {
					t.Fatalf("row %d: key %d, want %d", i, k, want)
				}
			}
			slices.Sort(keys)
			spelled := make([][]uint32, len(cards))
			for c := range cards {
				spelled[c] = g.Spell(keys, c)
			}
			for i, k := range keys {
				again := uint32(0)
				for c, card := range cards {
					again = again*uint32(card) + spelled[c][i]
				}
				if again != k {
					t.Fatalf("key %d is spelled as %d", k, again)
				}
			}
		}
	})
}

// TestGridIndexTooLarge: one index at the bound, or far beyond it, in any place
// of any column is noticed.
func TestGridIndexTooLarge(t *testing.T) {
	group.ForEachVariant(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 2))
		for _, width := range []int{8, 16, 32} {
			for _, n := range lengths {
				for i := range n {
					cols := []column.Indices{indices(rng, 8, 3, n), indices(rng, width, 100, n), indices(rng, 8, 3, n)}
					g := group.NewGrid([]int{3, 100, 3}, 1<<20)
					keys := make([]uint32, n)
					if !g.Keys(keys, cols, 0) {
						t.Fatal("indices below the bound are refused")
					}
					switch x := &cols[1]; width {
					case 8:
						x.U8[i] = []uint8{100, 200, 255}[rng.IntN(3)]
					case 16:
						x.U16[i] = []uint16{100, 256, 1<<15 + 1, 1<<16 - 1}[rng.IntN(4)]
					case 32:
						x.U32[i] = []uint32{100, 256, 1 << 16, 1 << 31, 1<<32 - 1}[rng.IntN(5)]
					}
					if g.Keys(keys, cols, 0) {
						t.Fatalf("%d bits: index %d of %d is taken", width, i, n)
					}
				}
			}
		}
	})
}

func TestGridTooLarge(t *testing.T) {
	for _, tt := range []struct {
		cards []int
		most  int
		ok    bool
	}{
		{nil, 1, true}, {[]int{4, 5}, 20, true}, {[]int{4, 5}, 19, false}, {[]int{0, 5}, 19, false},
		{[]int{1 << 16, 1 << 16, 1 << 16, 1 << 16}, 1 << 30, false},
	} {
		t.Run(fmt.Sprint("cardinalities ", tt.cards), func(t *testing.T) {
			if g := group.NewGrid(tt.cards, tt.most); (g != nil) != tt.ok {
				t.Errorf("%v, at most %d: a grid %t, want %t", tt.cards, tt.most, g != nil, tt.ok)
			}
		})
	}
}

// TestCounts has counts on both sides of each byte, of parts that merge, with
// keys that follow each other and with keys that do not.
func TestCounts(t *testing.T) {
	group.ForEachVariant(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 3))
		g := group.NewGrid([]int{10, 30}, 300)
		want := map[uint32]int64{}
		parts := []*group.Counts{group.NewCounts(g), group.NewCounts(g), group.NewCounts(g)}
		for _, n := range []int{1, 5, 254, 255, 256, 257, 511, 512, 513, 70_000} {
			k := uint32(n % 300)
			if n == 70_000 {
				k = 0
			}
			keys := slices.Repeat([]uint32{k}, n)
			for range n % 50 {
				keys = append(keys, uint32(rng.IntN(200)))
			}
			rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			for len(keys) > 0 {
				m := min(len(keys), 1+rng.IntN(300))
				parts[rng.IntN(3)].Add(keys[:m])
				for _, k := range keys[:m] {
					want[k]++
				}
				keys = keys[m:]
			}
		}
		cut := rng.IntN(300)
		for _, part := range parts[1:] {
			parts[0].Merge(part, cut, 300)
			parts[0].Merge(part, 0, cut)
		}
		keys, counts := parts[0].Occupied()
		got := map[uint32]int64{}
		for i, k := range keys {
			got[k] = counts[i]
		}
		if !slices.IsSorted(keys) || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("counts %v, want %v", got, want)
		}
	})
}

// TestCountRows counts rows of grids of one bin, of several and of too many, with
// leading columns of one index and of few, 8, 16 and 32 bits wide, evenly and almost
// all in one cell; an index beyond the last is noticed wherever it is.
func TestCountRows(t *testing.T) {
	shapes := [][]int{
		{}, {1}, {7}, {255}, {300}, {40_960}, {65_535}, {12, 20, 8, 40, 2}, {2, 12, 20, 8, 40}, {40, 200, 40}, {3, 3, 1, 5, 2, 2, 2, 2},
		{2, 2, 2, 2, 2, 2, 2, 2, 2}, {200, 200, 20}, {2, 70_000}, {70_000, 2}, {1, 1, 50_000}, {163, 2, 1000}, {5, 40_960}, {3, 40_961},
	}
	group.ForEachVariant(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 5))
		for _, cards := range shapes {
			for _, one := range []bool{false, true} {
				g := group.NewGrid(cards, 1<<20)
				counts, want := group.NewCounts(g), make([]int64, g.Cells())
				var cols []column.Indices
				for _, n := range []int{1, 20_000 + rng.IntN(100), 70, 64, 90_001} {
					cols = cols[:0]
					for _, card := range cards {
						width := []int{8, 16, 16, 32}[rng.IntN(4)]
						if len(cards) > 3 {
							width = []int{8, 8, 8, 8, 8, 8, 8, 16}[rng.IntN(8)]
						}
						for width < 32 && card > 1<<width-1 {
							width *= 2
						}
						cols = append(cols, indices(rng, width, card, n))
						if x := &cols[len(cols)-1]; one && rng.IntN(4) > 0 {
							clear(x.U8[min(10, len(x.U8)):])
							clear(x.U16[min(10, len(x.U16)):])
							clear(x.U32[min(10, len(x.U32)):])
						}
					}
					if !counts.AddRows(cols, n) {
						t.Fatalf("%v, %d rows: an index is too large, it says", cards, n)
					}
					for i := range n {
						k := 0
						for c, card := range cards {
							k = k*card + at(&cols[c], i)
						}
						want[k]++
					}
					if rng.IntN(3) == 0 {
						counts.Flush()
					}
				}
				counts.Flush()
				got := make([]int64, g.Cells())
				counts.Read(got, 0)
				if !slices.Equal(got, want) {
					t.Fatalf("%v: the counts differ", cards)
				}
				if len(cols) == 0 {
					continue
				}
				c, i := rng.IntN(len(cols)), rng.IntN(cols[0].Len())
				switch x := &cols[c]; {
				case x.U8 != nil && cards[c] < 256:
					x.U8[i] = uint8(cards[c] + rng.IntN(256-cards[c]))
				case x.U16 != nil && cards[c] < 1<<16:
					x.U16[i] = uint16(cards[c] + rng.IntN(1<<16-cards[c]))
				case x.U32 != nil:
					x.U32[i] = uint32(cards[c])
				default:
					continue
				}
				if counts.AddRows(cols, cols[0].Len()) {
					t.Fatalf("%v: row %d of column %d is taken", cards, i, c)
				}
				counts.Flush() // nothing that waits is outside
			}
		}
	})
}

// BenchmarkGridCount counts the cells of five columns of 12, 20, 8, 40 and 2
// indices.
func BenchmarkGridCount(b *testing.B) {
	const rows, block = 1 << 22, 1 << 11
	rng := rand.New(rand.NewPCG(7, 4))
	cards := []int{12, 20, 8, 40, 2}
	var cols []column.Indices
	for _, card := range cards {
		cols = append(cols, indices(rng, 8, card, rows))
	}
	g := group.NewGrid(cards, 1<<20)
	b.Run("keys and counts", func(b *testing.B) {
		keys, counts := make([]uint32, block), group.NewCounts(g)
		for b.Loop() {
			for lo := 0; lo < rows; lo += block {
				if !g.Keys(keys, cols, lo) {
					b.Fatal("an index is too large")
				}
				counts.Add(keys)
			}
		}
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("rows", func(b *testing.B) {
		counts := group.NewCounts(g)
		for b.Loop() {
			if !counts.AddRows(cols, rows) {
				b.Fatal("an index is too large")
			}
			counts.Flush()
		}
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

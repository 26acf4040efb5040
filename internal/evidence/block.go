package evidence

import (
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
)

const (
	// partBits is the binary logarithm of the number of partitions by unit. A
	// partition of some ten million rows fits in a core's cache.
	partBits   = 9
	partitions = 1 << partBits

	// blockRows is the number of rows that are partitioned together.
	blockRows = 1 << 18
)

// block holds rows of units, sorted by partition: the rows of partition p are offsets[p]
// to offsets[p+1]. A slice is nil where the shape does not use it.
type block[T any] struct {
	offsets []uint32
	unit    []uint64 // mixed, see internal/scatter
	cell    []uint32
	filled  []bool // has a response
	x       []T
	wx      []exact.Int512
	// cells maps cell to inner cells; nil where cell holds inner cells already. Merging
	// sets cells.
	cells []uint32
}

func (b *block[T]) len() int { return len(b.unit) }

// part returns where the rows of a partition are.
func (b *block[T]) part(p int) (lo, hi int) { return int(b.offsets[p]), int(b.offsets[p+1]) }

// slice returns rows lo to hi. offsets and cells are not set.
func (b *block[T]) slice(lo, hi int) block[T] {
	out := block[T]{unit: b.unit[lo:hi], cell: b.cell[lo:hi]}
	if b.x != nil {
		out.x, out.filled = b.x[lo:hi], b.filled[lo:hi]
	}
	if b.wx != nil {
		out.wx = b.wx[lo:hi]
	}
	return out
}

// grow adds n rows with arbitrary contents, and returns the number of the first.
func (b *block[T]) grow(n int, s *Shape) int {
	at := len(b.unit)
	b.unit = lengthen(b.unit, n)
	b.cell = lengthen(b.cell, n)
	if s.Response {
		b.filled = lengthen(b.filled, n)
		b.x = lengthen(b.x, n)
		if s.Weight {
			b.wx = lengthen(b.wx, n)
		}
	}
	return at
}

// lengthen is grow for one slice.
func lengthen[T any](s []T, n int) []T {
	return slices.Grow(s, n)[:len(s)+n]
}

// reset empties the block and keeps its memory.
func (b *block[T]) reset() {
	b.unit, b.cell, b.filled, b.x, b.wx = b.unit[:0], b.cell[:0], b.filled[:0], b.x[:0], b.wx[:0]
}

// sorted returns a copy of the block in the order of partitions, in the memory of
// out.
func (b *block[T]) sorted(s *Shape, out block[T]) block[T] {
	out.reset()
	out.cells = nil
	if out.offsets == nil {
		out.offsets = make([]uint32, partitions+1)
	}
	clear(out.offsets)
	next := out.offsets[1:]
	for _, u := range b.unit {
		next[u>>(64-partBits)]++
	}
	sum := uint32(0)
	for p, n := range next {
		next[p] = sum // where partition p begins; in the end, where it ends
		sum += n
	}
	out.grow(b.len(), s)
	for i, u := range b.unit {
		p := u >> (64 - partBits)
		at := next[p]
		next[p] = at + 1
		out.unit[at], out.cell[at] = u, b.cell[i]
		if b.x != nil {
			out.x[at], out.filled[at] = b.x[i], b.filled[i]
		}
		if b.wx != nil {
			out.wx[at] = b.wx[i]
		}
	}
	return out
}

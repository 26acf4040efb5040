package group

import (
	"context"
	"math"
	"math/bits"

	"github.com/sluis-go/sluis/internal/guard"
)

// Groups is the grouping of a whole data set: equivalence classes of rows equal
// on all columns, numbered in code order.
type Groups struct {
	IDs   []uint32   // row -> group
	N     int        // number of groups
	Keys  [][]uint32 // column -> group -> code
	Sizes []int64    // group -> number of rows
}

// morsel is the number of rows that a worker takes at a time.
const morsel = 1 << 14

// Build groups the rows by equality of all columns. Every code of column c must be less
// than cards[c]. Group ids ascend in code order, column by column, so the result does not
// depend on threads or on the order of equal rows. Build returns ctx.Err() if the context
// ends. Time linear in rows times columns.
//
// Tuples are numbered in mixed radix.
//
//   - Where there are few numbers for the rows, a bitmap of the numbers that occur gives
//     every number its rank.
//   - Where there are many, the rows are first partitioned by ranges of numbers, so the
//     groups of a partition stay in cache.
//   - Where a number needs more than 64 bits, a [Table] is used.
func Build(ctx context.Context, cols [][]uint32, cards []int, rows, threads int) (*Groups, error) {
	b := builder{ctx: ctx, cols: cols, rows: rows, threads: max(1, min(threads, (rows+morsel-1)/morsel))}
	b.radix, b.product = strides(cards)
	if b.product == 0 || b.product > rankLimit(rows) {
		// The codes in use may be fewer than the cardinalities say.
		if cards = b.used(); ctx.Err() != nil {
			return nil, ctx.Err()
		}
		b.radix, b.product = strides(cards)
	}
	switch {
	case b.product == 0 || uint64(rows) > math.MaxUint32:
		return b.byTable(cards)
	case b.product <= rankLimit(rows):
		return b.byRank()
	}
	return b.byPartition()
}

// builder is the state that the ways to build share.
type builder struct {
	ctx           context.Context
	cols          [][]uint32
	rows, threads int
	radix         []uint64 // per column, the stride of its codes
	product       uint64   // of the cardinalities: keys are below it
}

// strides returns the mixed radix of the cardinalities, the first column most
// significant, and their product; 0 if that needs more than 64 bits.
func strides(cards []int) (radix []uint64, product uint64) {
	radix = make([]uint64, len(cards))
	product = 1
	for c := len(cards) - 1; c >= 0; c-- {
		radix[c] = product
		hi, lo := bits.Mul64(product, uint64(max(1, cards[c])))
		if hi != 0 {
			return radix, 0
		}
		product = lo
	}
	return radix, product
}

// share returns the rows of worker w.
func (b *builder) share(w int) (lo, hi int) {
	return b.rows * w / b.threads, b.rows * (w + 1) / b.threads
}

// each runs fn once for every worker, at the same time.
func (b *builder) each(fn func(w int)) {
	if b.threads == 1 {
		fn(0)
		return
	}
	var wg guard.Group
	for w := range b.threads {
		wg.Go(func() { fn(w) })
	}
	wg.Wait()
}

// used returns, for every column, one more than its largest code.
func (b *builder) used() []int {
	tops := make([][]uint32, b.threads)
	b.each(func(w int) {
		top := make([]uint32, len(b.cols))
		lo, hi := b.share(w)
		for c, col := range b.cols {
			if b.ctx.Err() != nil {
				break
			}
			t := uint32(0)
			for _, code := range col[lo:hi] {
				t = max(t, code)
			}
			top[c] = t
		}
		tops[w] = top
	})
	cards := make([]int, len(b.cols))
	for _, top := range tops {
		for c, t := range top {
			cards[c] = max(cards[c], int(t)+1)
		}
	}
	return cards
}

// number is a key: narrow where the product allows it.
type number interface{ ~uint32 | ~uint64 }

// fuse writes the keys of rows lo to hi. One pass a pair of columns over a
// morsel, which stays in cache.
func fuse[K number](key []K, cols [][]uint32, radix []uint64, lo int) {
	n := len(key)
	switch len(cols) {
	case 0:
		clear(key)
		return
	case 1:
		a, x := cols[0][lo:lo+n], K(radix[0])
		for i := range key {
			key[i] = K(a[i]) * x
		}
		return
	}
	a, b := cols[0][lo:lo+n], cols[1][lo:lo+n]
	x, y := K(radix[0]), K(radix[1])
	for i := range key {
		key[i] = K(a[i])*x + K(b[i])*y
	}
	cols, radix = cols[2:], radix[2:]
	for len(cols) >= 2 {
		a, b := cols[0][lo:lo+n], cols[1][lo:lo+n]
		x, y := K(radix[0]), K(radix[1])
		for i := range key {
			key[i] += K(a[i])*x + K(b[i])*y
		}
		cols, radix = cols[2:], radix[2:]
	}
	if len(cols) == 1 {
		a, x := cols[0][lo:lo+n], K(radix[0])
		for i := range key {
			key[i] += K(a[i]) * x
		}
	}
}

// spell writes the codes of a group's key.
func spell(keys [][]uint32, radix []uint64, id int, key uint64) {
	for c, r := range radix {
		code := key / r
		keys[c][id] = uint32(code)
		key -= code * r
	}
}

func emptyKeys(columns, n int) [][]uint32 {
	if columns == 0 {
		return nil
	}
	keys := make([][]uint32, columns)
	for c := range keys {
		keys[c] = make([]uint32, n)
	}
	return keys
}

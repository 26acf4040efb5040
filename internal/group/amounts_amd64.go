//go:build !purego

package group

const (
	amountLanes = 4  // rows that addAmountsAVX2 takes at a time
	amountAhead = 32 // how many rows ahead it asks for a cell
)

// addAmountsAVX2 is addAmountsPortable for n rows, a multiple of amountLanes and not 0.
// For a row before ahead it prefetches the cell of the row amountAhead later: keys must
// have that row.
//
//go:noescape
func addAmountsAVX2(cells *amount, keys *uint32, x *int64, n, ahead int, rest *uint32) int

// addAmounts is addAmountsPortable.
func addAmounts(cells []amount, keys []uint32, x []int64, rest []uint32) int {
	if !hasAVX2 || len(keys) < amountLanes {
		return addAmountsPortable(cells, keys, x, rest)
	}
	x, rest = x[:len(keys)], rest[:len(keys)]
	end := len(keys) / amountLanes * amountLanes
	n := addAmountsAVX2(&cells[0], &keys[0], &x[0], end, max(0, end-amountAhead), &rest[0])
	more := rest[n:]
	last := addAmountsPortable(cells, keys[end:], x[end:], more)
	for i := range more[:last] {
		more[i] += uint32(end)
	}
	return n + last
}

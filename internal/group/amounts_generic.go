//go:build !amd64 || purego

package group

// addAmounts is addAmountsPortable.
func addAmounts(cells []amount, keys []uint32, x []int64, rest []uint32) int {
	return addAmountsPortable(cells, keys, x, rest)
}

// Package touch makes memory that is read before it is written, such as tables of sums.
// The first read of a new page maps a shared page of zeros. The following write takes a
// second page fault, which interrupts all other processors. Package touch avoids it.
package touch

import "unsafe"

// page is no more than the size of a page of memory.
const page = 4 << 10

// Slice returns n zeros. Every page of the result has been written to. Time linear in
// pages.
func Slice[T any](n int) []T {
	s := make([]T, n)
	All(s)
	return s
}

// All writes to every page of s, which is all zeros and holds no pointers.
func All[T any](s []T) {
	var zero T
	for i := 0; i < len(s); i += max(1, page/max(1, int(unsafe.Sizeof(zero)))) {
		s[i] = zero
	}
	if len(s) > 0 {
		s[len(s)-1] = zero
	}
}

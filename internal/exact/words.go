package exact

import "math/bits"

// The loops over little-endian two's complement words that Int512 and Wide
// share.

func addWords(a, b []uint64) {
	var carry uint64
	for i := range a {
		a[i], carry = bits.Add64(a[i], b[i], carry)
	}
}

func negWords(a []uint64) {
	var borrow uint64
	for i := range a {
		a[i], borrow = bits.Sub64(0, a[i], borrow)
	}
}

// cmpWords compares numbers of the same length.
func cmpWords(a, b []uint64) int {
	top := len(a) - 1
	if na, nb := a[top]>>63 != 0, b[top]>>63 != 0; na != nb {
		if na {
			return -1
		}
		return 1
	}
	for i := top; i >= 0; i-- {
		if a[i] != b[i] {
			if a[i] < b[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// lenWords is the number of bits of a number that is not negative.
func lenWords(a []uint64) int {
	for i := len(a) - 1; i >= 0; i-- {
		if a[i] != 0 {
			return 64*i + bits.Len64(a[i])
		}
	}
	return 0
}

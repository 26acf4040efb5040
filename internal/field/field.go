// Package field is arithmetic modulo the prime 2^61-1.
//
// The arguments and the results of all functions lie in [0, Prime). A caller who has another
// number reduces that number first. No function looks at this.
package field

import "math/bits"

// Prime is the modulus.
const Prime = 1<<61 - 1

// Add is a + b.
func Add(a, b uint64) uint64 {
	s := a + b
	if s >= Prime {
		s -= Prime
	}
	return s
}

// Neg is -a.
func Neg(a uint64) uint64 {
	if a == 0 {
		return 0
	}
	return Prime - a
}

// Mul is a * b.
func Mul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	s := (lo & Prime) + (lo>>61 | hi<<3)
	s = (s & Prime) + s>>61
	if s >= Prime {
		s -= Prime
	}
	return s
}

// Inverse is 1 / a, for a that is not 0. The inverse of a is a^(p-2), by Fermat:
// p-2 = 4 (2^59-1) + 1.
func Inverse(a uint64) uint64 {
	if a == 1 || a == Prime-1 {
		return a
	}
	// ones(k) = a^(2^k-1), and ones(j+k) = ones(j)^(2^k) ones(k).
	join := func(x, y uint64, k int) uint64 {
		for range k {
			x = Mul(x, x)
		}
		return Mul(x, y)
	}
	x3 := join(join(a, a, 1), a, 1)
	x7 := join(join(x3, x3, 3), a, 1)
	x14 := join(x7, x7, 7)
	x29 := join(join(x14, x14, 14), a, 1)
	x59 := join(join(x29, x29, 29), a, 1)
	return join(x59, a, 2)
}

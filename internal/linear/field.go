package linear

import "math/bits"

// Arithmetic modulo the prime 2^61-1. Numbers lie in [0, prime).
const prime = 1<<61 - 1

func add(a, b uint64) uint64 {
	s := a + b
	if s >= prime {
		s -= prime
	}
	return s
}

func neg(a uint64) uint64 {
	if a == 0 {
		return 0
	}
	return prime - a
}

func mul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	s := (lo & prime) + (lo>>61 | hi<<3)
	s = (s & prime) + s>>61
	if s >= prime {
		s -= prime
	}
	return s
}

// inverse is a^(p-2), by Fermat: p-2 = 4 (2^59-1) + 1.
func inverse(a uint64) uint64 {
	if a == 1 || a == prime-1 {
		return a
	}
	// ones(k) = a^(2^k-1), and ones(j+k) = ones(j)^(2^k) ones(k).
	join := func(x, y uint64, k int) uint64 {
		for range k {
			x = mul(x, x)
		}
		return mul(x, y)
	}
	x3 := join(join(a, a, 1), a, 1)
	x7 := join(join(x3, x3, 3), a, 1)
	x14 := join(x7, x7, 7)
	x29 := join(join(x14, x14, 14), a, 1)
	x59 := join(join(x29, x29, 29), a, 1)
	return join(x59, a, 2)
}

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

// inverse is a^(p-2), by Fermat.
func inverse(a uint64) uint64 {
	if a == 1 {
		return 1
	}
	if a == prime-1 {
		return prime - 1
	}
	r, e := uint64(1), uint64(prime-2)
	for ; e > 0; e >>= 1 {
		if e&1 == 1 {
			r = mul(r, a)
		}
		a = mul(a, a)
	}
	return r
}

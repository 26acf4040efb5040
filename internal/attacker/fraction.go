package attacker

import (
	"errors"
	"math"
	"math/bits"
)

// errBig ends an attack with numbers that do not fit: undecided, never safe.
var errBig = errors.New("numbers too large for the attacker")

// fraction is n/d in lowest terms, d > 0. The zero value is not valid: use whole(0).
type fraction struct{ n, d int64 }

func whole(n int64) fraction { return fraction{n, 1} }

func (a fraction) zero() bool  { return a.n == 0 }
func (a fraction) whole() bool { return a.d == 1 }

func mulInt(a, b int64) int64 {
	if a == 0 || b == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(max(a, -a)), uint64(max(b, -b)))
	if hi != 0 || lo > math.MaxInt64/2 || a == math.MinInt64 || b == math.MinInt64 {
		panic(errBig)
	}
	if (a < 0) != (b < 0) {
		return -int64(lo)
	}
	return int64(lo)
}

func gcd(a, b int64) int64 {
	a, b = max(a, -a), max(b, -b)
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func reduced(n, d int64) fraction {
	if d < 0 {
		n, d = -n, -d
	}
	if d != 1 {
		if g := gcd(n, d); g > 1 {
			n, d = n/g, d/g
		}
	}
	return fraction{n, d}
}

func (a fraction) mul(b fraction) fraction {
	if a.d == 1 && b.d == 1 {
		return fraction{mulInt(a.n, b.n), 1}
	}
	return reduced(mulInt(a.n, b.n), mulInt(a.d, b.d))
}

func (a fraction) div(b fraction) fraction {
	return reduced(mulInt(a.n, b.d), mulInt(a.d, b.n))
}

func (a fraction) sub(b fraction) fraction {
	if a.d == 1 && b.d == 1 {
		n := a.n - b.n // operands are at most 2^62
		if max(n, -n) > math.MaxInt64/2 {
			panic(errBig)
		}
		return fraction{n, 1}
	}
	return reduced(mulInt(a.n, b.d)-mulInt(b.n, a.d), mulInt(a.d, b.d))
}

func (a fraction) neg() fraction           { return fraction{-a.n, a.d} }
func (a fraction) add(b fraction) fraction { return a.sub(b.neg()) }

func (a fraction) cmp(b fraction) int {
	x, y := mulInt(a.n, b.d), mulInt(b.n, a.d)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// floor is the greatest whole number that is not greater.
func (a fraction) floor() int64 {
	q := a.n / a.d
	if a.n%a.d < 0 {
		q--
	}
	return q
}

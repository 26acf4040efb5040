package exact

import (
	"cmp"
	"errors"
	"math/big"
	"math/bits"
	"strings"
)

// Ratio is a non-negative fraction Num/Den, parsed exactly from a decimal.
type Ratio struct{ Num, Den uint64 }

// ErrDecimal is wrapped by every error of [ParseDecimal].
var ErrDecimal = errors.New("not a plain decimal number of at most 15 digits")

// ParseDecimal reads a non-negative decimal, such as "50", "87.5" or "0.001", as an exact
// fraction in lowest terms. The decimal must have no sign, exponent or blanks, and at
// most fifteen digits.
func ParseDecimal(s string) (Ratio, error) {
	whole, frac, point := strings.Cut(s, ".")
	if whole == "" || (point && frac == "") || len(whole)+len(frac) > 15 {
		return Ratio{}, ErrDecimal
	}
	var num, den uint64 = 0, 1
	for i, part := range []string{whole, frac} {
		for _, c := range []byte(part) {
			if c < '0' || c > '9' {
				return Ratio{}, ErrDecimal
			}
			num = num*10 + uint64(c-'0')
			if i == 1 {
				den *= 10
			}
		}
	}
	g := gcd(num, den)
	return Ratio{Num: num / g, Den: den / g}, nil
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// CmpScaled compares a*x with b*y for non-negative a and b and returns -1, 0 or +1. Every
// verdict about a share uses this comparison. CmpScaled cannot overflow.
func CmpScaled(a Num, x uint64, b Num, y uint64) int {
	if a.wide == nil && b.wide == nil {
		if a.narrow.Hi|b.narrow.Hi == 0 {
			return CmpCounts(a.narrow.Lo, x, b.narrow.Lo, y)
		}
		return cmp192(mul192(a.narrow, x), mul192(b.narrow, y))
	}
	p := new(big.Int).Mul(a.Big(), new(big.Int).SetUint64(x))
	q := new(big.Int).Mul(b.Big(), new(big.Int).SetUint64(y))
	return p.Cmp(q)
}

// CmpCounts is [CmpScaled] for numbers of 64 bits.
func CmpCounts(a, x, b, y uint64) int {
	h, l := bits.Mul64(a, x)
	k, m := bits.Mul64(b, y)
	if h != k {
		return cmp.Compare(h, k)
	}
	return cmp.Compare(l, m)
}

// mul192 returns the 192-bit product of a >= 0 and x, most significant first.
func mul192(a Int128, x uint64) [3]uint64 {
	h0, l0 := bits.Mul64(a.Lo, x)
	h1, l1 := bits.Mul64(uint64(a.Hi), x)
	mid, carry := bits.Add64(h0, l1, 0)
	return [3]uint64{h1 + carry, mid, l0}
}

func cmp192(p, q [3]uint64) int {
	for i := range p {
		if p[i] != q[i] {
			if p[i] < q[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

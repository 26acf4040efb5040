package exact

import (
	"math/big"
	"math/bits"
)

// Int128 is a signed 128-bit whole number in two's complement. Its zero value
// is 0.
type Int128 struct {
	Hi int64
	Lo uint64
}

// FromInt64 returns v as an Int128.
func FromInt64(v int64) Int128 { return Int128{Hi: v >> 63, Lo: uint64(v)} }

// FromUint64 returns v as an Int128.
func FromUint64(v uint64) Int128 { return Int128{Lo: v} }

// Add returns a + b modulo 2^128. Callers keep a bound on the addends (see
// [Int128.BitLen]) or use [Int128.AddChecked].
func (a Int128) Add(b Int128) Int128 {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	hi, _ := bits.Add64(uint64(a.Hi), uint64(b.Hi), carry)
	return Int128{Hi: int64(hi), Lo: lo}
}

// AddChecked returns a + b, and false if the sum does not fit.
func (a Int128) AddChecked(b Int128) (Int128, bool) {
	s := a.Add(b)
	return s, (a.Hi^s.Hi)&(b.Hi^s.Hi) >= 0
}

// Neg returns -a modulo 2^128.
func (a Int128) Neg() Int128 {
	lo, borrow := bits.Sub64(0, a.Lo, 0)
	hi, _ := bits.Sub64(0, uint64(a.Hi), borrow)
	return Int128{Hi: int64(hi), Lo: lo}
}

// Abs returns |a|. The smallest Int128 has no absolute value within 128 bits;
// values from this package's readers never reach it.
func (a Int128) Abs() Int128 {
	if a.Hi < 0 {
		return a.Neg()
	}
	return a
}

// Fold is the same for equal numbers, and 0 for 0.
func (a Int128) Fold() uint64 { return a.Lo + uint64(a.Hi)*folding }

// folding is an odd number with random bits.
const folding = 0x9e3779b97f4a7c15

// Sign returns -1, 0 or +1.
func (a Int128) Sign() int {
	switch {
	case a.Hi < 0:
		return -1
	case a.Hi == 0 && a.Lo == 0:
		return 0
	}
	return 1
}

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b.
func (a Int128) Cmp(b Int128) int {
	switch {
	case a.Hi < b.Hi:
		return -1
	case a.Hi > b.Hi:
		return 1
	case a.Lo < b.Lo:
		return -1
	case a.Lo > b.Lo:
		return 1
	}
	return 0
}

// BitLen returns the number of bits of |a|; 0 for 0.
func (a Int128) BitLen() int {
	m := a.Abs()
	if m.Hi != 0 {
		return 64 + bits.Len64(uint64(m.Hi))
	}
	return bits.Len64(m.Lo)
}

// Shl returns a * 2^n for n >= 0, and false if that does not fit.
func (a Int128) Shl(n int) (Int128, bool) {
	if n == 0 || a.Sign() == 0 {
		return a, true
	}
	if a.BitLen()+n > 127 {
		return Int128{}, false
	}
	if n >= 64 {
		return Int128{Hi: int64(a.Lo << (n - 64))}, true
	}
	return Int128{Hi: a.Hi<<n | int64(a.Lo>>(64-n)), Lo: a.Lo << n}, true
}

// Big returns a as a big.Int.
func (a Int128) Big() *big.Int {
	m := a.Abs()
	z := new(big.Int).SetUint64(uint64(m.Hi))
	z.Lsh(z, 64).Or(z, new(big.Int).SetUint64(m.Lo))
	if a.Hi < 0 {
		z.Neg(z)
	}
	return z
}

// FromBig returns v as an Int128, and false if v has more than 127 bits.
func FromBig(v *big.Int) (Int128, bool) {
	if v.BitLen() > 127 {
		return Int128{}, false
	}
	var m, w big.Int
	m.Abs(v)
	lo := w.And(&m, mask64).Uint64()
	hi := w.Rsh(&m, 64).Uint64()
	a := Int128{Hi: int64(hi), Lo: lo}
	if v.Sign() < 0 {
		a = a.Neg()
	}
	return a, true
}

var mask64 = new(big.Int).SetUint64(1<<64 - 1)

// Mul64 returns a * b for whole numbers of 64 bits.
func Mul64(a, b int64) Int128 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	h := int64(hi)
	if a < 0 {
		h -= b
	}
	if b < 0 {
		h -= a
	}
	return Int128{Hi: h, Lo: lo}
}

// Num returns a as a Num.
func (a Int128) Num() Num { return NewNum(a) }

package exact

import (
	"math/big"
	"math/bits"
)

// ProductShift is the binary exponent of an Int512's lowest bit where it holds
// products of weights and responses.
const ProductShift = 224

// Int512 is a signed whole number of 512 bits: sums of products of two Int128.
// Its zero value is 0.
type Int512 [8]uint64

// Product returns a * b * 2^shift, and false where it has more than 448 bits. So 2^60
// products can be added without overflow.
func Product(a, b Int128, shift int) (Int512, bool) {
	var p Int512
	if a.Sign() == 0 || b.Sign() == 0 {
		return p, true
	}
	if shift < 0 || a.BitLen()+b.BitLen()+shift > 448 {
		return p, false
	}
	x, y := a.Abs(), b.Abs()
	xs, ys := [2]uint64{x.Lo, uint64(x.Hi)}, [2]uint64{y.Lo, uint64(y.Hi)}
	var m [5]uint64
	for i, u := range xs {
		var carry uint64
		for j, v := range ys {
			hi, lo := bits.Mul64(u, v)
			lo, c := bits.Add64(lo, carry, 0)
			hi += c
			m[i+j], c = bits.Add64(m[i+j], lo, 0)
			carry = hi + c
		}
		m[i+2] += carry
	}
	word, bit := shift/64, uint(shift%64)
	for i := range m[:4] {
		if word+i < len(p) {
			p[word+i] |= m[i] << bit
		}
		if bit > 0 && word+i+1 < len(p) {
			p[word+i+1] |= m[i] >> (64 - bit)
		}
	}
	if a.Sign() != b.Sign() {
		negWords(p[:])
	}
	return p, true
}

// Add returns a + b modulo 2^512.
func (a Int512) Add(b Int512) Int512 {
	addWords(a[:], b[:])
	return a
}

// Sign returns -1, 0 or +1.
func (a Int512) Sign() int {
	switch {
	case a[7]>>63 != 0:
		return -1
	case a == Int512{}:
		return 0
	}
	return 1
}

// Abs returns |a|.
func (a Int512) Abs() Int512 {
	if a[7]>>63 != 0 {
		negWords(a[:])
	}
	return a
}

// Num returns a as a Num.
func (a Int512) Num() Num {
	neg := a[7]>>63 != 0
	m := a.Abs()
	z, t := new(big.Int), new(big.Int)
	for i := len(m) - 1; i >= 0; i-- {
		z.Lsh(z, 64).Or(z, t.SetUint64(m[i]))
	}
	if neg {
		z.Neg(z)
	}
	return NumFromBig(z)
}

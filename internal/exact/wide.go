package exact

import "math/big"

// wideWords is the length of a Wide in 64-bit words. The lowest bit of a float64 is
// 2^-1074, and times 10^6 at least 2^-1068. The highest is 2^1024 * 10^6 < 2^1044. With
// 2^60 addends and a sign the sum has 1068 + 1044 + 61 = 2173 bits. Two such values are
// never multiplied here.
const wideWords = 35

// WideShift is the binary exponent of a Wide's lowest bit for float columns:
// a Wide counts units of 10^-6 * 2^-WideShift.
const WideShift = 1088

// Wide is a signed whole number of 2240 bits in two's complement, little endian. The zero
// value is 0. Copies are independent.
type Wide [wideWords]uint64

// Add returns a + b modulo 2^2240.
func (a Wide) Add(b Wide) Wide {
	addWords(a[:], b[:])
	return a
}

// Neg returns -a.
func (a Wide) Neg() Wide {
	negWords(a[:])
	return a
}

// Abs returns |a|.
func (a Wide) Abs() Wide {
	if a.negative() {
		return a.Neg()
	}
	return a
}

func (a *Wide) negative() bool { return a[wideWords-1]>>63 != 0 }

// Sign returns -1, 0 or +1.
func (a Wide) Sign() int {
	if a.negative() {
		return -1
	}
	if a == (Wide{}) {
		return 0
	}
	return 1
}

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b.
func (a Wide) Cmp(b Wide) int { return cmpWords(a[:], b[:]) }

// Fold is the same for equal numbers, and 0 for 0.
func (a Wide) Fold() uint64 {
	h := uint64(0)
	for _, w := range a {
		h = h*folding + w
	}
	return h
}

// BitLen returns the number of bits of |a|; 0 for 0.
func (a Wide) BitLen() int {
	m := a.Abs()
	return lenWords(m[:])
}

// WideFrom returns a * 2^shift. WideFrom panics if the result does not fit: the shift of
// a column is bounded by WideShift.
func WideFrom(a Int128, shift int) Wide {
	if a.BitLen()+shift > 64*wideWords-1 {
		panic("exact: shift out of range")
	}
	m := a.Abs()
	var w Wide
	word, bit := shift/64, uint(shift%64)
	parts := [3]uint64{m.Lo << bit, uint64(m.Hi) << bit, 0}
	if bit > 0 {
		parts[1] |= m.Lo >> (64 - bit)
		parts[2] = uint64(m.Hi) >> (64 - bit)
	}
	for i, p := range parts {
		if p != 0 {
			w[word+i] = p
		}
	}
	if a.Hi < 0 {
		w = w.Neg()
	}
	return w
}

// WideFromBig returns v * 2^shift, and false if that does not fit.
func WideFromBig(v *big.Int, shift int) (Wide, bool) {
	var w Wide
	m := new(big.Int).Abs(v)
	m.Lsh(m, uint(shift))
	if m.BitLen() > 64*wideWords-1 {
		return w, false
	}
	var t big.Int
	for i := range w {
		w[i] = t.And(m, mask64).Uint64()
		m.Rsh(m, 64)
	}
	if v.Sign() < 0 {
		w = w.Neg()
	}
	return w, true
}

// Big returns a as a big.Int.
func (a Wide) Big() *big.Int {
	m := a.Abs()
	z, t := new(big.Int), new(big.Int)
	for i := wideWords - 1; i >= 0; i-- {
		z.Lsh(z, 64).Or(z, t.SetUint64(m[i]))
	}
	if a.negative() {
		z.Neg(z)
	}
	return z
}

// Num returns a as a Num.
func (a Wide) Num() Num { return NumFromBig(a.Big()) }

package exact

import (
	"math"
	"math/big"
	"strings"
)

// Num is an exact whole number of a column's units, narrow or wide. The zero
// value is 0. Num is immutable.
type Num struct {
	narrow Int128
	wide   *big.Int // nil unless the number needs more than 127 bits
}

// NewNum returns a as a Num.
func NewNum(a Int128) Num { return Num{narrow: a} }

// NumFromBig returns v as a Num and does not keep v.
func NumFromBig(v *big.Int) Num {
	if a, ok := FromBig(v); ok {
		return Num{narrow: a}
	}
	return Num{wide: new(big.Int).Set(v)}
}

// Big returns the number as a new big.Int.
func (a Num) Big() *big.Int {
	if a.wide != nil {
		return new(big.Int).Set(a.wide)
	}
	return a.narrow.Big()
}

// Int128 returns the number where it fits into 127 bits.
func (a Num) Int128() (Int128, bool) { return a.narrow, a.wide == nil }

// Sign returns -1, 0 or +1.
func (a Num) Sign() int {
	if a.wide != nil {
		return a.wide.Sign()
	}
	return a.narrow.Sign()
}

// Add returns a + b.
func (a Num) Add(b Num) Num {
	if a.wide == nil && b.wide == nil {
		if s, ok := a.narrow.AddChecked(b.narrow); ok && s.BitLen() <= 127 {
			return Num{narrow: s}
		}
	}
	return NumFromBig(new(big.Int).Add(a.Big(), b.Big()))
}

// Sub returns a - b.
func (a Num) Sub(b Num) Num { return a.Add(b.Neg()) }

// Neg returns -a.
func (a Num) Neg() Num {
	if a.wide != nil {
		return Num{wide: new(big.Int).Neg(a.wide)}
	}
	return Num{narrow: a.narrow.Neg()}
}

// Abs returns |a|.
func (a Num) Abs() Num {
	if a.Sign() < 0 {
		return a.Neg()
	}
	return a
}

// Mul returns a * b.
func (a Num) Mul(b Num) Num {
	if a.wide == nil && b.wide == nil && a.narrow.BitLen() <= 63 && b.narrow.BitLen() <= 63 {
		return Num{narrow: Mul64(int64(a.narrow.Lo), int64(b.narrow.Lo))}
	}
	return NumFromBig(new(big.Int).Mul(a.Big(), b.Big()))
}

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b.
func (a Num) Cmp(b Num) int {
	if a.wide == nil && b.wide == nil {
		return a.narrow.Cmp(b.narrow)
	}
	return a.Big().Cmp(b.Big())
}

// Unit is the unit of a Num: 10^-Digits * 2^-Shift.
type Unit struct{ Digits, Shift int }

// Rat returns the value of a in unit u.
func (u Unit) Rat(a Num) *big.Rat {
	den := Pow10(u.Digits)
	den.Lsh(den, uint(u.Shift))
	return new(big.Rat).SetFrac(a.Big(), den)
}

// Float64 returns the value of a in unit u, correctly rounded, and false if it
// is too large for a float64.
func (u Unit) Float64(a Num) (float64, bool) {
	if n := a.narrow; a.wide == nil && u.Shift == 0 && u.Digits <= 22 && n.BitLen() <= 53 {
		f := float64(int64(n.Lo))
		return f / math.Pow10(u.Digits), true
	}
	f, _ := u.Rat(a).Float64()
	return f, !math.IsInf(f, 0)
}

// Text returns the value of a in unit u as text. Where the unit is decimal, the text is
// the exact decimal without an exponent and without trailing zeros. Otherwise it is the
// shortest decimal of the correctly rounded float64.
func (u Unit) Text(a Num) string {
	if u.Shift > 0 {
		// A sum of binary fractions may still be a short decimal: 0.5.
		r := u.Rat(a)
		f, exact := r.Float64()
		if !exact || math.IsInf(f, 0) {
			return formatFloat(f)
		}
		if s := r.FloatString(FloatDigits); ratOf(s).Cmp(r) == 0 {
			return trimZeros(s)
		}
		return formatFloat(f)
	}
	neg := a.Sign() < 0
	s := a.Abs().Big().String()
	if u.Digits > 0 {
		if len(s) <= u.Digits {
			s = strings.Repeat("0", u.Digits-len(s)+1) + s
		}
		s = trimZeros(s[:len(s)-u.Digits] + "." + s[len(s)-u.Digits:])
	}
	if neg {
		return "-" + s
	}
	return s
}

func ratOf(s string) *big.Rat {
	r, _ := new(big.Rat).SetString(s)
	return r
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Share returns 100*a/b as a correctly rounded float64, or the largest there is, for
// reports only; b must not be zero.
func Share(a, b Num) float64 {
	if m, n := a.narrow, b.narrow; a.wide == nil && b.wide == nil && m.BitLen() <= 46 && n.BitLen() <= 53 && n.Sign() > 0 {
		// Both are floats as they are, and a quotient of floats is rounded once.
		return float64(int64(m.Lo)*100) / float64(int64(n.Lo))
	}
	r := new(big.Rat).SetFrac(new(big.Int).Mul(a.Big(), big.NewInt(100)), b.Big())
	f, _ := r.Float64()
	return max(-math.MaxFloat64, min(f, math.MaxFloat64))
}

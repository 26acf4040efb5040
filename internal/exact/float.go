package exact

import (
	"math"
	"math/bits"
	"strconv"
)

// FloatDigits is the largest number of digits after the point for which a float64 is read
// as the decimal that a person would write; see the package comment.
const FloatDigits = 6

// floatScale is 10^FloatDigits, and floatLimit bounds m in m/10^j.
const (
	floatScale = 1_000_000
	floatLimit = 1e15
)

var pow10 = [FloatDigits + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}

// FromFloat64 returns the value of v, by the definition in the package comment, as
//
//	m * 2^(exponent-shift) in units of 10^-6
//
// with shift the smallest number >= 0 for which m is whole. m has at most 84 bits where
// shift > 0. exponent is 0, except where v is so large that m would need more than 127
// bits. ok is false for NaN and infinities.
func FromFloat64(v float64) (m Int128, shift, exponent int, ok bool) {
	a := math.Abs(v)
	if !(a <= math.MaxFloat64) {
		return Int128{}, 0, 0, false
	}
	if a < floatLimit {
		j := FloatDigits
		for a*pow10[j] >= floatLimit {
			j--
		}
		if n := math.RoundToEven(v * pow10[j]); n/pow10[j] == v {
			return Mul64(int64(n), int64(pow10[FloatDigits-j])), 0, 0, true
		}
	}
	b := math.Float64bits(a)
	e, f := int(b>>52), b&(1<<52-1)
	if e == 0 {
		e = 1
	} else {
		f |= 1 << 52
	}
	// v = f * 2^(e-1075); the units of 10^-6 bring in 5^6 and 2^6.
	tz := bits.TrailingZeros64(f)
	f >>= tz
	exp2 := e - 1075 + tz + FloatDigits
	hi, lo := bits.Mul64(f, floatScale>>FloatDigits)
	m = Int128{Hi: int64(hi), Lo: lo}
	switch {
	case exp2 < 0:
		shift = -exp2
	case m.BitLen()+exp2 <= 126:
		m, _ = m.Shl(exp2)
	default:
		exponent = exp2
	}
	if v < 0 {
		m = m.Neg()
	}
	return m, shift, exponent, true
}

// formatFloat is the shortest decimal that reads back as v.
func formatFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

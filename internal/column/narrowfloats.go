package column

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow/float16"
)

// places are the powers of ten of the digits after the point that are looked at.
var places = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}

// decimalOf32 returns the number that a float32 stands for, as the float64 nearest to
// that number. The number is the decimal with the fewest digits after the point, at most
// six, for which the nearest float32 is v. Where there is none, it is v itself; also from
// 2^24 on (all whole numbers), and where v is not finite. So 0.3 is three tenths, as in a
// column of float64, and not 0.300000012.
//
// Of several decimals with as many digits, the one nearest to v is taken. float32 values
// are printed in the same way, so the number is the one that a person reads. The result
// has at most 13 digits, and is therefore read as that decimal (exact.FromFloat64).
func decimalOf32(v float32) float64 {
	x := float64(v)
	if !(x > -1<<24 && x < 1<<24) {
		return x
	}
	for _, p := range places {
		if c := math.RoundToEven(x*p) / p; float32(c) == v {
			return c
		}
	}
	return x
}

// decimalOf16 is decimalOf32 for 16-bit floats, which are whole from 2^11 on.
func decimalOf16(v float16.Num) float64 {
	x := float(v)
	if !(x > -1<<11 && x < 1<<11) {
		return x
	}
	for _, p := range places {
		if c := math.RoundToEven(x*p) / p; nearest16(c) == x {
			return c
		}
	}
	return x
}

// float is the value of a 16-bit float. The function of arrow v15 gives wrong values
// below 2^-14.
func float(v float16.Num) float64 {
	e, m := int(v.Uint16()>>10&31), float64(v.Uint16()&1023)
	x := math.Ldexp(m+1024, e-25)
	switch {
	case e == 31 && m == 0:
		x = math.Inf(1)
	case e == 31:
		return math.NaN()
	case e == 0:
		x = math.Ldexp(m, -24)
	}
	if v.Signbit() {
		x = -x
	}
	return x
}

// nearest16 is the 16-bit float nearest to v, for v below 2^11 or slightly above. The
// result is a multiple of 2^(e-10), with 2^e <= |v| < 2^(e+1) and e at least -14.
func nearest16(v float64) float64 {
	_, e := math.Frexp(v)
	step := math.Ldexp(1, max(e-1, -14)-10)
	return math.RoundToEven(v/step) * step
}

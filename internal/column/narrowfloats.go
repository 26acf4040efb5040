package column

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow/float16"
)

// places are the powers of ten of the digits after the point that are looked at.
var places = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}

// decimalOf32 returns the number that a float32 stands for, as the float64 nearest to
// it: the decimal with the fewest digits after the point, at most six, whose nearest
// float32 is v, and v itself where there is none, from 2^24 on (whole numbers all), and
// where v is not finite. So 0.3 is three tenths, as it is in a column of float64, and
// not 0.300000012.
//
// Of the decimals with as many digits, the one nearest to v is taken, which is how
// float32 values are printed: what a person reads is what counts. The result has at
// most 13 digits, and is therefore read as that decimal (exact.FromFloat64).
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

// float is the value of a 16-bit float. That of arrow v15 takes all below 2^-14 for
// others.
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

// nearest16 is the 16-bit float nearest to v, which is below 2^11 or little above: a
// multiple of 2^(e-10), for v of 2^e to 2^(e+1), and e at least -14.
func nearest16(v float64) float64 {
	_, e := math.Frexp(v)
	step := math.Ldexp(1, max(e-1, -14)-10)
	return math.RoundToEven(v/step) * step
}

package hide

import (
	"cmp"
	"math"
	"math/bits"
)

// compare compares a/b - c/d with least; b and d are from 1 to finest, the
// others below 2^62 in absolute value.
func compare(a, b, c, d, least int64) int {
	if b == 1 && d == 1 && abs(a) < 1<<61 && abs(c) < 1<<61 {
		return cmp.Compare(a-c, least)
	}
	// a d - c b - least b d, in 128 bits.
	hi, lo := mul(a, d)
	h, l := mul(c, b)
	hi, lo = sub(hi, lo, h, l)
	h, l = mul(least, b*d)
	hi, lo = sub(hi, lo, h, l)
	switch {
	case hi < 0:
		return -1
	case hi == 0 && lo == 0:
		return 0
	}
	return 1
}

func abs(v int64) int64 { return max(v, -v) }

func mul(a, b int64) (hi int64, lo uint64) {
	h, l := bits.Mul64(uint64(a), uint64(b))
	hi = int64(h)
	if a < 0 {
		hi -= b
	}
	if b < 0 {
		hi -= a
	}
	return hi, l
}

func sub(hi int64, lo uint64, h int64, l uint64) (int64, uint64) {
	d, borrow := bits.Sub64(lo, l, 0)
	return hi - h - int64(borrow), d
}

// rational finds a common denominator den, at most most, for which den * x is whole to within
// a tolerance, and returns the whole numbers. The result is a guess: every caller checks it
// in exact numbers.
func rational(x []float64, most int64) (num []int64, den int64, ok bool) {
	den = 1
	for _, v := range x {
		d := denominator(v*float64(den), most/den)
		if d == 0 {
			return nil, 0, false
		}
		den *= d
	}
	num = make([]int64, len(x))
	for i, v := range x {
		f := v * float64(den)
		if math.Abs(f) > 1<<60 {
			return nil, 0, false
		}
		num[i] = int64(math.Round(f))
	}
	return num, den, true
}

const guess = 1e-6 // what a float may be off from the fraction it stands for

// denominator returns the smallest denominator up to most of a fraction near v,
// by continued fractions; 0 if there is none.
func denominator(v float64, most int64) int64 {
	v -= math.Round(v)
	if math.Abs(v) < guess {
		return 1
	}
	p0, q0, p1, q1 := 0.0, 1.0, 1.0, 0.0
	f := math.Abs(v)
	for range 20 {
		a := math.Floor(f)
		p0, q0, p1, q1 = p1, q1, a*p1+p0, a*q1+q0
		if q1 > float64(most) {
			return 0
		}
		if math.Abs(math.Abs(v)-p1/q1) < guess/q1 {
			return int64(q1)
		}
		if f == a {
			return 0
		}
		f = 1 / (f - a)
	}
	return 0
}

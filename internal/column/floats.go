package column

import (
	"math"

	"github.com/sluis-go/sluis/internal/exact"
)

// floatParts is what exact.FromFloat64 says of a batch.
type floatParts struct {
	m        []exact.Int128
	shift    []int16
	exponent []int16
}

// readFloats reads floats into one shift for the whole batch: whole numbers of
// 10^-6 in 64 bits where they fit, 128 bits at the smallest shift that makes
// all values whole, or wide.
func (n *Numbers) readFloats(length int, value func(int) float64) (int, error) {
	if pos, done, err := n.readShortDecimals(length, value); done || err != nil {
		return pos, err
	}
	r := &n.read
	resize(&r.m, length)
	resize(&r.shift, length)
	resize(&r.exponent, length)
	shift, wide := 0, false
	for i := range length {
		var v float64
		if !n.isNull(i) {
			v = value(i)
		}
		m, s, e, ok := exact.FromFloat64(v)
		if !ok {
			return i, ErrNotFinite
		}
		r.m[i], r.shift[i], r.exponent[i] = m, int16(s), int16(e)
		shift = max(shift, s)
		wide = wide || e > 0
	}
	n.Mid = resize(&n.mid, length)
	n.Shift = shift
	for i, m := range r.m {
		if wide {
			break
		}
		v, ok := m.Shl(shift - int(r.shift[i]))
		if !ok || v.BitLen() > 120 {
			wide = true
			break
		}
		n.Mid[i] = v
		n.Bits = max(n.Bits, v.BitLen())
	}
	if !wide {
		return 0, nil
	}
	n.Mid, n.Shift, n.Bits = nil, exact.WideShift, 0
	n.Wide = resize(&n.wide, length)
	for i, m := range r.m {
		n.Wide[i] = exact.WideFrom(m, exact.WideShift-int(r.shift[i])+int(r.exponent[i]))
		n.Bits = max(n.Bits, n.Wide[i].BitLen())
	}
	return 0, nil
}

// readShortDecimals is the fast path: every value a decimal of at most six
// digits after the point and below 10^9, the case of counts and of money. It
// reports done == false where it does not hold.
func (n *Numbers) readShortDecimals(length int, value func(int) float64) (pos int, done bool, err error) {
	out := resize(&n.small, length)
	var all uint64
	for i := range out {
		if n.isNull(i) {
			out[i] = 0
			continue
		}
		s, ok := shortDecimal(value(i))
		if !ok {
			return 0, false, nil
		}
		out[i] = s
		all |= uint64(s ^ s>>63)
	}
	n.Small = out
	n.Bits = exact.FromUint64(all).BitLen() + 1
	return 0, true, nil
}

// shortDecimal returns v in units of 10^-6, if it is the float64 nearest to such a
// decimal and below 10^9.
func shortDecimal(v float64) (int64, bool) {
	const scale, limit = 1_000_000, 1e15
	r := math.RoundToEven(v * scale)
	return int64(r), r > -limit && r < limit && r/scale == v
}

// readFloat64s is readFloats for an array of float64, whose values lie side by
// side.
func (n *Numbers) readFloat64s(values []float64) (int, error) {
	if n.Null != nil {
		return n.readFloats(len(values), func(i int) float64 { return values[i] })
	}
	out := resize(&n.small, len(values))
	var all uint64
	for i, v := range values {
		s, ok := shortDecimal(v)
		if !ok {
			return n.readFloats(len(values), func(i int) float64 { return values[i] })
		}
		out[i] = s
		all |= uint64(s ^ s>>63)
	}
	n.Small = out
	n.Bits = exact.FromUint64(all).BitLen() + 1
	return 0, nil
}

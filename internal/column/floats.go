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
	const scale, limit = 1_000_000, 1e15
	out := resize(&n.small, length)
	var all uint64
	for i := range out {
		if n.isNull(i) {
			out[i] = 0
			continue
		}
		v := value(i)
		r := math.RoundToEven(v * scale)
		if !(r > -limit && r < limit && r/scale == v) {
			return 0, false, nil
		}
		s := int64(r)
		out[i] = s
		all |= uint64(s ^ s>>63)
	}
	n.Small = out
	n.Bits = exact.FromUint64(all).BitLen() + 1
	return 0, true, nil
}

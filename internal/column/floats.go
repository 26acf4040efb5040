package column

import (
	"math"
	"math/bits"

	"github.com/sluis-go/sluis/internal/exact"
)

// floatParts holds the results of exact.FromFloat64 for a batch.
type floatParts struct {
	m        []exact.Int128
	shift    []int16
	exponent []int16
	values   []float64 // 0 where null
}

// readFloats reads floats with one shift for the whole batch. The result is the first
// that fits:
//
//   - whole numbers of 10^-6 in 64 bits;
//   - 128 bits at the smallest shift that makes all values whole;
//   - wide.
func (n *Numbers) readFloats(length int, value func(int) float64) (int, error) {
	if n.readShortDecimals(length, value) {
		return 0, nil
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

// readShortDecimals is the fast path for counts and money: every value is a decimal below
// 10^9 with at most six digits after the point. It reports false for other values.
func (n *Numbers) readShortDecimals(length int, value func(int) float64) bool {
	values := resize(&n.read.values, length)
	for i := range values {
		if values[i] = 0; !n.isNull(i) {
			values[i] = value(i)
		}
	}
	return n.readCents(values) || n.readMillionths(values)
}

// centStep is a cent in units of 10^-6.
const centStep = 10_000

// readCents reads values that are whole cents, and below 10^9.
func (n *Numbers) readCents(values []float64) bool {
	steps, out := resize(&n.steps, len(values)), resize(&n.small, len(values))
	all, ok := readCents(steps, out, values)
	if ok {
		n.Small, n.Steps, n.Step = out, steps, centStep
		n.Bits = bits.Len64(all) + 1
	}
	return ok
}

// readCentsPortable is the loop of the faster variants. It writes values as cents to
// steps and as millionths to out, and returns the magnitudes of the millionths. It
// returns false if some values are no cents, or not below 10^9.
func readCentsPortable(steps, out []int64, values []float64) (all uint64, ok bool) {
	for i, v := range values {
		const scale, limit = 100, 1e11
		r := math.RoundToEven(v * scale)
		// r/scale is the float64 nearest to the decimal, and so is r/10^2*10^4/10^6:
		// shortDecimal returns the same number.
		if !(r > -limit && r < limit && r/scale == v) {
			return 0, false
		}
		x := int64(r) * centStep
		steps[i], out[i] = int64(r), x
		all |= uint64(x ^ x>>63)
	}
	return all, true
}

// readMillionths reads values for which shortDecimal holds.
func (n *Numbers) readMillionths(values []float64) bool {
	out := resize(&n.small, len(values))
	for i, v := range values {
		s, ok := shortDecimal(v)
		if !ok {
			return false
		}
		out[i] = s
	}
	n.Small = out
	n.Bits = bitsOfAny(out)
	return true
}

// shortDecimal returns v in units of 10^-6, if it is the float64 nearest to such a
// decimal and below 10^9.
func shortDecimal(v float64) (int64, bool) {
	const scale, limit = 1_000_000, 1e15
	r := math.RoundToEven(v * scale)
	return int64(r), r > -limit && r < limit && r/scale == v
}

// readFloat64s is readFloats for an array of float64 with its values side by side.
func (n *Numbers) readFloat64s(values []float64) (int, error) {
	if n.Null == nil && (n.readCents(values) || n.readMillionths(values)) {
		return 0, nil
	}
	return n.readFloats(len(values), func(i int) float64 { return values[i] })
}

package evidence

import (
	"math/bits"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
)

// sumBits is how many bits a sum of Int128, or of weights, may reach.
const sumBits = 126

// fits reports whether rows values of the given bits add up within an Int128.
func fits(valueBits int, rows int64) bool {
	return valueBits+bits.Len64(uint64(rows)) <= sumBits
}

// loadNarrow fills s.x with a batch's response, bringing the state to a finer
// shift first where the batch needs it. It reports false, changing nothing, if
// the sums would no longer fit.
func loadNarrow(s *state[exact.Int128], n *column.Numbers, length int, rows int64) bool {
	if n.Wide != nil {
		return false
	}
	shift := max(s.shift, n.Shift)
	most := max(s.bits+shift-s.shift, n.Bits+shift-n.Shift)
	if !fits(most, rows) {
		return false
	}
	reshift(s, shift)
	s.bits = most
	extendTo(&s.x, length)
	up := shift - n.Shift
	switch {
	case n.Mid != nil:
		for i, v := range n.Mid {
			s.x[i], _ = v.Shl(up)
		}
	case up == 0:
		for i, v := range n.Small {
			s.x[i] = exact.FromInt64(v)
		}
	default:
		for i, v := range n.Small {
			s.x[i], _ = exact.FromInt64(v).Shl(up)
		}
	}
	return true
}

// reshift brings all sums of a state to a finer shift.
func reshift(s *state[exact.Int128], shift int) {
	up := shift - s.shift
	if up == 0 {
		return
	}
	s.shift = shift
	for _, list := range [][]exact.Int128{s.inner.sum, s.inner.abs, s.inner.top, s.pairs.x} {
		for i, v := range list {
			list[i], _ = v.Shl(up)
		}
	}
	for _, list := range s.inner.tau {
		for i := range list {
			list[i].Value, _ = list[i].Value.Shl(up)
		}
	}
}

// loadWide fills s.x with a batch's response.
func loadWide(s *state[exact.Wide], n *column.Numbers, length int) {
	extendTo(&s.x, length)
	switch {
	case n.Wide != nil:
		copy(s.x, n.Wide)
	case n.Mid != nil:
		for i, v := range n.Mid {
			s.x[i] = exact.WideFrom(v, s.shift-n.Shift)
		}
	default:
		for i, v := range n.Small {
			s.x[i] = exact.WideFrom(exact.FromInt64(v), s.shift-n.Shift)
		}
	}
}

// widen turns a narrow state into a wide one at the given shift.
func widen(s *state[exact.Int128], shift int) *state[exact.Wide] {
	up := shift - s.shift
	wide := func(list []exact.Int128) []exact.Wide {
		if list == nil {
			return nil
		}
		out := make([]exact.Wide, len(list))
		for i, v := range list {
			out[i] = exact.WideFrom(v, up)
		}
		return out
	}
	in, p := &s.inner, &s.pairs
	w := newState[exact.Wide](s.shape, 0)
	w.shift = shift
	w.inner = cells[exact.Wide]{
		shape: in.shape, records: in.records, missing: in.missing,
		respondents: in.respondents, holdings: in.holdings,
		contributors: in.contributors, nonZero: in.nonZero, negative: in.negative,
		sum: wide(in.sum), abs: wide(in.abs), top: wide(in.top),
		tau:     make([][]pair[exact.Wide], len(in.tau)),
		weights: in.weights, weighted: in.weighted, weightedAbs: in.weightedAbs, slots: in.slots,
	}
	for i, list := range in.tau {
		for _, v := range list {
			w.inner.tau[i] = append(w.inner.tau[i], pair[exact.Wide]{Value: exact.WideFrom(v.Value, up), Weight: v.Weight})
		}
	}
	w.pairs = pairs[exact.Wide]{
		respondent: p.respondent, holding: p.holding, group: p.group,
		filled: p.filled, x: wide(p.x), wx: p.wx, compactAt: p.compactAt, compactMin: p.compactMin,
	}
	w.unitWeight, w.weightSum = s.unitWeight, s.weightSum
	return w
}

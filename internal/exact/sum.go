package exact

import (
	"errors"
	"math/big"
)

// ErrNotFinite is returned for a NaN or an infinity among the addends.
var ErrNotFinite = errors.New("value is not finite")

// SumFloat64 returns the correctly rounded exact sum of the values (read as the package
// comment says). The sum does not depend on their order. SumFloat64 returns ErrNotFinite
// for NaN and infinities, and the position of the first one.
func SumFloat64(values []float64) (sum float64, pos int, err error) {
	var s Summer
	for i, v := range values {
		if !s.Add(v) {
			return 0, i, ErrNotFinite
		}
	}
	f, _ := s.Float64()
	return f, -1, nil
}

// Summer adds float64 values exactly. Its zero value is an empty sum. Two
// Summers merge with [Summer.Merge]; the result depends on the multiset of
// values alone.
type Summer struct {
	narrow Int128
	shift  int
	wide   *big.Int // units of 2^-WideShift * 10^-6; nil while narrow suffices
}

// Add adds v and returns false, changing nothing, if v is not finite.
func (s *Summer) Add(v float64) bool {
	m, shift, exponent, ok := FromFloat64(v)
	if !ok {
		return false
	}
	if s.wide == nil && exponent == 0 && s.align(shift) {
		if m, fits := m.Shl(s.shift - shift); fits {
			if t, fits := s.narrow.AddChecked(m); fits && t.BitLen() <= 126 {
				s.narrow = t
				return true
			}
		}
	}
	s.widen()
	b := m.Big()
	s.wide.Add(s.wide, b.Lsh(b, uint(WideShift-shift+exponent)))
	return true
}

// align brings the narrow sum to units of at most 2^-shift.
func (s *Summer) align(shift int) bool {
	if shift <= s.shift {
		return true
	}
	n, ok := s.narrow.Shl(shift - s.shift)
	if ok {
		s.narrow, s.shift = n, shift
	}
	return ok
}

func (s *Summer) widen() {
	if s.wide == nil {
		s.wide = s.narrow.Big()
		s.wide.Lsh(s.wide, uint(WideShift-s.shift))
		s.narrow, s.shift = Int128{}, 0
	}
}

// Merge adds the sum of t.
func (s *Summer) Merge(t *Summer) {
	if s.wide == nil && t.wide == nil && s.align(t.shift) {
		if m, fits := t.narrow.Shl(s.shift - t.shift); fits {
			if n, fits := s.narrow.AddChecked(m); fits && n.BitLen() <= 126 {
				s.narrow = n
				return
			}
		}
	}
	s.widen()
	u := *t
	u.widen()
	s.wide.Add(s.wide, u.wide)
}

// Num returns the sum and its unit.
func (s *Summer) Num() (Num, Unit) {
	if s.wide != nil {
		return NumFromBig(s.wide), Unit{Digits: FloatDigits, Shift: WideShift}
	}
	return NewNum(s.narrow), Unit{Digits: FloatDigits, Shift: s.shift}
}

// Float64 returns the correctly rounded sum, and false if it is too large.
func (s *Summer) Float64() (float64, bool) {
	n, u := s.Num()
	return u.Float64(n)
}

package riskmetrics

import (
	"math/big"

	"github.com/sluis-go/sluis/internal/exact"
)

// sum is an exact sum of weights: whole millionths while that suffices.
type sum struct {
	millionths exact.Int128
	rest       *exact.Summer
}

func (s *sum) add(v float64) {
	m, shift, exponent, _ := exact.FromFloat64(v)
	if shift == 0 && exponent == 0 {
		if t, ok := s.millionths.AddChecked(m); ok {
			s.millionths = t
			return
		}
	}
	if s.rest == nil {
		s.rest = &exact.Summer{}
	}
	s.rest.Add(v)
}

// exactly returns the sum and its unit.
func (s *sum) exactly() (exact.Num, exact.Unit) {
	base := exact.NewNum(s.millionths)
	if s.rest == nil {
		return base, exact.Unit{Digits: exact.FloatDigits}
	}
	n, u := s.rest.Num()
	up := exact.NumFromBig(new(big.Int).Lsh(base.Big(), uint(u.Shift)))
	return n.Add(up), u
}

func (s *sum) value() float64 {
	n, u := s.exactly()
	f, _ := u.Float64(n)
	return f
}

// sums adds the weights of each class; nil without weights.
func (c *Classes) sums() []sum {
	if c.weight == nil {
		return nil
	}
	out := make([]sum, len(c.size))
	for i, id := range c.id {
		if id != NoClass {
			out[id].add(c.weight[i])
		}
	}
	return out
}

// halfBits is the size of a low half: sums of 2^20 of them fit an int64.
const halfBits = 43

// halves splits every sum into hi * 2^halfBits + lo units, so that sums of
// either half over classes stay within an int64. It reports false where that
// cannot be done exactly.
func halves(own []sum) (hi, lo []int64, unit exact.Unit, ok bool) {
	unit = exact.Unit{Digits: exact.FloatDigits}
	for i := range own {
		if _, u := own[i].exactly(); u.Shift > unit.Shift {
			unit.Shift = u.Shift
		}
	}
	hi, lo = make([]int64, len(own)), make([]int64, len(own))
	mask := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), halfBits), big.NewInt(1))
	for i := range own {
		n, u := own[i].exactly()
		v := n.Big()
		v.Lsh(v, uint(unit.Shift-u.Shift))
		if v.BitLen() > 2*halfBits || len(own) > 1<<20 {
			return nil, nil, unit, false
		}
		lo[i] = new(big.Int).And(v, mask).Int64()
		hi[i] = v.Rsh(v, halfBits).Int64()
	}
	return hi, lo, unit, true
}

// joinHalves undoes halves for sums, correctly rounded.
func joinHalves(hi, lo int64, unit exact.Unit) float64 {
	v := new(big.Int).Lsh(big.NewInt(hi), halfBits)
	v.Add(v, big.NewInt(lo))
	f, _ := unit.Float64(exact.NumFromBig(v))
	return f
}

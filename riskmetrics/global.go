package riskmetrics

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// GlobalRisk is the sum of individual (or household) risks.
type GlobalRisk struct {
	// Expected is the expected number of re-identifications: the sum of the risks
	// (Hundepool et al. 2012, 3.3.6). It does not depend on the order of the risks.
	Expected float64
	// Rate is Expected over the number of records, the global risk; 0 without
	// records.
	Rate float64
	// Most is the largest risk, and Record the first record that has it, from 0;
	// -1 without records.
	Most   float64
	Record int
	// Records is the number of records that count.
	Records int
}

// Global adds up risks; NaN, a record that was left out, is passed over. The
// error is ErrRequest for a risk outside [0, 1].
func Global(risk []float64) (GlobalRisk, error) {
	g := GlobalRisk{Record: -1}
	var s riskSum
	for i, r := range risk {
		if math.IsNaN(r) {
			continue
		}
		if !(r >= 0 && r <= 1) {
			return GlobalRisk{}, errRisk
		}
		u, _ := riskUnits(r)
		s.add(u)
		g.Records++
		if g.Record < 0 || r > g.Most {
			g.Most, g.Record = r, i
		}
	}
	g.Expected = s.value()
	if g.Records > 0 {
		g.Rate = g.Expected / float64(g.Records)
	}
	return g, nil
}

// RiskThreshold is a threshold for individual risks that keeps the global risk
// under a maximum.
type RiskThreshold struct {
	// Limit is the threshold: every record of a higher risk must be protected
	// until its risk is at most Limit. Records of exactly Limit, all of them, may
	// stay as they are.
	Limit float64
	// Above is the number of records above it.
	Above int
	// Rate is the global risk after the risks above Limit are lowered to Limit.
	Rate float64
}

// Threshold returns the largest of the given risks, t, under which the global risk stays
// at most rate when every record above t is brought down to t:
//
//	(1/n) sum over records of min(r, t) <= rate
//
// (Hundepool et al. 2012, 3.3.6; so do mu-ARGUS and sdcMicro.) A record above t counts as
// t, and not as 0: it is enough to lower its risk to the threshold. Equal risks are
// treated alike.
//
//   - Where the global risk is already at most rate, t is the largest risk, and no record
//     is above t.
//   - Where even the smallest risk is too large, t is rate, which always suffices.
//
// The inequality is decided in whole numbers, with risks rounded up and rate rounded down
// by less than 2^-90. The error is ErrRequest for a rate or a risk outside [0, 1], or no
// records. Time n log n.
func Threshold(risk []float64, rate float64) (RiskThreshold, error) {
	if !(rate >= 0 && rate <= 1) {
		return RiskThreshold{}, fmt.Errorf("%w: the maximum of the global risk is from 0 to 1", ErrRequest)
	}
	sorted := make([]float64, 0, len(risk))
	for _, r := range risk {
		if math.IsNaN(r) {
			continue
		}
		if !(r >= 0 && r <= 1) {
			return RiskThreshold{}, errRisk
		}
		sorted = append(sorted, r)
	}
	n := len(sorted)
	if n == 0 {
		return RiskThreshold{}, fmt.Errorf("%w: no records", ErrRequest)
	}
	slices.Sort(sorted)
	most, up := riskUnits(rate)
	if up {
		most.lo-- // no borrow: the rounded part is below 2^64
	}
	most = most.times(uint64(n))
	t := RiskThreshold{Limit: rate, Above: n}
	var below, total riskSum // of the risks below t; of all, with risks above t counted as t
	for i := 0; i < n; {
		j := i + 1
		for j < n && sorted[j] == sorted[i] {
			j++
		}
		u, _ := riskUnits(sorted[i])
		total = below
		total.add(u.times(uint64(n - i)))
		if most.less(total) {
			break
		}
		t = RiskThreshold{Limit: sorted[i], Above: n - j, Rate: total.value() / float64(n)}
		below.add(u.times(uint64(j - i)))
		i = j
	}
	if t.Above == n {
		t.Rate = rate
		at, _ := slices.BinarySearch(sorted, math.Nextafter(rate, 2))
		t.Above = n - at
	}
	return t, nil
}

var errRisk = fmt.Errorf("%w: a risk is from 0 to 1", ErrRequest)

// riskSum is a sum of risks in units of 2^-90. The sum is exact for risks from 2^-38, and
// the same in any order. It has room for 2^37 risks.
type riskSum struct{ hi, lo uint64 }

const riskBits = 90

// riskUnits returns a risk from 0 to 1 in whole units, and whether it was rounded
// up to them.
func riskUnits(r float64) (u riskSum, up bool) {
	frac, exp := math.Frexp(r)
	m := uint64(frac * (1 << 53))
	shift := exp - 53 + riskBits // from 38 downwards
	if shift >= 0 {
		return riskSum{m >> (64 - shift), m << shift}, false
	}
	if shift <= -64 {
		return riskSum{0, min(m, 1)}, m > 0
	}
	u.lo = m >> -shift
	if u.lo<<-shift != m {
		u.lo++
		up = true
	}
	return u, up
}

func (s *riskSum) add(t riskSum) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, t.lo, 0)
	s.hi, _ = bits.Add64(s.hi, t.hi, carry)
}

func (s riskSum) times(n uint64) riskSum {
	hi, lo := bits.Mul64(s.lo, n)
	return riskSum{hi + s.hi*n, lo}
}

func (s riskSum) less(t riskSum) bool { return s.hi < t.hi || s.hi == t.hi && s.lo < t.lo }

func (s riskSum) value() float64 {
	return math.Ldexp(float64(s.hi), 64-riskBits) + math.Ldexp(float64(s.lo), -riskBits)
}

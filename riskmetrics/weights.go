package riskmetrics

import (
	"math/big"

	"github.com/sluis-go/sluis/internal/exact"
)

// masses are exact sums of weights by class. Sums of any of them over disjoint
// classes stay within 63 bits a limb.
type masses struct {
	// limbs[j][class] counts 2^(limbBits*j) units each.
	limbs [][]int64
	unit  exact.Unit
}

// limbBits is the size of a limb. Up to 2^32 limbs are added.
const limbBits = 30

// narrowTotal bounds the sum of all weights in a single limb.
const narrowTotal = 1 << 62

// num returns the mass of a class in units.
func (m *masses) num(id int) exact.Num {
	if len(m.limbs) == 1 {
		return exact.FromInt64(m.limbs[0][id]).Num()
	}
	sum := new(big.Int)
	for j := len(m.limbs) - 1; j >= 0; j-- {
		sum.Lsh(sum, limbBits)
		sum.Add(sum, big.NewInt(m.limbs[j][id]))
	}
	return exact.NumFromBig(sum)
}

// rat returns the mass of a class.
func (m *masses) rat(id int) *big.Rat { return m.unit.Rat(m.num(id)) }

// floats returns the correctly rounded masses.
func (m *masses) floats() []float64 {
	out := make([]float64, len(m.limbs[0]))
	for id := range out {
		out[id], _ = m.unit.Float64(m.num(id))
	}
	return out
}

// gather adds the masses of the classes that become one; nil for nil.
func (m *masses) gather(to []uint32, n int) *masses {
	if m == nil {
		return nil
	}
	out := &masses{unit: m.unit}
	for _, limb := range m.limbs {
		sums := make([]int64, n)
		for id, v := range limb {
			sums[to[id]] += v
		}
		out.limbs = append(out.limbs, sums)
	}
	return out
}

// recordWeights are the weights of records, exactly: units of 64 bits, or wide
// numbers where these do not suffice.
type recordWeights struct {
	units []int64
	wide  []exact.Num // set instead of units
	unit  exact.Unit
}

// gather adds the weights of the records of each class.
func (w *recordWeights) gather(id []uint32, n int) *masses {
	if w.wide == nil {
		sums := make([]int64, n)
		for i, to := range id {
			if to != NoClass {
				sums[to] += w.units[i]
			}
		}
		return &masses{limbs: [][]int64{sums}, unit: w.unit}
	}
	sums := make([]exact.Num, n)
	for i, to := range id {
		if to != NoClass {
			sums[to] = sums[to].Add(w.wide[i])
		}
	}
	m := &masses{unit: w.unit, limbs: [][]int64{make([]int64, n)}}
	mask := big.NewInt(1<<limbBits - 1)
	for c := range sums {
		rest := sums[c].Big()
		for j := 0; rest.Sign() > 0; j++ {
			if j == len(m.limbs) {
				m.limbs = append(m.limbs, make([]int64, n))
			}
			m.limbs[j][c] = new(big.Int).And(rest, mask).Int64()
			rest.Rsh(rest, limbBits)
		}
	}
	return m
}

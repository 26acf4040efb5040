package riskmetrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Household returns for every record the risk that at least one member of its household
// is re-identified, given the individual risks of the records:
//
//	R = 1 - product over members of (1 - r)
//
// computed as R <- R + r(1-R) over the members in ascending order of risk. This loses no
// digits to cancellation, and does not depend on the order of the records. A record that
// was left out (NaN) counts as 0 and stays NaN. Where respondents are named, the members
// are respondents, each with the largest risk of its records in the household. The error
// is ErrRequest where there are no households, or for risks of other records or outside
// [0, 1]. Source: Hundepool et al. 2012, 3.3.7. Time n log(largest household).
func (c *Classes) Household(risk []float64) ([]float64, error) {
	if c.house == nil || len(risk) != len(c.id) {
		return nil, fmt.Errorf("%w: no households, or risks of other records", ErrRequest)
	}
	houses := 0
	for i, h := range c.house {
		if risk[i] < 0 || risk[i] > 1 {
			return nil, fmt.Errorf("%w: a risk is from 0 to 1", ErrRequest)
		}
		houses = max(houses, int(h)+1)
	}
	// Members by household: a counting sort.
	end := make([]uint32, houses+1)
	for _, h := range c.house {
		end[h+1]++
	}
	for h := range houses {
		end[h+1] += end[h]
	}
	member := make([]float64, len(risk))
	next := slices.Clone(end[:houses])
	for i, h := range c.house {
		member[next[h]] = risk[i]
		next[h]++
	}
	var unit []uint32 // of the members; nil where every record is one
	if c.unit != nil {
		unit = make([]uint32, len(risk))
		copy(next, end)
		for i, h := range c.house {
			unit[next[h]] = c.unit[i]
			next[h]++
		}
	}
	found := make([]float64, houses)
	for h := range found {
		m := member[end[h]:end[h+1]]
		if unit != nil {
			m = largestOfUnits(m, unit[end[h]:end[h+1]])
		}
		slices.Sort(m) // NaN first
		for _, r := range m {
			if !math.IsNaN(r) {
				found[h] += float64(r * (1 - found[h]))
			}
		}
	}
	out := make([]float64, len(risk))
	for i, h := range c.house {
		out[i] = found[h]
		if math.IsNaN(risk[i]) {
			out[i] = math.NaN()
		}
	}
	return out, nil
}

// largestOfUnits returns the largest value of every unit, NaN being none.
func largestOfUnits(values []float64, unit []uint32) []float64 {
	at := make([]int, len(values))
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(i, j int) int { return cmp.Or(cmp.Compare(unit[i], unit[j]), cmp.Compare(values[j], values[i])) })
	var out []float64
	for k, i := range at {
		if k == 0 || unit[at[k-1]] != unit[i] {
			out = append(out, values[i]) // NaN is less than any other
		}
	}
	return out
}

package riskmetrics

import (
	"math"
	"sort"

	"github.com/sluis-go/sluis/internal/exact"
)

// GlobalRisk says what individual risks add up to.
type GlobalRisk struct {
	// Expected is the expected number of re-identifications, the sum of the
	// risks.
	Expected float64
	// Rate is Expected over the number of records.
	Rate float64
	// Most is the largest risk, and Record who has it (the first of them).
	Most   float64
	Record int
	// Records is the number of records that count.
	Records int
}

// Global sums individual risks; NaN is left out.
func Global(risk []float64) GlobalRisk {
	var g GlobalRisk
	var s exact.Summer
	g.Record = -1
	for i, r := range risk {
		if math.IsNaN(r) {
			continue
		}
		s.Add(r)
		g.Records++
		if g.Record < 0 || r > g.Most {
			g.Most, g.Record = r, i
		}
	}
	g.Expected, _ = s.Float64()
	if g.Records > 0 {
		g.Rate = g.Expected / float64(g.Records)
	}
	return g
}

// Threshold returns the largest individual risk t that can be left standing
// while the global risk stays at most rate: with the risks sorted upwards, the
// largest r_i with (r_1 + ... + r_i)/n <= rate; 0 if none.
func Threshold(risk []float64, rate float64) float64 {
	var sorted []float64
	for _, r := range risk {
		if !math.IsNaN(r) {
			sorted = append(sorted, r)
		}
	}
	sort.Float64s(sorted)
	t, total := 0.0, 0.0
	for _, r := range sorted {
		total += r
		if total > rate*float64(len(sorted)) {
			break
		}
		t = r
	}
	return t
}

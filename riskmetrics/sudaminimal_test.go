package riskmetrics

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestKeepMinimal compares the two ways of keeping minimal sets.
func TestKeepMinimal(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for range 3000 {
		keys := 1 + rng.IntN(10)
		set := make([]uint64, max(1, 1<<keys/64))
		var list []uint64
		for range rng.IntN(60) {
			mask := 1 + rng.Uint64N(1<<keys-1)
			if set[mask>>6]>>(mask&63)&1 == 0 {
				set[mask>>6] |= 1 << (mask & 63)
				list = append(list, mask)
			}
		}
		keepMinimalBits(set)
		var got []uint64
		for mask := range uint64(1) << keys {
			if set[mask>>6]>>(mask&63)&1 == 1 {
				got = append(got, mask)
			}
		}
		want := slices.Clone(list[:keepMinimal(list)])
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%b by bits, %b by lists", got, want)
		}
	}
}

package evidence_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/scatter"
)

// TestOverlap holds it against the rows, with holdings that agree in half of their
// mixed keys, that which stands for a missing one among them; in parts that merge, in
// memory or spilled.
func TestOverlap(t *testing.T) {
	mixed := []uint64{0, 1, 1 << 32, 1<<32 + 1, 5<<32 + 1, 1<<64 - 1, 1<<32 - 1}
	count := map[bool]int{}
	for seed := range uint64(draws(1500)) {
		rng := rand.New(rand.NewPCG(seed, 8))
		parts := make([]evidence.Overlap, 1+rng.IntN(3))
		if rng.IntN(2) == 0 {
			spill := evidence.NewSpill(&storage{}, 1+rng.IntN(4)).Fine(rng.IntN(3))
			for i := range parts {
				parts[i].SpillTo(spill)
			}
		}
		holding := map[uint64]int{} // of respondents
		want, last, none := false, false, false
		stay := rng.IntN(8) > 0
		for range 1 + rng.IntN(4) {
			b := &evidence.Batch{}
			for range 1 + rng.IntN(6) {
				who, h := uint64(rng.IntN(6)), rng.IntN(len(mixed)+1)
				if old, ok := holding[who]; ok && (stay || rng.IntN(3) > 0) {
					h = old
				} else if ok && old != h {
					want = true
				}
				holding[who] = h
				missing := h == len(mixed)
				none = none || missing
				last = last || !missing && mixed[h] == 1<<64-1
				key := rng.Uint64()
				if !missing {
					key = scatter.Unmix(mixed[h])
				}
				b.Rows++
				b.RespondentKey = append(b.RespondentKey, who)
				b.HoldingKey, b.HoldingNull = append(b.HoldingKey, key), append(b.HoldingNull, missing)
			}
			if err := parts[rng.IntN(len(parts))].Add(b); err != nil {
				t.Fatal(err)
			}
		}
		for i := range parts[1:] {
			if err := parts[0].Merge(&parts[1+i], evidence.Codes{}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := parts[0].Any(t.Context(), 1+rng.IntN(2))
		if err != nil {
			t.Fatal(err)
		}
		if want = want || last && none; got != want {
			t.Fatalf("seed %d: %t, want %t", seed, got, want)
		}
		count[got]++
	}
	if count[true] == 0 || count[false] == 0 {
		t.Errorf("%v", count)
	}
}

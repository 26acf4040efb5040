package evidence_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/evidence"
)

// TestNames: numbers are by first sight for any keys. A respondent is not the holding
// with the same key, even where the two are side by side in the table.
func TestNames(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		var names evidence.Names
		want := map[evidence.Unit]int32{}
		keys := make([]uint64, 600)
		for i := range keys {
			keys[i] = rng.Uint64()
		}
		for range 3_000 {
			u := evidence.Unit{Kind: evidence.UnitKind(rng.IntN(4)), Key: keys[rng.IntN(len(keys))]}
			if u.Kind == evidence.NoUnit || u.Kind == evidence.SeveralUnits {
				if n := names.Number(u); n != 0 {
					t.Fatalf("%v has the number %d", u, n)
				}
				continue
			}
			if want[u] == 0 {
				want[u] = int32(len(want) + 1)
			}
			if n := names.Number(u); n != want[u] || names.Len() != len(want) {
				t.Fatalf("%v has the number %d, want %d; %d have one, want %d", u, n, want[u], names.Len(), len(want))
			}
		}
	}
}

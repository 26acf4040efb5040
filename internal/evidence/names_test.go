package evidence_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/evidence"
)

// TestNames: numbers are by first sight, whatever the keys, and a respondent is not
// the holding with its key.
func TestNames(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var names evidence.Names
	want := map[evidence.Unit]int32{}
	for range 20_000 {
		u := evidence.Unit{Kind: evidence.UnitKind(rng.IntN(4)), Key: uint64(rng.IntN(3000)) << rng.IntN(53)}
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

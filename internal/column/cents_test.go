package column

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCents: what is read as cents is what is read as millionths, and is read as cents
// exactly where it is the float64 nearest to such a number.
func TestCents(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 2))
	var c, m Numbers
	yes, no := 0, 0
	for range 200_000 {
		k := rng.Int64N(1 << (1 + rng.IntN(37)))
		if rng.IntN(2) == 0 {
			k = -k
		}
		v := float64(k) / 100
		whole := true
		switch rng.IntN(4) {
		case 0:
			v, whole = math.Nextafter(v, math.Inf(1-2*rng.IntN(2))), false
		case 1:
			v, whole = v+0.001, false
		}
		whole = whole && v > -1e9 && v < 1e9
		got := c.readCents([]float64{v})
		if got != whole {
			t.Fatalf("%v is read as cents: %t, want %t", v, got, whole)
		}
		if !got {
			no++
			continue
		}
		yes++
		if !m.readMillionths([]float64{v}) || m.Small[0] != c.Small[0] || c.Steps[0]*c.Step != c.Small[0] || c.Bits != m.Bits {
			t.Fatalf("%v is %d cents, and %d or %d millionths", v, c.Steps, c.Small, m.Small)
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e9, -1e9, 1e300, 5e-324, 0.005} {
		if c.readCents([]float64{1, v}) {
			t.Errorf("%v is read as cents", v)
		}
	}
	if yes == 0 || no == 0 {
		t.Errorf("%d values in cents, %d others", yes, no)
	}
}

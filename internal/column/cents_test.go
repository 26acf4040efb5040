package column

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCents: a value that is read as cents has the same value read as millionths. A value
// is read as cents exactly where it is the float64 nearest to a number of cents.
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

// TestCentsInVectors holds the variants against each other: one value that is no cents,
// or is near a bound, in every place.
func TestCentsInVectors(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 3))
	odd := []float64{
		math.NaN(), math.Inf(1), math.Inf(-1), 1e9, -1e9, 999_999_999.99, -999_999_999.99, 1e300, -1e300, 5e-324, 0.005, 1e-9,
		0, math.Copysign(0, -1), 0.01, -0.01, 0.015, 0.1 + 0.2, 0.3, 1 << 52, 1.005, 123_456_789.01,
	}
	for _, n := range []int{1, 3, 4, 5, 8, 13, 1023, 1024, 1025, 1031} {
		for round := range min(400, 40*n) {
			values := make([]float64, n)
			for i := range values {
				values[i] = float64(rng.Int64N(1<<37)-1<<36) / 100
			}
			values[round%n] = odd[rng.IntN(len(odd))]
			steps, out := make([]int64, n), make([]int64, n)
			wantSteps, wantOut := make([]int64, n), make([]int64, n)
			all, ok := readCents(steps, out, values)
			wantAll, want := readCentsPortable(wantSteps, wantOut, values)
			if ok != want || ok && all != wantAll {
				t.Fatalf("%v among %d: %x %t, want %x %t", values[round%n], n, all, ok, wantAll, want)
			}
			if ok && (!slices.Equal(steps, wantSteps) || !slices.Equal(out, wantOut)) {
				t.Fatalf("%v among %d: %d %d, want %d %d", values[round%n], n, steps, out, wantSteps, wantOut)
			}
		}
	}
}

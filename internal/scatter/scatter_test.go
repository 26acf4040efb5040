package scatter_test

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/scatter"
)

// TestFinish compares with the reference implementation of SplitMix64 by Vigna
// (splitmix64.c, 2015) from state 1234567.
func TestFinish(t *testing.T) {
	state := uint64(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		state += scatter.Step
		if got := scatter.Finish(state); got != want {
			t.Errorf("number %d: %d, want %d", i, got, want)
		}
	}
}

// TestMix: Unmix undoes Mix, and neighbours differ in many of the top bits.
func TestMix(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	flipped := 0
	for i := range 10000 {
		k := rng.Uint64()
		if i < 200 {
			k = uint64(i)
		}
		if got := scatter.Unmix(scatter.Mix(k)); got != k {
			t.Fatalf("%d: %d", k, got)
		}
		if got := scatter.Mix(scatter.Unmix(k)); got != k {
			t.Fatalf("%d: %d", k, got)
		}
		flipped += bits.OnesCount64((scatter.Mix(k) ^ scatter.Mix(k^1)) >> 48)
	}
	if flipped < 10000*4 { // 8 of 16 on average would be perfect
		t.Errorf("%d of the top 16 bits change in 10,000 pairs", flipped)
	}
}

package hide

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/synth"
)

// TestAdjust starts from the table of nothing but zeros, which adds up, and wants what
// random cells of a true table have: what is found keeps all sums and all bounds, and
// it mostly is, by strides and by single units.
func TestAdjust(t *testing.T) {
	found, count := 0, long(24, 2_000)
	for seed := range uint64(count) {
		rng := rand.New(rand.NewPCG(seed, 91))
		p := countsOf(t, synth.CubeOptions{Seed: seed, Zeros: 30}, 3+rng.IntN(4), 3+rng.IntN(4), 3+rng.IntN(5))
		a := newAdjuster(p.rel, p.of, p.relations())
		a.cost = func(c int32) float64 { return 1 + float64(mix(uint64(c))>>11)/(1<<54) }
		if seed%2 == 0 {
			a.stride = largest
		}
		for c, cell := range p.cells {
			if a.upper[c] = largest / 2; rng.IntN(2) == 0 {
				a.lower[c], a.upper[c] = cell.Value, cell.Value
			}
		}
		done, err := a.run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for r, rel := range p.rel {
			sum := -a.x[rel.Total]
			for _, c := range rel.Parts {
				sum += a.x[c]
			}
			if sum != 0 {
				t.Fatalf("seed %d: relation %d does not add up", seed, r)
			}
		}
		within := true
		for c, v := range a.x {
			within = within && v >= a.lower[c] && v <= a.upper[c]
		}
		if done != within {
			t.Fatalf("seed %d: done %t, within its bounds %t", seed, done, within)
		}
		if done {
			found++
		}
	}
	t.Logf("%d of %d tables", found, count)
	if 100*found < 90*count {
		t.Errorf("%d of %d tables were found", found, count)
	}
}

// TestAdjustNever: what no table has is not found, and sums are kept.
func TestAdjustNever(t *testing.T) {
	p, err := New([]Cell{{Value: 5}, {Value: 2}, {Value: 3}}, []Relation{{Total: 0, Parts: []int{1, 2}}}, Attacker{})
	if err != nil {
		t.Fatal(err)
	}
	a := newAdjuster(p.rel, p.of, p.relations())
	a.cost = func(int32) float64 { return 1 }
	a.lower, a.upper = []int64{5, 0, 0}, []int64{5, 2, 2}
	if done, err := a.run(context.Background()); done || err != nil || a.x[0] != a.x[1]+a.x[2] {
		t.Errorf("found %v, %t, %v", a.x, done, err)
	}
}

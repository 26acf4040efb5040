package hide

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBelowZero: where hidden values are known to be at least something below 0, a cell may
// be less than what somebody has in it: nobody knows better for having that, and of nobody
// less is asked.
func TestBelowZero(t *testing.T) {
	// Who has 4 of t = a + b = 5 by being alone in a cannot be made to think that t is 5 - 3
	// where b is not negative, and no more is asked than 4. Where b may be -1 it is.
	cells := func() []Cell {
		return []Cell{
			{Value: 5, Status: Primary, Level: Level{Lower: 3}}, {Value: 4, Status: Secondary, Owner: 1},
			{Value: 1, Status: Secondary}, {Value: 5, Status: Secondary}, {Value: 10, Status: Protected},
		}
	}
	for lower, fails := range map[int64]bool{0: false, -1: true, -2: false} {
		t.Run(fmt.Sprint("lower ", lower), func(t *testing.T) {
			p, err := New(cells(), []Relation{{0, []int{1, 2}}, {4, []int{0, 3}}}, Attacker{Whole: true, Lower: lower})
			if err != nil {
				t.Fatal(err)
			}
			got, err := Audit(context.Background(), p, []bool{true, true, true, true, false}, AuditOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if is := slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Owner == 1 }); is != fails {
				t.Errorf("at least %d: %+v", lower, got.Failures)
			}
		})
	}
	for seed := range uint64(long(300, 30_000)) {
		rng := rand.New(rand.NewPCG(seed, 4))
		drawn, _ := draw(rng)
		a := Attacker{Whole: drawn.attacker.Whole, Lower: -1 - rng.Int64N(4)}
		p, err := New(drawn.cells, drawn.rel, a)
		if err != nil {
			t.Fatal(err)
		}
		hidden := make([]bool, len(p.cells))
		for i, c := range p.cells {
			hidden[i] = c.Status.Hidden() || c.Status != Protected && rng.IntN(2) == 0
		}
		got, err := Audit(context.Background(), p, hidden, AuditOptions{NeedsOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		by := newAttackers(p, hidden)
		for i, c := range p.cells {
			if c.Status != Primary || slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Cell == i && f.Owner <= 0 }) {
				continue
			}
			for _, o := range append(insiders(p, hidden, i), 0) {
				if holds, ok := by.holds(i, o); ok {
					compareVerdicts(t, fmt.Sprintf("seed %d", seed), got, holds, i, o)
				}
			}
		}
	}
}

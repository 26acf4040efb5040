package suppress

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

// TestRound: all sums hold, every cell is a multiple next to its value, over random
// tables of two variables with code trees, which always have such a rounding.
func TestRound(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	restricted := 0
	for range 300 {
		p := randomTables(t, rng, rng.IntN(2) == 0).Problem
		base := int64(2 + rng.IntN(9))
		r, err := Round(context.Background(), p, base)
		if err != nil {
			t.Fatal(err)
		}
		if r.Restricted {
			restricted++
		}
		for i, v := range r.Value {
			off := abs64(v - p.Cells()[i].Value)
			if v%base != 0 || v < 0 || off >= 2*base || r.Restricted && off >= base {
				t.Fatalf("%d is rounded to %d by %d", p.Cells()[i].Value, v, base)
			}
		}
		for _, rel := range p.Relations() {
			sum := int64(0)
			for _, c := range rel.Parts {
				sum += r.Value[c]
			}
			if sum != r.Value[rel.Total] {
				t.Fatal("a sum does not hold")
			}
		}
	}
	if restricted < 290 {
		t.Errorf("only %d of 300 are zero-restricted", restricted)
	}
	t.Logf("%d of 300 zero-restricted", restricted)
}

// TestAuditNearest compares what an attacker can say with all tables that round
// to the same, by enumeration.
func TestAuditNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	equal, cells := 0, 0
	for range 60 {
		values := [][]int64{{int64(rng.IntN(9)), int64(rng.IntN(9))}, {int64(rng.IntN(9)), int64(rng.IntN(9))}}
		p := grid(t, values, Attacker{Whole: true}, nil)
		base := int64(3 + 2*rng.IntN(2))
		r, err := RoundNearest(p, base)
		if err != nil {
			t.Fatal(err)
		}
		got, err := AuditNearest(context.Background(), p, r)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]Range, len(got))
		for i := range want {
			want[i] = Range{1 << 40, -1}
		}
		var x [4]int64
		var walk func(k int)
		walk = func(k int) {
			if k < 4 {
				for x[k] = 0; x[k] < 16; x[k]++ {
					walk(k + 1)
				}
				return
			}
			all := []int64{x[0], x[1], x[0] + x[1], x[2], x[3], x[2] + x[3], x[0] + x[2], x[1] + x[3], x[0] + x[1] + x[2] + x[3]}
			for i, v := range all {
				if (v+base/2)/base*base != r.Value[i] {
					return
				}
			}
			for i, v := range all {
				want[i] = Range{min(want[i].Least, v), max(want[i].Most, v)}
			}
		}
		walk(0)
		for i := range got {
			cells++
			if got[i].Least < want[i].Least || got[i].Most > want[i].Most {
				t.Fatalf("%v: cell %d: %v, but only %v is possible", values, i, got[i], want[i])
			}
			if got[i] == want[i] {
				equal++
			}
		}
	}
	if equal != cells {
		t.Errorf("%d of %d ranges are the whole of what is possible", equal, cells)
	}
}

func TestRoundRequests(t *testing.T) {
	p := grid(t, [][]int64{{1, 2}, {3, 4}}, Attacker{Whole: true}, nil)
	if _, err := Round(context.Background(), p, 1); !errors.Is(err, ErrRequest) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Round(ctx, p, 5); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	r, err := RoundNearest(p, 5)
	if err != nil {
		t.Fatal(err)
	}
	r.Value[0] = 50
	if _, err := AuditNearest(context.Background(), p, r); !errors.Is(err, ErrRequest) {
		t.Error(err)
	}
}

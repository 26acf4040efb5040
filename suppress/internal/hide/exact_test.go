package hide

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCompare compares fractions near and far from each other with what big
// numbers say.
func TestCompare(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	number := func() int64 {
		v := rng.Int64N(1 << (1 + rng.IntN(61)))
		if rng.IntN(2) == 0 {
			v = -v
		}
		return v
	}
	for range 200_000 {
		a, c := number(), number()
		b, d := 1+rng.Int64N(finest), 1+rng.Int64N(finest)
		if rng.IntN(3) == 0 {
			b, d = 1, 1
		}
		least := rng.Int64N(largest)
		x := new(big.Rat).Sub(big.NewRat(a, b), big.NewRat(c, d))
		if rng.IntN(2) == 0 { // on the boundary, or next to it
			q := new(big.Int).Quo(x.Num(), x.Denom())
			if q.IsInt64() && q.Sign() >= 0 && q.Int64() < largest {
				least = q.Int64()
			}
		}
		if got, want := compare(a, b, c, d, least), x.Cmp(big.NewRat(least, 1)); got != want {
			t.Fatalf("%d/%d - %d/%d against %d: %d, want %d", a, b, c, d, least, got, want)
		}
	}
}

// TestRational turns floating-point numbers back into the fractions they are of,
// and says so where the denominator is too large.
func TestRational(t *testing.T) {
	num, den, ok := rational([]float64{0.5, -1.0 / 3, 2, 0, 5.0 / 7}, finest)
	if !ok || den != 42 || num[0] != 21 || num[1] != -14 || num[2] != 84 || num[3] != 0 || num[4] != 30 {
		t.Errorf("%v/%d, %v", num, den, ok)
	}
	if _, _, ok := rational([]float64{1.0 / 17, 1.0 / 19}, finest); ok {
		t.Error("323 is beyond the limit")
	}
	for den := int64(1); den <= finest; den++ {
		for num := range den {
			if d := denominator(float64(num)/float64(den), finest); d == 0 || num*d%den != 0 {
				t.Fatalf("%d/%d: denominator %d", num, den, d)
			}
		}
	}
}

// TestUnits: in units of which there are many in one, as amounts of money in
// cents, the intervals of an attacker who reckons with fractions are the same
// but for the units, exact to the last of 50 bits.
func TestUnits(t *testing.T) {
	const units = 1 << 38
	tried := 0
	for seed := range uint64(long(300, 20_000)) {
		rng := rand.New(rand.NewPCG(seed, 4))
		p := small(rng)
		if p.attacker.Whole || p.attacker.Within > 0 {
			continue
		}
		tried++
		cells := make([]Cell, len(p.cells))
		hidden := make([]bool, len(p.cells))
		for i, c := range p.cells {
			c.Value *= units
			c.Part *= units
			c.Shares = slices.Clone(c.Shares)
			for k := range c.Shares {
				c.Shares[k].Least *= units
				c.Shares[k].Most *= units
			}
			c.Level = Level{c.Level.Lower * units, c.Level.Upper * units, c.Level.Sliding * units}
			cells[i] = c
			hidden[i] = c.Status.Hidden() || c.Status != Protected && rng.IntN(2) == 0
		}
		q, err := New(cells, p.rel, p.attacker)
		if err != nil {
			t.Fatal(err)
		}
		one, err := Audit(context.Background(), p, hidden, AuditOptions{})
		if err != nil {
			t.Fatal(err)
		}
		many, err := Audit(context.Background(), q, hidden, AuditOptions{})
		if err != nil {
			t.Fatal(err)
		}
		times := func(b Bound) *big.Rat {
			if b.Den == 0 {
				return nil
			}
			return new(big.Rat).Mul(toRat(b), big.NewRat(units, 1))
		}
		same := func(a, b *big.Rat) bool { return a == nil && b == nil || a != nil && b != nil && a.Cmp(b) == 0 }
		for i, v := range one.Intervals {
			w := many.Intervals[i]
			if !w.Exact() || !same(times(v.Lower), toRat(w.Lower)) || !same(times(v.Upper), toRat(w.Upper)) {
				t.Fatalf("seed %d: %+v, in small units %+v", seed, v, w)
			}
		}
		if len(one.Failures) != len(many.Failures) {
			t.Errorf("seed %d: %v, in small units %v", seed, one.Failures, many.Failures)
		}
	}
	if tried == 0 {
		t.Error("no problem was tried")
	}
}

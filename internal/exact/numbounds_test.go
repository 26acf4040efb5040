package exact_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/exact"
)

// TestFloatsOfNums draws numbers around the sizes up to which floats are divided, and
// compares with fractions, which are rounded once.
func TestFloatsOfNums(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	draw := func(bits int) *big.Int {
		n := new(big.Int).SetUint64(rng.Uint64()>>(64-bits) | 1<<(bits-1))
		if rng.IntN(2) == 0 {
			n.Neg(n)
		}
		return n
	}
	for range 40_000 {
		a, b := draw(40+rng.IntN(20)), draw(45+rng.IntN(15))
		b.Abs(b)
		want, _ := new(big.Rat).SetFrac(new(big.Int).Mul(a, big.NewInt(100)), b).Float64()
		if got := exact.Share(exact.NumFromBig(a), exact.NumFromBig(b)); got != want {
			t.Fatalf("100 * %v / %v: got %v, want %v", a, b, got, want)
		}
		u := exact.Unit{Digits: rng.IntN(30)}
		want, _ = new(big.Rat).SetFrac(a, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(u.Digits)), nil)).Float64()
		if got, ok := u.Float64(exact.NumFromBig(a)); !ok || got != want {
			t.Fatalf("%v / 10^%d: got %v, %v, want %v", a, u.Digits, got, ok, want)
		}
	}
}

// TestNumAtItsBounds adds numbers of 127 bits up to what does not fit, of either sign, and
// negates the sums.
func TestNumAtItsBounds(t *testing.T) {
	pow := func(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }
	one := big.NewInt(1)
	for _, tc := range []struct {
		name string
		a, b *big.Int
	}{
		{"2^126 + 2^126", pow(126), pow(126)},
		{"2^126 + 2^126 - 1", pow(126), new(big.Int).Sub(pow(126), one)},
		{"2^127 - 1 + 1", new(big.Int).Sub(pow(127), one), one},
		{"2^127 - 1 + 2^127 - 1", new(big.Int).Sub(pow(127), one), new(big.Int).Sub(pow(127), one)},
		{"2^127 + 2^127", pow(127), pow(127)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, sign := range []int64{1, -1} {
				a, b := new(big.Int).Mul(tc.a, big.NewInt(sign)), new(big.Int).Mul(tc.b, big.NewInt(sign))
				sum := exact.NumFromBig(a).Add(exact.NumFromBig(b))
				want := new(big.Int).Add(a, b)
				if got := sum.Big(); got.Cmp(want) != 0 {
					t.Errorf("%v + %v: got %v", a, b, got)
				}
				if got := sum.Neg().Big(); got.CmpAbs(want) != 0 || got.Sign() != -want.Sign() {
					t.Errorf("-(%v + %v): got %v", a, b, got)
				}
				if got := sum.Sign(); got != want.Sign() {
					t.Errorf("sign of %v + %v: got %d", a, b, got)
				}
			}
		})
	}
}

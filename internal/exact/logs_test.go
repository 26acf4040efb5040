package exact_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/internal/exact"
)

// TestLn: the digits of OEIS A002162 and A002391, and math.Log.
func TestLn(t *testing.T) {
	for n, digits := range map[uint64]string{
		2: "0.69314718055994530941723212145817656807550013436025525412068",
		3: "1.09861228866810969139524523692252570464749055782274945173469",
	} {
		want, _, err := big.ParseFloat(digits, 10, 190, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		diff := new(big.Float).Sub(exact.Ln(n, 190), want)
		if diff.Sign() != 0 && diff.MantExp(nil) > -180 {
			t.Errorf("ln %d is off by %g", n, diff)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		n := rng.Uint64()>>rng.IntN(64) | 1
		got, _ := exact.Ln(n, 100).Float64()
		if want := math.Log(float64(n)); math.Abs(got-want) > 4e-16*want {
			t.Errorf("ln %d: %v, want %v", n, got, want)
		}
	}
}

// TestSignOfLogs compares with whole powers, products that cancel included.
func TestSignOfLogs(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	zero := new(big.Rat)
	for range 400 {
		up, down := big.NewInt(1), big.NewInt(1)
		var terms []exact.Log
		add := func(of uint64, times int64) {
			terms = append(terms, exact.Log{Times: big.NewInt(times), Of: of})
			p := new(big.Int).Exp(new(big.Int).SetUint64(of), big.NewInt(max(times, -times)), nil)
			if times > 0 {
				up.Mul(up, p)
			} else {
				down.Mul(down, p)
			}
		}
		for range 1 + rng.IntN(4) {
			a, b, k := 1+rng.Uint64N(40), 1+rng.Uint64N(40), rng.Int64N(9)-4
			add(a, k)
			add(b, k)
			if rng.IntN(2) == 0 {
				add(a*b, -k)
			}
		}
		if sign, ok := exact.SignOfLogs(zero, terms); !ok || sign != up.Cmp(down) {
			t.Fatalf("%v: %d, %v, want %d", terms, sign, ok, up.Cmp(down))
		}
	}
	// 1 against 60 digits of e^-1 ... ln(10^18) lies 18 ln 10 from 0.
	near, _ := new(big.Rat).SetString("41.446531673892822311731738975") // 18 ln 10 rounded down
	terms := []exact.Log{{Times: big.NewInt(-1), Of: 1e18}}
	if sign, ok := exact.SignOfLogs(near, terms); !ok || sign != -1 {
		t.Errorf("just below: %d, %v", sign, ok)
	}
	near.Add(near, big.NewRat(1, 1e10))
	if sign, ok := exact.SignOfLogs(near, terms); !ok || sign != 1 {
		t.Errorf("just above: %d, %v", sign, ok)
	}
}

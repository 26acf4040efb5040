package exact_test

import (
	"fmt"
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
		t.Run(fmt.Sprint("n ", n), func(t *testing.T) {
			want, _, err := big.ParseFloat(digits, 10, 190, big.ToNearestEven)
			if err != nil {
				t.Fatal(err)
			}
			diff := new(big.Float).Sub(exact.Ln(n, 190), want)
			if diff.Sign() != 0 && diff.MantExp(nil) > -180 {
				t.Errorf("ln %d is off by %g", n, diff)
			}
		})
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
}

// TestSignOfLogsBoundaries has sums that lie near 0, and 0 itself. 2 ln 6 = ln 4 + ln 9.
func TestSignOfLogsBoundaries(t *testing.T) {
	log := func(times int64, of uint64) exact.Log { return exact.Log{Times: big.NewInt(times), Of: of} }
	cancels := []exact.Log{log(2, 6), log(-1, 4), log(-1, 9)}
	far := []exact.Log{log(-1, 1e18)} // ln 10^18 = 18 ln 10 = 41.44653167389282231232384618...
	above := func(bits uint) *big.Rat {
		return new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), bits))
	}
	rat := func(s string) *big.Rat { r, _ := new(big.Rat).SetString(s); return r }
	for _, tc := range []struct {
		name     string
		constant *big.Rat
		terms    []exact.Log
		sign     int
		decided  bool
	}{
		{"nothing", new(big.Rat), nil, 0, true},
		{"a constant alone", rat("-0.1"), nil, -1, true},
		{"terms that cancel", new(big.Rat), cancels, 0, true},
		{"terms that cancel, and a constant", above(1), cancels, 1, true},
		{"a constant for which 128 bits do not suffice", above(300), cancels, 1, true},
		{"the same below 0", new(big.Rat).Neg(above(300)), cancels, -1, true},
		{"a constant for which 512 bits do not suffice", above(700), cancels, 1, true},
		{"a constant for which no number of bits suffices", above(5000), cancels, 0, false},
		{"just below", rat("41.4465316738928223123238"), far, -1, true},
		{"just above", rat("41.4465316738928223123239"), far, 1, true},
		{"ln 1", new(big.Rat), []exact.Log{log(7, 1)}, 0, true},
		{"2 ln 7 - ln 50", new(big.Rat), []exact.Log{log(2, 7), log(-1, 50)}, -1, true},
		{"ln 49 - 2 ln 7: the square of a prime", new(big.Rat), []exact.Log{log(1, 49), log(-2, 7)}, 0, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if sign, ok := exact.SignOfLogs(tc.constant, tc.terms); sign != tc.sign || ok != tc.decided {
				t.Errorf("got %d, %v, want %d, %v", sign, ok, tc.sign, tc.decided)
			}
		})
	}
}

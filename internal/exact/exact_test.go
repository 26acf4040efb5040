package exact_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/sluis-go/sluis/internal/exact"
)

// int128 draws numbers of every length, with the edges.
func int128(rng *rand.Rand) exact.Int128 {
	switch rng.IntN(8) {
	case 0:
		return exact.FromInt64([]int64{0, 1, -1, math.MaxInt64, math.MinInt64}[rng.IntN(5)])
	case 1:
		return exact.FromUint64(math.MaxUint64)
	}
	a := exact.Int128{Hi: int64(rng.Uint64()), Lo: rng.Uint64()}
	shift := rng.IntN(127)
	v := a.Big()
	v.Rsh(v, uint(shift))
	b, _ := exact.FromBig(v)
	return b
}

func TestInt128(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	top := new(big.Int).Lsh(big.NewInt(1), 127)
	fits := func(v *big.Int) bool { return v.CmpAbs(top) < 0 }
	for range 20_000 {
		a, b := int128(rng), int128(rng)
		x, y := a.Big(), b.Big()
		if s, ok := a.AddChecked(b); fits(new(big.Int).Add(x, y)) && (!ok || s.Big().Cmp(new(big.Int).Add(x, y)) != 0) {
			t.Fatalf("%v + %v = %v, %v", x, y, s.Big(), ok)
		} else if ok && !fits(new(big.Int).Add(x, y)) && new(big.Int).Add(x, y).Cmp(new(big.Int).Neg(top)) != 0 {
			t.Fatalf("%v + %v is said to fit", x, y)
		}
		if a.Neg().Big().Cmp(new(big.Int).Neg(x)) != 0 || a.Abs().Big().Cmp(new(big.Int).Abs(x)) != 0 {
			t.Fatalf("neg or abs of %v", x)
		}
		if a.Cmp(b) != x.Cmp(y) || a.Sign() != x.Sign() || a.BitLen() != x.BitLen() {
			t.Fatalf("order or length of %v, %v", x, y)
		}
		n := rng.IntN(130)
		s, ok := a.Shl(n)
		want := new(big.Int).Lsh(x, uint(n))
		if ok != (want.BitLen() <= 127) || ok && s.Big().Cmp(want) != 0 {
			t.Fatalf("%v << %d = %v, %v", x, n, s.Big(), ok)
		}
		if c, ok := exact.FromBig(x); !ok || c != a {
			t.Fatalf("round trip of %v", x)
		}
		p, q := int64(rng.Uint64()), int64(rng.Uint64())
		if exact.Mul64(p, q).Big().Cmp(new(big.Int).Mul(big.NewInt(p), big.NewInt(q))) != 0 {
			t.Fatalf("%d * %d", p, q)
		}
		shift := rng.IntN(100)
		if p, ok := exact.Product(a, b, shift); ok {
			want := new(big.Int).Lsh(new(big.Int).Mul(x, y), uint(shift))
			if p.Num().Big().Cmp(want) != 0 || p.Abs().Num().Big().Cmp(new(big.Int).Abs(want)) != 0 {
				t.Fatalf("%v * %v << %d = %v", x, y, shift, p.Num().Big())
			}
			if d := p.Add(p).Num().Big(); d.Cmp(want.Lsh(want, 1)) != 0 {
				t.Fatalf("twice %v", p.Num().Big())
			}
		} else if x.BitLen()+y.BitLen()+shift <= 448 {
			t.Fatalf("%v * %v << %d is refused", x, y, shift)
		}
	}
	if _, ok := exact.FromBig(top); ok {
		t.Error("2^127 is taken")
	}
}

func TestWide(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 5000 {
		a, b := int128(rng), int128(rng)
		s, u := rng.IntN(2000), rng.IntN(2000)
		w, v := exact.WideFrom(a, s), exact.WideFrom(b, u)
		x, y := new(big.Int).Lsh(a.Big(), uint(s)), new(big.Int).Lsh(b.Big(), uint(u))
		if w.Big().Cmp(x) != 0 || w.Add(v).Big().Cmp(new(big.Int).Add(x, y)) != 0 || w.Neg().Big().Cmp(new(big.Int).Neg(x)) != 0 ||
			w.Cmp(v) != x.Cmp(y) || w.Sign() != x.Sign() || w.BitLen() != x.BitLen() || w.Abs().Num().Big().Cmp(new(big.Int).Abs(x)) != 0 {
			t.Fatalf("%v << %d, %v << %d", a.Big(), s, b.Big(), u)
		}
		if z, ok := exact.WideFromBig(a.Big(), s); !ok || z != w {
			t.Fatalf("from big: %v << %d", a.Big(), s)
		}
	}
	if _, ok := exact.WideFromBig(new(big.Int).Lsh(big.NewInt(1), 2239), 0); ok {
		t.Error("2^2239 is taken")
	}
}

// meaning is the definition in the package comment, in rationals.
func meaning(v float64) *big.Rat {
	self := new(big.Rat).SetFloat64(v)
	abs := new(big.Rat).Abs(self)
	limit := new(big.Rat).SetInt64(1e15)
	for j := 6; j >= 0; j-- {
		p := new(big.Rat).SetInt64(int64(math.Pow10(j)))
		scaled := new(big.Rat).Mul(abs, p)
		if scaled.Cmp(limit) >= 0 {
			continue
		}
		// m is the whole number nearest to v*10^j.
		m, _ := new(big.Rat).SetString(scaled.FloatString(0))
		dec := m.Quo(m, p)
		if v < 0 {
			dec.Neg(dec)
		}
		if f, _ := dec.Float64(); f == v {
			return dec
		}
		return self
	}
	return self
}

func floats(rng *rand.Rand) float64 {
	switch rng.IntN(7) {
	case 0:
		return float64(rng.IntN(1_000_000)) / 100
	case 1:
		return float64(rng.IntN(1_000_000_000)) / []float64{1, 1e3, 1e6, 1e7}[rng.IntN(4)]
	case 2:
		return rng.NormFloat64() * 1e5
	case 3:
		return math.Float64frombits(rng.Uint64()&^(0x7ff<<52) | uint64(rng.IntN(2046))<<52)
	case 4:
		return -float64(rng.Int64N(1 << 60))
	}
	return []float64{
		0, math.Copysign(0, -1), 0.1, 0.3, 0.1 + 0.2, 1e15, 1e15 - 1, 1e14 + 0.1, 999999999.999999, 1e9, 1e9 + 1e-6,
		0.000001, 0.0000001, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1<<53 + 2, 1.0 / 3, 123.456789,
	}[rng.IntN(20)]
}

func TestFromFloat64(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 50_000 {
		v := floats(rng)
		m, shift, exponent, ok := exact.FromFloat64(v)
		if !ok || shift < 0 || exponent < 0 {
			t.Fatalf("%v: %v, %d, %d", v, ok, shift, exponent)
		}
		got := exact.Unit{Digits: exact.FloatDigits, Shift: shift}.Rat(exact.NewNum(m))
		got.Mul(got, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(exponent))))
		if want := meaning(v); got.Cmp(want) != 0 {
			t.Fatalf("%v is read as %v, want %v", v, got, want)
		}
		if shift > 0 && m.Lo&1 == 0 {
			t.Fatalf("%v: shift %d is not the smallest", v, shift)
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, _, _, ok := exact.FromFloat64(v); ok {
			t.Errorf("%v is taken", v)
		}
	}
}

func TestCmpScaledAndNum(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 20_000 {
		a, b := exact.NewNum(int128(rng)).Abs(), exact.NewNum(int128(rng)).Abs()
		if rng.IntN(10) == 0 {
			a = a.Mul(a).Mul(a)
		}
		x, y := rng.Uint64()>>rng.IntN(64), rng.Uint64()>>rng.IntN(64)
		if rng.IntN(4) == 0 {
			b, y = a, x
		}
		p := new(big.Int).Mul(a.Big(), new(big.Int).SetUint64(x))
		q := new(big.Int).Mul(b.Big(), new(big.Int).SetUint64(y))
		if got := exact.CmpScaled(a, x, b, y); got != p.Cmp(q) {
			t.Fatalf("%v * %d against %v * %d: %d", a.Big(), x, b.Big(), y, got)
		}
		if a.Add(b).Big().Cmp(new(big.Int).Add(a.Big(), b.Big())) != 0 || a.Sub(b).Big().Cmp(new(big.Int).Sub(a.Big(), b.Big())) != 0 ||
			a.Cmp(b) != a.Big().Cmp(b.Big()) || a.Neg().Sign() != -a.Sign() {
			t.Fatalf("%v, %v", a.Big(), b.Big())
		}
	}
}

// TestMulAndShare: products and shares are those of big numbers, on both sides of
// what is worked out in words.
func TestMulAndShare(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 5))
	edges := []int64{0, 1, -1, 1<<46 - 1, 1 << 46, 1<<53 - 1, 1 << 53, 1<<53 + 1, math.MaxInt64, math.MinInt64, 1 - 1<<46, -1 << 53}
	next := func() *big.Int {
		switch rng.IntN(4) {
		case 0:
			return big.NewInt(edges[rng.IntN(len(edges))])
		case 1:
			return int128(rng).Big()
		}
		return big.NewInt(int64(rng.Uint64()) >> rng.IntN(64))
	}
	for range 100_000 {
		x, y := next(), next()
		a, b := exact.NumFromBig(x), exact.NumFromBig(y)
		if got, want := a.Mul(b), new(big.Int).Mul(x, y); got.Big().Cmp(want) != 0 || got.Cmp(exact.NumFromBig(want)) != 0 {
			t.Fatalf("%v * %v = %v", x, y, got.Big())
		}
		if y.Sign() == 0 {
			continue
		}
		want, _ := new(big.Rat).SetFrac(new(big.Int).Mul(x, big.NewInt(100)), y).Float64()
		if got := exact.Share(a, b); math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("100 * %v / %v = %v, want %v", x, y, got, want)
		}
		if x.IsUint64() && y.IsUint64() {
			m, n := rng.Uint64()>>rng.IntN(64), rng.Uint64()>>rng.IntN(64)
			p, q := new(big.Int).Mul(x, new(big.Int).SetUint64(m)), new(big.Int).Mul(y, new(big.Int).SetUint64(n))
			if got := exact.CmpCounts(x.Uint64(), m, y.Uint64(), n); got != p.Cmp(q) {
				t.Fatalf("%v * %d against %v * %d: %d", x, m, y, n, got)
			}
		}
	}
}

func TestUnit(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for range 10_000 {
		n := exact.NewNum(int128(rng))
		u := exact.Unit{Digits: rng.IntN(10)}
		if rng.IntN(3) == 0 {
			u.Shift = rng.IntN(80)
		}
		want := u.Rat(n)
		f, _ := want.Float64()
		if got, ok := u.Float64(n); !ok || got != f {
			t.Fatalf("%v in %+v: %v, want %v", n.Big(), u, got, f)
		}
		text := u.Text(n)
		back, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q is no number", text)
		}
		if u.Shift == 0 && back.Cmp(want) != 0 {
			t.Fatalf("%v in %+v is printed as %s", n.Big(), u, text)
		}
		if g, _ := strconv.ParseFloat(text, 64); g != f {
			t.Fatalf("%v in %+v is printed as %s", n.Big(), u, text)
		}
	}
	for _, tc := range []struct {
		n    int64
		u    exact.Unit
		want string
	}{
		{0, exact.Unit{Digits: 2}, "0"}, {5, exact.Unit{Digits: 2}, "0.05"}, {-150, exact.Unit{Digits: 2}, "-1.5"},
		{100, exact.Unit{Digits: 2}, "1"}, {1_500_000, exact.Unit{Digits: 6, Shift: 1}, "0.75"},
	} {
		t.Run(fmt.Sprint("n ", tc.n), func(t *testing.T) {
			if got := tc.u.Text(exact.NewNum(exact.FromInt64(tc.n))); got != tc.want {
				t.Errorf("%d in %+v: %s, want %s", tc.n, tc.u, got, tc.want)
			}
		})
	}
}

func TestParseDecimal(t *testing.T) {
	for s, want := range map[string]exact.Ratio{
		"0": {Num: 0, Den: 1}, "50": {Num: 50, Den: 1}, "87.5": {Num: 175, Den: 2}, "0.001": {Num: 1, Den: 1000}, "999999999999999": {Num: 999999999999999, Den: 1},
	} {
		t.Run(s, func(t *testing.T) {
			if got, err := exact.ParseDecimal(s); err != nil || got != want {
				t.Errorf("%s: %v, %v", s, got, err)
			}
		})
	}
	for _, s := range []string{"", ".", "5.", ".5", "-1", "+1", "1e2", " 1", "1 ", "1.2.3", "0x1", "1234567890123456", "NaN", "५"} {
		if _, err := exact.ParseDecimal(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	f.Add("87.5")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := exact.ParseDecimal(s)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok || want.Cmp(new(big.Rat).SetFrac(new(big.Int).SetUint64(r.Num), new(big.Int).SetUint64(r.Den))) != 0 {
			t.Fatalf("%q is read as %v", s, r)
		}
	})
}

func BenchmarkFromFloat64(b *testing.B) {
	for name, v := range map[string]float64{"cents": 1234.56, "binary": 1.0 / 3} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				exact.FromFloat64(v)
			}
		})
	}
}

// TestShareIsFinite: a report holds no infinities, which JSON has no words for.
func TestShareIsFinite(t *testing.T) {
	large, one := exact.NumFromBig(new(big.Int).Lsh(big.NewInt(1), 2000)), exact.NewNum(exact.FromInt64(1))
	for _, tt := range []struct {
		a, b exact.Num
		want float64
	}{{one, exact.NewNum(exact.FromInt64(4)), 25}, {large, one, math.MaxFloat64}, {large.Neg(), one, -math.MaxFloat64}} {
		t.Run(fmt.Sprint("a ", tt.a, ", b ", tt.b), func(t *testing.T) {
			if got := exact.Share(tt.a, tt.b); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

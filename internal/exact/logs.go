package exact

import (
	"math/big"
)

// Log is the term Times * ln(Of) of a sum, Of >= 1.
type Log struct {
	Times *big.Int
	Of    uint64
}

// logPrecisions are tried in turn.
var logPrecisions = []uint{128, 512, 4096}

// SignOfLogs returns the sign of constant + the sum of the terms, exactly.
//
//   - A sum of logarithms of whole numbers is 0 only where every prime cancels.
//   - With a rational constant other than 0 the result is never 0 (Lindemann).
//   - A sign other than 0 is computed with as many digits as necessary.
//
// ok is false where 4,096 bits do not suffice; no known data need that many. Callers must
// then take the strict side.
func SignOfLogs(constant *big.Rat, terms []Log) (sign int, ok bool) {
	for i, prec := range logPrecisions {
		work := prec + 128
		sum := new(big.Float).SetPrec(work).SetRat(constant)
		most := 0 // bits of the largest term
		for _, t := range terms {
			l := Ln(t.Of, work)
			l.Mul(l, new(big.Float).SetPrec(work).SetInt(t.Times))
			if l.Sign() != 0 {
				most = max(most, l.MantExp(nil))
			}
			sum.Add(sum, l)
		}
		// Each term is off by less than 2^(most+8-work), and so is each addition.
		bound := new(big.Float).SetMantExp(big.NewFloat(float64(2*len(terms)+2)), most+8-int(work))
		if new(big.Float).Abs(sum).Cmp(bound) > 0 {
			return sum.Sign(), true
		}
		if i == 0 && constant.Sign() == 0 && cancels(terms) {
			return 0, true
		}
	}
	return 0, false
}

// cancels says whether the product of Of^Times is 1, prime by prime.
func cancels(terms []Log) bool {
	power := map[uint64]*big.Int{}
	add := func(p uint64, times *big.Int, n int64) {
		if power[p] == nil {
			power[p] = new(big.Int)
		}
		power[p].Add(power[p], new(big.Int).Mul(times, big.NewInt(n)))
	}
	for _, t := range terms {
		rest := t.Of
		for p := uint64(2); p*p <= rest && p < 1<<32; p++ {
			n := int64(0)
			for rest%p == 0 {
				rest /= p
				n++
			}
			if n > 0 {
				add(p, t.Times, n)
			}
		}
		if rest > 1 {
			add(rest, t.Times, 1)
		}
	}
	for _, n := range power {
		if n.Sign() != 0 {
			return false
		}
	}
	return true
}

// Ln returns the natural logarithm of n >= 1 with a relative error below
// 2^(8-prec): by halving to m in [1/2, 1), and
//
//	ln m = 2 artanh((m-1)/(m+1)),   artanh z = z + z^3/3 + z^5/5 + ...
func Ln(n uint64, prec uint) *big.Float {
	work := prec + 32
	m := new(big.Float).SetPrec(work).SetUint64(n)
	exp := m.MantExp(m)
	one := new(big.Float).SetPrec(work).SetInt64(1)
	out := artanh(new(big.Float).SetPrec(work).Quo(new(big.Float).SetPrec(work).Sub(m, one), new(big.Float).SetPrec(work).Add(m, one)))
	// ln 2 = 2 artanh(1/3).
	ln2 := artanh(new(big.Float).SetPrec(work).Quo(one, new(big.Float).SetPrec(work).SetInt64(3)))
	ln2.Mul(ln2, new(big.Float).SetPrec(work).SetInt64(int64(exp)))
	out.Add(out, ln2)
	return out.Mul(out, new(big.Float).SetInt64(2)).SetPrec(prec)
}

func artanh(z *big.Float) *big.Float {
	work := z.Prec()
	square := new(big.Float).SetPrec(work).Mul(z, z)
	sum, power := new(big.Float).SetPrec(work), new(big.Float).SetPrec(work).Set(z)
	for k := int64(1); power.Sign() != 0; k += 2 {
		term := new(big.Float).SetPrec(work).Quo(power, new(big.Float).SetInt64(k))
		sum.Add(sum, term)
		if term.MantExp(nil) < sum.MantExp(nil)-int(work) {
			break
		}
		power.Mul(power, square)
	}
	return sum
}

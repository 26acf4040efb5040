package riskmetrics

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/bits"

	"github.com/sluis-go/sluis/internal/exact"
)

// In this file p is the share of a value among the values of a class, and q its share
// among all records: p = k/n and q = K/N. Where respondents are named, these are shares
// of the respondents with a value: in the class, and in all. The measures look at one
// value at a time: a respondent with several values counts for each.

// MaxShare is the largest share of one value in a class, NaN for a class without values.
// (alpha,k)-anonymity (Wong et al. 2006) is violated where the share is above alpha, or
// the class has fewer than k records.
func (s *Sensitive) MaxShare(ctx context.Context) (Attained, error) {
	share := func(id int) fraction {
		f := fraction{den: s.n[id]}
		for _, e := range s.of(id) {
			f.num = max(f.num, e.count)
		}
		return f
	}
	return s.classes.attain(ctx, above,
		func(id int) float64 { return share(id).float() }, // 0/0 is NaN
		func(id int, limit *big.Rat) int { return share(id).rat().Cmp(limit) })
}

// Likeness is basic beta-likeness (Cao and Karras 2012): the largest relative gain
// (p-q)/q of the values of a class. It is 0 if no value gains, and NaN without values.
// beta is violated where the gain is above beta.
func (s *Sensitive) Likeness(ctx context.Context) (Attained, error) {
	return s.classes.attain(ctx, above, s.gainFloat, func(id int, limit *big.Rat) int { return s.gain(id).Cmp(limit) })
}

// strongest returns the entry of a class with the largest p/q, the first of
// equals.
func (s *Sensitive) strongest(id int) entry {
	list := s.of(id)
	best := list[0]
	for _, e := range list[1:] { // e.count/K > best.count/K'
		h1, l1 := bits.Mul64(uint64(e.count), uint64(s.total[best.value]))
		h2, l2 := bits.Mul64(uint64(best.count), uint64(s.total[e.value]))
		if h1 > h2 || h1 == h2 && l1 > l2 {
			best = e
		}
	}
	return best
}

// ratio is p/q of an entry.
func (s *Sensitive) ratio(id int, e entry) *big.Rat {
	p, q := big.NewRat(e.count, s.n[id]), big.NewRat(s.total[e.value], s.all)
	return p.Quo(p, q)
}

// gain is the largest (p-q)/q of a class that has values, or 0.
func (s *Sensitive) gain(id int) *big.Rat {
	r := s.ratio(id, s.strongest(id))
	if r.Sub(r, big.NewRat(1, 1)); r.Sign() < 0 {
		r.SetInt64(0)
	}
	return r
}

func (s *Sensitive) gainFloat(id int) float64 {
	if s.n[id] == 0 {
		return math.NaN()
	}
	e := s.strongest(id)
	k, n := float64(e.count), float64(s.n[id])
	q := float64(s.total[e.value])
	return max(0, (k*float64(s.all)-float64(n*q))/float64(n*q))
}

// EnhancedLikeness is enhanced beta-likeness (Cao and Karras 2012): every value that
// gains has
//
//	(p-q)/q <= min(beta, -ln q)
//
// The value of a class is that of Likeness, unless some gain is above -ln q. Then it is
// infinite, because no beta allows such a gain.
func (s *Sensitive) EnhancedLikeness(ctx context.Context) (Attained, error) {
	return s.classes.attain(ctx, above, func(id int) float64 {
		for _, e := range s.of(id) {
			if s.beyondLog(id, e) {
				return math.Inf(1)
			}
		}
		return s.gainFloat(id)
	}, func(id int, limit *big.Rat) int { return s.gain(id).Cmp(limit) })
}

// beyondLog reports exactly whether (p-q)/q > -ln q > 0; true where the sign cannot be
// computed.
func (s *Sensitive) beyondLog(id int, e entry) bool {
	k, n, total := float64(e.count), float64(s.n[id]), float64(s.total[e.value])
	gain := k/n*float64(s.all)/total - 1
	bound := math.Log(float64(s.all) / total)
	switch {
	case gain <= -margin:
		return false
	case math.Abs(gain-bound) > margin*max(1, bound):
		return gain > bound
	}
	g := s.ratio(id, e)
	if g.Sub(g, big.NewRat(1, 1)); g.Sign() <= 0 {
		return false
	}
	sign, ok := exact.SignOfLogs(g, []exact.Log{
		{Times: big.NewInt(1), Of: uint64(s.total[e.value])}, {Times: big.NewInt(-1), Of: uint64(s.all)},
	})
	return !ok || sign > 0
}

// Base is the base of a logarithm: a whole number above 1, or E.
type Base uint64

// E is the base of the natural logarithm.
const E Base = 0

// Disclosure is delta-disclosure privacy (Brickell and Shmatikov 2008): the
// largest
//
//	|log(p/q)|
//
// to the given base over the values that occur in a class; NaN without values.
// delta is violated where it is delta or above. Values that a class lacks are
// passed over, as ARX (to base 2) and others do, although their logarithm is
// infinite. The error is ErrRequest for base 1, or the context's.
func (s *Sensitive) Disclosure(ctx context.Context, base Base) (Attained, error) {
	if base == 1 {
		return Attained{}, fmt.Errorf("%w: the base of a logarithm is above 1", ErrRequest)
	}
	scale := 1.0
	if base != E {
		scale = math.Log(float64(base))
	}
	log := func(id int, e entry) float64 {
		return math.Abs(math.Log(float64(e.count)/float64(s.n[id])*float64(s.all)/float64(s.total[e.value]))) / scale
	}
	return s.classes.attain(ctx, reaches, func(id int) float64 {
		if s.n[id] == 0 {
			return math.NaN()
		}
		most := 0.0
		for _, e := range s.of(id) {
			most = max(most, log(id, e))
		}
		return most
	}, func(id int, delta *big.Rat) int {
		most := -1
		for _, e := range s.of(id) {
			most = max(most, s.logSign(id, e, base, delta))
		}
		return most
	})
}

// logSign is the sign of |log(p/q)| - delta; 1 where the sign cannot be computed.
func (s *Sensitive) logSign(id int, e entry, base Base, delta *big.Rat) int {
	if delta.Sign() < 0 {
		return 1
	}
	// v |ln(kN/(nK))| - u ln base, with delta = u/v.
	v := new(big.Int).Set(delta.Denom())
	if s.ratio(id, e).Cmp(big.NewRat(1, 1)) < 0 {
		v.Neg(v)
	}
	down := new(big.Int).Neg(v)
	terms := []exact.Log{
		{Times: v, Of: uint64(e.count)}, {Times: v, Of: uint64(s.all)},
		{Times: down, Of: uint64(s.n[id])}, {Times: down, Of: uint64(s.total[e.value])},
	}
	constant := new(big.Rat)
	if base == E {
		constant.SetInt(new(big.Int).Neg(delta.Num()))
	} else {
		terms = append(terms, exact.Log{Times: new(big.Int).Neg(delta.Num()), Of: uint64(base)})
	}
	sign, ok := exact.SignOfLogs(constant, terms)
	if !ok {
		return 1
	}
	return sign
}

package riskmetrics

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// of returns the entries of a class.
func (s *Sensitive) of(id int) []entry { return s.entries[s.start[id]:s.start[id+1]] }

// Distinct is distinct l-diversity: the number of distinct values in a class
// (Machanavajjhala et al. 2007), 0 for a class without values. l is violated where the
// number is below l.
//
// Where respondents are named, the number is a maximum matching of values and
// respondents: the largest number of values that can be given to different respondents
// who have them. One person with three values gives 1. Where every respondent has one
// value, the number is that of distinct values. The error is ErrRequest under wildcard
// where a respondent has several values, or the context's.
func (s *Sensitive) Distinct(ctx context.Context) (Attained, error) {
	if s.inClass > 0 && s.classes.missing.kind == asWildcard {
		return Attained{}, &words.Error{Kind: ErrRequest, Fact: words.New(words.SeveralDistinct, words.Count(s.inClass))}
	}
	number := func(id int) int {
		if s.matched != nil {
			return s.matched[id]
		}
		return s.start[id+1] - s.start[id]
	}
	return s.classes.attain(ctx, below,
		func(id int) float64 { return float64(number(id)) },
		func(id int, limit *big.Rat) int { return new(big.Rat).SetInt64(int64(number(id))).Cmp(limit) })
}

// Entropy is entropy l-diversity: exp(H) with
//
//	H = - sum over values of p ln p
//
// the entropy of a class in nats (Machanavajjhala et al. 2007): l equally frequent values
// give l. It is NaN for a class without values. l is violated where exp(H) < l. The error
// is ErrRequest where a respondent has several values in one class, or the context's.
func (s *Sensitive) Entropy(ctx context.Context) (Attained, error) {
	if err := s.oneInClass(); err != nil {
		return Attained{}, err
	}
	return s.classes.attain(ctx, below, func(id int) float64 {
		if s.n[id] == 0 {
			return math.NaN()
		}
		h, n := 0.0, float64(s.n[id])
		for _, e := range s.of(id) {
			p := float64(e.count) / n
			h -= float64(p * math.Log(p))
		}
		return math.Exp(h)
	}, s.entropySign)
}

// entropySign compares exp(H) with l = a/b: with counts k of n in all,
//
//	n ln n + n ln b - n ln a - sum of k ln k
//
// has the sign of exp(H) - l. Where the sign cannot be computed the class is on the wrong
// side.
func (s *Sensitive) entropySign(id int, l *big.Rat) int {
	if l.Sign() <= 0 || !l.Num().IsUint64() || !l.Denom().IsUint64() {
		return 1 - 2*max(0, l.Sign()) // exp(H) lies between 1 and the number of values
	}
	n := big.NewInt(s.n[id])
	terms := []exact.Log{
		{Times: n, Of: uint64(s.n[id])}, {Times: n, Of: l.Denom().Uint64()},
		{Times: new(big.Int).Neg(n), Of: l.Num().Uint64()},
	}
	for _, e := range s.of(id) {
		terms = append(terms, exact.Log{Times: big.NewInt(-e.count), Of: uint64(e.count)})
	}
	sign, ok := exact.SignOfLogs(new(big.Rat), terms)
	if !ok {
		return -1
	}
	return sign
}

// Recursive is recursive (c,l)-diversity (Machanavajjhala et al. 2007). A class has it
// where
//
//	r_1 < c (r_l + r_(l+1) + ... + r_m)
//
// with r_1 >= r_2 >= ... the counts of its values. The value is r_1 divided by the sum.
// It is infinite for a class with fewer than l values, and NaN without values. c is
// violated where the value is c or above. The error is ErrRequest for l below 2 and where
// a respondent has several values in one class, or the context's.
func (s *Sensitive) Recursive(ctx context.Context, l int) (Attained, error) {
	if err := s.oneInClass(); err != nil {
		return Attained{}, err
	}
	if l < 2 {
		return Attained{}, fmt.Errorf("%w: l must be at least 2", ErrRequest)
	}
	least := func(id int) fraction {
		top := s.descending(id)
		f := fraction{num: top[0]}
		for i := l - 1; i < len(top); i++ {
			f.den += top[i]
		}
		return f
	}
	return s.classes.attain(ctx, reaches, func(id int) float64 {
		if s.n[id] == 0 {
			return math.NaN()
		}
		return least(id).float()
	}, func(id int, c *big.Rat) int { return least(id).rat().Cmp(c) })
}

// RecursiveDepth is the largest l for which a class is recursively (c,l)-diverse. It is 1
// where there is no such l from 2 on, and 0 without values. l is violated where the depth
// is smaller. The error is ErrRequest for c not above 0 and where a respondent has
// several values in one class, or the context's.
func (s *Sensitive) RecursiveDepth(ctx context.Context, c *big.Rat) (Attained, error) {
	if err := s.oneInClass(); err != nil {
		return Attained{}, err
	}
	if c.Sign() <= 0 || !c.Num().IsUint64() || !c.Denom().IsUint64() {
		return Attained{}, fmt.Errorf("%w: c must be above 0, and a fraction of whole numbers of 64 bits", ErrRequest)
	}
	num, den := c.Num().Uint64(), c.Denom().Uint64()
	depth := func(id int) int64 {
		if s.n[id] == 0 {
			return 0
		}
		top := s.descending(id)
		rest := s.n[id]
		for l := 1; l < len(top); l++ {
			rest -= top[l-1]
			if !lessProduct(uint64(top[0]), den, uint64(rest), num) { // r_1 < c * rest
				return int64(l)
			}
		}
		return int64(len(top))
	}
	return s.classes.attain(ctx, below,
		func(id int) float64 { return float64(depth(id)) },
		func(id int, l *big.Rat) int { return new(big.Rat).SetInt64(depth(id)).Cmp(l) })
}

// lessProduct reports a*b < c*d.
func lessProduct(a, b, c, d uint64) bool {
	h1, l1 := bits.Mul64(a, b)
	h2, l2 := bits.Mul64(c, d)
	return h1 < h2 || h1 == h2 && l1 < l2
}

// descending returns the counts of a class in falling order.
func (s *Sensitive) descending(id int) []int64 {
	list := s.of(id)
	out := make([]int64, len(list))
	for i, e := range list {
		out[i] = e.count
	}
	slices.SortFunc(out, func(a, b int64) int { return cmp.Compare(b, a) })
	return out
}

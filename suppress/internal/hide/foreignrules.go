package hide

import (
	"fmt"
	"math/big"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/sdc"
)

// ForeignRules are the rules that made the unsafe cells of a foreign table, as far as the
// auditor knows them. The rules give unsafe cells their levels, and find published cells
// that are unsafe. The zero value has no rules: then the columns of levels count. Without
// these columns the exact value must not be determined.
type ForeignRules struct {
	// PPercent, NK and PQ are the concentration rules; nil where not in use. These rules
	// need the largest contributions.
	PPercent *sdc.PPercent
	NK       *sdc.NK
	PQ       *sdc.PQ
	// Range, where not empty, is a percentage of the value of every primary cell. It is
	// the safety range that tau-ARGUS gives to cells that are unsafe by frequency,
	// request or hand.
	Range sdc.Percent
	// MinContributors, where above 0, is the least number of contributors that is safe.
	// This rule needs the number of contributors, and gives no level.
	MinContributors int64
}

// tops is how many of the largest contributions the rules look at.
func (r *ForeignRules) tops() (n int) {
	if r.PPercent != nil {
		n = max(n, 1+max(1, r.PPercent.Coalition))
	}
	if r.NK != nil {
		n = max(n, r.NK.N)
	}
	if r.PQ != nil {
		n = max(n, 2)
	}
	return n
}

func (r *ForeignRules) check(s *ForeignSpec) error {
	percents := []sdc.Percent{}
	if r.PPercent != nil {
		if r.PPercent.Coalition < 0 || r.PPercent.Coalition > 99 {
			return fmt.Errorf("%w: the p%% rule needs a coalition from 1 to 99", ErrRequest)
		}
		percents = append(percents, r.PPercent.P)
	}
	if r.NK != nil {
		if r.NK.N < 1 || r.NK.N > 100 {
			return fmt.Errorf("%w: the (n,k) rule needs an n from 1 to 100", ErrRequest)
		}
		percents = append(percents, r.NK.Percent)
		if x := percentage(r.NK.Percent); x != nil && x.Cmp(big.NewRat(100, 1)) > 0 {
			return fmt.Errorf("%w: a percentage of the (n,k) rule above 100", ErrRequest)
		}
	}
	if r.PQ != nil {
		percents = append(percents, r.PQ.P, r.PQ.Q)
	}
	if r.Range != "" {
		percents = append(percents, r.Range)
	}
	for _, p := range percents {
		if x := percentage(p); x == nil || x.Sign() <= 0 {
			return fmt.Errorf("%w: a percentage must be a decimal above 0", ErrRequest)
		}
	}
	if r.PQ != nil && percentage(r.PQ.P).Cmp(percentage(r.PQ.Q)) >= 0 {
		return fmt.Errorf("%w: of the (p,q) rule p must be less than q", ErrRequest)
	}
	if n := r.tops(); n > len(s.Largest) {
		return fmt.Errorf("%w: the rules look at the %d largest contributions, and there are columns for %d", ErrRequest, n, len(s.Largest))
	}
	if r.MinContributors > 0 && s.Contributors == "" {
		return fmt.Errorf("%w: a least number of contributors needs the column of their number", ErrRequest)
	}
	return nil
}

// percentage reads one; nil where it is none.
func percentage(p sdc.Percent) *big.Rat {
	n, err := parseNumber(string(p), '.')
	if err != nil {
		return nil
	}
	return n.rat()
}

func (n number) rat() *big.Rat {
	den := exact.Pow10(int(n.scale))
	return new(big.Rat).SetFrac(big.NewInt(n.mant), den)
}

// level is the largest of
//
//	NK        100/Percent * (x1 + ... + xN) - total
//	PPercent  P/100 * x1 - (total - x1 - ... - x(Coalition+1))
//	PQ        P/Q * x1 - (total - x1 - x2)
//
// and 0, as in sdc.Cell.ProtectionLevel. It is above 0 exactly where one of the rules
// calls the cell unsafe. Contributions must not be negative, and must be in falling
// order.
func (r *ForeignRules) level(total *big.Rat, x []*big.Rat) *big.Rat {
	best := new(big.Rat)
	raise := func(v *big.Rat) {
		if v.Cmp(best) > 0 {
			best = v
		}
	}
	sum := func(n int) *big.Rat {
		s := new(big.Rat)
		for _, v := range x[:n] {
			s.Add(s, v)
		}
		return s
	}
	// factor * x1 - (total - the n largest)
	short := func(factor *big.Rat, n int) {
		v := factor.Mul(factor, x[0])
		raise(v.Sub(v, total).Add(v, sum(n)))
	}
	if r.NK != nil {
		v := new(big.Rat).Quo(big.NewRat(100, 1), percentage(r.NK.Percent))
		v.Mul(v, sum(r.NK.N))
		raise(v.Sub(v, total))
	}
	if r.PPercent != nil {
		short(new(big.Rat).Quo(percentage(r.PPercent.P), big.NewRat(100, 1)), 1+max(1, r.PPercent.Coalition))
	}
	if r.PQ != nil {
		short(new(big.Rat).Quo(percentage(r.PQ.P), percentage(r.PQ.Q)), 2)
	}
	return best
}

// contributions returns the largest contributions to a cell, checked against its total. A
// missing contribution is zero where the contributions before it add up to the total.
// Elsewhere it is an error: as zero it would make the cell seem safer than it is.
func (f *Foreign) contributions(row int, n int) ([]*big.Rat, error) {
	total := f.rows[row].rat()
	left := new(big.Rat).Set(total)
	out := make([]*big.Rat, n)
	for k := range n {
		x := f.largest[row][k]
		fail := func(what string) error {
			return fmt.Errorf("%w: line %d, column %q: %s", ErrTable, f.rows[row].line, f.spec.Largest[k], what)
		}
		out[k] = x.rat()
		switch {
		case !x.is && left.Sign() != 0:
			return nil, fail("is missing, and those before it do not make up the value of the cell")
		case k > 0 && out[k].Cmp(out[k-1]) > 0:
			return nil, fail("is more than the one before it")
		case left.Sub(left, out[k]).Sign() < 0:
			return nil, fail("the largest contributions are more than the value of the cell")
		}
	}
	return out, nil
}

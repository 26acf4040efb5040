package riskmetrics

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/sluis-go/sluis/internal/exact"
)

// Missing says how nulls in keys match. The zero value refuses them.
type Missing struct {
	kind  missingKind
	alpha exact.Ratio
}

type missingKind uint8

const (
	asRefuse missingKind = iota
	asCategory
	asExclude
	asWildcard
	asSdcMicro
)

// ParseMissing reads a policy:
//
//	refuse           a null is an error; the zero value
//	category         null equals null and nothing else
//	exclude          records with a null are left out
//	wildcard         a null matches everything, symmetrically
//	sdcmicro(alpha)  as freqCalc of sdcMicro, alpha a decimal from 0 to 1
//
// Under sdcmicro(alpha) a record x fully matches the records that are equal to it, with
// nulls equal to nulls. The other candidates agree with x on every key where neither has
// a null:
//
//   - x without nulls matches the candidates with nulls by alpha. With two keys or more
//     it does not match candidates that have only nulls.
//   - x with some nulls matches the candidates without nulls fully, and those with nulls
//     by alpha.
//   - x with only nulls matches all candidates fully.
func ParseMissing(s string) (Missing, error) {
	switch s {
	case "refuse":
		return Missing{}, nil
	case "category":
		return Missing{kind: asCategory}, nil
	case "exclude":
		return Missing{kind: asExclude}, nil
	case "wildcard":
		return Missing{kind: asWildcard}, nil
	}
	if t, ok := strings.CutPrefix(s, "sdcmicro("); ok {
		if t, ok = strings.CutSuffix(t, ")"); ok {
			if r, err := exact.ParseDecimal(t); err == nil && r.Num <= r.Den {
				return Missing{kind: asSdcMicro, alpha: r}, nil
			}
		}
	}
	return Missing{}, fmt.Errorf("%w: a policy for missing values is refuse, category, exclude, wildcard or sdcmicro(alpha)", ErrRequest)
}

// String returns the policy as ParseMissing reads it.
func (m Missing) String() string {
	switch m.kind {
	case asCategory:
		return "category"
	case asExclude:
		return "exclude"
	case asWildcard:
		return "wildcard"
	case asSdcMicro:
		s := m.alphaRat().FloatString(15)
		return "sdcmicro(" + strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + ")"
	}
	return "refuse"
}

// Matches reports whether a null can match a value.
func (m Missing) Matches() bool { return m.matches() }

// matches says whether a null can match a value.
func (m Missing) matches() bool { return m.kind == asWildcard || m.kind == asSdcMicro }

func (m Missing) alphaRat() *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(m.alpha.Num), new(big.Int).SetUint64(max(1, m.alpha.Den)))
}

package hide

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// kind is the meaning of the status of a cell in a foreign table.
type kind uint8

const (
	kindSafe      kind = iota + 1 // published
	kindPrimary                   // suppressed and to be protected: unsafe, or confidential without a reason
	kindSecondary                 // suppressed to protect others
	kindProtected                 // published, or known anyway
	kindEmpty                     // a zero that everybody knows of
	kindWithheld                  // in no row, and not published
)

var kindNames = []string{"", "safe", "primary", "secondary", "protected", "empty", "withheld"}

// String names the kind.
func (k kind) String() string { return kindNames[k] }

func (k kind) hidden() bool { return k == kindPrimary || k == kindSecondary || k == kindWithheld }

// StatusCodes is a list of status codes. The zero value stands for whichever of the
// lists of StatusCodesOf has all codes that occur.
type StatusCodes struct{ kinds map[string]kind } // by code, in capitals

// The code lists of foreign tables:
//
//   - tau: the numbers that tau-ARGUS writes (manual, 4.6.1); 7 and 8 are not in use.
//   - tau-letters: the letters that tau-ARGUS reads: S, U, P, with M and ML for secondary
//     cells, and Z for protected or empty ones (its JJ format).
//   - sbs: Eurostat's structural business statistics.
//   - sdctable: u, x, s, z of sdcTable.
//   - sdmx: the cross-domain code list CL_CONF_STATUS 1.3, without E, which depends on a
//     date. Its N and C do not give a reason, and count as unsafe.
var statusCodes = map[string]map[string]kind{
	"tau": {
		"1": kindSafe, "2": kindSafe, "3": kindPrimary, "4": kindPrimary, "5": kindPrimary, "6": kindPrimary, "9": kindPrimary,
		"10": kindProtected, "11": kindSecondary, "12": kindSecondary, "13": kindEmpty, "14": kindEmpty,
	},
	"tau-letters": {
		"S": kindSafe, "U": kindPrimary, "P": kindProtected, "Z": kindProtected, "M": kindSecondary, "ML": kindSecondary,
	},
	"sbs":      {"A": kindPrimary, "B": kindPrimary, "C": kindPrimary, "D": kindSecondary, "V": kindSafe},
	"sdctable": {"S": kindSafe, "U": kindPrimary, "X": kindSecondary, "Z": kindProtected},
	"sdmx": {
		"F": kindSafe, "A": kindPrimary, "C": kindPrimary, "G": kindPrimary, "M": kindPrimary, "N": kindPrimary, "O": kindPrimary,
		"T": kindPrimary, "X": kindPrimary, "D": kindSecondary, "S": kindSecondary,
	},
	"words": {
		"SAFE": kindSafe, "PRIMARY": kindPrimary, "UNSAFE": kindPrimary, "SECONDARY": kindSecondary,
		"PROTECTED": kindProtected, "ZERO": kindEmpty, "EMPTY": kindEmpty,
	},
}

// StatusCodesOf returns a code list by its name: tau, tau-letters, sbs, sdctable,
// sdmx or words (safe, primary or unsafe, secondary, protected, zero or empty). The
// error wraps ErrRequest.
func StatusCodesOf(name string) (StatusCodes, error) {
	if c, ok := statusCodes[name]; ok {
		return StatusCodes{c}, nil
	}
	return StatusCodes{}, fmt.Errorf("%w: status codes are none of %s", ErrRequest, strings.Join(codeListNames(), ", "))
}

func codeListNames() []string { return slices.Sorted(maps.Keys(statusCodes)) }

// findCodes returns the code list that has all codes that occur. It returns an error
// where several lists have them and disagree on one: to read S as safe where it means
// secondary, or the reverse, would make the audit wrong.
func findCodes(seen map[string]bool) (map[string]kind, error) {
	var fits []string
	for _, name := range codeListNames() {
		all := true
		for code := range seen {
			all = all && statusCodes[name][code] != 0
		}
		if all {
			fits = append(fits, name)
		}
	}
	if len(fits) == 0 {
		return nil, fmt.Errorf("%w: the statuses are of none of the code lists %s", ErrRequest, strings.Join(codeListNames(), ", "))
	}
	for _, name := range fits[1:] {
		for code := range seen {
			if statusCodes[name][code] != statusCodes[fits[0]][code] {
				return nil, fmt.Errorf("%w: the statuses can be of the code lists %s, which disagree: say which", ErrRequest, strings.Join(fits, ", "))
			}
		}
	}
	return statusCodes[fits[0]], nil
}

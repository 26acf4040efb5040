// Package records suppresses single values of microdata (local suppression): every record
// is then one of at least k that look alike. One call makes the suppressed table and
// counts it again.
package records

import "github.com/sluis-go/sluis/suppress/internal/hide"

// Errors. They are the values of package suppress.
var (
	// ErrRequest says that keys or options are not well defined.
	ErrRequest = hide.ErrRequest
	// ErrInfeasible says that there are fewer respondents than a class needs.
	ErrInfeasible = hide.ErrInfeasible
	// ErrUndecided says that the recount at the end found a record with too few others.
	ErrUndecided = hide.ErrUndecided
)

// Package records suppresses single values of microdata, so that every record is hidden
// among at least k: local suppression. One call goes from a table to a table that was
// counted again.
package records

import "github.com/sluis-go/sluis/suppress/internal/hide"

// Errors, the same values as those of package suppress.
var (
	// ErrRequest says that keys or options are not well defined.
	ErrRequest = hide.ErrRequest
	// ErrInfeasible says that there are fewer respondents than a class needs.
	ErrInfeasible = hide.ErrInfeasible
	// ErrUndecided says that the recount at the end found a record with too few others.
	ErrUndecided = hide.ErrUndecided
)

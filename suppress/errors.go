package suppress

import (
	"errors"

	"github.com/sluis-go/sluis/suppress/internal/hide"
)

// Errors name outputs, tables and codes, never values.
var (
	// ErrRequest says that options, or a report, are not well defined.
	ErrRequest = hide.ErrRequest
	// ErrUnfit says that an output cannot be made safe by hiding cells: it is no table, or
	// something else than its cells is unsafe.
	ErrUnfit = hide.ErrUnfit
	// ErrNotAdditive says that a total is not the sum of its parts.
	ErrNotAdditive = hide.ErrNotAdditive
	// ErrInfeasible says that no pattern can protect a cell: it is proven that with
	// everything hidden that may be, it is still known too closely.
	ErrInfeasible = hide.ErrInfeasible
	// ErrUndecided says that for some cells no protection was found, and that protection
	// was not proven impossible.
	ErrUndecided = hide.ErrUndecided
	// ErrTooClose says that rounding does not protect some cells, or that it is not known
	// whether it does.
	ErrTooClose = hide.ErrTooClose
	// ErrFolder says that a folder cannot take a publication: it holds something.
	ErrFolder = errors.New("folder cannot take the publication")
)

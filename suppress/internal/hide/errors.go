package hide

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// Errors about a problem. They name cells and relations by number, never by
// value.
var (
	// ErrRequest says that a problem or an option is not well defined. It is that of
	// package sdc.
	ErrRequest = sdc.ErrRequest
	// ErrNotAdditive says that a total is not the sum of its parts; the error is a
	// *NotAdditiveError.
	ErrNotAdditive = errors.New("total is not the sum of its parts")
	// ErrCycle says that a cell is a total of itself.
	ErrCycle = errors.New("cell is a total of itself")
	// ErrInfeasible says that no pattern can protect a cell: it is proven that with
	// everything hidden that may be, it is still known too closely. The error is a
	// *CellsError.
	ErrInfeasible = errors.New("cannot be protected")
	// ErrUndecided says that for some cells neither protection was found nor
	// proven impossible. The error is a *CellsError.
	ErrUndecided = errors.New("no protection found, and none proven impossible")
	// ErrTooClose says that rounding does not protect some cells, or that it is not
	// known whether it does. The error is a *CellsError.
	ErrTooClose = errors.New("rounding with this base leaves the values of unsafe cells too closely known")
)

// NotAdditiveError says which total is not the sum of its parts.
type NotAdditiveError struct {
	Relation int     // number of the relation
	Cell     int     // number of its total
	Relative float64 // how far off, relative to the total
}

// Error names the relation and the cell, and no value.
func (e *NotAdditiveError) Error() string {
	return fmt.Sprintf("relation %d, cell %d: %v, by %.3g of the total", e.Relation, e.Cell, ErrNotAdditive, e.Relative)
}

// Unwrap returns ErrNotAdditive.
func (e *NotAdditiveError) Unwrap() error { return ErrNotAdditive }

// CellsError says of which cells ErrInfeasible, ErrUndecided or ErrTooClose holds.
type CellsError struct {
	Cells []int // rising
	Err   error // ErrInfeasible, ErrUndecided or ErrTooClose
}

// Error names the first cells.
func (e *CellsError) Error() string {
	const shown = 10
	var list []string
	for _, c := range e.Cells[:min(shown, len(e.Cells))] {
		list = append(list, strconv.Itoa(c))
	}
	more := ""
	if n := len(e.Cells) - shown; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("%v: cells %s%s", e.Err, strings.Join(list, ", "), more)
}

// Unwrap returns Err.
func (e *CellsError) Unwrap() error { return e.Err }

// cellsError is nil where there are no cells.
func cellsError(err error, cells []int) error {
	if len(cells) == 0 {
		return nil
	}
	slices.Sort(cells)
	return &CellsError{Cells: cells, Err: err}
}

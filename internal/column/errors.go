package column

import (
	"errors"
	"fmt"
)

// Reasons for which a column is refused. An *Error wraps them. It names the column and,
// where one row is the cause, the row.
var (
	ErrType      = errors.New("type is not supported here")
	ErrNull      = errors.New("null where no policy for missing values is declared")
	ErrNotFinite = errors.New("value is not finite (NaN or infinity)")
	ErrIndex     = errors.New("dictionary index is outside the dictionary")
	ErrMissing   = errors.New("column does not exist")
	ErrTooMany   = errors.New("more than 2^32-2 distinct values")
)

// Error names the column and the row that are wrong, and the reason. It holds no value of
// the data.
type Error struct {
	Column string
	Row    int64 // from 0; -1 where no single row is at fault
	Err    error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Row < 0 {
		return fmt.Sprintf("column %q: %v", e.Column, e.Err)
	}
	return fmt.Sprintf("column %q, row %d: %v", e.Column, e.Row+1, e.Err)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

package sdc

import (
	"errors"
	"fmt"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/guard"
)

// Errors that the errors of this package wrap.
var (
	// ErrRequest is wrapped by errors about the request: an output, a policy, a hierarchy
	// or data that are not well defined. Check finds these errors before it reads a row.
	ErrRequest = guard.ErrRequest
	// ErrNoRows says that the data, or the part that an output takes of the data, have no
	// rows. There is nothing to decide.
	ErrNoRows = errors.New("data has no rows")
	// ErrLookAlike says that texts which name respondents or holdings look alike, and
	// that the request does not say whether they name one unit.
	ErrLookAlike = errors.New("values look alike")
	// ErrInternal says that the program has failed, and that nothing is decided. A
	// *PanicError wraps it.
	ErrInternal = guard.ErrInternal

	// ErrColumn, in a *ColumnError, says that the data do not have the column.
	ErrColumn = column.ErrMissing
	// ErrNull, in a *ColumnError, says that there is a null where Data.Missing has no
	// policy for it, or where none is possible: respondents.
	ErrNull = column.ErrNull
	// ErrType, in a *ColumnError, says that the type of a column, or a text value in it,
	// does not fit the use of the column.
	ErrType = column.ErrType
	// ErrBroken, in a *ColumnError, says that an array of the column cannot be read, or
	// that a record does not match the schema of its reader.
	ErrBroken = errors.New("records are damaged")

	// ErrOtherFile says that the SHA-256 in a record of local suppression is not that of a
	// file of the data.
	ErrOtherFile = errors.New("the record of local suppression is of another file: its SHA-256 is not that of the data")
)

// Reasons inside a ColumnError.
var (
	errHierarchy = errors.New("hierarchy")
	errDeclared  = errors.New("declared codes")
	errBounds    = errors.New("declared bounds")
	errNumber    = errors.New("number cannot be used")
)

// ColumnError names the column and the row that are wrong, and the reason. It never holds
// a value of the data.
type ColumnError struct {
	// Column is the name of the column.
	Column string
	// Row is the position of the row, from 0 (the message counts from 1); -1 where no
	// single row is at fault.
	Row int64
	// Err is the reason, which is or wraps ErrColumn, ErrNull, ErrType, ErrBroken or
	// another error.
	Err error
}

// Error implements error.
func (e *ColumnError) Error() string {
	return (&column.Error{Column: e.Column, Row: e.Row, Err: e.Err}).Error()
}

// Unwrap returns the reason.
func (e *ColumnError) Unwrap() error { return e.Err }

// PanicError reports a failure of the program: a panic of the library, or of code of the
// caller, such as a reader or Options.Progress. PanicError wraps [ErrInternal].
type PanicError struct {
	// Place is the function, file and line where the panic arose.
	Place string

	value any
}

// Error implements error. The text does not contain the argument of the panic, which may
// hold data.
func (e *PanicError) Error() string { return fmt.Sprintf("%v (%s)", ErrInternal, e.Place) }

// Unwrap returns ErrInternal and, where the panic was called with an error, that error.
func (e *PanicError) Unwrap() []error {
	if err, ok := e.value.(error); ok {
		return []error{ErrInternal, err}
	}
	return []error{ErrInternal}
}

// Value returns the argument of the panic. The argument may hold data: keep it out of
// logs.
func (e *PanicError) Value() any { return e.value }

// GoString is Error.
func (e *PanicError) GoString() string { return e.Error() }

// public gives errors of inner packages the types that callers see.
func public(err error) error {
	if err == nil {
		return nil
	}
	if place, value, ok := guard.Of(err); ok {
		return &PanicError{Place: place, value: value}
	}
	return columnError(err)
}

// columnError gives the errors of internal/column their public type, and the reasons
// their public names.
func columnError(err error) error {
	var own *ColumnError
	if errors.As(err, &own) {
		return err
	}
	var e *column.Error
	if !errors.As(err, &e) {
		return err
	}
	return &ColumnError{Column: e.Column, Row: e.Row, Err: numberError(e.Err)}
}

// numberError marks the reasons of the inner packages that are about numbers.
func numberError(err error) error {
	for _, reason := range []error{
		column.ErrNotFinite, evidence.ErrWeight, evidence.ErrWeightNull, evidence.ErrWeightVaries, evidence.ErrRange,
	} {
		if errors.Is(err, reason) {
			return fmt.Errorf("%w: %w", errNumber, reason)
		}
	}
	return err
}

package sdc

import (
	"errors"
	"fmt"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
)

// Errors about the request: an output, a policy or a hierarchy that cannot be
// what was meant. They are found before any row is read.
var (
	// ErrOutput is wrapped by errors about the description of an output.
	ErrOutput = errors.New("output is not well defined")
	// ErrPolicy is wrapped by errors about a policy.
	ErrPolicy = errors.New("policy is not well defined")
	// ErrHierarchy is wrapped by errors about a hierarchy, and by the error for
	// a value of the data that its hierarchy does not have as a leaf.
	ErrHierarchy = errors.New("hierarchy is not well defined")
)

// Errors about the data. All are reasons inside a [ColumnError].
var (
	// ErrMissingColumn says that the data has no column of that name.
	ErrMissingColumn = column.ErrMissing
	// ErrType says that a column's type cannot play the role asked of it.
	ErrType = column.ErrType
	// ErrNull says that a null was met where no policy for it is declared.
	ErrNull = column.ErrNull
	// ErrNumber says that a number cannot be used: NaN, an infinity, a negative
	// or null weight, or magnitudes that cannot be combined exactly.
	ErrNumber = errors.New("number cannot be used")
)

// ErrNoRows says that the data, or what an output takes of it, holds no rows at
// all, so that there is nothing to decide about.
var ErrNoRows = errors.New("data has no rows")

// ColumnError says which column, and which row of it (from 0 in the field, from
// 1 in the message; -1 where no single row is at fault), is wrong and why. It
// never holds a value of the data.
type ColumnError = column.Error

// numberError turns the reasons of the inner packages into ErrNumber.
func numberError(err error) error {
	for _, reason := range []error{
		column.ErrNotFinite, evidence.ErrWeight, evidence.ErrWeightNull, evidence.ErrWeightVaries, evidence.ErrRange,
	} {
		if errors.Is(err, reason) {
			return fmt.Errorf("%w: %w", ErrNumber, reason)
		}
	}
	return err
}

package sdc

import (
	"errors"
	"fmt"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
)

// ErrRequest is wrapped by errors about what was asked: an output, a policy or a
// hierarchy that is not well defined. They are found before any row is read.
var ErrRequest = errors.New("request is not well defined")

// Reasons inside a ColumnError.
var (
	errHierarchy = errors.New("hierarchy")
	errNumber    = errors.New("number cannot be used")
)

// ErrNoRows says that the data, or what an output takes of it, holds no rows at
// all, so that there is nothing to decide about.
var ErrNoRows = errors.New("data has no rows")

// ColumnError says which column, and which row of it (from 0 in the field, from
// 1 in the message; -1 where no single row is at fault), is wrong and why. It
// never holds a value of the data.
type ColumnError = column.Error

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

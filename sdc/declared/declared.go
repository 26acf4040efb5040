// Package declared has what a caller declares of columns and the data alone do not tell.
// Everybody is taken to know what is declared, except where a field says otherwise.
package declared

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
)

// Columns are the declarations about the columns of some data. The zero value declares
// nothing.
type Columns struct {
	// Codes lists, by column, all codes of a variable, in the order in which tables show
	// them. A code may occur nowhere: nobody is taken to know that a declared code
	// occurs. A code of the data that is not listed is an error of the check. A column
	// with a code tree has none.
	Codes map[string][]string
}

// Validate reports the first declaration that is not well defined. The error wraps
// ErrRequest of package sdc and has no code.
func (c *Columns) Validate() error {
	for _, name := range slices.Sorted(maps.Keys(c.Codes)) {
		if err := codes(c.Codes[name]); err != nil {
			return fmt.Errorf("%w: declared codes of column %q: %w", guard.ErrRequest, name, err)
		}
	}
	return nil
}

// codes reports the first fault of a list of codes.
func codes(list []string) error {
	if len(list) == 0 {
		return errors.New("the list is empty: list all codes, or leave the column out")
	}
	first := map[string]int{}
	for i, code := range list {
		if code == "" {
			return fmt.Errorf("code %d is empty: a missing value is no code; take the code out", i+1)
		}
		if k, twice := first[code]; twice {
			return fmt.Errorf("code %d is the same as code %d: take one of them out", i+1, k+1)
		}
		first[code] = i
	}
	return nil
}

// Named yields the columns that the declarations name, each after the field that names the
// column, in a fixed order.
func (c *Columns) Named() iter.Seq2[string, string] {
	return func(yield func(field, column string) bool) {
		for _, name := range slices.Sorted(maps.Keys(c.Codes)) {
			if !yield("Codes", name) {
				return
			}
		}
	}
}

// Package declared has what a caller declares of columns and the data alone do not tell.
// Everybody is taken to know what is declared, except where a field says otherwise.
package declared

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"regexp"
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
	// Independent lists pairs of columns. That a column of a pair fixes the other one in
	// these data is a coincidence, and nobody is taken to know that. No column of a pair
	// is a sensitive variable of an output.
	Independent [][2]string
	// Relations are sums that hold in every record, such as
	//
	//	total = paid + unpaid - refunded
	//	gross = 1.21 * net
	//
	// The left side is a column. The right side has columns with plus or minus between
	// them, and a number above 0 with an asterisk before a column that counts so many
	// times. There are blanks around every sign. A name with a blank, or that looks like
	// a number or a sign, stands in double quotes. A missing value counts as 0.
	Relations []string
	// Bounds has, by column, the least and the greatest value that a record can have:
	// plain decimal numbers, such as 0 and 168.
	Bounds map[string][2]string
}

// Validate reports the first declaration that is not well defined. The error wraps
// ErrRequest of package sdc and has no code and no number.
func (c *Columns) Validate() error {
	for _, name := range slices.Sorted(maps.Keys(c.Codes)) {
		if err := codes(c.Codes[name]); err != nil {
			return fmt.Errorf("%w: declared codes of column %q: %w", guard.ErrRequest, name, err)
		}
	}
	pairs := map[[2]string]int{}
	for i, p := range c.Independent {
		if p[0] == "" || p[1] == "" || p[0] == p[1] {
			return fmt.Errorf("%w: independent pair %d: the names of two different columns are wanted", guard.ErrRequest, i+1)
		}
		p = [2]string{min(p[0], p[1]), max(p[0], p[1])}
		if k := pairs[p]; k > 0 {
			return fmt.Errorf("%w: independent pair %d is the same as pair %d: take one of them out", guard.ErrRequest, i+1, k)
		}
		pairs[p] = i + 1
	}
	relations := map[string]int{}
	for i, text := range c.Relations {
		if _, err := parse(text); err != nil {
			return fmt.Errorf("%w: relation %d: %w", guard.ErrRequest, i+1, err)
		}
		if k := relations[text]; k > 0 {
			return fmt.Errorf("%w: relation %d is the same as relation %d: take one of them out", guard.ErrRequest, i+1, k)
		}
		relations[text] = i + 1
	}
	for _, name := range slices.Sorted(maps.Keys(c.Bounds)) {
		if _, _, err := bounds(c.Bounds[name]); err != nil {
			return fmt.Errorf("%w: bounds of column %q: %w", guard.ErrRequest, name, err)
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

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?$`)

// bounds reads two bounds.
func bounds(pair [2]string) (least, most *big.Rat, err error) {
	var of [2]*big.Rat
	for i, text := range pair {
		if !plainNumber.MatchString(text) {
			return nil, nil, fmt.Errorf("bound %d is no plain decimal number: write it as 168, -5 or 0.25", i+1)
		}
		of[i], _ = new(big.Rat).SetString(text)
	}
	if of[0].Cmp(of[1]) > 0 {
		return nil, nil, errors.New("the first bound is above the second: write the least value first")
	}
	return of[0], of[1], nil
}

// Range returns the bounds of a column; ok is false where there are none. The declarations
// must be valid.
func (c *Columns) Range(column string) (least, most *big.Rat, ok bool) {
	pair, ok := c.Bounds[column]
	if !ok {
		return nil, nil, false
	}
	least, most, err := bounds(pair)
	return least, most, err == nil
}

// Coincidence reports whether two columns are a pair of Independent.
func (c *Columns) Coincidence(a, b string) bool {
	return slices.Contains(c.Independent, [2]string{a, b}) || slices.Contains(c.Independent, [2]string{b, a})
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
		for _, p := range c.Independent {
			if !yield("Independent", p[0]) || !yield("Independent", p[1]) {
				return
			}
		}
		for i := range c.Relations {
			for column := range c.Terms(i) {
				if !yield("Relations", column) {
					return
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(c.Bounds)) {
			if !yield("Bounds", name) {
				return
			}
		}
	}
}

package hide

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/sdc"
)

// ErrUnfit says that an output cannot be made safe by hiding cells: it is no
// table, or something else than its cells is unsafe.
var ErrUnfit = errors.New("output cannot be protected by suppression")

// Cost says what hiding a cell costs.
type Cost string

// Count says what a frequency table counts. Respondents are those that the rules
// look at. Where some are in several cells, their counts do not add up to the
// totals, and only Records can be protected as a table.
type Count string

// A cell costs its absolute value, in units; the number of its records; or 1.
// An a-priori cost goes before all of them.
const (
	CostValue Cost = "value"
	CostCount Cost = "count"
	CostUnity Cost = "unity"
)

// The things that a frequency table may count.
const (
	CountRespondents Count = "respondents"
	CountRecords     Count = "records"
)

// BuildOptions say how tables become problems. The zero value is ready to use.
type BuildOptions struct {
	// Cost defaults to CostValue.
	Cost Cost
	// Count defaults to CountRespondents.
	Count Count
	// PublishZeros publishes every empty cell, which tells an attacker that hidden
	// counts are at least 1. By default an empty cell may be hidden to protect
	// others, unless a table of something else tells that it is empty.
	PublishZeros bool
	// WholeNumbers says that the attacker knows sums to be whole units. Counts are always
	// known to be whole.
	WholeNumbers bool
	// Behind are the numbers of outputs of the report that are not released: those that
	// Behind asked for.
	Behind []int
	// Digits is the number of decimals that sums are published with: inner cells
	// are rounded, half away from zero, and their totals are those of the rounded
	// cells. Levels are not rounded but up. Nil keeps all decimals.
	Digits *int
}

func (o *BuildOptions) check() error {
	switch {
	case o.Cost == "":
		o.Cost = CostValue
	case !slices.Contains([]Cost{CostValue, CostCount, CostUnity}, o.Cost):
		return fmt.Errorf("%w: cost is none of value, count, unity", ErrRequest)
	}
	switch {
	case o.Count == "":
		o.Count = CountRespondents
	case o.Count != CountRespondents && o.Count != CountRecords:
		return fmt.Errorf("%w: count is none of respondents, records", ErrRequest)
	}
	if o.Digits != nil && (*o.Digits < 0 || *o.Digits > 15) {
		return fmt.Errorf("%w: digits must be from 0 to 15", ErrRequest)
	}
	return nil
}

// Fits reports why FromReport refuses output k, whatever the others are: the output is no
// table, a finding about the whole of it is unsafe, or it publishes values of single
// contributors (min, max, range). Means and counts beside sums are no obstacle: what is
// laid out and released of them are the sums, and a mean is the sum divided by the number
// of its contributors. The error wraps ErrUnfit and names the output.
func Fits(r *sdc.Report, k int) error {
	_, err := linkName(r, k)
	return err
}

// releasable are the statistics of which the sums are released.
var releasable = []string{"sum", "mean", "count"}

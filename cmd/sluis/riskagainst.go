package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/riskmetrics/against"
	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc/project"
)

// byPlace is the word of --id for records that are the same where they are in the same
// place. A column of this name cannot identify records.
const byPlace = "row"

// checkAgainst checks the flags of --against, and adds them to the options.
func (f *riskFlags) checkAgainst(o *measure.Options) error {
	if f.original == "" {
		if f.id != "" || len(f.numbers) > 0 || f.nearest != 5 || f.within != "0.05" {
			return errors.New("--id, --numbers, --nearest and --within belong to --against")
		}
		return nil
	}
	var ok bool
	o.Numbers, o.Nearest = f.numbers, f.nearest
	if o.Part, ok = decimal(f.within); !ok {
		return errors.New("--within is a decimal number of at least 0, such as 0.05")
	}
	if f.id != byPlace {
		o.OriginalID = f.id
	}
	for i, name := range f.numbers {
		if name == "" || slices.Contains(f.numbers[:i], name) {
			return errors.New("--numbers holds an empty name, or one name twice")
		}
	}
	switch {
	case f.id == "":
		return errors.New("--against needs --id: the column that says which record is which in both files, or row where the records stand in the same order")
	case f.nearest < 1:
		return errors.New("--nearest is at least 1")
	case f.respondent != "":
		return errors.New("--against counts records, and does not go with --respondent; keep one record of each respondent in both files, or leave the flag out")
	case slices.Contains(f.keys, f.id), slices.Contains(f.numbers, f.id):
		return fmt.Errorf("--id %q identifies the records, and is no key and no number", f.id)
	}
	return nil
}

// readOriginal reads the original data.
func (f *riskFlags) readOriginal(ctx context.Context, data *project.Table, o *measure.Options, reading project.Options) (*project.Table, error) {
	var columns []string
	for _, name := range slices.Concat(f.keys, f.numbers, []string{o.OriginalID}) {
		if name != "" && !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	in, _, err := f.input(ctx, []string{f.original})
	if err != nil {
		return nil, err
	}
	in.Columns, in.Joined, in.Codes, in.Household, in.Weight = columns, columns, nil, "", ""
	p, err := data.ReadPopulation(ctx, in, reading)
	if err != nil {
		return nil, fmt.Errorf("--against: %w", tableError(err))
	}
	return p, nil
}

// againstError adds the cure to errors of the comparison.
func againstError(err error) error {
	switch {
	case errors.Is(err, against.ErrTypes):
		return fmt.Errorf("%w (here: --type NAME=TYPE, for a column of a CSV file; or write the column in one type into both files)", err)
	case errors.Is(err, against.ErrTwice), errors.Is(err, against.ErrUnknown):
		return fmt.Errorf("%w (here: --id is a column with another value in every record, and the same value in both files)", err)
	}
	return err
}

package sdc

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/rows"
	"github.com/sluis-go/sluis/sdc/population"
)

// pick makes the picker of the rows of a worker's population.
func (w *worker) pick(in *input) (err error) {
	w.picker, err = rows.New(w.pl.where, func(c *population.Condition) (rows.Column, error) {
		at := w.pl.column(c.Column, false, false)
		out := rows.Column{Type: w.schema.Field(w.fields[at]).Type}
		if tree := w.pl.data.tree(c.Column); tree != nil {
			out.Tree = rows.Tree{}
			for code, above := range tree.All() {
				out.Tree[code] = above
			}
		}
		if _, _, err := c.Numbers(); err != nil || !c.Ends() {
			return out, nil
		}
		texts, err := in.textNumbers(c.Column, out.Type)
		out.Comma = texts != nil && texts.Comma
		return out, err
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRequest, columnError(err))
	}
	for _, name := range w.picker.Columns() {
		w.pickedBy = append(w.pickedBy, w.pl.column(name, false, false))
	}
	return nil
}

// add hands the rows of the batch that are in the population to every table.
func (w *worker) add(n int, row int64, key uint64) error {
	if w.picker == nil {
		return w.addRows(n, row, key)
	}
	arrays := make([]arrow.Array, 0, len(w.pickedBy))
	for _, c := range w.pickedBy {
		arrays = append(arrays, w.arrays[c])
	}
	keep, fault := w.picker.Pick(arrays, row, n)
	var at *column.Error
	if fault != nil && !errors.As(fault, &at) {
		return fault
	}
	if len(keep) == n && fault == nil {
		return w.addRows(n, row, key)
	}
	if len(keep) > 0 {
		// A fault of an earlier row is reported first.
		if err := w.addPicked(keep, row, key); err != nil {
			return err
		}
	}
	if fault != nil {
		return columnError(fault)
	}
	return nil
}

// addPicked hands some rows of the batch to every table. An error names the row in the data.
func (w *worker) addPicked(keep []int32, row int64, key uint64) error {
	was := slices.Clone(w.arrays)
	defer func() {
		for c := range was {
			if w.arrays[c] != was[c] {
				w.arrays[c].Release()
				w.arrays[c] = was[c]
			}
		}
	}()
	for c, want := range w.pl.columns {
		if !want.coded && !want.number {
			continue // for the conditions alone
		}
		arr, err := column.Take(was[c], keep)
		if err != nil {
			return &ColumnError{Column: want.name, Row: -1, Err: err}
		}
		w.arrays[c] = arr
	}
	w.lasting = false // the rows that were taken are gone with the batch
	err := w.addRows(len(keep), row, key)
	var at *ColumnError
	if i := int64(0); errors.As(err, &at) {
		if i = at.Row - row; i >= 0 && i < int64(len(keep)) {
			at.Row = row + int64(keep[i])
		}
	}
	return err
}

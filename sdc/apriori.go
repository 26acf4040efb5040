package sdc

import (
	"errors"
	"fmt"
	"slices"
)

// APriori sets the status of cells by hand. It applies to every cell that has
// the given codes, whatever its other coordinates.
//
// A cell set safe keeps its findings, with verdict Safe and the reason; a cell
// set unsafe gets one. Where entries contradict each other, unsafe wins.
type APriori struct {
	// Codes maps spanning variables to codes, "" being the total. Required.
	Codes map[string]string
	// Safe says to which side the cells are set.
	Safe bool
	// Reason is printed in the report. Required.
	Reason string
	// Neutral says that the entry sets neither: it carries only what follows,
	// which does not bear on safety and is kept for secondary suppression.
	Neutral bool
	// Protected keeps the cells from being chosen as a secondary suppression;
	// Cost is what that would cost; Lower and Upper are protection levels. All
	// are as in a tau-ARGUS a-priori file.
	Protected    bool
	Cost         string
	Lower, Upper string
}

func (a *APriori) validate(o *Output) error {
	if len(a.Codes) == 0 {
		return errors.New("no codes")
	}
	for name := range a.Codes {
		if !slices.Contains(o.By, name) {
			return fmt.Errorf("variable %q does not span the table", name)
		}
	}
	if a.Reason == "" && !a.Neutral {
		return errors.New("no reason")
	}
	return nil
}

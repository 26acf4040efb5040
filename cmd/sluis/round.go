package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/suppress/verify"
)

// roundFlags round tables of counts instead of suppressing cells.
type roundFlags struct {
	base    int64
	nearest bool
}

func (f *roundFlags) add(fl *pflag.FlagSet) {
	fl.Int64Var(&f.base, "round", 0, "round counts to multiples of this base so that all sums hold, instead of suppressing cells")
	fl.BoolVar(&f.nearest, "nearest", false, "with --round: round each cell by itself; sums then need not hold")
}

// check refuses flags that do not go together with rounding.
func (f *roundFlags) check(pages bool) error {
	switch {
	case f.base == 0 && f.nearest:
		return usageError(errors.New("--nearest is for --round"))
	case f.base == 0:
		return nil
	case f.base < 2 || f.base > 1<<30:
		return usageError(errors.New("--round needs a base from 2 to 2^30"))
	case pages:
		return usageError(errors.New("--html and --public are for suppressed tables, not for rounded ones"))
	}
	return nil
}

func roundedText(v *verify.Rounded) string {
	sums := "all sums hold"
	if !v.Additive {
		sums = "each cell by itself, so that sums need not hold"
	}
	return fmt.Sprintf("multiples of %d, %s; a true value lies from %d below to %d above", v.Base, sums, v.Below, v.Above)
}

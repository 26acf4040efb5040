package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/suppress"
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

// roundGroup rounds the tables of one group, attacks the result, and stages the files
// where every unsafe cell has its level.
func roundGroup(ctx context.Context, g *suppress.Tables, f *protectFlags, staged *stagedRelease, stdout io.Writer) error {
	threads := f.threads
	if threads <= 0 {
		threads = defaultThreads()
	}
	t, err := suppress.RoundTables(ctx, g, suppress.RoundOptions{Base: f.round.base, Nearest: f.round.nearest, Threads: threads})
	if errors.Is(err, suppress.ErrUnfit) {
		return &exitError{code: exitUnsafe, err: fmt.Errorf("nothing is released: %w", err)}
	}
	if err != nil {
		return cellsFailure(g, err)
	}
	releases, err := t.Releases()
	if err != nil {
		return cellsFailure(g, err)
	}
	names, files := staged.releaseNames(releases)
	if err := staged.write(names[0]+roundingName, func(w io.Writer) error { return t.WriteStatement(w, files) }); err != nil {
		return err
	}
	if err := staged.releases(releases, names, files, names[0]+roundingName); err != nil {
		return err
	}
	if err := staged.keep(names[0]+".confidential.txt", t.WriteReport); err != nil {
		return err
	}
	v, err := verify.Rounding(ctx, plainFiles(staged.release()), names[0]+roundingName, verify.Limits{})
	if err != nil {
		return fmt.Errorf("nothing is released: %w", err)
	}
	for _, r := range releases {
		all, _ := r.Cells()
		fmt.Fprintf(stdout, "%q: %d cells, rounded to multiples of %d\n", r.Name, all, v.Base)
	}
	fmt.Fprintf(stdout, "   %s\n", roundedText(v))
	return nil
}

const roundingName = ".rounding.json"

func roundedText(v *verify.Rounded) string {
	sums := "all sums hold"
	if !v.Additive {
		sums = "each cell by itself, so that sums need not hold"
	}
	return fmt.Sprintf("multiples of %d, %s; a true value lies from %d below to %d above", v.Base, sums, v.Below, v.Above)
}

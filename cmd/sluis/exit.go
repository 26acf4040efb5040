package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc"
)

// Exit statuses beside 0.
const (
	exitFailure = 1
	exitUsage   = 2
	exitUnsafe  = 3
	exitReview  = 4
)

// exitError carries the exit status out of a verb. A nil err says nothing on
// standard error: the report has said it already.
type exitError struct {
	code int
	err  error
}

// Error implements error.
func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

// Unwrap returns what went wrong, nil where the report has said it.
func (e *exitError) Unwrap() error { return e.err }

// usageError marks an error as wrong usage (exit status 2).
func usageError(err error) error { return &exitError{code: exitUsage, err: err} }

// verdictError turns a verdict into an exit status.
func verdictError(v sdc.Verdict) error {
	switch v {
	case sdc.Safe:
		return nil
	case sdc.Review:
		return &exitError{code: exitReview}
	}
	return &exitError{code: exitUnsafe}
}

// specError gives errors about a spec or policy the status of wrong usage.
func specError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return err
	}
	return usageError(err)
}

// exactArgs is cobra.ExactArgs with the exit status of wrong usage.
func exactArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError(fmt.Errorf("%s takes %d argument(s), not %d; see sluis %s --help", cmd.Name(), n, len(args), cmd.Name()))
		}
		return nil
	}
}

// choice maps a flag's word to its value.
func choice[T any](flag, word string, values map[string]T) (T, error) {
	v, ok := values[word]
	if !ok {
		var names []string
		for n := range values {
			names = append(names, n)
		}
		slices.Sort(names)
		return v, usageError(fmt.Errorf("--%s is none of %v", flag, names))
	}
	return v, nil
}

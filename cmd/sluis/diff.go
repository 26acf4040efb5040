package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc/diff"
)

func newDiffCommand() *cobra.Command {
	var json, trust string
	var worst int
	cmd := &cobra.Command{
		Use:   "diff A.json B.json",
		Short: "Say what changed between two reports of check",
		Long: `diff compares two reports that sluis check has written with --json or --out: the
verdicts, the findings that are new, gone or changed, the policy, the sources, the
inputs, the tool, the dossier.

Its exit status is 0 where nothing has changed, 3 where a verdict has become
stricter, and 4 where anything else has changed. It says nothing about what can be
learnt from two releases by comparing them.

A report that was changed after it was written does not fit its digest, and a verdict
that is milder than the findings does not follow from them: both are errors. With
--trust both reports must be signed by that key.`,
		Example: `  sluis diff may/report.json june/report.json
  sluis diff may/report.json june/report.json --json changes.json`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDiff(cmd.Context(), args[0], args[1], json, trust, worst, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&json, "json", "", "file for the changes as JSON")
	cmd.Flags().StringVar(&trust, "trust", "", "Ed25519 public key, hexadecimal, that must have signed both reports")
	cmd.Flags().IntVar(&worst, "worst", 20, "findings printed of an output, of each of new, gone and changed")
	return cmd
}

func runDiff(ctx context.Context, before, after, json, trust string, worst int, stdout io.Writer) error {
	if err := fitOutputs([]string{before, after}, json); err != nil {
		return err
	}
	var key ed25519.PublicKey
	if trust != "" {
		keys, err := publicKeys([]string{trust})
		if err != nil {
			return err
		}
		key = keys[0]
	}
	was, err := readReport(before, key)
	if err != nil {
		return err
	}
	now, err := readReport(after, key)
	if err != nil {
		return err
	}
	c := diff.Compare(was, now)
	if json != "" {
		if err := writeFile(ctx, json, c.WriteJSON); err != nil {
			return err
		}
	}
	if err := c.WriteText(stdout, worst); err != nil {
		return err
	}
	switch {
	case c.Worse:
		return &exitError{code: exitUnsafe}
	case len(c.Changes) > 0:
		return &exitError{code: exitReview}
	}
	return nil
}

// readReport reads a report, which must be signed by the key unless that is nil.
func readReport(path string, key ed25519.PublicKey) (*diff.Report, error) {
	f, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := diff.Read(f)
	if errors.Is(err, diff.ErrReport) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err == nil && key != nil {
		err = signedBy(path, r, key)
	}
	return r, err
}

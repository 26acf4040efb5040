package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/internal/synth"
	"github.com/sluis-go/sluis/sdc/source"
)

func newSynthCommand() *cobra.Command {
	var rows int64
	var seed uint64
	cmd := &cobra.Command{
		Use:   "synth persons|enterprises|events OUT",
		Short: "Make synthetic microdata",
		Long: `synth writes a synthetic table, skewed like life, to OUT (.parquet, .arrow,
.arrows or .csv). The same seed gives the same values on every machine; nobody
real is in it. Memory does not grow with rows.`,
		Example: `  sluis synth events --rows 1000000 --seed 1 events.parquet
  sluis synth persons --rows 1000 persons.csv`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if rows < 0 {
				return usageError(errors.New("rows must be at least 0"))
			}
			if err := writeSynth(cmd.Context(), args[0], args[1], rows, seed); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %d rows of %s, seed %d\n", args[1], rows, args[0], seed)
			return err
		},
	}
	cmd.Flags().Int64Var(&rows, "rows", 100_000, "number of rows")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "seed")
	return cmd
}

// writeSynth writes one synthetic table to a file.
func writeSynth(ctx context.Context, table, path string, rows int64, seed uint64) error {
	r, err := synth.Open(table, synth.Options{Rows: rows, Seed: seed})
	if err != nil {
		return usageError(err)
	}
	defer r.Release()
	w, err := source.Create(path, r.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	bar := newProgress("writing", rows)
	defer bar.finish()
	done := int64(0)
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, w.Abort())
		}
		if err := w.Write(r.Record()); err != nil {
			return errors.Join(err, w.Abort())
		}
		done += r.Record().NumRows()
		bar.set(done)
	}
	return w.Close()
}

// writeTree writes a code tree of the synthetic data as a hierarchy file.
func writeTree(path string, tree []synth.Tree) error {
	return source.WriteFile(path, func(w io.Writer) error { return synth.WriteHRC(w, tree) })
}

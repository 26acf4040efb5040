package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/internal/synth"
	"github.com/sluis-go/sluis/sdc/source"
)

func newSynthCommand() *cobra.Command {
	var o synth.Options
	var files, file int
	cmd := &cobra.Command{
		Use:   "synth persons|enterprises|events OUT",
		Short: "Make synthetic microdata",
		Long: `synth writes a synthetic table, skewed like life, to OUT (.parquet, .arrow,
.arrows or .csv). The same seed gives the same values on every machine; nobody
real is in it. Memory does not grow with rows. With --files the rows go to as
many files, OUT with a number before the extension, written at the same time;
with --file only that one of them is written.`,
		Example: `  sluis synth events --rows 1000000 --seed 1 events.parquet
  sluis synth persons --rows 1000 persons.csv
  sluis synth events --rows 1000000000 --files 16 --numbers events.parquet \
    --columns person_id,year,region,sex,origin,offence`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Rows < 0 || files < 1 || file < 0 || file > files {
				return usageError(errors.New("rows must be at least 0, files at least 1, and file one of them"))
			}
			write := writeSynth
			switch {
			case file > 0:
				o.Part, o.Parts = file-1, files
				args[1] = numbered(args[1], file-1, files)
			case files > 1:
				write = func(ctx context.Context, table, path string, o synth.Options) error {
					return writeSynthFiles(ctx, table, path, o, files)
				}
			}
			if err := write(cmd.Context(), args[0], args[1], o); err != nil {
				return err
			}
			part := ""
			if file > 0 {
				part = fmt.Sprintf("part %d of %d of ", file, files)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s%d rows of %s, seed %d\n", args[1], part, o.Rows, args[0], o.Seed)
			return err
		},
	}
	flags := cmd.Flags()
	flags.Int64Var(&o.Rows, "rows", 100_000, "number of rows")
	flags.Uint64Var(&o.Seed, "seed", 1, "seed")
	flags.StringSliceVar(&o.Columns, "columns", nil, "columns that are written (default: all)")
	flags.BoolVar(&o.Numbers, "numbers", false, "identifiers as whole numbers, not as text")
	flags.IntVar(&files, "files", 1, "number of files that share the rows")
	flags.IntVar(&file, "file", 0, "write only this one of the files, from 1 (default: all)")
	return cmd
}

// writeSynth writes one synthetic table to a file.
func writeSynth(ctx context.Context, table, path string, o synth.Options) error {
	bar := newProgress("writing", o.Rows/int64(max(1, o.Parts)))
	defer bar.finish()
	var done atomic.Int64
	return writePart(ctx, table, path, o, func(rows int64) { bar.set(done.Add(rows)) })
}

// writeSynthFiles writes one synthetic table to n files, as many at a time as
// there are cores.
func writeSynthFiles(ctx context.Context, table, path string, o synth.Options, n int) error {
	bar := newProgress("writing", o.Rows)
	defer bar.finish()
	var done atomic.Int64
	var mu sync.Mutex
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, n)
	slots := make(chan struct{}, defaultThreads())
	var wg sync.WaitGroup
	for k := range n {
		part := o
		part.Part, part.Parts = k, n
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[k] = writePart(ctx, table, numbered(path, k, n), part, func(rows int64) {
				mu.Lock()
				defer mu.Unlock()
				bar.set(done.Add(rows))
			})
			if errs[k] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// numbered puts the number of a file, from 1, before the extension, with zeros
// in front, so that a glob finds the files in order.
func numbered(path string, k, n int) string {
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-%0*d%s", strings.TrimSuffix(path, ext), len(strconv.Itoa(n)), k+1, ext)
}

// writePart writes the rows that the options name, and tells wrote how many it
// has written each time.
func writePart(ctx context.Context, table, path string, o synth.Options, wrote func(rows int64)) error {
	r, err := synth.Open(table, o)
	if err != nil {
		return usageError(err)
	}
	defer r.Release()
	w, err := createRecords(ctx, path, r.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, w.Abort())
		}
		if err := w.Write(r.Record()); err != nil {
			return errors.Join(err, w.Abort())
		}
		wrote(r.Record().NumRows())
	}
	return w.Close()
}

// writeTree writes a code tree of the synthetic data as a hierarchy file.
func writeTree(ctx context.Context, path string, tree []synth.Tree) error {
	return writeFile(ctx, path, func(w io.Writer) error { return synth.WriteHRC(w, tree) })
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc/source"
)

// stdinKey is the key of standard input in the context of a command, where it is not that
// of the process.
type stdinKey struct{}

// streamKey is the key of the stream of a command line in its context.
type streamKey struct{}

// stream is standard input, as a stream of rows. A command line reads it once, and the
// passes over the data read what was received.
type stream struct {
	rowsFollow bool
	received   *source.Received
}

// readsStream lets a verb read rows from standard input.
func readsStream(cmd *cobra.Command) {
	in := &stream{}
	cmd.Flags().BoolVar(&in.rowsFollow, "rows-follow", false, "eight bytes behind the stream on standard input (-) are the number of rows, little-endian: another number is an error")
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cmd.SetContext(context.WithValue(cmd.Context(), streamKey{}, in))
		defer func() {
			if in.received != nil {
				in.received.Close() //nolint:errcheck // read only
			}
		}()
		return run(cmd, args)
	}
}

// receive reads standard input to its end, if the name - is among the names of the data. It
// returns nil where it is not.
func receive(ctx context.Context, names ...string) (*source.Received, error) {
	in, ok := ctx.Value(streamKey{}).(*stream)
	if !ok {
		return nil, nil // the verb does not read data
	}
	n := 0
	for _, name := range names {
		if name == source.StreamName {
			n++
		}
	}
	switch {
	case n > 1:
		return nil, usageError(errors.New("- is named twice: standard input can be read once"))
	case n == 0 && in.rowsFollow:
		return nil, usageError(errors.New("--rows-follow is for rows on standard input: name them - in the place of the data"))
	case n == 0 || in.received != nil:
		return in.received, nil
	}
	r, given := ctx.Value(stdinKey{}).(io.Reader)
	if !given {
		info, err := os.Stdin.Stat()
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		if info.Mode()&os.ModeCharDevice != 0 {
			return nil, usageError(errors.New("- stands for standard input, which is a terminal or a device: pipe an Arrow IPC stream into it"))
		}
		r = os.Stdin
	}
	var err error
	in.received, err = source.Receive(ctx, r, source.ReceiveOptions{RowsFollow: in.rowsFollow})
	return in.received, err
}

// specAndStream are the arguments of a verb that takes a spec, and perhaps - for the data.
func specAndStream() cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 2 && args[1] == source.StreamName {
			return nil
		}
		if len(args) == 2 {
			return usageError(fmt.Errorf("%s takes a spec, and perhaps - for rows on standard input; the files of the data stand in the spec", cmd.Name()))
		}
		return exactArgs(1)(cmd, args)
	}
}

package main

import (
	"context"

	"github.com/spf13/cobra"
)

// openStreamKey is the key of the flag's value in the context of a command.
type openStreamKey struct{}

// readsData adds the flags of a verb that reads data files: they are the same for all.
func readsData(cmd *cobra.Command) *cobra.Command {
	readsStream(cmd)
	var open bool
	cmd.Flags().BoolVar(&open, "allow-open-stream", false, "read Arrow streams (.arrows) that have no mark of their end: batches may be missing")
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cmd.SetContext(context.WithValue(cmd.Context(), openStreamKey{}, open))
		return run(cmd, args)
	}
	return cmd
}

// openStreams reports whether streams without a mark of their end are read.
func openStreams(ctx context.Context) bool {
	open, _ := ctx.Value(openStreamKey{}).(bool)
	return open
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc/spec"
)

func newPolicyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "List the policies that ship with sluis, and show one",
		Long: `policy shows the policies that --policy takes by name: those of the program and those
of other houses. Each is a file with its source and what of the source could not be
read. A policy of your own begins as a copy of one.`,
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:     "list",
			Short:   "List the names, with a line each",
			Example: "  sluis policy list",
			Args:    exactArgs(0),
			RunE: func(cmd *cobra.Command, _ []string) error {
				for _, p := range spec.ShippedPolicies() {
					fmt.Fprintf(cmd.OutOrStdout(), "%-12s %s\n", p.Name, p.About)
				}
				return nil
			},
		},
		&cobra.Command{
			Use:     "show NAME",
			Short:   "Print the file of a policy",
			Example: "  sluis policy show abs-datalab > ours.yaml",
			Args:    exactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				for _, p := range spec.ShippedPolicies() {
					if p.Name == args[0] {
						fmt.Fprint(cmd.OutOrStdout(), p.Text)
						return nil
					}
				}
				return usageError(fmt.Errorf("there is no policy of the name %q; see sluis policy list", args[0]))
			},
		},
	)
	return cmd
}

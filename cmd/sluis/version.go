package main

import (
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc/origin"
)

// arrowModule is the module whose version a program must fit that hands Arrow arrays over.
const arrowModule = "github.com/apache/arrow/go/v15"

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which build of sluis this is",
		Long: `version prints the version of the module, the commit it was built from, and the
versions of Go and of Arrow. Reports and records of pseudonyms name the same build. A
build from a changed work tree says so: no commit has its code.`,
		Example: "  sluis version",
		Args:    exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, _ := debug.ReadBuildInfo()
			return writeVersion(cmd.OutOrStdout(), thisTool(), info)
		},
	}
}

// writeVersion writes a build. info may be nil: then the version of Arrow is not known.
func writeVersion(w io.Writer, t origin.Tool, info *debug.BuildInfo) error {
	commit := t.Revision
	switch {
	case commit == "":
		commit = "(unknown)"
	case t.Modified:
		commit += " (changed)"
	}
	arrow := "(unknown)"
	if info != nil {
		for _, m := range info.Deps {
			if m.Path == arrowModule {
				arrow = m.Version
			}
		}
	}
	_, err := fmt.Fprintf(w, "sluis %s\ncommit %s\ngo %s\narrow %s\n", t.Version, commit, t.Go, arrow)
	return err
}

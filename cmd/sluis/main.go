// Command sluis checks statistical output for disclosure, protects it and
// verifies the protection. It is a thin layer: flags in, library, report out.
//
// Exit status, the same for every verb:
//
//	0  done, and safe
//	1  bad input or failure
//	2  wrong usage, or a spec or policy that is not well formed
//	3  done, and something is unsafe
//	4  done, something wants review and nothing is unsafe
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
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

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "sluis",
		Short: "Statistical disclosure control: check, protect and verify output on microdata",
		Long: `sluis decides whether a statistical output may leave a closed environment:
it counts who is behind every cell and margin, applies a written policy, hides
what must be hidden and proves that the hiding holds.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		// Only reached without a verb, or with one that does not exist.
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError(fmt.Errorf("there is no verb %q; see sluis --help", args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError(err) })
	root.AddCommand(commands()...)
	return root
}

// commands lists the verbs, one a file.
func commands() []*cobra.Command {
	return []*cobra.Command{
		newAuditCommand(),
		newCheckCommand(),
		newDemoCommand(),
		newDiffCommand(),
		newDossierCommand(),
		newKeyCommand(),
		newLocalCommand(),
		newProfileCommand(),
		newProtectCommand(),
		newPseudonymiseCommand(),
		newRiskCommand(),
		newSynthCommand(),
		newVerifyCommand(),
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var exit *exitError
	if errors.As(err, &exit) {
		if exit.err != nil {
			fmt.Fprintln(stderr, "sluis:", exit.err)
		}
		return exit.code
	}
	fmt.Fprintln(stderr, "sluis:", err)
	return exitFailure
}

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

	"github.com/sluis-go/sluis/internal/guard"
)

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
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version, err := cmd.Flags().GetBool("version"); err == nil && version {
				return newVersionCommand().RunE(cmd, nil)
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError(err) })
	root.AddCommand(commands()...)
	root.Flags().Bool("version", false, "say which build of sluis this is")
	return root
}

// commands lists the verbs, one a file.
func commands() []*cobra.Command {
	return []*cobra.Command{
		newAuditCommand(),
		readsData(newCheckCommand()),
		newDemoCommand(),
		newDiffCommand(),
		newDossierCommand(),
		newKeyCommand(),
		newLedgerCommand(),
		newLinkageCommand(),
		readsData(newLocalCommand()),
		newPolicyCommand(),
		readsData(newProfileCommand()),
		readsData(newProtectCommand()),
		readsData(newPseudonymiseCommand()),
		readsData(newRiskCommand()),
		newSecretCommand(),
		newSynthCommand(),
		newVerifyCommand(),
		newVersionCommand(),
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)   // the second one ends the process at once
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is a failed write, which is told
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err := os.Stdout.Close(); err != nil && code != exitFailure && code != exitUsage {
		code = stdoutFailed(os.Stderr, err)
	}
	os.Exit(code)
}

// stdoutFailed tells that not all was written: what a program read would then be less
// than what was found.
func stdoutFailed(stderr io.Writer, err error) int {
	fmt.Fprintln(stderr, "sluis: standard output:", err)
	return exitFailure
}

// run executes one command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out := &failing{w: stdout}
	reader := io.Writer(out) // of what people read
	text := &cleaned{to: func() io.Writer { return reader }}
	told := &cleaned{to: func() io.Writer { return stderr }}
	defer told.flush()
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(text)
	root.SetErr(told)
	root.PersistentPreRun = func(cmd *cobra.Command, args []string) {
		if namesStdout(cmd, args) {
			reader = stderr
		}
	}
	ctx = context.WithValue(ctx, stdoutKey{}, io.Writer(out))
	files := &written{}
	ctx = context.WithValue(ctx, writtenKey{}, files)
	err := guard.Call(func() error { return root.ExecuteContext(ctx) })
	text.flush()
	code := 0
	var exit *exitError
	switch {
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		code = exitFailure
		fmt.Fprintln(told, "sluis:", files.text())
	case errors.As(err, &exit):
		if code = exit.code; exit.err != nil {
			fmt.Fprintln(told, "sluis:", indented(redacted(exit.err.Error())))
		}
	case err != nil && out.err == nil:
		code = exitFailure
		fmt.Fprintln(told, "sluis:", indented(redacted(err.Error())))
	}
	if out.err != nil {
		code = stdoutFailed(told, out.err)
	}
	return code
}

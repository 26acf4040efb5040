package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc/ledger"
)

func newLedgerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Keep what has been released, and compare later outputs with it",
		Long: `ledger keeps every release in one file: who approved it, of which data it was made, the
definition of every output and every published cell. sluis check --ledger compares outputs
with it: see docs/ledger.md. The file holds no microdata, no identifiers and no suppressed
value. It is confidential all the same.`,
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newLedgerInit(), readsData(newLedgerAdd()), newLedgerList(), newLedgerShow(), newLedgerVerify(), newLedgerExport())
	return cmd
}

func newLedgerInit() *cobra.Command {
	return &cobra.Command{
		Use:     "init LEDGER",
		Short:   "Make a ledger without entries, mode 0600",
		Example: "  sluis ledger init releases.ledger",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := ledger.Create(cmd.Context(), args[0])
			if errors.Is(err, ledger.ErrExists) {
				return usageError(err)
			}
			if err == nil {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: a ledger without entries\n", args[0])
			}
			return err
		},
	}
}

func newLedgerList() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "list LEDGER",
		Short: "List the releases",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withLedger(cmd.Context(), args[0], func(l *ledger.Ledger) error {
				list, err := l.Releases(cmd.Context())
				if err != nil {
					return err
				}
				if to != "" {
					return writeJSON(cmd.Context(), to, list)
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
				fmt.Fprintln(w, "number\ttime\tpopulation\tunit\tproject\tverdict\tapproved by")
				for _, r := range list {
					fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Number, r.Time, r.Population, r.Unit, r.Project, r.Verdict, strings.Join(r.Approved, ", "))
				}
				return w.Flush()
			})
		},
	}
	cmd.Flags().StringVar(&to, "json", "", "file for the list as JSON")
	return cmd
}

func newLedgerShow() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "show LEDGER N",
		Short: "Show a release: approval, data, outputs and files",
		Args:  exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[1], 10, 64)
			if err != nil || n < 1 {
				return usageError(errors.New("the number of a release is a whole number from 1"))
			}
			return withLedger(cmd.Context(), args[0], func(l *ledger.Ledger) error {
				r, err := l.Entry(cmd.Context(), n)
				if errors.Is(err, ledger.ErrNoEntry) {
					return usageError(err)
				}
				if err != nil {
					return ledgerError(err)
				}
				if to != "" {
					return writeJSON(cmd.Context(), to, r)
				}
				showRelease(cmd.OutOrStdout(), r)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&to, "json", "", "file for the release as JSON, with every cell")
	return cmd
}

// showRelease prints a release.
func showRelease(w io.Writer, r *ledger.Release) {
	fmt.Fprintf(w, "release %d of %s (unit: %s), %s\n", r.Number, r.Population, r.Unit, r.Time)
	fmt.Fprintf(w, "approved by %s; verdict %s under policy %s, sha256 %s\n", strings.Join(r.Approved, ", "), r.Verdict, r.Policy, r.PolicySHA256)
	for _, x := range [][2]string{{"because", r.Because}, {"note", r.Note}, {"project", r.Project}, {"requester", r.Requester}} {
		if x[1] != "" {
			fmt.Fprintf(w, "%s: %s\n", x[0], x[1])
		}
	}
	for _, s := range r.Sources {
		fmt.Fprintf(w, "made from %q, sha256 %s\n", s.Name, s.SHA256)
	}
	for _, o := range r.Outputs {
		count := map[string]int{}
		for _, c := range o.Cells {
			count[c.Status]++
		}
		fmt.Fprintf(w, "output %q: %d cells published, %d suppressed, %d rounded\n", o.Name, count["published"], count["suppressed"], count["rounded"])
	}
	for _, f := range r.Files {
		fmt.Fprintf(w, "file %q, %d bytes, sha256 %s\n", f.Name, f.Bytes, f.SHA256)
	}
	fmt.Fprintf(w, "digest %s\n", r.Digest)
	if len(r.Signer) > 0 {
		fmt.Fprintf(w, "signed by %x\n", r.Signer)
	}
}

func newLedgerVerify() *cobra.Command {
	var head string
	var trust []string
	cmd := &cobra.Command{
		Use:   "verify LEDGER",
		Short: "Check that no entry was changed, dropped or moved",
		Long: `verify reads the whole ledger: every entry must fit its digest, follow the entry before it,
and be signed as it says. That the last entries are gone is found with --head alone: the
digest that sluis ledger add has printed, and that was kept elsewhere. With --trust every
entry must be signed by one of the keys.`,
		Example: `  sluis ledger verify releases.ledger --head 3b1f...`,
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var keys []ed25519.PublicKey
			keys, err := publicKeys(trust)
			if err != nil {
				return err
			}
			return withLedger(cmd.Context(), args[0], func(l *ledger.Ledger) error {
				v, err := l.Verify(cmd.Context(), ledger.VerifyOptions{Head: head, Trusted: keys})
				if err != nil {
					return ledgerError(err)
				}
				out := cmd.OutOrStdout()
				fmt.Fprintf(out, "%s holds: %d entries, %d of them signed\n", args[0], v.Entries, v.Signed)
				if head == "" {
					fmt.Fprintln(out, "not checked: whether the last entries are gone; name the digest that was kept with --head")
				} else {
					fmt.Fprintf(out, "entries after the one of --head: %d\n", v.After)
				}
				fmt.Fprintf(out, "head %s\n", v.Head)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&head, "head", "", "digest of an entry, which must be in the ledger")
	cmd.Flags().StringSliceVar(&trust, "trust", nil, "Ed25519 public keys, in hexadecimal, of which one must have signed every entry")
	return cmd
}

func newLedgerExport() *cobra.Command {
	return &cobra.Command{
		Use:   "export LEDGER DIR",
		Short: "Write every entry as JSON, one a line, to DIR/releases.jsonl",
		Args:  exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			to := filepath.Join(args[1], "releases.jsonl")
			if _, err := os.Lstat(to); err == nil {
				return usageError(fmt.Errorf("%s is there already: name another folder", to))
			}
			return withLedger(cmd.Context(), args[0], func(l *ledger.Ledger) error {
				undo, err := makeFolder(args[1])
				if err != nil {
					return err
				}
				err = writeFile(cmd.Context(), to, func(w io.Writer) error { return l.WriteJSON(cmd.Context(), w) })
				if err != nil {
					undo()
					return ledgerError(err)
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), to)
				return err
			})
		},
	}
}

// withLedger opens a ledger for a function.
func withLedger(ctx context.Context, path string, fn func(*ledger.Ledger) error) (err error) {
	l, err := ledger.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() {
		if closed := l.Close(); err == nil {
			err = closed
		}
	}()
	return fn(l)
}

// ledgerError gives a ledger that was changed the exit status of what is unsafe.
func ledgerError(err error) error {
	if errors.Is(err, ledger.ErrChanged) {
		return &exitError{code: exitUnsafe, err: err}
	}
	return err
}

// writeJSON writes a value as indented JSON.
func writeJSON(ctx context.Context, path string, v any) error {
	return writeFile(ctx, path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	})
}

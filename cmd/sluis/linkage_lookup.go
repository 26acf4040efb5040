package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/pseudonym"
)

func newLinkageLookupCommand() *cobra.Command {
	var identity, log, signer string
	var asked pseudonym.Asked
	cmd := &cobra.Command{
		Use:   "lookup TABLE PSEUDONYM...",
		Short: "Find the identifiers of pseudonyms, and write down who asks and why",
		Long: `lookup prints each pseudonym with its identifier. Before it reads one, it adds a
line to the log: when, who, why, which pseudonyms, the digest of the line before, and
a signature. Where the line cannot be written there is no look-up. A table that was
built with --four-eyes asks for a second name (--witness).`,
		Example: `  sluis linkage lookup linkage.age 6ce1334e5c14fb8add27d65c04a46094 --identity custodian.age \
      --who "A. Jansen" --witness "B. Bakker" --why "letter of 3 March" --log lookups.log --sign-with custodian.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usageError(errors.New("lookup takes a table and pseudonyms"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if log == "" || signer == "" || asked.Who == "" || asked.Why == "" {
				return usageError(errors.New("--log, --sign-with, --who and --why are required"))
			}
			if err := fitOutputs([]string{args[0], identity, signer}, log); err != nil {
				return err
			}
			private, err := loadSigner(signer)
			if err != nil {
				return err
			}
			l, err := loadTable(args[0], identity)
			if err != nil {
				return err
			}
			defer l.Destroy()
			found, err := l.LoggedLookup(log, args[1:], asked, private, time.Now())
			if err != nil {
				return err
			}
			for i, id := range found {
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\n", args[1+i], id); err != nil {
					return err
				}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&identity, "identity", "", "age identity file (required)")
	flags.StringVar(&log, "log", "", "log of look-ups (required)")
	flags.StringVar(&signer, "sign-with", "", "Ed25519 private key, PEM, that signs the line (required)")
	flags.StringVar(&asked.Who, "who", "", "who asks (required)")
	flags.StringVar(&asked.Witness, "witness", "", "the second person, where two are needed")
	flags.StringVar(&asked.Why, "why", "", "why (required)")
	return cmd
}

func newLinkageLogCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "log", Short: "Check a log of look-ups", Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var public []string
	var head string
	verify := &cobra.Command{
		Use:   "verify LOG",
		Short: "Check that no line of a log was changed, dropped or moved",
		Long: `verify checks that every line is signed by a key that is given, and names the
digest of the line before it. It prints the digest of the last line. Keep that digest
elsewhere: --head checks later that the line is still there, so that a tail that was cut
off is found. The exit status is 1 for a log that cannot be trusted.`,
		Example: "  sluis linkage log verify lookups.log --public custodian.pub --head 5f8e...",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			keys, err := parsePublic(public)
			if err != nil {
				return err
			}
			f, err := openPlain(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			state, err := pseudonym.VerifyLog(f, head, keys...)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d look-ups, head %s\n", state.Lines, state.Head)
			return err
		},
	}
	verify.Flags().StringSliceVar(&public, "public", nil, "Ed25519 public keys of the signers, or files with them (required)")
	verify.Flags().StringVar(&head, "head", "", "digest that was kept from before")
	cmd.AddCommand(verify)
	return cmd
}

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/replace"
)

func newLinkageCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "linkage",
		Short: "Keep the way back from pseudonyms to identifiers, at the custodian alone",
		Long: `linkage keeps an encrypted table from pseudonyms to identifiers. The custodian of
the key has it, and nobody else. Every look-up leaves a signed line in a log before
an identifier is read.`,
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(readsData(newLinkageBuildCommand()), newLinkageLookupCommand(), newLinkageRekeyCommand(), newLinkageDestroyCommand(), newLinkageLogCommand())
	return cmd
}

func newLinkageBuildCommand() *cobra.Command {
	var f struct {
		settingFlags
		columns, recipients []string
		keyFile, identity   string
		fourEyes, again     bool
		csv                 csvFlags
	}
	cmd := &cobra.Command{
		Use:   "build IN TABLE",
		Short: "Make the encrypted table of the identifiers in a file",
		Long: `build reads the columns of IN and writes TABLE: from each pseudonym to its
identifier, as text, number or date. The settings must be those that the pseudonyms
are made with. Invalid identifiers are left out and counted. A column that the record
beside IN calls pseudonyms is refused without --again.`,
		Example: `  sluis linkage build persons.parquet linkage.age --column person_id --form bsn \
      --key-file project.key --domain zicht/person --recipient age1... --four-eyes`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(f.columns) == 0 || f.keyFile == "" || f.domain == "" || len(f.recipients) == 0 {
				return usageError(errors.New("--column, --key-file, --domain and --recipient are required"))
			}
			to, err := parseRecipients(f.recipients)
			if err != nil {
				return err
			}
			if err := fitOutputs([]string{args[0], f.keyFile, f.identity}, args[1]); err != nil {
				return err
			}
			if err := f.csv.fit(args[0]); err != nil {
				return err
			}
			f.csv.clean = f.columns
			csv, err := f.csv.options([]string{args[0]})
			if err != nil {
				return err
			}
			received, err := receive(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			job := replace.Job{In: args[0], CSV: csv, Columns: f.columns, OpenStreams: openStreams(cmd.Context()), Received: received}
			if err := job.Typed(func(string) string { return f.form }); err != nil {
				return usageError(err)
			}
			if _, _, err := job.Earlier(f.again); err != nil {
				return err
			}
			p, err := f.maker(f.keyFile, f.identity)
			if err != nil {
				return err
			}
			defer p.Destroy()
			l, invalid, err := job.Linkage(cmd.Context(), p)
			if err != nil {
				return err
			}
			defer l.Destroy()
			if f.fourEyes {
				l.AskFourEyes()
			}
			if err := l.Save(args[1], to...); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d pseudonyms of %s under key %s, %d values invalid and left out\n", l.Len(), l.Domain(), l.KeyID(), invalid)
			return err
		},
	}
	flags := cmd.Flags()
	f.add(flags)
	f.csv.add(flags, "text; the typed form needs one of every --column")
	flags.StringSliceVar(&f.columns, "column", nil, "columns of identifiers (required)")
	flags.StringVar(&f.keyFile, "key-file", "", "key file or key set (required)")
	flags.StringVar(&f.identity, "identity", "", "age identity file, for an encrypted key file")
	flags.StringSliceVar(&f.recipients, "recipient", nil, "age public keys to encrypt the table to (required)")
	flags.BoolVar(&f.again, "again", false, "take columns that a record calls pseudonyms for identifiers")
	flags.BoolVar(&f.fourEyes, "four-eyes", false, "have every look-up ask for the names of two persons")
	return cmd
}

// loadTable reads a table, and names the file in the error.
func loadTable(path, identity string) (*pseudonym.Linkage, error) {
	identities, err := loadIdentities(identity)
	if err != nil {
		return nil, err
	}
	l, err := pseudonym.LoadLinkage(path, identities...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

func newLinkageDestroyCommand() *cobra.Command {
	var identity, signer string
	cmd := &cobra.Command{
		Use:   "destroy TABLE",
		Short: "Destroy a table, and leave a signed tombstone in its place",
		Long: `destroy overwrites TABLE with zeros and writes a tombstone of the same name: what
the table was, when it was destroyed, and a signature. Every later command that reads
it says so. sluis key verify checks the tombstone.`,
		Example: "  sluis linkage destroy linkage.age --identity custodian.age --sign-with custodian.pem",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if signer == "" {
				return usageError(errors.New("--sign-with is required"))
			}
			private, err := loadSigner(signer)
			if err != nil {
				return err
			}
			identities, err := loadIdentities(identity)
			if err != nil {
				return err
			}
			r, err := pseudonym.DestroyLinkage(args[0], private, time.Now(), "sluis "+thisTool().Version, identities...)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d pseudonyms of %s under key %s are destroyed\n", args[0], r.Entries, r.Domain, r.KeyID)
			return err
		},
	}
	cmd.Flags().StringVar(&identity, "identity", "", "age identity file (required)")
	cmd.Flags().StringVar(&signer, "sign-with", "", "Ed25519 private key, PEM (required)")
	return cmd
}

package main

import (
	"errors"
	"fmt"
	"os"
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
			job := replace.Job{In: args[0], CSV: csv, Columns: f.columns, OpenStreams: openStreams(cmd.Context())}
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

func newLinkageRekeyCommand() *cobra.Command {
	var f struct {
		settingFlags
		recipients                                  []string
		keyFile, identity, keyIdentity, translation string
	}
	cmd := &cobra.Command{
		Use:   "rekey TABLE NEW",
		Short: "Make the table of another key, and the translation from old to new pseudonyms",
		Long: `rekey makes NEW, the table of another key, domain or form, and a translation table, which
holds no identifier: sluis pseudonymise --translate reads it. What is not said by a flag
stays as it is in TABLE. An identifier that the new form does not take is left out of
both, and its old pseudonym is printed: the exit status is 4 then. TABLE stays.`,
		Example: `  sluis linkage rekey linkage.age linkage-2.age --identity custodian.age --key-file new.key \
      --recipient age1... --translation translation.txt`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.keyFile == "" || len(f.recipients) == 0 || f.translation == "" {
				return usageError(errors.New("--key-file, --recipient and --translation are required"))
			}
			to, err := parseRecipients(f.recipients)
			if err != nil {
				return err
			}
			if err := fitOutputs([]string{args[0], f.keyFile, f.identity, f.keyIdentity}, args[1], f.translation); err != nil {
				return err
			}
			l, err := loadTable(args[0], f.identity)
			if err != nil {
				return err
			}
			defer l.Destroy()
			f.over(l.Settings(), cmd.Flags())
			if f.keyIdentity == "" {
				f.keyIdentity = f.identity
			}
			p, err := f.maker(f.keyFile, f.keyIdentity)
			if err != nil {
				return err
			}
			defer p.Destroy()
			next, err := l.Rekey(p)
			if errors.Is(err, pseudonym.ErrSame) {
				return usageError(err)
			}
			if err != nil {
				return err
			}
			defer next.Table.Destroy()
			if err := next.Translation.Save(f.translation); err != nil {
				return err
			}
			if err := next.Table.Save(args[1], to...); err != nil {
				return errors.Join(err, os.Remove(f.translation))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d pseudonyms of key %s are %d of key %s\n", next.Translation.Len(), l.KeyID(), next.Table.Len(), next.Table.KeyID())
			for _, old := range next.Refused {
				fmt.Fprintf(cmd.OutOrStdout(), "left out: %s\n", old)
			}
			if len(next.Refused) > 0 {
				return &exitError{code: exitReview}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	f.add(flags)
	flags.StringVar(&f.identity, "identity", "", "age identity file of the table (required)")
	flags.StringVar(&f.keyFile, "key-file", "", "the new key file or key set (required)")
	flags.StringVar(&f.keyIdentity, "key-identity", "", "age identity file of the key file (default: --identity)")
	flags.StringSliceVar(&f.recipients, "recipient", nil, "age public keys to encrypt the new table to (required)")
	flags.StringVar(&f.translation, "translation", "", "file for the translation table (required)")
	return cmd
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

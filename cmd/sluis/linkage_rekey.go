package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/pseudonym"
)

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
			if err := next.Save(args[1], f.translation, to...); err != nil {
				return err
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

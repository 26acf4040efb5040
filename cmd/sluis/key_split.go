package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/pseudonym"
)

func newKeySplitCommand() *cobra.Command {
	var identity, out string
	var recipients []string
	var shares, threshold int
	cmd := &cobra.Command{
		Use:   "split FILE",
		Short: "Split a key into shares, of which some give it back",
		Long: `split writes shares of a key into a new folder, one a file, mode 0600. Any
--threshold of them give the key back, fewer say nothing about it. A share has check
digits, and can be typed from paper. With one --recipient a share, each share is
encrypted to its holder. FILE stays: destroy it when the shares are with their holders.`,
		Example: "  sluis key split project.key --shares 5 --threshold 3 --out shares",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" || shares == 0 || threshold == 0 {
				return usageError(errors.New("--shares, --threshold and --out are required"))
			}
			to, err := parseRecipients(recipients)
			if err != nil {
				return err
			}
			if len(to) > 0 && len(to) != shares {
				return usageError(fmt.Errorf("--recipient names %d holders, and --shares is %d: name one holder for each share, or none", len(to), shares))
			}
			if threshold < 2 || threshold > shares || shares > pseudonym.MaxShares {
				return usageError(fmt.Errorf("--threshold is %d and --shares is %d: the threshold is at least 2 and at most the number of shares, and there are at most %d shares", threshold, shares, pseudonym.MaxShares))
			}
			k, err := loadKey(args[0], identity)
			if err != nil {
				return err
			}
			defer k.Destroy()
			list, err := pseudonym.Split(k, shares, threshold)
			if err != nil {
				return err
			}
			if _, err := pseudonym.Join(list); err != nil {
				return err // before a share leaves
			}
			if err := os.Mkdir(out, 0o700); errors.Is(err, fs.ErrExist) {
				return usageError(fmt.Errorf("%s is there already, and is left alone: name a new folder with --out", out))
			} else if err != nil {
				return err
			}
			for i, s := range list {
				defer s.Destroy()
				one := to[min(i, len(to)):min(i+1, len(to))]
				if err := pseudonym.SaveShare(filepath.Join(out, fmt.Sprintf("share-%d-of-%d", i+1, shares)), s, one...); err != nil {
					return errors.Join(err, os.RemoveAll(out)) // the folder is ours alone
				}
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "key %s: %d shares are in %s; any %d of them give the key back, fewer do not\n", list[0].KeyID(), shares, out, threshold)
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&identity, "identity", "", "age identity file")
	flags.StringVar(&out, "out", "", "folder for the shares, which is made (required)")
	flags.StringSliceVar(&recipients, "recipient", nil, "age public keys of the holders, in the order of the shares")
	flags.IntVar(&shares, "shares", 0, "number of shares (required)")
	flags.IntVar(&threshold, "threshold", 0, "number of shares that give the key back (required)")
	return cmd
}

func newKeyJoinCommand() *cobra.Command {
	var out string
	var identities, recipients []string
	cmd := &cobra.Command{
		Use:   "join SHARE...",
		Short: "Put shares of a key together",
		Long: `join writes the key of the shares to a new file, mode 0600, and prints its id,
which is compared with the id in the shares. Too few shares, shares of two keys or
ceremonies, and a share with a wrong character are errors, and nothing is written.`,
		Example: "  sluis key join share-1-of-5 share-4-of-5 share-5-of-5 --out project.key",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(errors.New("join takes shares"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usageError(errors.New("--out is required"))
			}
			to, err := parseRecipients(recipients)
			if err != nil {
				return err
			}
			if err := fitOutputs(append(append([]string{}, args...), identities...), out); err != nil {
				return err
			}
			var list []pseudonym.Share
			for _, name := range args {
				s, err := loadShare(name, identities)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				defer s.Destroy()
				list = append(list, s)
			}
			k, err := pseudonym.Join(list)
			if err != nil {
				return err
			}
			defer k.Destroy()
			if err := pseudonym.SaveKey(out, k, to...); err != nil {
				return err
			}
			return printID(cmd.OutOrStdout(), k)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&out, "out", "", "file for the key (required)")
	flags.StringSliceVar(&identities, "identity", nil, "age identity files of the holders")
	flags.StringSliceVar(&recipients, "recipient", nil, "age public keys to encrypt the key file to")
	return cmd
}

// loadShare reads a share with the identities of several files.
func loadShare(name string, files []string) (pseudonym.Share, error) {
	var all []age.Identity
	for _, f := range files {
		some, err := loadIdentities(f)
		if err != nil {
			return pseudonym.Share{}, err
		}
		all = append(all, some...)
	}
	return pseudonym.LoadShare(name, all...)
}

package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/pseudonym"
)

func newKeySetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set",
		Short: "Keep the keys of a project: a primary one, and the older ones",
		Long: `set keeps several keys in one file, mode 0600, encrypted as key files are. New
pseudonyms are made with the primary key: wherever a command takes a key file, it takes
a set. The older keys stay until nothing made with them is in use.`,
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKeySetNewCommand(), newKeySetShowCommand(), newKeySetRotateCommand(), newKeySetDestroyCommand())
	return cmd
}

func loadKeySet(path, identity string) (*pseudonym.KeySet, error) {
	identities, err := loadIdentities(identity)
	if err != nil {
		return nil, err
	}
	s, err := pseudonym.LoadKeySet(path, identities...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// printSet prints the ids of a set.
func printSet(w io.Writer, s *pseudonym.KeySet) error {
	for i, id := range s.IDs() {
		what := "older"
		if i == 0 {
			what = "primary"
		}
		if _, err := fmt.Fprintf(w, "%s %s\n", what, id); err != nil {
			return err
		}
	}
	return nil
}

func newKeySetNewCommand() *cobra.Command {
	var keyFile, identity string
	var recipients []string
	cmd := &cobra.Command{
		Use:     "new SET",
		Short:   "Make a set of a new key, or of the key in a file",
		Example: "  sluis key set new project.keys --key-file project.key",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := parseRecipients(recipients)
			if err != nil {
				return err
			}
			var k pseudonym.Key
			if keyFile == "" {
				k, err = pseudonym.NewKey()
			} else {
				k, err = loadKey(keyFile, identity)
			}
			if err != nil {
				return err
			}
			defer k.Destroy()
			var s pseudonym.KeySet
			if err := s.Rotate(k); err != nil {
				return err
			}
			if err := pseudonym.SaveKeySet(args[0], &s, to...); err != nil {
				return err
			}
			return printSet(cmd.OutOrStdout(), &s)
		},
	}
	cmd.Flags().StringVar(&keyFile, "key-file", "", "key file to take the key from")
	cmd.Flags().StringVar(&identity, "identity", "", "age identity file, for an encrypted key file")
	cmd.Flags().StringSliceVar(&recipients, "recipient", nil, "age public keys to encrypt the set to")
	return cmd
}

func newKeySetShowCommand() *cobra.Command {
	var identity string
	cmd := &cobra.Command{
		Use: "show SET", Short: "Print the ids of the keys of a set", Example: "  sluis key set show project.keys", Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := loadKeySet(args[0], identity)
			if err != nil {
				return err
			}
			defer s.Destroy()
			return printSet(cmd.OutOrStdout(), s)
		},
	}
	cmd.Flags().StringVar(&identity, "identity", "", "age identity file")
	return cmd
}

func newKeySetRotateCommand() *cobra.Command {
	var identity string
	var recipients []string
	cmd := &cobra.Command{
		Use:   "rotate SET",
		Short: "Add a new primary key",
		Long: `rotate makes a new key and makes it the primary one. The others stay. A set that is
encrypted is encrypted again, to --recipient.`,
		Example: "  sluis key set rotate project.keys",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := parseRecipients(recipients)
			if err != nil {
				return err
			}
			s, err := loadKeySet(args[0], identity)
			if err != nil {
				return err
			}
			defer s.Destroy()
			k, err := pseudonym.NewKey()
			if err != nil {
				return err
			}
			if err := s.Rotate(k); err != nil {
				return err
			}
			if err := pseudonym.ReplaceKeySet(args[0], s, to...); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return printSet(cmd.OutOrStdout(), s)
		},
	}
	cmd.Flags().StringVar(&identity, "identity", "", "age identity file")
	cmd.Flags().StringSliceVar(&recipients, "recipient", nil, "age public keys to encrypt the set to")
	return cmd
}

func newKeySetDestroyCommand() *cobra.Command {
	var identity, signer, record string
	var recipients []string
	cmd := &cobra.Command{
		Use:   "destroy SET KEYID",
		Short: "Destroy an older key of a set, and sign a record of it",
		Long: `destroy takes an older key out of a set, overwrites the file that held it, and
signs a record. The primary key is destroyed with sluis key destroy, as the last one.`,
		Example: "  sluis key set destroy project.keys 1fd5134d52e71890 --sign-with custodian.pem --record destroyed.json",
		Args:    exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if signer == "" || record == "" {
				return usageError(errors.New("--sign-with and --record are required"))
			}
			if record == toStdout {
				return usageError(errors.New("--record is a file: it must last when the key is gone"))
			}
			to, err := parseRecipients(recipients)
			if err != nil {
				return err
			}
			if err := fitOutputs([]string{args[0], identity, signer}, record); err != nil {
				return err
			}
			private, err := loadSigner(signer)
			if err != nil {
				return err
			}
			s, err := loadKeySet(args[0], identity)
			if err != nil {
				return err
			}
			defer s.Destroy()
			if err := destroyOlder(s, args[0], args[1], private, record, func() error {
				return pseudonym.ReplaceKeySet(args[0], s, to...)
			}); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "key %s is destroyed: %s\n", args[1], record)
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&identity, "identity", "", "age identity file")
	flags.StringVar(&signer, "sign-with", "", "Ed25519 private key, PEM (required)")
	flags.StringVar(&record, "record", "", "file for the record (required)")
	flags.StringSliceVar(&recipients, "recipient", nil, "age public keys to encrypt the set to")
	return cmd
}

// destroyOlder removes a key from a set, as destroyKey does with the file of one key. The
// record has its room on the disk before the key is destroyed. The key is out of the file
// before the record says so.
func destroyOlder(s *pseudonym.KeySet, path, id string, signer ed25519.PrivateKey, record string, save func() error) error {
	if err := noRecord(record); err != nil {
		return err
	}
	k, err := s.ByID(id)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if primary, err := s.Primary(); err != nil || primary.Equal(k) {
		_, err := s.Destroyed(id, signer, time.Now(), "") // says why not
		return fmt.Errorf("%s: %w", path, err)
	}
	tool := "sluis " + thisTool().Version
	intent, err := pseudonym.IntendDestruction(k, "", signer, time.Now(), tool)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	place, err := reserve(record, intent)
	if err != nil {
		return fmt.Errorf("the key is not destroyed: %w", err)
	}
	defer place.drop()
	r, err := s.Destroyed(id, signer, time.Now(), tool)
	if err == nil {
		err = save()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: the key is not destroyed: %w", path, err), os.Remove(place.path))
	}
	if err := place.write(r); err != nil {
		return fmt.Errorf("the key is destroyed, and %s says only that it was to be: %w", record, err)
	}
	return nil
}

package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/source"
)

func newKeyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Make, name and destroy the key of a project",
		Long: `key looks after the secret behind a project's pseudonyms. Whoever has the key
can make pseudonyms of guessed identifiers; nobody else can.`,
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKeyNewCommand(), newKeyIDCommand(), newKeySignerCommand(), newKeyDestroyCommand(),
		newKeySplitCommand(), newKeyJoinCommand(), newKeySetCommand(), newKeyVerifyCommand(), newKeyPublicCommand())
	return cmd
}

func newKeyNewCommand() *cobra.Command {
	var recipients []string
	cmd := &cobra.Command{
		Use:   "new FILE",
		Short: "Make a key, mode 0600, and print its id",
		Example: `  sluis key new project.key
  sluis key new project.key.age --recipient age1...`,
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var to []age.Recipient
			for _, s := range recipients {
				r, err := age.ParseX25519Recipient(s)
				if err != nil {
					return usageError(errors.New("a recipient is no age public key"))
				}
				to = append(to, r)
			}
			k, err := pseudonym.NewKey()
			if err != nil {
				return err
			}
			defer k.Destroy()
			if err := pseudonym.SaveKey(args[0], k, to...); err != nil {
				return err
			}
			return printID(cmd.OutOrStdout(), k)
		},
	}
	cmd.Flags().StringSliceVar(&recipients, "recipient", nil, "age public keys to encrypt the file to")
	return cmd
}

func printID(w io.Writer, k pseudonym.Key) error {
	id, err := k.ID()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "key %s\n", id)
	return err
}

// loadKey reads a key file, or the primary key of a key set, with the identities of an
// age identity file if one is named.
func loadKey(path, identityFile string) (pseudonym.Key, error) {
	s, err := loadKeySet(path, identityFile)
	if err != nil {
		return pseudonym.Key{}, err
	}
	k, err := s.Primary()
	for _, id := range s.IDs()[1:] {
		err = errors.Join(err, s.Remove(id))
	}
	if !s.Checked() {
		fmt.Fprintf(os.Stderr, "remark: %s has no check digits: a slip in it would give another key; state the key that you expect with --key-id\n", path)
	}
	return k, err
}

// loadIdentities reads an age identity file; none without a name.
func loadIdentities(path string) ([]age.Identity, error) {
	if path == "" {
		return nil, nil
	}
	text, err := pseudonym.ReadSecretFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer clear(text)
	out, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: not an identity file of age", path)
	}
	return out, nil
}

// addKeyID adds the flag --key-id.
func addKeyID(flags *pflag.FlagSet, to *string) {
	flags.StringVar(to, "key-id", "", "id of the key that is expected; another one is an error")
}

// expectKey compares the id of a key with --key-id.
func expectKey(k pseudonym.Key, want string) error {
	id, err := k.ID()
	if err == nil && want != "" && !strings.EqualFold(id, want) {
		err = fmt.Errorf("the key file holds the key %s, and --key-id says %s", id, want)
	}
	return err
}

func newKeyIDCommand() *cobra.Command {
	var identity string
	cmd := &cobra.Command{
		Use:     "id FILE",
		Short:   "Print the id of a key, which reveals nothing of it",
		Example: "  sluis key id project.key",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := loadKey(args[0], identity)
			if err != nil {
				return err
			}
			defer k.Destroy()
			return printID(cmd.OutOrStdout(), k)
		},
	}
	cmd.Flags().StringVar(&identity, "identity", "", "age identity file")
	return cmd
}

func newKeySignerCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "signer FILE",
		Short:   "Make an Ed25519 key (PEM) that signs destruction records, and print its public key",
		Example: "  sluis key signer custodian.pem",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			pub, private, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				return err
			}
			der, err := x509.MarshalPKCS8PrivateKey(private)
			if err != nil {
				return err
			}
			if _, err := os.Lstat(args[0]); err == nil {
				return fmt.Errorf("%s: %w", args[0], os.ErrExist)
			}
			err = source.WriteFile(args[0], func(w io.Writer) error {
				return pem.Encode(w, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "public key %x\n", []byte(pub))
			return err
		},
	}
}

func newKeyDestroyCommand() *cobra.Command {
	var identity, signer, record, keyID string
	cmd := &cobra.Command{
		Use:   "destroy FILE",
		Short: "Destroy a key, and sign a record of it",
		Long: `destroy overwrites and removes a key file. Every pseudonym made with the key
has then lost its way back for good. The record, signed by --sign-with, can be
shown to the provider of the data.

First a statement that the key is to be destroyed is on the disk, in the file of the
record, with the room that the record needs; then the key goes; then the record takes
the place of the statement. Only the record proves anything: the statement, which is what
is left after a failure in between, is not accepted as one.`,
		Example: "  sluis key destroy project.key --sign-with custodian.pem --record destroyed.json",
		Args:    exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if signer == "" || record == "" {
				return usageError(errors.New("--sign-with and --record are required"))
			}
			if record == toStdout {
				return usageError(errors.New("--record is a file: it must last when the key is gone"))
			}
			if err := fitOutputs([]string{args[0], identity, signer}, record); err != nil {
				return err
			}
			private, err := loadSigner(signer)
			if err != nil {
				return err
			}
			all, err := loadKeySet(args[0], identity)
			if err != nil {
				return err
			}
			if n := len(all.IDs()); n > 1 {
				return fmt.Errorf("%s: a set of %d keys: destroy the older ones first, with sluis key set destroy", args[0], n)
			}
			k, err := all.Primary()
			if err != nil {
				return err
			}
			defer k.Destroy()
			if err := expectKey(k, keyID); err != nil {
				return err
			}
			identities, err := loadIdentities(identity)
			if err != nil {
				return err
			}
			return destroyKey(cmd.OutOrStdout(), k, args[0], private, record, identities...)
		},
	}
	cmd.Flags().StringVar(&identity, "identity", "", "age identity file")
	cmd.Flags().StringVar(&signer, "sign-with", "", "Ed25519 private key, PEM (required)")
	cmd.Flags().StringVar(&record, "record", "", "file for the record (required)")
	addKeyID(cmd.Flags(), &keyID)
	return cmd
}

func loadSigner(path string) (ed25519.PrivateKey, error) {
	text, err := pseudonym.ReadSecretFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer clear(text)
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s: not a private key in PEM", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s: not an Ed25519 private key", path)
	}
	return private, nil
}

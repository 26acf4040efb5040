package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/pseudonym"
)

// maxRecordFile bounds a record, in bytes.
const maxRecordFile = 1 << 24

func newKeyVerifyCommand() *cobra.Command {
	var public []string
	cmd := &cobra.Command{
		Use:   "verify RECORD",
		Short: "Check the signature of a record",
		Long: `verify checks a record of pseudonyms, of a key that was destroyed, or the tombstone
of a linkage table: that it is signed by the public key, and written as it was signed.
The exit status is 0 for a record that can be trusted, and 1 for one that cannot.`,
		Example: "  sluis key verify destroyed.json --public custodian.pub",
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
			text, err := io.ReadAll(io.LimitReader(f, maxRecordFile+1))
			if err != nil {
				return err
			}
			if len(text) > maxRecordFile {
				return fmt.Errorf("%s: too long for a record", args[0])
			}
			said, err := verifyRecord(text, keys)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
			return err
		},
	}
	cmd.Flags().StringSliceVar(&public, "public", nil, "Ed25519 public keys, of which one must have signed, or files with them (required)")
	return cmd
}

// verifyRecord tries the keys, and returns a sentence about the proof of the record.
func verifyRecord(text []byte, keys []ed25519.PublicKey) (string, error) {
	var head struct {
		Schema string `json:"schema"`
	}
	if json.Unmarshal(text, &head) != nil {
		return "", fmt.Errorf("%w: not in the form of a record", pseudonym.ErrRecord)
	}
	var last error
	for _, key := range keys {
		said, err := verifyWith(head.Schema, text, key)
		if err == nil {
			return said, nil
		}
		last = err
	}
	return "", last
}

func verifyWith(schema string, text []byte, key ed25519.PublicKey) (string, error) {
	switch schema {
	case "sluis.destruction/1":
		r, err := pseudonym.VerifyDestruction(text, key)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("signed: key %s was destroyed on %s", r.KeyID, r.Time.Format(time.DateOnly)), nil
	case "sluis.linkage-destroyed/1":
		r, err := pseudonym.VerifyLinkageDestruction(text, key)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("signed: the linkage table of %s under key %s was destroyed on %s", r.Domain, r.KeyID, r.Time.Format(time.DateOnly)), nil
	}
	r, err := pseudonym.ReadRecord(text, key)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("signed: %d columns of pseudonyms in %s", len(r.Columns), r.Output.Name), nil
}

func newKeyPublicCommand() *cobra.Command {
	return &cobra.Command{
		Use: "public FILE", Short: "Print the public key of a signer, for whoever checks records",
		Example: "  sluis key public custodian.pem > custodian.pub", Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			private, err := loadSigner(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%x\n", []byte(private.Public().(ed25519.PublicKey)))
			return err
		},
	}
}

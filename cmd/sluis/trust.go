package main

import (
	"crypto/ed25519"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/report"
)

// addTrust adds the flag --trust.
func addTrust(flags *pflag.FlagSet, to *[]string) {
	flags.StringSliceVar(to, "trust", nil, "Ed25519 public keys, in hexadecimal, whose signed records of pseudonyms are proof")
}

// publicKeys reads the values of --trust.
func publicKeys(values []string) ([]ed25519.PublicKey, error) {
	var out []ed25519.PublicKey
	for _, text := range values {
		key, err := dossier.PublicKey(text)
		if err != nil {
			return nil, usageError(fmt.Errorf("--trust: %w", err))
		}
		out = append(out, key)
	}
	return out, nil
}

// printRemarks prints what a reader must know of the data, one remark a line.
func printRemarks(w io.Writer, list []sdc.Remark) error {
	for _, x := range list {
		if _, err := fmt.Fprintln(w, report.RemarkLine(&x)); err != nil {
			return err
		}
	}
	return nil
}

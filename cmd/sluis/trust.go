package main

import (
	"crypto/ed25519"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/source"
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

// recordsBeside reads the record beside every file, where there is one.
func recordsBeside(records *dossier.Records, files []source.FileInfo) error {
	for _, f := range files {
		if err := records.Beside(f.Name); err != nil {
			return err
		}
	}
	return nil
}

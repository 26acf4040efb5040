package main

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/report"
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

// sourcesOf names files that were hashed.
func sourcesOf(files []source.FileInfo) []sdc.Source {
	out := []sdc.Source{}
	for _, f := range files {
		out = append(out, sdc.Source{Name: filepath.Base(f.Name), SHA256: f.SHA256})
	}
	return out
}

// joinRecords reads the records of pseudonyms beside files that were hashed, and
// compares them on the columns that name persons and on others, as check does: see
// [dossier.Records.Join].
func joinRecords(files []source.FileInfo, trusted []ed25519.PublicKey, persons, others []string) ([]sdc.Remark, error) {
	var records dossier.Records
	records.Trust(trusted...)
	if err := recordsBeside(&records, files); err != nil {
		return nil, err
	}
	return records.Join(sourcesOf(files), persons, others)
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

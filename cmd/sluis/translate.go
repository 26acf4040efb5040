package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/pseudonym"
)

// settled are the flags of pseudonymise that a translation table says already.
var settled = []string{"key-file", "identity", "domain", "encoding", "form", "algorithm", "bytes", "expected"}

// runTranslate replaces old pseudonyms by new ones, without key and identifiers.
func runTranslate(ctx context.Context, in, out string, f *pseudonymiseFlags, flags *pflag.FlagSet, stdout io.Writer) error {
	for _, name := range settled {
		if flags.Changed(name) {
			return usageError(fmt.Errorf("--%s is in the translation table already", name))
		}
	}
	if len(f.columns) == 0 {
		return usageError(errors.New("--column is required"))
	}
	unknown, err := pseudonym.ParseInvalid(f.invalid)
	if err != nil || unknown == pseudonym.InvalidKeep {
		return usageError(errors.New("--invalid with --translate is error or null: a value that is not in the table cannot be kept"))
	}
	if f.signer != "" {
		if _, err := loadSigner(f.signer); err != nil {
			return err
		}
	}
	if f.record == "" {
		if out == toStdout {
			return usageError(errors.New("--record is missing: there is no file beside which it could be written"))
		}
		f.record = out + ".record.json"
	}
	if err := fitOutputs([]string{in, f.translate, f.signer}, out, f.record); err != nil {
		return err
	}
	t, err := pseudonym.LoadTranslation(f.translate)
	if err != nil {
		return err
	}
	job, err := f.job(ctx, in, out)
	if err != nil {
		return err
	}
	r, err := job.Translate(ctx, t, unknown)
	if err := f.decide(job, err, stdout); err != nil {
		return err
	}
	if err := keepRecord(ctx, f.record, r, f.signer); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "key %s to key %s, domain %s\n", t.From().KeyID, t.To().KeyID, t.To().Domain)
	for _, c := range r.Columns {
		fmt.Fprintf(stdout, "%s: %d rows, %d null, %d not in the table\n", c.Column, c.Rows, c.Nulls, c.Invalid)
	}
	return f.looked()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/spf13/pflag"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/source"
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
	r, err := translateFile(ctx, in, out, t, unknown, f, stdout)
	if err != nil {
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

// translateFile streams a file through the table into another.
func translateFile(ctx context.Context, in, out string, t *pseudonym.Translation, unknown pseudonym.Invalid, f *pseudonymiseFlags, stdout io.Writer) (*pseudonym.Record, error) {
	src, err := f.open(ctx, in)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if err := f.known(src); err != nil {
		return nil, err
	}
	keep, err := f.kept(src.Schema())
	if err != nil {
		return nil, err
	}
	rows, err := src.Reader(ctx, keep)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	fields := rows.Schema().Fields()
	for i, field := range fields {
		if slices.Contains(f.columns, field.Name) {
			fields[i] = arrow.Field{Name: field.Name, Type: t.DataType(), Nullable: true}
		}
	}
	schema := arrow.NewSchema(fields, nil)
	counters := map[string]*pseudonym.Counter{}
	for _, name := range f.columns {
		counters[name] = &pseudonym.Counter{}
	}
	w, err := createRecords(ctx, out, schema, source.WriterOptions{Hash: true})
	if err != nil {
		return nil, err
	}
	look := f.scanner()
	if err := translateRows(rows, w, schema, t, unknown, counters, look); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	if err := f.decide(look, stdout); err != nil {
		w.Abort() //nolint:errcheck // the first error is the one to tell
		return nil, err
	}
	if err := src.Hash(ctx); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	r := &pseudonym.Record{Output: pseudonym.RecordedFile{Name: filepath.Base(out), SHA256: w.SHA256()}}
	r.AppendTranslated(t, f.columns, counters, "sluis "+thisTool().Version)
	for _, file := range src.Files() {
		r.Inputs = append(r.Inputs, pseudonym.RecordedFile{Name: filepath.Base(file.Name), SHA256: file.SHA256})
		if err := asBefore(r, t, file); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// asBefore states how the columns of a record were made before, where the record of the
// file tells: what its pseudonyms are over, and the class of identifiers in a form that
// has several, of which the table knows no more than that there are some in it.
func asBefore(r *pseudonym.Record, t *pseudonym.Translation, file source.FileInfo) error {
	var records dossier.Records
	if err := records.Beside(file.Name); err != nil || !records.Tells(file.SHA256) {
		return err
	}
	for i := range r.Columns {
		c := &r.Columns[i]
		settings, err := records.Claims(c.Column)
		if err != nil {
			return err
		}
		n := len(settings)
		if n == 0 || settings[n-1].KeyID != t.From().KeyID || settings[n-1].Domain != t.From().Domain {
			continue
		}
		c.Over = settings[: n-1 : n-1]
		if class := settings[n-1].Canonical; t.From().Form == t.To().Form && class != "" && class != pseudonym.NoPseudonyms && c.Canonical != pseudonym.NoPseudonyms {
			c.Canonical = class
		}
	}
	return nil
}

func translateRows(rows array.RecordReader, w *recordFile, schema *arrow.Schema, t *pseudonym.Translation, unknown pseudonym.Invalid, counters map[string]*pseudonym.Counter, look *scanner) error {
	row := int64(0)
	for rows.Next() {
		rec := rows.Record()
		cols := make([]arrow.Array, rec.NumCols())
		var err error
		for i, col := range rec.Columns() {
			name := rec.ColumnName(i)
			if counters[name] == nil {
				col.Retain()
				cols[i] = col
				continue
			}
			if cols[i], err = t.Array(memory.DefaultAllocator, col, unknown, counters[name]); err != nil {
				var e *pseudonym.ColumnError
				if errors.As(err, &e) {
					at := *e
					at.Column = name
					if at.Row >= 0 {
						at.Row += row
					}
					err = &at
				}
				break
			}
		}
		if err == nil {
			next := array.NewRecord(schema, cols, rec.NumRows())
			if look != nil {
				look.look(next)
			}
			err = w.Write(next)
			next.Release()
		}
		for _, a := range cols {
			if a != nil {
				a.Release()
			}
		}
		if err != nil {
			return err
		}
		row += rec.NumRows()
	}
	if err := rows.Err(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

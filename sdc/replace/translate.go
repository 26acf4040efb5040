package replace

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

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/source"
)

// Translate copies the file with new pseudonyms in the place of old ones, by a
// translation table, without key and identifiers. unknown is the treatment of a value
// that is not in the table.
func (j *Job) Translate(ctx context.Context, t *pseudonym.Translation, unknown pseudonym.Invalid) (*pseudonym.Record, error) {
	if err := j.ready(ctx); err != nil {
		return nil, err
	}
	if t == nil {
		return nil, fmt.Errorf("%w: the translation table is nil", ErrRequest)
	}
	src, keep, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // read only
	rows, err := src.Reader(ctx, keep)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	fields := rows.Schema().Fields()
	for i, field := range fields {
		if slices.Contains(j.Columns, field.Name) {
			fields[i] = arrow.Field{Name: field.Name, Type: t.DataType(), Nullable: true}
		}
	}
	schema := arrow.NewSchema(fields, nil)
	counters := j.counters()
	sum, err := j.write(ctx, src, schema, func(write func(arrow.Record) error) error {
		return translateRows(rows, write, schema, t, unknown, counters)
	})
	if err != nil {
		return nil, err
	}
	r := &pseudonym.Record{Output: pseudonym.RecordedFile{Name: filepath.Base(j.Out), SHA256: sum}}
	r.AppendTranslated(t, j.Columns, counters, j.Tool)
	for _, file := range src.Files() {
		r.Inputs = append(r.Inputs, pseudonym.RecordedFile{Name: filepath.Base(file.Name), SHA256: file.SHA256})
		if err := asBefore(r, t, file); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// asBefore adds to a record the earlier settings of its columns, as far as the record of
// the file has them: the earlier pseudonyms, and the class of identifiers. The table
// itself does not know the class in a form with several classes.
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

func translateRows(rows array.RecordReader, write func(arrow.Record) error, schema *arrow.Schema, t *pseudonym.Translation, unknown pseudonym.Invalid, counters map[string]*pseudonym.Counter) error {
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
			err = write(next)
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

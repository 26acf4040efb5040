// Package replace copies a file with its identifiers replaced by pseudonyms, or old
// pseudonyms by new ones. It makes the record of the copy: the key, domain and form of
// each column, and the hashes of both files.
//
// The package prints nothing, and no error contains an identifier.
package replace

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/guard"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/source"
)

// ErrRequest says that the request contradicts itself, or names a column that does not
// exist.
var ErrRequest = guard.ErrRequest

// ErrDirect says that a column of direct identifiers is neither replaced nor left out.
var ErrDirect = errors.New("a direct identifier would be copied as it is")

// Writer is the destination of a copy. The copy appears complete at Close, and not at all
// after Abort.
type Writer interface {
	Write(arrow.Record) error
	Close() error
	Abort() error
	SHA256() string // after Close
}

// Job says which file is copied, and how.
type Job struct {
	// In is the file that is read, and CSV says how, where it is one.
	In  string
	CSV source.CSVOptions
	// OpenStreams reads Arrow streams that have no mark of their end.
	OpenStreams bool
	// Received is the stream that is read where In is "-": see [source.Receive].
	Received *source.Received
	// Out is the name of the copy, for its record. Create begins it.
	Out    string
	Create func(*arrow.Schema) (Writer, error)
	// Columns are replaced. Drop are left out. Direct are columns that hold direct
	// identifiers: each must be replaced or left out, otherwise it is an error.
	Columns, Direct, Drop []string
	// Scan looks at the columns that are copied for values in the form of identifiers.
	// Such a column is ErrScan, unless Allow says that a person has looked at it.
	Scan, Allow bool
	// Suspects are the columns that the scan has found.
	Suspects []Suspect
	// KeepMetadata keeps the metadata of the schema and of columns that are not replaced,
	// which may hold values.
	KeepMetadata bool
	// Tool is the tool that the record names.
	Tool string
	// Threads is the number of threads, at least 1.
	Threads int
	// Watch shows progress: see project.Options. Defaults to none.
	Watch func(total int64) (progress func(rows int64), done func())
}

// Pseudonymise copies the file with pseudonyms in the place of identifiers. makers has
// the pseudonymizer of each column. again allows columns that already hold pseudonyms,
// see [Job.Earlier]. key must be the key of makers: the record states the hash of the
// input under the key, unless an earlier record states the hash already.
func (j *Job) Pseudonymise(ctx context.Context, key pseudonym.Key, makers pseudonym.Columns, again bool) (*pseudonym.Record, error) {
	if err := j.ready(ctx); err != nil {
		return nil, err
	}
	for _, name := range j.Columns {
		if makers[name] == nil {
			return nil, fmt.Errorf("%w: column %q has no pseudonymizer", ErrRequest, name)
		}
	}
	if _, err := key.FileDigest(strings.Repeat("0", 64)); err != nil {
		return nil, err // before the copy is written, which needs a record
	}
	earlier, over, err := j.Earlier(again)
	if err != nil {
		return nil, err
	}
	src, keep, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // read only
	if err := j.Typed(func(column string) string { return makers[column].Settings().Form }); err != nil {
		return nil, err
	}
	rows, err := src.Reader(ctx, keep)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	counters := j.counters()
	r, err := makers.ReaderOf(ctx, memory.DefaultAllocator, rows, j.Threads, counters)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	schema := r.Schema()
	if j.KeepMetadata {
		schema = j.withMetadata(schema, rows.Schema())
	}
	progress, done := j.watch(src)
	defer done()
	n := int64(0)
	sum, err := j.write(ctx, src, schema, func(write func(arrow.Record) error) error {
		for r.Next() {
			rec := array.NewRecord(schema, r.Record().Columns(), r.Record().NumRows())
			err := write(rec)
			rec.Release()
			if err != nil {
				return err
			}
			n += r.Record().NumRows()
			progress(n)
		}
		if err := r.Err(); err != nil {
			return err
		}
		return longEnough(makers, j.Columns, counters)
	})
	if err != nil {
		return nil, err
	}
	record := makers[j.Columns[0]].Record(j.Columns[:1], counters, j.Tool)
	for _, name := range j.Columns[1:] {
		record.Append(makers[name], []string{name}, counters)
	}
	for i, c := range record.Columns {
		record.Columns[i].Over = over[c.Column]
	}
	for _, file := range src.Files() {
		before := pseudonym.RecordedFile{Name: filepath.Base(file.Name)}
		if earlier.Tells(file.SHA256) {
			before.SHA256 = file.SHA256 // stands in its own record already
		} else if before.Keyed, err = key.FileDigest(file.SHA256); err != nil {
			return nil, err
		}
		record.Inputs = append(record.Inputs, before)
	}
	record.Output = pseudonym.RecordedFile{Name: filepath.Base(j.Out), SHA256: sum}
	return record, nil
}

// ready refuses a job that lacks what a copy needs, before anything is read or written.
func (j *Job) ready(ctx context.Context) error {
	switch {
	case j == nil || ctx == nil:
		return fmt.Errorf("%w: the job or the context is nil", ErrRequest)
	case len(j.Columns) == 0:
		return fmt.Errorf("%w: no column is named that is replaced: set Columns", ErrRequest)
	case j.Create == nil:
		return fmt.Errorf("%w: nothing makes the copy: set Create", ErrRequest)
	}
	return ctx.Err()
}

// open opens the file, and lists the columns that are copied or replaced.
func (j *Job) open(ctx context.Context) (src *source.Source, keep []string, err error) {
	if src, err = source.Open(ctx, []string{j.In}, source.Options{CSV: j.CSV, OpenStreams: j.OpenStreams, Received: j.Received}); err != nil {
		return nil, nil, err
	}
	if err = j.known(src); err == nil {
		keep, err = j.kept(src.Schema())
	}
	if err != nil {
		src.Close() //nolint:errcheck // read only
		return nil, nil, err
	}
	return src, keep, nil
}

func (j *Job) counters() map[string]*pseudonym.Counter {
	out := map[string]*pseudonym.Counter{}
	for _, name := range j.Columns {
		out[name] = &pseudonym.Counter{}
	}
	return out
}

// watch begins to show progress.
func (j *Job) watch(src *source.Source) (progress func(int64), done func()) {
	if j.Watch == nil {
		return func(int64) {}, func() {}
	}
	total, known := src.Rows()
	if !known {
		total = -1
	}
	return j.Watch(total)
}

// write writes the copy: fill calls write for every record. The copy appears if the scan
// allows it and the input has not changed. write returns the SHA-256 of the copy.
func (j *Job) write(ctx context.Context, src *source.Source, schema *arrow.Schema, fill func(write func(arrow.Record) error) error) (string, error) {
	w, err := j.Create(schema)
	if err != nil {
		return "", err
	}
	var look *scanner
	if j.Scan {
		look = newScanner(j.Columns)
	}
	err = fill(func(rec arrow.Record) error {
		if look != nil {
			look.look(rec)
		}
		return w.Write(rec)
	})
	if err == nil && look != nil {
		if j.Suspects = look.suspects(); len(j.Suspects) > 0 && !j.Allow {
			err = ErrScan
		}
	}
	if err == nil {
		err = src.Hash(ctx) // where the file has changed, the copy must not appear
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		w.Abort() //nolint:errcheck // the first error is the one to tell
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return w.SHA256(), nil
}

// withMetadata gives a schema the metadata of the one before, but for the columns that
// are replaced.
func (j *Job) withMetadata(schema, before *arrow.Schema) *arrow.Schema {
	fields := schema.Fields()
	for i := range fields {
		if !slices.Contains(j.Columns, fields[i].Name) {
			fields[i].Metadata = before.Field(i).Metadata
		}
	}
	meta := before.Metadata()
	return arrow.NewSchema(fields, &meta)
}

// Earlier reads the records of the input, and refuses columns that hold pseudonyms by one
// of the records. With again it does not refuse them, and returns the settings of their
// pseudonyms.
func (j *Job) Earlier(again bool) (*dossier.Records, map[string][]pseudonym.Setting, error) {
	records, over := &dossier.Records{}, map[string][]pseudonym.Setting{}
	if j.In != source.StreamName { // nothing lies beside a stream
		if err := records.Beside(j.In); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range j.Columns {
		settings, err := records.Claims(name)
		if err != nil {
			return nil, nil, err
		}
		if len(settings) > 0 && !again {
			return nil, nil, fmt.Errorf("column %q holds pseudonyms, says %s%s; say that they are to be made again (--again)", name, j.In, dossier.RecordSuffix)
		}
		over[name] = settings
	}
	return records, over, nil
}

// Typed refuses the typed form for an identifier in a CSV file without a declared type:
// the same person would get another pseudonym in a file that has a type. form returns the
// form of each column.
func (j *Job) Typed(form func(column string) string) error {
	if !strings.EqualFold(filepath.Ext(j.In), ".csv") {
		return nil
	}
	for _, name := range j.Columns {
		if _, ok := j.CSV.Types[name]; !ok && form(name) == pseudonym.Typed.String() {
			return fmt.Errorf("%w: column %q: a CSV file has no types, and the typed form needs one: say --type %s=string or --type %s=int64, the same for all files that are to be joined, or --form text", ErrRequest, name, name, name)
		}
	}
	return nil
}

// known refuses a column that does not exist, and a column both to replace and to drop: a
// mistyped name would let an identifier through.
func (j *Job) known(src *source.Source) error {
	if err := src.Need(slices.Concat(j.Columns, j.Direct, j.Drop)...); err != nil {
		return err
	}
	for i, name := range j.Columns {
		if slices.Contains(j.Columns[:i], name) {
			return fmt.Errorf("%w: column %q is named twice", ErrRequest, name)
		}
	}
	for _, name := range j.Drop {
		if slices.Contains(j.Columns, name) {
			return fmt.Errorf("%w: column %q is both replaced and dropped", ErrRequest, name)
		}
	}
	return nil
}

// kept lists the columns that are written, and refuses a direct identifier among
// them.
func (j *Job) kept(schema *arrow.Schema) (keep []string, err error) {
	for _, field := range schema.Fields() {
		switch {
		case slices.Contains(j.Drop, field.Name):
		case slices.Contains(j.Direct, field.Name) && !slices.Contains(j.Columns, field.Name):
			return nil, fmt.Errorf("%w: column %q holds a direct identifier and is neither replaced (--column) nor dropped (--drop)", ErrDirect, field.Name)
		default:
			keep = append(keep, field.Name)
		}
	}
	return keep, nil
}

// longEnough refuses pseudonyms that are too short for the values that there were:
// how many to expect was said before they were counted.
func longEnough(makers pseudonym.Columns, columns []string, counters map[string]*pseudonym.Counter) error {
	for _, name := range columns {
		p := makers[name]
		s := counters[name].Stats()
		n := max(s.Distinct, s.DistinctHigh)
		if least := pseudonym.MinBytes(n); least > p.Bytes() {
			return fmt.Errorf("column %q: %w: %d bytes, where its %d distinct values need %d (--expected, --bytes)", name, pseudonym.ErrLength, p.Bytes(), n, least)
		}
	}
	return nil
}

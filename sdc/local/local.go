// Package local copies a file of microdata with single values of the keys suppressed, and
// makes the record of the copy: how many values of each key were suppressed, and the hash
// of the copy.
//
// The copy is read again and counted anew before it appears, by package measure, which
// shares no code with the suppression. The package prints nothing, and no error contains
// a value of the data.
package local

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/origin"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/suppress/records"
)

// Writer is the destination of a copy. The copy appears complete at Close, and not at all
// after Abort.
type Writer interface {
	Write(arrow.Record) error
	Close() error
	Abort() error
}

// Job says which file is copied, and how.
type Job struct {
	// Input is the one file that is read. Reading says how.
	Input   project.Input
	Reading project.Options
	// Keys are the key variables. Required.
	Keys []string
	// Missing is how readers of the copy count a null: sdc.MissingWildcard or
	// sdc.MissingCategory. Required.
	Missing sdc.Missing
	// Options says how far values are suppressed. Matching follows from Missing, and
	// RespondentColumn from Input.Respondent.
	Options records.Options
	// Out is the name of the copy, for the record. Create begins the copy. The copy must
	// not appear before check has returned nil for the path of the finished file.
	Out    string
	Create func(schema *arrow.Schema, check func(path string) error) (Writer, error)
	// Record writes the record of the copy, through write, before the copy appears.
	Record func(write func(io.Writer) error) error
	// Sign signs the record; nil for no signature.
	Sign ed25519.PrivateKey
	// Threads is the number of threads of the recount, at least 1.
	Threads int
}

// Result says what was suppressed.
type Result struct {
	*records.Result
	Rows int64
	// Smallest is the size of the smallest class of the copy, counted again.
	Smallest float64
	// Remarks are those on the data that were read.
	Remarks []sdc.Remark
}

// Run makes the copy and the record. Neither appears where the copy has a class that is
// too small.
//
// The error is that of [records.SuppressTable], of [project.ReadTable], or of Create and
// Record. It wraps [measure.ErrSmall] where the recount does not agree.
func (j *Job) Run(ctx context.Context) (*Result, error) {
	if err := j.validate(); err != nil {
		return nil, err
	}
	in := j.Input
	in.Joined = j.Keys
	table, err := project.ReadTable(ctx, in, j.Reading)
	if err != nil {
		return nil, err
	}
	defer table.Data.Release()
	safe, done, err := records.SuppressTable(ctx, memory.DefaultAllocator, table.Data, j.Keys, j.options())
	if err != nil {
		return nil, err
	}
	defer safe.Release()
	r := &Result{Result: done, Rows: safe.NumRows(), Remarks: table.Remarks}
	r.Smallest, err = j.write(ctx, safe, done)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// validate refuses a job that lacks something.
func (j *Job) validate() error {
	switch {
	case j == nil:
		return fmt.Errorf("%w: the job is nil", records.ErrRequest)
	case j.Create == nil || j.Record == nil:
		return fmt.Errorf("%w: Create or Record of the job is nil", records.ErrRequest)
	case j.Missing != sdc.MissingWildcard && j.Missing != sdc.MissingCategory:
		return fmt.Errorf("%w: Missing of the job is wildcard or category", records.ErrRequest)
	case j.Threads < 1:
		return fmt.Errorf("%w: Threads of the job is at least 1", records.ErrRequest)
	case j.Sign != nil && len(j.Sign) != ed25519.PrivateKeySize:
		return fmt.Errorf("%w: Sign of the job is no private key", records.ErrRequest)
	}
	return nil
}

// options are those of the suppression.
func (j *Job) options() records.Options {
	o := j.Options
	o.RespondentColumn = j.Input.Respondent
	o.Matching = records.Wildcard
	if j.Missing == sdc.MissingCategory {
		o.Matching = records.Category
	}
	return o
}

// write writes the records, reads them again as any reader does, counts their classes, and
// lets the file appear, behind its record, where all are large enough. It returns the
// smallest class.
func (j *Job) write(ctx context.Context, safe arrow.Table, done *records.Result) (smallest float64, err error) {
	again := func(path string) (err error) {
		if smallest, err = j.recount(ctx, path, safe.NumRows()); err != nil {
			return err
		}
		return j.record(path, safe.NumRows(), done)
	}
	w, err := j.Create(safe.Schema(), again)
	if err != nil {
		return 0, err
	}
	rows := array.NewTableReader(safe, 1<<16)
	defer rows.Release()
	for rows.Next() {
		if err := w.Write(rows.Record()); err != nil {
			return 0, errors.Join(err, w.Abort())
		}
	}
	err = w.Close()
	return smallest, err
}

// recount measures the classes of a file as sluis risk does, which shares nothing with
// what suppressed its values.
func (j *Job) recount(ctx context.Context, path string, rows int64) (smallest float64, err error) {
	in := j.Input
	in.Files, in.Joined = []string{path}, j.Keys
	in.CSV.Delimiter = ',' // as it was written
	table, err := project.ReadTable(ctx, in, j.Reading)
	if err != nil {
		return 0, fmt.Errorf("nothing is written: what was written cannot be read again: %w", err)
	}
	defer table.Data.Release()
	if table.Data.NumRows() != rows {
		return 0, errors.New("nothing is written: what was written has another number of records")
	}
	o := measure.Options{
		Keys: j.Keys, Respondent: j.Input.Respondent, K: j.Options.K, Combinations: j.Options.UpTo, Threads: j.Threads,
	}
	if o.Missing, err = riskmetrics.ParseMissing(string(j.Missing)); err != nil {
		return 0, err
	}
	if smallest, err = measure.Recount(ctx, table.Data, o); errors.Is(err, measure.ErrSmall) {
		return 0, fmt.Errorf("nothing is written: counted again, %w", err)
	}
	return smallest, err
}

// record writes the record of the copy that lies at path.
func (j *Job) record(path string, rows int64, done *records.Result) error {
	file, err := files.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // read only
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	r := localrecord.Record{
		Schema: localrecord.Schema, Output: origin.Source{Name: filepath.Base(j.Out), SHA256: hex.EncodeToString(hash.Sum(nil))},
		Keys: j.Keys, Missing: string(j.Missing), K: int64(j.Options.K), MaxKeys: j.Options.UpTo, Respondent: j.Input.Respondent, Records: rows,
	}
	for v, name := range j.Keys {
		r.Suppressed = append(r.Suppressed, localrecord.Key{Key: name, Values: done.Suppressed[v]})
	}
	if j.Sign != nil {
		r.Signer = j.Sign.Public().(ed25519.PublicKey)
		r.Signature = ed25519.Sign(j.Sign, r.Payload())
	}
	return j.Record(func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(r)
	})
}

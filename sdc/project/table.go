package project

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/localrecord"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/sdc/source"
)

// Input names microdata files that are read without a spec, and describes their columns.
type Input struct {
	// Files are names and globs.
	Files []string
	// CSV says how CSV files are read. Types of columns that are not read are passed over.
	CSV source.CSVOptions
	// Columns are the columns to read. Defaults to all.
	Columns []string
	// Respondent and Household are the columns that name units, "" for none.
	Respondent, Household string
	// Codes are columns of values; values that look alike give a remark. The columns must
	// exist.
	Codes []string
	// Sensitive are those of Codes that are sensitive variables: codes that are the same
	// number, such as 1 and 01, give a remark too.
	Sensitive []string
	// Joined are the columns with records of pseudonyms that are compared between files,
	// besides the columns of units.
	Joined []string
	// Weight is a column of numbers, "" for none. Ordered are columns that have numbers or
	// dates in order. The other columns of CSV files are text.
	Weight  string
	Ordered []string
	// Form is the treatment of units that look alike: see [sdc.RespondentForm.Looks].
	Form sdc.RespondentForm
}

// units lists the columns that name units.
func (in *Input) units() []string { return []string{in.Respondent, in.Household} }

// Table is microdata in memory. The caller releases Data.
type Table struct {
	Data  arrow.Table
	Files []source.FileInfo // with their hashes
	// Remarks are the remarks on the data, as in a check.
	Remarks []sdc.Remark
}

// ReadTable reads microdata into memory, hashes the files, and reads the records beside them.
// Units that look alike are an sdc.ErrLookAlike unless Form says that they are different ones.
//
// The error is a *RequestError for a column that is not there.
func ReadTable(ctx context.Context, in Input, o Options) (*Table, error) {
	t, err := readTable(ctx, in, o)
	if err != nil {
		return nil, err
	}
	joined, err := JoinRecords(t.Files, o.Trusted, in.units(), in.Joined)
	if err == nil {
		var looks []sdc.Remark
		looks, err = lookAlikes(t.Data, &in)
		t.Remarks = slices.Concat(joined, SourceRemarks(t.Files, true), looks, t.Remarks)
	}
	if err != nil {
		t.Data.Release()
		return nil, err
	}
	if in.Respondent == "" {
		t.Remarks = append(t.Remarks, sdc.Roles{}.NoRespondent(t.Data.NumRows()))
	}
	return t, nil
}

// ReadPopulation reads the population that a table is a sample of. It compares the
// respondents of the population among themselves, and its keys (in.Joined) with the keys
// of the table. The remarks are added to those of the table.
func (t *Table) ReadPopulation(ctx context.Context, in Input, o Options) (*Table, error) {
	p, err := readTable(ctx, in, o)
	if err != nil {
		return nil, err
	}
	among, err := JoinRecords(p.Files, o.Trusted, []string{in.Respondent}, nil)
	var between, looks []sdc.Remark
	if err == nil {
		between, err = JoinRecords(slices.Concat(t.Files, p.Files), o.Trusted, nil, in.Joined)
	}
	if err == nil {
		looks, err = lookAlikes(p.Data, &in)
	}
	if err != nil {
		p.Data.Release()
		return nil, err
	}
	t.Remarks = slices.Concat(t.Remarks, among, between, looks)
	return p, nil
}

// readTable reads some columns of files. Its remarks are those on numbers.
func readTable(ctx context.Context, in Input, o Options) (*Table, error) {
	columns := in.Columns
	if columns == nil {
		var err error
		if columns, err = columnsOf(ctx, &in, o); err != nil {
			return nil, err
		}
	}
	csv := in.CSV
	csv.Types, csv.Infer = map[string]string{}, true
	if in.Weight != "" && in.CSV.Types[in.Weight] == "" {
		csv.Numbers = []string{in.Weight}
	}
	for _, name := range columns {
		if !slices.Contains(in.Ordered, name) {
			csv.Text = append(csv.Text, name)
		}
		if kind, ok := in.CSV.Types[name]; ok {
			csv.Types[name] = kind
		}
	}
	src, err := source.Open(ctx, in.Files, source.Options{CSV: csv, OpenStreams: o.OpenStreams, Received: o.Received})
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // read only
	if err := src.Need(columns...); err != nil {
		return nil, &RequestError{err}
	}
	t := &Table{}
	for _, name := range columns {
		if (name == in.Weight || slices.Contains(in.Ordered, name)) && src.Grouped(name) {
			t.Remarks = append(t.Remarks, thousands(name))
		}
	}
	if t.Data, err = readAll(ctx, src, columns, o); err != nil {
		return nil, err
	}
	if err := src.Hash(ctx); err != nil {
		t.Data.Release()
		return nil, err
	}
	t.Files = src.Files()
	return t, nil
}

// columnsOf lists the columns of files.
func columnsOf(ctx context.Context, in *Input, o Options) ([]string, error) {
	src, err := source.Open(ctx, in.Files, source.Options{CSV: in.CSV, OpenStreams: o.OpenStreams, Received: o.Received})
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // read only
	if err := src.Need(in.Codes...); err != nil {
		return nil, &RequestError{err}
	}
	names := []string{}
	for _, field := range src.Schema().Fields() {
		names = append(names, field.Name)
	}
	return names, nil
}

// readAll reads all rows of an open source.
func readAll(ctx context.Context, src *source.Source, columns []string, o Options) (arrow.Table, error) {
	r, err := src.Reader(ctx, columns)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	progress, done := o.watch(src)
	defer done()
	var recs []arrow.Record
	defer func() {
		for _, rec := range recs {
			rec.Release()
		}
	}()
	rows := int64(0)
	for r.Next() {
		rec := r.Record()
		rec.Retain()
		recs = append(recs, rec)
		rows += rec.NumRows()
		progress(rows)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return array.NewTableFromRecords(r.Schema(), recs), nil
}

// watch begins to show progress.
func (o *Options) watch(src *source.Source) (progress func(int64), done func()) {
	if o.Watch == nil {
		return func(int64) {}, func() {}
	}
	total, known := src.Rows()
	if !known {
		total = -1
	}
	return o.Watch(total)
}

// lookAlikes looks in columns of units, and in columns of values, for texts that look alike.
// One person in two ways of writing would count twice: an error, unless the form says that
// these are two. One value in two ways of writing is two values, and a person must decide.
func lookAlikes(data arrow.Table, in *Input) ([]sdc.Remark, error) {
	var out []sdc.Remark
	for _, name := range in.units() {
		if name == "" {
			continue
		}
		remarks, err := in.Form.Looks(data, name)
		if err != nil {
			return nil, err
		}
		out = append(out, remarks...)
	}
	for _, name := range in.Codes {
		remarks, err := sdc.CodeLooks(data, name, slices.Contains(in.Sensitive, name))
		if err != nil {
			return nil, err
		}
		out = append(out, remarks...)
	}
	return out, nil
}

// KnowSuppressed reads the records of local suppression beside the files of the table, whose
// nulls are called suppressed. covers says why a record does not reach what is asked, "" where
// it does. It refuses a record that is not there, is of another file, or cannot be that of the
// data, and puts remarks on records that prove nothing to the table. It returns those of the
// keys with nulls that the records do not count, each with a remark: see [localrecord.NotCounted].
func (t *Table) KnowSuppressed(trusted []ed25519.PublicKey, keys []string, covers func(*localrecord.Record) string) (others []string, err error) {
	var paths []string
	for _, f := range t.Files {
		paths = append(paths, f.Name)
	}
	records, err := LocalRecords(paths)
	if err != nil {
		return nil, err
	}
	sources := SourcesOf(t.Files)
	if err := SameFiles(records, sources); err != nil {
		return nil, err
	}
	nulls := func(key string) (int64, bool) {
		at := t.Data.Schema().FieldIndices(key)
		if len(at) == 0 {
			return 0, false
		}
		return int64(t.Data.Column(at[0]).NullN()), true
	}
	if err := localrecord.Fit(records, t.Data.NumRows(), nulls); err != nil {
		return nil, &RequestError{err}
	}
	for i, s := range records {
		if why := covers(s); why != "" {
			return nil, &RequestError{fmt.Errorf("%s: missing values are called suppressed, and the record of that does not reach what is asked: %s; count nulls as wildcard", sources[i].Name, why)}
		}
	}
	t.Remarks = append(t.Remarks, LocalRemarks(records, trusted)...)
	others = localrecord.NotCounted(records, keys, nulls)
	for _, key := range others {
		t.Remarks = append(t.Remarks, sdc.Remark{Name: "local-record", Column: key, Verdict: sdc.Safe, Message: words.New(words.LocalPart)})
	}
	return others, nil
}

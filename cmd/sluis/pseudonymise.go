package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/dossier"
	"github.com/sluis-go/sluis/sdc/source"
)

type pseudonymiseFlags struct {
	columns, direct, drop []string
	keyFile, identity     string
	domain                string
	encoding, form        string
	invalid, algorithm    string
	bytes                 int
	expected              int64
	record, signer        string
	again                 bool
	csv                   csvFlags
	keyID                 string
	translate, plan, scan string
	named                 int               // columns that --scan has named
	makers                pseudonym.Columns // what makes pseudonyms of each column
	keepMetadata          bool
	threads               int
}

func newPseudonymiseCommand() *cobra.Command {
	var f pseudonymiseFlags
	cmd := &cobra.Command{
		Use:   "pseudonymise IN OUT",
		Short: "Replace identifiers by keyed pseudonyms",
		Long: `pseudonymise copies IN to OUT (.parquet, .arrow, .arrows or .csv) with the
identifiers in the named columns replaced by pseudonyms of the domain. Columns
that are to be joined share a domain. Nulls stay null, and the order of rows is
kept. Memory does not grow with rows. No identifier is printed.

A CSV file has no types. Its columns are text, and are copied as they stand. The
typed form tells 1 as a number from 1 as text, so that it has to be told the type of
the columns: --type person=string, or --type person=int64. The type must be the same
for all files that are to be joined.

A record is written beside OUT: the id of the key, the domain, the columns, and the
hashes of both files. A dossier can name it, see docs/dossier.md.

A plan (--plan) says of several columns what becomes of each, in one pass. With --scan
the columns that are copied are searched for values with the form of identifiers: the
exit status is 3 then, the columns are named, and nothing is written. With --scan=warn
OUT is written all the same, and the exit status is 4. See docs/custodian.md.

Name with --direct the columns that hold direct identifiers: the command refuses
to write one that is neither replaced nor dropped.`,
		Example: `  sluis key new project.key
  sluis pseudonymise persons.parquet out.parquet --column person_id \
      --key-file project.key --domain zicht/person --form bsn --direct name --drop name
  sluis pseudonymise persons.parquet out.parquet --plan pseudonyms.yaml --key-file project.key --scan`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.fit(cmd.Flags()); err != nil {
				return err
			}
			if f.translate != "" {
				return runTranslate(cmd.Context(), args[0], args[1], &f, cmd.Flags(), cmd.OutOrStdout())
			}
			return runPseudonymise(cmd.Context(), args[0], args[1], &f, cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.columns, "column", nil, "columns to replace (required without --plan)")
	flags.StringSliceVar(&f.direct, "direct", nil, "columns that hold direct identifiers")
	flags.StringSliceVar(&f.drop, "drop", nil, "columns to leave out")
	flags.StringVar(&f.keyFile, "key-file", "", "key file (required)")
	flags.StringVar(&f.identity, "identity", "", "age identity file, for an encrypted key file")
	flags.StringVar(&f.domain, "domain", "", "project/variable (required without --plan)")
	flags.StringVar(&f.encoding, "encoding", "hex", "hex, base32 or binary")
	flags.StringVar(&f.form, "form", "typed", "which values are the same identifier: "+strings.Join(pseudonym.FormNames(), ", "))
	flags.StringVar(&f.invalid, "invalid", "error", "invalid identifiers: error, null or keep")
	flags.StringVar(&f.algorithm, "algorithm", "sha256", "sha256 or sha512-256")
	flags.IntVar(&f.bytes, "bytes", 0, "length of a pseudonym in bytes (default 16)")
	flags.Int64Var(&f.expected, "expected", 0, "distinct values to expect (default 2^40)")
	f.csv.add(flags, "text; the typed form needs one of every --column")
	flags.StringVar(&f.record, "record", "", "file for the record (default: OUT.record.json)")
	addKeyID(flags, &f.keyID)
	flags.BoolVar(&f.keepMetadata, "keep-metadata", false, "keep the metadata of the schema and of columns that are not replaced, which may hold values")
	flags.BoolVar(&f.again, "again", false, "pseudonymise columns that a record calls pseudonyms once more")
	flags.StringVar(&f.plan, "plan", "", "plan of several columns, pseudonyms.yaml, in the place of --column and its settings")
	flags.StringVar(&f.scan, "scan", "", "look for identifiers in the other columns: refuse to write, or warn")
	flags.Lookup("scan").NoOptDefVal = scanRefuse
	flags.StringVar(&f.translate, "translate", "", "translation table of sluis linkage rekey: replace old pseudonyms by new ones")
	flags.IntVar(&f.threads, "threads", 0, "threads (default: all cores)")
	flags.StringVar(&f.signer, "sign-with", "", "Ed25519 private key, PEM, that signs the record: see sluis key signer")
	return cmd
}

// choice maps a flag's word to its value.
func choice[T any](flag, word string, values map[string]T) (T, error) {
	v, ok := values[word]
	if !ok {
		var names []string
		for n := range values {
			names = append(names, n)
		}
		slices.Sort(names)
		return v, usageError(fmt.Errorf("--%s is none of %v", flag, names))
	}
	return v, nil
}

func (f *pseudonymiseFlags) config() (c pseudonym.Config, err error) {
	if len(f.columns) == 0 || f.keyFile == "" || f.domain == "" {
		return c, usageError(errors.New("--column, --key-file and --domain are required"))
	}
	if c.Domain, err = pseudonym.ParseDomain(f.domain); err != nil {
		return c, usageError(err)
	}
	c.Bytes, c.Expected = f.bytes, f.expected
	if c.Encoding, err = choice("encoding", f.encoding, map[string]pseudonym.Encoding{
		"hex": pseudonym.Hex, "base32": pseudonym.Base32, "binary": pseudonym.Binary,
	}); err != nil {
		return c, err
	}
	if c.Form, err = pseudonym.ParseForm(f.form); err != nil {
		return c, usageError(fmt.Errorf("--form: %w", err))
	}
	if c.Invalid, err = choice("invalid", f.invalid, map[string]pseudonym.Invalid{
		"error": pseudonym.InvalidError, "null": pseudonym.InvalidNull, "keep": pseudonym.InvalidKeep,
	}); err != nil {
		return c, err
	}
	c.Algorithm, err = choice("algorithm", f.algorithm, map[string]pseudonym.Algorithm{
		"sha256": pseudonym.SHA256, "sha512-256": pseudonym.SHA512_256,
	})
	return c, err
}

func runPseudonymise(ctx context.Context, in, out string, f *pseudonymiseFlags, stdout io.Writer) error {
	key, err := f.prepare()
	if err != nil {
		return err
	}
	defer key.Destroy()
	for _, p := range f.makers {
		defer p.Destroy()
	}
	if f.signer != "" {
		if _, err := loadSigner(f.signer); err != nil {
			return err // before there is a file without its record
		}
	}
	if f.record == "" {
		if out == toStdout {
			return usageError(errors.New("--record is missing: there is no file beside which it could be written"))
		}
		f.record = out + ".record.json"
	}
	report, err := pseudonymiseFile(ctx, in, out, key, f, stdout)
	if err != nil {
		return err
	}
	if err := keepRecord(context.WithoutCancel(ctx), f.record, report, f.signer); err != nil {
		return err
	}
	for i, s := range report.Columns {
		p := f.makers[s.Column]
		if i == 0 || f.plan != "" {
			fmt.Fprintf(stdout, "key %s, domain %s, %s, %d bytes\n", p.KeyID(), p.Domain(), p.Algorithm(), p.Bytes())
		}
		about := "about "
		if s.DistinctExact {
			about = ""
		}
		fmt.Fprintf(stdout, "%s: %d rows, %s%d distinct, %d null, %d invalid\n", s.Column, s.Rows, about, s.Distinct, s.Nulls, s.Invalid)
	}
	return f.looked()
}

// open opens the file whose columns are replaced.
func (f *pseudonymiseFlags) open(ctx context.Context, in string) (*source.Source, error) {
	f.csv.clean = f.columns // the others are copied as they stand
	csv, err := f.csv.options([]string{in})
	if err != nil {
		return nil, err
	}
	return source.Open(ctx, []string{in}, source.Options{CSV: csv, OpenStreams: openStreams(ctx)})
}

// pseudonymiseFile streams a file through the pseudonymizer into another.
func pseudonymiseFile(ctx context.Context, in, out string, key pseudonym.Key, f *pseudonymiseFlags, stdout io.Writer) (*pseudonym.Record, error) {
	if err := fitOutputs([]string{in, f.keyFile, f.identity, f.signer, f.plan}, out, f.record); err != nil {
		return nil, err
	}
	earlier, over, err := f.earlier(in)
	if err != nil {
		return nil, err
	}
	src, err := f.open(ctx, in)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if err := f.known(src); err != nil {
		return nil, err
	}
	if err := f.typed(in); err != nil {
		return nil, err
	}
	keep, err := f.kept(src.Schema())
	if err != nil {
		return nil, err
	}
	columns, counters := f.makers, map[string]*pseudonym.Counter{}
	for _, name := range f.columns {
		counters[name] = &pseudonym.Counter{}
	}
	rows, err := src.Reader(ctx, keep)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	if f.threads <= 0 {
		f.threads = defaultThreads()
	}
	r, err := columns.ReaderOf(ctx, memory.DefaultAllocator, rows, f.threads, counters)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	schema := r.Schema()
	if f.keepMetadata {
		schema = f.withMetadata(schema, rows.Schema())
	}
	w, err := createRecords(ctx, out, schema, source.WriterOptions{Hash: true})
	if err != nil {
		return nil, err
	}
	total, known := src.Rows()
	if !known {
		total = -1
	}
	bar := newProgress("pseudonymising", total)
	defer bar.finish()
	done := int64(0)
	look := f.scanner()
	for r.Next() {
		if look != nil {
			look.look(r.Record())
		}
		rec := array.NewRecord(schema, r.Record().Columns(), r.Record().NumRows())
		err := w.Write(rec)
		rec.Release()
		if err != nil {
			return nil, errors.Join(err, w.Abort())
		}
		done += r.Record().NumRows()
		bar.set(done)
	}
	if err := r.Err(); err != nil {
		w.Abort() //nolint:errcheck // the first error is the one to tell
		return nil, err
	}
	if err := longEnough(f.makers, f.columns, counters); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	if err := f.decide(look, stdout); err != nil {
		w.Abort() //nolint:errcheck // the first error is the one to tell
		return nil, err
	}
	if err := src.Hash(ctx); err != nil {
		return nil, errors.Join(err, w.Abort()) // IN has changed: OUT must not appear
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	report := f.makers[f.columns[0]].Record(f.columns[:1], counters, "sluis "+thisTool().Version)
	for _, name := range f.columns[1:] {
		report.Append(f.makers[name], []string{name}, counters)
	}
	for i, c := range report.Columns {
		report.Columns[i].Over = over[c.Column]
	}
	for _, file := range src.Files() {
		before := pseudonym.RecordedFile{Name: filepath.Base(file.Name)}
		if earlier.Tells(file.SHA256) {
			before.SHA256 = file.SHA256 // stands in its own record already
		} else if before.Keyed, err = key.FileDigest(file.SHA256); err != nil {
			return nil, err
		}
		report.Inputs = append(report.Inputs, before)
	}
	report.Output = pseudonym.RecordedFile{Name: filepath.Base(out), SHA256: w.SHA256()}
	return report, nil
}

// withMetadata gives a schema the metadata of the one before, but for the columns that
// are replaced.
func (f *pseudonymiseFlags) withMetadata(schema, before *arrow.Schema) *arrow.Schema {
	fields := schema.Fields()
	for i := range fields {
		if !slices.Contains(f.columns, fields[i].Name) {
			fields[i].Metadata = before.Field(i).Metadata
		}
	}
	meta := before.Metadata()
	return arrow.NewSchema(fields, &meta)
}

// earlier reads the records of IN, and refuses columns that are pseudonyms by one of
// them, unless --again is given: then it returns how they were made.
func (f *pseudonymiseFlags) earlier(in string) (*dossier.Records, map[string][]pseudonym.Setting, error) {
	records, over := &dossier.Records{}, map[string][]pseudonym.Setting{}
	if err := records.Beside(in); err != nil {
		return nil, nil, err
	}
	for _, name := range f.columns {
		settings, err := records.Claims(name)
		if err != nil {
			return nil, nil, err
		}
		if len(settings) > 0 && !f.again {
			return nil, nil, fmt.Errorf("column %q holds pseudonyms, says %s%s; --again makes pseudonyms of pseudonyms", name, in, dossier.RecordSuffix)
		}
		over[name] = settings
	}
	return records, over, nil
}

// typed refuses the typed form of an identifier in a CSV file whose type was not said:
// the same person would get another pseudonym in a file that has a type.
func (f *pseudonymiseFlags) typed(in string) error {
	csv := strings.EqualFold(filepath.Ext(in), ".csv")
	if !csv && len(f.csv.types) > 0 {
		return usageError(errors.New("--type is for CSV files: the others have types"))
	}
	for _, name := range f.columns {
		if _, ok := f.csv.types[name]; csv && !ok && f.formOf(name) == pseudonym.Typed.String() {
			return usageError(fmt.Errorf("column %q: a CSV file has no types, and the typed form needs one: say --type %s=string or --type %s=int64, the same for all files that are to be joined, or --form text", name, name, name))
		}
	}
	return nil
}

// known refuses flags that name a column that does not exist, or one both to
// replace and to drop: a name with a slip in it would let an identifier through.
func (f *pseudonymiseFlags) known(src *source.Source) error {
	if err := src.Need(slices.Concat(f.columns, f.direct, f.drop)...); err != nil {
		return err
	}
	for i, name := range f.columns {
		if slices.Contains(f.columns[:i], name) {
			return usageError(fmt.Errorf("--column has %q twice", name))
		}
	}
	for _, name := range f.drop {
		if slices.Contains(f.columns, name) {
			return usageError(fmt.Errorf("column %q is both replaced and dropped", name))
		}
	}
	return nil
}

// kept lists the columns that are written, and refuses a direct identifier among
// them.
func (f *pseudonymiseFlags) kept(schema *arrow.Schema) (keep []string, err error) {
	for _, field := range schema.Fields() {
		switch {
		case slices.Contains(f.drop, field.Name):
		case slices.Contains(f.direct, field.Name) && !slices.Contains(f.columns, field.Name):
			return nil, fmt.Errorf("column %q holds a direct identifier and is neither replaced (--column) nor dropped (--drop)", field.Name)
		default:
			keep = append(keep, field.Name)
		}
	}
	return keep, nil
}

// longEnough refuses pseudonyms that are too short for the values that there were:
// --expected was said before they were counted.
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

// keepRecord signs the record, where there is a key for it, and writes it.
func keepRecord(ctx context.Context, path string, r *pseudonym.Record, signer string) error {
	if signer != "" {
		private, err := loadSigner(signer)
		if err != nil {
			return err
		}
		if err := r.Sign(private); err != nil {
			return err
		}
	}
	return writeFile(ctx, path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(r)
	})
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/internal/names"
	"github.com/sluis-go/sluis/pseudonym"
	"github.com/sluis-go/sluis/sdc/replace"
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
	if err := fitOutputs([]string{in, f.keyFile, f.identity, f.signer, f.plan}, out, f.record); err != nil {
		return err
	}
	job, err := f.job(ctx, in, out)
	if err != nil {
		return err
	}
	report, err := job.Pseudonymise(ctx, key, f.makers, f.again)
	if err := f.decide(job, err, stdout); err != nil {
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

// job is the copy that the flags ask for.
func (f *pseudonymiseFlags) job(ctx context.Context, in, out string) (*replace.Job, error) {
	if err := f.csv.fit(in); err != nil {
		return nil, err
	}
	for i, name := range f.columns {
		if slices.Contains(f.columns[:i], name) {
			return nil, usageError(fmt.Errorf("--column has %q twice", name))
		}
	}
	f.csv.clean = f.columns // the others are copied as they stand
	csv, err := f.csv.options([]string{in})
	if err != nil {
		return nil, err
	}
	if f.threads <= 0 {
		f.threads = defaultThreads()
	}
	received, err := receive(ctx, in)
	if err != nil {
		return nil, err
	}
	return &replace.Job{
		In: in, CSV: csv, OpenStreams: openStreams(ctx), Received: received, Out: out,
		Create: func(schema *arrow.Schema) (replace.Writer, error) {
			return createRecords(ctx, out, schema, source.WriterOptions{Hash: true})
		},
		Columns: f.columns, Direct: f.direct, Drop: f.drop, Scan: f.scan != "", Allow: f.scan == scanWarn,
		KeepMetadata: f.keepMetadata, Tool: "sluis " + thisTool().Version, Threads: f.threads, Watch: watch("pseudonymising"),
	}, nil
}

// decide prints the columns that may hold identifiers, and gives the error of a copy its exit
// status.
func (f *pseudonymiseFlags) decide(job *replace.Job, err error, stdout io.Writer) error {
	for _, x := range job.Suspects {
		name := fmt.Sprintf("column %q", x.Column)
		if names.LikeValue(x.Column) {
			name = "a column whose name looks like a value, as if the first line were a record"
		}
		fmt.Fprintf(stdout, "%s: %s\n", name, x.Why)
	}
	f.named = len(job.Suspects)
	switch {
	case errors.Is(err, replace.ErrScan):
		return &exitError{code: exitUnsafe, err: fmt.Errorf("%w with --scan=warn", err)}
	case errors.Is(err, replace.ErrRequest):
		return usageError(err)
	}
	return err
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

package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/local"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/suppress/records"
)

type localFlags struct {
	risk       riskFlags // keys, and how files are read
	k          int
	missing    string
	importance map[string]string
	maxKeys    int
	recordFile string // where the record goes
	signer     string // file of the key that signs the record
}

func newLocalCommand() *cobra.Command {
	var f localFlags
	cmd := &cobra.Command{
		Use:   "local IN OUT",
		Short: "Suppress single values of records until everybody is hidden among k",
		Long: `local copies the records of IN to OUT (.parquet, .arrow, .arrows or .csv), in order,
with nulls in place of values of the keys, until every class has k records and whoever
knows the true keys of a record finds at least k records of OUT that agree with them (a
suppressed value agrees with everything). A class is the records that agree on all keys,
or with --max-keys m on each combination of at most m of them. With --respondent, k
different respondents are counted in place of records.

Say with --missing how those who read OUT count a null: wildcard, it matches every
value; or category, it is a value like another. The two differ: a file that has k
records everywhere under wildcard need not have them under category. OUT is read again
before it appears, and its classes are counted anew under that policy; sluis risk does
the same. OUT.local.json says what was suppressed, how many, and the hash of OUT: with it,
sluis check and sluis risk know (missing: suppressed) that the nulls were written here.
With --sign-with the record is signed: whoever checks OUT names the public key with
--trust. Without it anybody can write such a record, and reports say so.`,
		Example: `  sluis local survey.csv safe.csv --keys region,sex,age --k 3 --missing wildcard
  sluis local survey.parquet safe.parquet --keys region,sex,age,job --k 5 --max-keys 3 \
      --importance age=3,region=2 --missing wildcard`,
		Args: exactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLocal(cmd.Context(), args[0], args[1], &f, cmd.OutOrStdout())
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringSliceVar(&f.risk.keys, "keys", nil, "key variables, by comma (required)")
	fl.IntVar(&f.k, "k", 0, "the least number of records, or respondents, that is safe (required, at least 2)")
	fl.StringVar(&f.risk.respondent, "respondent", "", "column that says whose record it is (default: every record its own)")
	addForm(fl, &f.risk.form)
	fl.StringVar(&f.missing, "missing", "", "how a null counts in a class: wildcard or category (required)")
	fl.StringToStringVar(&f.importance, "importance", nil, "price of suppressing a value, as age=3,region=2 (default: 1 each)")
	fl.IntVar(&f.maxKeys, "max-keys", 0, "look at every combination of at most so many keys (default: at all keys together)")
	fl.StringVar(&f.recordFile, "record", "", "file for the record (default: OUT.local.json)")
	fl.StringVar(&f.signer, "sign-with", "", "Ed25519 private key, PEM, that signs the record: see sluis key signer")
	f.risk.csv.add(fl, "text")
	addTrust(fl, &f.risk.trust)
	return cmd
}

// job checks the flags.
func (f *localFlags) job(ctx context.Context, out string) (*local.Job, error) {
	o := records.Options{K: f.k, UpTo: f.maxKeys}
	switch {
	case f.risk.respondent != "" && slices.Contains(f.risk.keys, f.risk.respondent):
		return nil, errors.New("the respondent cannot be a key")
	case len(f.risk.keys) == 0:
		return nil, errors.New("--keys is missing")
	case f.k < 2:
		return nil, errors.New("--k is required, and at least 2")
	case f.maxKeys < 0 || f.maxKeys > len(f.risk.keys):
		return nil, errors.New("--max-keys is more than the keys that there are")
	case f.missing != "wildcard" && f.missing != "category":
		return nil, errors.New("--missing is required: wildcard or category, as the readers of OUT count nulls")
	}
	for name := range f.importance {
		if !slices.Contains(f.risk.keys, name) {
			return nil, fmt.Errorf("--importance names %q, which is no key", name)
		}
	}
	for _, name := range f.risk.keys {
		cost := int64(1)
		if text, ok := f.importance[name]; ok {
			var err error
			if cost, err = strconv.ParseInt(text, 10, 64); err != nil || cost < 1 || cost > 1<<20 {
				return nil, errors.New("an importance is a whole number from 1 to 2^20")
			}
		}
		o.Cost = append(o.Cost, cost)
	}
	return &local.Job{
		Keys: f.risk.keys, Missing: sdc.Missing(f.missing), Options: o, Out: out, Threads: defaultThreads(),
		Create: func(schema *arrow.Schema, check func(string) error) (local.Writer, error) {
			return createRecords(ctx, out, schema, source.WriterOptions{Check: check})
		},
		Record: func(write func(io.Writer) error) error { return writeFile(ctx, f.recordFile, write) },
	}, nil
}

// runLocal is the local verb.
func runLocal(ctx context.Context, in, out string, f *localFlags, stdout io.Writer) error {
	job, err := f.job(ctx, out)
	if err != nil {
		return usageError(err)
	}
	if f.recordFile == "" {
		if out == toStdout {
			return usageError(errors.New("--record is missing: there is no file beside which it could be written"))
		}
		f.recordFile = out + project.LocalSuffix
	}
	if err := fitOutputs([]string{in, f.signer}, out, f.recordFile); err != nil {
		return err
	}
	if f.signer != "" {
		if job.Sign, err = loadSigner(f.signer); err != nil {
			return err
		}
	}
	f.risk.csv.clean = f.risk.keys // the others are copied as they stand
	if job.Input, job.Reading, err = f.risk.input(ctx, []string{in}); err != nil {
		return err
	}
	if job.Reading.Received, err = receive(ctx, in); err != nil {
		return err
	}
	done, err := job.Run(ctx)
	switch {
	case errors.Is(err, records.ErrRequest):
		return usageError(err)
	case errors.Is(err, records.ErrInfeasible):
		return &exitError{code: exitUnsafe, err: fmt.Errorf("nothing is written: %w", err)}
	case errors.Is(err, records.ErrUndecided):
		return &exitError{code: exitReview, err: fmt.Errorf("nothing is written: %w", err)}
	case err != nil:
		return tableError(err)
	}
	if err := printRemarks(stdout, done.Remarks); err != nil {
		return err
	}
	f.text(stdout, out, job.Sign, done)
	return nil
}

// text says what was done, and how to check the copy.
func (f *localFlags) text(w io.Writer, out string, signed ed25519.PrivateKey, done *local.Result) {
	all := int64(0)
	for _, n := range done.Suppressed {
		all += n
	}
	of := float64(max(1, done.Rows*int64(len(done.Suppressed))))
	fmt.Fprintf(w, "%d records, %d values suppressed (%.2f %% of those of the keys), cost %d\n", done.Rows, all, 100*float64(all)/of, done.Cost)
	for v, name := range f.risk.keys {
		fmt.Fprintf(w, "  %s: %d (%.2f %%)\n", name, done.Suppressed[v], 100*float64(done.Suppressed[v])/float64(max(1, done.Rows)))
	}
	on, check := "all keys together", fmt.Sprintf("--k %d", f.k)
	if f.maxKeys > 0 {
		on = fmt.Sprintf("every combination of at most %d keys", f.maxKeys)
		check = fmt.Sprintf("--combinations %d --min-count %d", f.maxKeys, f.k)
	}
	nulls := "a null matches every value"
	if f.missing == "category" {
		nulls = "a null is a value like another"
	}
	who, missing := "records", f.missing
	if f.risk.respondent != "" {
		who, check = "respondents", "--respondent "+f.risk.respondent+" "+check
	}
	if missing == "wildcard" {
		missing = "suppressed"
	}
	fmt.Fprintf(w, "Read again and counted on %s, where %s: the smallest class has %g %s\n", on, nulls, done.Smallest, who)
	fmt.Fprintf(w, "Who knows the true keys of a record finds at least %d %s that it can be\n", max(int64(f.k), done.Least), who)
	by := ""
	if signed != nil {
		public := hex.EncodeToString(signed.Public().(ed25519.PublicKey))
		check += " --trust " + public
		by = ", signed by key " + public
	}
	fmt.Fprintf(w, "What was suppressed is recorded in %s%s\n", f.recordFile, by)
	if f.recordFile != out+project.LocalSuffix {
		if out == toStdout {
			out = "FILE"
		}
		fmt.Fprintf(w, "Its readers look for it beside the data, as %s%s\n", out, project.LocalSuffix)
	}
	fmt.Fprintf(w, "Check with: sluis risk %s --keys %s --missing %s %s\n", out, strings.Join(f.risk.keys, ","), missing, check)
}

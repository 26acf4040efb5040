package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/source"
)

type riskFlags struct {
	pageFlags
	keys, sensitive               []string
	weight, respondent, household string
	form                          string
	missing, model                string
	threads                       int

	csv csvFlags

	k, l, combinations int
	minCount           int64
	population         string
	original, id       string
	numbers            []string
	nearest, keySets   int
	within             string
	distance           string
	recursiveL         int
	logBase            string
	c, alpha, t        string // limits, decimals as they are written
	beta, delta        string
	sensitiveMissing   string
	trees              map[string]string
	orders             []string
	atRisk             float64
	suda               bool
	sudaSize           int
	sudaScore          string
	disFraction        float64
	fraction           float64

	records, json string
	worst         int
	trust         []string
}

func newRiskCommand() *cobra.Command {
	var f riskFlags
	cmd := &cobra.Command{
		Use:   "risk DATA...",
		Short: "Measure how easily people are found in microdata, and what is learnt of them",
		Long: `risk groups the records of DATA (.parquet, .arrow, .feather, .arrows, .csv, globs)
by the key variables and measures: who stands alone and which key drives it,
individual and household risk, minimal sample uniques (SUDA), prosecutor,
journalist and marketer risk, and for each sensitive variable l-diversity,
t-closeness and their kin. It judges only the limits that are given (--k, --l, --t
and the like); docs/risk.md defines every figure.

The report and the files hold small counts and values of the data: they are
confidential and must not leave the closed environment.`,
		Example: `  sluis risk survey.csv --keys region,sex,age --weight w --household hid
  sluis risk survey.parquet --keys region,sex,age --missing wildcard --k 3 --records risk.csv
  sluis risk safe.csv --against survey.csv --id row --keys region,sex --numbers income
  sluis risk adult.csv --trim --null '?' --keys age,sex,race --missing category \
      --sensitive occupation --json risk.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(errors.New("risk takes at least one data file; see sluis risk --help"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRisk(cmd.Context(), args, &f, cmd.OutOrStdout())
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringSliceVar(&f.keys, "keys", nil, "key variables, by comma (required)")
	fl.StringVar(&f.weight, "weight", "", "column of sampling weights")
	fl.StringVar(&f.respondent, "respondent", "", "column that says whose record it is: everything is then counted in respondents (default: every record its own)")
	fl.StringVar(&f.household, "household", "", "column that says which household a record is in")
	addForm(fl, &f.form)
	fl.StringVar(&f.missing, "missing", "refuse", "nulls in keys: refuse, category, exclude, wildcard, sdcmicro(alpha), or suppressed (by sluis local, with its record)")
	fl.StringSliceVar(&f.sensitive, "sensitive", nil, "sensitive variables, by comma")
	fl.StringVar(&f.records, "records", "", "file for the risks of every record, .csv or .parquet")
	fl.StringVar(&f.json, "json", "", "file for the report as JSON")
	fl.StringVar(&f.model, "model", "exact", "individual risk: exact, approx (as sdcMicro) or mu-argus")
	fl.IntVar(&f.k, "k", 0, "limit: fewer than k records or respondents in a class are unsafe")
	fl.IntVar(&f.l, "l", 0, "limit: fewer than l distinct sensitive values in a class are unsafe")
	fl.IntVar(&f.combinations, "combinations", 0, "limit: look at every combination of at most so many keys ...")
	fl.Int64Var(&f.minCount, "min-count", 3, "... each combination of values in fewer records than this being unsafe")
	fl.StringVar(&f.population, "population", "", "file of the whole population with the same keys: k-map, journalist, marketer")
	fl.IntVar(&f.keySets, "key-sets", 0, "choice of keys: how every set of at most so many keys tells records apart")
	fl.StringVar(&f.original, "against", "", "file of the original data, of which DATA is the protected form: links and intervals")
	fl.StringVar(&f.id, "id", "", "... the column that says which record is which in both files, or row: by place")
	fl.StringSliceVar(&f.numbers, "numbers", nil, "... variables with a distance, by comma, besides the keys (a key may be one)")
	fl.IntVar(&f.nearest, "nearest", 5, "... own records are looked for among so many nearest")
	fl.StringVar(&f.within, "within", "0.05", "... width of intervals on each side: part of the standard deviation, of the value, of the records")
	fl.StringVar(&f.t, "t", "", "limit: t-closeness, a larger distance is unsafe")
	fl.StringVar(&f.alpha, "alpha", "", "limit: (alpha,k)-anonymity, a larger share of one value is unsafe")
	fl.StringVar(&f.beta, "beta", "", "limit: beta-likeness, a larger gain is unsafe")
	fl.StringVar(&f.delta, "delta", "", "limit: delta-disclosure, delta or above is unsafe")
	fl.StringVar(&f.c, "c", "", "limit: recursive (c,l)-diversity, c or above is unsafe")
	fl.StringVar(&f.sensitiveMissing, "sensitive-missing", "exclude", "null sensitive values: exclude (no value), category or refuse")
	fl.StringVar(&f.distance, "distance", "equal", "t-closeness: equal, ordered or range")
	fl.StringArrayVar(&f.orders, "order", nil, "ordered distance of text: the values from least to largest, as income=low<medium<high")
	fl.StringToStringVar(&f.trees, "tree", nil, "t-closeness by a hierarchy, as disease=FILE: lines of value;parent;...;root")
	fl.IntVar(&f.recursiveL, "recursive", 2, "recursive (c,l)-diversity: l")
	fl.StringVar(&f.logBase, "log-base", "2", "delta-disclosure: base of the logarithm, a whole number or e")
	fl.Float64Var(&f.atRisk, "at-risk", 0.2, "re-identification: a risk above this counts as a record at risk")
	fl.BoolVar(&f.suda, "suda", true, "minimal sample uniques")
	fl.IntVar(&f.sudaSize, "suda-size", 0, "largest minimal sample unique looked for (default: all keys)")
	fl.StringVar(&f.sudaScore, "suda-score", "elliot", "elliot or ihsn")
	fl.Float64Var(&f.disFraction, "dis-fraction", 0.01, "DIS-SUDA: sampling fraction of the intrusion")
	fl.Float64Var(&f.fraction, "fraction", 0, "sampling fraction: estimate the population's uniques")
	f.csv.add(fl, "text, and numbers for the weight")
	f.add(fl, false)
	fl.IntVar(&f.worst, "worst", 5, "classes printed")
	fl.IntVar(&f.threads, "threads", 0, "threads (default: all cores)")
	addTrust(fl, &f.trust)
	return cmd
}

// runRisk is the risk verb: data in, report out.
func runRisk(ctx context.Context, files []string, f *riskFlags, stdout io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	o, err := f.options()
	if err != nil {
		return usageError(err)
	}
	inputs := slices.Concat(files, []string{f.population, f.original}, slices.Collect(maps.Values(f.trees)))
	if err := fitOutputs(inputs, f.records, f.json, f.html); err != nil {
		return err
	}
	if o.Trees, err = readTrees(f.trees); err != nil {
		return err
	}
	in, reading, err := f.input(ctx, files)
	if err != nil {
		return err
	}
	if reading.Received, err = receive(ctx, append(slices.Clone(files), f.population, f.original)...); err != nil {
		return err
	}
	in.Columns, in.Joined = o.Columns(), o.Columns()
	data, err := project.ReadTable(ctx, in, reading)
	if err != nil {
		return tableError(err)
	}
	defer data.Data.Release()
	if o.Suppressed {
		others, err := data.KnowSuppressed(reading.Trusted, o.Keys, o.Covered)
		if err != nil {
			return requestError(err)
		}
		o.Suppressed = len(others) == 0 // otherwise nulls match, as wildcard says, and no more
	}
	if f.population != "" {
		population, err := f.readPopulation(ctx, data, reading)
		if err != nil {
			return err
		}
		defer population.Data.Release()
		o.Population = population.Data
	}
	var originals []source.FileInfo
	if f.original != "" {
		original, err := f.readOriginal(ctx, data, &o, reading)
		if err != nil {
			return err
		}
		defer original.Data.Release()
		o.Original, originals = original.Data, original.Files
	}
	result, err := measure.Make(ctx, data.Data, o)
	var order *measure.OrderError
	switch {
	case errors.As(err, &order):
		return usageError(fmt.Errorf("%w (--order '%s=least<...<largest')", err, order.Variable))
	case errors.Is(err, riskmetrics.ErrRequest):
		return usageError(err)
	case err != nil:
		return againstError(err)
	}
	r := result.Report
	r.Data.Sources = project.SourcesOf(data.Files)
	if r.Against != nil {
		r.Against.Sources = project.SourcesOf(originals)
	}
	r.Remark(data.Remarks...)
	written, err := f.write(ctx, result)
	if err != nil {
		return err
	}
	if err := report.RiskText(stdout, r, report.TextOptions{Worst: f.worst, Files: written}); err != nil {
		return err
	}
	switch r.Verdict {
	case sdc.Unsafe.String():
		return &exitError{code: exitUnsafe}
	case sdc.Review.String():
		return &exitError{code: exitReview}
	}
	return nil
}

// write writes the files that were asked for, each complete or not at all.
func (f *riskFlags) write(ctx context.Context, result *measure.Result) ([][2]string, error) {
	var files [][2]string
	r := result.Report
	if f.records != "" {
		if err := writeRecord(ctx, f.records, result.Records(memory.DefaultAllocator)); err != nil {
			return nil, err
		}
		files = append(files, [2]string{"the risks of every record", f.records})
	}
	if f.json != "" {
		if err := writeFile(ctx, f.json, r.WriteJSON); err != nil {
			return nil, err
		}
		files = append(files, [2]string{"the report as JSON", f.json})
	}
	if f.html == "" {
		return files, nil
	}
	opts := report.HTMLOptions{Lang: f.lang, Files: baseNames(files)}
	if err := writeFile(ctx, f.html, func(w io.Writer) error { return report.RiskHTML(w, r, opts) }); err != nil {
		return nil, err
	}
	return append(files, [2]string{"the report as a page", f.html}), nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/spf13/cobra"

	"github.com/sluis-go/sluis/riskmetrics"
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
	grouped       []sdc.Remark // on numbers that read has read
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
	m, err := f.measurement()
	if err != nil {
		return usageError(err)
	}
	inputs := slices.Concat(files, []string{f.population}, slices.Collect(maps.Values(f.trees)))
	if err := fitOutputs(inputs, f.records, f.json, f.html); err != nil {
		return err
	}
	trusted, err := publicKeys(f.trust)
	if err != nil {
		return err
	}
	data, infos, err := f.read(ctx, files, m.columns(f))
	if err != nil {
		return err
	}
	defer data.Release()
	sources := project.SourcesOf(infos)
	remarks, err := project.JoinRecords(infos, trusted, []string{f.respondent, f.household}, m.columns(f))
	if err != nil {
		return err
	}
	looks, err := lookAlikes(data, []string{f.respondent, f.household}, slices.Concat(f.keys, f.sensitive), f.form)
	if err != nil {
		return err
	}
	remarks = slices.Concat(remarks, project.SourceRemarks(infos, true), looks, f.grouped)
	if f.respondent == "" {
		remarks = append(remarks, sdc.NoRespondent(data.NumRows()))
	}
	if m.suppressed {
		records, err := f.knowSuppressed(files, sources, data)
		if err != nil {
			return err
		}
		remarks = append(remarks, project.LocalRemarks(records, trusted)...)
	}
	if f.population != "" {
		columns := f.keys
		if f.respondent != "" && !slices.Contains(columns, f.respondent) {
			columns = append(slices.Clone(columns), f.respondent)
		}
		population, of, err := f.read(ctx, []string{f.population}, columns)
		if err != nil {
			if f.respondent != "" {
				err = fmt.Errorf("%w (with --respondent the population is counted in respondents too, and needs the column)", err)
			}
			return err
		}
		defer population.Release()
		m.population = population
		// The persons of the population are counted by themselves. Its keys are compared
		// with those of the data.
		among, err := project.JoinRecords(of, trusted, []string{f.respondent}, nil)
		if err != nil {
			return err
		}
		between, err := project.JoinRecords(slices.Concat(infos, of), trusted, nil, f.keys)
		if err != nil {
			return err
		}
		looks, err := lookAlikes(population, []string{f.respondent}, nil, f.form)
		if err != nil {
			return fmt.Errorf("--population: %w", err)
		}
		remarks = slices.Concat(remarks, among, between, looks)
	}
	r, err := m.run(ctx, data)
	if errors.Is(err, riskmetrics.ErrRequest) {
		return usageError(err)
	}
	if err != nil {
		return err
	}
	r.Data.Sources = sources
	r.Remark(remarks...)
	written, err := f.write(ctx, r, m)
	if err != nil {
		return err
	}
	if err := report.RiskText(stdout, r, report.TextOptions{Worst: f.worst, Files: written}); err != nil {
		return err
	}
	switch r.Verdict {
	case "unsafe":
		return &exitError{code: exitUnsafe}
	case "review":
		return &exitError{code: exitReview}
	}
	return nil
}

// knowSuppressed reads the records of nulls that are called suppressed. It refuses one that
// is not there, is of another file, cannot be that of the data, or does not reach what is
// asked.
func (f *riskFlags) knowSuppressed(files []string, sources []sdc.Source, data arrow.Table) ([]*sdc.Suppression, error) {
	var paths []string
	for _, p := range files {
		paths = append(paths, globbed(p)...)
	}
	records, err := project.LocalRecords(paths)
	if err != nil {
		return nil, requestError(err)
	}
	if err := project.SameFiles(records, sources); err != nil {
		return nil, err
	}
	nulls := func(key string) (int64, bool) {
		at := data.Schema().FieldIndices(key)
		if len(at) == 0 {
			return 0, false
		}
		return int64(data.Column(at[0]).NullN()), true
	}
	if err := sdc.SuppressionsFit(records, data.NumRows(), nulls); err != nil {
		return nil, usageError(err)
	}
	for i, s := range records {
		size, k := len(f.keys), int64(f.k)
		if f.k == 0 && f.combinations > 0 {
			size, k = min(size, f.combinations), f.minCount
		} else if f.combinations > 0 {
			k = max(k, f.minCount)
		}
		if why := s.Covers(f.keys, size, f.respondent, k); why != "" {
			return nil, usageError(fmt.Errorf("%s: missing values are called suppressed, and the record of that does not reach what is asked: %s; use --missing wildcard", sources[i].Name, why))
		}
	}
	return records, nil
}

// columns lists the columns that are read, each once.
func (m *measurement) columns(f *riskFlags) []string {
	var out []string
	for _, name := range slices.Concat(f.keys, f.sensitive, []string{f.weight, f.respondent, f.household}) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// write writes the files that were asked for, each complete or not at all.
func (f *riskFlags) write(ctx context.Context, r *report.Risk, m *measurement) ([][2]string, error) {
	var files [][2]string
	if f.records != "" {
		if err := writeRecord(ctx, f.records, m.recordsOf(r)); err != nil {
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

// ordered reports whether a column is sensitive and its values have an order of their
// own, those of numbers and dates, or distances, those of numbers.
func (f *riskFlags) ordered(name string) bool {
	return (f.distance == "ordered" || f.distance == "range") && slices.Contains(f.sensitive, name) && f.trees[name] == "" &&
		!slices.ContainsFunc(f.orders, func(o string) bool { return strings.HasPrefix(o, name+"=") })
}

// read reads some columns of files into memory.
func (f *riskFlags) read(ctx context.Context, files, columns []string) (arrow.Table, []source.FileInfo, error) {
	csv, err := f.csv.options(files)
	if err != nil {
		return nil, nil, err
	}
	csv.Types, csv.Numbers = map[string]string{}, numbersOf(f.csv.types, f.weight)
	csv.Infer = true
	for _, name := range columns {
		if !f.ordered(name) {
			csv.Text = append(csv.Text, name)
		}
	}
	for name, t := range f.csv.types {
		if slices.Contains(columns, name) {
			csv.Types[name] = t
		}
	}
	src, err := source.Open(ctx, files, source.Options{CSV: csv, OpenStreams: openStreams(ctx)})
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	if err := src.Need(columns...); err != nil {
		return nil, nil, usageError(err)
	}
	for _, name := range columns {
		if (name == f.weight || f.ordered(name)) && src.Grouped(name) {
			f.grouped = append(f.grouped, sdc.Thousands(name))
		}
	}
	r, err := src.Reader(ctx, columns)
	if err != nil {
		return nil, nil, err
	}
	defer r.Release()
	total, known := src.Rows()
	if !known {
		total = -1
	}
	bar := newProgress("reading", total)
	defer bar.finish()
	var recs []arrow.Record
	defer func() {
		for _, rec := range recs {
			rec.Release()
		}
	}()
	done := int64(0)
	for r.Next() {
		rec := r.Record()
		rec.Retain()
		recs = append(recs, rec)
		done += rec.NumRows()
		bar.set(done)
	}
	if err := r.Err(); err != nil {
		return nil, nil, err
	}
	if err := src.Hash(ctx); err != nil {
		return nil, nil, err
	}
	return array.NewTableFromRecords(r.Schema(), recs), src.Files(), nil
}

// writeRecord writes one record to a file and releases it.
func writeRecord(ctx context.Context, path string, rec arrow.Record) error {
	defer rec.Release()
	w, err := createRecords(ctx, path, rec.Schema(), source.WriterOptions{})
	if err != nil {
		return err
	}
	if err := w.Write(rec); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Close()
}

// recordsOf lays out the risks of every record.
func (m *measurement) recordsOf(r *report.Risk) arrow.Record {
	mem := memory.DefaultAllocator
	rows := int(r.Data.Records)
	row := array.NewInt64Builder(mem)
	defer row.Release()
	for i := range rows {
		row.Append(int64(i + 1))
	}
	fields := []arrow.Field{{Name: "row", Type: arrow.PrimitiveTypes.Int64}}
	columns := []arrow.Array{row.NewArray()}
	for _, v := range m.vectors {
		arr := riskmetrics.Float64Array(mem, v.values)
		if v.whole {
			whole := wholeNumbers(mem, v.values)
			arr.Release()
			arr = whole
		}
		fields = append(fields, arrow.Field{Name: v.name, Type: arr.DataType(), Nullable: true})
		columns = append(columns, arr)
	}
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(rows))
}

func wholeNumbers(mem memory.Allocator, values []float64) arrow.Array {
	b := array.NewInt64Builder(mem)
	defer b.Release()
	for _, v := range values {
		if v != v { //nolint:gocritic // NaN
			b.AppendNull()
		} else {
			b.Append(int64(v))
		}
	}
	return b.NewArray()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/riskmetrics/measure"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/project"
)

// options checks the flags. The trees are read later: see readTrees.
func (f *riskFlags) options() (o measure.Options, err error) {
	o = measure.Options{
		Keys: f.keys, Sensitive: f.sensitive, Weight: f.weight, Respondent: f.respondent, Household: f.household,
		Suppressed: f.missing == string(sdc.MissingSuppressed), K: f.k, L: f.l, Combinations: f.combinations, MinCount: f.minCount,
		RecursiveL: f.recursiveL, AtRisk: f.atRisk, NoSUDA: !f.suda, SUDASize: f.sudaSize, DISFraction: f.disFraction, Fraction: f.fraction,
		KeySets: f.keySets, Worst: f.worst, Threads: f.threads,
	}
	policy := f.missing
	if o.Suppressed {
		policy = "wildcard"
	}
	if o.Missing, err = riskmetrics.ParseMissing(policy); err != nil {
		return o, err
	}
	var ok bool
	if o.Model, ok = pick(f.model, map[string]riskmetrics.RiskModel{"exact": riskmetrics.Exact, "approx": riskmetrics.Approx, "mu-argus": riskmetrics.MuArgus}); !ok {
		return o, errors.New("--model is exact, approx or mu-argus")
	}
	if o.Score, ok = pick(f.sudaScore, map[string]riskmetrics.SUDAScore{"elliot": riskmetrics.Elliot, "ihsn": riskmetrics.IHSN}); !ok {
		return o, errors.New("--suda-score is elliot or ihsn")
	}
	if o.Distance, ok = pick(f.distance, map[string]riskmetrics.Distance{"equal": riskmetrics.Equal, "ordered": riskmetrics.Ordered, "range": riskmetrics.Range}); !ok {
		return o, errors.New("--distance is equal, ordered or range")
	}
	if o.SensitiveMissing, err = riskmetrics.ParseMissing(f.sensitiveMissing); err != nil {
		return o, err
	}
	if f.logBase != "e" {
		base, err := strconv.ParseUint(f.logBase, 10, 64)
		if err != nil || base < 2 {
			return o, errors.New("--log-base is e or a whole number above 1")
		}
		o.LogBase = riskmetrics.Base(base)
	}
	for _, x := range []struct {
		flag, text string
		to         **big.Rat
	}{{"c", f.c, &o.C}, {"alpha", f.alpha, &o.Alpha}, {"t", f.t, &o.T}, {"beta", f.beta, &o.Beta}, {"delta", f.delta, &o.Delta}} {
		if x.text == "" {
			continue
		}
		if *x.to, ok = decimal(x.text); !ok {
			return o, fmt.Errorf("--%s is a decimal number of at least 0", x.flag)
		}
		if len(f.sensitive) == 0 {
			return o, fmt.Errorf("--%s needs --sensitive", x.flag)
		}
	}
	if err := f.checkAgainst(&o); err != nil {
		return o, err
	}
	for name := range f.trees {
		if !slices.Contains(f.sensitive, name) {
			return o, fmt.Errorf("--tree names %q, which is not sensitive", name)
		}
	}
	if o.Orders, err = f.readOrders(); err != nil {
		return o, err
	}
	columns := o.Columns()
	for name := range f.csv.types {
		if !slices.Contains(columns, name) {
			return o, fmt.Errorf("--type names %q, which is no column that is read", name)
		}
	}
	for i, name := range f.sensitive {
		if slices.Contains(f.sensitive[:i], name) || slices.Contains(f.keys, name) {
			return o, fmt.Errorf("--sensitive %q comes twice or is a key", name)
		}
	}
	switch {
	case len(f.keys) == 0:
		return o, errors.New("--keys is required; see sluis risk --help")
	case slices.Contains(f.keys, ""):
		return o, errors.New("--keys holds an empty name")
	case f.k < 0, f.l < 0, f.combinations < 0, f.minCount < 1, f.recursiveL < 1, f.worst < 0, f.keySets < 0, f.sudaSize < 0, f.sudaSize > len(f.keys):
		return o, errors.New("a limit is out of its range")
	case f.l > 0 && len(f.sensitive) == 0:
		return o, errors.New("--l needs --sensitive")
	case !(f.atRisk > 0 && f.atRisk <= 1), !(f.disFraction > 0 && f.disFraction < 1), f.fraction != 0 && !(f.fraction > 0 && f.fraction < 1):
		return o, errors.New("--at-risk is in (0,1], --dis-fraction and --fraction are in (0,1)")
	}
	return o, nil
}

// decimal reads a plain decimal, exactly.
func decimal(s string) (*big.Rat, bool) {
	if len(s) > 18 || strings.Trim(s, "0123456789.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func pick[T any](name string, of map[string]T) (T, bool) {
	v, ok := of[name]
	return v, ok
}

// readOrders reads --order: a sensitive variable and its values in order.
func (f *riskFlags) readOrders() (map[string][]string, error) {
	out := map[string][]string{}
	for _, text := range f.orders {
		name, values, ok := strings.Cut(text, "=")
		list := strings.Split(values, "<")
		if !ok || !slices.Contains(f.sensitive, name) || out[name] != nil || len(list) < 2 {
			return nil, errors.New("--order names a sensitive variable, once, and its values from least to largest: income=low<medium<high")
		}
		out[name] = list
	}
	if len(out) > 0 && f.distance != "ordered" {
		return nil, errors.New("--order belongs to --distance ordered")
	}
	return out, nil
}

// readTrees reads the files of --tree.
func readTrees(files map[string]string) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := openPlain(files[name])
		if err != nil {
			return nil, err
		}
		out[name], err = measure.ReadTree(file)
		file.Close() //nolint:errcheck // read only
		if err != nil {
			return nil, fmt.Errorf("%s: %w", files[name], err)
		}
	}
	return out, nil
}

// input says which files are read, and how.
func (f *riskFlags) input(ctx context.Context, files []string) (in project.Input, o project.Options, err error) {
	if f.form != "" && f.form != "exact" {
		return in, o, usageError(errors.New("--respondent-form is exact, not another word"))
	}
	if o.Trusted, err = publicKeys(f.trust); err != nil {
		return in, o, err
	}
	o.OpenStreams, o.Watch = openStreams(ctx), watch("reading")
	in = project.Input{
		Files: files, Respondent: f.respondent, Household: f.household, Codes: slices.Concat(f.keys, f.sensitive), Sensitive: f.sensitive,
		Weight: f.weight, Ordered: slices.Concat(f.ordered(), f.numbers), Form: sdc.RespondentForm(f.form),
	}
	in.CSV, err = f.csv.options(files)
	return in, o, err
}

// readPopulation reads the population.
func (f *riskFlags) readPopulation(ctx context.Context, data *project.Table, o project.Options) (*project.Table, error) {
	columns := f.keys
	if f.respondent != "" && !slices.Contains(columns, f.respondent) {
		columns = append(slices.Clone(columns), f.respondent)
	}
	in, _, err := f.input(ctx, []string{f.population})
	if err != nil {
		return nil, err
	}
	in.Columns, in.Joined, in.Codes, in.Household = columns, f.keys, nil, ""
	p, err := data.ReadPopulation(ctx, in, o)
	var request *project.RequestError
	switch {
	case errors.Is(err, sdc.ErrLookAlike):
		err = fmt.Errorf("--population: %w", err)
	case errors.As(err, &request) && f.respondent != "":
		err = fmt.Errorf("%w (with --respondent the population is counted in respondents too, and needs the column)", err)
	}
	return p, tableError(err)
}

// tableError adds the cure to errors of reading a table, and gives them their exit status.
func tableError(err error) error {
	if errors.Is(err, sdc.ErrLookAlike) {
		return fmt.Errorf("%w (here: --respondent-form exact, or write one form into the file)", err)
	}
	return requestError(err)
}

// ordered lists the sensitive columns whose values have an order of their own, those of numbers
// and dates, or distances, those of numbers.
func (f *riskFlags) ordered() (out []string) {
	if f.distance != "ordered" && f.distance != "range" {
		return nil
	}
	for _, name := range f.sensitive {
		declared := slices.ContainsFunc(f.orders, func(o string) bool { return strings.HasPrefix(o, name+"=") })
		if f.trees[name] == "" && !declared {
			out = append(out, name)
		}
	}
	return out
}

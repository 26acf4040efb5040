package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
)

// measurement is one run of the risk verb.
type measurement struct {
	f        *riskFlags
	options  riskmetrics.Options
	model    riskmetrics.RiskModel
	score    riskmetrics.SUDAScore
	distance riskmetrics.Distance
	base     riskmetrics.Base
	nulls    riskmetrics.Missing // among sensitive values
	// Limits of attribute disclosure; nil where none was given.
	l, c, alpha, t, beta, delta *big.Rat
	population                  arrow.Table
	orders                      map[string][]string // of sensitive variables
	suppressed                  bool                // nulls were written by local, with a record

	classes *riskmetrics.Classes
	report  *report.Risk
	vectors []vector // per-record results, in the order of the columns
}

type vector struct {
	name   string
	values []float64
	whole  bool
}

// measurement checks the flags.
func (f *riskFlags) measurement() (*measurement, error) {
	m := &measurement{f: f}
	m.suppressed = f.missing == string(sdc.MissingSuppressed)
	policy := f.missing
	if m.suppressed {
		policy = "wildcard"
	}
	missing, err := riskmetrics.ParseMissing(policy)
	if err != nil {
		return nil, err
	}
	m.options = riskmetrics.Options{
		Keys: f.keys, Missing: missing, Weight: f.weight, Respondent: f.respondent, Household: f.household, Threads: f.threads,
	}
	var ok bool
	if m.model, ok = pick(f.model, map[string]riskmetrics.RiskModel{"exact": riskmetrics.Exact, "approx": riskmetrics.Approx, "mu-argus": riskmetrics.MuArgus}); !ok {
		return nil, errors.New("--model is exact, approx or mu-argus")
	}
	if m.score, ok = pick(f.sudaScore, map[string]riskmetrics.SUDAScore{"elliot": riskmetrics.Elliot, "ihsn": riskmetrics.IHSN}); !ok {
		return nil, errors.New("--suda-score is elliot or ihsn")
	}
	if m.distance, ok = pick(f.distance, map[string]riskmetrics.Distance{"equal": riskmetrics.Equal, "ordered": riskmetrics.Ordered, "range": riskmetrics.Range}); !ok {
		return nil, errors.New("--distance is equal, ordered or range")
	}
	if m.nulls, err = riskmetrics.ParseMissing(f.sensitiveMissing); err != nil {
		return nil, err
	}
	if f.logBase != "e" {
		base, err := strconv.ParseUint(f.logBase, 10, 64)
		if err != nil || base < 2 {
			return nil, errors.New("--log-base is e or a whole number above 1")
		}
		m.base = riskmetrics.Base(base)
	}
	if f.l > 0 {
		m.l = whole(f.l)
	}
	for _, x := range []struct {
		flag, text string
		to         **big.Rat
	}{{"c", f.c, &m.c}, {"alpha", f.alpha, &m.alpha}, {"t", f.t, &m.t}, {"beta", f.beta, &m.beta}, {"delta", f.delta, &m.delta}} {
		if x.text == "" {
			continue
		}
		if *x.to, ok = decimal(x.text); !ok {
			return nil, fmt.Errorf("--%s is a decimal number of at least 0", x.flag)
		}
		if len(f.sensitive) == 0 {
			return nil, fmt.Errorf("--%s needs --sensitive", x.flag)
		}
	}
	for name := range f.trees {
		if !slices.Contains(f.sensitive, name) {
			return nil, fmt.Errorf("--tree names %q, which is not sensitive", name)
		}
	}
	if m.orders, err = f.readOrders(); err != nil {
		return nil, err
	}
	columns := m.columns(f)
	for name := range f.csv.types {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("--type names %q, which is no column that is read", name)
		}
	}
	for i, name := range f.sensitive {
		if slices.Contains(f.sensitive[:i], name) || slices.Contains(f.keys, name) {
			return nil, fmt.Errorf("--sensitive %q comes twice or is a key", name)
		}
	}
	switch {
	case len(f.keys) == 0:
		return nil, errors.New("--keys is required; see sluis risk --help")
	case slices.Contains(f.keys, ""):
		return nil, errors.New("--keys holds an empty name")
	case f.k < 0, f.l < 0, f.combinations < 0, f.minCount < 1, f.worst < 0, f.sudaSize < 0, f.sudaSize > len(f.keys):
		return nil, errors.New("a limit is out of its range")
	case f.l > 0 && len(f.sensitive) == 0:
		return nil, errors.New("--l needs --sensitive")
	case !(f.atRisk > 0 && f.atRisk <= 1), !(f.disFraction > 0 && f.disFraction < 1), f.fraction != 0 && !(f.fraction > 0 && f.fraction < 1):
		return nil, errors.New("--at-risk is in (0,1], --dis-fraction and --fraction are in (0,1)")
	}
	return m, nil
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

// run measures everything that was asked for.
func (m *measurement) run(ctx context.Context, data arrow.Table) (*report.Risk, error) {
	c, err := riskmetrics.NewClasses(ctx, data, m.options)
	if err != nil {
		return nil, err
	}
	if data.NumRows() == 0 {
		return nil, sdc.ErrNoRows
	}
	m.classes = c
	m.report = newRiskReport(m, data.NumRows())
	steps := []func(context.Context, arrow.Table) error{
		m.frequencies, m.drivers, m.individual, m.minimalUniques, m.reidentification, m.attributes, m.utility,
	}
	for _, step := range steps {
		if err := step(ctx, data); err != nil {
			return nil, err
		}
	}
	return m.report, nil
}

// frequencies measures k-anonymity and the combinations.
func (m *measurement) frequencies(ctx context.Context, _ arrow.Table) error {
	c, r, f := m.classes, m.report, m.f
	freq := c.SampleFreq()
	m.vectors = append(m.vectors, vector{"class_size", freq, r.Data.Alpha == nil})
	anonymity := c.KAnonymity()
	alone := anonymity.Violations(two)
	r.Alone = report.RiskAlone{Records: alone.Records, Respondents: alone.Respondents}
	r.Histogram("class sizes", freq, classBins)
	uniques := count(freq, func(v float64) bool { return v == 1 })
	if f.respondent != "" {
		uniques = float64(anonymity.Violations(two).Respondents)
	}
	r.Add("sample_uniques", uniques)
	r.Add("smallest_class", anonymity.Value)
	for _, k := range levels(f.k) {
		r.Add(fmt.Sprintf("records_below_%d", k), float64(anonymity.Violations(whole(k)).Records))
	}
	if f.k > 0 {
		of := "records"
		if f.respondent != "" {
			of = "respondents"
		}
		limitRisk(r, "k-anonymity in "+of+": f_k < k is unsafe", whole(f.k), &anonymity)
		if !m.suppressed && c.Missing().Matches() {
			m.certain(&anonymity)
		}
	}
	if f.respondent != "" {
		r.Add("smallest_class_respondents", anonymity.Value)
		for _, k := range levels(f.k) {
			r.Add(fmt.Sprintf("respondents_in_classes_below_%d", k), float64(anonymity.Violations(whole(k)).Respondents))
		}
	}
	if f.weight != "" {
		weighted, err := c.KWeighted()
		switch {
		case errors.Is(err, riskmetrics.ErrWeight):
			m.notMeasured("population frequencies", err, "smallest_population_class")
		case err != nil:
			return err
		default:
			m.vectors = append(m.vectors, vector{"pop_size", c.PopFreq(), false})
			r.Add("smallest_population_class", weighted.Value)
			for _, k := range levels(f.k) {
				r.Add(fmt.Sprintf("records_below_%d_weighted", k), float64(weighted.Violations(whole(k)).Records))
			}
		}
	}
	m.worst()
	if f.combinations == 0 {
		return nil
	}
	least, rare, err := c.Combinations(ctx, f.combinations, f.minCount)
	if err != nil {
		return err
	}
	for _, k := range rare {
		r.Combinations = append(r.Combinations, report.RiskCombination{
			Keys: m.names(k.Keys), Rarest: k.Rarest, Smallest: report.Number(k.Smallest), Classes: k.Classes, Records: k.Records,
		})
	}
	limitRisk(r, fmt.Sprintf("every combination of at most %d keys: fewer than the limit is unsafe", f.combinations), whole(int(f.minCount)), &least)
	return nil
}

// certain judges the classes that reach k, and only by records that may be of others:
// those with a null where the class has a value, or a value where it has a null.
func (m *measurement) certain(anonymity *riskmetrics.Attained) {
	k := whole(m.f.k)
	certain := m.classes.KCertain()
	below := map[uint32]bool{}
	for _, id := range anonymity.Violations(k).Classes {
		below[id] = true
	}
	l := report.RiskLimit{
		Definition: "k-anonymity without what nulls may stand for: fewer than k equal on all keys, nulls being equal to nulls, is review",
		Limit:      float64(m.f.k), Attained: report.Number(certain.Value), Verdict: "safe",
	}
	for _, id := range certain.Violations(k).Classes {
		if !below[id] {
			l.Classes++
			l.Records += m.classes.Size(id)
		}
	}
	if l.Classes > 0 {
		if l.Verdict = "review"; m.report.Verdict == "safe" {
			m.report.Verdict = "review"
		}
	}
	m.report.Limits = append(m.report.Limits, l)
}

// notMeasured says why a measure is not there: the report names it, and its figures
// have no value.
func (m *measurement) notMeasured(what string, err error, figures ...string) {
	m.report.NotMeasured = append(m.report.NotMeasured, what+": "+err.Error())
	for _, name := range figures {
		m.report.Add(name, math.NaN()).Note = err.Error()
	}
}

var two = whole(2)

func whole(n int) *big.Rat { return new(big.Rat).SetInt64(int64(n)) }

func (m *measurement) names(keys []int) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = m.f.keys[k]
	}
	return out
}

// levels are the class sizes that are always reported, with the limit.
func levels(k int) []int {
	out := []int{2, 3, 5, 10}
	if k > 1 && !slices.Contains(out, k) {
		out = append(out, k)
		slices.Sort(out)
	}
	return out
}

func count(values []float64, is func(float64) bool) float64 {
	n := 0
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	return float64(n)
}

// worst lists the smallest classes.
func (m *measurement) worst() {
	c := m.classes
	freq := c.SampleFreq()
	of := make([]float64, c.Len())
	for i, f := range freq {
		if id := c.Class(i); id != riskmetrics.NoClass {
			of[id] = f
		}
	}
	ids := make([]uint32, c.Len())
	for id := range ids {
		ids[id] = uint32(id)
	}
	sort.SliceStable(ids, func(i, j int) bool { return of[ids[i]] < of[ids[j]] })
	for _, id := range ids[:min(len(ids), m.f.worst)] {
		m.report.Worst = append(m.report.Worst, report.RiskClass{Key: c.Key(id), Size: report.Number(of[id])})
	}
}

// drivers says what each key does to the number of those who stand alone.
func (m *measurement) drivers(ctx context.Context, _ arrow.Table) error {
	n := len(m.f.keys)
	for k := range n {
		var rest []int
		for j := range n {
			if j != k {
				rest = append(rest, j)
			}
		}
		p, err := m.classes.Project(ctx, rest...)
		if err != nil {
			return err
		}
		a := p.KAnonymity()
		if m.f.respondent != "" {
			if a, err = p.KRespondents(); err != nil {
				return err
			}
		}
		m.report.Keys = append(m.report.Keys, report.RiskKey{Name: m.f.keys[k], AloneWithout: a.Violations(two).Respondents})
	}
	return nil
}

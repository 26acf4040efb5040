package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
)

// measurement is one run of the risk verb.
type measurement struct {
	f          *riskFlags
	options    riskmetrics.Options
	model      riskmetrics.RiskModel
	score      riskmetrics.SUDAScore
	distance   riskmetrics.Distance
	population arrow.Table

	classes *riskmetrics.Classes
	report  *riskReport
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
	missing, err := riskmetrics.ParseMissing(f.missing)
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
	columns := m.columns(f)
	for name := range f.types {
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

func pick[T any](name string, of map[string]T) (T, bool) {
	v, ok := of[name]
	return v, ok
}

// run measures everything that was asked for.
func (m *measurement) run(ctx context.Context, data arrow.Table) (*riskReport, error) {
	c, err := riskmetrics.NewClasses(ctx, data, m.options)
	if err != nil {
		return nil, err
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
	alone := c.KAnonymity(2)
	r.Alone = riskAlone{Records: alone.Records, Respondents: alone.Respondents}
	r.histogram("class sizes", freq, classBins)
	r.add("sample_uniques", count(freq, func(v float64) bool { return v == 1 }))
	r.add("smallest_class", alone.Attained)
	for _, k := range levels(f.k) {
		r.add(fmt.Sprintf("records_below_%d", k), float64(c.KAnonymity(float64(k)).Records))
	}
	if f.k > 0 {
		a := c.KAnonymity(float64(f.k))
		r.limit("k-anonymity in records: f_k < k is unsafe", float64(f.k), a.Attained, a.Records)
	}
	if f.respondent != "" {
		smallest, err := c.KRespondents(2)
		if err != nil {
			return err
		}
		r.Alone.Respondents, r.Alone.Records = smallest.Respondents, smallest.Records
		r.add("smallest_class_respondents", smallest.Attained)
		for _, k := range levels(f.k) {
			a, err := c.KRespondents(float64(k))
			if err != nil {
				return err
			}
			r.add(fmt.Sprintf("respondents_in_classes_below_%d", k), float64(a.Respondents))
		}
		if f.k > 0 {
			a, err := c.KRespondents(float64(f.k))
			if err != nil {
				return err
			}
			r.limit("k-anonymity in respondents: fewer than k in a class is unsafe", float64(f.k), a.Attained, a.Records)
		}
	}
	if f.weight != "" {
		m.vectors = append(m.vectors, vector{"pop_size", c.PopFreq(), false})
		a := c.KWeighted(2)
		r.add("smallest_population_class", a.Attained)
		for _, k := range levels(f.k) {
			r.add(fmt.Sprintf("records_below_%d_weighted", k), float64(c.KWeighted(float64(k)).Records))
		}
	}
	m.worst()
	if f.combinations == 0 {
		return nil
	}
	found, err := c.Combinations(ctx, f.combinations, f.minCount)
	if err != nil {
		return err
	}
	records := int64(0)
	smallest := math.Inf(1)
	for _, k := range found {
		records = max(records, k.Records)
		smallest = min(smallest, float64(k.Smallest))
		r.Combinations = append(r.Combinations, riskCombination{m.names(k.Keys), k.Smallest, k.Classes, k.Records})
	}
	if len(found) == 0 {
		smallest = float64(f.minCount)
	}
	r.limit(fmt.Sprintf("every combination of at most %d keys: fewer than the limit is unsafe", f.combinations), float64(f.minCount), smallest, records)
	return nil
}

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
		m.report.Worst = append(m.report.Worst, riskClass{c.Key(id), number(of[id])})
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
		a := p.KAnonymity(2)
		if m.f.respondent != "" {
			if a, err = p.KRespondents(2); err != nil {
				return err
			}
		}
		m.report.Keys = append(m.report.Keys, riskKey{Name: m.f.keys[k], AloneWithout: a.Respondents})
	}
	return nil
}

// individual measures individual, household and global risk.
func (m *measurement) individual(ctx context.Context, _ arrow.Table) error {
	c, r := m.classes, m.report
	risk, err := c.Individual(ctx, m.model)
	if err != nil {
		return err
	}
	m.vectors = append(m.vectors, vector{"individual_risk", risk, false})
	g, err := riskmetrics.Global(risk)
	if err != nil {
		return err
	}
	r.add("expected_reidentifications", g.Expected)
	r.add("global_risk", g.Rate)
	r.add("largest_individual_risk", g.Most)
	r.histogram("individual risk", risk, riskBins)
	if m.f.household == "" {
		return nil
	}
	house, err := c.Household(risk)
	if err != nil {
		return err
	}
	m.vectors = append(m.vectors, vector{"household_risk", house, false})
	if g, err = riskmetrics.Global(house); err != nil {
		return err
	}
	r.add("expected_reidentifications_household", g.Expected)
	r.add("global_risk_household", g.Rate)
	r.add("largest_household_risk", g.Most)
	return nil
}

// minimalUniques measures SUDA.
func (m *measurement) minimalUniques(ctx context.Context, _ arrow.Table) error {
	r, f := m.report, m.f
	if !f.suda {
		r.NotMeasured = append(r.NotMeasured, "minimal sample uniques (--suda=false)")
		return nil
	}
	s, err := m.classes.SUDA(ctx, riskmetrics.SUDAOptions{Limit: f.sudaSize, Score: m.score, Threads: f.threads})
	if err != nil {
		return err
	}
	dis, err := s.DIS(f.disFraction)
	if err != nil {
		return err
	}
	m.vectors = append(m.vectors, vector{"suda_score", s.Score, false}, vector{"dis_suda", dis, false})
	most, n := 0.0, 0
	for _, v := range s.Score {
		if v > 0 {
			n++
			most = max(most, v)
		}
	}
	r.add("records_with_minimal_uniques", float64(n))
	r.add("largest_suda_score", most)
	r.add("largest_dis_suda", largest(dis))
	for k := range r.Keys {
		v := s.Contribution[k]
		r.Keys[k].SUDA = &v
	}
	return nil
}

func largest(values []float64) float64 {
	m := 0.0
	for _, v := range values {
		if v > m {
			m = v
		}
	}
	return m
}

// reidentification measures prosecutor, journalist and marketer risk, and the
// uniques of the population.
func (m *measurement) reidentification(ctx context.Context, _ arrow.Table) error {
	c, r, f := m.classes, m.report, m.f
	add := func(who string, x riskmetrics.ReIdentification) {
		r.add(who+"_at_risk", x.AtRisk)
		r.add(who+"_highest", x.Highest)
		r.add(who+"_success", x.Success)
	}
	add("prosecutor", c.Prosecutor(f.atRisk))
	if f.weight != "" {
		x, err := c.EstimatedJournalist(f.atRisk)
		if err != nil {
			return err
		}
		add("estimated_journalist", x)
	}
	if m.population != nil {
		p, err := riskmetrics.NewClasses(ctx, m.population, riskmetrics.Options{Keys: f.keys, Missing: m.options.Missing, Threads: f.threads})
		if err != nil {
			return fmt.Errorf("population: %w", err)
		}
		x, err := c.Journalist(p, f.atRisk)
		if err != nil {
			return err
		}
		add("journalist", x)
		a, err := c.KMap(p, float64(max(2, f.k)))
		if err != nil {
			return err
		}
		r.add("k_map", a.Attained)
		if f.k > 0 {
			r.limit("k-map: fewer than k of the population in a class is unsafe", float64(f.k), a.Attained, a.Records)
		}
	}
	if f.fraction == 0 {
		return nil
	}
	u, err := c.PopulationUniques(f.fraction)
	if err != nil {
		return err
	}
	for _, e := range []struct {
		name   string
		figure string
		v      float64
	}{{"zayatz", "population_uniques_zayatz", u.Zayatz}, {"pitman", "population_uniques_pitman", u.Pitman}, {"pitman-exact", "population_uniques_pitman_exact", u.PitmanExact}, {"snb", "population_uniques_snb", u.SNB}} {
		fig := r.add(e.figure, e.v)
		if why := u.Failed[e.name]; why != nil {
			fig.Note = why.Error()
		}
	}
	r.add("population_uniques_dankar", u.Dankar).Note = u.By
	return nil
}

// attributes measures what is learnt of the sensitive variables.
func (m *measurement) attributes(_ context.Context, data arrow.Table) error {
	c, r, f := m.classes, m.report, m.f
	for _, name := range f.sensitive {
		s, err := c.Sensitive(data, name)
		if err != nil {
			return err
		}
		add := func(figure string, v float64) *riskFigure {
			fig := r.add(figure, v)
			fig.Variable = name
			return fig
		}
		distinct := s.Distinct()
		m.vectors = append(m.vectors, vector{"l_" + name, distinct.Records(c), true})
		add("l_distinct", distinct.Value)
		add("l_entropy", s.Entropy().Value).LogBase = "e"
		rec, err := s.Recursive(f.recursiveL)
		if err != nil {
			return err
		}
		add("c_recursive", rec.Value).Note = fmt.Sprintf("l = %d", f.recursiveL)
		add("alpha", s.AlphaK().Value)
		t, err := s.TCloseness(m.distance)
		if err != nil {
			return err
		}
		add("t", t.Value).Note = f.distance + " distance"
		add("beta", s.BetaLikeness().Value)
		if b, ok := s.EnhancedBeta(); ok {
			add("beta_enhanced", b.Value)
		} else {
			add("beta_enhanced", math.NaN()).Note = "no beta gives enhanced beta-likeness"
		}
		d, err := s.DeltaDisclosure(f.logBase)
		if err != nil {
			return err
		}
		add("delta", d.Value).LogBase = fmt.Sprint(f.logBase)
		if f.l > 0 {
			bad := int64(0)
			for _, id := range distinct.Violating(func(v float64) bool { return v < float64(f.l) }) {
				bad += c.Size(id)
			}
			r.limit("l-diversity of "+name+": fewer than l distinct values in a class is unsafe", float64(f.l), distinct.Value, bad)
		}
	}
	return nil
}

// utility measures what the grouping costs.
func (m *measurement) utility(_ context.Context, _ arrow.Table) error {
	u := m.classes.Utility()
	m.report.add("discernibility", u.Discernibility)
	m.report.add("average_class_size", u.AverageClass)
	m.report.add("share_of_missing_key_values", u.Missing)
	return nil
}

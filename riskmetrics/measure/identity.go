package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// individual measures individual, household and global risk.
func (m *measurement) individual(ctx context.Context, _ arrow.Table) error {
	c, r := m.classes, m.report
	risk, err := c.Individual(ctx, m.o.Model)
	if errors.Is(err, riskmetrics.ErrWeight) {
		names := []string{"expected_reidentifications", "global_risk", "largest_individual_risk"}
		if m.o.Household != "" {
			names = append(names, "expected_reidentifications_household", "global_risk_household", "largest_household_risk")
		}
		m.notMeasured(words.MeasureIndividual, err, names...)
		return nil
	}
	if err != nil {
		return err
	}
	m.vectors = append(m.vectors, vector{"individual_risk", risk, false})
	g, err := m.global(risk)
	if err != nil {
		return err
	}
	r.Add("expected_reidentifications", g.Expected)
	r.Add("global_risk", g.Rate)
	r.Add("largest_individual_risk", g.Most)
	r.Histogram("individual risk", risk, riskBins)
	if m.o.Household == "" {
		return nil
	}
	house, err := c.Household(risk)
	if err != nil {
		return err
	}
	m.vectors = append(m.vectors, vector{"household_risk", house, false})
	if g, err = m.global(house); err != nil {
		return err
	}
	r.Add("expected_reidentifications_household", g.Expected)
	r.Add("global_risk_household", g.Rate)
	r.Add("largest_household_risk", g.Most)
	return nil
}

// global adds up the risks of records, or those of respondents, each with the largest
// of its records.
func (m *measurement) global(risk []float64) (riskmetrics.GlobalRisk, error) {
	each, err := m.classes.OfRespondents(risk)
	if err != nil {
		return riskmetrics.GlobalRisk{}, err
	}
	return riskmetrics.Global(each)
}

// minimalUniques measures SUDA.
func (m *measurement) minimalUniques(ctx context.Context, _ arrow.Table) error {
	r, o := m.report, m.o
	if o.NoSUDA {
		r.NotMeasured = append(r.NotMeasured, words.New(words.NoUniques))
		return nil
	}
	s, err := m.classes.SUDA(ctx, riskmetrics.SUDAOptions{Limit: o.SUDASize, Score: m.o.Score, Threads: o.Threads})
	if errors.Is(err, riskmetrics.ErrRequest) { // the options have been checked: respondents in several classes
		m.notMeasured(words.MeasureUniques, err)
		return nil
	}
	if err != nil {
		return err
	}
	m.vectors = append(m.vectors, vector{"suda_score", s.Score, false})
	dis, err := s.DIS(o.DISFraction)
	if errors.Is(err, riskmetrics.ErrRequest) { // the fraction has been checked: too many keys
		m.notMeasured(words.MeasureScores, err)
	} else if err != nil {
		return err
	} else {
		m.vectors = append(m.vectors, vector{"dis_suda", dis, false})
	}
	most, n := 0.0, 0
	for _, v := range s.Score {
		if v > 0 {
			n++
			most = max(most, v)
		}
	}
	r.Add("records_with_minimal_uniques", float64(n))
	r.Add("largest_suda_score", most)
	if dis != nil {
		r.Add("largest_dis_suda", largest(dis))
	}
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
	c, r, o := m.classes, m.report, m.o
	// The decimal that was written, not the float that is near it.
	threshold, _ := new(big.Rat).SetString(strconv.FormatFloat(o.AtRisk, 'g', -1, 64))
	add := func(who string, x riskmetrics.ReIdentification) {
		r.Add(who+"_at_risk", x.AtRisk(threshold))
		r.Add(who+"_highest", x.Risk.Value)
		r.Add(who+"_success", x.Success)
	}
	add("prosecutor", c.Prosecutor())
	if o.Weight != "" {
		x, err := c.EstimatedJournalist()
		switch {
		case errors.Is(err, riskmetrics.ErrWeight):
			m.notMeasured(words.MeasureJournalist, err, "estimated_journalist_at_risk", "estimated_journalist_highest", "estimated_journalist_success")
		case err != nil:
			return err
		default:
			add("estimated_journalist", x)
		}
	}
	if m.o.Population != nil {
		p, err := riskmetrics.NewClasses(ctx, m.o.Population, riskmetrics.Options{
			Keys: o.Keys, Missing: m.o.Missing, Respondent: o.Respondent, Threads: o.Threads,
		})
		if err != nil {
			return fmt.Errorf("population: %w", err)
		}
		x, err := c.Journalist(ctx, p)
		if err != nil {
			return err
		}
		add("journalist", x)
		a, err := c.KMap(ctx, p)
		if err != nil {
			return err
		}
		r.Add("k_map", a.Value)
		if o.K > 0 {
			limitRisk(r, words.New(words.LimitPopulation), whole(o.K), &a)
		}
		least, most, err := c.Presence(ctx, p)
		if err != nil {
			return err
		}
		r.Add("presence_least", least.Value)
		r.Add("presence_most", most.Value)
	}
	if o.Fraction == 0 {
		return nil
	}
	if _, several := c.Respondents(); several > 0 {
		r.NotMeasured = append(r.NotMeasured, words.New(words.NotMeasured, words.TermOf(words.MeasurePopUniques)).With(words.New(words.ManyClassesEach, words.Count(several))))
		return nil
	}
	u, err := c.PopulationUniques(ctx, o.Fraction)
	if err != nil {
		return err
	}
	for _, e := range []struct {
		figure string
		x      riskmetrics.Estimate
	}{{"zayatz", u.Zayatz}, {"pitman", u.Pitman}, {"pitman_exact", u.PitmanExact}, {"snb", u.SNB}} {
		if fig := r.Add("population_uniques_"+e.figure, e.x.Value); e.x.Err != nil {
			fig.Note = reasonOf(e.x.Err)
		}
	}
	r.Add("population_uniques_dankar", u.Dankar.Value).Note = words.New(words.FigureEstimator, words.TextOf(u.By))
	l, err := c.LogLinear(ctx, riskmetrics.LogLinearOptions{Fraction: o.Fraction})
	if errors.Is(err, riskmetrics.ErrRequest) || errors.Is(err, riskmetrics.ErrEstimator) {
		for _, name := range []string{"tau1", "tau2", "tau1_misfit"} {
			r.Add(name, math.NaN()).Note = reasonOf(err)
		}
		return nil
	} else if err != nil {
		return err
	}
	r.Add("tau1", l.Tau1)
	r.Add("tau2", l.Tau2)
	if fit := r.Add("tau1_misfit", l.Fit1.Z); l.NotDiagnosed != nil {
		fit.Note = reasonOf(l.NotDiagnosed)
	}
	return nil
}

package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc/report"
)

// attributes measures what is learnt of the sensitive variables.
func (m *measurement) attributes(ctx context.Context, data arrow.Table) error {
	var all []*riskmetrics.Sensitive
	for _, name := range m.o.Sensitive {
		s, err := m.classes.Sensitive(ctx, data, name, m.o.SensitiveMissing)
		if errors.Is(err, riskmetrics.ErrRequest) && m.o.Respondent != "" {
			m.refusedAll(name, err)
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, s)
		if err := m.attribute(ctx, name, s); err != nil {
			return err
		}
	}
	if len(all) < 2 {
		return nil
	}
	for i, s := range all {
		others := slices.Delete(slices.Clone(all), i, i+1)
		given, err := s.Given(ctx, others...)
		var distinct riskmetrics.Attained
		if err == nil {
			distinct, err = given.Distinct(ctx)
		}
		if errors.Is(err, riskmetrics.ErrRequest) {
			distinct.Value = math.NaN()
			m.report.NotMeasured = append(m.report.NotMeasured, fmt.Sprintf("l_distinct_jointly of %s: %v", m.o.Sensitive[i], err))
		} else if err != nil {
			return err
		}
		m.report.Add("l_distinct_jointly", distinct.Value).Variable = m.o.Sensitive[i]
	}
	return nil
}

// attribute measures one sensitive variable, and judges its limits.
func (m *measurement) attribute(ctx context.Context, name string, s *riskmetrics.Sensitive) error {
	r, o := m.report, m.o
	closeness := func(ctx context.Context) (riskmetrics.Attained, error) { return s.TCloseness(ctx, m.o.Distance) }
	distance := distanceNames[o.Distance]
	if parent, ok := o.Trees[name]; ok {
		distance = "hierarchical"
		closeness = func(ctx context.Context) (riskmetrics.Attained, error) { return s.TClosenessTree(ctx, parent) }
	}
	if order, ok := m.o.Orders[name]; ok && distance == distanceNames[riskmetrics.Ordered] {
		closeness = func(ctx context.Context) (riskmetrics.Attained, error) { return s.TClosenessOrdered(ctx, order) }
	} else if distance == distanceNames[riskmetrics.Ordered] && !s.HasOrder() {
		return &OrderError{Variable: name}
	}
	base := "e"
	if m.o.LogBase != riskmetrics.E {
		base = fmt.Sprint(uint64(m.o.LogBase))
	}
	for _, x := range []struct {
		figure, note, base string
		limit              *big.Rat
		unsafe             string
		of                 func(context.Context) (riskmetrics.Attained, error)
	}{
		{"l_distinct", "", "", m.o.least(), "l-diversity: fewer than l distinct values in a class", s.Distinct},
		{"l_entropy", "", "e", nil, "", s.Entropy},
		{"c_recursive", fmt.Sprintf("l = %d", o.RecursiveL), "", m.o.C, "recursive (c,l)-diversity: c or above", func(ctx context.Context) (riskmetrics.Attained, error) {
			return s.Recursive(ctx, o.RecursiveL)
		}},
		{"alpha", "", "", m.o.Alpha, "alpha: a larger share of one value in a class", s.MaxShare},
		{"t", distance + " distance", "", m.o.T, "t-closeness: a larger distance", closeness},
		{"beta", "", "", m.o.Beta, "beta-likeness: a larger gain", s.Likeness},
		{"beta_enhanced", "", "", nil, "", s.EnhancedLikeness},
		{"delta", "", base, m.o.Delta, "delta-disclosure: delta or above", func(ctx context.Context) (riskmetrics.Attained, error) { return s.Disclosure(ctx, m.o.LogBase) }},
	} {
		a, err := x.of(ctx)
		if errors.Is(err, riskmetrics.ErrRequest) && o.Respondent != "" {
			// Not defined for respondents with several values: refused alone.
			m.refused(name, x.figure, x.unsafe, x.limit, err)
			continue
		}
		if err != nil {
			return err
		}
		fig := r.Add(x.figure, a.Value)
		fig.Variable, fig.Note, fig.LogBase = name, x.note, x.base
		switch x.figure {
		case "l_distinct":
			m.vectors = append(m.vectors, vector{"l_" + name, a.Records(), true})
		case "alpha":
			if n := a.Violations(two).NotJudged - r.Data.LeftOut; n > 0 {
				r.NotMeasured = append(r.NotMeasured, fmt.Sprintf("records in classes without a value of %s: %d", name, n))
			}
		case "beta_enhanced":
			if math.IsInf(a.Value, 1) {
				fig.Value, fig.Note = report.Number(math.NaN()), "infeasible: no beta gives it, some gain is above -ln q"
			}
		}
		if x.limit != nil {
			limitRisk(r, name+", "+x.unsafe+" is unsafe", x.limit, &a)
		}
	}
	return nil
}

// refused says that a measure of a sensitive variable is not there, and why. A limit on
// it cannot be judged.
func (m *measurement) refused(name, figure, unsafe string, limit *big.Rat, err error) {
	r := m.report
	fig := r.Add(figure, math.NaN())
	fig.Variable, fig.Note = name, err.Error()
	r.NotMeasured = append(r.NotMeasured, fmt.Sprintf("%s of %s: %v", figure, name, err))
	if limit == nil {
		return
	}
	shown, _ := limit.Float64()
	r.Limits = append(r.Limits, report.RiskLimit{
		Definition: name + ", " + unsafe + " is unsafe: not judged, " + err.Error(),
		Limit:      shown, Attained: report.Number(math.NaN()), Verdict: "review",
	})
	if r.Verdict != "unsafe" {
		r.Verdict = "review"
	}
}

// refusedAll is refused for a variable of which nothing is measured.
func (m *measurement) refusedAll(name string, err error) {
	for _, x := range []struct {
		figure, unsafe string
		limit          *big.Rat
	}{
		{"l_distinct", "l-diversity: fewer than l distinct values in a class", m.o.least()}, {"c_recursive", "recursive (c,l)-diversity: c or above", m.o.C},
		{"alpha", "alpha: a larger share of one value in a class", m.o.Alpha}, {"t", "t-closeness: a larger distance", m.o.T},
		{"beta", "beta-likeness: a larger gain", m.o.Beta}, {"delta", "delta-disclosure: delta or above", m.o.Delta},
	} {
		m.refused(name, x.figure, x.unsafe, x.limit, err)
	}
}

// utility measures what the grouping costs.
func (m *measurement) utility(_ context.Context, _ arrow.Table) error {
	u := m.classes.Utility(max(1, int64(m.o.K)))
	m.report.Add("discernibility", u.Discernibility)
	m.report.Add("average_class_size", u.AverageClass)
	m.report.Add("share_of_missing_key_values", u.Missing)
	return nil
}

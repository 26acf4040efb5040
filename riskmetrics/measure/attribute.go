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
	"github.com/sluis-go/sluis/sdc/report/words"
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
			m.report.NotMeasured = append(m.report.NotMeasured, notMeasuredOf("l_distinct_jointly", m.o.Sensitive[i], err))
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
	distance := distanceFacts[o.Distance]
	if parent, ok := o.Trees[name]; ok {
		distance = words.FigureTree
		closeness = func(ctx context.Context) (riskmetrics.Attained, error) { return s.TClosenessTree(ctx, parent) }
	}
	if order, ok := m.o.Orders[name]; ok && distance == words.FigureOrdered {
		closeness = func(ctx context.Context) (riskmetrics.Attained, error) { return s.TClosenessOrdered(ctx, order) }
	} else if distance == words.FigureOrdered && !s.HasOrder() {
		return &OrderError{Variable: name}
	}
	base := "e"
	if m.o.LogBase != riskmetrics.E {
		base = fmt.Sprint(uint64(m.o.LogBase))
	}
	var none words.Message
	for _, x := range []struct {
		figure string
		note   words.Message
		base   string
		limit  *big.Rat
		unsafe words.ID
		of     func(context.Context) (riskmetrics.Attained, error)
	}{
		{"l_distinct", none, "", m.o.least(), words.LimitDistinct, s.Distinct},
		{"l_entropy", none, "e", nil, "", s.Entropy},
		{"c_recursive", words.New(words.FigureOfL, words.Count(int64(o.RecursiveL))), "", m.o.C, words.LimitRecursive, func(ctx context.Context) (riskmetrics.Attained, error) {
			return s.Recursive(ctx, o.RecursiveL)
		}},
		{"alpha", none, "", m.o.Alpha, words.LimitAlpha, s.MaxShare},
		{"t", words.New(distance), "", m.o.T, words.LimitDistance, closeness},
		{"beta", none, "", m.o.Beta, words.LimitLikeness, s.Likeness},
		{"beta_enhanced", none, "", nil, "", s.EnhancedLikeness},
		{"delta", none, base, m.o.Delta, words.LimitDisclosure, func(ctx context.Context) (riskmetrics.Attained, error) { return s.Disclosure(ctx, m.o.LogBase) }},
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
				r.NotMeasured = append(r.NotMeasured, words.New(words.WithoutValue, words.TextOf(name), words.Count(n)))
			}
		case "beta_enhanced":
			if math.IsInf(a.Value, 1) {
				fig.Value, fig.Note = report.Number(math.NaN()), words.New(words.FigureInfeasible)
			}
		}
		if x.limit != nil {
			limitRisk(r, words.New(x.unsafe, words.TextOf(name)), x.limit, &a)
		}
	}
	return nil
}

// refused says that a measure of a sensitive variable is not there, and why. A limit on
// it cannot be judged.
func (m *measurement) refused(name, figure string, unsafe words.ID, limit *big.Rat, err error) {
	r := m.report
	fig := r.Add(figure, math.NaN())
	fig.Variable, fig.Note = name, reasonOf(err)
	r.NotMeasured = append(r.NotMeasured, notMeasuredOf(figure, name, err))
	if limit == nil {
		return
	}
	shown, _ := limit.Float64()
	r.Limits = append(r.Limits, report.RiskLimit{
		Definition: words.New(unsafe, words.TextOf(name)).With(words.New(words.NoteNotJudged)).With(reasonOf(err)),
		Limit:      shown, Attained: report.Number(math.NaN()), Verdict: "review",
	})
	if r.Verdict != "unsafe" {
		r.Verdict = "review"
	}
}

// refusedAll is refused for a variable of which nothing is measured.
func (m *measurement) refusedAll(name string, err error) {
	for _, x := range []struct {
		figure string
		unsafe words.ID
		limit  *big.Rat
	}{
		{"l_distinct", words.LimitDistinct, m.o.least()}, {"c_recursive", words.LimitRecursive, m.o.C},
		{"alpha", words.LimitAlpha, m.o.Alpha}, {"t", words.LimitDistance, m.o.T},
		{"beta", words.LimitLikeness, m.o.Beta}, {"delta", words.LimitDisclosure, m.o.Delta},
	} {
		m.refused(name, x.figure, x.unsafe, x.limit, err)
	}
}

// notMeasuredOf says why a measure of a sensitive variable is not there.
func notMeasuredOf(figure, variable string, err error) words.Message {
	return words.New(words.NotMeasuredOf, words.TextOf(figure), words.TextOf(variable)).With(reasonOf(err))
}

// utility measures what the grouping costs.
func (m *measurement) utility(_ context.Context, _ arrow.Table) error {
	u := m.classes.Utility(max(1, int64(m.o.K)))
	m.report.Add("discernibility", u.Discernibility)
	m.report.Add("average_class_size", u.AverageClass)
	m.report.Add("share_of_missing_key_values", u.Missing)
	return nil
}

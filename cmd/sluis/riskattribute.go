package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc/report"
)

// attributes measures what is learnt of the sensitive variables.
func (m *measurement) attributes(ctx context.Context, data arrow.Table) error {
	var all []*riskmetrics.Sensitive
	for _, name := range m.f.sensitive {
		s, err := m.classes.Sensitive(ctx, data, name, m.nulls)
		if errors.Is(err, riskmetrics.ErrRequest) && m.f.respondent != "" {
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
			m.report.NotMeasured = append(m.report.NotMeasured, fmt.Sprintf("l_distinct_jointly of %s: %v", m.f.sensitive[i], err))
		} else if err != nil {
			return err
		}
		m.report.Add("l_distinct_jointly", distinct.Value).Variable = m.f.sensitive[i]
	}
	return nil
}

// attribute measures one sensitive variable, and judges its limits.
func (m *measurement) attribute(ctx context.Context, name string, s *riskmetrics.Sensitive) error {
	r, f := m.report, m.f
	closeness := func(ctx context.Context) (riskmetrics.Attained, error) { return s.TCloseness(ctx, m.distance) }
	distance := f.distance
	if path, ok := f.trees[name]; ok {
		parent, err := readTree(path)
		if err != nil {
			return err
		}
		distance = "hierarchical"
		closeness = func(ctx context.Context) (riskmetrics.Attained, error) { return s.TClosenessTree(ctx, parent) }
	}
	if order, ok := m.orders[name]; ok && distance == "ordered" {
		closeness = func(ctx context.Context) (riskmetrics.Attained, error) { return s.TClosenessOrdered(ctx, order) }
	} else if distance == "ordered" && !s.HasOrder() {
		return fmt.Errorf("%w: the ordered distance of %q is over text, which has no order but that of its letters: declare one with --order '%s=least<...<largest', or code the values as numbers", riskmetrics.ErrRequest, name, name)
	}
	base := "e"
	if m.base != riskmetrics.E {
		base = fmt.Sprint(uint64(m.base))
	}
	for _, x := range []struct {
		figure, note, base string
		limit              *big.Rat
		unsafe             string
		of                 func(context.Context) (riskmetrics.Attained, error)
	}{
		{"l_distinct", "", "", m.l, "l-diversity: fewer than l distinct values in a class", s.Distinct},
		{"l_entropy", "", "e", nil, "", s.Entropy},
		{"c_recursive", fmt.Sprintf("l = %d", f.recursiveL), "", m.c, "recursive (c,l)-diversity: c or above", func(ctx context.Context) (riskmetrics.Attained, error) {
			return s.Recursive(ctx, f.recursiveL)
		}},
		{"alpha", "", "", m.alpha, "alpha: a larger share of one value in a class", s.MaxShare},
		{"t", distance + " distance", "", m.t, "t-closeness: a larger distance", closeness},
		{"beta", "", "", m.beta, "beta-likeness: a larger gain", s.Likeness},
		{"beta_enhanced", "", "", nil, "", s.EnhancedLikeness},
		{"delta", "", base, m.delta, "delta-disclosure: delta or above", func(ctx context.Context) (riskmetrics.Attained, error) { return s.Disclosure(ctx, m.base) }},
	} {
		a, err := x.of(ctx)
		if errors.Is(err, riskmetrics.ErrRequest) && f.respondent != "" {
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
		{"l_distinct", "l-diversity: fewer than l distinct values in a class", m.l}, {"c_recursive", "recursive (c,l)-diversity: c or above", m.c},
		{"alpha", "alpha: a larger share of one value in a class", m.alpha}, {"t", "t-closeness: a larger distance", m.t},
		{"beta", "beta-likeness: a larger gain", m.beta}, {"delta", "delta-disclosure: delta or above", m.delta},
	} {
		m.refused(name, x.figure, x.unsafe, x.limit, err)
	}
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

// readTree reads a hierarchy: on each line a value and the nodes above it, up to
// the root, by semicolons.
func readTree(path string) (map[string]string, error) {
	file, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma, r.FieldsPerRecord = ';', -1
	lines, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: not a hierarchy with fields by semicolons", path)
	}
	parent := map[string]string{}
	for n, line := range lines {
		for i := range len(line) - 1 {
			if line[i] == line[i+1] {
				continue // a value that a level leaves as it is
			}
			if up, ok := parent[line[i]]; ok && up != line[i+1] {
				return nil, fmt.Errorf("%s, line %d: field %d has two parents", path, n+1, i+1)
			}
			parent[line[i]] = line[i+1]
		}
	}
	return parent, nil
}

// utility measures what the grouping costs.
func (m *measurement) utility(_ context.Context, _ arrow.Table) error {
	u := m.classes.Utility(max(1, int64(m.f.k)))
	m.report.Add("discernibility", u.Discernibility)
	m.report.Add("average_class_size", u.AverageClass)
	m.report.Add("share_of_missing_key_values", u.Missing)
	return nil
}

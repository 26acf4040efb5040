package measure

import (
	"errors"
	"math"
	"math/big"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// begin says what is measured.
func (m *measurement) begin(rows int64) *report.Risk {
	c := m.classes
	missing := c.Missing().String()
	if m.o.Suppressed {
		missing = string(sdc.MissingSuppressed)
	}
	r := report.NewRisk(missing)
	d := &r.Data
	d.Records, d.Classes, d.Keys, d.Sensitive = rows, c.Len(), m.o.Keys, append([]string{}, m.o.Sensitive...)
	d.Weight, d.Respondent, d.Household = m.o.Weight, m.o.Respondent, m.o.Household
	if len(d.Sensitive) > 0 {
		d.Nulls = m.o.SensitiveMissing.String()
	}
	for i := range c.Records() {
		if c.Class(i) == riskmetrics.NoClass {
			d.LeftOut++
		}
	}
	if d.LeftOut > 0 {
		r.NotMeasured = append(r.NotMeasured, words.New(words.LeftOutNulls, words.Count(d.LeftOut)))
	}
	return r
}

// limitRisk judges a limit, exactly: some records violate it, or none do. Where
// none do and there are records of which the limit says nothing, a person judges.
func limitRisk(r *report.Risk, definition words.Message, limit *big.Rat, a *riskmetrics.Attained) {
	v := a.Violations(limit)
	shown, _ := limit.Float64()
	l := report.RiskLimit{Definition: definition, Limit: shown, Attained: report.Number(a.Value), Classes: len(v.Classes), Records: v.Records, Verdict: "safe"}
	if r.Verdict == report.NotJudged {
		r.Verdict = "safe"
	}
	switch {
	case len(v.Classes) > 0:
		l.Verdict, r.Verdict = "unsafe", "unsafe"
	case v.NotJudged > 0:
		if l.Verdict = "review"; r.Verdict == "safe" {
			r.Verdict = "review"
		}
	}
	r.Limits = append(r.Limits, l)
}

var (
	classBins = []float64{0, 2, 3, 5, 10, 20, 50, 100, math.Inf(1)}
	riskBins  = []float64{0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1}
)

// reasonOf says why an error of package riskmetrics refuses a measure.
func reasonOf(err error) words.Message {
	var why *words.Error
	if !errors.As(err, &why) {
		return words.Said(err.Error())
	}
	var parts []words.Message
	var at *riskmetrics.ColumnError
	if errors.As(err, &at) {
		parts = append(parts, words.New(words.RiskAtRow, words.NameOf(at.Column), words.Count(at.Row+1)))
	}
	switch {
	case errors.Is(err, riskmetrics.ErrWeight):
		parts = append(parts, words.New(words.RiskWeight))
	case errors.Is(err, riskmetrics.ErrEstimator):
		parts = append(parts, words.New(words.RiskUnsolved))
	case errors.Is(err, riskmetrics.ErrRequest):
		parts = append(parts, words.New(words.RiskUndefined))
	}
	m := why.Fact
	for i := len(parts) - 1; i >= 0; i-- {
		m = parts[i].With(m)
	}
	return m
}

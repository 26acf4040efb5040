package measure

import (
	"fmt"
	"math"
	"math/big"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
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
		r.NotMeasured = append(r.NotMeasured, fmt.Sprintf("records left out for nulls in keys: %d", d.LeftOut))
	}
	return r
}

// limitRisk judges a limit, exactly: some records violate it, or none do. Where
// none do and there are records of which the limit says nothing, a person judges.
func limitRisk(r *report.Risk, definition string, limit *big.Rat, a *riskmetrics.Attained) {
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

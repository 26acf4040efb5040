package measure

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// apart judges the limits on sensitive variables again, without what nulls may stand for. A
// limit that is unsafe only there is for review. A null hides an unknown value, and
// mostly not the value that would make the class safe:
//
//   - keys: under wildcard and sdcmicro(alpha), a class has the values of records with a null
//     in a key. The second judgement takes a null in a key as equal to a null alone. Nulls
//     that local suppression wrote, with a record that says so, have no second judgement;
//   - sensitive variables: under category, nulls are one more value of a class. The second
//     judgement is over the known values.
//
// Where both apply, each is judged alone, and both together.
func (m *measurement) apart(ctx context.Context, data arrow.Table) error {
	if !m.o.limitsSensitive() {
		return nil
	}
	keys := !m.o.Suppressed && m.o.Missing.Matches()
	values := m.o.SensitiveMissing.String() == string(sdc.MissingCategory)
	said := map[string]bool{}
	for _, l := range m.report.Limits {
		said[l.Definition.String()] = l.Verdict == "unsafe"
	}
	for _, x := range [][2]bool{{true, false}, {false, true}, {true, true}} {
		if x[0] && !keys || x[1] && !values {
			continue
		}
		limits, err := m.without(ctx, data, x[0], x[1])
		if err != nil {
			return err
		}
		for _, l := range limits {
			name := l.Definition.String()
			if l.Verdict != "unsafe" || said[name] {
				continue
			}
			said[name] = true
			l.Definition, l.Verdict = l.Definition.With(words.New(words.NoteApart)), "review"
			m.report.Limits = append(m.report.Limits, l)
			if m.report.Verdict != "unsafe" {
				m.report.Verdict = "review"
			}
		}
	}
	return nil
}

// without judges the limits on sensitive variables with keys whose nulls equal nulls alone,
// or without null sensitive values.
func (m *measurement) without(ctx context.Context, data arrow.Table, keys, values bool) ([]report.RiskLimit, error) {
	o, classes := m.o, m.classes
	var err error
	if values {
		if o.SensitiveMissing, err = riskmetrics.ParseMissing(string(sdc.MissingExclude)); err != nil {
			return nil, err
		}
	}
	if keys {
		if o.Missing, err = riskmetrics.ParseMissing(string(sdc.MissingCategory)); err != nil {
			return nil, err
		}
		classes, err = riskmetrics.NewClasses(ctx, data, riskmetrics.Options{
			Keys: o.Keys, Missing: o.Missing, Weight: o.Weight, Respondent: o.Respondent, Household: o.Household, Threads: o.Threads,
		})
		if err != nil {
			return nil, err
		}
	}
	second := &measurement{o: o, classes: classes}
	second.report = second.begin(data.NumRows())
	err = second.attributes(ctx, data)
	return second.report.Limits, err
}

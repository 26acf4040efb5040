package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sort"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// measurement is one run of [Make].
type measurement struct {
	o       Options
	classes *riskmetrics.Classes
	report  *report.Risk
	vectors []vector // per-record results, in the order of the columns
}

type vector struct {
	name   string
	values []float64
	whole  bool
}

// Make measures everything that the options ask for.
//
// The error is riskmetrics.ErrRequest for options that do not go together or name no column,
// an [OrderError], sdc.ErrNoRows for a table without rows, or one of riskmetrics.
func Make(ctx context.Context, data arrow.Table, o Options) (*Result, error) {
	if err := o.settle(); err != nil {
		return nil, err
	}
	c, err := riskmetrics.NewClasses(ctx, data, riskmetrics.Options{
		Keys: o.Keys, Missing: o.Missing, Weight: o.Weight, Respondent: o.Respondent, Household: o.Household, Threads: o.Threads,
	})
	if err != nil {
		return nil, err
	}
	if data.NumRows() == 0 {
		return nil, sdc.ErrNoRows
	}
	m := &measurement{o: o, classes: c}
	m.report = m.begin(data.NumRows())
	steps := []func(context.Context, arrow.Table) error{
		m.frequencies, m.drivers, m.keySets, m.individual, m.minimalUniques, m.reidentification, m.attributes, m.apart, m.against, m.utility,
	}
	for _, step := range steps {
		if err := step(ctx, data); err != nil {
			return nil, err
		}
	}
	return &Result{Report: m.report, vectors: m.vectors}, nil
}

// frequencies measures k-anonymity and the combinations.
func (m *measurement) frequencies(ctx context.Context, data arrow.Table) error {
	c, r, o := m.classes, m.report, m.o
	freq := c.SampleFreq()
	m.vectors = append(m.vectors, vector{"class_size", freq, r.Data.Alpha == nil})
	anonymity := c.KAnonymity()
	alone := anonymity.Violations(two)
	r.Alone = report.RiskAlone{Records: alone.Records, Respondents: alone.Respondents}
	r.Histogram("class sizes", freq, classBins)
	uniques := count(freq, func(v float64) bool { return v == 1 })
	if o.Respondent != "" {
		uniques = float64(anonymity.Violations(two).Respondents)
	}
	r.Add("sample_uniques", uniques)
	r.Add("smallest_class", anonymity.Value)
	for _, k := range levels(o.K) {
		r.Add(fmt.Sprintf("records_below_%d", k), float64(anonymity.Violations(whole(k)).Records))
	}
	if o.K > 0 {
		limit := words.LimitRecords
		if o.Respondent != "" {
			limit = words.LimitRespondents
		}
		limitRisk(r, words.New(limit), whole(o.K), &anonymity)
		if !m.o.Suppressed && c.Missing().Matches() {
			m.certain(&anonymity)
		}
	}
	if o.Respondent != "" {
		r.Add("smallest_class_respondents", anonymity.Value)
		for _, k := range levels(o.K) {
			r.Add(fmt.Sprintf("respondents_in_classes_below_%d", k), float64(anonymity.Violations(whole(k)).Respondents))
		}
	}
	if o.Weight != "" {
		weighted, err := c.KWeighted()
		switch {
		case errors.Is(err, riskmetrics.ErrWeight):
			m.notMeasured(words.MeasurePopFreq, err, "smallest_population_class")
		case err != nil:
			return err
		default:
			m.vectors = append(m.vectors, vector{"pop_size", c.PopFreq(), false})
			r.Add("smallest_population_class", weighted.Value)
			for _, k := range levels(o.K) {
				r.Add(fmt.Sprintf("records_below_%d_weighted", k), float64(weighted.Violations(whole(k)).Records))
			}
		}
	}
	m.worst()
	if o.Combinations == 0 {
		return nil
	}
	least, rare, err := c.Combinations(ctx, o.Combinations, o.MinCount)
	if err != nil {
		return err
	}
	for _, k := range rare {
		r.Combinations = append(r.Combinations, report.RiskCombination{
			Keys: m.names(k.Keys), Rarest: k.Rarest, Smallest: report.Number(k.Smallest), Classes: k.Classes, Records: k.Records,
		})
	}
	limitRisk(r, words.New(words.LimitCombinations, words.Count(int64(o.Combinations))), whole(int(o.MinCount)), &least)
	if o.Respondent == "" && !o.Suppressed && c.Missing().Matches() {
		return m.certainCombinations(ctx, data, &least)
	}
	return nil
}

// certainCombinations is certain for combinations of keys. For respondents the limit itself
// counts in that way.
func (m *measurement) certainCombinations(ctx context.Context, data arrow.Table, found *riskmetrics.Attained) error {
	o := riskmetrics.Options{Keys: m.o.Keys, Threads: m.o.Threads}
	var err error
	if o.Missing, err = riskmetrics.ParseMissing(string(sdc.MissingCategory)); err != nil {
		return err
	}
	apart, err := riskmetrics.NewClasses(ctx, data, o)
	if err != nil {
		return err
	}
	least, _, err := apart.Combinations(ctx, m.o.Combinations, m.o.MinCount)
	if err != nil {
		return err
	}
	m.reviewed(words.New(words.LimitCertainCombinations, words.Count(int64(m.o.Combinations))), whole(int(m.o.MinCount)), found, &least, apart.Size)
	return nil
}

// certain judges the classes that reach k, and only by records that may be of others:
// those with a null where the class has a value, or a value where it has a null.
func (m *measurement) certain(anonymity *riskmetrics.Attained) {
	certain := m.classes.KCertain()
	m.reviewed(words.New(words.LimitCertain),
		whole(m.o.K), anonymity, &certain, m.classes.Size)
}

// reviewed adds a limit that makes the verdict review at most. It counts the classes that are
// below the limit in certain and not in found; both have the same classes.
func (m *measurement) reviewed(definition words.Message, limit *big.Rat, found, certain *riskmetrics.Attained, size func(uint32) int64) {
	below := map[uint32]bool{}
	for _, id := range found.Violations(limit).Classes {
		below[id] = true
	}
	shown, _ := limit.Float64()
	l := report.RiskLimit{Definition: definition, Limit: shown, Attained: report.Number(certain.Value), Verdict: "safe"}
	for _, id := range certain.Violations(limit).Classes {
		if !below[id] {
			l.Classes++
			l.Records += size(id)
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
func (m *measurement) notMeasured(what words.ID, err error, figures ...string) {
	why := reasonOf(err)
	m.report.NotMeasured = append(m.report.NotMeasured, words.New(words.NotMeasured, words.TermOf(what)).With(why))
	for _, name := range figures {
		m.report.Add(name, math.NaN()).Note = why
	}
}

var two = whole(2)

func whole(n int) *big.Rat { return new(big.Rat).SetInt64(int64(n)) }

func (m *measurement) names(keys []int) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = m.o.Keys[k]
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
	for _, id := range ids[:min(len(ids), m.o.Worst)] {
		m.report.Worst = append(m.report.Worst, report.RiskClass{Key: c.Key(id), Size: report.Number(of[id])})
	}
}

// keySets says how sets of keys tell records apart.
func (m *measurement) keySets(ctx context.Context, _ arrow.Table) error {
	if m.o.KeySets == 0 {
		return nil
	}
	list, err := m.classes.KeySets(ctx, m.o.KeySets)
	if err != nil {
		return err
	}
	for _, x := range list {
		of := strings.Join(m.names(x.Keys), ", ")
		m.report.Add("alone_on", float64(x.Alone)).Variable = of
		m.report.Add("distinction", x.Distinction).Variable = of
		m.report.Add("separation", x.Separation).Variable = of
	}
	return nil
}

// drivers says what each key does to the number of those who stand alone.
func (m *measurement) drivers(ctx context.Context, _ arrow.Table) error {
	n := len(m.o.Keys)
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
		if m.o.Respondent != "" {
			if a, err = p.KRespondents(); err != nil {
				return err
			}
		}
		m.report.Keys = append(m.report.Keys, report.RiskKey{Name: m.o.Keys[k], AloneWithout: a.Violations(two).Respondents})
	}
	return nil
}

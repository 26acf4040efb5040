package measure

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics/against"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// against measures the data beside the original data: links by distance in both directions,
// and interval disclosure.
func (m *measurement) against(ctx context.Context, data arrow.Table) error {
	if m.o.Original == nil {
		return nil
	}
	o, r := m.o, m.report
	part, _ := o.Part.Float64()
	r.Against = &report.RiskAgainst{Records: o.Original.NumRows(), ID: o.OriginalID, Numbers: append([]string{}, o.Numbers...), Nearest: o.Nearest, Part: part}
	switch o.Missing.String() {
	case "refuse", "category", "wildcard":
	default:
		r.NotMeasured = append(r.NotMeasured, words.New(words.NoLinksOfNulls))
		return nil
	}
	keys := slices.DeleteFunc(slices.Clone(o.Keys), func(k string) bool { return slices.Contains(o.Numbers, k) })
	p, err := against.New(ctx, o.Original, data, against.Options{Keys: keys, Numbers: o.Numbers, ID: o.OriginalID, Missing: o.Missing, Threads: o.Threads})
	if err != nil {
		return err
	}
	distances := []against.Distance{against.Gower}
	if len(o.Numbers) > 0 {
		distances = append(distances, against.Euclidean, against.ManhattanRanks)
	}
	for _, d := range distances {
		for _, from := range []against.File{against.After, against.Before} {
			links, err := p.Link(ctx, d, from, o.Nearest)
			if err != nil {
				return err
			}
			if d == against.Gower && from == against.After {
				m.vectors = append(m.vectors, vector{"link_chance", links.Records(), false})
			}
			if err := m.links(links, d, from); err != nil {
				return err
			}
		}
	}
	if len(o.Numbers) > 0 {
		if err := m.intervals(ctx, p); err != nil {
			return err
		}
	}
	cost, err := p.Cost(ctx)
	if err != nil {
		return err
	}
	m.cost(cost)
	if gone := int64(p.Records(against.Before) - p.Paired()); gone > 0 {
		r.NotMeasured = append(r.NotMeasured, words.New(words.NotInReleased, words.Count(gone)))
	}
	r.NotMeasured = append(r.NotMeasured, words.New(words.OtherAttackers), words.New(words.OtherAnalyses))
	return nil
}

// links adds the figures of a distance and a direction.
func (m *measurement) links(links *against.Links, d against.Distance, from against.File) error {
	name := "linked"
	if from == against.Before {
		name = "found"
	}
	kind := strings.ReplaceAll(d.String(), "-", "_")
	for _, k := range slices.Compact([]int{1, m.o.Nearest}) {
		f, err := links.Among(k)
		if err != nil {
			return err
		}
		share := func(x float64) float64 {
			if f.Records == 0 {
				return math.NaN()
			}
			return x / float64(f.Records)
		}
		m.report.Add(fmt.Sprintf("%s_%d_%s", name, k, kind), share(f.Expected)).Note = words.New(words.FigureLinks, words.Count(f.Certain), words.Count(f.Possible), words.Count(f.Records))
		if d == against.Gower {
			m.report.Add(fmt.Sprintf("%s_%d_blindly", name, k), share(f.Chance))
		}
	}
	return nil
}

// decimalOf is a part as a plain decimal.
func decimalOf(part *big.Rat) string {
	s := part.FloatString(18)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// intervals adds the figures of interval disclosure.
func (m *measurement) intervals(ctx context.Context, p *against.Pair) error {
	for _, w := range []against.Width{against.Deviations, against.Relative, against.Ranks} {
		found, err := p.Intervals(ctx, w, m.o.Part)
		if err != nil {
			return err
		}
		share := func(n int64) float64 {
			if found.Records == 0 {
				return math.NaN()
			}
			return float64(n) / float64(found.Records)
		}
		note := words.New(words.FigurePart, words.Decimal(decimalOf(m.o.Part)))
		m.report.Add("within_"+w.String()+"_all", share(found.All)).Note = note
		for i, name := range found.Names {
			f := m.report.Add("within_"+w.String(), share(found.Within[i]))
			f.Variable, f.Note = name, note
		}
	}
	return nil
}

// cost adds what the protection cost the data.
func (m *measurement) cost(c *against.Cost) {
	add := func(name string, v float64, variable string) { m.report.Add(name, v).Variable = variable }
	if len(c.Numbers) > 0 {
		add("il1_sum", c.IL1, "")
		add("il1s_sum", c.IL1s, "")
		add("il1s_mean", c.IL1sMean, "")
	}
	for _, n := range c.Numbers {
		add("il1", n.IL1, n.Name)
		add("il1s", n.IL1s, n.Name)
		add("mean_shift", n.Mean, n.Name)
		add("variance_ratio", n.Variance, n.Name)
	}
	if len(c.Numbers) > 1 {
		add("correlation_change", c.Correlation, "")
		add("correlation_change_largest", c.LargestCorrelation, "")
		add("eigenvalue_change", c.Eigen, "")
	}
	worst := -1 // of the tables of two keys
	for i, t := range c.Tables {
		if len(t.Keys) == 1 {
			add("hellinger", t.Hellinger, t.Keys[0])
			add("table_distance", t.Absolute, t.Keys[0])
		} else if worst < 0 || t.Hellinger > c.Tables[worst].Hellinger {
			worst = i
		}
	}
	if worst >= 0 {
		t := c.Tables[worst]
		add("hellinger_pair", t.Hellinger, strings.Join(t.Keys, ", "))
		add("table_distance_pair", t.Absolute, strings.Join(t.Keys, ", "))
	}
	for _, v := range c.Values {
		share := func(n int64) float64 {
			if v.Values == 0 {
				return math.NaN()
			}
			return float64(n) / float64(v.Values)
		}
		add("share_suppressed", share(v.Suppressed), v.Name)
		add("entropy_suppressed", v.Entropy, v.Name)
		add("share_changed", share(v.Changed), v.Name)
	}
}

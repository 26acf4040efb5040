package sdc

import (
	"cmp"
	"context"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/internal/evidence"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/observed"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// The statistics of sums and of endpoints. Quantiles have names of their own.
var (
	sumStatistics = []string{"sum", "mean", "count"}
	endpoints     = []string{"min", "max", "range"}
)

var percentileName = regexp.MustCompile(`^p([0-9]|[1-9][0-9])(\.[0-9]{1,6})?$`)

// quantileOf returns the quantile that a statistic names: median, or p with a percentage above
// 0 and below 100. It returns false for another statistic.
func quantileOf(statistic string, kind int) (observed.Quantile, bool) {
	percent := "50"
	if statistic != "median" {
		if !percentileName.MatchString(statistic) {
			return observed.Quantile{}, false
		}
		percent = statistic[1:]
	}
	x, _ := new(big.Rat).SetString(percent)
	x.Quo(x, big.NewRat(100, 1))
	return observed.Quantile{Num: x.Num().Int64(), Den: x.Denom().Int64(), Type: cmp.Or(kind, 7)}, x.Sign() > 0
}

// validateStatistics reports the first thing that is wrong with the statistics of o.
func (o *Output) validateStatistics(fail func(string, ...any) error) error {
	if len(o.Statistics) > 0 && o.Kind != Magnitude {
		return fail("statistics belong to a magnitude table")
	}
	ordered, quantiles := false, false
	for _, s := range o.Statistics {
		_, quantile := quantileOf(s, 0)
		if !quantile && !slices.Contains(sumStatistics, s) && !slices.Contains(endpoints, s) {
			return fail("statistic %q is not known: known are %s, median, and percentiles above p0 and below p100, such as p25 and p99.9",
				s, strings.Join(slices.Concat(sumStatistics, endpoints), ", "))
		}
		quantiles = quantiles || quantile
		ordered = ordered || quantile || slices.Contains(endpoints, s)
	}
	switch {
	case o.QuantileType != 0 && !slices.Contains([]int{2, 6, 7}, o.QuantileType):
		return fail("quantile type %d is not known: known are 2, 6 and 7", o.QuantileType)
	case o.QuantileType != 0 && !quantiles:
		return fail("a quantile type belongs to a table with a median or percentiles")
	case o.PerRespondent && !ordered:
		return fail("observations per respondent belong to a table with a median, percentiles, or endpoints: sums, means and counts are the same")
	}
	return nil
}

// onlyQuantiles reports whether a magnitude table publishes quantiles and nothing else.
func (o *Output) onlyQuantiles() bool {
	for _, s := range o.Statistics {
		if _, is := quantileOf(s, 0); !is {
			return false
		}
	}
	return len(o.Statistics) > 0
}

// observing is what a tabulation gathers of the observations of its cells.
type observing struct {
	request  observed.Request
	names    []string       // of the quantiles of the request: the first statistic for each
	of       map[string]int // statistic -> quantile of the request
	holdings bool           // units are holdings too
}

// observe plans the order statistics of a magnitude table; nil where it has none.
func (pl *plan) observe(o *Output, p *Policy) (*observing, error) {
	x := &observing{of: map[string]int{}, holdings: pl.holding >= 0 && !p.MinHoldings.Off}
	q := &x.request
	for _, s := range o.Statistics {
		if slices.Contains(endpoints, s) {
			q.Ends = true
		}
		if y, is := quantileOf(s, o.QuantileType); is {
			if pl.weight >= 0 {
				return nil, outputsError("output %q: sluis computes no %s of data with weights: leave the statistic out, and have a reviewer look at it", o.Name, s)
			}
			if !slices.Contains(q.Quantiles, y) {
				q.Quantiles = append(q.Quantiles, y)
			}
		}
	}
	if o.PerRespondent && pl.respondent < 0 {
		return nil, outputsError("output %q: observations are per respondent, and the data name no respondent", o.Name)
	}
	if len(q.Quantiles) == 0 && (!q.Ends || pl.weight >= 0) {
		return nil, nil //nolint:nilnil // nothing to gather
	}
	slices.SortFunc(q.Quantiles, func(a, b observed.Quantile) int { return cmp.Compare(a.Num*b.Den, b.Num*a.Den) })
	x.names = make([]string, len(q.Quantiles))
	for _, s := range o.Statistics {
		if y, is := quantileOf(s, o.QuantileType); is {
			k := slices.Index(q.Quantiles, y)
			x.of[s], x.names[k] = k, cmp.Or(x.names[k], s)
		}
	}
	q.PerRespondent = o.PerRespondent
	q.Tail = 1
	if !p.QuantileTail.Off {
		q.Tail = p.QuantileTail.Tail
	}
	q.Least = [observed.Roles]int64{1, 1}
	if !p.MinContributors.Off {
		q.Least[observed.Respondent] = p.MinContributors.Min
	}
	if !p.MinHoldings.Off {
		q.Least[observed.Holding] = p.MinHoldings.Min
	}
	return x, nil
}

// newLog returns a log of the observations of a tabulation; nil where it needs none.
func (pl *plan) newLog(t *tabulation) *observed.Log {
	if t.observing == nil {
		return nil
	}
	return observed.New(len(t.by), pl.respondent >= 0, t.observing.holdings)
}

// observe adds the observations of a batch to the log of table k.
func (w *worker) observe(k int, b *evidence.Batch) error {
	l := w.logs[k]
	if l == nil {
		return nil
	}
	before := l.Bytes()
	err := l.Add(&observed.Batch{
		Rows: b.Rows, Cols: b.Cols, Cards: b.Cards, Respondent: b.Respondent, RespondentKey: b.RespondentKey,
		Holding: b.Holding, HoldingKey: b.HoldingKey, HoldingNull: b.HoldingNull, Response: b.Response,
	})
	if err != nil {
		return outputsError("output %q: %v", w.pl.tabs[k].output.Name, err)
	}
	if most := w.pl.memory; most > 0 && w.pl.held.Add(l.Bytes()-before) > most/2 {
		return outputsError("output %q: the observations of its median, percentiles or endpoints do not fit into half of the memory budget, at %d bytes an observation: give more memory, or leave these statistics out", w.pl.tabs[k].output.Name, l.RowBytes())
	}
	return nil
}

// observations are the order statistics of the cells of a table.
type observations struct {
	*observing
	cells []observed.Cell
	unit  exact.Unit
}

// observe finds the order statistics of the published cells.
func (t *Table) observe(ctx context.Context, l *observed.Log, o *observing, levels []evidence.Levels, combos [][]int, digits int, opts Options) error {
	cards, n := t.cards(), l.Cells()
	to := make([][]uint32, len(combos))
	for k, combo := range combos {
		to[k] = make([]uint32, n)
		var which []int
		cols := make([][]uint32, len(levels))
	cells:
		for g := range n {
			to[k][g] = observed.NoCell
			for v := range levels {
				if levels[v][combo[v]][l.Codes(v)[g]] == evidence.NoNode {
					continue cells
				}
			}
			for v := range levels {
				cols[v] = append(cols[v], levels[v][combo[v]][l.Codes(v)[g]])
			}
			which = append(which, g)
		}
		ids := make([]uint32, len(which))
		t.index().Insert(cols, cards, ids)
		for i, g := range which {
			if int(ids[i]) >= t.m.N {
				panic("sdc: an observation lies in no cell")
			}
			to[k][g] = ids[i]
		}
	}
	shift := l.Shift()
	found, err := l.Look(ctx, to, t.m.N, &o.request, opts.threads())
	if err != nil {
		return err
	}
	t.observed = &observations{o, found, exact.Unit{Digits: digits, Shift: shift}}
	return nil
}

// value returns a quantile of a cell.
func (o *observations) value(f *observed.Found) *big.Rat {
	low := o.unit.Rat(f.Low)
	if f.Part.Num == 0 {
		return low
	}
	way := new(big.Rat).Sub(o.unit.Rat(f.High), low)
	return low.Add(low, way.Mul(way, big.NewRat(f.Part.Num, f.Part.Den)))
}

// Statistic returns the exact value of a statistic of the cell: a median, a percentile, or an
// endpoint. Of the observations x[1] <= ... <= x[n] the part p has the value at the place h,
//
//	type 7  h = (n - 1) p + 1
//	type 6  h = (n + 1) p, at least 1 and at most n
//	type 2  h = n p; the mean of x[h] and x[h+1] where h is whole, else the next x
//
// and types 6 and 7 go linearly from x[h] to the next where h is no whole number. A median is
// the part 1/2.
//
// Statistic returns nil where the output does not publish the statistic, where the cell has
// no value, and for endpoints of data with weights. A cell that [Report.Status] does not call
// safe has its value too.
func (c Cell) Statistic(name string) *big.Rat {
	o := c.t.observed
	if o == nil || !c.t.output.publishes(name) || o.cells[c.i].N == 0 {
		return nil
	}
	x := &o.cells[c.i]
	if k, is := o.of[name]; is {
		return o.value(&x.Quantiles[k])
	}
	switch name {
	case "min":
		return o.unit.Rat(x.Min.Value)
	case "max":
		return o.unit.Rat(x.Max.Value)
	case "range":
		return o.unit.Rat(x.Max.Value.Sub(x.Min.Value))
	}
	return nil
}

// needsRecords refuses statistics of observations for a table that is given as cells.
func (o *Output) needsRecords() error {
	for _, s := range o.Statistics {
		if _, is := quantileOf(s, 0); is {
			return outputsError("output %q: a %s is found from records, and the data are cells: leave the statistic out", o.Name, s)
		}
	}
	if o.PerRespondent {
		return outputsError("output %q: observations per respondent are about records, and the data are cells: leave them out", o.Name)
	}
	return nil
}

// quantileType returns the type of the medians and percentiles of an output, 0 for none.
func (o *Output) quantileType() int {
	for _, s := range o.Statistics {
		if _, is := quantileOf(s, 0); is {
			return cmp.Or(o.QuantileType, 7)
		}
	}
	return 0
}

// quantilesApart remarks, for review, on two outputs that publish medians or percentiles of one
// response, each one that the other does not publish: another percentage, another type, or of
// other observations. QuantileTail compares the quantiles of one output alone, and every two
// tables have cells in common, at least the total, from which either can be published.
// Quadratic in the outputs.
func quantilesApart(outputs []Output, p *Policy) []Remark {
	if p.QuantileTail.Off {
		return nil
	}
	type quantile struct {
		observed.Quantile
		perRespondent bool
	}
	sets := make([]map[quantile]bool, len(outputs))
	for i := range outputs {
		o := &outputs[i]
		sets[i] = map[quantile]bool{}
		for _, s := range o.Statistics {
			if q, is := quantileOf(s, o.QuantileType); is {
				sets[i][quantile{q, o.PerRespondent}] = true
			}
		}
	}
	within := func(a, b map[quantile]bool) bool {
		for q := range a {
			if !b[q] {
				return false
			}
		}
		return true
	}
	var out []Remark
	for j := range outputs {
		for i := range j {
			if outputs[i].Response != outputs[j].Response || within(sets[i], sets[j]) || within(sets[j], sets[i]) {
				continue
			}
			out = append(out, Remark{
				Name: "quantiles-of-two", Column: outputs[i].Response, Verdict: Review,
				Message: words.New(words.QuantilesOfTwo, words.NameOf(outputs[i].Name), words.NameOf(outputs[j].Name)),
			})
		}
	}
	return out
}

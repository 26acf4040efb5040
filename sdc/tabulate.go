package sdc

import (
	"context"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
)

// totals are counts over all rows read.
type totals struct {
	rows, respondents int64
	overlap           bool // some respondent has rows of several holdings
	remarks           []Remark
	broken            []int64 // of each declared relation, the rows that break it
	alike             []Remark
}

// tables makes the tables of the outputs of a subset from the rows that were gathered.
func (s *subset) tables(ctx context.Context, in *input, p *Policy, opts Options) ([]*outputTables, totals, error) {
	var sum totals
	var err error
	pl, w := s.pl, s.w
	sum.rows, sum.respondents = w.rows, w.rows
	if c := pl.respondent; c >= 0 && !w.keyed[c] {
		sum.respondents = int64(w.encoders[c].Len())
	}
	if w.rows == 0 {
		if len(s.where) > 0 {
			return nil, sum, fmt.Errorf("%w: output %q: no row meets all conditions of its where", ErrNoRows, s.outputs[0].Name)
		}
		return nil, sum, ErrNoRows
	}
	for k := range w.broken {
		if b := &w.broken[k]; b.records > 0 && b.respondents(pl) >= pl.exceptions {
			who := "1 record breaks it"
			if b.records > 1 {
				who = fmt.Sprintf("%d records break it", b.records)
			}
			return nil, sum, outputsError("relation %d of the declared ones does not hold: %s; correct the relation or the data, or leave the relation out", k+1, who)
		}
		sum.broken = append(sum.broken, w.broken[k].records)
	}
	if sum.alike, err = w.unitLooks(pl); err != nil {
		return nil, sum, err
	}
	vars := make([]*Variable, len(pl.columns))
	ranks := make([][]uint32, len(pl.columns))
	lists := make([]*column.List, len(pl.columns))
	for c := range pl.columns {
		if !pl.spans(c) {
			continue
		}
		var list *column.List
		list, ranks[c] = w.encoders[c].Finish()
		lists[c] = list
		excluded := pl.data.missing(pl.columns[c].name) == MissingExclude
		if vars[c], err = newVariable(pl.columns[c].name, list, pl.columns[c].hierarchy, excluded); err != nil {
			return nil, sum, err
		}
		if pl.columns[c].amount {
			if err := vars[c].addValues(list, w.comma[c]); err != nil {
				return nil, sum, err
			}
		}
		sum.alike = append(sum.alike, codesLook(vars[c].Name, pl.columns[c].sensitive, vars[c].leafTexts)...)
	}
	var out []*outputTables
	var all []*Table
	names := &evidence.Names{}
	for k, t := range pl.tabs {
		if (t.known || t.pair) && w.accumulators[k].Rows() == 0 {
			continue // no respondent has a known value
		}
		table, err := w.table(ctx, pl, k, vars, ranks, p, opts)
		if err != nil {
			return nil, sum, err
		}
		table.nameSoles(names)
		all = append(all, table)
		if c := pl.respondent; c >= 0 && w.keyed[c] && len(t.exclude) == 0 {
			sum.respondents = w.accumulators[k].Respondents()
		}
		switch {
		case t.line < 0:
			out = append(out, &outputTables{main: table})
		case t.pair:
			last := out[len(out)-1]
			last.pairs = append(last.pairs, table)
		case t.known:
			last := out[len(out)-1]
			table.addFullLines(last.sensitive[len(last.sensitive)-1], p)
			last.known = append(last.known, table)
		default:
			last := out[len(out)-1]
			last.sensitive = append(last.sensitive, table)
		}
	}
	nameLargest(all, names)
	sum.remarks = slices.Concat(w.notPseudonymised(pl, lists), in.grouped(pl), in.openStreams())
	if w.overlap != nil {
		if sum.overlap, err = w.overlap.Any(ctx, opts.threads()); err != nil {
			return nil, sum, err
		}
	}
	return out, sum, nil
}

// spans reports whether a column spans any table.
func (pl *plan) spans(c int) bool {
	for _, t := range pl.tabs {
		if slices.Contains(t.by, c) {
			return true
		}
	}
	return false
}

// table closes the accumulator of a tabulation.
func (w *worker) table(ctx context.Context, pl *plan, k int, vars []*Variable, ranks [][]uint32, p *Policy, opts Options) (*Table, error) {
	tab, acc := pl.tabs[k], w.accumulators[k]
	if acc.Rows() == 0 {
		return nil, fmt.Errorf("%w: output %q: every row is left out for missing values", ErrNoRows, tab.output.Name)
	}
	t := &Table{output: tab.output, weighting: p.Weighting, byHolding: pl.holding >= 0, rows: acc.Rows(), exclude: w.excluded[k], combos: map[string]bool{}}
	if tab.line >= 0 {
		// The sensitive variable of a class is a line of its own.
		o := *tab.output
		o.Sensitive = []string{pl.columns[tab.by[tab.line]].name}
		t.output = &o
	}
	levels := make([]evidence.Levels, len(tab.by))
	for v, c := range tab.by {
		x := vars[c]
		x, err := x.folded(tab.output)
		if err != nil {
			return nil, err
		}
		t.vars = append(t.vars, *x)
		levels[v] = x.levels(ranks[c])
	}
	combos, n := tab.combos(t.vars, p)
	m, hidden, err := acc.Table(ctx, levels, combos, n, opts.threads())
	if err != nil {
		return nil, err
	}
	t.m, t.nodes, t.hidden, t.units = *m, m.Nodes, hidden, acc.Units()
	t.coded = codedOf(acc, t.units.Response, p.MinContributors.Min)
	if m.Equal != nil {
		t.alike = &agreement{
			equal: m.Equal, share: m.Share, common: m.Common, ownerShare: m.OwnerShare, ownerCommon: m.OwnerCommon, unit: t.units.Response,
		}
	}
	for _, combo := range combos[:n] {
		t.combos[comboKey(combo)] = true
	}
	if tab.observing != nil {
		if err := t.observe(ctx, w.logs[k], tab.observing, levels, combos[:n], w.digits[tab.response], opts); err != nil {
			return nil, err
		}
	}
	if tab.asked {
		w.asks.close()
		w.asked[k].Only(w.asks.has)
		return t, t.addAsked(ctx, w.asked[k], levels, combos, opts)
	}
	if tab.output.Kind == Microdata && tab.line < 0 {
		return t, t.match(pl.data)
	}
	return t, nil
}

// addAsked stores, for each cell, the largest contribution of a unit that asked for
// protection.
func (t *Table) addAsked(ctx context.Context, acc *evidence.Accumulator, levels []evidence.Levels, combos [][]int, opts Options) error {
	margins, err := acc.Margins(ctx, levels, combos, opts.threads())
	if err != nil {
		return err
	}
	t.asked = map[int]num{}
	cards := t.cards()
	up := t.units.Response.Shift - acc.Units().Response.Shift
	for _, m := range margins {
		ids := make([]uint32, m.N)
		t.index().Insert(m.Nodes, cards, ids)
		for i, id := range ids {
			if x := m.Top.At(i, 0).Value; x.Sign() != 0 {
				t.asked[int(id)] = shiftUp(x, up)
			}
		}
	}
	return nil
}

package sdc

import (
	"context"
	"slices"

	"github.com/sluis-go/sluis/sdc/basis"
	"github.com/sluis-go/sluis/sdc/population"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// subset is the part of the records that some outputs are about, with their plan. Every
// subset has workers of its own, which see its rows and no others: an output is judged as if
// the file had the rows of its population alone. The first subset is all records.
type subset struct {
	where   population.Where
	outputs []Output
	at      []int // their positions in the request
	pl      *plan
	b       *budget
	w       *worker // that has gathered the rows
}

// newSubsets sorts the outputs by their population.
func newSubsets(d *Data, outputs []Output, p *Policy) ([]*subset, error) {
	if err := validOutputs(d, outputs); err != nil {
		return nil, err
	}
	all := []*subset{{}}
	for i, o := range outputs {
		w := slices.Concat(d.Where, o.Where)
		k := slices.IndexFunc(all, func(s *subset) bool { return s.where.Key() == w.Key() })
		if k < 0 {
			k = len(all)
			all = append(all, &subset{where: w})
		}
		all[k].outputs, all[k].at = append(all[k].outputs, o), append(all[k].at, i)
	}
	for k, s := range all {
		data := *d
		if k > 0 {
			// What is declared of every record is held against all records once.
			data.Declared.Relations, data.Declared.Bounds = nil, nil
		}
		if len(s.outputs) == 0 { // all records are counted, and no output is about all
			data.Roles = Roles{Respondent: d.Roles.Respondent}
			s.outputs = []Output{{Name: "all records", Kind: Model, Parameters: 1}}
		}
		var err error
		if s.pl, err = newPlan(&data, s.outputs, p, s.where); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// counts describes the population of a subset; nil for all records.
func (s *subset) counts(sum *totals) *basis.Population {
	if len(s.where) == 0 {
		return nil
	}
	return &basis.Population{Where: s.where.String(), Rows: sum.rows, Respondents: sum.respondents}
}

// remarks says what a reader must know of a population.
func (s *subset) remarks() (out []Remark) {
	if s.w.picker != nil {
		for name, n := range s.w.picker.Absent {
			out = append(out, Remark{
				Name: "where-absent", Column: name, Count: n, Verdict: Review,
				Message: words.New(words.WhereAbsent, words.NameOf(name), words.Count(n)),
			})
		}
	}
	if len(s.where) == 0 || s.pl.request < 0 || s.pl.respondent < 0 && s.pl.holding < 0 {
		return out
	}
	for i := range s.outputs {
		if s.outputs[i].Kind == Magnitude {
			out = append(out, Remark{
				Name: "where-request", Column: s.pl.data.Roles.Request, Verdict: Review,
				Message: words.New(words.WhereRequest, words.NameOf(s.outputs[i].Name)),
			})
		}
	}
	return out
}

// merge adds the totals of a population.
func (t *totals) merge(o *totals) {
	t.overlap = t.overlap || o.overlap
	t.remarks, t.alike = append(t.remarks, o.remarks...), append(t.alike, o.alike...)
}

// tabulate runs the whole pass: intake by workers, one merge, and the margins of every table.
func tabulate(ctx context.Context, d *Data, outputs []Output, p *Policy, opts Options) ([]*outputTables, totals, error) {
	var sum totals
	subsets, err := newSubsets(d, outputs, p)
	if err != nil {
		return nil, sum, err
	}
	in, done, err := d.input.ready(ctx)
	if err != nil {
		return nil, sum, err
	}
	defer done()
	if err := d.names(in); err != nil {
		return nil, sum, err
	}
	own := opts
	if len(subsets) > 1 && opts.Memory > 0 {
		own.Memory = (opts.Memory + int64(len(subsets)) - 1) / int64(len(subsets))
	}
	for _, s := range subsets {
		if opts.Sole && len(s.at) > 0 {
			s.pl.noteSoles(p)
		}
		s.pl.memory = own.Memory
		if s.b, err = newBudget(s.pl, own); err != nil {
			return nil, sum, err
		}
		defer s.b.close()
	}
	if err := in.read(ctx, subsets, opts); err != nil {
		return nil, sum, err
	}
	out := make([]*outputTables, len(outputs))
	for k, s := range subsets {
		tables, of, err := s.tables(ctx, in, p, opts)
		if err != nil {
			return nil, sum, err
		}
		if k == 0 {
			sum = of
		} else {
			sum.merge(&of)
		}
		sum.remarks = append(sum.remarks, s.remarks()...)
		for j, i := range s.at {
			out[i] = tables[j]
			out[i].population, out[i].of = s.where, s.counts(&of)
		}
	}
	return out, sum, nil
}

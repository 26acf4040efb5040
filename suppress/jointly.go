package suppress

import (
	"context"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/suppress/internal/hide"
)

// known lists what is known of the columns: see related and jointly.
func (p *Publication) known(ctx context.Context, tables []int, o *Options) ([]sdc.Remark, error) {
	columns, err := related(ctx, p.report, tables, o.Recheck)
	if err != nil {
		return nil, err
	}
	more, err := p.jointly(ctx, o.Threads)
	return append(columns, more...), err
}

// jointly asks what the patterns tell who knows more of the responses: that one is at most
// another, and declared bounds. Where that is too much, or is not decided, it is for review.
// Bounds that were reckoned with are in p.settled.
func (p *Publication) jointly(ctx context.Context, threads int) (out []sdc.Remark, err error) {
	var groups []*hide.Tables
	var patterns []*hide.Pattern
	for _, t := range p.Tables {
		if t.pattern != nil && !slices.Contains(groups, t.tables) {
			groups, patterns = append(groups, t.tables), append(patterns, t.pattern)
		}
	}
	said := p.report.Declared()
	list, err := hide.Jointly(ctx, groups, patterns, said.Range, threads)
	if err != nil {
		return nil, err
	}
	open := map[string]bool{}
	for _, x := range list {
		switch {
		case x.Larger == "":
			open[x.Response] = open[x.Response] || x.Open > 0
		case x.Open > 0:
			out = append(out, sdc.Remark{
				Name: string(words.SmallerResponse), Column: x.Response, Count: int64(x.Open), Verdict: sdc.Review,
				Message: words.New(words.SmallerResponse, words.NameOf(x.Response), words.NameOf(x.Larger)),
			})
		}
	}
	for _, x := range list {
		if x.Larger == "" && !open[x.Response] && !slices.Contains(p.settled, x.Response) && p.responseAlone(x.Response) {
			p.settled = append(p.settled, x.Response)
			out = append(out, sdc.Remark{
				Name: string(words.BoundsReckoned), Column: x.Response, Verdict: sdc.Safe,
				Message: words.New(words.BoundsReckoned, words.NameOf(x.Response)),
			})
		}
	}
	return out, nil
}

// responseAlone reports whether every table of a column with unsafe cells is a table of its sums
// that is protected here.
func (p *Publication) responseAlone(name string) bool {
	for k, t := range p.report.Tables {
		o := t.Output()
		if p.report.Outputs[k].UnsafeCells == 0 || o.Kind == sdc.Microdata || o.Response != name && !slices.Contains(o.By, name) {
			continue
		}
		if slices.Contains(o.By, name) || !slices.ContainsFunc(p.Tables, func(t *Table) bool { return t.Name == o.Name }) {
			return false
		}
	}
	return true
}

// dataRemarks are the remarks of the report on the data, without those that were settled.
func (p *Publication) dataRemarks() []sdc.Remark {
	return slices.DeleteFunc(slices.Clone(p.report.Data.Remarks), func(x sdc.Remark) bool {
		return x.Name == string(words.BoundsHidden) && slices.Contains(p.settled, x.Column)
	})
}

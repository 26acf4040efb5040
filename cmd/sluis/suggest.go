package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/source"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/sdc/suggest"
	"github.com/sluis-go/sluis/suppress"
)

// findSuggestions opens the data of a spec once more and looks for changes that
// would do.
func findSuggestions(ctx context.Context, r *sdc.Report, s *spec.Spec, policy sdc.Policy, opts sdc.Options) ([]suggest.Suggestion, error) {
	open := func() (*sdc.Data, func(), error) {
		account, err := loadDossier(s.Dossier)
		if err != nil {
			return nil, nil, err
		}
		src, err := source.Open(ctx, s.Patterns, s.Options)
		if err != nil {
			return nil, nil, err
		}
		records, err := src.Reader(ctx, neededColumns(s, src.Schema()))
		if err != nil {
			src.Close() //nolint:errcheck // the first error is the one to tell
			return nil, nil, err
		}
		d := sdc.FromReaders(records)
		d.Roles, d.Missing, d.Hierarchies, d.NotIdentifiers = s.Roles, s.Missing, s.Hierarchies, s.NotIdentifiers
		d.RespondentForm = s.RespondentForm
		if d.Suppressions, err = suppressionsOf(s, src); err != nil {
			records.Release()
			src.Close() //nolint:errcheck // the first error is the one to tell
			return nil, nil, err
		}
		if account != nil {
			d.Dossier = &sdc.DossierState{Missing: account.Missing()}
		}
		return d, func() {
			records.Release()
			src.Close() //nolint:errcheck // it was read alone
		}, nil
	}
	list, err := suggest.Find(ctx, r, s.Outputs, policy, opts, open)
	if err != nil {
		return nil, err
	}
	most, err := leftToAll(ctx, r, s, policy, opts.Threads)
	if err != nil {
		return nil, err
	}
	more, err := protections(ctx, r, &policy, most, opts.Threads)
	if err != nil {
		return nil, err
	}
	list = append(list, more...)
	slices.SortStableFunc(list, func(a, b suggest.Suggestion) int { return a.Output - b.Output })
	return list, nil
}

// leftToAll returns the best verdict that protection of the tables can have, for what the
// report remarks about the data, microdata beside the tables, and related columns.
func leftToAll(ctx context.Context, r *sdc.Report, s *spec.Spec, policy sdc.Policy, threads int) (sdc.Verdict, error) {
	most := sdc.Safe
	tables := tablesOf(r)
	beside, err := suppress.Beside(r, tables, func(k int) bool { return r.Outputs[k].UnsafeCells > 0 })
	if errors.Is(err, suppress.ErrUnfit) {
		return sdc.Unsafe, nil
	}
	if err != nil {
		return most, err
	}
	relations, err := related(ctx, r, s, policy, tables, threads)
	for _, x := range slices.Concat(r.Data.Remarks, beside, relations) {
		most = min(most, x.Verdict)
	}
	return most, err
}

// tablesOf lists the outputs that are tables.
func tablesOf(r *sdc.Report) (tables []int) {
	for k, o := range r.Outputs {
		if o.Kind == sdc.Frequency || o.Kind == sdc.Magnitude {
			tables = append(tables, k)
		}
	}
	return tables
}

// protections says what suppression and rounding of the unsafe tables would take,
// having done both. Suppression is that of sluis protect with --rounds 0, of all
// tables together; where that releases nothing it is not suggested. most is the best
// verdict that is left to any of them.
func protections(ctx context.Context, r *sdc.Report, policy *sdc.Policy, most sdc.Verdict, threads int) ([]suggest.Suggestion, error) {
	tables := tablesOf(r)
	unsafe := slices.ContainsFunc(tables, func(k int) bool { return r.Outputs[k].Verdict == sdc.Unsafe })
	if !unsafe || most == sdc.Unsafe || refusedBy(r) != "" {
		return nil, nil
	}
	if threads <= 0 {
		threads = defaultThreads()
	}
	for _, count := range []suppress.Count{suppress.CountRespondents, suppress.CountRecords} {
		groups, err := suppress.FromReport(r, policy, tables, suppress.BuildOptions{Count: count})
		switch {
		case errors.Is(err, suppress.ErrNotAdditive) && count == suppress.CountRespondents:
			continue
		case errors.Is(err, suppress.ErrUnfit), errors.Is(err, suppress.ErrRequest), errors.Is(err, suppress.ErrNotAdditive):
			return nil, nil
		case err != nil:
			return nil, err
		}
		names := tableNumbers(r, tables)
		list, err := suppressions(ctx, r, groups, names, count, most, threads)
		if err != nil {
			return nil, err
		}
		if count == suppress.CountRecords {
			return list, nil // many records of few respondents are no small count
		}
		rounded, err := roundings(ctx, r, policy, groups, names, most, threads)
		return append(list, rounded...), err
	}
	return nil, nil
}

// tableNumbers finds the number of an output by its name.
func tableNumbers(r *sdc.Report, tables []int) map[string]int {
	at := map[string]int{}
	for _, k := range tables {
		at[r.Outputs[k].Name] = k
	}
	return at
}

// suppressions protects all groups, or none. most is the best verdict that the report
// leaves to any of them.
func suppressions(ctx context.Context, r *sdc.Report, groups []*suppress.Tables, at map[string]int, count suppress.Count, most sdc.Verdict, threads int) ([]suggest.Suggestion, error) {
	var out []suggest.Suggestion
	for _, g := range groups {
		pattern, open, err := g.Protect(ctx, suppress.Options{Threads: threads})
		if impossible(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		releases, err := g.Releases(pattern)
		if err != nil {
			return nil, err
		}
		files := make([]string, len(releases))
		for i, x := range releases {
			files[i] = x.Name
		}
		if _, err := suppress.Certify(ctx, releases, files, g.Problem().Attacker(), threads); impossible(err) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		for _, x := range open {
			most = min(most, x.Verdict)
		}
		for i, x := range releases {
			k := at[x.Name]
			if r.Outputs[k].Verdict != sdc.Unsafe {
				continue
			}
			l := g.Loss(i, pattern)
			hidden := l.Primary + l.Secondary
			out = append(out, suggest.Suggestion{
				Output: k, Verdict: min(leftOver(r.Outputs[k]), most), Cells: l.Cells - hidden, Was: l.Cells,
				Suppress: &suggest.Suppression{Cells: hidden, Share: l.Share, Records: count == suppress.CountRecords && r.Outputs[k].Kind == sdc.Frequency},
			})
		}
	}
	return out, nil
}

// impossible reports whether there is no protection, or none was found.
func impossible(err error) bool {
	return errors.Is(err, suppress.ErrInfeasible) || errors.Is(err, suppress.ErrUndecided) || errors.Is(err, suppress.ErrRequest)
}

// mostRounded is the number of cells of tables that are rounded for a suggestion.
const mostRounded = 400

// roundings rounds and attacks the tables of counts of which no rule but the
// minimum is broken, as sluis protect --round does, to multiples of that minimum:
// then no count from 1 to below it is published.
func roundings(ctx context.Context, r *sdc.Report, policy *sdc.Policy, groups []*suppress.Tables, at map[string]int, most sdc.Verdict, threads int) ([]suggest.Suggestion, error) {
	base := policy.MinContributors.Min
	if policy.MinContributors.Off || base < 2 {
		return nil, nil
	}
	var out []suggest.Suggestion
	for _, g := range groups {
		if g.Digits() != 0 || !g.Problem().Attacker().Whole || len(g.Problem().Cells()) > mostRounded {
			continue
		}
		var fit []int
		for _, x := range g.Names() {
			if k := at[x]; r.Outputs[k].Verdict == sdc.Unsafe && onlySmall(r, k) {
				fit = append(fit, k)
			}
		}
		if len(fit) == 0 {
			continue
		}
		t, err := suppress.RoundTables(ctx, g, suppress.RoundOptions{Base: base, Threads: threads})
		if err == nil {
			_, err = t.Releases()
		}
		if impossible(err) || errors.Is(err, suppress.ErrUnfit) || errors.Is(err, suppress.ErrTooClose) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, k := range fit {
			out = append(out, suggest.Suggestion{Output: k, Verdict: min(leftOver(r.Outputs[k]), most), Cells: r.Outputs[k].Cells, Was: r.Outputs[k].Cells, Round: base})
		}
	}
	return out, nil
}

// onlySmall reports whether an output is of unweighted counts, and what is unsafe
// of it are small ones alone.
func onlySmall(r *sdc.Report, k int) bool {
	if r.Outputs[k].Kind != sdc.Frequency {
		return false
	}
	for c := range r.Tables[k].Cells() {
		if c.WeightSum() != nil {
			return false
		}
	}
	for _, f := range r.Outputs[k].Findings {
		if f.Verdict == sdc.Unsafe && f.Rule != "min-contributors" {
			return false
		}
	}
	return true
}

func printSuggestions(w io.Writer, r *sdc.Report, list []suggest.Suggestion) {
	for _, s := range list {
		fmt.Fprintf(w, "%s: %s if %s (%d of %d cells left)\n", r.Outputs[s.Output].Name, s.Verdict, s.Text(), s.Cells, s.Was)
	}
}

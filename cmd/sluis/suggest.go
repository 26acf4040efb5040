package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/project"
	"github.com/sluis-go/sluis/sdc/spec"
	"github.com/sluis-go/sluis/sdc/suggest"
	"github.com/sluis-go/sluis/suppress"
)

// suggestionSecret is the secret that suggestions are counted under: the same counts every
// time. Nothing of these patterns is released; protect draws its own under the secret of the
// project.
const suggestionSecret = "for numbers of suggestions alone"

// findSuggestions looks for changes that would do. It reads the data once more. What protect
// finds of the published cells of several tables together is not promised.
func findSuggestions(ctx context.Context, s *spec.Spec, r *sdc.Report, run *project.Project, opts sdc.Options) ([]suggest.Suggestion, error) {
	list, err := run.Suggest(ctx, r, opts)
	if err != nil {
		return nil, requestError(err)
	}
	alone := r
	if slices.ContainsFunc(r.Data.Remarks, func(x sdc.Remark) bool { return x.Name == "differencing" && x.Verdict == sdc.Unsafe }) {
		// What the tables tell together as they are says nothing of them with hidden cells.
		sole := opts
		sole.Sole = true
		if alone, err = run.CheckOutputs(ctx, s.Outputs, sole); err != nil {
			return nil, requestError(err)
		}
	}
	more, err := protections(ctx, alone, suppress.Options{Rounds: -1, Threads: opts.Threads, Recheck: rechecked(run, opts.Threads), Secret: []byte(suggestionSecret)})
	if err != nil {
		return nil, err
	}
	list = append(list, more...)
	slices.SortStableFunc(list, func(a, b suggest.Suggestion) int { return a.Output - b.Output })
	return list, nil
}

// protections says what suppression and rounding of the unsafe tables would take, having
// done both in memory. Suppression is that of sluis protect with --rounds 0, of all tables
// together; where that releases nothing nothing is suggested.
func protections(ctx context.Context, r *sdc.Report, o suppress.Options) ([]suggest.Suggestion, error) {
	table := func(x sdc.OutputReport) bool { return x.Kind == sdc.Frequency || x.Kind == sdc.Magnitude }
	if !slices.ContainsFunc(r.Outputs, func(x sdc.OutputReport) bool { return table(x) && x.Verdict == sdc.Unsafe }) {
		return nil, nil
	}
	for _, count := range []suppress.Count{suppress.CountRespondents, suppress.CountRecords} {
		o.Count = count
		p, err := suppress.Release(ctx, r, o)
		switch {
		case errors.Is(err, suppress.ErrNotAdditive) && count == suppress.CountRespondents:
			continue
		case impossible(err):
			return nil, nil
		case err != nil:
			return nil, err
		}
		var out []suggest.Suggestion
		for _, t := range p.Tables {
			k := numberOf(r, t.Name)
			if r.Outputs[k].Verdict != sdc.Unsafe {
				continue
			}
			hidden := t.Loss.Primary + t.Loss.Secondary
			out = append(out, suggest.Suggestion{
				Output: k, Verdict: t.Verdict, Cells: t.Loss.Cells - hidden, Was: t.Loss.Cells,
				Suppress: &suggest.Suppression{Cells: hidden, Share: t.Loss.Share, Records: count == suppress.CountRecords && r.Outputs[k].Kind == sdc.Frequency},
			})
		}
		if count == suppress.CountRecords {
			return out, nil // many records of few respondents are no small count
		}
		rounded, err := roundings(ctx, r, o)
		return append(out, rounded...), err
	}
	return nil, nil
}

// numberOf finds an output by its name.
func numberOf(r *sdc.Report, name string) int {
	return slices.IndexFunc(r.Outputs, func(o sdc.OutputReport) bool { return o.Name == name })
}

// impossible reports whether there is no protection, or none was found.
func impossible(err error) bool {
	for _, is := range []error{
		suppress.ErrInfeasible, suppress.ErrUndecided, suppress.ErrRequest, suppress.ErrUnfit, suppress.ErrNotAdditive, suppress.ErrTooClose,
	} {
		if errors.Is(err, is) {
			return true
		}
	}
	return false
}

// mostRounded is the number of cells of tables that are rounded for a suggestion.
const mostRounded = 400

// roundings rounds and attacks the tables of counts, as sluis protect --round does, to
// multiples of the minimum of the policy: then no count from 1 to below it is published.
// It suggests that for tables of which no rule but the minimum is broken.
func roundings(ctx context.Context, r *sdc.Report, o suppress.Options) ([]suggest.Suggestion, error) {
	rule := r.JudgedBy().MinContributors
	if rule.Off || rule.Min < 2 {
		return nil, nil
	}
	var fit []int
	cells := 0
	for k, x := range r.Outputs {
		if x.Kind != sdc.Frequency {
			continue
		}
		o.Outputs = append(o.Outputs, x.Name)
		n := 1
		for _, v := range r.Tables[k].Variables() {
			n *= v.Len()
		}
		if cells += n; cells > mostRounded {
			return nil, nil
		}
		if x.Verdict == sdc.Unsafe && onlySmall(r, k) {
			fit = append(fit, k)
		}
	}
	if len(fit) == 0 {
		return nil, nil
	}
	o.Round = rule.Min
	p, err := suppress.Release(ctx, r, o)
	switch {
	case impossible(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	var out []suggest.Suggestion
	for _, t := range p.Tables {
		if k := numberOf(r, t.Name); slices.Contains(fit, k) {
			out = append(out, suggest.Suggestion{Output: k, Verdict: t.Verdict, Cells: r.Outputs[k].Cells, Was: r.Outputs[k].Cells, Round: rule.Min})
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

// Package suggest looks for small changes that make an unsafe output safe:
// levels of hierarchies left out, a variable dropped. Nothing is guessed: every
// change is checked as an output of its own, and only what the check says is
// passed on.
package suggest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// Suggestion is a changed output with what the check says of it.
type Suggestion struct {
	// Output is the position of the output that it changes.
	Output int
	// Changed is the output to ask for instead.
	Changed sdc.Output
	// Verdict is what the check says of Changed: Safe or Review.
	Verdict sdc.Verdict
	// Cells and Was are the published cells (or classes) after and before: the
	// price.
	Cells, Was int
	// Text says the change, as `region down to level 1, without "sex"`.
	Text string
}

const (
	mostCandidates  = 40 // of one output
	mostSuggestions = 3
)

// Find looks for changes of every unsafe output of a report: each hierarchy cut
// at each of its levels, each variable dropped, and two of these together, at
// most 40 of them. All are checked in one more pass over the data, which open
// gives anew (release is called afterwards). Of those that the policy calls Safe
// or Review the three that keep most cells are returned, safe ones first; an
// output may have none. Changed outputs have no a-priori lists: what was judged
// by hand was judged in another table.
func Find(ctx context.Context, r *sdc.Report, outputs []sdc.Output, p sdc.Policy, opts sdc.Options, open func() (d *sdc.Data, release func(), err error)) ([]Suggestion, error) {
	var all []Suggestion
	var ask []sdc.Output
	for i := range r.Outputs {
		if r.Outputs[i].Verdict != sdc.Unsafe || outputs[i].Kind == sdc.Model {
			continue
		}
		for _, s := range candidates(&outputs[i], r.Tables[i]) {
			s.Output, s.Was = i, r.Outputs[i].Cells
			q := s.Changed
			q.Name = fmt.Sprintf("%d", len(ask))
			ask = append(ask, q)
			all = append(all, s)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	d, release, err := open()
	if err != nil {
		return nil, err
	}
	defer release()
	checked, err := sdc.Check(ctx, d, ask, p, opts)
	if err != nil {
		return nil, err
	}
	for k := range all {
		all[k].Verdict, all[k].Cells = checked.Outputs[k].Verdict, checked.Outputs[k].Cells
	}
	all = slices.DeleteFunc(all, func(s Suggestion) bool { return s.Verdict == sdc.Unsafe })
	slices.SortStableFunc(all, func(a, b Suggestion) int {
		switch {
		case a.Output != b.Output:
			return a.Output - b.Output
		case a.Verdict != b.Verdict:
			return int(b.Verdict) - int(a.Verdict)
		}
		return b.Cells - a.Cells
	})
	var best []Suggestion
	for _, s := range all {
		n := len(best)
		if n < mostSuggestions || best[n-mostSuggestions].Output != s.Output {
			best = append(best, s)
		}
	}
	return best, nil
}

// change is one elementary change of one variable: cut at a level, or dropped.
type change struct {
	variable string
	level    int // 0: dropped
}

func candidates(o *sdc.Output, t *sdc.Table) []Suggestion {
	var single []change
	for _, v := range t.Variables() {
		depth := 0
		for n := range v.Len() {
			depth = max(depth, v.Level(n))
		}
		for level := depth - 1; level >= 1; level-- {
			single = append(single, change{v.Name, level})
		}
		if len(o.By) > 1 {
			single = append(single, change{v.Name, 0})
		}
	}
	var out []Suggestion
	try := func(list ...change) {
		if changed, text, ok := apply(o, list); ok && len(out) < mostCandidates {
			out = append(out, Suggestion{Changed: changed, Text: text})
		}
	}
	for _, c := range single {
		try(c)
	}
	for i, c := range single {
		for _, d := range single[i+1:] {
			if c.variable != d.variable {
				try(c, d)
			}
		}
	}
	return out
}

// apply makes the changed output; ok is false where nothing would be left of it.
func apply(o *sdc.Output, list []change) (out sdc.Output, text string, ok bool) {
	out = *o
	out.By, out.Sensitive, out.APriori = slices.Clone(o.By), slices.Clone(o.Sensitive), nil
	out.Depth = maps.Clone(o.Depth)
	out.Margins = nil
	if o.Margins != nil {
		out.Margins = [][]string{}
	}
	for _, m := range o.Margins {
		out.Margins = append(out.Margins, slices.Clone(m))
	}
	var parts []string
	for _, c := range list {
		if c.level > 0 {
			if out.Depth == nil {
				out.Depth = map[string]int{}
			}
			out.Depth[c.variable] = c.level
			parts = append(parts, fmt.Sprintf("%q down to level %d", c.variable, c.level))
			continue
		}
		is := func(name string) bool { return name == c.variable }
		out.By = slices.DeleteFunc(out.By, is)
		delete(out.Depth, c.variable)
		if o.Kind != sdc.Microdata {
			sensitive := slices.DeleteFunc(out.Sensitive, is)
			if len(sensitive) < len(o.Sensitive) && len(sensitive) == 0 {
				return out, "", false // what must not be inferred was the point of it
			}
			out.Sensitive = sensitive
		}
		for i := range out.Margins {
			out.Margins[i] = slices.DeleteFunc(out.Margins[i], is)
		}
		parts = append(parts, fmt.Sprintf("without %q", c.variable))
	}
	return out, strings.Join(parts, ", "), len(out.By) > 0
}

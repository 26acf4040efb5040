// Package suggest looks for small changes that make an unsafe output safe: levels of
// hierarchies left out, codes merged into the codes above them, a variable dropped. Every
// change is checked as an output of its own, and a suggestion reports only the result of
// that check.
package suggest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/sluis-go/sluis/sdc"
)

// Suggestion is a changed output with the result of its check.
type Suggestion struct {
	// Output is the position of the output that it changes.
	Output int
	// Changes are the changes of the output.
	Changes []Change
	// Changed is the output to ask for instead.
	Changed sdc.Output
	// Suppress, where not nil, is the loss of the output through suppression, together
	// with all tables of the spec. Round, above 0, rounds its counts to multiples. With
	// one of them the output has no other change. Package suppress does both; Find
	// suggests neither.
	Suppress *Suppression
	Round    int64
	// Verdict is the verdict on Changed, or the verdict after suppression or rounding:
	// Safe or Review.
	Verdict sdc.Verdict
	// Cells and Was are the published cells (or classes) after and before: the
	// price.
	Cells, Was int
}

// Suppression is the loss of a table through suppression.
type Suppression struct {
	// Cells are suppressed.
	Cells int
	// Share of the inner total is in them, in percent; NaN where that is 0.
	Share float64
	// Records says that the table is one of records, not of respondents.
	Records bool
}

// Change is one change of one variable: it is dropped; or its hierarchy is cut at Level,
// where Level is above 0; or no code below the codes of Fold is published.
type Change struct {
	Variable string
	Level    int
	Fold     []string
}

// Text says the changes, as `"region" down to level 1, without "sex"`.
func (s *Suggestion) Text() string {
	switch {
	case s.Suppress != nil:
		text := fmt.Sprintf("%d cells suppressed", s.Suppress.Cells)
		if !math.IsNaN(s.Suppress.Share) {
			text += fmt.Sprintf(" (%.1f %% of the inner total)", s.Suppress.Share)
		}
		if s.Suppress.Records {
			text += " in a table of records"
		}
		return text
	case s.Round > 0:
		return fmt.Sprintf("counts rounded to multiples of %d, sums kept", s.Round)
	}
	var parts []string
	for _, c := range s.Changes {
		switch {
		case c.Level > 0:
			parts = append(parts, fmt.Sprintf("%q down to level %d", c.Variable, c.Level))
		case c.Fold != nil:
			parts = append(parts, fmt.Sprintf("%q with nothing below %s", c.Variable, quoted(c.Fold)))
		default:
			parts = append(parts, fmt.Sprintf("without %q", c.Variable))
		}
	}
	return strings.Join(parts, ", ")
}

// mostNamed is the number of codes that a text names.
const mostNamed = 6

func quoted(codes []string) string {
	var out []string
	for i, c := range codes {
		if i == mostNamed {
			return fmt.Sprintf("%s and %d more", strings.Join(out, ", "), len(codes)-i)
		}
		out = append(out, fmt.Sprintf("%q", c))
	}
	return strings.Join(out, ", ")
}

const (
	mostCandidates  = 40 // of one output
	mostSuggestions = 3
)

// Find looks for changes of every unsafe output of a report. It tries, for each output,
//
//   - the codes of unsafe cells merged into the codes directly above them, or two levels
//     up;
//   - each hierarchy cut at each of its levels;
//   - each variable dropped;
//   - two of these together, at most 40 of them.
//
// All changes are checked in one more pass over the data. open returns the data again;
// release is called afterwards. Of the changes that the policy calls Safe or Review, Find
// returns for each output the three that keep most cells, safe ones first; there may be
// none.
//
// Where the report has a remark for review about the data, a change is for review at
// best. Where it has an unsafe remark, there is no suggestion. Changed outputs have no
// a-priori lists: the judgements by hand were about another table.
func Find(ctx context.Context, r *sdc.Report, outputs []sdc.Output, p sdc.Policy, opts sdc.Options, open func() (d *sdc.Data, release func(), err error)) ([]Suggestion, error) {
	if ctx == nil || r == nil || open == nil || len(r.Outputs) > min(len(outputs), len(r.Tables)) {
		return nil, fmt.Errorf("%w: the context, the report or what opens the data is nil, or the outputs are not those of the report", sdc.ErrRequest)
	}
	var all []Suggestion
	var ask []sdc.Output
	for i := range r.Outputs {
		if r.Outputs[i].Verdict != sdc.Unsafe || outputs[i].Kind == sdc.Model {
			continue
		}
		for _, s := range candidates(&outputs[i], r.Tables[i], r.Outputs[i].Findings) {
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
	most := remarked(r, checked)
	for k := range all {
		all[k].Verdict, all[k].Cells = min(checked.Outputs[k].Verdict, most), checked.Outputs[k].Cells
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

// remarked returns the best verdict that the remarks about the data allow; a change of an
// output cannot settle these remarks. They are the remarks of the report, and the remarks
// of the changed outputs about sensitive variables. Other remarks of the changed outputs
// compare these outputs with each other, and do not count.
func remarked(r, changed *sdc.Report) sdc.Verdict {
	most := sdc.Safe
	for _, x := range r.Data.Remarks {
		most = min(most, x.Verdict)
	}
	for _, x := range changed.Data.Remarks {
		if x.Name == "fixed-by" {
			most = min(most, x.Verdict)
		}
	}
	return most
}

func candidates(o *sdc.Output, t *sdc.Table, findings []sdc.Finding) []Suggestion {
	var single []Change
	for k, v := range t.Variables() {
		for _, codes := range folds(&v, unsafeCodes(k, findings)) {
			single = append(single, Change{Variable: v.Name, Fold: codes})
		}
		depth := 0
		for n := range v.Len() {
			depth = max(depth, v.Level(n))
		}
		for level := depth - 1; level >= 1; level-- {
			single = append(single, Change{Variable: v.Name, Level: level})
		}
		if len(o.By) > 1 {
			single = append(single, Change{Variable: v.Name})
		}
	}
	var out []Suggestion
	try := func(list ...Change) {
		if changed, ok := apply(o, list); ok && len(out) < mostCandidates {
			out = append(out, Suggestion{Changed: changed, Changes: list})
		}
	}
	for _, c := range single {
		try(c)
	}
	for i, c := range single {
		for _, d := range single[i+1:] {
			if c.Variable != d.Variable {
				try(c, d)
			}
		}
	}
	return out
}

// unsafeCodes are the codes of a variable, given by its position, in unsafe cells.
func unsafeCodes(k int, findings []sdc.Finding) map[string]bool {
	codes := map[string]bool{}
	for _, f := range findings {
		if f.Verdict == sdc.Unsafe && k < len(f.Cell) && !f.Cell[k].Total {
			codes[f.Cell[k].Code] = true
		}
	}
	return codes
}

// folds lists the codes to merge some codes into: the codes one level up, and the codes
// two levels up (a code at the top stays). Where one of these codes is above another,
// only the upper one is listed.
func folds(v *sdc.Variable, codes map[string]bool) [][]string {
	var out [][]string
	fold := make([]bool, v.Len())
	for n := 1; n < v.Len(); n++ {
		if codes[v.Label(n)] && v.Parent(n) > 0 {
			fold[v.Parent(n)] = true
		}
	}
	for range 2 {
		var list []string
		next := make([]bool, v.Len())
		for n := 1; n < v.Len(); n++ {
			if !fold[n] {
				continue
			}
			up := n
			if p := v.Parent(n); p > 0 {
				up = p
			}
			next[up] = true
			covered := false
			for p := v.Parent(n); p > 0; p = v.Parent(p) {
				covered = covered || fold[p]
			}
			if !covered {
				list = append(list, v.Label(n))
			}
		}
		if list == nil || len(out) > 0 && slices.Equal(out[len(out)-1], list) {
			break
		}
		if !wholeLevel(v, list) {
			out = append(out, list)
		}
		fold = next
	}
	return out
}

// wholeLevel reports whether codes are all codes of one level that have codes below them:
// the level is then the shorter description.
func wholeLevel(v *sdc.Variable, codes []string) bool {
	parent := make([]bool, v.Len())
	for n := 1; n < v.Len(); n++ {
		parent[v.Parent(n)] = true
	}
	byLevel := map[int][]string{}
	for n := 1; n < v.Len(); n++ {
		if parent[n] {
			byLevel[v.Level(n)] = append(byLevel[v.Level(n)], v.Label(n))
		}
	}
	for _, list := range byLevel {
		if slices.Equal(list, codes) {
			return true
		}
	}
	return false
}

// apply makes the changed output; ok is false where nothing would be left of it.
func apply(o *sdc.Output, list []Change) (out sdc.Output, ok bool) {
	out = *o
	out.By, out.Sensitive, out.APriori = slices.Clone(o.By), slices.Clone(o.Sensitive), nil
	out.Depth, out.Fold = maps.Clone(o.Depth), maps.Clone(o.Fold)
	out.Margins = nil
	if o.Margins != nil {
		out.Margins = [][]string{}
	}
	for _, m := range o.Margins {
		out.Margins = append(out.Margins, slices.Clone(m))
	}
	for _, c := range list {
		switch {
		case c.Level > 0:
			if out.Depth == nil {
				out.Depth = map[string]int{}
			}
			out.Depth[c.Variable] = c.Level
			continue
		case c.Fold != nil:
			if out.Fold == nil {
				out.Fold = map[string][]string{}
			}
			out.Fold[c.Variable] = union(out.Fold[c.Variable], c.Fold)
			continue
		}
		is := func(name string) bool { return name == c.Variable }
		out.By = slices.DeleteFunc(out.By, is)
		delete(out.Depth, c.Variable)
		delete(out.Fold, c.Variable)
		if o.Kind != sdc.Microdata {
			sensitive := slices.DeleteFunc(out.Sensitive, is)
			if len(sensitive) < len(o.Sensitive) && len(sensitive) == 0 {
				return out, false // what must not be inferred was the point of it
			}
			out.Sensitive = sensitive
		}
		for i := range out.Margins {
			out.Margins[i] = slices.DeleteFunc(out.Margins[i], is)
		}
	}
	return out, len(out.By) > 0
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

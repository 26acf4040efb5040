package suppress

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
	"github.com/sluis-go/sluis/suppress/internal/hide"
)

// choose lists the outputs to protect, by number, and stores the outputs that are left
// alone. names chooses outputs; empty means all. An unsafe remark on the data is an
// error, because suppression cannot settle it.
func (p *Publication) choose(names []string) (tables []int, err error) {
	r := p.report
	for _, x := range r.Data.Remarks {
		if x.Verdict == sdc.Unsafe {
			return nil, fmt.Errorf("%w: %s: %s", ErrUnfit, x.Name, x.Message)
		}
	}
	for _, name := range names {
		if p.number(name) < 0 {
			return nil, fmt.Errorf("%w: the report has no output %q", ErrRequest, name)
		}
	}
	some := false
	var unfit error
	for k := range r.Outputs {
		o := &r.Outputs[k]
		if o.Kind != sdc.Frequency && o.Kind != sdc.Magnitude {
			p.Left = append(p.Left, LeftOutput{Output: o.Name, Verdict: o.Verdict})
			continue
		}
		some = true
		err := hide.Fits(r, k)
		if err == nil && len(names) > 0 && !slices.Contains(names, o.Name) {
			p.Left = append(p.Left, LeftOutput{Output: o.Name, Verdict: min(o.Verdict, sdc.Review), Err: fmt.Errorf("output %q was not asked for", o.Name)})
			continue
		}
		if err != nil {
			unfit = errors.Join(unfit, err)
			// An output that cannot be protected is at best for review.
			p.Left = append(p.Left, LeftOutput{Output: o.Name, Verdict: min(o.Verdict, sdc.Review), Err: err})
			continue
		}
		tables = append(tables, k)
	}
	switch {
	case !some:
		return nil, fmt.Errorf("%w: the report has no table to protect", ErrRequest)
	case tables == nil && unfit == nil:
		return nil, fmt.Errorf("%w: none of the outputs asked for is a table", ErrRequest)
	case tables == nil:
		return nil, unfit
	}
	return tables, nil
}

// countedThings returns how many different things tables count or sum up.
func countedThings(r *sdc.Report, tables []int) int {
	seen := map[string]bool{}
	for _, k := range tables {
		o := r.Tables[k].Output()
		seen[string(o.Kind)+" "+o.Response] = true
	}
	return len(seen)
}

// reviewed names, in order, the points about the tables that a reviewer must judge:
// remarks of the check and of protection, and rules.
func reviewed(r *sdc.Report, tables []int, remarks []sdc.Remark) []string {
	var names []string
	for _, x := range remarks {
		if x.Verdict != sdc.Safe {
			names = append(names, x.Name)
		}
	}
	for _, k := range tables {
		for _, f := range r.Outputs[k].Findings {
			if f.Verdict == sdc.Review {
				names = append(names, f.Rule)
			}
		}
		if requestOpen(&r.Outputs[k]) {
			names = append(names, "request")
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// requestOpen reports whether the policy asks for a rule of requests that the data cannot
// answer: that is no finding, but no less open.
func requestOpen(o *sdc.OutputReport) bool {
	return slices.ContainsFunc(o.NotChecked, func(m words.Message) bool { return m.ID == words.NoRequests })
}

// leftOver is the verdict on the findings of an output that suppression does not settle:
// a person must judge them.
func leftOver(o *sdc.OutputReport) sdc.Verdict {
	for _, x := range o.Findings {
		if x.Verdict == sdc.Review {
			return sdc.Review
		}
	}
	if requestOpen(o) {
		return sdc.Review
	}
	return sdc.Safe
}

// ProtectionError names the cells that cannot be protected. No table is published. It
// names tables and codes, and no value.
type ProtectionError struct {
	Tables []string
	// Cells are the cells, each as its table and codes.
	Cells []string
	Err   error // wraps ErrInfeasible, ErrUndecided or ErrTooClose
}

// Error says how many cells there are.
func (e *ProtectionError) Error() string {
	return fmt.Sprintf("tables %q, %d cells: %v", e.Tables, len(e.Cells), e.Err)
}

// Unwrap returns Err.
func (e *ProtectionError) Unwrap() error { return e.Err }

// protectionError names the cells of an error.
func protectionError(g *hide.Tables, err error) error {
	var cells *hide.CellsError
	if !errors.As(err, &cells) {
		return err
	}
	out := &ProtectionError{Tables: g.Names(), Err: cells.Err}
	for _, c := range cells.Cells {
		out.Cells = append(out.Cells, g.Name(c))
	}
	return out
}

package report

import (
	"fmt"
	"io"

	"github.com/sluis-go/sluis/sdc"
)

// refuse is the error of something that no page and no text can be made of.
func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", sdc.ErrRequest, fmt.Sprintf(format, args...))
}

// usable refuses a report that is nil or has a table that no check made, and a writer that
// is nil.
func usable(w io.Writer, r *sdc.Report) error {
	if w == nil || r == nil {
		return refuse("the writer or the report is nil")
	}
	for i, t := range r.Tables {
		if t == nil || t.Output() == nil {
			return refuse("table %d of the report was not made by sdc.Check", i)
		}
	}
	return nil
}

// usable refuses tables whose cells do not fit their code trees.
func (p *Protection) usable(w io.Writer) error {
	if w == nil || p == nil {
		return refuse("the writer or the protection is nil")
	}
	for _, t := range p.Tables {
		if len(t.Variables) == 0 {
			return refuse("table %q has no variables", t.Name)
		}
		for _, v := range t.Variables {
			if len(v.Codes) == 0 || len(v.Parents) != len(v.Codes) {
				return refuse("table %q: variable %q has no codes, or not one parent for each", t.Name, v.Name)
			}
			for k, up := range v.Parents {
				if k > 0 && (up < 0 || up >= k) || k == 0 && up != -1 {
					return refuse("table %q: variable %q: code %d has no parent that comes before", t.Name, v.Name, k)
				}
			}
		}
		for i, c := range t.Cells {
			if len(c.Nodes) != len(t.Variables) {
				return refuse("table %q: cell %d has not one code for each variable", t.Name, i)
			}
			for v, node := range c.Nodes {
				if node < 0 || node >= len(t.Variables[v].Codes) {
					return refuse("table %q: cell %d: a code of %q is not in its list", t.Name, i, t.Variables[v].Name)
				}
			}
		}
	}
	return nil
}

// usable refuses figures that are nil, and histograms that show nothing.
func (r *Risk) usable(w io.Writer) error {
	if w == nil || r == nil {
		return refuse("the writer or the report of risk is nil")
	}
	for i, f := range r.Figures {
		if f == nil {
			return refuse("figure %d is nil", i)
		}
	}
	for _, h := range r.Histograms {
		if len(h.Bins) == 0 {
			return refuse("the histogram of %q has no bins", h.Of)
		}
		for _, b := range h.Bins {
			if b.Records < 0 {
				return refuse("a bin of the histogram of %q has fewer records than none", h.Of)
			}
		}
	}
	return nil
}

package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report"
	"github.com/sluis-go/sluis/suppress"
	"github.com/sluis-go/sluis/suppress/pages"
)

// tell prints what was published, and what is left to a person.
func (f *protectFlags) tell(stdout io.Writer, r *sdc.Report, p *suppress.Publication) {
	for _, x := range p.Left {
		if x.Err == nil {
			fmt.Fprintf(stdout, "%q is no table and is left alone: %s\n", x.Output, x.Verdict)
			continue
		}
		fmt.Fprintf(stdout, "%q cannot be protected and is left alone: %s\n   %q\n", x.Output, x.Verdict, x.Err)
	}
	for _, proof := range p.Proofs {
		for _, t := range p.Tables {
			switch {
			case t.Proof != proof.File:
			case proof.Rounded != nil:
				fmt.Fprintf(stdout, "%q: %d cells, rounded to multiples of %d\n", t.Name, t.Loss.Cells, proof.Rounded.Base)
			default:
				fmt.Fprintf(stdout, "%q: %d cells, %d suppressed\n", t.Name, t.Loss.Cells, t.Loss.Primary+t.Loss.Secondary)
			}
		}
		if proof.Rounded != nil {
			fmt.Fprintf(stdout, "   %s\n", roundedText(proof.Rounded))
		} else {
			fmt.Fprintf(stdout, "   certificate of %d possible tables, verified: %s\n", proof.Possible, proof.File)
		}
	}
	for _, x := range p.Remarks {
		fmt.Fprintln(stdout, report.RemarkLine(&x))
	}
	fmt.Fprintf(stdout, "Policy %q\n", r.Policy.Title())
	for _, d := range r.Policy.Differences {
		fmt.Fprintf(stdout, "  differs: %q\n", d.String())
	}
	for _, t := range p.Tables {
		if t.Shows.Means {
			fmt.Fprintf(stdout, "%q: the values are sums; a mean is the sum divided by the %s%s\n", t.Name, t.Shows.Divisor(), counted(t.Shows))
		}
	}
	found, _ := pages.ByHand(r, p)
	for _, x := range found {
		fmt.Fprintf(stdout, "by hand: %q\n", x.Found.String())
	}
	for _, s := range pages.Cautions(p) {
		fmt.Fprintln(stdout, "not checked: "+s.String())
	}
	if len(p.Review) > 0 {
		fmt.Fprintf(stdout, "Left to a reviewer, see the remarks above and sluis check: %s\n", strings.Join(p.Review, ", "))
	}
	fmt.Fprintf(stdout, "Released to %s; %s must not leave. Check with: sluis verify %s\n",
		filepath.Join(f.out, suppress.ReleaseFolder), filepath.Join(f.out, suppress.ConfidentialFolder), f.out)
}

// counted says where the numbers of contributors are.
func counted(s suppress.Shows) string {
	if s.Counted {
		return ": see the table of counts"
	}
	return ", which the spec does not ask for: add a frequency table of the same variables"
}

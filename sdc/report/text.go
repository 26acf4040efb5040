// Package report turns the report of a check into something to read.
package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/checklist"
)

// TextOptions steer a text report.
type TextOptions struct {
	// Worst is the number of findings that are printed for an output. Defaults
	// to 5.
	Worst int
	// Files says where the rest is, as "all findings" -> path.
	Files [][2]string
}

// Text writes a report for a terminal: the verdict and the finding that decides it, then
// the worst findings of each output, the points that were not checked, and where to find
// the rest. The text is confidential, as the report is.
func Text(w io.Writer, r *sdc.Report, opts TextOptions) error {
	if err := usable(w, r); err != nil {
		return err
	}
	if opts.Worst <= 0 {
		opts.Worst = 5
	}
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, r.Notice)
	fmt.Fprintln(b)
	for _, f := range dictionary("en").request(r.About) {
		fmt.Fprintf(b, "%s: %s\n", f.Name, printable(f.Text))
	}
	fmt.Fprintf(b, "Verdict: %s\n", strings.ToUpper(r.Verdict.String()))
	fmt.Fprintln(b, why(r))
	fmt.Fprintln(b)
	fmt.Fprintf(b, "Policy %s, %s read", printable(r.Policy.Name), plural(r.Data.Rows, "row"))
	if r.Data.Respondents != r.Data.Rows {
		fmt.Fprintf(b, " of %s respondents", thousands(r.Data.Respondents))
	}
	fmt.Fprintf(b, "\n  policy sha256 %s\n", r.Policy.SHA256)
	own, together := apart(r.Data.Remarks)
	for _, x := range own {
		fmt.Fprintf(b, "  %s\n", RemarkLine(&x))
	}
	for _, d := range r.Policy.Differences {
		fmt.Fprintf(b, "  differs: %s\n", printable(d.String()))
	}
	for _, d := range r.Policy.Remarks {
		fmt.Fprintf(b, "  remark: %s\n", printable(d.String()))
	}
	fmt.Fprintln(b)
	summary(b, r)
	if len(together) > 0 {
		fmt.Fprintln(b, togetherTitle)
		for _, x := range together {
			fmt.Fprintf(b, "  %s\n", RemarkLine(&x))
		}
		fmt.Fprintln(b)
	}
	for i := range r.Outputs {
		output(b, &r.Outputs[i], opts.Worst)
	}
	for _, s := range r.Dossier {
		fmt.Fprintln(b, DossierLine(&s))
	}
	if len(r.Dossier) > 0 {
		fmt.Fprintln(b)
	}
	for _, f := range opts.Files {
		fmt.Fprintf(b, "%s: %s\n", f[0], printable(f[1]))
	}
	return b.Flush()
}

// why says in a sentence or two what decided the verdict, and in one more that nobody knows
// whose the rows are where that is so.
func why(r *sdc.Report) string {
	out := decided(r)
	for _, s := range dictionary("en").whoseRows(r.Data.Remarks) {
		out += " " + s
	}
	return out
}

// unnamed reports whether no column says whose row it is.
func unnamed(list []sdc.Remark) bool {
	return slices.ContainsFunc(list, func(x sdc.Remark) bool { return x.Name == noRespondent })
}

func decided(r *sdc.Report) string {
	unsafe, review := 0, 0
	for _, o := range r.Outputs {
		switch o.Verdict {
		case sdc.Unsafe:
			unsafe++
		case sdc.Review:
			review++
		}
	}
	n := len(r.Outputs)
	hand := ""
	if k := setSafe(r); k > 0 {
		hand = fmt.Sprintf(" By hand %s set safe that a rule does not call safe: see a-priori.", were(k))
	}
	leave := fmt.Sprintf("%d of %d outputs may not leave as %s.", unsafe, n, verb(int64(unsafe), "it is", "they are"))
	switch {
	case r.Verdict < sdc.Safe && unsafe+review == 0:
		return "No output was found unsafe by itself, but a remark about the data or the dossier decides: see below."
	case n == 1 && unsafe == 1:
		return "The output may not leave as it is." + hand
	case n == 1 && review == 1:
		return "No rule forbids the output. A reviewer must decide about it." + hand
	case unsafe > 0 && review == 0:
		return leave + " No other output needs a reviewer's decision." + hand
	case unsafe > 0:
		return leave + fmt.Sprintf(" A reviewer must decide about %d more.", review) + hand
	case review > 0:
		return fmt.Sprintf("No rule forbids any of the %d outputs. A reviewer must decide about %d of them.", n, review) + hand
	case n == 1:
		return "Everything that the policy asks of the output was checked, and nothing was found."
	}
	return fmt.Sprintf("Everything that the policy asks of the %d outputs was checked, and nothing was found.", n)
}

func were(cells int) string {
	if cells == 1 {
		return "1 cell was"
	}
	return thousands(int64(cells)) + " cells were"
}

// setSafe returns the number of cells of all outputs that a person set safe and a rule
// does not.
func setSafe(r *sdc.Report) int {
	n := 0
	for i := range r.Outputs {
		n += r.Outputs[i].SetSafe()
	}
	return n
}

// RemarkLine is a remark about the data as one line of text for a terminal.
func RemarkLine(x *sdc.Remark) string {
	if x == nil {
		return ""
	}
	s := x.Message.String()
	if x.Column != "" {
		s = "column " + strconv.Quote(x.Column) + ": " + s
	}
	if x.Verdict != sdc.Safe {
		s = x.Verdict.String() + ": " + s
	}
	return printable(x.Name + ": " + s)
}

// DossierLine is a step of a dossier as one line of text for a terminal.
func DossierLine(s *checklist.Step) string {
	if s == nil {
		return ""
	}
	line := fmt.Sprintf("step %2d  %-14s  %s", s.Step, s.State, s.Title)
	if s.By != "" {
		line += " (" + s.By + ")"
	}
	if s.Why != "" {
		line += ": " + s.Why
	}
	return printable(line)
}

func summary(w io.Writer, r *sdc.Report) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "output\tkind\tcells\tunsafe cells\tverdict\tbecause of")
	for _, o := range r.Outputs {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", printable(o.Name), o.Kind, thousands(int64(o.Cells)), share(o.UnsafeCells, o.Cells), o.Verdict, reasons(&o))
	}
	t.Flush()
	fmt.Fprintln(w)
}

// reasons counts an output's findings that are not safe, by rule.
func reasons(o *sdc.OutputReport) string {
	var rules []string
	n := map[string]int{}
	for _, f := range o.Findings {
		if f.Verdict == sdc.Safe {
			continue
		}
		key := f.Rule
		if f.Verdict == sdc.Review {
			key += " (review)"
		}
		if n[key] == 0 {
			rules = append(rules, key)
		}
		n[key]++
	}
	if len(rules) == 0 {
		return "-"
	}
	for i, rule := range rules {
		rules[i] = fmt.Sprintf("%s %s", thousands(int64(n[rule])), rule)
	}
	return strings.Join(rules, ", ")
}

func output(w io.Writer, o *sdc.OutputReport, most int) {
	title := ""
	if o.Title != "" {
		title = " (" + o.Title + ")"
	}
	fmt.Fprintf(w, "%s%s: %s\n", printable(o.Name), printable(title), o.Verdict)
	fmt.Fprintf(w, "  %s\n", printable(basisLine(o)))
	list := worstFindings(o.Findings)
	for i, f := range list {
		if i == most {
			fmt.Fprintf(w, "  ... and %s more findings\n", thousands(int64(len(list)-most)))
			break
		}
		where := ""
		if f.Cell != nil {
			where = " at " + printable(f.Cell.String())
		}
		fmt.Fprintf(w, "  %s %s%s: %s\n", f.Verdict, f.Rule, where, printable(f.Message.String()))
	}
	for _, s := range o.NotChecked {
		fmt.Fprintf(w, "  not checked: %s\n", printable(s.String()))
	}
	fmt.Fprintln(w)
}

// worstFindings orders findings for reading: unsafe before review. The rules take turns,
// each with its worst finding first, so no rule hides the others.
func worstFindings(all []sdc.Finding) []sdc.Finding {
	byRule := map[string][]sdc.Finding{}
	var rules []string
	for _, f := range all {
		key := f.Verdict.String() + " " + f.Rule
		if byRule[key] == nil {
			rules = append(rules, key)
		}
		byRule[key] = append(byRule[key], f)
	}
	sort.SliceStable(rules, func(i, j int) bool {
		return byRule[rules[i]][0].Verdict < byRule[rules[j]][0].Verdict
	})
	for _, list := range byRule {
		sort.SliceStable(list, func(i, j int) bool { return severity(&list[i]) > severity(&list[j]) })
	}
	var out []sdc.Finding
	for depth := 0; len(out) < len(all); depth++ {
		for _, rule := range rules {
			if depth < len(byRule[rule]) {
				out = append(out, byRule[rule][depth])
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Verdict < out[j].Verdict })
	return out
}

// severity is how far a finding lies beyond its limit, for ordering only.
func severity(f *sdc.Finding) float64 {
	switch f.Rule {
	case "min-contributors", "min-holdings", "k-anonymity", "p-percent", "pq", "min-degrees-of-freedom", "group-remainder", "quantile-tail":
		return f.Limit - f.Observed
	}
	return f.Observed - f.Limit
}

// printable keeps names and values of the data from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, s)
}

// thousands prints 1234567 as 1,234,567.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func share(part, of int) string {
	if of == 0 || part == 0 {
		return thousands(int64(part))
	}
	return fmt.Sprintf("%s (%.1f %%)", thousands(int64(part)), 100*float64(part)/float64(of))
}

package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/sluis-go/sluis/sdc"
)

// RiskText writes a report of risk for a terminal: first the number of units that are
// alone, the keys, and the key with most effect. The text is confidential.
func RiskText(w io.Writer, r *Risk, opts TextOptions) error {
	if err := r.usable(w); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\n\n", r.Notice)
	for i := range r.Data.Remarks {
		fmt.Fprintln(b, RemarkLine(&r.Data.Remarks[i]))
	}
	r.lead(b)
	rows := slices.ContainsFunc(r.Data.Remarks, func(x sdc.Remark) bool { return x.Name == "no-respondent" })
	for _, l := range r.Limits {
		persons := ""
		if rows && l.Verdict != sdc.Unsafe.String() { // few rows are few persons
			persons = ", if every row is a person"
		}
		fmt.Fprintf(b, "%s%s: %s; limit %s, attained %s, violated by %s\n",
			strings.ToUpper(l.Verdict), persons, printable(l.Definition.String()), plain(l.Limit), plain(float64(l.Attained)), plural(l.Records, "record"))
	}
	if len(r.Limits) == 0 {
		fmt.Fprintln(b, "No limit was given, so nothing is judged; --k, --l, --combinations and others set limits.")
	}
	fmt.Fprintln(b)
	r.keyTable(b)
	for i := range r.Histograms {
		r.Histograms[i].text(b)
	}
	if len(r.Worst) > 0 {
		fmt.Fprintln(b, "smallest classes")
		for _, c := range r.Worst {
			fmt.Fprintf(b, "  %s  (%s)\n", printable(strings.Join(c.Key, ", ")), plain(float64(c.Size)))
		}
		fmt.Fprintln(b)
	}
	for i, c := range r.Combinations {
		if i == opts.Worst {
			fmt.Fprintf(b, "  ... and %d more combinations of keys\n", len(r.Combinations)-i)
			break
		}
		fmt.Fprintf(b, "  on %s: %s in %s, the smallest of %s\n", printable(strings.Join(c.Keys, ", ")),
			plural(c.Records, "record"), plural(int64(c.Classes), "class"), plain(float64(c.Smallest)))
	}
	if len(r.Combinations) > 0 {
		fmt.Fprintln(b)
	}
	r.figures(b)
	for _, s := range r.NotMeasured {
		fmt.Fprintf(b, "not measured: %s\n", printable(s.String()))
	}
	for _, x := range opts.Files {
		fmt.Fprintf(b, "%s: %s\n", x[0], x[1])
	}
	return b.Flush()
}

// figures lists every figure; the JSON report and docs/risk.md define them.
func (r *Risk) figures(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, x := range r.Figures {
		name := strings.ReplaceAll(x.Name, "_", " ")
		if x.Variable != "" {
			name = printable(x.Variable) + ": " + name
		}
		note := x.Note.String()
		if x.LogBase != "" {
			note = "logarithm to base " + x.LogBase
		}
		if note != "" {
			note = "\t" + note
		}
		fmt.Fprintf(t, "%s\t%s%s\n", name, plain(float64(x.Value)), note)
	}
	t.Flush()
	fmt.Fprintln(w)
}

// lead writes the sentences that a reviewer must know.
func (r *Risk) lead(w io.Writer) {
	d := &r.Data
	counted := d.Records - d.LeftOut
	who := "record"
	if d.Respondent != "" {
		who = "respondent"
	}
	stand := "stand"
	if r.Alone.Respondents == 1 {
		stand = "stands"
	}
	fmt.Fprintf(w, "%s %s alone on %s", plural(r.Alone.Respondents, who), stand, printable(strings.Join(d.Keys, ", ")))
	if d.Respondent == "" && counted > 0 {
		fmt.Fprintf(w, " (%.1f %% of %s)", 100*float64(r.Alone.Records)/float64(counted), thousands(counted))
	}
	fmt.Fprintln(w, ".")
	if k, ok := r.driver(); ok {
		fmt.Fprintf(w, "%s drives it most: without it %s would.\n", printable(k.Name), thousands(k.AloneWithout))
	}
	if name, share, blindly := r.linked(); name != "" {
		fmt.Fprintf(w, "By the original data, %.1f %% of the records are linked to their own by the smallest distance (%s); blindly %.1f %%.\n",
			100*share, strings.ReplaceAll(name, "_", " "), 100*blindly)
	}
	fmt.Fprintf(w, "%s in %s; nulls: %s", plural(d.Records, "record"), plural(int64(d.Classes), "class"), d.Missing)
	if d.LeftOut > 0 {
		fmt.Fprintf(w, ", %s left out", thousands(d.LeftOut))
	}
	fmt.Fprint(w, ".\n\n")
}

// linked returns the largest share of records that are linked to their own in the other
// file by the smallest distance, the name of the figure, and the share of an attacker who
// chooses blindly.
func (r *Risk) linked() (name string, share, blindly float64) {
	of := map[string]float64{}
	for _, f := range r.Figures {
		direction, distance, ok := strings.Cut(f.Name, "_1_")
		switch v := float64(f.Value); {
		case !ok || direction != "linked" && direction != "found":
		case distance == "blindly":
			of[direction] = v
		case name == "" && !math.IsNaN(v), v > share:
			name, share = f.Name, v
		}
	}
	direction, _, _ := strings.Cut(name, "_")
	return name, share, of[direction]
}

// driver returns the key without which the fewest would stand alone.
func (r *Risk) driver() (best RiskKey, ok bool) {
	for _, k := range r.Keys {
		if k.AloneWithout < r.Alone.Respondents && (!ok || k.AloneWithout < best.AloneWithout) {
			best, ok = k, true
		}
	}
	return best, ok
}

func (r *Risk) keyTable(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "key\talone without it\tshare of the SUDA score")
	for _, k := range r.Keys {
		suda := "-"
		if k.SUDA != nil {
			suda = fmt.Sprintf("%.1f %%", *k.SUDA)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", printable(k.Name), thousands(k.AloneWithout), suda)
	}
	t.Flush()
	fmt.Fprintln(w)
}

// barWidth is the length of the longest bar of a histogram.
const barWidth = 40

// text draws the histogram, bins without records too.
func (h *RiskHistogram) text(w io.Writer) {
	most := int64(1)
	wide := 0
	for i := range h.Bins {
		most = max(most, h.Bins[i].Records)
		wide = max(wide, utf8.RuneCountInString(h.label(i)))
	}
	fmt.Fprintf(w, "records by %s\n", h.Of)
	for i, b := range h.Bins {
		bar := int(math.Ceil(barWidth * float64(b.Records) / float64(most)))
		fmt.Fprintf(w, "  %*s  %-*s %s\n", wide, h.label(i), barWidth, strings.Repeat("#", bar), thousands(b.Records))
	}
	fmt.Fprintln(w)
}

// label names a bin: class sizes as whole numbers, risks as an interval.
func (h *RiskHistogram) label(i int) string {
	from, to := h.Bins[i].From, float64(h.Bins[i].To)
	switch {
	case h.Of != "class sizes":
		return fmt.Sprintf("%g to %g", from, to)
	case i == 0:
		return "1"
	case math.IsInf(to, 1):
		return fmt.Sprintf("%g and more", from)
	case to == from+1:
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%g-%g", from, to-1)
}

// plain prints a number: whole ones with separators, others to six digits.
func plain(v float64) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case math.IsInf(v, 0):
		return "infinite"
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return thousands(int64(v))
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// plural prints a number of things.
func plural(n int64, thing string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(thing, "s"):
		thing += "es"
	default:
		thing += "s"
	}
	return thousands(n) + " " + thing
}

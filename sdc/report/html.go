package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/suggest"
)

// errLanguage is the error of a language that there are no words for.
var errLanguage = fmt.Errorf("%w: language must be en or nl", sdc.ErrRequest)

// HTMLOptions steer an HTML report.
type HTMLOptions struct {
	// Lang is "en" or "nl". Defaults to "en".
	Lang string
	// Findings is the number of findings of an output that the page holds, the
	// worst ones; the page says how many there are. Defaults to 10,000.
	Findings int
	// Cells is the number of cells of an output that are drawn; the page says which are
	// left out. Defaults to 30,000.
	Cells int
	// Suggestions are changes that would make an output safe.
	Suggestions []suggest.Suggestion
	// Files says where the rest is, as "all findings" -> path.
	Files [][2]string
}

func (o *HTMLOptions) defaults() error {
	if o.Lang == "" {
		o.Lang = "en"
	}
	if o.Lang != "en" && o.Lang != "nl" {
		return errLanguage
	}
	if o.Findings <= 0 {
		o.Findings = 10_000
	}
	if o.Cells <= 0 {
		o.Cells = 30_000
	}
	return nil
}

// HTML writes a report as one page that needs no other file. The page has
//
//   - the verdict, and the finding that decides it;
//   - for every output the table with its unsafe cells, the findings, and the points that
//     were not checked;
//   - the policy, the sources, and how to make the report again.
//
// The page is confidential, as the report is.
//
// The Content-Security-Policy of the page allows only the style and the script with the
// given hashes. So the page sends no request, and text of the data cannot run as a
// script. All controls work by keyboard. Without the script the page has the same
// content.
//
// Time and size are linear in the cells and findings that it holds.
func HTML(w io.Writer, r *sdc.Report, opts HTMLOptions) error {
	if err := usable(w, r); err != nil {
		return err
	}
	if err := opts.defaults(); err != nil {
		return err
	}
	v, err := newView(r, &opts)
	if err != nil {
		return err
	}
	return render(w, "check.html.tmpl", &v.page, v)
}

// PublicHTML writes the part of a report that may leave: the verdict on each output, the
// rules that were in force, the points that were not checked, and the table of every
// output without any finding.
//
// The page leaves out
//
//   - for an output with findings, every count, every value, and the name of the broken
//     rule: in a table of one group the name group-disclosure is a disclosure;
//   - the thresholds of concentration rules, which tell how closely a contribution can be
//     estimated;
//   - the sources.
func PublicHTML(w io.Writer, r *sdc.Report, opts HTMLOptions) error {
	if err := usable(w, r); err != nil {
		return err
	}
	if err := opts.defaults(); err != nil {
		return err
	}
	v := newPublicView(r, &opts)
	return render(w, "check.html.tmpl", &v.page, v)
}

// lead says in the page's language what decided the verdict, and that no respondent is named
// where none is.
func (d language) lead(r *sdc.Report) []string {
	out := []string{decided(r)}
	if d.lang == "nl" {
		out = []string{decidedDutch(d, r)}
	}
	return append(out, d.whoseRows(r.Data.Remarks)...)
}

// whoseRows says that no respondent is named, where none is.
func (d language) whoseRows(list []sdc.Remark) []string {
	if unnamed(list) {
		return []string{d.rowsOfNobody()}
	}
	return nil
}

// rowsOfNobody is what the headline says where no respondent is named.
func (d language) rowsOfNobody() string {
	return d.t("No respondent column is named: what is called safe is safe only if every row is a person.")
}

func decidedDutch(d language, r *sdc.Report) string {
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
		hand = " Handmatig veilig verklaard, tegen een regel in: " + d.many(int64(k), "cel", "cellen") + "; zie a-priori."
	}
	leave := d.f("%s van de %s uitkomsten "+verb(int64(unsafe), "mag", "mogen")+" zo niet naar buiten.", unsafe, n)
	switch {
	case r.Verdict < sdc.Safe && unsafe+review == 0:
		return "Geen uitkomst is op zichzelf onveilig bevonden, maar een opmerking over de gegevens of het dossier beslist: zie hieronder."
	case n == 1 && unsafe == 1:
		return "De uitkomst mag zo niet naar buiten." + hand
	case n == 1 && review == 1:
		return "Geen regel verbiedt de uitkomst. Een beoordelaar moet erover beslissen." + hand
	case unsafe > 0 && review == 0:
		return leave + " Over de andere hoeft een beoordelaar niet te beslissen." + hand
	case unsafe > 0:
		return leave + d.f(" Over %s andere moet een beoordelaar beslissen.", review) + hand
	case review > 0:
		return d.f("Geen regel verbiedt een van de %s uitkomsten. Over %s ervan moet een beoordelaar beslissen.", n, review) + hand
	case n == 1:
		return "Alles wat het beleid van de uitkomst vraagt is gecontroleerd, en er is niets gevonden."
	}
	return d.f("Alles wat het beleid van de %s uitkomsten vraagt is gecontroleerd, en er is niets gevonden.", n)
}

// f fills in whole numbers as the language writes them.
func (d language) f(format string, numbers ...int) string {
	for _, n := range numbers {
		format = strings.Replace(format, "%s", d.number(int64(n)), 1)
	}
	return format
}

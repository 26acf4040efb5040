package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/sluis-go/sluis/sdc/suggest"
)

// mostNamed is the number of codes that a suggestion names.
const mostNamed = 6

// suggestion says a suggestion in the page's language.
func (d language) suggestion(s *suggest.Suggestion) string {
	quote := func(s string) string { return "\u201c" + shorten(visible(s), longestLabel) + "\u201d" }
	switch {
	case s.Suppress != nil:
		text := d.f(d.t("%s cells suppressed"), s.Suppress.Cells)
		if !math.IsNaN(s.Suppress.Share) {
			text += " (" + fmt.Sprintf(d.t("%s %% of the inner total"), d.float(math.Round(10*s.Suppress.Share)/10)) + ")"
		}
		if s.Suppress.Records {
			text += " " + d.t("in a table of records")
		}
		return text
	case s.Round > 0:
		return d.f(d.t("counts rounded to multiples of %s, sums kept"), int(s.Round))
	}
	var parts []string
	for _, c := range s.Changes {
		switch {
		case c.Level > 0:
			parts = append(parts, quote(c.Variable)+" "+d.f(d.t("down to level %s"), c.Level))
		case c.Fold != nil:
			var codes []string
			for _, code := range c.Fold[:min(len(c.Fold), mostNamed)] {
				codes = append(codes, quote(code))
			}
			if more := len(c.Fold) - len(codes); more > 0 {
				codes = append(codes, d.f(d.t("and %s more"), more))
			}
			parts = append(parts, quote(c.Variable)+" "+d.t("with nothing below")+" "+strings.Join(codes, ", "))
		default:
			parts = append(parts, d.t("without")+" "+quote(c.Variable))
		}
	}
	return strings.Join(parts, ", ")
}

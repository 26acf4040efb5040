package hide

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"
)

const confidential = "CONFIDENTIAL: this report holds suppressed values and must not leave the closed environment"

// WriteReport writes what was suppressed and why, with the true values, and with the status
// codes that a release does not have:
//
//   - CL_CONF_STATUS: A small count, M another measure of concentration, C other reasons,
//     D secondary;
//   - tau-ARGUS: the numbers of the same reasons.
//
// The report is confidential, and says so in its first line.
func (g *Tables) WriteReport(w io.Writer, p *Pattern) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, confidential)
	g.writeSeed(b)
	cells, status := g.problem.cells, g.statusFor(p)
	for i, t := range g.list {
		l := g.Loss(i, p)
		fmt.Fprintf(b, "\nTable %q: %d cells, %d suppressed: %d unsafe, %d to protect these", t.name, l.Cells, l.Primary+l.Secondary, l.Primary, l.Secondary)
		if !math.IsNaN(l.Share) {
			fmt.Fprintf(b, "; %.1f %% of the inner total", l.Share)
		}
		fmt.Fprintln(b)
		if len(g.list) > 1 {
			fmt.Fprintf(b, "Linked with the other tables of this report: cells that they share are suppressed in all.\n")
		}
		if l.Primary+l.Secondary == 0 {
			continue
		}
		var names []string
		for _, v := range t.vars {
			names = append(names, v.Name)
		}
		fmt.Fprintf(b, "%s: value; status, tau-ARGUS status; level below, above; cost; why\n", strings.Join(names, ", "))
		for cell, id := range t.id {
			if !t.shown[cell] || !p.status[id].Hidden() {
				continue
			}
			why := t.reasons[cell]
			text := why.String()
			c := cells[id]
			switch {
			case why != 0:
			case p.status[id] != Primary:
				text = "secondary"
			case status(id) == Primary:
				text = "unsafe in another table"
			default:
				text = "secondary: what others tell together"
			}
			fmt.Fprintf(b, "%s: %s; %s, %d; %s, %s; %d; %s\n", strings.Join(t.coordinates(cell), ", "),
				unitsText(t.value[cell], g.digits), why.letter(), why.number(),
				unitsText(c.Level.Lower, g.digits), unitsText(c.Level.Upper, g.digits), c.Cost, text)
		}
	}
	return b.Flush()
}

// Name returns the places of a cell of the problem: the table and its codes.
func (g *Tables) Name(cell int) string {
	for _, t := range g.list {
		for k, id := range t.id {
			if int(id) == cell && t.shown[k] {
				return fmt.Sprintf("%q: %s", t.name, strings.Join(t.coordinates(k), ", "))
			}
		}
	}
	return "a total that is not published"
}

package hide

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluis-go/sluis/internal/formula"
)

// releaseColumns follow the spanning variables in a release.
var releaseColumns = []string{"value", "status", "status_tau"}

// Status codes of a release: those of the SDMX cross-domain code list CL_CONF_STATUS and of
// tau-ARGUS. Every suppressed cell has the same status. Other statuses would tell a reader
// which cells are unsafe, and by which rule. Such a reader knows a bound ("small count": below
// the threshold), and the protection does not take that bound into account. The confidential
// report has the reasons.
const (
	freeLetter, freeNumber     = "F", "1" // free for publication; safe
	hiddenLetter, hiddenNumber = "C", "3" // confidential; unsafe
)

// Release is a table as it leaves: codes, published values, and which cells are
// suppressed. It holds nothing of the values of these.
type Release struct {
	Name      string
	Variables []CodeList
	Digits    int // values are in units of 10^-Digits

	grid   *layout
	shown  []bool
	hidden []bool
	value  []int64 // 0 where hidden
}

// Releases returns the tables as they leave under a pattern of their problem, as Protect
// made it. It checks the whole proof again, see Pattern.
//
// The error wraps ErrRequest for a pattern of another problem, or one that is not made by
// Protect; ErrUndecided, as a *CellsError with numbers of cells, where it proves less than
// it must.
func (g *Tables) Releases(p *Pattern) ([]*Release, error) {
	if err := g.problem.proves(p); err != nil {
		return nil, err
	}
	return g.releases(p), nil
}

// releases is Releases without asking for the proof.
func (g *Tables) releases(p *Pattern) []*Release {
	out := make([]*Release, len(g.list))
	for i, t := range g.list {
		r := &Release{
			Name: t.name, Variables: t.vars, Digits: g.digits, grid: t.layout, shown: t.shown,
			hidden: make([]bool, t.n), value: make([]int64, t.n),
		}
		for cell, id := range t.id {
			switch {
			case !t.shown[cell]:
			case p.status[id].Hidden():
				r.hidden[cell] = true
			default:
				r.value[cell] = t.value[cell]
			}
		}
		out[i] = r
	}
	return out
}

// Cells returns how many cells the release has, and how many are suppressed.
func (r *Release) Cells() (all, suppressed int) {
	for cell, is := range r.shown {
		if is {
			all++
		}
		if r.hidden[cell] {
			suppressed++
		}
	}
	return all, suppressed
}

// WriteCSV writes one row a cell in the order of the code lists: the codes ("*"
// for a total), value, status and status_tau. The value is empty where the cell
// is suppressed. A name or code that a spreadsheet would take for a formula has an
// apostrophe in front.
func (r *Release) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	row := make([]string, 0, len(r.Variables)+len(releaseColumns))
	for _, v := range r.Variables {
		row = append(row, formula.Defuse(v.Name))
	}
	if err := out.Write(append(row, releaseColumns...)); err != nil {
		return err
	}
	for cell, is := range r.shown {
		if !is {
			continue
		}
		row = append(row[:0], r.grid.coordinates(cell)...)
		for v := range row {
			row[v] = formula.Defuse(row[v])
		}
		if r.hidden[cell] {
			row = append(row, "", hiddenLetter, hiddenNumber)
		} else {
			row = append(row, unitsText(r.value[cell], r.Digits), freeLetter, freeNumber)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// unitsText prints n * 10^-digits with all its digits.
func unitsText(n int64, digits int) string {
	s := strconv.FormatInt(n, 10)
	if digits == 0 {
		return s
	}
	s, neg := strings.CutPrefix(s, "-")
	if len(s) <= digits {
		s = strings.Repeat("0", digits-len(s)+1) + s
	}
	s = s[:len(s)-digits] + "." + s[len(s)-digits:]
	if neg {
		return "-" + s
	}
	return s
}

// checkText refuses text that CSV or JSON would not give back as it is.
func checkText(s string) error {
	if !utf8.ValidString(s) || strings.ContainsRune(s, '\r') {
		return fmt.Errorf("%w: a name or code is not UTF-8 or holds a carriage return", ErrRequest)
	}
	return nil
}

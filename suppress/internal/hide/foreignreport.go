package hide

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Verdicts of a ForeignReport and of its primary cells, the stricter first where
// there are several.
const (
	VerdictUnprotected = "unprotected"
	VerdictUndecided   = "undecided"
	VerdictProtected   = "protected"
)

// ForeignReport is the result of the audit of a foreign table. As JSON it has the schema
// sluis.audit/1. A ForeignReport is confidential.
type ForeignReport struct {
	Schema       string `json:"schema"`
	Confidential string `json:"confidential"`
	// Verdict is the strictest of all primary cells and of published unsafe ones.
	Verdict   string          `json:"verdict"`
	Variables []string        `json:"variables"`
	Digits    int             `json:"digits"`
	Attacker  AuditedAttacker `json:"attacker"`
	// Levels lists the sources of the levels.
	Levels []string     `json:"levels"`
	Counts AuditedCount `json:"counts"`
	// Suppressed lists every suppressed cell, Unsafe every published one that a rule
	// calls unsafe, in the order of the code lists.
	Suppressed []AuditedCell     `json:"suppressed"`
	Unsafe     []UnsafePublished `json:"unsafePublished"`
	NotChecked []string          `json:"notChecked"`
}

// AuditedAttacker is the prior knowledge about suppressed values.
type AuditedAttacker struct {
	Whole  bool    `json:"whole"`  // they are whole units of 10^-digits
	Least  *string `json:"least"`  // null: no least value
	Most   *string `json:"most"`   // null: no greatest value
	Within int64   `json:"within"` // percentage of the truth; 0: no such bound
}

// AuditedCount counts cells by status, and sums.
type AuditedCount struct {
	Cells     int `json:"cells"`
	Safe      int `json:"safe"`
	Primary   int `json:"primary"`
	Secondary int `json:"secondary"`
	Protected int `json:"protected"`
	Empty     int `json:"empty"`
	Absent    int `json:"absent"` // in no row, of any status
	Relations int `json:"relations"`
}

// AuditedCell is a suppressed cell.
type AuditedCell struct {
	Cell     map[string]*string `json:"cell"` // null: the total
	Line     int                `json:"line"`
	Status   string             `json:"status"`
	Code     string             `json:"code"` // of the status in the file
	Value    *string            `json:"value"`
	Interval *AuditedInterval   `json:"interval"`
	// Determined says that the attacker knows the value exactly.
	Determined bool          `json:"determined"`
	Level      *AuditedLevel `json:"level"`   // of primary cells; null: the value is not to be determined
	Verdict    string        `json:"verdict"` // of primary cells
	Why        []string      `json:"why,omitempty"`

	name string
}

// AuditedInterval is the interval of the attacker for a cell. No value outside Least and
// Greatest is possible; the values in Reached are possible. Null means no end.
type AuditedInterval struct {
	Least           *string `json:"least"`
	Greatest        *string `json:"greatest"`
	ReachedLeast    *string `json:"reachedLeast"`
	ReachedGreatest *string `json:"reachedGreatest"`
	Exact           bool    `json:"exact"` // they are the same
}

// AuditedLevel is how far the ends must be from the value, and from each other.
type AuditedLevel struct {
	Lower   string `json:"lower"`
	Upper   string `json:"upper"`
	Sliding string `json:"sliding"`
}

// UnsafePublished is a published cell that a rule calls unsafe.
type UnsafePublished struct {
	Cell  map[string]*string `json:"cell"`
	Line  int                `json:"line"`
	Rules string             `json:"rules"`

	name string
}

// report begins a report with the parts that do not depend on the attack.
func (p *foreignProblem) report() *ForeignReport {
	f := p.f
	r := &ForeignReport{
		Schema:       "sluis.audit/1",
		Confidential: "values, intervals and statuses of suppressed cells: this must not leave the closed environment",
		Digits:       f.Digits, Levels: []string{}, Suppressed: []AuditedCell{}, Unsafe: []UnsafePublished{}, NotChecked: []string{},
	}
	for _, v := range f.grid.vars {
		r.Variables = append(r.Variables, v.Name)
	}
	a := p.attack
	r.Attacker = AuditedAttacker{Whole: a.Whole, Within: a.Within}
	if !a.Negative {
		s := unitsText(a.Lower, f.Digits)
		r.Attacker.Least = &s
	}
	if a.Upper != 0 {
		s := unitsText(a.Upper, f.Digits)
		r.Attacker.Most = &s
	}
	n := &r.Counts
	n.Cells, n.Relations = len(p.kind), len(p.rel)
	for cell, k := range p.kind {
		if f.row[cell] < 0 {
			n.Absent++
		}
		switch k {
		case kindSafe:
			n.Safe++
		case kindPrimary:
			n.Primary++
		case kindSecondary:
			n.Secondary++
		case kindProtected:
			n.Protected++
		case kindEmpty:
			n.Empty++
		}
	}
	r.levels(p)
	return r
}

// levels lists the sources of the levels.
func (r *ForeignReport) levels(p *foreignProblem) {
	s, rules := &p.f.spec, &p.o.Rules
	for _, c := range []string{s.Lower, s.Upper, s.Sliding} {
		if c != "" {
			r.Levels = append(r.Levels, fmt.Sprintf("column %q", c))
		}
	}
	if x := rules.PPercent; x != nil {
		r.Levels = append(r.Levels, fmt.Sprintf("p-percent: p %s, coalition %d", x.P, max(1, x.Coalition)))
	}
	if x := rules.NK; x != nil {
		r.Levels = append(r.Levels, fmt.Sprintf("nk: n %d, percent %s", x.N, x.Percent))
	}
	if x := rules.PQ; x != nil {
		r.Levels = append(r.Levels, fmt.Sprintf("pq: p %s, q %s", x.P, x.Q))
	}
	if rules.Range != "" {
		r.Levels = append(r.Levels, fmt.Sprintf("range: %s %% of the value", rules.Range))
	}
	if p.promoted > 0 {
		r.Levels = append(r.Levels, fmt.Sprintf("%d secondary cells are unsafe by a rule, and count as primary", p.promoted))
	}
	if len(r.Levels) == 0 {
		r.Levels = append(r.Levels, "none given: no value may be determined exactly")
	}
}

// conclude sets the verdict, and lists the points that were not checked.
func (r *ForeignReport) conclude(p *foreignProblem) {
	r.Verdict = VerdictProtected
	if len(r.Unsafe) > 0 {
		r.Verdict = VerdictUnprotected
	}
	for _, c := range r.Suppressed {
		switch {
		case c.Verdict == VerdictUnprotected:
			r.Verdict = VerdictUnprotected
		case c.Verdict == VerdictUndecided && r.Verdict == VerdictProtected:
			r.Verdict = VerdictUndecided
		}
	}
	not := func(format string, args ...any) { r.NotChecked = append(r.NotChecked, fmt.Sprintf(format, args...)) }
	f := p.f
	if r.Counts.Primary == 0 {
		not("whether anything is unsafe: no cell is, by its status")
	}
	switch {
	case f.people == nil && f.owners == nil:
		not("insiders: the numbers of contributors are not given")
	case p.unsure:
		not("insiders: suppressed cells have no value in the file")
		if r.Verdict == VerdictProtected && r.Counts.Primary > 0 {
			r.Verdict = VerdictUndecided
		}
	default:
		not("coalitions of contributors")
		if f.largest == nil {
			not("contributors beside others in a cell: their contributions are not given")
		}
		if f.owners == nil {
			not("whether one contributor stands alone in two cells of which neither lies in the other: no column of owners is given")
		}
	}
	if p.o.Rules.tops() == 0 && p.o.Rules.MinContributors == 0 {
		not("whether published cells are safe: no rule is given that could tell")
	}
	if p.unsure && (p.o.Rules.tops() > 0 || p.o.Rules.MinContributors > 0) {
		not("whether secondary cells without a value are unsafe themselves")
	}
	if n := r.Counts.Absent; n > 0 && f.spec.Absent == AbsentWithheld {
		not("%d cells are in no row and were taken for unpublished, needing no protection", n)
	} else if n > 0 {
		not("%d cells are in no row and were taken for zeros that are known", n)
	}
	if p.o.NeedsOnly {
		not("intervals: they were not asked for")
	}
	if len(r.Suppressed) > 1 {
		not("sums of suppressed cells: such a sum can be worked out, and can itself have too few contributors or a dominant one")
	}
	not("shares: whether a suppressed cell is known to hold too large a share of its line, which group rules ask")
	not("other tables that share cells with this one, earlier releases, and what else may be known")
}

// shownCells is how many suppressed cells that hold are listed as text.
const shownCells = 60

// WriteJSON writes the report as indented JSON, of the schema sluis.audit/1.
func (r *ForeignReport) WriteJSON(w io.Writer) error {
	if w == nil {
		return fmt.Errorf("%w: the writer is nil", ErrRequest)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// WriteText writes the report as text: first the cells with a level that does not hold,
// then at most 60 others. The text is confidential, and says so in its first line.
func (r *ForeignReport) WriteText(w io.Writer) error {
	if w == nil {
		return fmt.Errorf("%w: the writer is nil", ErrRequest)
	}
	if r.Digits < 0 || r.Digits > 40 {
		return fmt.Errorf("%w: values with %d decimals", ErrRequest, r.Digits)
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "CONFIDENTIAL: %s\n\n", r.Confidential)
	bad, open := 0, 0
	for _, c := range r.Suppressed {
		switch c.Verdict {
		case VerdictUnprotected:
			bad++
		case VerdictUndecided:
			open++
		}
	}
	n := r.Counts
	fmt.Fprintf(b, "Verdict: %s. Of %d primary cells %d are not protected, and of %d it could not be decided", r.Verdict, n.Primary, bad, open)
	if len(r.Unsafe) > 0 {
		fmt.Fprintf(b, "; %d published cells are unsafe", len(r.Unsafe))
	}
	fmt.Fprintf(b, ".\nTable:   %d cells with %d sums: %d safe, %d primary, %d secondary, %d protected, %d empty; %d are in no row\n",
		n.Cells, n.Relations, n.Safe, n.Primary, n.Secondary, n.Protected, n.Empty, n.Absent)
	fmt.Fprintf(b, "Attack:  %s\n", r.Attacker.text(r.Digits))
	fmt.Fprintf(b, "Levels:  %s\n", strings.Join(r.Levels, "; "))
	for _, x := range r.NotChecked {
		fmt.Fprintf(b, "Not checked: %s\n", x)
	}
	if len(r.Unsafe) > 0 {
		fmt.Fprintf(b, "\nPublished and unsafe (%s: by which rule)\n", strings.Join(r.Variables, ", "))
		for _, u := range r.Unsafe {
			fmt.Fprintf(b, "  %s: %s\n", u.name, u.Rules)
		}
	}
	if len(r.Suppressed) == 0 {
		return b.Flush()
	}
	fmt.Fprintf(b, "\nSuppressed (%s: status; value; interval; level below, above, apart; verdict)\n", strings.Join(r.Variables, ", "))
	for _, holds := range []bool{false, true} {
		shown := 0
		for i := range r.Suppressed {
			c := &r.Suppressed[i]
			if holds == (c.Verdict == VerdictUnprotected || c.Verdict == VerdictUndecided) {
				continue
			}
			if shown++; holds && shown > shownCells {
				continue
			}
			fmt.Fprintf(b, "  %s\n", c.text())
		}
		if more := shown - shownCells; holds && more > 0 {
			fmt.Fprintf(b, "  and %d more\n", more)
		}
	}
	return b.Flush()
}

func (a *AuditedAttacker) text(digits int) string {
	parts := []string{"values of any kind"}
	if a.Whole {
		parts[0] = "whole values"
		if digits > 0 {
			parts[0] = fmt.Sprintf("values that are multiples of %s", unitsText(1, digits))
		}
	}
	if a.Least != nil {
		parts = append(parts, "at least "+*a.Least)
	}
	if a.Most != nil {
		parts = append(parts, "at most "+*a.Most)
	}
	if a.Within > 0 {
		parts = append(parts, fmt.Sprintf("within %d %% of the truth", a.Within))
	}
	return strings.Join(parts, ", ")
}

func (c *AuditedCell) text() string {
	parts := []string{fmt.Sprintf("%s: %s (%s)", c.name, c.Status, c.Code), orNone(c.Value, "no value")}
	switch v := c.Interval; {
	case v == nil:
		parts = append(parts, "-")
	case v.Exact:
		parts = append(parts, fmt.Sprintf("[%s, %s]", orNone(v.Least, "-inf"), orNone(v.Greatest, "inf")))
	default:
		parts = append(parts, fmt.Sprintf("at least [%s, %s], at most [%s, %s]", orNone(v.ReachedLeast, "-inf"), orNone(v.ReachedGreatest, "inf"),
			orNone(v.Least, "-inf"), orNone(v.Greatest, "inf")))
	}
	if c.Verdict == "" {
		if c.Determined {
			parts = append(parts, "worked out; nothing asks that it is not")
		}
		return strings.Join(parts, "; ")
	}
	if c.Level == nil {
		parts = append(parts, "must not be known exactly")
	} else {
		parts = append(parts, fmt.Sprintf("%s, %s, %s", c.Level.Lower, c.Level.Upper, c.Level.Sliding))
	}
	text := c.Verdict
	if len(c.Why) > 0 {
		text += ": " + strings.Join(c.Why, "; ")
	}
	return strings.Join(append(parts, text), "; ")
}

func orNone(s *string, none string) string {
	if s == nil {
		return none
	}
	return *s
}

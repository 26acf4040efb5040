package hide

import (
	"context"
	"fmt"
	"math/big"
	"runtime"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/guard"
)

// maxThreads bounds the goroutines, each of which has memory of its own.
const maxThreads = 4096

// ForeignOptions say who attacks a foreign table, and what its primary cells require.
type ForeignOptions struct {
	// Values says what is known of hidden values: ValuesWhole, that they are whole
	// units of the last decimal that values are written with; or ValuesAny. Defaults to
	// ValuesWhole where no value is written with decimals.
	Values string
	// AtLeast and AtMost are what hidden values are known to be at least and at most,
	// decimals. By default at least 0, where no value that is given is negative, and at
	// most anything.
	AtLeast, AtMost string
	// Within, where above 0, says that every hidden value is known to within that
	// percentage of the truth.
	Within int64
	// Rules give levels beside the columns of the table; the largest counts.
	Rules ForeignRules
	// Threads is the number of threads, at most 4,096. Defaults to all cores. It does not
	// change the result.
	Threads int
	// Branches is the effort for whole numbers, as of AuditOptions.
	Branches int
	// NeedsOnly leaves out the intervals, which take most of the time.
	NeedsOnly bool
}

// What an attacker knows of hidden values.
const (
	ValuesWhole = "whole"
	ValuesAny   = "any"
)

// Audit computes what an attacker can say of the suppressed cells of a foreign table: the
// interval of each, and whether the level of every primary cell holds. The attacker knows
// what is published, all sums over totals and trees, and what the options say.
//
// The levels of a primary cell are the largest of those of the table's columns and of the
// rules, rounded up to units. The lower level is at most the distance to the least value
// that the attacker knows. A cell without levels must not be determined exactly; where
// values are whole, by a whole unit.
//
// There are more attackers in two cases, as in the function Audit:
//
//   - where the number of contributors is given: every contributor who is alone in a
//     suppressed cell;
//   - where the largest contributions are given: the contributor with the largest one of a
//     suppressed cell.
//
// A published cell that a rule calls unsafe fails. A cell that a rule calls unsafe, with the
// status of a secondary cell, is a primary cell.
//
// Where the value of a primary cell is missing, its level below or above the value cannot be
// decided, unless the whole interval is too short. Where the value of any suppressed cell is
// missing, insiders cannot be looked at: with contributors given, the audit is then
// undecided at best.
//
// The error wraps ErrRequest, ErrTable, ErrNotAdditive, naming the totals, or
// ErrUndecided where no table was found that agrees with what is published.
//
// A panic on the way is an error that wraps sdc.ErrInternal.
func (f *Foreign) Audit(ctx context.Context, o ForeignOptions) (report *ForeignReport, err error) {
	defer guard.Recover(&err)
	switch {
	case ctx == nil || f == nil || f.grid == nil:
		return nil, fmt.Errorf("%w: the context is nil, or the table was not read by Read", ErrRequest)
	case f.spec.Status == "" || f.spec.Inner:
		return nil, fmt.Errorf("%w: an audit needs the column of the status and the rows of totals", ErrRequest)
	case o.Threads > maxThreads:
		return nil, fmt.Errorf("%w: %d threads are more than %d", ErrRequest, o.Threads, maxThreads)
	case o.Threads <= 0:
		o.Threads = runtime.GOMAXPROCS(0)
	}
	p, err := f.problem(ctx, &o)
	if err != nil {
		return nil, err
	}
	got, err := Audit(ctx, p.p, p.hidden, AuditOptions{Threads: o.Threads, Branches: o.Branches, NeedsOnly: o.NeedsOnly})
	if err != nil {
		return nil, err
	}
	intervals := map[int]*Interval{}
	for i := range got.Intervals {
		intervals[got.Intervals[i].Cell] = &got.Intervals[i]
	}
	failures := map[int][]Failure{}
	for _, x := range got.Failures {
		failures[x.Cell] = append(failures[x.Cell], x)
	}
	r := p.report()
	for cell, k := range p.kind {
		switch {
		case k == kindPrimary, k == kindSecondary:
			r.Suppressed = append(r.Suppressed, p.suppressed(cell, intervals[cell], failures[cell]))
		case p.broken[cell] != "":
			r.Unsafe = append(r.Unsafe, UnsafePublished{Cell: f.codesOf(cell), Line: f.line(cell), Rules: p.broken[cell], name: f.name(cell)})
		}
	}
	r.conclude(p)
	return r, nil
}

// suppressed says what is known of one suppressed cell.
func (p *foreignProblem) suppressed(cell int, v *Interval, failures []Failure) AuditedCell {
	f := p.f
	out := AuditedCell{
		Cell: f.codesOf(cell), Line: f.line(cell), Status: p.kind[cell].String(), Code: f.rows[f.row[cell]].code, name: f.name(cell),
	}
	if p.known[cell] {
		out.Value = p.text(cell, Bound{Den: 1})
	}
	if v != nil {
		out.Interval = &AuditedInterval{
			Least: p.text(cell, v.Least), Greatest: p.text(cell, v.Greatest),
			ReachedLeast: p.text(cell, v.Lower), ReachedGreatest: p.text(cell, v.Upper), Exact: v.Exact(),
		}
		if v.Exact() && v.Least == v.Greatest && v.Least.Den != 0 {
			out.Determined = true
		}
	}
	if p.kind[cell] != kindPrimary {
		return out
	}
	if l := p.level[cell]; l != (Level{}) {
		out.Level = &AuditedLevel{unitsText(l.Lower, f.Digits), unitsText(l.Upper, f.Digits), unitsText(l.Sliding, f.Digits)}
	}
	out.Verdict = VerdictProtected
	if p.blind[cell] {
		out.Verdict = VerdictUndecided
		out.Why = append(out.Why, "its level counts from its value, which is missing")
	}
	for _, x := range failures {
		text := x.why()
		if x.Verdict == Undecided {
			text = "not decided: whether " + text
			if out.Verdict == VerdictProtected {
				out.Verdict = VerdictUndecided
			}
		} else {
			out.Verdict = VerdictUnprotected
		}
		out.Why = append(out.Why, text)
	}
	return out
}

var whyNot = map[Kind]string{
	Upper: "the interval ends closer above the value than the level", Lower: "the interval ends closer below the value than the level",
	Sliding: "the interval is too short", Differs: "the value is worked out exactly",
}

// why says which level does not hold, and against which attacker.
func (x Failure) why() string {
	switch {
	case x.Owner > 0:
		return "to a contributor who stands alone in another cell: " + whyNot[x.Kind]
	case x.Owner < Anyone:
		return "to the largest contributor to another cell: " + whyNot[x.Kind]
	}
	return whyNot[x.Kind]
}

// text prints an end of an interval as a value; nil where there is none.
func (p *foreignProblem) text(cell int, b Bound) *string {
	if b.Den == 0 {
		return nil
	}
	var s string
	if b.Den == 1 {
		s = unitsText(p.value[cell]+b.Delta, p.f.Digits)
	} else {
		unit := exact.Pow10(p.f.Digits)
		x := big.NewRat(p.value[cell], 1)
		x.Add(x, big.NewRat(b.Delta, b.Den)).Quo(x, new(big.Rat).SetInt(unit))
		if n, exact := x.FloatPrec(); exact {
			s = x.FloatString(max(n, p.f.Digits))
		} else {
			s = x.RatString()
		}
	}
	return &s
}

// codesOf are the codes of a cell by variable, nil for the total.
func (f *Foreign) codesOf(cell int) map[string]*string {
	out := map[string]*string{}
	for v, list := range f.grid.vars {
		out[list.Name] = nil
		if k := f.grid.code(cell, v); k > 0 {
			out[list.Name] = &list.Codes[k]
		}
	}
	return out
}

// line is where a cell stands in the file; 0 where it does not.
func (f *Foreign) line(cell int) int {
	if f.row[cell] < 0 {
		return 0
	}
	return f.rows[f.row[cell]].line
}

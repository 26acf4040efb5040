package hide

// Bound is an end of an interval: the truth + Delta/Den, or without end where
// Den is 0.
type Bound struct {
	Delta, Den int64
}

// Interval is what an attacker can say of a hidden cell. Reached are values that
// the cell has in tables that agree with all that is published, so the attacker
// cannot rule them out; Proven are values that no such table goes beyond. They
// are the same unless the search for whole numbers, or for exact ones, ended
// early: then the true end of the interval lies between the two.
type Interval struct {
	Cell            int
	Lower, Upper    Bound // reached
	Least, Greatest Bound // proven
}

// Exact reports whether the interval is known exactly.
func (v Interval) Exact() bool { return v.Lower == v.Least && v.Upper == v.Greatest }

// Verdict is what an audit says of a primary cell.
type Verdict uint8

const (
	// Holds: witnesses show that the cell is as well protected as its level asks.
	Holds Verdict = iota
	// Fails: it is proven that the attacker comes closer than the level allows.
	Fails
	// Undecided: neither was shown.
	Undecided
)

// Failure is a need of a primary cell that fails or is undecided.
type Failure struct {
	Cell    int
	Kind    Kind
	Owner   int32 // the insider who comes too close, as in Need; 0 for outsiders
	Least   int64 // as in Need
	Verdict Verdict
}

// Audited is what an attacker learns from a pattern.
type Audited struct {
	// Intervals holds the interval of every hidden cell, by cell.
	Intervals []Interval
	// Failures lists what does not hold, by cell, kind and owner: empty means that
	// every primary cell is as well protected as asked. Anyone is looked at where
	// outsiders are kept off, and other insiders where Anyone is.
	Failures []Failure
	// Needs says of everything that does hold by which of Witnesses it is shown.
	// Every end of an interval that is reached, and is not the truth or without end,
	// is reached by one of Witnesses.
	Needs     []Need
	Witnesses []Witness
}

// AuditOptions say how to audit. The zero value audits in one thread.
type AuditOptions struct {
	// Threads is the number of threads. Defaults to 1. It does not change the
	// result.
	Threads int
	// Branches is the effort for whole numbers: programs a bound, beyond which it
	// is reported as reached and proven. Defaults to 200.
	Branches int
	// NeedsOnly leaves out the intervals, which take most of the time.
	NeedsOnly bool
}

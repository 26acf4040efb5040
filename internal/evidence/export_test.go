package evidence

// CompactAfter makes the compaction of pairs reachable by small data.
func (a *Accumulator) CompactAfter(rows int) {
	switch {
	case a.none != nil:
		a.none.pairs.setCompactAfter(rows)
	case a.narrow != nil:
		a.narrow.pairs.setCompactAfter(rows)
	default:
		a.wide.pairs.setCompactAfter(rows)
	}
}

func (p *pairs[T]) setCompactAfter(rows int) { p.compactMin, p.compactAt = rows, rows }

// Wide reports whether the response is summed in the wide state.
func (a *Accumulator) Wide() bool { return a.wide != nil }

// Pairs returns the number of pairs kept.
func (a *Accumulator) Pairs() int {
	switch {
	case a.none != nil:
		return a.none.pairs.len()
	case a.narrow != nil:
		return a.narrow.pairs.len()
	}
	return a.wide.pairs.len()
}

package sdc

import (
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// addFullLines notes, in a table of the rows with a known value of the sensitive
// variable, the respondents of each class with unknown values counted.
func (t *Table) addFullLines(full *Table, p *Policy) {
	last := len(full.vars) - 1
	t.fullLine = map[string]int64{}
	for i := range full.hidden {
		if full.nodes[last][i] == 0 {
			t.fullLine[full.nodeKey(i, last)] = full.m.Respondents[i]
		}
	}
	t.knownMin = 0
	switch {
	case !p.MinContributors.Off:
		t.knownMin = p.MinContributors.Min
	case !p.KAnonymity.Off:
		t.knownMin = p.KAnonymity.K
	}
}

// fullRespondents returns the respondents of the class of a cell, unknown values
// counted.
func (t *Table) fullRespondents(c Cell) int64 { return t.fullLine[t.nodeKey(c.i, len(t.vars)-1)] }

// countUnknown notes how many respondents of each line over the variable are in its
// category of null, where a table has one. Microdata have a table of their own for that.
func (l *lines) countUnknown() {
	t := l.t
	null := uint32(slices.IndexFunc(t.vars[l.v].nodes, func(n node) bool { return n.null }))
	if t.output.Kind == Microdata || !slices.Contains(t.nodes[l.v], null) {
		return
	}
	l.null, l.unknown = null, make([]int64, len(t.hidden))
	for i, k := range t.nodes[l.v] {
		if k != null {
			continue
		}
		if line := l.find(i); line != noLine {
			l.unknown[line] = t.m.Respondents[i]
		}
	}
}

// broken reports whether cell c of a line, or a cell above c, breaks a group rule; see
// GroupDisclosure.
//
//   - at is the cell above that breaks the rule; noLine where c itself does, or none.
//   - of is the number of respondents of the line that count.
//   - verdict is Review where the rule is broken only over the respondents with a known
//     value; unknown is then the number of the other respondents, and 0 elsewhere.
func (l *lines) broken(c, line Cell, breaks func(n, of int64) bool) (at uint32, of int64, verdict Verdict, unknown int64) {
	if of = line.Respondents(); breaks(c.Respondents(), of) {
		return noLine, of, Unsafe, 0
	}
	if l.up == nil && l.unknown == nil {
		return noLine, of, Safe, 0
	}
	if at = l.above(c, of, breaks); at != noLine {
		return at, of, Unsafe, 0
	}
	if l.unknown == nil || l.t.nodes[l.v][c.i] == l.null || l.unknown[line.i] == 0 {
		return noLine, of, Safe, 0
	}
	known := max(of-l.unknown[line.i], c.Respondents()) // some may be in both
	if !breaks(c.Respondents(), known) {
		if at = l.above(c, known, breaks); at == noLine {
			return noLine, of, Safe, 0
		}
	}
	return at, known, Review, l.unknown[line.i]
}

// above returns the deepest cell above c that breaks a group rule, with of respondents of
// the line. It returns noLine where no cell does, or where the table publishes the cells
// above.
func (l *lines) above(c Cell, of int64, breaks func(n, of int64) bool) uint32 {
	if l.up == nil {
		return noLine
	}
	return l.up.find(l.t, c.i, func(n int64) bool { return breaks(n, of) })
}

// unknownNote says that the value of n respondents of a line is unknown.
func unknownNote(n int64) words.Message { return words.New(words.NoteUnknown, words.Count(n)) }

// knownVerdict returns the verdict on a value that the known respondents of a class
// share, and the number of respondents whose value is unknown.
func (t *Table) knownVerdict(known, full int64) (verdict Verdict, unknown int64) {
	if known < t.knownMin {
		return Review, full - known
	}
	return Unsafe, full - known
}

package sdc

import "fmt"

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

// knownVerdict is the verdict on what the known respondents of a class share, and what
// to say of the others.
func (t *Table) knownVerdict(known, full int64) (Verdict, string) {
	note := fmt.Sprintf(", among those whose value is known; that of %s is not", plural(full-known, "respondent"))
	if known < t.knownMin {
		return Review, note
	}
	return Unsafe, note
}

package sdc

import "github.com/sluis-go/sluis/internal/evidence"

// Sole is the sole contributor to a cell, as a respondent and as a holding. A cell has a
// sole contributor when all its rows (in a magnitude table, all rows with a response) are
// of one respondent, or of one holding. A number is 0 where the rows are of none or of
// several.
//
// Numbers from 1 on are valid in one report, in the order of its tables and cells. The
// same number is the same respondent or holding in every cell of every table, and the
// number says nothing else. A respondent without a holding is a holding of its own, with
// the same number. Without respondents in the data each row is a respondent.
//
// A Sole is confidential, like the rest of the evidence: that two cells have one
// contributor must not be published.
type Sole struct{ Respondent, Holding int32 }

// Sole returns the sole contributor to the cell; false where Options.Sole is not set.
func (c Cell) Sole() (Sole, bool) {
	if c.t.soles == nil {
		return Sole{}, false
	}
	return c.t.soles[c.i], true
}

// noteSoles asks for it, and for the largest contributors, in all tables that can be
// protected. One more than are wanted says where they end.
func (pl *plan) noteSoles(p *Policy) {
	pl.overlap = pl.respondent >= 0 && pl.holding >= 0
	for _, t := range pl.tabs {
		t.shape.Sole = t.output.Kind == Frequency || t.output.Kind == Magnitude
		if t.output.Kind == Magnitude {
			t.shape.Largest = max(leastNamed, p.top()) + 1
		}
	}
}

// nameSoles puts numbers in place of keys, which are of pseudonyms.
func (t *Table) nameSoles(names *evidence.Names) {
	if t.m.SoleRespondent == nil {
		return
	}
	t.soles = make([]Sole, len(t.m.SoleRespondent))
	for i, u := range t.m.SoleRespondent {
		n := names.Number(u)
		t.soles[i] = Sole{n, n}
		if t.m.SoleHolding != nil {
			t.soles[i].Holding = names.Number(t.m.SoleHolding[i])
		}
	}
	t.m.SoleRespondent, t.m.SoleHolding = nil, nil
}

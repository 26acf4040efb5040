package sdc

import "github.com/sluis-go/sluis/internal/evidence"

// Sole is who stands alone behind a cell: all its rows, in a magnitude table all that
// have a response, are of one respondent, or of one holding; 0 where they are of
// none or of several. Numbers from 1 on are those of this report, in the order of
// its tables and cells: the same number is the same respondent or holding in every
// cell of every table, and says nothing else. A respondent without a holding is a
// holding of its own, of the same number; without respondents in the data each row
// is one.
//
// Like everything else of a cell it is confidential: that two cells have one
// contributor is nowhere to be published.
type Sole struct{ Respondent, Holding int32 }

// Sole returns who stands alone behind the cell; false where Options.Sole did not
// ask for it.
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

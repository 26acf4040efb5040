package sdc

import "github.com/sluis-go/sluis/internal/evidence"

// HoldingsOverlap reports whether some respondent has rows of several holdings, or of a
// holding and of none, in the whole data. The rules count such a respondent in several
// contributors, and the respondent knows all of them together. [Cell.Sole] and
// [Cell.Largest] do not list the value of such a respondent in a cell. It is false where
// Options.Sole is not set.
func (r *Report) HoldingsOverlap() bool { return r.overlap }

// addOverlap hands over the units of the batch of n rows that w.codes and w.keys hold.
func (w *worker) addOverlap(n int) error {
	if w.overlap == nil {
		return nil
	}
	b := &evidence.Batch{Rows: n}
	if c := w.pl.respondent; w.keyed[c] {
		b.RespondentKey = w.keys[c].Key
	} else {
		b.Respondent = w.codes[c]
	}
	if c := w.pl.holding; w.keyed[c] {
		b.HoldingKey, b.HoldingNull = w.keys[c].Key, w.keys[c].Null
	} else {
		b.Holding = w.codes[c]
	}
	return w.overlap.Add(b)
}

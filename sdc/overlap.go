package sdc

import (
	"context"

	"github.com/sluis-go/sluis/internal/evidence"
)

// HoldingsOverlap reports whether some respondent has rows of several holdings, or of
// one and of none, in the data as a whole. Such a respondent knows of several
// contributors, as the rules count them, what none of these knows alone: [Cell.Sole]
// and [Cell.Largest] do not say what he has in a cell. False where Options.Sole did
// not ask for it.
func (r *Report) HoldingsOverlap() bool { return r.overlap }

// overlapShape is that of respondents by holding, a missing one being one of its own.
var overlapShape = evidence.Shape{Columns: 1, Respondent: true}

// addOverlap counts respondents by holding in the batch that w.codes and w.keys hold.
func (w *worker) addOverlap(n int) error {
	if w.overlap == nil {
		return nil
	}
	h := w.pl.holding
	b := &evidence.Batch{Rows: n, Cols: [][]uint32{w.codes[h]}, Cards: []int{w.encoders[h].Len()}}
	if c := w.pl.respondent; w.keyed[c] {
		b.RespondentKey = w.keys[c].Key
	} else {
		b.Respondent = w.codes[c]
	}
	return w.overlap.Add(b)
}

// mergeOverlap adds what o has counted; codes are those of its columns here.
func (w *worker) mergeOverlap(o *worker, codes [][]uint32) error {
	return w.overlap.Merge(o.overlap, evidence.Codes{Columns: [][]uint32{codes[w.pl.holding]}, Respondent: codes[w.pl.respondent]})
}

// holdingsOverlap reports whether the respondents of all holdings are together more
// than there are.
func (w *worker) holdingsOverlap(ctx context.Context, threads int) (bool, error) {
	n := w.encoders[w.pl.holding].Len()
	each := make([]uint32, n)
	for i := range each {
		each[i] = uint32(i)
	}
	levels := []evidence.Levels{{make([]uint32, n), each}}
	margins, err := w.overlap.Margins(ctx, levels, [][]int{{0}, {1}}, threads)
	if err != nil {
		return false, err
	}
	respondents := int64(0)
	for _, k := range margins[1].Respondents {
		respondents += k
	}
	return respondents > margins[0].Respondents[0], nil
}

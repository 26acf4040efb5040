package evidence

import (
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
)

// several is the number of distinct values from which no more are looked at.
const several = 3

// noteValues takes in the responses of a batch for Accumulator.TwoValues. It is free after the
// third distinct value.
func (s *state[T]) noteValues(x []T, null []bool) {
	if len(s.few) >= several {
		return
	}
	var a, b T
	if len(s.few) > 0 {
		a, b = s.few[0], s.few[len(s.few)-1]
	}
	for i, v := range x {
		if null != nil && null[i] || len(s.few) > 0 && (v.Cmp(a) == 0 || v.Cmp(b) == 0) {
			continue
		}
		s.few = append(s.few, v)
		if len(s.few) >= several {
			return
		}
		a, b = s.few[0], v
	}
}

// noteBatch is noteValues for the response of a loaded batch, if there is one.
func (s *state[T]) noteBatch(b *Batch) {
	if s.shape.Few {
		s.noteValues(s.x[:b.Rows], b.Response.Null)
	}
}

// TwoValues returns the two values that the response has in the rows, the smaller first, in
// units of the response. ok is false where the response has another number of values, and
// without Shape.Few.
func (a *Accumulator) TwoValues() (low, high exact.Num, ok bool) {
	switch {
	case a.small != nil:
		return twoOf(a.small.few)
	case a.narrow != nil:
		return twoOf(a.narrow.few)
	case a.wide != nil:
		return twoOf(a.wide.few)
	}
	return low, high, false
}

func twoOf[T number[T]](few []T) (low, high exact.Num, ok bool) {
	if len(few) != 2 {
		return low, high, false
	}
	few = slices.SortedFunc(slices.Values(few), T.Cmp)
	return few[0].Num(), few[1].Num(), true
}

package evidence

import (
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
)

// FewValues is the largest number of distinct values of a response that are kept.
const FewValues = 10

// noteValues takes in the responses of a batch for Accumulator.Values. It is free after the
// first distinct value that is one too many.
func (s *state[T]) noteValues(x []T, null []bool) {
	if len(s.few) > FewValues {
		return
	}
	var a, b T // the last two different ones
	if len(s.few) > 0 {
		a, b = s.few[0], s.few[len(s.few)-1]
	}
	for i, v := range x {
		if null != nil && null[i] || len(s.few) > 0 && (v.Cmp(a) == 0 || v.Cmp(b) == 0) {
			continue
		}
		if indexOf(s.few, v) < 0 {
			s.few = append(s.few, v)
		}
		if len(s.few) > FewValues {
			return
		}
		if a = b; len(s.few) == 1 {
			a = v
		}
		b = v
	}
}

// noteBatch is noteValues for the response of a loaded batch, if there is one.
func (s *state[T]) noteBatch(b *Batch) {
	if s.shape.Few {
		s.noteValues(s.x[:b.Rows], b.Response.Null)
	}
}

// Values returns the distinct values that the response has in the rows, ascending, in units of
// the response. It returns nil where these are more than FewValues, and without Shape.Few.
func (a *Accumulator) Values() []exact.Num {
	switch {
	case a.small != nil:
		return valuesOf(a.small.few)
	case a.narrow != nil:
		return valuesOf(a.narrow.few)
	case a.wide != nil:
		return valuesOf(a.wide.few)
	}
	return nil
}

func valuesOf[T number[T]](few []T) (out []exact.Num) {
	if len(few) > FewValues {
		return nil
	}
	for _, v := range slices.SortedFunc(slices.Values(few), T.Cmp) {
		out = append(out, v.Num())
	}
	return out
}

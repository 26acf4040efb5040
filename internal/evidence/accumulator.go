package evidence

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

// Accumulator gathers the evidence of one table. It is not safe for concurrent
// use; parts of the data go to accumulators of their own, which merge.
type Accumulator struct {
	shape  Shape
	table  *group.Table
	rows   int64
	digits int // decimal digits of the response's unit
	wdigit int // of the weight's
	float  bool

	// One of the three is in use: none has no response.
	none   *state[exact.Empty]
	narrow *state[exact.Int128]
	wide   *state[exact.Wide]

	ids []uint32
}

// New returns an empty accumulator. responseDigits and weightDigits are the
// decimal digits of the units of the columns (column.NumberDigits); float says
// that the response is a float column. It returns ErrTauHolding for a shape
// that is not defined.
func New(s Shape, responseDigits, weightDigits int, float bool) (*Accumulator, error) {
	if s.Tau && s.Holding {
		return nil, ErrTauHolding
	}
	if !s.Response || !s.Weight {
		s.Tau = false
	}
	a := &Accumulator{shape: s, table: group.NewTable(s.Columns), digits: responseDigits, wdigit: weightDigits, float: float}
	if s.Response {
		a.narrow = newState[exact.Int128](s, weightDigits)
	} else {
		a.none = newState[exact.Empty](s, weightDigits)
	}
	return a, nil
}

// Rows returns the number of rows added.
func (a *Accumulator) Rows() int64 { return a.rows }

// Groups returns the number of inner cells so far.
func (a *Accumulator) Groups() int { return a.table.Len() }

// Codes returns the code of every inner cell in one column.
func (a *Accumulator) Codes(column int) []uint32 { return a.table.Codes(column) }

// wideShift is the shift of wide values of the response column.
func (a *Accumulator) wideShift() int {
	if a.float {
		return exact.WideShift
	}
	return 0
}

// Add adds a batch. The error is a *RowError; the accumulator must not be used
// after one.
func (a *Accumulator) Add(b *Batch) error {
	if b.Rows == 0 {
		return nil
	}
	extendTo(&a.ids, b.Rows)
	a.table.Insert(b.Cols, b.Cards, a.ids)
	a.rows += int64(b.Rows)
	n := a.table.Len()
	if a.none != nil {
		return a.none.add(b, a.ids, n)
	}
	if a.narrow != nil {
		if loadNarrow(a.narrow, b.Response, b.Rows, a.rows) {
			return a.narrow.add(b, a.ids, n)
		}
		a.goWide()
	}
	loadWide(a.wide, b.Response, b.Rows)
	return a.wide.add(b, a.ids, n)
}

func (a *Accumulator) goWide() {
	if a.wide == nil {
		a.wide, a.narrow = widen(a.narrow, a.wideShift()), nil
	}
}

// Codes maps of a merge: for each column of o (and its respondents and
// holdings), the code in the receiver of every code in o.
type Codes struct {
	Columns             [][]uint32
	Respondent, Holding []uint32
}

// Merge adds the evidence of o, which was made with the same shape, and must
// not be used afterwards.
func (a *Accumulator) Merge(o *Accumulator, codes Codes) error {
	groups := a.table.Merge(o.table, codes.Columns)
	n := a.table.Len()
	a.rows += o.rows
	switch {
	case a.none != nil:
		return a.none.merge(o.none, n, groups, codes)
	case a.narrow != nil && o.narrow != nil:
		shift := max(a.narrow.shift, o.narrow.shift)
		most := max(a.narrow.bits+shift-a.narrow.shift, o.narrow.bits+shift-o.narrow.shift)
		if fits(most, a.rows) {
			reshift(a.narrow, shift)
			reshift(o.narrow, shift)
			a.narrow.bits = most
			return a.narrow.merge(o.narrow, n, groups, codes)
		}
	}
	a.goWide()
	o.goWide()
	return a.wide.merge(o.wide, n, groups, codes)
}

// Units returns the units of the numbers in Margins.
func (a *Accumulator) Units() Units {
	shift := 0
	switch {
	case a.narrow != nil:
		shift = a.narrow.shift
	case a.wide != nil:
		shift = a.wide.shift
	}
	return Units{
		Response: exact.Unit{Digits: a.digits, Shift: shift},
		Weight:   exact.Unit{Digits: a.wdigit, Shift: weightShift},
		Product:  exact.Unit{Digits: a.digits + a.wdigit, Shift: exact.ProductShift},
	}
}

// Margins closes the accumulator and returns the evidence of every asked
// combination of levels, in the order asked, the cells of each by ascending
// nodes. It works on up to threads margins at a time; the result does not
// depend on threads. It returns ctx.Err() if the context ends.
func (a *Accumulator) Margins(ctx context.Context, levels []Levels, combos [][]int, threads int) ([]*Margin, error) {
	var one func(combo []int, scratch *scratch) *Margin
	switch {
	case a.none != nil:
		one = a.none.close(a.table, levels)
	case a.narrow != nil:
		one = a.narrow.close(a.table, levels)
	default:
		one = a.wide.close(a.table, levels)
	}
	out := make([]*Margin, len(combos))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(threads, len(combos))) {
		wg.Go(func() {
			var s scratch
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(combos) {
					return
				}
				out[i] = one(combos[i], &s)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

package evidence

import (
	"context"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

// Accumulator gathers the evidence of one table. An accumulator is not safe for
// concurrent use. Each part of the data goes to an accumulator of its own; accumulators
// merge.
type Accumulator struct {
	shape  Shape
	table  *group.Table
	rows   int64
	digits int // decimal digits of the response's unit
	wdigit int // of the weight's
	float  bool

	// One of the four is in use: none has no response; the others follow each
	// other as the response needs it.
	none   *state[exact.Empty]
	small  *state[small]
	narrow *state[exact.Int128]
	wide   *state[exact.Wide]

	// held is a grid that holds all rows so far, and names are the codes of its indices.
	// Most often only its table is asked for.
	held  *Grid
	names [][]uint32

	spill *Spill
	ids   []uint32
	alone *soles // nil without Shape.Sole
	guess *Guess // nil where no other accumulator shares the guess
}

// New returns an empty accumulator. responseDigits and weightDigits are the decimal
// digits of the units of the columns (column.NumberDigits); float says that the response
// is a float column. New returns ErrTauHolding for a shape that is not defined.
func New(s Shape, responseDigits, weightDigits int, float bool) (*Accumulator, error) {
	if s.Tau && s.Holding {
		return nil, ErrTauHolding
	}
	if !s.Response || !s.Weight {
		s.Tau = false
	}
	a := &Accumulator{shape: s, table: group.NewTable(s.Columns), digits: responseDigits, wdigit: weightDigits, float: float}
	if s.Sole {
		a.alone = &soles{}
	}
	if s.Response {
		a.small = newState[small](s, weightDigits)
	} else {
		a.none = newState[exact.Empty](s, weightDigits)
	}
	return a, nil
}

// Share makes the grids of the accumulator use a guess that other accumulators of the
// table use too. Share must be called before rows are added.
func (a *Accumulator) Share(g *Guess) { a.guess = g }

// Rows returns the number of rows added.
func (a *Accumulator) Rows() int64 { return a.rows }

// Groups returns the number of inner cells so far.
func (a *Accumulator) Groups() int {
	a.unfold(1)
	return a.table.Len()
}

// Codes returns the code of every inner cell in one column.
func (a *Accumulator) Codes(column int) []uint32 {
	a.unfold(1)
	return a.table.Codes(column)
}

// wideShift is the shift of wide values of the response column.
func (a *Accumulator) wideShift() int {
	if a.float {
		return exact.WideShift
	}
	return 0
}

// Add adds a batch. The error is a *RowError, or wraps ErrSpill; the accumulator
// must not be used after one.
func (a *Accumulator) Add(b *Batch) error {
	if err := a.add(b); err != nil {
		return err
	}
	return a.spill.err()
}

func (a *Accumulator) add(b *Batch) error {
	if b.Rows == 0 {
		return nil
	}
	a.unfold(1)
	extendTo(&a.ids, b.Rows)
	a.table.Insert(b.Cols, b.Cards, a.ids)
	a.rows += int64(b.Rows)
	n := a.table.Len()
	if a.alone != nil {
		a.alone.add(b, a.ids, n, &a.shape)
	}
	if a.none != nil {
		return a.none.add(b, a.ids, n)
	}
	if a.small != nil {
		if loadSmall(a.small, b.Response, b.Rows, a.rows) {
			return a.small.add(b, a.ids, n)
		}
		a.goNarrow()
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

func (a *Accumulator) goNarrow() {
	if a.small != nil {
		a.narrow, a.small = widened(a.small, a.small.shift, narrowOfSmall), nil
	}
}

func (a *Accumulator) goWide() {
	a.goNarrow()
	if a.narrow != nil {
		a.wide, a.narrow = widened(a.narrow, a.wideShift(), exact.WideFrom), nil
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
	if err := a.merge(o, codes); err != nil {
		return err
	}
	return a.spill.err()
}

func (a *Accumulator) merge(o *Accumulator, codes Codes) error {
	a.unfold(1)
	o.unfold(1)
	groups := a.table.Merge(o.table, codes.Columns)
	n := a.table.Len()
	a.rows += o.rows
	if a.alone != nil {
		a.alone.merge(o.alone, n, groups, codes)
	}
	if a.none != nil {
		return a.none.merge(o.none, n, groups, codes)
	}
	if a.small != nil && o.small != nil && alike(a.small, o.small, a.rows, smallBits, shlSmall) {
		return a.small.merge(o.small, n, groups, codes)
	}
	a.goNarrow()
	o.goNarrow()
	if a.narrow != nil && o.narrow != nil && alike(a.narrow, o.narrow, a.rows, sumBits, shlNarrow) {
		return a.narrow.merge(o.narrow, n, groups, codes)
	}
	a.goWide()
	o.goWide()
	return a.wide.merge(o.wide, n, groups, codes)
}

// alike brings two states to one shift, and reports false, changing nothing, if
// the sums of both would not fit.
func alike[T number[T]](a, o *state[T], rows int64, sum int, shl func(T, int) T) bool {
	shift := max(a.shift, o.shift)
	most := max(a.bits+shift-a.shift, o.bits+shift-o.shift)
	if !fits(most, rows, sum) {
		return false
	}
	a.reshift(shift, shl)
	o.reshift(shift, shl)
	a.bits = most
	return true
}

// Units returns the units of the numbers in Margins.
func (a *Accumulator) Units() Units {
	shift := 0
	switch {
	case a.small != nil:
		shift = a.small.shift
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

// Margins closes the accumulator and returns the evidence of every combination of levels
// in combos, in that order. The cells of each combination ascend by nodes. Up to threads
// goroutines work; the result does not depend on threads. Margins returns ctx.Err() if
// the context ends, and an error that wraps ErrSpill where rows could not be read back.
func (a *Accumulator) Margins(ctx context.Context, levels []Levels, combos [][]int, threads int) ([]*Margin, error) {
	out, err := a.close(ctx, levels, combos, threads)
	if err == nil {
		err = a.spill.err()
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *Accumulator) close(ctx context.Context, levels []Levels, combos [][]int, threads int) ([]*Margin, error) {
	a.unfold(threads)
	switch {
	case a.none != nil:
		return a.none.close(ctx, a.table, a.alone, levels, combos, threads)
	case a.small != nil:
		return a.small.close(ctx, a.table, a.alone, levels, combos, threads)
	case a.narrow != nil:
		return a.narrow.close(ctx, a.table, a.alone, levels, combos, threads)
	}
	return a.wide.close(ctx, a.table, a.alone, levels, combos, threads)
}

// Only leaves out the respondents and holdings for which keep reports false. They are
// left out of counts of units and of ranked contributions; sums and numbers of rows stay
// those of all rows. keep gets the keys or ids of the batches, and must be safe for
// concurrent use. Only must be called directly before the accumulator is closed.
func (a *Accumulator) Only(keep func(Unit) bool) {
	a.unfold(1)
	switch {
	case a.none != nil:
		a.none.keep = keep
	case a.small != nil:
		a.small.keep = keep
	case a.narrow != nil:
		a.narrow.keep = keep
	default:
		a.wide.keep = keep
	}
}

// Respondents returns the number of distinct respondents of a closed
// accumulator; 0 if batches carried none.
func (a *Accumulator) Respondents() int64 {
	switch {
	case a.none != nil:
		return a.none.found
	case a.small != nil:
		return a.small.found
	case a.narrow != nil:
		return a.narrow.found
	}
	return a.wide.found
}

package hide

import (
	"context"
	"fmt"
	"slices"

	"github.com/sluis-go/sluis/internal/lp"
)

// Rounded is a table of multiples of Base in place of the truth.
type Rounded struct {
	Base  int64
	Value []int64 // of every cell
	// Restricted says that every cell is the multiple of Base next below or next above
	// its value, and that a multiple stays unchanged (zero-restricted). Otherwise some
	// cells are one more multiple away.
	Restricted bool
	// Nearest says that every cell was rounded by itself, and sums need not hold.
	Nearest bool
}

// Round rounds every cell of a table to a multiple of base so that all sums hold
// (controlled rounding). The rounding is zero-restricted where that is found.
//
//   - In tables of up to 3,000 cells that depend on each other, the rounding is as near
//     to the values as possible.
//   - In larger tables the first rounding that is found is taken. For one table it is
//     found by mending the sums after rounding the inner cells; for linked tables by a
//     program from the nearest multiples.
//
// Statuses and levels have no effect: all cells are published. Relations must be those of
// a table that is not negative.
//
// The result is checked in whole numbers. The error wraps ErrRequest, or ErrUndecided
// with cells where the search found no rounding within one multiple more. ErrUndecided
// proves nothing: Causey, Cox and Ernst 1985 show that three-way tables need not have a
// zero-restricted rounding.
//
// Programs over the cells that are no multiples, whole numbers by branching. In large
// single tables the time is about linear in the cells, and programs run only around the
// sums that are mended.
func Round(ctx context.Context, p *Problem, base int64) (*Rounded, error) {
	if err := checkBase(p, base); err != nil {
		return nil, err
	}
	for spread := range int64(2) {
		out := &Rounded{Base: base, Value: make([]int64, len(p.cells)), Restricted: spread == 0}
		if p.grid != nil && len(p.cells) > nearest {
			x, err := out.mend(ctx, p, spread)
			if err != nil {
				return nil, err
			}
			if x != nil {
				for i, v := range x {
					out.Value[i] = v * base
				}
				return out, out.check(p, spread)
			}
			if spread == 0 {
				continue // one multiple more is sooner found than waited for
			}
		}
		failed, err := out.search(ctx, p, spread)
		if err != nil {
			return nil, err
		}
		if len(failed) == 0 {
			return out, out.check(p, spread)
		}
		if spread == 1 {
			return nil, cellsError(ErrUndecided, failed)
		}
	}
	return nil, nil
}

// nearest is the size of a component up to which the rounding is the nearest possible to
// the values. In larger components it is the first that is found from the nearest
// multiples, which need not add up.
const nearest = 3000

func checkBase(p *Problem, base int64) error {
	if base < 2 || base > 1<<30 {
		return fmt.Errorf("%w: a base from 2 to 2^30 is needed", ErrRequest)
	}
	for i, c := range p.cells {
		if c.Value < 0 {
			return fmt.Errorf("%w: cell %d is negative", ErrRequest, i)
		}
	}
	return nil
}

// search finds, component by component, the multiple of each cell, counted from the next
// multiple below: 0 or 1; with spread from -spread to 1 + spread.
func (out *Rounded) search(ctx context.Context, p *Problem, spread int64) (failed []int, err error) {
	down := make([]int64, len(p.cells))
	lower, upper := make([]int64, len(p.cells)), make([]int64, len(p.cells))
	for i, c := range p.cells {
		down[i] = c.Value / out.Base
		lower[i], upper[i] = max(-spread, -down[i]), spread
		if c.Value%out.Base != 0 {
			upper[i]++
		}
	}
	for _, c := range boxes(p, down, lower, upper) {
		var goal []lp.Term
		for j, cell := range c.cells {
			rest := p.cells[cell].Value % out.Base
			goal = append(goal, lp.Term{Var: j, Coef: p.pull(int(cell), rest, out.Base)})
		}
		start := slices.Clone(c.lower)
		for j, cell := range c.cells {
			up := int64(0)
			if p.goesUp(int(cell), p.cells[cell].Value%out.Base, out.Base) {
				up = 1
			}
			start[j] = min(max(up, c.lower[j]), c.upper[j])
		}
		c.solver = c.program(start)
		if len(c.cells) > nearest {
			goal = nil
		}
		x, _, err := c.table(ctx, goal)
		if err != nil {
			return nil, err
		}
		for j, cell := range c.cells {
			if x == nil {
				failed = append(failed, int(cell))
			} else {
				out.Value[cell] = (down[cell] + x[j]) * out.Base
			}
		}
	}
	return failed, nil
}

// boxes makes the components of cells, with bounds on their distance above the values at.
// A cell that cannot move is in a component too, because of its relations.
func boxes(p *Problem, at, lower, upper []int64) []*component {
	mark := make([]bool, len(p.cells))
	var out []*component
	for first := range p.cells {
		if mark[first] {
			continue
		}
		mark[first] = true
		c := &component{}
		list := []int32{int32(first)}
		row := map[int32]int32{}
		var constant []int64
		for k := 0; k < len(list); k++ {
			cell := list[k]
			var rows []int32
			var vals []float64
			for _, r := range p.of[cell] {
				id, ok := row[r]
				if !ok {
					id = int32(len(row))
					row[r] = id
					sum := -at[p.rel[r].Total]
					next := []int{p.rel[r].Total}
					for _, q := range p.rel[r].Parts {
						sum += at[q]
						next = append(next, q)
					}
					constant = append(constant, sum)
					for _, q := range next {
						if !mark[q] {
							mark[q] = true
							list = append(list, int32(q))
						}
					}
				}
				sign := 1.0
				if p.rel[r].Total == int(cell) {
					sign = -1
				}
				rows, vals = append(rows, id), append(vals, sign)
			}
			c.rows, c.vals = append(c.rows, rows), append(c.vals, vals)
			c.lower, c.upper = append(c.lower, lower[cell]), append(c.upper, upper[cell])
		}
		c.cells = list
		for k, b := range constant {
			c.rows, c.vals = append(c.rows, []int32{int32(k)}), append(c.vals, []float64{1})
			c.lower, c.upper = append(c.lower, b), append(c.upper, b)
		}
		out = append(out, c)
	}
	return out
}

// check looks at every cell and relation, in whole numbers.
func (out *Rounded) check(p *Problem, spread int64) error {
	for i, v := range out.Value {
		off := abs64(v - p.cells[i].Value)
		if v%out.Base != 0 || v < 0 || off >= out.Base*(1+spread) {
			return fmt.Errorf("%w: a cell was rounded too far", ErrUndecided)
		}
	}
	for _, r := range p.rel {
		sum := int64(0)
		for _, c := range r.Parts {
			sum += out.Value[c]
		}
		if sum != out.Value[r.Total] {
			return fmt.Errorf("%w: a rounded sum does not hold", ErrUndecided)
		}
	}
	return nil
}

// RoundNearest rounds every cell by itself to the nearest multiple of base, half upwards.
// It uses no randomness and no search: the same table always gives the same result. Sums
// need not hold. AuditRounded computes the attack on the result.
func RoundNearest(p *Problem, base int64) (*Rounded, error) {
	if err := checkBase(p, base); err != nil {
		return nil, err
	}
	out := &Rounded{Base: base, Value: make([]int64, len(p.cells)), Restricted: true, Nearest: true}
	for i, c := range p.cells {
		out.Value[i] = (c.Value + base/2) / base * base
	}
	return out, nil
}

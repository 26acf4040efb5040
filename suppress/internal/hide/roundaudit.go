package hide

import (
	"context"
	"fmt"
)

// Reach returns how far below and above a rounded value the true value may lie, for an
// attacker who knows base and method:
//
//	nearest        base/2 (rounded down) below to (base-1)/2 above
//	controlled     base-1 either way
//	not restricted 2 base-1 either way
//
// and the true value is never below zero.
func (r *Rounded) Reach() (below, above int64) {
	switch {
	case r.Nearest:
		return r.Base / 2, (r.Base - 1) / 2
	case r.Restricted:
		return r.Base - 1, r.Base - 1
	}
	return 2*r.Base - 1, 2*r.Base - 1
}

// AuditRounded computes the attack on a rounded table of counts. The attacker knows
//
//   - all rounded values, base and method: so each true value lies within Reach of the
//     rounded one;
//   - that counts are whole and not negative;
//   - what is known of a cell beforehand: that it is empty, or that a code occurs;
//   - that the sums of the true values hold;
//   - the values of Protected cells.
//
// It returns the interval of every cell. For every Primary cell it returns whether its
// level holds, against outsiders and against every sole contributor of a cell, as Audit
// does for suppressed cells.
//
// AuditRounded does not take into account what the choice of this rounding reveals to an
// attacker who knows the algorithm of the choice.
//
// The error wraps ErrRequest where the rounded table is not one of this problem. Programs
// over all cells of a component: two for each cell with intervals.
func AuditRounded(ctx context.Context, p *Problem, r *Rounded, o AuditOptions) (*Audited, error) {
	if err := checkBase(p, r.Base); err != nil {
		return nil, err
	}
	if len(r.Value) != len(p.cells) {
		return nil, fmt.Errorf("%w: the rounded table has other cells", ErrRequest)
	}
	// A problem in which everything is hidden, and known to within the reach.
	q := &Problem{
		cells: make([]Cell, len(p.cells)), rel: p.rel, of: p.of, grid: p.grid, attacker: Attacker{Whole: true},
		floors: p.floors, anonymous: p.anonymous, owned: p.owned,
		down: make([]int64, len(p.cells)), up: make([]int64, len(p.cells)),
	}
	below, above := r.Reach()
	hidden := make([]bool, len(p.cells))
	for i, c := range p.cells {
		hidden[i] = true
		switch c.Status {
		case Protected:
			q.cells[i] = c
			continue
		case Primary:
		default:
			c.Status = Withheld
		}
		q.cells[i] = c
		least, most := max(0, r.Value[i]-below), r.Value[i]+above
		if c.Value < least || c.Value > most {
			return nil, fmt.Errorf("%w: cell %d is not rounded as is said", ErrRequest, i)
		}
		q.down[i], q.up[i] = min(p.down[i], c.Value-least), min(p.up[i], most-c.Value)
	}
	return Audit(ctx, q, hidden, o)
}

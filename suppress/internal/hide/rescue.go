package hide

import (
	"context"
	"math/big"
)

// rescue deals with primary cells for which no witness was found: with
// everything hidden that may be, the attacker's program either gives one, or
// proves that there is none.
func (c *cover) rescue(ctx context.Context) error {
	var never, unknown []int
	for _, cell := range c.failed {
		verdict, err := c.decide(ctx, cell)
		switch {
		case err != nil:
			return err
		case verdict == Fails:
			never = append(never, int(cell))
		case verdict == Undecided:
			unknown = append(unknown, int(cell))
		}
	}
	if err := cellsError(ErrInfeasible, never); err != nil {
		return err
	}
	return cellsError(ErrUndecided, unknown)
}

// decide takes in witnesses for all that a cell misses, or says that there are
// none.
func (c *cover) decide(ctx context.Context, cell int32) (Verdict, error) {
	for {
		_, missing := c.found.assign(cell, func(int32) bool { return true })
		if len(missing) == 0 {
			return Holds, nil
		}
		n := missing[0]
		f := c.finders[0]
		cells, _ := f.region(cell, n.Owner, true, true, len(c.p.cells))
		lower, upper := make([]int64, len(cells)), make([]int64, len(cells))
		v := c.p.view(n)
		for j, k := range cells {
			lower[j], upper[j] = bounds(v.below(k), v.above(k))
		}
		verdict, ws, err := c.p.settle(ctx, n, newRegion(c.p, cells, lower, upper, f.check, rescueBranches))
		if err != nil || verdict != Holds {
			return verdict, err
		}
		for _, w := range ws {
			c.take(w)
		}
		if _, still := c.found.assign(cell, func(int32) bool { return true }); len(still) > 0 && still[0].Kind == n.Kind && still[0].Owner == n.Owner && still[0].Least == n.Least {
			return Undecided, nil
		}
	}
}

const rescueBranches = 2000

// settle decides a need within a program: witnesses that meet it, or a proof that
// none does.
func (p *Problem) settle(ctx context.Context, n Need, g *region) (Verdict, []*Witness, error) {
	j := g.has[n.Cell]
	var ws []*Witness
	proven := [2]*big.Rat{new(big.Rat), new(big.Rat)} // above, below
	reached := [2]*Witness{}
	for side, sign := range []int64{1, -1} {
		if n.Kind == Upper && sign < 0 || n.Kind == Lower && sign > 0 {
			continue
		}
		e, err := g.extreme(ctx, j, sign)
		if err != nil {
			return Undecided, nil, err
		}
		if e.ray != nil {
			e.reached = along(e.ray, n)
		}
		if e.reached != nil && !g.admits(e.reached) {
			e.reached = nil
		}
		proven[side], reached[side] = e.proven, e.reached
		if e.reached == nil {
			continue
		}
		ws = append(ws, e.reached)
		if d := sign * e.reached.at(n.Cell); compare(d, e.reached.Den, 0, 1, n.Least) >= 0 {
			return Holds, ws, nil
		}
	}
	if n.Kind == Sliding && reached[0] != nil && reached[1] != nil &&
		compare(reached[0].at(n.Cell), reached[0].Den, reached[1].at(n.Cell), reached[1].Den, n.Least) >= 0 {
		return Holds, ws, nil
	}
	if n.denied(proven) {
		return Fails, nil, nil
	}
	return Undecided, nil, nil
}

// denied reports whether what is proven of how far a cell can go rules a need
// out; nil is no end.
func (n *Need) denied(proven [2]*big.Rat) bool {
	least := big.NewRat(n.Least, 1)
	above, below := proven[0], proven[1]
	switch n.Kind {
	case Upper:
		return above != nil && above.Cmp(least) < 0
	case Lower:
		return below != nil && below.Cmp(least) < 0
	case Sliding:
		return above != nil && below != nil && new(big.Rat).Add(above, below).Cmp(least) < 0
	}
	if n.Least == 0 {
		return above != nil && below != nil && above.Sign() == 0 && below.Sign() == 0
	}
	return above != nil && below != nil && above.Cmp(least) < 0 && below.Cmp(least) < 0
}

// along goes along a ray as far as a need asks.
func along(ray *Witness, n Need) *Witness {
	step := abs(ray.at(n.Cell))
	times := max(1, (n.Least+step-1)/step)
	w := &Witness{Cells: ray.Cells, Delta: make([]int64, len(ray.Delta)), Den: 1}
	for i, d := range ray.Delta {
		if times > (1<<60)/abs(d) {
			return nil
		}
		w.Delta[i] = d * times
	}
	return w
}

package suppress

import (
	"context"
	"math"

	"github.com/sluis-go/sluis/internal/lp"
)

// relations returns the matrix of the relations, which is made when first asked for.
func (p *Problem) relations() *lp.Matrix {
	p.once.Do(func() { p.matrix = matrixOf(p.rel, p.of) })
	return p.matrix
}

// matrixOf makes relations, and which of them cells are in, into constraints: the parts
// less the total are 0.
func matrixOf(rel []Relation, of [][]int32) *lp.Matrix {
	var vals []int8
	return lp.NewMatrix(len(rel), len(of), func(c int) ([]int32, []int8) {
		vals = vals[:0]
		for _, r := range of[c] {
			v := int8(1)
			if rel[r].Total == c {
				v = -1
			}
			vals = append(vals, v)
		}
		return of[c], vals
	})
}

const (
	// A change of a hidden cell costs next to nothing, but not quite, and no two the
	// same: so that witnesses are small and the solver meets no ties.
	slight = 0.01
	// A search mostly takes a few dozen steps. In large tables of many variables it
	// may take thousands, which is still far less than other programs take: it is given
	// up sooner where there is a witness, and a cheaper one is looked for.
	nearSteps  = 10_000
	belowSteps = 300
)

// cheapest looks for a witness of a need over the whole table that is cheaper than
// the one there is, if any: the cheaper of those up and down, and any of them where
// nothing may be hidden besides. With none there seems to be none at all.
func (f *finder) cheapest(ctx context.Context, n Need, more bool, is *Witness) (best *Witness, none bool, err error) {
	none = n.Least > 0 && is == nil
	least := int64(infinity)
	if best = is; is != nil {
		least = f.priceOf(is)
	}
	for _, by := range f.targets(n) {
		w, cells, status, err := f.near(ctx, n, by, more, least)
		if err == nil && len(cells) > 0 {
			w, err = f.program(ctx, n, by, cells)
		}
		if err != nil {
			return nil, false, err
		}
		none = none && status == lp.Infeasible
		if w == nil {
			continue
		}
		if price := f.priceOf(w); price < least {
			best, least = w, price
		}
		if least == 0 {
			break
		}
	}
	return best, none, nil
}

// near looks for a witness in which a cell changes by so much, at least price for
// what is published now and below a limit, in the whole table, in time in proportion
// to the part of it that this comes to. With status Infeasible there seems to be none, whole or
// not; with Optimal and without a witness what was found is not whole, and cells
// lists what was looked at.
func (f *finder) near(ctx context.Context, n Need, by int64, more bool, below int64) (w *Witness, cells []int32, status lp.Status, err error) {
	p := f.p
	if by > f.view.above(n.Cell) || -by > f.view.below(n.Cell) {
		return nil, nil, lp.Infeasible, nil
	}
	if f.lp == nil {
		f.lp = lp.NewNear(p.relations())
	}
	steps := nearSteps
	if below != infinity {
		steps = belowSteps
	}
	status, err = f.lp.Move(ctx, n.Cell, float64(by), steps, reach(below)*float64(abs(by)), func(c int32) (down, up, cost float64) {
		if !f.movable(c, n.Owner, more) {
			return 0, 0, 0
		}
		cost = slight * (1 + float64(mix(uint64(c))>>11)/(1<<53))
		if !f.hidden[c] {
			cost += float64(f.price[c])
		}
		return reach(f.view.below(c)), reach(f.view.above(c)), cost
	})
	f.work += f.lp.Work()
	if err != nil || status != lp.Optimal {
		return nil, nil, status, err
	}
	list, x := f.lp.Point()
	most := int64(finest)
	if p.attacker.Whole {
		most = 1
	}
	if num, den, ok := rational(x, most); ok {
		w = newWitness(list, num, den)
	}
	if w == nil || !f.admits(w, true) || abs(w.at(n.Cell)) != abs(by)*w.Den {
		for _, c := range f.lp.Touched() {
			if c == n.Cell || f.movable(c, n.Owner, more) {
				cells = append(cells, c)
			}
		}
		return nil, cells, status, nil
	}
	return w, nil, status, nil
}

// reach is the room of a cell as a number.
func reach(v int64) float64 {
	if v == infinity {
		return math.Inf(1)
	}
	return float64(v)
}

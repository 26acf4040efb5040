package hide

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

// near looks for a witness in which a cell changes by so much, in the whole table. The price
// of the published cells that the witness changes is the least, and below a limit. The time
// is in proportion to the part of the table that the search reaches.
//
//   - Status Infeasible: the float solver found the program infeasible, whole or not. This
//     is a hint, not a proof.
//   - Status Optimal without a witness: the solution is not whole. cells lists the cells that
//     were looked at.
func (f *finder) near(ctx context.Context, n Need, by int64, more bool, below int64) (w *Witness, cells []int32, status lp.Status, err error) {
	p := f.p
	if by > f.view.above(n.Cell) || -by > f.view.below(n.Cell) {
		return nil, nil, lp.Infeasible, nil
	}
	if below == infinity {
		w, err = f.again(ctx, n, by, more)
		if w != nil || err != nil {
			return w, nil, lp.Optimal, err
		}
	}
	if f.lp == nil {
		f.lp = lp.NewNear(p.relations())
	}
	steps := nearSteps
	if below != infinity {
		steps = belowSteps
	}
	status, err = f.lp.Move(ctx, n.Cell, float64(by), steps, reach(below)*float64(abs(by)), f.limits(n.Owner, f.view, more))
	f.work += f.lp.Work()
	if err != nil || status != lp.Optimal {
		return nil, nil, status, err
	}
	w = f.point(f.lp)
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

// limits gives a program the bounds of a view: how far each cell may move, and at what cost.
func (f *finder) limits(owner int32, v *view, more bool) func(c int32) (down, up, cost float64) {
	return func(c int32) (down, up, cost float64) {
		if !f.movable(c, owner, more) {
			return 0, 0, 0
		}
		cost = slight * (1 + float64(mix(uint64(c))>>11)/(1<<53))
		if !f.hidden[c] {
			cost += float64(f.price[c])
		}
		return reach(v.below(c)), reach(v.above(c)), cost
	}
}

// point is what a program ended in, unchecked; nil where that is not whole.
func (f *finder) point(s *lp.Near) *Witness {
	list, x := s.Point()
	most := int64(finest)
	if f.p.attacker.Whole {
		most = 1
	}
	if num, den, ok := rational(x, most); ok {
		return newWitness(list, num, den)
	}
	return nil
}

// family is what insiders who ask the same of a cell, while nothing else changes, have
// in common: a program for who knows no more than Anyone, from where theirs go on.
type family struct {
	size int  // how many are about to ask
	made bool // the program, of this change of a cell
	cell int32
	by   int64
	more bool
	ok   bool // it has a solution
	lp   *lp.Near
}

// fewKin is how large a family must be for a program of its own.
const fewKin = 3

// meet says that a need is about to be sought, and which come next. Until part nothing
// is hidden or published.
func (f *finder) meet(n Need, next []Need) {
	f.family.size = 0
	for _, o := range next {
		if o.Kind == n.Kind && o.Least == n.Least {
			f.family.size++
		}
	}
}

func (f *finder) part() { f.family.size, f.family.made = 0, false }

// again looks for a witness of an insider's need that hides nothing more. The search begins
// where the program of the insider's family ended. again returns nil where there is no
// family, or where no witness was found.
func (f *finder) again(ctx context.Context, n Need, by int64, more bool) (*Witness, error) {
	a := &f.family
	if n.Owner == 0 || n.Owner == Anyone {
		return nil, nil
	}
	if !a.made || a.cell != n.Cell || a.by != by || a.more != more {
		if a.size < fewKin {
			return nil, nil
		}
		if a.lp == nil {
			a.lp = lp.NewNear(f.p.relations())
		}
		base := n
		if base.Owner = 0; f.p.anonymous {
			base.Owner = Anyone
		}
		a.made, a.cell, a.by, a.more, a.ok = true, n.Cell, by, more, false
		v := f.p.view(base)
		if by > v.above(n.Cell) || -by > v.below(n.Cell) {
			return nil, nil
		}
		status, err := a.lp.Move(ctx, n.Cell, float64(by), nearSteps, math.Inf(1), f.limits(base.Owner, v, more))
		f.work += a.lp.Work()
		if err != nil {
			return nil, err
		}
		if a.ok = status == lp.Optimal; a.ok {
			a.lp.Keep()
		}
	}
	if !a.ok {
		return nil, nil
	}
	status, err := a.lp.Again(ctx, nearSteps, math.Inf(1), f.limits(n.Owner, f.view, more))
	f.work += a.lp.Work()
	if err != nil || status != lp.Optimal {
		return nil, err
	}
	w := f.point(a.lp)
	if w == nil || !f.admits(w, more) || abs(w.at(n.Cell)) != abs(by)*w.Den || f.priceOf(w) > 0 {
		return nil, nil
	}
	return w, nil
}

// reach is the room of a cell as a number.
func reach(v int64) float64 {
	if v == infinity {
		return math.Inf(1)
	}
	return float64(v)
}

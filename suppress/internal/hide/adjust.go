package hide

import (
	"context"
	"math"

	"github.com/sluis-go/sluis/internal/lp"
)

// adjuster makes a table that adds up keep to bounds: each cell that is off is changed by
// the cheapest change of cells around it that keeps all sums and takes no cell farther
// off. Every such step mends something, so that it ends; where no change in whole numbers
// is found it gives up.
type adjuster struct {
	rel          []Relation
	of           [][]int32
	near         *lp.Near
	x            []int64
	lower, upper []int64 // what it shall keep to
	cost         func(cell int32) float64
	stride       int64 // the most that a step mends; at least 1
	failed       int
}

const (
	adjustSteps = 1000
	adjustFails = 12 // cells that could not be mended, until it gives up
)

func newAdjuster(rel []Relation, of [][]int32, matrix *lp.Matrix) adjuster {
	n := len(of)
	return adjuster{
		rel: rel, of: of, near: lp.NewNear(matrix), stride: 1,
		x: make([]int64, n), lower: make([]int64, n), upper: make([]int64, n),
	}
}

// run mends all that is off. What cannot be mended is looked at again once others
// were.
func (a *adjuster) run(ctx context.Context) (bool, error) {
	for {
		off, mended := 0, 0
		for c := range a.x {
			for a.x[c] < a.lower[c] || a.x[c] > a.upper[c] {
				ok, err := a.mend(ctx, int32(c))
				if err != nil {
					return false, err
				}
				if !ok {
					if a.failed++; a.failed == adjustFails {
						return false, nil
					}
					off++
					break
				}
				mended++
			}
		}
		if off == 0 || mended == 0 {
			return off == 0, nil
		}
	}
}

// mend changes a cell towards what it shall be: by as much as it can be in one step,
// and where that does not come out in whole numbers by one.
func (a *adjuster) mend(ctx context.Context, cell int32) (bool, error) {
	gap := a.lower[cell] - a.x[cell]
	if gap < 0 {
		gap = a.upper[cell] - a.x[cell]
	}
	by := min(max(gap, -a.stride), a.stride)
	ok, err := a.step(ctx, cell, by)
	if ok || err != nil || by == 1 || by == -1 {
		return ok, err
	}
	return a.step(ctx, cell, by/abs64(by))
}

func (a *adjuster) step(ctx context.Context, cell int32, by int64) (bool, error) {
	status, err := a.near.Move(ctx, cell, float64(by), adjustSteps, math.Inf(1), func(c int32) (down, up, cost float64) {
		return float64(max(0, a.x[c]-a.lower[c])), float64(max(0, a.upper[c]-a.x[c])), a.cost(c)
	})
	if err != nil || status != lp.Optimal {
		return false, err
	}
	cells, x := a.near.Point()
	whole, _, ok := rational(x, 1)
	return ok && a.take(cells, whole), nil
}

// take makes a change that keeps all sums and takes no cell farther off, and no other.
func (a *adjuster) take(cells []int32, by []int64) bool {
	sum := map[int32]int64{}
	for i, c := range cells {
		if v := a.x[c] + by[i]; v < min(a.x[c], a.lower[c]) || v > max(a.x[c], a.upper[c]) {
			return false
		}
		for _, r := range a.of[c] {
			if a.rel[r].Total == int(c) {
				sum[r] -= by[i]
			} else {
				sum[r] += by[i]
			}
		}
	}
	for _, s := range sum {
		if s != 0 {
			return false
		}
	}
	for i, c := range cells {
		a.x[c] += by[i]
	}
	return true
}

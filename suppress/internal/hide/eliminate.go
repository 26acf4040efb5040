package hide

import (
	"cmp"
	"context"
	"slices"

	"github.com/sluis-go/sluis/internal/linear"
)

// eliminate proposes what to hide. It publishes cells in order of falling price, unless a
// primary cell would then follow by sums and differences
//
//   - from published cells; or
//   - from published cells and one other primary cell, for the only contributor to that
//     cell.
//
// Protected cells are published first. The set does not depend on coordinates, pivots or
// threads.
//
// eliminate looks at neither bounds nor levels, nor at owners of several cells. The
// witnesses of the pattern do, and no cell counts as protected because of eliminate. Package
// linear says what a prime can get wrong, and the cost.
//
// Source: Langsrud, "Secondary cell suppression by Gaussian elimination" (2024),
// the method of the R package GaussSuppression.
func (p *Problem) eliminate(ctx context.Context, price []int64, threads int) ([]bool, error) {
	n := len(p.cells)
	relations := make([]linear.Relation, len(p.rel))
	for r, rel := range p.rel {
		parts := make([]int32, len(rel.Parts))
		for i, c := range rel.Parts {
			parts[i] = int32(c)
		}
		relations[r] = linear.Relation{Total: int32(rel.Total), Parts: parts}
	}
	weight := make([]int64, n)
	kind := make([]linear.Kind, n)
	owner := make([]int32, n)
	hidden := make([]bool, n)
	var order, withheld []int
	for i, c := range p.cells {
		weight[i], owner[i] = int64(n), c.Owner // what stays hidden is left over first
		hidden[i] = c.Status.Hidden() && c.Status != Secondary
		switch {
		case c.Status == Withheld:
			withheld = append(withheld, i)
		case c.Status != Primary:
			order = append(order, i)
		case c.Owner != 0:
			kind[i] = linear.Singleton
		default:
			kind[i] = linear.Hidden
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		pa, pb := p.cells[a].Status == Protected, p.cells[b].Status == Protected
		if pa != pb {
			if pa {
				return -1
			}
			return 1
		}
		return cmp.Compare(price[b], price[a])
	})
	for k, i := range order {
		weight[i] = int64(k)
	}
	space, err := linear.Space(ctx, n, relations, weight)
	if err != nil {
		return nil, err
	}
	e := linear.New(n, space, kind, owner, threads)
	for _, i := range withheld {
		e.Hide(i)
	}
	for k, i := range order {
		if k%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !e.Publish(i) {
			hidden[i] = p.cells[i].Status != Protected
		}
	}
	return hidden, nil
}

package group

import (
	"context"
	"sync"
)

// Groups is the grouping of a whole data set: equivalence classes of rows equal
// on all columns, numbered in code order.
type Groups struct {
	IDs   []uint32   // row -> group
	N     int        // number of groups
	Keys  [][]uint32 // column -> group -> code
	Sizes []int64    // group -> number of rows
}

// morsel is the number of rows that a worker takes at a time.
const morsel = 1 << 16

// Build groups the rows by equality of all columns. Every code of column c is
// less than cards[c]. Group ids ascend in code order, column by column, so the
// result does not depend on threads or on the order of equal rows. It returns
// ctx.Err() if the context ends. Time linear in rows times columns.
func Build(ctx context.Context, cols [][]uint32, cards []int, rows, threads int) (*Groups, error) {
	g := &Groups{IDs: make([]uint32, rows)}
	threads = max(1, min(threads, (rows+morsel-1)/morsel))
	parts := make([]*Table, threads)
	counts := make([][]int64, threads)
	var wg sync.WaitGroup
	bound := func(w int) (lo, hi int) { return rows * w / threads, rows * (w + 1) / threads }
	for w := range threads {
		wg.Go(func() {
			t := NewTable(len(cols))
			lo, hi := bound(w)
			batch := make([][]uint32, len(cols))
			var count []int64
			for ; lo < hi && ctx.Err() == nil; lo += morsel {
				end := min(lo+morsel, hi)
				for c, col := range cols {
					batch[c] = col[lo:end]
				}
				ids := g.IDs[lo:end]
				t.Insert(batch, cards, ids)
				for len(count) < t.Len() {
					count = append(count, make([]int64, t.Len()-len(count))...)
				}
				for _, id := range ids {
					count[id]++
				}
			}
			parts[w], counts[w] = t, count
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	all := parts[0]
	maps := make([][]uint32, threads)
	for w := 1; w < threads; w++ {
		maps[w] = all.Merge(parts[w], nil)
	}
	order := all.Order(nil)
	rank := make([]uint32, len(order))
	for r, id := range order {
		rank[id] = uint32(r)
	}
	g.N = len(order)
	g.Sizes = make([]int64, g.N)
	for c := range cols {
		codes := make([]uint32, g.N)
		for r, id := range order {
			codes[r] = all.codes[c][id]
		}
		g.Keys = append(g.Keys, codes)
	}
	for w := range threads {
		wg.Go(func() {
			final := rank
			if w > 0 {
				final = maps[w]
				for i, id := range final {
					final[i] = rank[id]
				}
			}
			maps[w] = final
			lo, hi := bound(w)
			ids := g.IDs[lo:hi]
			for i, id := range ids {
				ids[i] = final[id]
			}
		})
	}
	wg.Wait()
	for w, count := range counts {
		for id, n := range count {
			g.Sizes[maps[w][id]] += n
		}
	}
	return g, nil
}

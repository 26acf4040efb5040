package group

// byTable builds groups of tuples that outgrow 64 bits: a table a worker, one
// merge.
func (b *builder) byTable(cards []int) (*Groups, error) {
	g := &Groups{IDs: make([]uint32, b.rows)}
	parts := make([]*Table, b.threads)
	counts := make([][]int64, b.threads)
	b.each(func(w int) {
		t := NewTable(len(b.cols))
		lo, hi := b.share(w)
		batch := make([][]uint32, len(b.cols))
		var count []int64
		for ; lo < hi && b.ctx.Err() == nil; lo += morsel {
			end := min(lo+morsel, hi)
			for c, col := range b.cols {
				batch[c] = col[lo:end]
			}
			ids := g.IDs[lo:end]
			t.Insert(batch, cards, ids)
			if n := t.Len() - len(count); n > 0 {
				count = append(count, make([]int64, n)...)
			}
			for _, id := range ids {
				count[id]++
			}
		}
		parts[w], counts[w] = t, count
	})
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	all := parts[0]
	maps := make([][]uint32, b.threads)
	for w := 1; w < b.threads; w++ {
		maps[w] = all.Merge(parts[w], nil)
	}
	order := all.Order(nil)
	rank := make([]uint32, len(order))
	for r, id := range order {
		rank[id] = uint32(r)
	}
	g.N = len(order)
	g.Keys = emptyKeys(len(b.cols), g.N)
	for c := range b.cols {
		for r, id := range order {
			g.Keys[c][r] = all.codes[c][id]
		}
	}
	b.each(func(w int) {
		final := rank
		if w > 0 {
			final = maps[w]
			for i, id := range final {
				final[i] = rank[id]
			}
		}
		maps[w] = final
		lo, hi := b.share(w)
		ids := g.IDs[lo:hi]
		for i, id := range ids {
			ids[i] = final[id]
		}
	})
	g.Sizes = make([]int64, g.N)
	for w, count := range counts {
		for id, n := range count {
			g.Sizes[maps[w][id]] += n
		}
	}
	return g, nil
}

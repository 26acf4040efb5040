package group

import "math/bits"

// rankBits is the largest bitmap of keys, 32 MiB a worker.
const rankBits = 1 << 28

// rankLimit is the largest product of cardinalities for which keys are ranked in a
// bitmap: 16 bits for each row, and at least a bitmap that fits in a cache.
func rankLimit(rows int) uint64 { return min(rankBits, max(1<<20, 16*uint64(rows))) }

// ranks is a set of keys in 64 a word, with the number of keys before each.
type ranks []struct {
	word   uint64
	before uint32
}

func (r ranks) of(key uint32) uint32 {
	e := &r[key/64]
	return e.before + uint32(bits.OnesCount64(e.word&(1<<(key%64)-1)))
}

// byRank gives every key its rank among the keys that occur. Keys ascend in code order,
// and so do ranks.
func (b *builder) byRank() (*Groups, error) {
	g := &Groups{IDs: make([]uint32, b.rows)}
	words := int((b.product + 63) / 64)
	maps := make([][]uint64, b.threads)
	b.each(func(w int) {
		m := make([]uint64, words)
		lo, hi := b.share(w)
		for ; lo < hi && b.ctx.Err() == nil; lo += morsel {
			key := g.IDs[lo:min(lo+morsel, hi)]
			fuse(key, b.cols, b.radix, lo)
			for _, k := range key {
				m[k/64] |= 1 << (k % 64)
			}
		}
		maps[w] = m
	})
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	table := make(ranks, words)
	for i := range table {
		word := uint64(0)
		for _, m := range maps {
			word |= m[i]
		}
		table[i].word, table[i].before = word, uint32(g.N)
		g.N += bits.OnesCount64(word)
	}
	counts := make([][]uint32, b.threads)
	b.each(func(w int) {
		count := make([]uint32, g.N)
		lo, hi := b.share(w)
		for ; lo < hi && b.ctx.Err() == nil; lo += morsel {
			ids := g.IDs[lo:min(lo+morsel, hi)]
			for i, k := range ids {
				id := table.of(k)
				ids[i] = id
				count[id]++
			}
		}
		counts[w] = count
	})
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	g.Sizes = make([]int64, g.N)
	for _, count := range counts {
		for id, n := range count {
			g.Sizes[id] += int64(n)
		}
	}
	g.Keys = emptyKeys(len(b.cols), g.N)
	for i, e := range table {
		id := int(e.before)
		for word := e.word; word != 0; word &= word - 1 {
			spell(g.Keys, b.radix, id, uint64(64*i+bits.TrailingZeros64(word)))
			id++
		}
	}
	return g, nil
}

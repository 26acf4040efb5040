package riskmetrics

import (
	"cmp"
	"context"
	"math/bits"
	"slices"

	"github.com/sluis-go/sluis/internal/guard"
)

// The search reports every set on which a class is alone, if the class is not alone
// without the last key of the set. The functions below keep the minimal sets, by bits or
// by lists.

// each calls do for every class of one record, blocks of them in parallel.
func (p *sudaPlan) each(ctx context.Context, threads int, do func(e uint32)) error {
	const block = 64
	return guard.Try(ctx, threads, (int(p.alone)+block-1)/block, func(_, i int) error {
		for e := i * block; e < min((i+1)*block, int(p.alone)); e++ {
			do(uint32(e))
		}
		return nil
	})
}

// starts turns how many sets each class of one record has into where the sets of
// every class start.
func (p *sudaPlan) starts(kept []uint32) []uint64 {
	start := make([]uint64, p.classes+1)
	for e, n := range kept {
		start[p.class[e]+1] = uint64(n)
	}
	for id := range p.classes {
		start[id+1] += start[id]
	}
	return start
}

// without[k] has the bits of the numbers from 0 to 63 that lack bit k.
var without = [6]uint64{
	0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
	0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff,
}

// minimalBits works on bit sets.
func (p *sudaPlan) minimalBits(ctx context.Context, threads int) (start, masks []uint64, err error) {
	kept := make([]uint32, p.alone)
	if err := p.each(ctx, threads, func(e uint32) {
		set := p.sets[uint64(e)*p.words:][:p.words]
		keepMinimalBits(set)
		for _, w := range set {
			kept[e] += uint32(bits.OnesCount64(w))
		}
	}); err != nil {
		return nil, nil, err
	}
	start = p.starts(kept)
	masks = make([]uint64, start[p.classes])
	err = p.each(ctx, threads, func(e uint32) {
		if kept[e] == 0 {
			return
		}
		// By size, and ascending within: a counting sort of ascending masks.
		var at [mostBitKeys + 2]uint32
		set := p.sets[uint64(e)*p.words:][:p.words]
		for i, w := range set {
			for ; w != 0; w &= w - 1 {
				at[bits.OnesCount64(uint64(i))+bits.OnesCount64(uint64(bits.TrailingZeros64(w)))+1]++
			}
		}
		for s := range mostBitKeys {
			at[s+1] += at[s]
		}
		out := masks[start[p.class[e]]:]
		for i, w := range set {
			for ; w != 0; w &= w - 1 {
				mask := uint64(i)<<6 | uint64(bits.TrailingZeros64(w))
				size := bits.OnesCount64(mask)
				out[at[size]] = mask
				at[size]++
			}
		}
	})
	return start, masks, err
}

// keepMinimalBits clears the sets that contain another set. It first adds all supersets,
// key by key. It then removes the supersets with one key more.
func keepMinimalBits(set []uint64) {
	for k, lacks := range without {
		for i, w := range set {
			set[i] |= w & lacks << (1 << k)
		}
	}
	for step := 1; step < len(set); step *= 2 {
		for i := range set {
			if i&step != 0 {
				set[i] |= set[i^step]
			}
		}
	}
	// From the last word down: the smaller sets are then still complete.
	for i := len(set) - 1; i >= 0; i-- {
		above := uint64(0)
		for k, lacks := range without {
			above |= set[i] & lacks << (1 << k)
		}
		for step := 1; step < len(set); step *= 2 {
			if i&step != 0 {
				above |= set[i^step]
			}
		}
		set[i] &^= above
	}
}

// minimalLists works on lists.
func (p *sudaPlan) minimalLists(ctx context.Context, parts [][]found, threads int) (start, masks []uint64, err error) {
	from := make([]uint64, p.alone+1)
	for _, part := range parts {
		for _, f := range part {
			from[f.class+1]++
		}
	}
	for e := range p.alone {
		from[e+1] += from[e]
	}
	sets := make([]uint64, from[p.alone])
	next := slices.Clone(from)
	for i, part := range parts {
		for _, f := range part {
			sets[next[f.class]] = f.mask
			next[f.class]++
		}
		parts[i] = nil
	}
	kept := make([]uint32, p.alone)
	if err := p.each(ctx, threads, func(e uint32) {
		kept[e] = uint32(keepMinimal(sets[from[e]:from[e+1]]))
	}); err != nil {
		return nil, nil, err
	}
	start = p.starts(kept)
	masks = make([]uint64, start[p.classes])
	for e, n := range kept {
		copy(masks[start[p.class[e]]:], sets[from[e]:from[e]+uint64(n)])
	}
	return start, masks, nil
}

// keepMinimal sorts sets by size and then by mask, moves the sets that contain no other
// set to the front, and returns their number.
func keepMinimal(sets []uint64) int {
	slices.SortFunc(sets, func(a, b uint64) int {
		return cmp.Or(bits.OnesCount64(a)-bits.OnesCount64(b), cmp.Compare(a, b))
	})
	kept := 0
	for _, set := range sets {
		if !slices.ContainsFunc(sets[:kept], func(smaller uint64) bool { return smaller&set == smaller }) {
			sets[kept] = set
			kept++
		}
	}
	return kept
}

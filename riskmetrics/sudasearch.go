package riskmetrics

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// found is a set of keys on which a class of one record is alone, though not on
// the set without its last key (in the order of the search).
type found struct {
	mask  uint64
	class uint32
}

// minimalUniques returns the minimal sample uniques of every class, of at most
// limit keys: start[id] to start[id+1] of masks.
func (c *Classes) minimalUniques(ctx context.Context, limit, threads int) (start, masks []uint64, err error) {
	plan := newSUDAPlan(c, limit)
	m := len(plan.cols)
	// A task is the first key and the second, or none: few enough to be cheap,
	// many enough to keep threads busy. The largest subtrees come first.
	var tasks [][2]int
	for k := range m {
		tasks = append(tasks, [2]int{k, -1})
		for j := k + 1; j < m && limit > 1; j++ {
			tasks = append(tasks, [2]int{k, j})
		}
	}
	parts := make([][]found, threads)
	var next atomic.Int64
	var wg sync.WaitGroup
	for t := range threads {
		wg.Go(func() {
			s := plan.searcher(ctx)
			for s.err == nil {
				i := int(next.Add(1)) - 1
				if i >= len(tasks) {
					break
				}
				s.run(tasks[i][0], tasks[i][1])
			}
			parts[t] = s.out
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	return plan.minimal(ctx, parts, threads)
}

// sudaPlan is what all threads of a search share.
type sudaPlan struct {
	classes int
	limit   int
	alone   uint32     // elements below are classes of one record
	class   []uint32   // element -> class
	key     []int      // place in the search -> key
	cols    [][]uint32 // place in the search -> element -> code
	null    []int64    // place in the search -> code of null, or -1
	card    int        // the most codes of a key
}

// newSUDAPlan orders the classes, those of one record first, and the keys, those
// with the most values first: they leave the fewest to split.
func newSUDAPlan(c *Classes, limit int) *sudaPlan {
	p := &sudaPlan{classes: len(c.size), limit: limit}
	for id, n := range c.size {
		if n == 1 {
			p.class = append(p.class, uint32(id))
		}
	}
	p.alone = uint32(len(p.class))
	for id, n := range c.size {
		if n > 1 {
			p.class = append(p.class, uint32(id))
		}
	}
	for k := range c.keys {
		p.key = append(p.key, k)
	}
	slices.SortStableFunc(p.key, func(a, b int) int { return c.keys[b].List.Len() - c.keys[a].List.Len() })
	for _, k := range p.key {
		list := c.keys[k].List
		col := make([]uint32, len(p.class))
		for e, id := range p.class {
			col[e] = c.codes[k][id]
		}
		null := int64(-1)
		if code, ok := list.Null(); ok {
			null = int64(code)
		}
		p.cols, p.null, p.card = append(p.cols, col), append(p.null, null), max(p.card, list.Len())
	}
	return p
}

// groups are elements in groups that agree on some keys: group g ends before
// end[g]. Elements of a group ascend.
type groups struct {
	ids []uint32
	end []uint32
}

// searcher splits groups for one thread.
type searcher struct {
	*sudaPlan
	ctx   context.Context
	err   error
	work  int // elements since the context was last looked at
	level []groups
	first int // the key that level[1] is split by, or -1
	count []uint32
	place []uint32
	used  []uint32 // the codes of a group, in order of their first element
	lead  []uint32 // and those elements
	out   []found
}

func (p *sudaPlan) searcher(ctx context.Context) *searcher {
	s := &searcher{sudaPlan: p, ctx: ctx, first: -1, level: make([]groups, len(p.cols)+1)}
	s.count, s.place = make([]uint32, p.card), make([]uint32, p.card)
	all := groups{ids: make([]uint32, len(p.class))}
	for i := range all.ids {
		all.ids[i] = uint32(i)
	}
	if p.alone > 0 {
		all.end = []uint32{uint32(len(all.ids))}
	}
	s.level[0] = all
	return s
}

// run does one task: first alone, or all subsets that start with both.
func (s *searcher) run(first, second int) {
	if second < 0 {
		s.split(0, first, 1<<s.key[first], s.limit > 1)
		s.first = first
		return
	}
	if s.first != first {
		out := len(s.out)
		s.split(0, first, 1<<s.key[first], true)
		s.out, s.first = s.out[:out], first // another task has reported these
	}
	s.descend(1, second, 1<<s.key[first])
}

// descend splits the groups of a level by a key, and by all keys behind it.
func (s *searcher) descend(depth, k int, mask uint64) {
	mask |= 1 << s.key[k]
	deeper := k+1 < len(s.cols) && depth+1 < s.limit
	s.split(depth, k, mask, deeper)
	if !deeper || len(s.level[depth+1].end) == 0 {
		return
	}
	for j := k + 1; j < len(s.cols) && s.err == nil; j++ {
		s.descend(depth+1, j, mask)
	}
}

// split splits the groups of level[depth] by a key into those of level[depth+1]
// and notes the classes of one record that are alone. Without deeper it only
// notes.
func (s *searcher) split(depth, k int, mask uint64, deeper bool) {
	from, to := s.level[depth], &s.level[depth+1]
	if cap(to.ids) < len(from.ids) && deeper {
		to.ids = make([]uint32, len(from.ids))
	}
	to.ids, to.end = to.ids[:cap(to.ids)], to.end[:0]
	col, null := s.cols[k], s.null[k]
	begin, filled := uint32(0), uint32(0)
	for _, end := range from.end {
		group := from.ids[begin:end]
		begin = end
		if s.work += len(group); s.work > 1<<15 {
			s.work = 0
			if s.err = s.ctx.Err(); s.err != nil {
				return
			}
		}
		if len(group) == 2 {
			a, b := group[0], group[1]
			x, y := int64(col[a]), int64(col[b])
			if x == y {
				if deeper && x != null {
					to.ids[filled], to.ids[filled+1] = a, b
					filled += 2
					to.end = append(to.end, filled)
				}
				continue
			}
			if x != null {
				s.out = append(s.out, found{mask, a})
			}
			if y != null && b < s.alone {
				s.out = append(s.out, found{mask, b})
			}
			continue
		}
		filled = s.splitGroup(group, col, null, mask, deeper, to, filled)
	}
	to.ids = to.ids[:filled]
}

// splitGroup splits one group and returns where the next may begin.
func (s *searcher) splitGroup(group, col []uint32, null int64, mask uint64, deeper bool, to *groups, filled uint32) uint32 {
	s.used, s.lead = s.used[:0], s.lead[:0]
	for _, e := range group {
		code := col[e]
		if s.count[code] == 0 {
			s.used, s.lead = append(s.used, code), append(s.lead, e)
		}
		s.count[code]++
	}
	const dropped = ^uint32(0)
	kept := false
	for i, code := range s.used {
		n, e := s.count[code], s.lead[i]
		s.count[code] = 0
		s.place[code] = dropped
		if e >= s.alone || int64(code) == null {
			continue
		}
		if n == 1 {
			s.out = append(s.out, found{mask, e})
		} else if deeper {
			s.place[code] = filled
			filled += n
			to.end = append(to.end, filled)
			kept = true
		}
	}
	if !kept {
		return filled
	}
	for _, e := range group {
		if p := s.place[col[e]]; p != dropped {
			to.ids[p] = e
			s.place[col[e]] = p + 1
		}
	}
	return filled
}

// minimal keeps, class by class, the sets that hold no smaller one.
func (p *sudaPlan) minimal(ctx context.Context, parts [][]found, threads int) (start, masks []uint64, err error) {
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
	const block = 256
	var at atomic.Int64
	var wg sync.WaitGroup
	for range threads {
		wg.Go(func() {
			for ctx.Err() == nil {
				lo := uint32(min(at.Add(block)-block, int64(p.alone)))
				if lo == p.alone {
					return
				}
				for e := lo; e < min(lo+block, p.alone); e++ {
					kept[e] = uint32(keepMinimal(sets[from[e]:from[e+1]]))
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	start = make([]uint64, p.classes+1)
	for e := range p.alone {
		start[p.class[e]+1] = uint64(kept[e])
	}
	for id := range p.classes {
		start[id+1] += start[id]
	}
	masks = make([]uint64, start[p.classes])
	for e := range p.alone {
		copy(masks[start[p.class[e]]:], sets[from[e]:from[e]+uint64(kept[e])])
	}
	return start, masks, nil
}

// keepMinimal sorts sets by size and then by mask, moves those that hold no other
// to the front, and returns how many they are.
func keepMinimal(sets []uint64) int {
	slices.SortFunc(sets, func(a, b uint64) int {
		if n := bits.OnesCount64(a) - bits.OnesCount64(b); n != 0 {
			return n
		}
		return cmp.Compare(a, b)
	})
	kept := 0
	for _, set := range sets {
		minimal := true
		for _, smaller := range sets[:kept] {
			if smaller&set == smaller {
				minimal = false
				break
			}
		}
		if minimal {
			sets[kept] = set
			kept++
		}
	}
	return kept
}

package riskmetrics

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/guard"
)

// Sets on which classes are alone are kept as bits over all sets of keys, up to these
// numbers of keys and of words (256 MB) in all. Above they are kept as lists.
const (
	mostBitKeys  = 16
	mostBitWords = 1 << 25
)

// found is a set of keys on which a class of one record is alone, while it is not alone
// on the set without its last key (in the order of the search).
type found struct {
	mask  uint64
	class uint32
}

// minimalUniques returns the minimal sample uniques of every class, of at most
// limit keys: start[id] to start[id+1] of masks.
func (c *Classes) minimalUniques(ctx context.Context, limit, threads int) (start, masks []uint64, err error) {
	plan, err := newSUDAPlan(ctx, c, limit)
	if err != nil {
		return nil, nil, err
	}
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
	if n := uint64(1) << min(m, 63) / 64; m <= mostBitKeys && max(1, n)*uint64(plan.alone) <= mostBitWords {
		plan.words = max(1, n)
		plan.sets = make([]uint64, plan.words*uint64(plan.alone))
	}
	searchers := make([]*searcher, threads)
	err = guard.Try(ctx, threads, len(tasks), func(worker, i int) error {
		s := searchers[worker]
		if s == nil {
			s = plan.searcher(ctx)
			searchers[worker] = s
		}
		s.run(tasks[i][0], tasks[i][1])
		return s.err
	})
	if err != nil {
		return nil, nil, err
	}
	for t, s := range searchers {
		if s != nil {
			parts[t] = s.out
		}
	}
	if plan.sets != nil {
		return plan.minimalBits(ctx, threads)
	}
	return plan.minimalLists(ctx, parts, threads)
}

// sudaPlan holds the data that all threads of a search share.
type sudaPlan struct {
	classes int
	limit   int
	words   uint64     // words of sets for each class
	sets    []uint64   // class of one record -> bit set over the sets of keys; nil for lists
	alone   uint32     // elements below are classes of one record
	class   []uint32   // element -> class
	key     []int      // place in the search -> key
	cols    [][]uint32 // place in the search -> element -> code
	null    []int64    // place in the search -> code of null, or -1
	cards   []int      // place in the search -> codes
	card    int        // the most of them
}

// newSUDAPlan orders the classes and the keys. Classes of one record are first. Keys with
// the most values are first: they leave the fewest classes to split.
func newSUDAPlan(ctx context.Context, c *Classes, limit int) (*sudaPlan, error) {
	p := &sudaPlan{classes: len(c.size), limit: limit}
	for id, n := range c.basis() {
		if n == 1 {
			p.class = append(p.class, uint32(id))
		}
	}
	p.alone = uint32(len(p.class))
	for id, n := range c.basis() {
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
			if e%checkEvery == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			col[e] = c.codes[k][id]
		}
		null := int64(-1)
		if code, ok := list.Null(); ok {
			null = int64(code)
		}
		p.cols, p.null, p.card = append(p.cols, col), append(p.null, null), max(p.card, list.Len())
		p.cards = append(p.cards, list.Len())
	}
	return p, nil
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
	lead  []uint32 // and the elements
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

// split splits the groups of level[depth] by a key into the groups of level[depth+1], and
// notes the classes of one record that are alone. Without deeper it only notes.
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
			if s.work = 0; s.stopped() {
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
				s.note(mask, a)
			}
			if y != null && b < s.alone {
				s.note(mask, b)
			}
			continue
		}
		if !deeper && s.cards[k] <= 64 {
			s.leaf(group, col, null, s.cards[k], mask)
			continue
		}
		filled = s.splitGroup(group, col, null, mask, deeper, to, filled)
	}
	to.ids = to.ids[:filled]
}

// stopped looks at the context. A searcher that has stopped is not used again.
func (s *searcher) stopped() bool {
	s.err = s.ctx.Err()
	return s.err != nil
}

// note remembers that the class e is alone on a set of keys.
func (s *searcher) note(mask uint64, e uint32) {
	if s.sets != nil {
		atomic.OrUint64(&s.sets[uint64(e)*s.words+mask>>6], 1<<(mask&63))
		return
	}
	s.out = append(s.out, found{mask, e})
}

// leaf notes the classes of a group that are alone on a key of at most 64 codes, by bits.
// Most splits are the last of their branch, and need only this.
func (s *searcher) leaf(group, col []uint32, null int64, card int, mask uint64) {
	var once, more uint64
	all := ^uint64(0) >> (64 - card)
	for i, e := range group {
		if i&(1<<16-1) == 1<<16-1 && s.stopped() {
			return
		}
		bit := uint64(1) << (col[e] & 63)
		if more |= once & bit; more == all {
			return
		}
		once |= bit
	}
	once &^= more
	if null >= 0 {
		once &^= 1 << null
	}
	for i := 0; once != 0 && i < len(group) && group[i] < s.alone; i++ {
		if bit := uint64(1) << (col[group[i]] & 63); once&bit != 0 {
			once &^= bit
			s.note(mask, group[i])
		}
	}
}

// splitGroup splits one group and returns where the next may begin.
func (s *searcher) splitGroup(group, col []uint32, null int64, mask uint64, deeper bool, to *groups, filled uint32) uint32 {
	s.used, s.lead = s.used[:0], s.lead[:0]
	for i, e := range group {
		if i&(1<<16-1) == 1<<16-1 && s.stopped() {
			return filled
		}
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
			s.note(mask, e)
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
	for i, e := range group {
		if i&(1<<16-1) == 1<<16-1 && s.stopped() {
			return filled
		}
		if p := s.place[col[e]]; p != dropped {
			to.ids[p] = e
			s.place[col[e]] = p + 1
		}
	}
	return filled
}

package hide

import (
	"context"
	"slices"
	"sync"

	"github.com/sluis-go/sluis/sdc"
)

// rests judges what is hidden under published totals. Every reader can compute that sum, so
// as one cell the sum must pass the rules of the policy.
type rests struct {
	policy *sdc.Policy
	sums   []hiddenSum
	of     [][]int32 // cell of the problem -> sums that it is the total or a part of
	barred []bool    // cells that are not hidden for a sum
	judged *judged
}

// judged remembers verdicts: the search asks again and again what is hidden under a total.
type judged struct {
	sync.Mutex
	fails map[hiddenParts]bool
}

// hiddenParts says which parts of a sum are hidden.
type hiddenParts struct {
	sum   int32
	parts uint64 // a bit for each
}

// restsOf lists the sums of the tables as they are laid out; nil where sums are not judged.
func (g *Tables) restsOf(cells int) *rests {
	if g.policy == nil || g.policy.Attacker.NoUnions {
		return nil
	}
	r := g.problemRests
	if r == nil {
		r = &rests{policy: g.policy, of: make([][]int32, cells), judged: &judged{fails: map[hiddenParts]bool{}}}
		for _, t := range g.list {
			t.relations(func(_, total int, parts []int) {
				if !t.has[total] {
					return
				}
				n := int32(len(r.sums))
				r.sums = append(r.sums, hiddenSum{t, total, parts})
				r.of[t.id[total]] = append(r.of[t.id[total]], n)
				for _, c := range parts {
					r.of[t.id[c]] = append(r.of[t.id[c]], n)
				}
			})
		}
		g.problemRests = r
	}
	// What is barred changes from one problem of the tables to the next.
	next := *r
	next.barred = make([]bool, cells)
	for _, t := range g.list {
		for c, id := range t.id {
			if t.never[c] || t.level[c] != (Level{}) || t.hears(c) == isNothing {
				next.barred[id] = true
			}
		}
	}
	return &next
}

// fails reports whether a sum is not certain to pass, for what is hidden.
func (r *rests) fails(n int32, hidden func(id int32) bool) bool {
	s := &r.sums[n]
	if hidden(s.t.id[s.total]) {
		return false
	}
	if len(s.parts) > 64 {
		return r.judge(s, func(i int) bool { return hidden(s.t.id[s.parts[i]]) })
	}
	key := hiddenParts{sum: n}
	some, all := false, true
	for i, c := range s.parts {
		if !s.t.has[c] {
			continue
		}
		is := hidden(s.t.id[c])
		if some, all = some || is, all && is; is {
			key.parts |= 1 << i
		}
	}
	if !some || all {
		return false
	}
	r.judged.Lock()
	defer r.judged.Unlock()
	fails, ok := r.judged.fails[key]
	if !ok {
		fails = r.judge(s, func(i int) bool { return key.parts>>i&1 == 1 })
		r.judged.fails[key] = fails
	}
	return fails
}

// judge asks the policy; hidden says of a part of the sum whether it is hidden.
func (r *rests) judge(s *hiddenSum, hidden func(i int) bool) bool {
	var is, not []sdc.Cell
	for i, c := range s.parts {
		switch {
		case !s.t.has[c]:
		case hidden(i):
			is = append(is, s.t.cells[c])
		default:
			not = append(not, s.t.cells[c])
		}
	}
	return len(is) > 0 && len(not) > 0 && r.policy.Together(s.t.cells[s.total], is, not) != sdc.Safe
}

// hides reports whether a cell is hidden for good: by its status, for a sum, or by a witness
// in use. A secondary cell that no witness in use changes is published in the end.
func (c *cover) hides(id int32) bool {
	s := c.p.cells[id].Status
	return s.Hidden() && s != Secondary || c.isForced(id) || c.hidden[id] && c.used[id] > 0
}

func (c *cover) isForced(id int32) bool { return c.forced != nil && c.forced[id] }

// force hides a cell for the sake of a sum. Such a cell must not be determined, as a primary
// one: otherwise the rest of the sum is.
func (c *cover) force(id int32) {
	if c.forced == nil {
		c.forced = make([]bool, len(c.hidden))
	}
	c.forced[id], c.hidden[id] = true, true
	c.primaries = append(c.primaries, id)
}

// release takes back what force did. The cell stays hidden.
func (c *cover) release(id int32) {
	c.forced[id] = false
	c.primaries = slices.DeleteFunc(c.primaries, func(k int32) bool { return k == id })
	c.use(id, nil)
}

// openRests lists the sums that fail.
func (c *cover) openRests() (out []int32) {
	if c.p.rests == nil {
		return nil
	}
	for n := range c.p.rests.sums {
		if c.p.rests.fails(int32(n), c.hides) {
			out = append(out, int32(n))
		}
	}
	return out
}

// forceRests hides further parts of the sums that fail, and returns these cells. In every sum
// it takes the part that is cheapest, divided by the number of failing sums that the part is
// in, among the parts with which the sum passes; the dearest part where the sum passes with
// none. To take the best part of all sums first gave 5 % more cells of the same value.
func (c *cover) forceRests() (added []int32) {
	open := c.openRests()
	in := map[int32]int64{}
	for _, n := range open {
		for _, id := range c.parts(n) {
			in[id]++
		}
	}
	for _, n := range open {
		if !c.p.rests.fails(n, c.hides) {
			continue // it passes with a part that another sum took
		}
		best, dearest := int32(-1), int32(-1)
		for _, id := range c.parts(n) {
			if dearest < 0 || c.toHide(id) > c.toHide(dearest) {
				dearest = id
			}
			if best >= 0 && c.toHide(id)*in[best] >= c.toHide(best)*in[id] {
				continue
			}
			if !c.p.rests.fails(n, func(k int32) bool { return k == id || c.hides(k) }) {
				best = id
			}
		}
		if best < 0 {
			best = dearest
		}
		if best >= 0 {
			c.force(best)
			added = append(added, best)
		}
	}
	return added
}

// toHide is what it costs to hide a cell besides.
func (c *cover) toHide(id int32) int64 {
	if c.hidden[id] {
		return 0
	}
	return c.price[id]
}

// parts lists the parts of a sum that can be hidden for it.
func (c *cover) parts(n int32) (out []int32) {
	s := &c.p.rests.sums[n]
	for _, k := range s.parts {
		id := s.t.id[k]
		status := c.p.cells[id].Status
		if s.t.has[k] && !c.hides(id) && (status == Safe || status == Secondary) && !c.p.rests.barred[id] && !c.isBarred(id) {
			out = append(out, id)
		}
	}
	return out
}

func (c *cover) isBarred(id int32) bool { return c.barred != nil && c.barred[id] }

// giveUp takes back forced cells for which no witness was found, among some cells that fail,
// and returns the others.
func (c *cover) giveUp(failed []int32) []int32 {
	return slices.DeleteFunc(failed, func(id int32) bool {
		if !c.isForced(id) {
			return false
		}
		c.release(id)
		if c.barred == nil {
			c.barred = make([]bool, len(c.hidden))
		}
		c.barred[id] = true
		return true
	})
}

// meetRests settles, and hides further cells until every sum passes, a few times.
func (c *cover) meetRests(ctx context.Context) (failed []int32, err error) {
	for range mostTries {
		failed = c.giveUp(c.settle())
		if c.p.rests == nil || len(failed) > 0 {
			return failed, nil
		}
		c.sweep(c.secondaries())
		added := c.forceRests()
		if len(added) == 0 {
			return nil, nil
		}
		if err := c.runOn(ctx, added); err != nil {
			return nil, err
		}
		c.failed = c.giveUp(c.failed)
	}
	return c.giveUp(c.settle()), nil
}

// breaks reports whether a sum fails when a hidden cell is published.
func (c *cover) breaks(id int32) bool {
	if c.p.rests == nil {
		return false
	}
	return slices.ContainsFunc(c.p.rests.of[id], func(n int32) bool {
		return c.p.rests.fails(n, func(k int32) bool { return k != id && c.hides(k) })
	})
}

package evidence

import (
	"cmp"
	"slices"

	"github.com/sluis-go/sluis/internal/exact"
)

// compactAfter is the number of rows after which pairs are first compacted.
const compactAfter = 1 << 20

// pairs holds (respondent, holding, inner cell) with what the rows of each add
// up to. It starts as a list of rows and is compacted as it grows, so that it
// stays linear in the number of distinct pairs.
type pairs[T number[T]] struct {
	respondent []uint32 // nil without respondents
	holding    []uint32 // nil without holdings; NoNode: the respondent itself
	group      []uint32
	filled     []bool // some row has a response; nil without a response
	x          []T    // nil without a response
	wx         []exact.Int512
	compactAt  int // number of pairs at which they are next compacted
	compactMin int // the least of these
}

func (p *pairs[T]) len() int { return len(p.group) }

// order returns the positions of the pairs sorted by unit, then by group, then
// by holding, and the start of each unit's run. Counting sort by unit, then a
// sort within each run.
func (p *pairs[T]) order(unit []uint32, units int) (start []int, perm []uint32) {
	start = make([]int, units+1)
	for _, u := range unit {
		start[u+1]++
	}
	for u := range units {
		start[u+1] += start[u]
	}
	next := make([]int, units)
	copy(next, start[:units])
	perm = make([]uint32, len(unit))
	for i, u := range unit {
		perm[next[u]] = uint32(i)
		next[u]++
	}
	for u := range units {
		run := perm[start[u]:start[u+1]]
		if len(run) > 1 {
			slices.SortFunc(run, p.compare)
		}
	}
	return start, perm
}

func (p *pairs[T]) compare(i, j uint32) int {
	if c := cmp.Compare(p.group[i], p.group[j]); c != 0 || p.holding == nil {
		return c
	}
	return cmp.Compare(p.holding[i], p.holding[j])
}

// same reports whether two pairs of one unit are of one group and holding.
func (p *pairs[T]) same(i, j uint32) bool {
	return p.group[i] == p.group[j] && (p.holding == nil || p.holding[i] == p.holding[j])
}

// compact adds up rows of the same respondent, holding and group.
func (p *pairs[T]) compact() {
	unit := p.respondent
	if unit == nil {
		unit = p.holding
	}
	_, perm := p.order(unit, maxID(unit))
	var out pairs[T]
	last := uint32(0)
	for k, i := range perm {
		if k > 0 && unit[i] == unit[last] && p.same(i, last) {
			if end := out.len() - 1; p.x != nil {
				out.filled[end] = out.filled[end] || p.filled[i]
				out.x[end] = out.x[end].Add(p.x[i])
				if p.wx != nil {
					out.wx[end] = out.wx[end].Add(p.wx[i])
				}
			}
			continue
		}
		last = i
		out.appendFrom(p, i)
	}
	out.compactMin = p.compactMin
	out.compactAt = max(p.compactMin, 2*out.len())
	*p = out
}

func (p *pairs[T]) appendFrom(o *pairs[T], i uint32) {
	if o.respondent != nil {
		p.respondent = append(p.respondent, o.respondent[i])
	}
	if o.holding != nil {
		p.holding = append(p.holding, o.holding[i])
	}
	p.group = append(p.group, o.group[i])
	if o.x != nil {
		p.filled = append(p.filled, o.filled[i])
		p.x = append(p.x, o.x[i])
	}
	if o.wx != nil {
		p.wx = append(p.wx, o.wx[i])
	}
}

// maxID is one more than the largest id, NoNode aside.
func maxID(ids []uint32) int {
	n := 0
	for _, id := range ids {
		if id != NoNode {
			n = max(n, int(id)+1)
		}
	}
	return n
}

// runs is pairs by unit: unit u has the cells group[start[u]:start[u+1]], each
// once, with the sum of the unit's rows there.
type runs[T number[T]] struct {
	as     role
	start  []int
	group  []uint32
	filled []bool
	x      []T
	wx     []exact.Int512
	weight []exact.Int128 // of each unit, with Tau
}

// byUnit sorts pairs into runs, adding up the pairs of a unit in one group. A
// unit whose pairs lie in one group is counted there at once, and left out.
func byUnit[T number[T]](p *pairs[T], unit []uint32, as role, weight []exact.Int128, inner *cells[T]) *runs[T] {
	units := maxID(unit)
	start, perm := p.order(unit, units)
	r := &runs[T]{as: as, start: []int{0}}
	for u := range units {
		run := perm[start[u]:start[u+1]]
		if len(run) == 0 {
			continue
		}
		var w exact.Int128
		if weight != nil {
			w = weight[u]
		}
		begin := len(r.group)
		for k, i := range run {
			if k > 0 && p.group[i] == p.group[run[k-1]] {
				if end := len(r.group) - 1; p.x != nil {
					r.filled[end] = r.filled[end] || p.filled[i]
					r.x[end] = r.x[end].Add(p.x[i])
					if p.wx != nil {
						r.wx[end] = r.wx[end].Add(p.wx[i])
					}
				}
				continue
			}
			r.group = append(r.group, p.group[i])
			if p.x != nil {
				r.filled = append(r.filled, p.filled[i])
				r.x = append(r.x, p.x[i])
				if p.wx != nil {
					r.wx = append(r.wx, p.wx[i])
				}
			}
		}
		if len(r.group) == begin+1 {
			r.count(inner, r.group[begin], begin, w)
			r.truncate(begin)
			continue
		}
		r.start = append(r.start, len(r.group))
		if weight != nil {
			r.weight = append(r.weight, w)
		}
	}
	return r
}

// count counts the unit's pair k, alone, in cell i.
func (r *runs[T]) count(c *cells[T], i uint32, k int, w exact.Int128) {
	var x T
	var wx *exact.Int512
	filled := false
	if r.x != nil {
		x, filled = r.x[k], r.filled[k]
	}
	if r.wx != nil {
		wx = &r.wx[k]
	}
	c.unit(i, r.as, filled, x, wx, w)
}

func (r *runs[T]) truncate(n int) {
	r.group = r.group[:n]
	if r.x != nil {
		r.x, r.filled = r.x[:n], r.filled[:n]
	}
	if r.wx != nil {
		r.wx = r.wx[:n]
	}
}

func (r *runs[T]) units() int { return len(r.start) - 1 }

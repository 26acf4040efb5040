package evidence

import (
	"context"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/scatter"
)

// Values that respondents share are found in three steps. The last two are for few
// tables:
//
//   - The sums of a cell, or its rows one by one, show whether all contributions are
//     equal, and how many are 0.
//
//   - Marks (below) show for nearly all other cells that no value has the share. Where
//     every row is a respondent, pairs of rows do this (rowLog.pairs).
//
//   - The respondents of the cells in doubt are looked at again: first by votes for a
//     candidate, and then by a count of the candidate. Where every row is a respondent,
//     rows are kept for this (rowLog).

// Observations of a cell so far: none, of one value, of several values.
const (
	nothingSeen uint8 = iota
	oneSeen
	severalSeen
)

// observe takes in an observation of cell i.
func (c *cells[T]) observe(i uint32, x T) {
	switch {
	case c.seen[i] == nothingSeen:
		c.seen[i], c.one[i] = oneSeen, x
	case c.seen[i] == oneSeen && c.one[i].Cmp(x) != 0:
		c.seen[i] = severalSeen
	}
}

// addAlike is add for observations and marks.
func (c *cells[T]) addAlike(o *cells[T], to []uint32) {
	for j, seen := range o.seen {
		i := at(to, j)
		if i == NoNode || seen == nothingSeen {
			continue
		}
		c.observe(i, o.one[j])
		if seen == severalSeen {
			c.seen[i] = severalSeen
		}
	}
	for j, k := range o.pairs {
		if i := at(to, j); i != NoNode {
			c.pairs[i] += k
		}
	}
	addMarks(c.marks, o.marks, to)
	addMarks(c.ownerMarks, o.ownerMarks, to)
}

func addMarks(into, from []mark, to []uint32) {
	for j := range from {
		if i := at(to, j); i != NoNode {
			into[i].add(&from[j])
		}
	}
}

// addObservations takes in the observations of a batch, in which rows of weight 0 have none.
func (s *state[T]) addObservations(b *Batch, ids []uint32) {
	if s.shape.Alike == 0 {
		return
	}
	null := b.Response.Null
	for i, g := range ids {
		if null == nil || !null[i] {
			s.inner.observe(g, s.x[i])
		}
	}
	if s.log != nil {
		s.log.add(ids, s.x[:len(ids)], null)
	}
}

// equal says in which cells there are observations, all of one value.
func (c *cells[T]) equal() []bool {
	out := make([]bool, len(c.seen))
	for i, seen := range c.seen {
		out[i] = seen == oneSeen
	}
	return out
}

// needed returns how many of n contributors are percent of them, rounded up.
func needed(n int64, percent int) int64 { return (n*int64(percent) + 99) / 100 }

// mark is a sum over the contributions to a cell, by their hashes. Marks add up, and a
// contribution that was counted wrongly can be subtracted. A mark can prove that too few
// respondents share any value. It never proves that enough respondents share one.
type mark struct {
	sum, squares uint64 // of hashes, modulo 2^64
	// How many hashes have each of four bits, two to a word, in 32 bits each.
	low, high uint64
}

func (m *mark) add(o *mark) {
	m.sum += o.sum
	m.squares += o.squares
	m.low += o.low
	m.high += o.high
}

func (m *mark) sub(o *mark) {
	m.sum -= o.sum
	m.squares -= o.squares
	m.low -= o.low
	m.high -= o.high
}

// markOf is the mark of a contribution.
func markOf[T number[T]](x T) mark {
	h := scatter.Mix(x.Fold())
	return mark{sum: h, squares: h * h, low: inFields(h >> 62), high: inFields(h >> 60 & 3)}
}

// inFields puts two bits into two fields of 32 bits.
func inFields(b uint64) uint64 { return b&1 | b>>1<<32 }

// rulesOut reports whether the mark proves that no value is contributed by n-others or
// more of the n contributors.
//
//   - others = 0: if all contribute one value of hash h, then sum = n*h and squares =
//     n*h*h. So n*squares = sum*sum, also modulo 2^64.
//   - others > 0: if at least n-others contribute one value, each bit of the hash is the
//     same in them. So at most others contributors have the bit, or at most others do not
//     have it.
func (m *mark) rulesOut(n, others int64) bool {
	if n >= 1<<32 { // the fields may have overflowed
		return false
	}
	if others == 0 {
		return uint64(n)*m.squares != m.sum*m.sum
	}
	return bitsRuleOut(m.low, n, others) || bitsRuleOut(m.high, n, others)
}

func bitsRuleOut(fields uint64, n, others int64) bool {
	a, b := int64(fields&(1<<32-1)), int64(fields>>32)
	return min(a, n-a) > others || min(b, n-b) > others
}

// ballots holds, for some cells, a candidate for the most frequent value and its votes
// (Boyer and Moore; Agarwal et al. 2012 for merging). For every order of the votes and of
// the merges, of n respondents
//
//   - between votes and (n + votes) / 2 contribute the candidate;
//   - at most (n - votes) / 2 contribute any one other value.
//
// The reason is a pairing. All respondents but votes of them can be put in pairs with two
// different values, and the remaining votes respondents contribute the candidate. A vote
// for the candidate adds to the remaining ones. A vote for another value makes a pair
// with one of them. So do the votes of two ballots that are merged.
type ballots[T number[T]] struct {
	value []T
	votes []int64
}

func newBallots[T number[T]](n int) *ballots[T] {
	return &ballots[T]{value: make([]T, n), votes: make([]int64, n)}
}

// vote takes in k votes of respondents of cell i for x.
func (c *ballots[T]) vote(i uint32, x T, k int64) {
	switch {
	case k == 0:
	case c.votes[i] == 0:
		c.value[i], c.votes[i] = x, k
	case c.value[i].Cmp(x) == 0:
		c.votes[i] += k
	case c.votes[i] >= k:
		c.votes[i] -= k
	default:
		c.value[i], c.votes[i] = x, k-c.votes[i]
	}
}

func (c *ballots[T]) merge(o *ballots[T]) {
	for i, k := range o.votes {
		c.vote(uint32(i), o.value[i], k)
	}
}

// reach reports whether need of n respondents may contribute the candidate of cell i. All
// n must have voted.
func (c *ballots[T]) reach(i int, n, need int64) bool {
	return c.votes[i] > 0 && c.votes[i] >= 2*need-n
}

// common holds the shared values of the cells of a margin: share respondents contribute
// value. share is 0 where no value has the required share. Cells in doubt are open.
type common[T number[T]] struct {
	share []int64
	value []T
	open  []bool
	some  bool // some cells are open
}

// judge returns the shared values that the evidence of the cells of a margin proves: those
// of respondents, or of holdings with shape.Owners. contributors are their numbers.
func (c *cells[T]) judge(as role, contributors []int64) *common[T] {
	a := &common[T]{share: make([]int64, c.n), value: make([]T, c.n), open: make([]bool, c.n)}
	for i, n := range contributors {
		if as == asHolding {
			a.share[i], a.value[i], a.open[i] = c.sharedByOwners(i, n)
		} else {
			a.share[i], a.value[i], a.open[i] = c.shared(i, n)
		}
		a.some = a.some || a.open[i]
	}
	return a
}

// shared is judge for one cell and respondents.
func (c *cells[T]) shared(i int, n int64) (share int64, value T, open bool) {
	var none T
	need, other := needed(n, c.shape.Alike), c.nonZero[i]
	switch {
	case n < 2:
		return 0, none, false
	case n-other >= need:
		return n - other, none, false
	case c.shape.Respondent && c.marks[i].rulesOut(n, n-need) || c.pairs != nil && c.pairs[i] > n-need:
		return 0, none, false
	case !c.shape.Respondent && c.seen[i] == oneSeen:
		return n, c.one[i], false
	case !c.shape.Respondent && n == need:
		return 0, none, false
	case other < need: // no other value has the share
		return 0, none, false
	}
	if c.shape.Holding { // the amounts that are ranked are of holdings
		return 0, none, true
	}
	return c.allOf(i, other)
}

// allOf is judge for one cell, where others of the contributions that are ranked are not 0:
// if the largest contribution equals the mean of these, all of these are equal.
func (c *cells[T]) allOf(i int, others int64) (share int64, value T, open bool) {
	var none T
	top, each := c.top, c.shape.ranked()
	if each == 0 {
		top, each = c.named, c.shape.Largest
	}
	if c.shape.Weight || each == 0 || c.negative[i] {
		return 0, none, true
	}
	if largest := top[i*each]; largest.Num().Mul(exact.NewNum(exact.FromInt64(others))).Cmp(c.abs[i].Num()) == 0 {
		return others, largest, false
	}
	return 0, none, true
}

// sharedByOwners is judge for one cell and its n holdings with a response.
func (c *cells[T]) sharedByOwners(i int, n int64) (share int64, value T, open bool) {
	var none T
	need, other := needed(n, c.shape.Alike), c.ownersNonZero[i]
	switch {
	case n < 2:
		return 0, none, false
	case n-other >= need:
		return n - other, none, false
	case other < need || c.ownerMarks[i].rulesOut(n, n-need):
		return 0, none, false
	}
	return c.allOf(i, other)
}

// noteCommon writes the shared values of the cells of all margins to out. whole has the
// evidence of the margins. It must be called before the rows of units are released.
func (s *state[T]) noteCommon(ctx context.Context, l *lattice, whole []*cells[T], out []*Margin, threads int) error {
	look := s.lookAtRows
	if s.shape.Respondent {
		look = s.lookAtPools(s.respondents)
	}
	all, err := s.shared(ctx, l, whole, asRespondent, func(k int) []int64 { return out[k].Contributors }, look, threads)
	if err != nil {
		return err
	}
	for k, a := range all {
		out[k].Share, out[k].Common = a.share, numsOf(a.value)
	}
	if !s.shape.Owners {
		return nil
	}
	all, err = s.shared(ctx, l, whole, asHolding, func(k int) []int64 { return out[k].Owners }, s.lookAtPools(s.holdings, s.orphans), threads)
	if err != nil {
		return err
	}
	for k, a := range all {
		out[k].OwnerShare, out[k].OwnerCommon = a.share, numsOf(a.value)
	}
	return nil
}

// lookAt looks at the open cells of d.
type lookAt[T number[T]] func(ctx context.Context, d *doubt[T], threads int) error

// lookAtPools looks at the units of pools.
func (s *state[T]) lookAtPools(pools ...*pool[T]) lookAt[T] {
	return func(ctx context.Context, d *doubt[T], threads int) error {
		return s.lookAtUnits(ctx, d, pools, threads)
	}
}

// shared returns the shared values of the cells of all margins, of respondents or of holdings;
// counts are the numbers of these in the cells of a margin.
func (s *state[T]) shared(ctx context.Context, l *lattice, whole []*cells[T], as role, counts func(k int) []int64, look lookAt[T], threads int) ([]*common[T], error) {
	all := make([]*common[T], len(whole))
	inParallel(threads, len(whole), func(k int) { all[k] = whole[k].judge(as, counts(k)) })
	var order []int
	for _, k := range l.order {
		if all[k].some {
			order = append(order, k)
		}
	}
	for len(order) > 0 {
		end := min(l.together(&s.most), len(order))
		d := s.newDoubt(l, order[:end], all, counts, threads)
		if err := look(ctx, d, threads); err != nil {
			return nil, err
		}
		d.write(all)
		order = order[end:]
	}
	return all, nil
}

// doubt holds the findings about the open cells of some margins.
type doubt[T number[T]] struct {
	places *places
	open   []bool   // by the cells of places
	near   []uint64 // inner cell -> the margins in which it is in an open cell
	n      []int64  // contributors
	need   []int64  // of them
	best   *ballots[T]
	counts []int64 // contributors of the candidate
}

func (s *state[T]) newDoubt(l *lattice, which []int, all []*common[T], counts func(k int) []int64, threads int) *doubt[T] {
	p := l.newPlaces(which, threads, &s.most)
	d := &doubt[T]{
		places: p, open: make([]bool, p.n), near: make([]uint64, l.inner), n: make([]int64, p.n), need: make([]int64, p.n),
		best: newBallots[T](p.n), counts: make([]int64, p.n),
	}
	for j, k := range which {
		first := int(p.first[j])
		copy(d.open[first:], all[k].open)
		copy(d.n[first:], counts(k))
		for i, n := range counts(k) {
			d.need[first+i] = needed(n, s.shape.Alike)
		}
	}
	d.approach()
	return d
}

// approach notes which inner cells are in open cells.
func (d *doubt[T]) approach() {
	for g := range d.near {
		d.near[g] = 0
		for b := range d.places.margins {
			if i := d.places.at[b].of(uint32(g)); i != NoNode && d.open[i] {
				d.near[g] |= 1 << b
			}
		}
	}
}

// elect closes the cells in which the candidate cannot have the share, by the bounds of
// ballots. It reports whether any cell stays open.
func (d *doubt[T]) elect() bool {
	some := false
	for i := range d.open {
		d.open[i] = d.open[i] && d.best.reach(i, d.n[i], d.need[i])
		some = some || d.open[i]
	}
	d.approach()
	return some
}

// write writes the findings about the open cells.
func (d *doubt[T]) write(all []*common[T]) {
	for j, k := range d.places.which {
		first := int(d.places.first[j])
		for i := range all[k].open {
			if at := first + i; d.counts[at] > 0 && d.counts[at] >= d.need[at] {
				all[k].share[i], all[k].value[i] = d.counts[at], d.best.value[at]
			}
		}
	}
}

// add adds the counts of a goroutine.
func (d *doubt[T]) add(counts []int64) {
	for i, n := range counts {
		d.counts[i] += n
	}
}

// partitions calls fn for the partitions of settled pools, on several goroutines. Each
// goroutine has a walker of its own for each pool.
func (s *state[T]) partitions(ctx context.Context, d *doubt[T], pools []*pool[T], threads int, fn func(t int, w *walker[T])) error {
	for _, p := range pools {
		parts := 1 << p.partBits()
		var next atomic.Int64
		inParallel(threads, threads, func(t int) {
			w := &walker[T]{shape: s.shape, places: d.places, most: &s.most, as: p.as}
			for ctx.Err() == nil {
				part := int(next.Add(1)) - 1
				if part >= parts {
					break
				}
				w.rows.partition(p, part)
				fn(t, w)
			}
		})
	}
	return ctx.Err()
}

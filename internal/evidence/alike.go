package evidence

import (
	"context"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/exact"
)

// What respondents have in common is found in three steps, of which the last two are
// for few tables:
//
//   - what all of a cell have is seen in its sums, or row by row, and so is how many
//     contribute 0;
//
//   - marks (below), or where every row is a respondent pairs of rows (rowLog.pairs), say
//     of nearly all other cells that no value has the share;
//
//   - of cells in doubt the respondents are looked at once more: by votes for a
//     candidate, and then by a count of it. Where every row is a respondent, rows are
//     kept for that (rowLog).

// What the observations of a cell are: none yet, of one value, of several.
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
	for j := range o.marks {
		if i := at(to, j); i != NoNode {
			c.marks[i].add(&o.marks[j])
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

// mark sums up the contributions to a cell by their hashes, so that marks add up, and what
// was counted in vain is taken off. It proves that no value is shared by enough
// respondents; it never proves that one is.
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
	h := mixUnit(x.Fold())
	return mark{sum: h, squares: h * h, low: inFields(h >> 62), high: inFields(h >> 60 & 3)}
}

// inFields puts two bits into two fields of 32 bits.
func inFields(b uint64) uint64 { return b&1 | b>>1<<32 }

// rulesOut reports whether no value is contributed by more than n-others of the n
// contributors with this mark.
//
// If all contribute one value of hash h, sum = n*h and squares = n*h*h, so that
// n*squares = sum*sum, modulo 2^64 too. If all but others do, each bit of a hash is the same
// in n-others of them: either others at most have the bit, or others at most have it not.
func (m *mark) rulesOut(n, others int64) bool {
	if n >= 1<<32 { // the fields may have run over
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

// ballots are a candidate for the value that most share and its votes, for some cells. Of
// n respondents those who contribute the candidate are from votes to (n + votes) / 2,
// and those who contribute any other value at most (n - votes) / 2, in whatever order they
// come and ballots are merged (Boyer and Moore; Agarwal et al. 2012 for merging): all but
// votes of them, who contribute the candidate, can be paired with one of another value
// each. A vote for the candidate adds to these; a vote for another value makes a pair with
// one of them, as do as many votes of two ballots that are merged.
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

// reach reports whether need of n respondents may contribute the candidate of cell i, all
// of whom have voted.
func (c *ballots[T]) reach(i int, n, need int64) bool {
	return c.votes[i] > 0 && c.votes[i] >= 2*need-n
}

// common is what the cells of a margin have in common: share respondents contribute value;
// 0 where no value has the share that is asked for. Cells in doubt are open.
type common[T number[T]] struct {
	share []int64
	value []T
	open  []bool
	some  bool // are open
}

// judge says of the cells of a margin, with the given contributors, what their evidence
// says.
func (c *cells[T]) judge(contributors []int64) *common[T] {
	a := &common[T]{share: make([]int64, c.n), value: make([]T, c.n), open: make([]bool, c.n)}
	for i, n := range contributors {
		a.share[i], a.value[i], a.open[i] = c.shared(i, n)
		a.some = a.some || a.open[i]
	}
	return a
}

// shared is judge for one cell.
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
	case other < need: // nor has any other value than 0
		return 0, none, false
	}
	// Where respondents are holdings, and the largest contribution is as large as the mean
	// of those that are not 0, these are equal.
	top, each := c.top, c.shape.ranked()
	if each == 0 {
		top, each = c.named, c.shape.Largest
	}
	if c.shape.Holding || c.shape.Weight || each == 0 || c.negative[i] {
		return 0, none, true
	}
	if largest := top[i*each]; largest.Num().Mul(exact.NewNum(exact.FromInt64(other))).Cmp(c.abs[i].Num()) == 0 {
		return other, largest, false
	}
	return 0, none, true
}

// noteCommon writes what the cells of all margins have in common to out. whole has their
// evidence. The rows of units are still there.
func (s *state[T]) noteCommon(ctx context.Context, l *lattice, whole []*cells[T], out []*Margin, threads int) error {
	all := make([]*common[T], len(out))
	inParallel(threads, len(out), func(k int) { all[k] = whole[k].judge(out[k].Contributors) })
	var order []int
	for _, k := range l.order {
		if all[k].some {
			order = append(order, k)
		}
	}
	for len(order) > 0 {
		end := min(l.together(&s.most), len(order))
		d := s.newDoubt(l, order[:end], all, out, threads)
		look := s.lookAtUnits
		if !s.shape.Respondent {
			look = s.lookAtRows
		}
		if err := look(ctx, d, threads); err != nil {
			return err
		}
		d.write(all)
		order = order[end:]
	}
	for k, a := range all {
		out[k].Share, out[k].Common = a.share, numsOf(a.value)
	}
	return nil
}

// doubt is what is found of the open cells of some margins.
type doubt[T number[T]] struct {
	places *places
	open   []bool   // by the cells of places
	near   []uint64 // inner cell -> the margins in which it is in an open cell
	n      []int64  // contributors
	need   []int64  // of them
	best   *ballots[T]
	counts []int64 // of those who contribute the candidate
}

func (s *state[T]) newDoubt(l *lattice, which []int, all []*common[T], out []*Margin, threads int) *doubt[T] {
	p := l.newPlaces(which, threads, &s.most)
	d := &doubt[T]{
		places: p, open: make([]bool, p.n), near: make([]uint64, l.inner), n: make([]int64, p.n), need: make([]int64, p.n),
		best: newBallots[T](p.n), counts: make([]int64, p.n),
	}
	for j, k := range which {
		first := int(p.first[j])
		copy(d.open[first:], all[k].open)
		copy(d.n[first:], out[k].Contributors)
		for i, n := range out[k].Contributors {
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

// elect closes cells whose candidates cannot have the share, by the bounds of ballots.
// It reports whether any stay open.
func (d *doubt[T]) elect() bool {
	some := false
	for i := range d.open {
		d.open[i] = d.open[i] && d.best.reach(i, d.n[i], d.need[i])
		some = some || d.open[i]
	}
	d.approach()
	return some
}

// write writes what was found of the open cells.
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

// partitions calls fn for the partitions of a settled pool, on several goroutines, each of
// which has a walker of its own.
func (s *state[T]) partitions(ctx context.Context, d *doubt[T], threads int, fn func(t int, w *walker[T])) error {
	p := s.respondents
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
	return ctx.Err()
}

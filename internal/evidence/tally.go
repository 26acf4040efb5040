package evidence

import (
	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/internal/touch"
)

// tally holds the sums of the cells of a grid, where responses have 64 bits and every row
// is a respondent. The values of a cell lie side by side, so a row touches one cache
// line: the sum, the sum of absolutes, and the largest absolutes in falling order.
//
// Where at most two largest are kept, amounts has smaller cells for responses that, in
// steps, are from 1 to 2^32-1: nearly all responses in money. Of the other rows the first
// few are kept as they are. fill and fold add up all places, so the place of a row does
// not change the result.
type tally struct {
	top, words int
	ranked     int // how many of top are evidence
	counts     *group.Counts
	cell       []int64 // nil until there are some
	late       []late  // rows that are counted and wait for cells; none after cells exist
	// Rare, nil until there are some: rows of a cell without a response, and with
	// one of 0.
	missing, zeros []uint32

	amounts *group.Amounts // nil if there are none
	step    int64          // of the amounts; 0 until there are some
	off     bool           // too few rows are in amounts for it to take more
	n       int            // number of cells
	// How many rows were offered to amounts, and how many of them fit neither amounts nor
	// 0.
	offered, other int64

	keys  []uint32 // scratch, as the others
	x     []int64
	steps []int64
	rest  []uint32
}

// late is a row in a cell, with a response other than 0.
type late struct {
	x   int64
	key uint32
}

// lateShare is the least number of cells for each row that waits.
const lateShare = 8

func newTally(s *Shape, g *group.Grid, counts *group.Counts) *tally {
	top := s.tallied()
	t := &tally{top: top, ranked: s.ranked(), words: 2 + top, n: g.Cells(), counts: counts}
	if top <= 2 {
		t.amounts = group.NewAmounts(g)
	}
	return t
}

// add counts rows and adds them. x is steps[i]*step; null, if not nil, says which have
// no response.
func (t *tally) add(keys []uint32, x, steps []int64, step int64, null []bool) {
	if null != nil {
		keys, x, steps = t.filled(keys, x, steps, null)
	}
	if t.step == 0 {
		t.step = step
	}
	if t.amounts != nil && t.step == step && !t.off {
		keys, x = t.addAmounts(keys, x, steps)
	}
	if len(keys) == 0 {
		return
	}
	t.counts.Add(keys)
	if t.cell == nil && (len(t.late)+len(keys))*lateShare <= t.n {
		for i, k := range keys {
			if x[i] == 0 {
				t.zero(k)
				continue
			}
			t.late = append(t.late, late{x[i], k})
		}
		return
	}
	t.grow()
	if t.top == 2 {
		t.add2(keys, x)
		return
	}
	for i, k := range keys {
		if x[i] == 0 {
			t.zero(k)
		}
		addTo(t.cell[int(k)*t.words:][:t.words], x[i])
	}
}

// addTo adds a response to a cell.
func addTo(c []int64, v int64) {
	a := max(v, -v)
	c[0] += v
	c[1] += a
	rankIn(c[2:], a)
}

// grow makes the cells if there are none, with the rows that wait for them.
func (t *tally) grow() {
	if t.cell != nil {
		return
	}
	t.cell = touch.Slice[int64](t.n * t.words)
	t.addLate(t.late)
	t.late = nil
}

// addLate adds rows that are counted to the cells, if there are any.
func (t *tally) addLate(rows []late) {
	if t.cell == nil {
		t.late = append(t.late, rows...)
		return
	}
	for _, r := range rows {
		addTo(t.cell[int(r.key)*t.words:][:t.words], r.x)
	}
}

// filled returns the rows that have a response, and counts the others.
func (t *tally) filled(keys []uint32, x, steps []int64, null []bool) ([]uint32, []int64, []int64) {
	if t.missing == nil {
		t.missing = touch.Slice[uint32](t.n)
	}
	t.keys, t.x, t.steps = t.keys[:0], t.x[:0], t.steps[:0]
	for i, k := range keys {
		if null[i] {
			t.missing[k]++
			t.counts.AddTo(int(k), 1)
		} else {
			t.keys, t.x, t.steps = append(t.keys, k), append(t.x, x[i]), append(t.steps, steps[i])
		}
	}
	return t.keys, t.x, t.steps
}

// addAmounts adds the rows that fit to the amounts, counts zeros, and returns the other
// rows.
func (t *tally) addAmounts(keys []uint32, x, steps []int64) ([]uint32, []int64) {
	rest := extendTo(&t.rest, len(keys))
	rest = rest[:t.amounts.Add(keys, steps, rest)]
	extendTo(&t.keys, len(keys))
	extendTo(&t.x, len(keys))
	n := 0
	for _, i := range rest { // t.keys may be keys: i is n or more
		if x[i] == 0 {
			t.zero(keys[i])
			t.counts.AddTo(int(keys[i]), 1)
			continue
		}
		t.keys[n], t.x[n] = keys[i], x[i]
		n++
	}
	t.offered += int64(len(keys))
	t.other += int64(n)
	// A row that amounts does not take costs two attempts. Amounts pays if it takes one
	// row of three.
	t.off = t.other > t.offered/3*2
	return t.keys[:n], t.x[:n]
}

// add2 is add for the two largest. Except for zeros it has no branch that depends on the
// values.
func (t *tally) add2(keys []uint32, x []int64) {
	const words = 4
	cell := t.cell
	x = x[:len(keys)]
	for i, k := range keys {
		c := (*[words]int64)(cell[int(k)*words:])
		v := x[i]
		if v == 0 {
			t.zero(k)
		}
		a := max(v, -v)
		c[0] += v
		c[1] += a
		first := c[2]
		c[2] = max(first, a)
		c[3] = max(c[3], min(first, a))
	}
}

func (t *tally) zero(k uint32) {
	if t.zeros == nil {
		t.zeros = touch.Slice[uint32](t.n)
	}
	t.zeros[k]++
}

// alike reports whether the amounts of both have one step, and can be merged.
func (t *tally) alike(o *tally) bool {
	return (t.amounts == nil) == (o.amounts == nil) && (t.step == o.step || t.step == 0 || o.step == 0)
}

// merge adds o, of the same grid and unit, which is alike. Rows are counted elsewhere.
// Up to threads goroutines work on it.
func (t *tally) merge(o *tally, threads int) {
	share := func(do func(lo, hi int)) {
		inParallel(threads, threads, func(w int) { do(t.n*w/threads, t.n*(w+1)/threads) })
	}
	if t.amounts != nil {
		t.amounts.Merge(o.amounts, share)
		t.step = max(t.step, o.step)
	}
	t.missing = addCounts(t.missing, o.missing)
	t.zeros = addCounts(t.zeros, o.zeros)
	switch {
	case o.cell == nil:
	case t.cell == nil:
		waiting := t.late
		t.cell, t.late = o.cell, nil
		t.addLate(waiting)
	default:
		share(func(lo, hi int) {
			addSums(t.cell[lo*t.words:hi*t.words], o.cell[lo*t.words:hi*t.words], t.words)
		})
	}
	t.addLate(o.late)
}

// rankIn puts a, not below 0, among the largest.
func rankIn(top []int64, a int64) {
	for j := 0; j < len(top) && a > 0; j++ {
		top[j], a = max(top[j], a), min(top[j], a)
	}
}

// fold moves the sums in amounts to the cells and the counts, which then hold all rows.
// Up to threads goroutines work.
func (t *tally) fold(threads int) {
	t.grow()
	if t.amounts == nil {
		return
	}
	inParallel(threads, threads, func(w int) {
		for k := t.n * w / threads; k < t.n*(w+1)/threads; k++ {
			if rows := t.addAmount(k, t.cell[k*t.words:][:t.words]); rows != 0 {
				t.counts.AddTo(k, rows)
			}
		}
	})
	t.amounts = nil
}

// fill adds the cells from key to the cells first+to of a cube with sums; it skips cells
// with to NoNode. counted has the number of counted rows of each cell. Rows that wait are
// not in the sums.
func (t *tally) fill(c *cube, to []uint32, counted []int64, first, key int) {
	for i, place := range to {
		if place == NoNode {
			continue
		}
		k, at := key+i, first+int(place)
		s := c.sums[at*t.words:][:t.words]
		n := counted[i]
		if t.cell != nil && n != 0 {
			addSums(s, t.cell[k*t.words:][:t.words], t.words)
		}
		if t.amounts != nil {
			n += t.addAmount(k, s)
		}
		c.records[at] += n
		if t.missing != nil {
			c.missing[at] += int64(t.missing[k])
		}
		if t.zeros != nil {
			c.zeros[at] += int64(t.zeros[k])
		}
	}
}

// addAmount adds the amounts of a cell to s, as in cell, and returns how many there are.
func (t *tally) addAmount(k int, s []int64) (rows int64) {
	rows, sum, first, second := t.amounts.At(k)
	s[0] += sum * t.step
	s[1] += sum * t.step
	rankIn(s[2:], first*t.step)
	rankIn(s[2:], second*t.step)
	return rows
}

func addCounts(into, from []uint32) []uint32 {
	if into == nil {
		return from
	}
	for i, n := range from {
		into[i] += n
	}
	return into
}

// write writes the cells of keys lo to hi to c. The records of c must be set.
func (t *tally) write(c *cells[small], keys []uint32, lo, hi int) {
	for i := lo; i < hi; i++ {
		k := int(keys[i])
		cell := t.cell[k*t.words:][:t.words]
		c.sum[i], c.abs[i] = small(cell[0]), small(cell[1])
		// Sums are equal where no value is below 0, and only there.
		c.negative[i] = cell[0] != cell[1]
		for j := range t.ranked {
			c.top[i*t.ranked+j] = small(cell[2+j])
		}
		c.nonZero[i] = c.records[i]
		if t.missing != nil {
			c.missing[i] = int64(t.missing[k])
			c.nonZero[i] -= c.missing[i]
		}
		if t.zeros != nil {
			c.nonZero[i] -= int64(t.zeros[k])
		}
	}
}

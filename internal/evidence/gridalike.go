package evidence

import (
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/touch"
)

// fieldsOf is the marks of a grid's cells whose rows are respondents of their own, of
// which the bits alone are kept, two words a cell (see mark). A row that is marked
// is in the accumulator's log, too.
type fieldsOf struct {
	words []int64
}

// newFields returns nil where no marks are asked for: all-equal cells are seen in sums.
func newFields(s *Shape, n int) *fieldsOf {
	if s.Alike == 0 || s.Alike == 100 || s.pooled() {
		return nil
	}
	return &fieldsOf{words: touch.Slice[int64](2 * n)}
}

// add takes in rows with a response, x.
func (f *fieldsOf) add(keys []uint32, x []int64, null []bool) {
	x = x[:len(keys)]
	for i, k := range keys {
		if null != nil && null[i] {
			continue
		}
		h := uint64(x[i]) * mixA
		c := (*[2]int64)(f.words[2*int(k):])
		c[0] += int64(inFields(h >> 62))
		c[1] += int64(inFields(h >> 60 & 3))
	}
}

// merge adds o, of the same grid and unit.
func (f *fieldsOf) merge(o *fieldsOf, threads int) {
	n := len(f.words)
	inParallel(threads, threads, func(w int) {
		lo, hi := n*w/threads, n*(w+1)/threads
		addCounted(f.words[lo:hi], o.words[lo:hi])
	})
}

// fill adds the marks of the cells from key on to the cells first+to of a cube, those to
// NoNode aside.
func (f *fieldsOf) fill(c *cube, to []uint32, first, key int) {
	for i, place := range to {
		if place == NoNode {
			continue
		}
		from, at := 2*(key+i), 2*(first+int(place))
		c.marks[at] += f.words[from]
		c.marks[at+1] += f.words[from+1]
	}
}

// tallied returns how many of the largest contributions rows in a grid are ranked for:
// what contributors have in common needs one.
func (s *Shape) tallied() int {
	if s.Alike > 0 {
		return max(1, s.ranked())
	}
	return s.ranked()
}

// oneValue reports whether n contributions, which add up to sum, and by absolute values to
// abs, are all of one value, by the largest of these: then it is no larger than their mean.
func oneValue(n, sum, abs, largest int64) bool {
	return n > 0 && (sum == abs || sum == -abs) && abs%n == 0 && abs/n == largest
}

// observeCells notes what the rows of the cells of a grid have in common, where sums say
// that.
func (t *tally) observeCells(c *cells[small], keys []uint32) {
	for i, k := range keys {
		cell := t.cell[int(k)*t.words:][:t.words]
		switch n := c.records[i] - c.missing[i]; {
		case n == 0:
		case oneValue(n, cell[0], cell[1], cell[2]):
			c.seen[i], c.one[i] = oneSeen, small(cell[0]/n)
		default:
			c.seen[i] = severalSeen
		}
	}
}

// alike notes what the contributors to the cells of m, which are those of the cube, have in
// common, and whether some cells are in doubt.
func (c *cube) alike(m *Margin, percent, threads int) {
	m.Equal, m.Share = make([]bool, m.N), make([]int64, m.N)
	values := make([]small, m.N)
	var doubt atomic.Bool
	inParallel(threads, threads, func(w int) {
		for i := m.N * w / threads; i < m.N*(w+1)/threads; i++ {
			n, other := m.Contributors[i], m.NonZero[i]
			s := c.sums[i*c.words:][:c.words]
			need := needed(n, percent)
			m.Equal[i] = oneValue(n, s[0], s[1], s[2])
			switch {
			case n < 2:
			case m.Equal[i]:
				m.Share[i], values[i] = n, small(s[0]/n)
			case n-other >= need:
				m.Share[i] = n - other
			case n == need || other < need:
			case oneValue(other, s[0], s[1], s[2]):
				m.Share[i], values[i] = other, small(s[0]/other)
			case bitsRuleOut(uint64(c.marks[2*i]), n, n-need) || bitsRuleOut(uint64(c.marks[2*i+1]), n, n-need):
			default:
				doubt.Store(true)
			}
		}
	})
	m.Common, c.doubt = numsOf(values), doubt.Load()
}

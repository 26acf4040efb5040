package evidence

import (
	"slices"

	"github.com/sluis-go/sluis/internal/column"
)

// hint makes the guess with the first batch of a grid. hint must be called after the
// response is loaded.
func (g *Grid) hint(b *Batch, first bool) {
	if first {
		st := g.acc.small
		g.hints.guess = g.guess.of(st.shift, st.x[:b.Rows], b.Response.Null)
	}
}

// lasting reports whether all rows of a batch can be read again where they lie.
func (g *Grid) lasting(b *Batch, cols []column.Indices) bool {
	return g.hints != nil && b.Lasting && b.Response.Borrowed && b.Response.Null == nil && b.Response.Shift == g.acc.small.shift &&
		!slices.ContainsFunc(cols, func(x column.Indices) bool { return !x.Borrowed })
}

// fillHints adds the hints of the cells from key to the cells first+to of a cube. It
// skips cells with to NoNode.
func (c *cube) fillHints(h *hints, to []uint32, first, key int) {
	for i, place := range to {
		if place == NoNode {
			continue
		}
		low, high := h.at(key + i)
		c.low[first+int(place)] += int64(low)
		c.high[first+int(place)] += int64(high)
	}
}

// tallied returns how many of the largest contributions a grid ranks. At least one is
// needed to find values that contributors share.
func (s *Shape) tallied() int {
	if s.Alike > 0 {
		return max(1, s.ranked())
	}
	return s.ranked()
}

// oneValue reports whether n contributions all have one value. Their sum is sum, the sum
// of their absolute values abs, and the largest absolute value largest. They have one
// value if largest is no larger than the mean.
func oneValue(n, sum, abs, largest int64) bool {
	return n > 0 && (sum == abs || sum == -abs) && abs%n == 0 && abs/n == largest
}

// observeCells stores the values that all rows of a cell of a grid share, where the sums
// show that.
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

// alike stores the values that the contributors to the cells of m share, and the cells
// that are in doubt. m has the cells of the cube.
func (c *cube) alike(m *Margin, percent, threads int) {
	m.Equal, m.Share = make([]bool, m.N), make([]int64, m.N)
	values := make([]small, m.N)
	doubt := make([][]uint32, threads)
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
			case bitsRuleOut(uint64(c.low[i]), n, n-need) || bitsRuleOut(uint64(c.high[i]), n, n-need):
			case !c.blind && c.guessed(i) >= need:
				m.Share[i], values[i] = c.guessed(i), c.guess
			case !c.blind && c.guessed(i) > n-need: // as many have another value at most as are left
			default:
				doubt[w] = append(doubt[w], uint32(i))
			}
		}
	})
	c.common, c.doubt = values, slices.Concat(doubt...)
	m.Common = numsOf(values)
}

// guessed returns how many rows of a cell have the guess.
func (c *cube) guessed(i int) int64 { return int64(uint64(c.high[i]) >> 32) }

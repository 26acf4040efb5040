package evidence

import (
	"context"
	"sync/atomic"
)

// pairs returns those of the grid's rows, see rowLog.pairs; nil where nobody asks.
func (g *Grid) pairs(ctx context.Context, threads int) ([]int64, error) {
	if g.tally == nil || g.acc.small.log == nil {
		return nil, nil
	}
	n := make([]int64, g.Cells())
	g.counts.Read(n, 0)
	if a := g.tally.amounts; a != nil {
		for k := range n {
			rows, _, _, _ := a.At(k)
			n[k] += rows
		}
	}
	return g.acc.small.log.pairs(ctx, n, g.acc.shape.Alike, threads)
}

// fillPairs adds the pairs of the first cells of a grid to the cells first+to, those to
// NoNode aside.
func (c *cube) fillPairs(pairs []int64, to []uint32, first int) {
	for i, place := range to {
		if place != NoNode {
			c.pairs[first+int(place)] += pairs[i]
		}
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
			case c.pairs != nil && c.pairs[i] > n-need:
			default:
				doubt.Store(true)
			}
		}
	})
	m.Common, c.doubt = numsOf(values), doubt.Load()
}

package group

import (
	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/touch"
)

// Counts counts the keys of a grid, up to 2^40 of one key. A count is a byte, and the
// number of times that the byte has overflowed: with bytes most counts stay in cache.
//
// Rows that [Counts.AddRows] has taken may still wait: Flush must be called before a
// count is read.
type Counts struct {
	low   []uint8
	carry []uint32

	grid *Grid
	bins *bins // nil before there are enough rows, or where they gain nothing
	off  bool  // there are to be no bins
	rows int   // that AddRows was given
	keys []uint32
}

// NewCounts returns counts of 0 for all cells of a grid.
func NewCounts(g *Grid) *Counts {
	return &Counts{low: touch.Slice[uint8](g.cells), carry: make([]uint32, g.cells), grid: g}
}

// Add counts keys, which are below the number of cells; it panics otherwise or,
// where that is not looked at, has undefined effects.
func (c *Counts) Add(keys []uint32) { count(c.low, c.carry, keys) }

// AddRows counts the keys of all rows of at least one column. The keys are those of
// [Grid.Keys]. It returns false if an index is too large; the counts are then arbitrary.
func (c *Counts) AddRows(cols []column.Indices, n int) bool {
	lo := 0
	if c.canBin(n) && c.bins.takes(cols) {
		for end := n / binLanes * binLanes; lo < end; {
			hi := min(lo+binBlock, end)
			if !c.bins.add(c, cols, lo, hi) {
				return false
			}
			lo = hi
		}
	}
	for lo < n {
		hi := min(lo+binBlock, n)
		if cap(c.keys) < hi-lo {
			c.keys = make([]uint32, min(binBlock, n))
		}
		keys := c.keys[:hi-lo]
		if !c.grid.Keys(keys, cols, lo) {
			return false
		}
		c.Add(keys)
		lo = hi
	}
	return true
}

// canBin reports whether n rows may go to bins, and makes these.
func (c *Counts) canBin(n int) bool {
	if !hasBins || c.off {
		return false
	}
	c.rows += n
	if c.bins == nil && c.rows >= binLeast {
		c.bins = newBins(c.grid)
		c.off = c.bins == nil
	}
	return c.bins != nil
}

// Flush counts the rows that wait.
func (c *Counts) Flush() {
	if c.bins == nil {
		return
	}
	for k := range c.bins.args.bins {
		c.bins.count(c, k)
	}
}

// countPortable is the loop that its faster variants do.
func countPortable(low []uint8, carry []uint32, keys []uint32) {
	for _, k := range keys {
		low[k]++
		if low[k] == 0 {
			carry[k]++
		}
	}
}

// Merge adds the counts of the keys lo to hi of o, of the same grid; no rows wait.
func (c *Counts) Merge(o *Counts, lo, hi int) {
	into, carry, more := c.low[lo:hi], c.carry[lo:hi], o.carry[lo:hi]
	for i, low := range o.low[lo:hi] {
		sum := uint32(into[i]) + uint32(low)
		into[i] = uint8(sum)
		if n := more[i] + sum>>8; n != 0 {
			carry[i] += n
		}
	}
}

// Read writes how often the keys from lo on were counted to dst, a key each.
func (c *Counts) Read(dst []int64, lo int) {
	low, carry := c.low[lo:][:len(dst)], c.carry[lo:][:len(dst)]
	for i := range dst {
		dst[i] = int64(low[i]) | int64(carry[i])<<8
	}
}

// any reports whether a key of lo to hi was counted.
func (c *Counts) any(lo, hi int) bool {
	for i, low := range c.low[lo:hi] {
		if uint32(low)|c.carry[lo+i] != 0 {
			return true
		}
	}
	return false
}

// Occupied returns the keys that were counted, ascending, and how often.
func (c *Counts) Occupied() (keys []uint32, n []int64) {
	size := 0
	for i, low := range c.low {
		if uint32(low)|c.carry[i] != 0 {
			size++
		}
	}
	keys, n = make([]uint32, 0, size), make([]int64, 0, size)
	for i, low := range c.low {
		if uint32(low)|c.carry[i] != 0 {
			keys, n = append(keys, uint32(i)), append(n, int64(low)|int64(c.carry[i])<<8)
		}
	}
	return keys, n
}

// AddTo counts key k n more times.
func (c *Counts) AddTo(k int, n int64) {
	n += int64(c.low[k])
	c.low[k] = uint8(n)
	c.carry[k] += uint32(n >> 8)
}

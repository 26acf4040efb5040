package group

// Counts counts the keys of a grid. A count is a byte, so that as many as can be
// stay in cache, and how often that byte has begun anew. Up to 2^40 of a key.
type Counts struct {
	low   []uint8
	carry []uint32
}

// NewCounts returns counts of 0 for all cells of a grid.
func NewCounts(g *Grid) *Counts {
	return &Counts{low: make([]uint8, g.cells), carry: make([]uint32, g.cells)}
}

// Add counts keys, which are below the number of cells; it panics otherwise or,
// where that is not looked at, has undefined effects.
func (c *Counts) Add(keys []uint32) { count(c.low, c.carry, keys) }

// countPortable is the loop that its faster variants do.
func countPortable(low []uint8, carry []uint32, keys []uint32) {
	for _, k := range keys {
		low[k]++
		if low[k] == 0 {
			carry[k]++
		}
	}
}

// Merge adds the counts of o, of the same grid.
func (c *Counts) Merge(o *Counts) {
	o.carry = o.carry[:len(c.carry)]
	for i, low := range o.low {
		sum := uint32(c.low[i]) + uint32(low)
		c.low[i] = uint8(sum)
		c.carry[i] += o.carry[i] + sum>>8
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

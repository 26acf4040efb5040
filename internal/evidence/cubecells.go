package evidence

import "slices"

// The use of the cells of a cube that have records, by the levels of their nodes.
const (
	notAsked uint8 = iota
	asked          // in no published combination
	published
)

// chosen gives the use of each cell of a cube.
type chosen struct {
	all    bool // every cell is published
	states []uint8
	// The place of a cell in states is the sum of the places of its slab and of its
	// position in the slab.
	outside, inside []uint32
}

// choose returns the use of the cells of a cube of these combinations. The combinations
// before number first are published.
func (c *cube) choose(combos [][]int, first int) *chosen {
	// Nodes that occur at the same levels are of one class.
	classes, of := make([][]uint64, len(c.axes)), make([][]uint32, len(c.axes))
	size := 1
	for v := len(c.axes) - 1; v >= 0; v-- {
		number := map[uint64]uint32{}
		for _, set := range c.axes[v].levels {
			k, ok := number[set]
			if !ok {
				k = uint32(len(classes[v]))
				number[set], classes[v] = k, append(classes[v], set)
			}
			of[v] = append(of[v], k*uint32(size))
		}
		size *= len(classes[v])
	}
	s := &chosen{all: true, states: make([]uint8, size), inside: offsets(of[c.cut:]), outside: offsets(of[:c.cut])}
	for k, combo := range combos {
		state := asked
		if k < first {
			state = published
		}
		places := []int{0}
		for v, level := range combo {
			position, _ := slices.BinarySearch(c.asked[v], level)
			var next []int
			for _, at := range places {
				for k, set := range classes[v] {
					if set>>position&1 != 0 {
						next = append(next, at*len(classes[v])+k)
					}
				}
			}
			places = next
		}
		for _, at := range places {
			s.states[at] = max(s.states[at], state)
		}
	}
	for _, state := range s.states {
		s.all = s.all && state == published
	}
	return s
}

// table returns the cells with records that are asked for, as Accumulator.Table does.
func (c *cube) table(shape *Shape, combos [][]int, first, threads int) (*Margin, []bool) {
	s := c.choose(combos, first)
	slabs := c.cells / c.slab
	start := make([]int, slabs+1) // of each slab, the cells before it
	inParallel(threads, threads, func(w int) {
		for o := slabs * w / threads; o < slabs*(w+1)/threads; o++ {
			start[o+1] = s.count(c, o)
		}
	})
	for o := range slabs {
		start[o+1] += start[o]
	}
	n := start[slabs]
	m, hidden := &Margin{N: n, Nodes: make([][]uint32, len(c.axes))}, make([]bool, n)
	for v := range m.Nodes {
		m.Nodes[v] = make([]uint32, n)
	}
	nodes := c.slabNodes()
	inParallel(threads, threads, func(w int) {
		var which []uint32
		for o := slabs * w / threads; o < slabs*(w+1)/threads; o++ {
			lo, hi := start[o], start[o+1]
			if hi-lo == c.slab {
				c.writeAll(m, nodes, o, lo)
			} else if hi > lo {
				which = s.which(which, c, o)
				c.write(m, nodes, which, o, lo)
			}
			if s.all {
				continue
			}
			for i := range hi - lo {
				k := i
				if hi-lo < c.slab {
					k = int(which[i])
				}
				hidden[lo+i] = s.states[s.outside[o]+s.inside[k]] != published
			}
		}
	})
	c.keep(s, start, threads)
	c.evidence(m, shape, threads)
	return m, hidden
}

// keep leaves the cells that are in the table, side by side. start has how many there
// are before each slab.
func (c *cube) keep(s *chosen, start []int, threads int) {
	slabs := c.cells / c.slab
	n := start[slabs]
	if n == c.cells {
		return
	}
	words := max(c.words, 1) // of sums, which are nil otherwise
	// Each goroutine first moves its cells to the front of its slabs. Then all cells move
	// together, to new memory if that is much less.
	inParallel(threads, threads, func(w int) {
		first := slabs * w / threads
		at := first * c.slab
		var which []uint32
		for o := first; o < slabs*(w+1)/threads; o++ {
			if start[o] == start[o+1] {
				continue
			}
			which = s.which(which, c, o)
			for _, x := range [][]int64{c.records, c.missing, c.zeros, c.low, c.high} {
				moveTo(x, 1, at, o*c.slab, which)
			}
			moveTo(c.sums, words, at, o*c.slab, which)
			at += len(which)
		}
	})
	c.records = packed(c.records, 1, start, c.slab, threads)
	c.sums = packed(c.sums, words, start, c.slab, threads)
	c.missing = packed(c.missing, 1, start, c.slab, threads)
	c.zeros = packed(c.zeros, 1, start, c.slab, threads)
	c.low = packed(c.low, 1, start, c.slab, threads)
	c.high = packed(c.high, 1, start, c.slab, threads)
}

// moveTo moves the cells at the places which after a cell, in rising order, to place at and
// the places after it. A cell has a number of words. at is at most the first of these cells.
func moveTo(x []int64, words, at, after int, which []uint32) {
	if x == nil {
		return
	}
	if words > 1 {
		for i, k := range which {
			copy(x[(at+i)*words:][:words], x[(after+int(k))*words:][:words])
		}
		return
	}
	from, to := x[after:], x[at:][:len(which)]
	for i, k := range which {
		to[i] = from[k]
	}
}

// packed moves the cells that keep has moved to the front of the slabs of every goroutine
// to the front of all.
func packed(x []int64, words int, start []int, slab, threads int) []int64 {
	if x == nil {
		return nil
	}
	slabs := len(start) - 1
	n := start[slabs]
	to := x
	if n < len(x)/words/2 {
		to = make([]int64, n*words)
	}
	for w := range threads {
		lo, hi := slabs*w/threads, slabs*(w+1)/threads
		copy(to[start[lo]*words:start[hi]*words], x[lo*slab*words:])
	}
	return to[: n*words : n*words]
}

// count returns the number of cells of a slab that are in the table.
func (s *chosen) count(c *cube, slab int) int {
	records, inside, states := s.of(c, slab)
	n := 0
	if s.all {
		for _, r := range records {
			n += inTable(r, published)
		}
		return n
	}
	for k, r := range records {
		n += inTable(r, states[inside[k]])
	}
	return n
}

// which returns the places in a slab of the cells that are in the table, in memory of to
// where that is enough.
func (s *chosen) which(to []uint32, c *cube, slab int) []uint32 {
	records, inside, states := s.of(c, slab)
	to = slices.Grow(to[:0], c.slab)[:c.slab]
	n := 0
	for k, r := range records {
		to[n] = uint32(k) // the next cell overwrites the place of a cell that is not in the table
		n += inTable(r, states[inside[k]])
	}
	return to[:n]
}

// of returns the numbers of records of a slab, and the places of the cells in states.
func (s *chosen) of(c *cube, slab int) (records []int64, inside []uint32, states []uint8) {
	records = c.records[slab*c.slab:][:c.slab]
	return records, s.inside[:len(records)], s.states[s.outside[slab]:]
}

// inTable returns 1 for a cell with records that is asked for, else 0. There is no branch:
// which cells have records cannot be predicted.
func inTable(records int64, state uint8) int {
	return int(uint64(-records)>>63) & int(state|state>>1) & 1
}

// evidence gives m the evidence of all cells, which it shares with c from then on.
func (c *cube) evidence(m *Margin, shape *Shape, threads int) {
	// Rows are respondents and holdings of their own.
	m.Records = c.records
	m.Respondents, m.Holdings, m.Contributors = m.Records, m.Records, m.Records
	if !shape.Response {
		return
	}
	m.NonZero, m.Negative = m.Records, make([]bool, m.N)
	if c.missing != nil {
		m.Missing, m.Contributors = c.missing, less(m.Records, c.missing)
		m.NonZero = m.Contributors
	}
	if c.zeros != nil {
		for i, n := range c.zeros {
			c.zeros[i] = m.NonZero[i] - n
		}
		m.NonZero = c.zeros
	}
	sums := smalls(c.sums)
	m.Sum, m.SumAbs = Nums{small: sums, words: c.words}, Nums{small: sums, words: c.words, at: 1}
	m.Top = Tops{each: shape.Top, small: sums, words: c.words, at: 2}
	inParallel(threads, threads, func(w int) {
		for i := m.N * w / threads; i < m.N*(w+1)/threads; i++ {
			// Sums are equal where no value is below 0, and only there.
			m.Negative[i] = sums[i*c.words] != sums[i*c.words+1]
		}
	})
	if shape.Alike > 0 {
		c.alike(m, shape.Alike, threads)
	}
}

// slabNodes returns the nodes of the cells of a slab, by axis.
func (c *cube) slabNodes() [][]uint32 {
	nodes := make([][]uint32, len(c.axes))
	for v := c.cut; v < len(c.axes); v++ {
		of := c.axes[v].nodes
		nodes[v] = make([]uint32, c.slab)
		for i := range nodes[v] {
			nodes[v][i] = of[i/c.stride[v]%len(of)]
		}
	}
	return nodes
}

// writeAll writes the nodes of all cells of a slab to the cells of m from lo on.
func (c *cube) writeAll(m *Margin, nodes [][]uint32, slab, lo int) {
	first := slab * c.slab
	for v := range c.axes {
		if to := m.Nodes[v][lo:][:c.slab]; v < c.cut {
			c.fillNode(to, v, first)
		} else {
			copy(to, nodes[v])
		}
	}
}

// write writes the nodes of some cells of a slab to the cells of m from lo on.
func (c *cube) write(m *Margin, nodes [][]uint32, which []uint32, slab, lo int) {
	first := slab * c.slab
	for v := range c.axes {
		to := m.Nodes[v][lo:][:len(which)]
		if v < c.cut {
			c.fillNode(to, v, first)
			continue
		}
		for i, k := range which {
			to[i] = nodes[v][k]
		}
	}
}

// fillNode fills to with the node of axis v in the slab that begins at first.
func (c *cube) fillNode(to []uint32, v, first int) {
	of := c.axes[v].nodes
	node := of[first/c.stride[v]%len(of)]
	for i := range to {
		to[i] = node
	}
}

package evidence

import "slices"

// What becomes of the cells of a cube that have records, by the levels of their nodes.
const (
	notAsked uint8 = iota
	asked          // in no published combination
	published
)

// chosen says what becomes of the cells of a cube.
type chosen struct {
	all    bool // every cell is published
	states []uint8
	// A cell's place in states is the sum of those of its slab and of its place there.
	outside, inside []uint32
}

// choose returns what becomes of the cells of a cube of these combinations, of which
// the first few are published.
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
	m, hidden := c.margin(shape, start[slabs])
	nodes := c.slabNodes()
	inParallel(threads, threads, func(w int) {
		var which []uint32
		for o := slabs * w / threads; o < slabs*(w+1)/threads; o++ {
			lo, hi := start[o], start[o+1]
			if hi-lo == c.slab {
				c.writeAll(m, nodes, o, lo)
			} else if hi > lo {
				which = s.which(which[:0], c, o)
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
	if shape.Response {
		m.Contributors = less(m.Records, m.Missing)
	}
	return m, hidden
}

// count returns the number of cells of a slab that are in the table.
func (s *chosen) count(c *cube, slab int) int {
	n := 0
	records := c.records[slab*c.slab:][:c.slab]
	if s.all {
		for _, r := range records {
			if r != 0 {
				n++
			}
		}
		return n
	}
	for k, r := range records {
		if r != 0 && s.states[s.outside[slab]+s.inside[k]] != notAsked {
			n++
		}
	}
	return n
}

// which appends the places in a slab of the cells that are in the table.
func (s *chosen) which(to []uint32, c *cube, slab int) []uint32 {
	for k, r := range c.records[slab*c.slab:][:c.slab] {
		if r != 0 && (s.all || s.states[s.outside[slab]+s.inside[k]] != notAsked) {
			to = append(to, uint32(k))
		}
	}
	return to
}

// margin returns room for n cells.
func (c *cube) margin(shape *Shape, n int) (*Margin, []bool) {
	m := &Margin{N: n, Nodes: make([][]uint32, len(c.axes)), Records: make([]int64, n)}
	for v := range m.Nodes {
		m.Nodes[v] = make([]uint32, n)
	}
	// Rows are respondents and holdings of their own.
	m.Respondents, m.Holdings, m.Contributors = m.Records, m.Records, m.Records
	if shape.Response {
		m.Missing, m.NonZero, m.Negative = make([]int64, n), m.Records, make([]bool, n)
		if c.missing != nil || c.zeros != nil {
			m.NonZero = make([]int64, n)
		}
		m.Sum, m.SumAbs = Nums{small: make([]small, n)}, Nums{small: make([]small, n)}
		m.Top = Tops{each: shape.Top, small: make([]small, n*shape.Top)}
	}
	return m, make([]bool, n)
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

// writeAll writes all cells of a slab to the cells of m from lo on.
func (c *cube) writeAll(m *Margin, nodes [][]uint32, slab, lo int) {
	first := slab * c.slab
	for v := range c.axes {
		if to := m.Nodes[v][lo:][:c.slab]; v < c.cut {
			c.fillNode(to, v, first)
		} else {
			copy(to, nodes[v])
		}
	}
	copy(m.Records[lo:], c.records[first:][:c.slab])
	if c.words > 0 {
		c.writeSums(m, nil, first, lo, c.slab)
	}
}

// write writes some cells of a slab to the cells of m from lo on.
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
	to := m.Records[lo:][:len(which)]
	for i, k := range which {
		to[i] = c.records[first+int(k)]
	}
	if c.words > 0 {
		c.writeSums(m, which, first, lo, len(which))
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

// writeSums writes the sums of cells of a slab, all n or those that which says, to the
// cells of m from lo on.
func (c *cube) writeSums(m *Margin, which []uint32, first, lo, n int) {
	words, top := c.words, c.words-2
	sums := c.sums[first*words:][:c.slab*words]
	sum, abs, negative, largest := m.Sum.small[lo:][:n], m.SumAbs.small[lo:][:n], m.Negative[lo:][:n], m.Top.small[lo*top:][:n*top]
	for i := range sum {
		k := i
		if which != nil {
			k = int(which[i])
		}
		s := sums[k*words:][:words]
		sum[i], abs[i] = small(s[0]), small(s[1])
		// Sums are equal where no value is below 0, and only there.
		negative[i] = s[0] != s[1]
		if top == 2 {
			largest[2*i], largest[2*i+1] = small(s[2]), small(s[3])
			continue
		}
		for j, a := range s[2:] {
			largest[i*top+j] = small(a)
		}
	}
	if c.missing == nil && c.zeros == nil {
		return
	}
	for i := range n {
		at := first + i
		if which != nil {
			at = first + int(which[i])
		}
		n := c.records[at]
		if c.missing != nil {
			m.Missing[lo+i] = c.missing[at]
			n -= c.missing[at]
		}
		if c.zeros != nil {
			n -= c.zeros[at]
		}
		m.NonZero[lo+i] = n
	}
}

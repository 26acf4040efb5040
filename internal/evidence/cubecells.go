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
			which = s.which(which[:0], c, o)
			lo, hi := start[o], start[o+1]
			c.writeNodes(m, nodes, which, o, lo, hi)
			c.write(m, which, o*c.slab, lo, hi)
			if !s.all {
				for i, k := range which {
					hidden[lo+i] = s.states[s.outside[o]+s.inside[k]] != published
				}
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
		m.Missing, m.NonZero, m.Negative = make([]int64, n), make([]int64, n), make([]bool, n)
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

// writeNodes writes the nodes of some cells of a slab to cells lo to hi of m.
func (c *cube) writeNodes(m *Margin, nodes [][]uint32, which []uint32, slab, lo, hi int) {
	for v := range c.axes {
		to := m.Nodes[v][lo:hi]
		switch {
		case v < c.cut:
			of := c.axes[v].nodes
			node := of[slab*c.slab/c.stride[v]%len(of)]
			for i := range to {
				to[i] = node
			}
		case len(which) == c.slab:
			copy(to, nodes[v])
		default:
			for i, k := range which {
				to[i] = nodes[v][k]
			}
		}
	}
}

// write writes the evidence of some cells, from first on, to cells lo to hi of m.
func (c *cube) write(m *Margin, which []uint32, first, lo, hi int) {
	to := m.Records[lo:hi]
	for i, k := range which {
		to[i] = c.records[first+int(k)]
	}
	if c.words == 0 {
		return
	}
	top := c.words - 2
	for i, k := range which {
		at, to := first+int(k), lo+i
		s := c.sums[at*c.words:][:c.words]
		m.Sum.small[to], m.SumAbs.small[to] = small(s[0]), small(s[1])
		// Sums are equal where no value is below 0, and only there.
		m.Negative[to] = s[0] != s[1]
		for j, a := range s[2:] {
			m.Top.small[to*top+j] = small(a)
		}
		m.NonZero[to] = c.records[at]
		if c.missing != nil {
			m.Missing[to] = c.missing[at]
			m.NonZero[to] -= c.missing[at]
		}
		if c.zeros != nil {
			m.NonZero[to] -= c.zeros[at]
		}
	}
}

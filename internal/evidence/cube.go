package evidence

import (
	"slices"

	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/internal/touch"
)

// The largest number of cells of a cube for each cell that it is filled from, and the
// largest number of codes of a column. With more, most of the cube would be empty, or its
// axes would take longer than the cells.
const (
	cubeEach  = 4
	cubeLeast = 1 << 12
	cubeCodes = 1 << 16
	cubeSlab  = 1 << 9
)

// cube is the evidence of every combination of the nodes that are asked for, also of
// combinations that do not occur. The combinations are numbered in mixed radix, with the
// first column most significant. Therefore each column is rolled up by adding runs of
// cells, and the cells come out in order. A cube is for counts, and for sums in 64 bits
// where every row is a respondent and a holding of its own.
type cube struct {
	axes    []treeAxis
	asked   [][]int // axis -> its levels that are asked for, ascending
	stride  []int
	cells   int
	cut     int // the axes from here on are a slab: runs of cells that are looked at together
	slab    int
	records []int64
	sums    []int64 // words a cell: the sum, the sum of absolutes, and the largest, falling
	words   int
	missing []int64 // rows without a response; nil while there are none
	zeros   []int64 // rows with a response of 0; nil while there are none
	// Two words of hints for each cell, with the value that the last count is about, and
	// whether that value is known. nil where they are not asked for.
	low, high []int64
	guess     small
	blind     bool
	// Cells of the table in which contributors may share a value, and the values that are
	// known to be shared; see alike.
	doubt  []uint32
	common []small
}

// newCube returns an empty cube of the asked combinations of levels. It returns nil if
// their nodes form no trees, or if the cube would be too large for n cells.
func newCube(levels []Levels, combos [][]int, n int) *cube {
	c := &cube{cells: 1, slab: 1, stride: make([]int, len(levels)), axes: make([]treeAxis, len(levels)), asked: make([][]int, len(levels))}
	for v := len(levels) - 1; v >= 0; v-- {
		var asked []int
		for _, combo := range combos {
			asked = append(asked, combo[v])
		}
		slices.Sort(asked)
		c.asked[v] = slices.Compact(asked)
		if len(c.asked[v]) == 0 || len(c.asked[v]) > 64 || len(levels[v][c.asked[v][0]]) > cubeCodes {
			return nil
		}
		var ok bool
		if c.axes[v], ok = newTreeAxis(levels[v], c.asked[v]); !ok {
			return nil
		}
		card := len(c.axes[v].nodes)
		if card == 0 || c.cells > (cubeEach*n+cubeLeast)/card {
			return nil
		}
		c.stride[v] = c.cells
		c.cells *= card
		if c.slab < cubeSlab {
			c.cut, c.slab = v, c.cells
		}
	}
	c.records = make([]int64, c.cells)
	return c
}

// withSums gives the cube room for sums and the top largest contributions.
func (c *cube) withSums(top int) {
	c.words = 2 + top
	c.sums = make([]int64, c.cells*c.words)
}

// add adds n rows with the sums s to a cell.
func (c *cube) add(at int, n int64, s []int64, missing, zeros int64) {
	if c.words == 0 {
		c.records[at] += n
		return
	}
	if to := c.sums[at*c.words:][:len(s)]; c.records[at] == 0 {
		copy(to, s)
	} else {
		addSums(to, s, c.words)
	}
	c.records[at] += n
	if missing != 0 {
		extend(&c.missing, c.cells)
		c.missing[at] += missing
	}
	if zeros != 0 {
		extend(&c.zeros, c.cells)
		c.zeros[at] += zeros
	}
}

// fillFromGrid adds the cells of a grid. names has the code of every index of the columns
// of the grid; NoNode for an index without rows. Each goroutine fills runs of cells of
// its own.
func (c *cube) fillFromGrid(g *Grid, names [][]uint32, threads int) {
	to := c.places(g, names)
	inside, outside := offsets(to[c.cut:]), offsets(to[:c.cut])
	if h := g.hints; h != nil {
		c.low, c.high = make([]int64, c.cells), make([]int64, c.cells)
		c.guess, c.blind = h.guess, h.blind
	}
	if t := g.tally; t != nil {
		if t.missing != nil {
			extend(&c.missing, c.cells)
		}
		if t.zeros != nil {
			extend(&c.zeros, c.cells)
		}
	}
	inParallel(threads, threads, func(w int) {
		lo, hi := c.share(w, threads)
		touch.All(c.records[lo:hi])
		touch.All(c.sums[lo*c.words : hi*c.words])
		if c.low != nil {
			touch.All(c.low[lo:hi])
			touch.All(c.high[lo:hi])
		}
		n := make([]int64, len(inside))
		for run, first := range outside {
			if first == NoNode || int(first) < lo || int(first) >= hi {
				continue
			}
			key := run * len(inside)
			g.counts.Read(n, key)
			if g.tally != nil {
				g.tally.fill(c, inside, n, int(first), key)
				if g.hints != nil {
					c.fillHints(g.hints, inside, int(first), key)
				}
				continue
			}
			records := c.records[first:][:c.slab]
			for i, to := range inside {
				if n[i] != 0 && to != NoNode {
					records[to] += n[i]
				}
			}
		}
	})
	if g.tally == nil {
		return
	}
	for _, r := range g.tally.late {
		first, to := outside[int(r.key)/len(inside)], inside[int(r.key)%len(inside)]
		if first != NoNode && to != NoNode {
			addTo(c.sums[int(first+to)*c.words:][:c.words], r.x)
		}
	}
}

// places returns where every index of a column of a grid belongs; NoNode for nowhere.
func (c *cube) places(g *Grid, names [][]uint32) [][]uint32 {
	to := make([][]uint32, len(names))
	for v, card := range g.keys.Cards() {
		to[v] = make([]uint32, card)
		for i, code := range names[v] {
			to[v][i] = NoNode
			if code != NoNode && c.axes[v].finest[code] != NoNode {
				to[v][i] = c.axes[v].finest[code] * uint32(c.stride[v])
			}
		}
	}
	return to
}

// share returns which cells are the w-th part of n, whole slabs.
func (c *cube) share(w, n int) (lo, hi int) {
	slabs := c.cells / c.slab
	return slabs * w / n * c.slab, slabs * (w + 1) / n * c.slab
}

// offsets returns the sums of one entry of each list, in mixed radix; NoNode where
// one of them is.
func offsets(lists [][]uint32) []uint32 {
	out := []uint32{0}
	for _, list := range lists {
		next := make([]uint32, 0, len(out)*len(list))
		for _, x := range out {
			for _, y := range list {
				if x == NoNode || y == NoNode {
					next = append(next, NoNode)
				} else {
					next = append(next, x+y)
				}
			}
		}
		out = next
	}
	return out
}

// fillFromCells adds the cells of a table, with records and, of a response, in.
func (c *cube) fillFromCells(t *group.Table, records []int64, in *cells[small]) {
	codes := make([][]uint32, len(c.axes))
	for v := range codes {
		codes[v] = t.Codes(v)
	}
	s := make([]int64, c.words)
cells:
	for i, n := range records[:t.Len()] {
		at := 0
		for v := range c.axes {
			r := c.axes[v].finest[codes[v][i]]
			if r == NoNode {
				continue cells
			}
			at += int(r) * c.stride[v]
		}
		if in == nil {
			c.records[at] += n
			continue
		}
		s[0], s[1] = int64(in.sum[i]), int64(in.abs[i])
		for k := range s[2:] {
			s[2+k] = int64(in.top[i*len(s[2:])+k])
		}
		c.add(at, n, s, in.missing[i], n-in.missing[i]-in.nonZero[i])
	}
}

// rollUp adds up the nodes of every axis, the last first. Only cells that have the
// finest nodes in the axes before have something by then.
func (c *cube) rollUp(threads int) {
	// The first axes are cut into tasks, each of one node of each of them.
	tasks, depth := []int{0}, 0
	for ; depth < c.cut && len(tasks) < 4*threads; depth++ {
		tasks = c.below(tasks, depth)
	}
	inParallel(threads, len(tasks), func(i int) { c.rollBlock(depth, tasks[i]) })
	for v := depth - 1; v >= 0; v-- {
		runs := []int{0}
		for u := range v {
			runs = c.below(runs, u)
		}
		size := c.stride[v]
		inParallel(threads, threads, func(w int) {
			lo, hi := size*w/threads, size*(w+1)/threads
			for _, at := range runs {
				c.rollNodes(v, at+lo, hi-lo)
			}
		})
	}
}

// below returns where the finest nodes of axis v are in each of some blocks of it.
func (c *cube) below(blocks []int, v int) []int {
	var out []int
	for _, at := range blocks {
		for _, r := range c.axes[v].bases {
			out = append(out, at+int(r)*c.stride[v])
		}
	}
	return out
}

// rollBlock adds up the axes from v on, of the block of cells that begins at at.
func (c *cube) rollBlock(v, at int) {
	if v == c.cut {
		c.rollSlab(at)
		return
	}
	for _, r := range c.axes[v].bases {
		c.rollBlock(v+1, at+int(r)*c.stride[v])
	}
	c.rollNodes(v, at, c.stride[v])
}

// rollSlab adds up the axes of a slab, which stays in cache.
func (c *cube) rollSlab(first int) {
	for v := len(c.axes) - 1; v >= c.cut; v-- {
		size := c.stride[v]
		block := size * len(c.axes[v].nodes)
		if size >= 8 || c.words > 0 {
			for at := first; at < first+c.slab; at += block {
				c.rollNodes(v, at, size)
			}
			continue
		}
		for _, m := range c.axes[v].moves {
			to, from := int(m.to)*size, int(m.from)*size
			for at := first; at < first+c.slab; at += block {
				for i := at; i < at+size; i++ {
					c.records[i+to] += c.records[i+from]
				}
			}
		}
	}
}

// rollNodes adds up the nodes of axis v, n cells of each. The first begin at at.
func (c *cube) rollNodes(v, at, n int) {
	for _, m := range c.axes[v].moves {
		to, from := at+int(m.to)*c.stride[v], at+int(m.from)*c.stride[v]
		addCounted(c.records[to:to+n], c.records[from:from+n])
		if c.words == 4 {
			addSums2(c.sums[to*4:(to+n)*4], c.sums[from*4:(from+n)*4])
		} else if c.words > 0 {
			addSums(c.sums[to*c.words:(to+n)*c.words], c.sums[from*c.words:(from+n)*c.words], c.words)
		}
		if c.missing != nil {
			addCounted(c.missing[to:to+n], c.missing[from:from+n])
		}
		if c.zeros != nil {
			addCounted(c.zeros[to:to+n], c.zeros[from:from+n])
		}
		if c.low != nil {
			addCounted(c.low[to:to+n], c.low[from:from+n])
			addCounted(c.high[to:to+n], c.high[from:from+n])
		}
	}
}

func addCounted(into, from []int64) {
	from = from[:len(into)]
	for i, n := range from {
		into[i] += n
	}
}

// addSums adds cells; words is the number of words of a cell.
func addSums(into, from []int64, words int) {
	for at := 0; at < len(into); at += words {
		c, f := into[at:at+words], from[at:at+words]
		c[0] += f[0]
		c[1] += f[1]
		for _, a := range f[2:] {
			for j := 2; j < len(c) && a > 0; j++ {
				c[j], a = max(c[j], a), min(c[j], a)
			}
		}
	}
}

// addSums2 is addSums for the two largest.
func addSums2(into, from []int64) {
	for len(into) >= 4 && len(from) >= 4 {
		c, f := (*[4]int64)(into), (*[4]int64)(from)
		c[0] += f[0]
		c[1] += f[1]
		c[2], c[3] = max(c[2], f[2]), max(min(c[2], f[2]), c[3], f[3])
		into, from = into[4:], from[4:]
	}
}

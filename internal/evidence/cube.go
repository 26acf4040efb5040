package evidence

import (
	"slices"

	"github.com/sluis-go/sluis/internal/group"
)

// How many cells a cube may have for each cell that it is filled from, and how many
// codes a column: more and most of it would be empty, or its axes take longer than
// the cells.
const (
	cubeEach  = 4
	cubeLeast = 1 << 12
	cubeCodes = 1 << 16
	cubeSlab  = 1 << 9
)

// cube is the evidence of every combination of the nodes that are asked for, whether
// it occurs or not. The combinations are in mixed radix, the first column most
// significant, so that one column after the other is rolled up by adding runs of
// cells, and the cells come out in order. It is for counts and for sums in 64 bits
// whose rows are respondents and holdings of their own.
type cube struct {
	axes    []treeAxis
	asked   [][]int // axis -> its levels that are asked for, ascending
	stride  []int
	cells   int
	cut     int // the axes from here on are a slab: runs of cells that are looked at together
	slab    int
	records []int64
	sums    []int64 // words a cell: the sum, that of absolutes, and the largest, falling
	words   int
	missing []int64 // rows without a response; nil while there are none
	zeros   []int64 // rows with a response of 0; nil while there are none
}

// newCube returns an empty cube of the asked combinations of levels; nil if their
// nodes are no trees or it would be too large for n cells.
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

// withSums gives the cube room for sums and so many of the largest.
func (c *cube) withSums(top int) {
	c.words = 2 + top
	c.sums = make([]int64, c.cells*c.words)
}

// add adds n rows, the sums of which are s, to a cell.
func (c *cube) add(at int, n int64, s []int64, missing, zeros int64) {
	c.records[at] += n
	if c.words == 0 {
		return
	}
	addSums(c.sums[at*c.words:][:c.words], s, c.words)
	if missing != 0 {
		extend(&c.missing, c.cells)
		c.missing[at] += missing
	}
	if zeros != 0 {
		extend(&c.zeros, c.cells)
		c.zeros[at] += zeros
	}
}

// fillFromGrid adds the cells of a grid of whose columns names has the code of every
// index, NoNode where there are no rows. Each goroutine fills runs of cells of its own.
func (c *cube) fillFromGrid(g *Grid, names [][]uint32, threads int) {
	cards := g.keys.Cards()
	// to has where every index of a column belongs.
	to := make([][]uint32, len(cards))
	for v := range cards {
		to[v] = make([]uint32, cards[v])
		for i, code := range names[v] {
			to[v][i] = NoNode
			if code != NoNode && c.axes[v].finest[code] != NoNode {
				to[v][i] = c.axes[v].finest[code] * uint32(c.stride[v])
			}
		}
	}
	inside, outside := offsets(to[c.cut:]), offsets(to[:c.cut])
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
		n := make([]int64, len(inside))
		for run, first := range outside {
			if first == NoNode || int(first) < lo || int(first) >= hi {
				continue
			}
			key := run * len(inside)
			g.counts.Read(n, key)
			if g.tally == nil {
				records := c.records[first:][:c.slab]
				for i, to := range inside {
					if n[i] != 0 && to != NoNode {
						records[to] += n[i]
					}
				}
				continue
			}
			for i, to := range inside {
				if n[i] != 0 && to != NoNode {
					s, missing, zeros := g.tally.at(key + i)
					c.add(int(first+to), n[i], s, missing, zeros)
				}
			}
		}
	})
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

// rollUp adds up the nodes of every axis, the last first.
func (c *cube) rollUp(threads int) {
	for v := len(c.axes) - 1; v >= 0; v-- {
		if len(c.axes[v].moves) == 0 {
			continue
		}
		size := c.stride[v]
		runs := c.cells / (size * len(c.axes[v].nodes))
		if runs >= threads {
			inParallel(threads, threads, func(w int) { c.rollRuns(v, runs*w/threads, runs*(w+1)/threads, 0, size) })
		} else {
			inParallel(threads, threads, func(w int) { c.rollRuns(v, 0, runs, size*w/threads, size*(w+1)/threads) })
		}
	}
}

// rollRuns adds up the nodes of axis v in some runs of all its nodes, of each node
// the cells lo to hi.
func (c *cube) rollRuns(v, first, last, lo, hi int) {
	a, size := &c.axes[v], c.stride[v]
	block := size * len(a.nodes)
	for run := first; run < last; run++ {
		at := run * block
		for _, m := range a.moves {
			to, from := at+int(m.to)*size, at+int(m.from)*size
			addCounted(c.records[to+lo:to+hi], c.records[from+lo:from+hi])
			if c.words > 0 {
				addSums(c.sums[(to+lo)*c.words:(to+hi)*c.words], c.sums[(from+lo)*c.words:(from+hi)*c.words], c.words)
			}
			if c.missing != nil {
				addCounted(c.missing[to+lo:to+hi], c.missing[from+lo:from+hi])
			}
			if c.zeros != nil {
				addCounted(c.zeros[to+lo:to+hi], c.zeros[from+lo:from+hi])
			}
		}
	}
}

func addCounted(into, from []int64) {
	from = from[:len(into)]
	for i := range into {
		into[i] += from[i]
	}
}

// addSums adds cells of so many words.
func addSums(into, from []int64, words int) {
	if words == 4 {
		addSums2(into, from)
		return
	}
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

package evidence

import (
	"context"
	"slices"
)

// resolve counts the contributors that share a value in the cells in doubt, and writes
// the result to m, which has the cells of the cube. a holds the grid that the cube was
// filled from.
func (c *cube) resolve(ctx context.Context, m *Margin, a *Accumulator, threads int) error {
	n := len(c.doubt)
	if n == 0 {
		return nil
	}
	d := &rowDoubt[small]{
		open: slices.Repeat([]bool{true}, n), n: make([]int64, n), need: make([]int64, n), counts: make([]int64, n),
		best: newBallots[small](n), near: make([]bool, a.held.Cells()),
	}
	w := &inDoubt{cube: c, number: make([]uint32, c.cells), near: make([]bool, c.cells), above: c.chains(a.held, a.names)}
	for k, i := range c.doubt {
		d.n[k], d.need[k] = m.Contributors[i], needed(m.Contributors[i], a.shape.Alike)
		w.number[c.placeOf(m, int(i))] = uint32(k) + 1
	}
	d.approach = func() { w.approach(d) }
	d.eachOpen = func(fn func(g int, i uint32)) {
		for g, near := range d.near {
			if near {
				w.each(d, g, fn)
			}
		}
	}
	if err := a.held.acc.small.log.count(ctx, d, threads); err != nil {
		return err
	}
	for k, i := range c.doubt {
		if d.counts[k] >= d.need[k] {
			m.Share[i], c.common[i] = d.counts[k], d.best.value[k]
		}
	}
	return nil
}

// placeOf returns the place in the cube of cell i of its table.
func (c *cube) placeOf(m *Margin, i int) int {
	at := 0
	for v := range c.axes {
		r, _ := slices.BinarySearch(c.axes[v].nodes, m.Nodes[v][i])
		at += r * c.stride[v]
	}
	return at
}

// inDoubt is where cells in doubt are in a cube.
type inDoubt struct {
	cube   *cube
	number []uint32 // by place: of a cell in doubt, one more; 0 of others
	near   []bool   // by place: whether the cell, or one that it rolls up to, is open
	// above has, by column and index, the offsets of the finest node and of the nodes
	// above it; none for an index without a node.
	above [][][]uint32
	chain [][]uint32 // scratch: the offsets of one cell of the grid, the last column first
}

// chains returns the offsets of the nodes that the indices of every column roll up to.
func (c *cube) chains(g *Grid, names [][]uint32) [][][]uint32 {
	out := make([][][]uint32, len(c.axes))
	for v, places := range c.places(g, names) {
		up := map[uint32]uint32{}
		for _, m := range c.axes[v].moves {
			up[m.from] = m.to
		}
		out[v] = make([][]uint32, len(places))
		for i, at := range places {
			if at == NoNode {
				continue
			}
			for r, ok := at/uint32(c.stride[v]), true; ok; r, ok = up[r] {
				out[v][i] = append(out[v][i], r*uint32(c.stride[v]))
			}
		}
	}
	return out
}

// approach notes which places, and which cells of the grid, roll up to an open cell.
func (w *inDoubt) approach(d *rowDoubt[small]) {
	c := w.cube
	for at, k := range w.number {
		w.near[at] = k > 0 && d.open[k-1]
	}
	for v := range c.axes {
		size := c.stride[v]
		block := size * len(c.axes[v].nodes)
		for _, m := range slices.Backward(c.axes[v].moves) {
			for first := 0; first < c.cells; first += block {
				from, to := w.near[first+int(m.from)*size:][:size], w.near[first+int(m.to)*size:][:size]
				for i, near := range to {
					from[i] = from[i] || near
				}
			}
		}
	}
	finest := []uint32{0}
	for _, chains := range w.above {
		next := make([]uint32, 0, len(finest)*len(chains))
		for _, at := range finest {
			for _, chain := range chains {
				if at == NoNode || chain == nil {
					next = append(next, NoNode)
				} else {
					next = append(next, at+chain[0])
				}
			}
		}
		finest = next
	}
	for g, at := range finest {
		d.near[g] = at != NoNode && w.near[at]
	}
}

// each calls fn for every open cell i that cell g of the grid, one that is near, rolls up to.
func (w *inDoubt) each(d *rowDoubt[small], g int, fn func(g int, i uint32)) {
	w.chain = w.chain[:0]
	at, rest := uint32(0), g
	for _, chains := range slices.Backward(w.above) {
		w.chain = append(w.chain, chains[rest%len(chains)])
		rest /= len(chains)
	}
	for _, chain := range w.chain {
		at += chain[0]
	}
	w.climb(d, g, len(w.chain), at, fn)
}

// climb is each for the cells that the place at rolls up to by its first columns: as many as
// are left of w.chain.
func (w *inDoubt) climb(d *rowDoubt[small], g, columns int, at uint32, fn func(g int, i uint32)) {
	if !w.near[at] {
		return
	}
	if columns == 0 {
		if k := w.number[at]; k > 0 && d.open[k-1] {
			fn(g, k-1)
		}
		return
	}
	chain := w.chain[columns-1]
	for _, up := range chain {
		w.climb(d, g, columns-1, at-chain[0]+up, fn)
	}
}

package suppress

import "context"

// cover hides what must be hidden, cell by cell: for every need of a primary
// cell that no witness meets yet, it finds one at least further cost.
type cover struct {
	p         *Problem
	primaries []int32
	hidden    []bool
	found     *store
	local     *local
	failed    map[int32]bool // cells that cannot be protected

	uses  [][]int32 // primary -> witnesses that meet its needs
	users []int32   // witness -> primaries that use it
	used  []int32   // cell -> witnesses in use that change it
}

// newCover starts with the primary cells hidden, and whatever else is.
func newCover(p *Problem, hidden []bool) *cover {
	c := &cover{
		p: p, hidden: hidden, found: newStore(p), local: newLocal(p, hidden), failed: map[int32]bool{},
		uses: make([][]int32, len(hidden)), used: make([]int32, len(hidden)),
	}
	for i := range p.cells {
		if p.cells[i].Status == Primary {
			hidden[i] = true
			c.primaries = append(c.primaries, int32(i))
		}
	}
	return c
}

// spent is the cost of what is hidden beside the primary cells.
func (c *cover) spent() (sum int64) {
	for i, h := range c.hidden {
		if h && c.p.cells[i].Status != Primary {
			sum += c.p.cost(i)
		}
	}
	return sum
}

// run protects the primary cells in the given order.
func (c *cover) run(ctx context.Context, order []int32) error {
	for _, cell := range order {
		if err := c.protect(ctx, cell, true); err != nil {
			return err
		}
	}
	return nil
}

// protect finds witnesses until nothing is missing for a cell. Without more it
// uses hidden cells alone. A cell for which it fails is noted.
func (c *cover) protect(ctx context.Context, cell int32, more bool) error {
	tried := map[need]bool{}
	for {
		n, missing := c.found.unmet(cell)
		if !missing {
			return nil
		}
		if n.kind == sliding {
			n = c.rest(n)
		}
		n.a, n.b = -1, -1
		if tried[n] {
			c.failed[cell] = true
			return nil
		}
		tried[n] = true
		w, err := c.local.find(ctx, n, false)
		if w == nil && err == nil && more {
			w, err = c.local.find(ctx, n, true)
		}
		if err != nil {
			return err
		}
		if w == nil && n.kind == sliding {
			// Neither side alone is wide enough: each as far as it goes.
			w, err = c.widest(ctx, n, more)
			if err != nil {
				return err
			}
		}
		if w == nil {
			c.failed[cell] = true
			return nil
		}
		for _, k := range w.cells {
			c.hidden[k] = true
		}
		c.found.add(w)
	}
}

// rest asks a sliding need for what the other side does not give yet.
func (c *cover) rest(n need) need {
	hi := c.found.change(c.found.high[n.cell], n.cell)
	lo := -c.found.change(c.found.low[n.cell], n.cell)
	n.least -= min(hi, lo)
	return n
}

// widest looks for a witness that is wider than those there are, halving what
// it asks for until there is one.
func (c *cover) widest(ctx context.Context, n need, more bool) (*witness, error) {
	hi := c.found.change(c.found.high[n.cell], n.cell)
	lo := -c.found.change(c.found.low[n.cell], n.cell)
	for ask := n.least / 2; ask > 0; ask /= 2 {
		for _, kind := range []needKind{upper, lower} {
			if kind == upper && ask <= hi || kind == lower && ask <= lo {
				continue
			}
			w, err := c.local.find(ctx, need{cell: n.cell, kind: kind, least: ask}, more)
			if w != nil || err != nil {
				return w, err
			}
		}
	}
	return nil, nil
}

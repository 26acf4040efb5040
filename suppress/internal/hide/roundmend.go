package hide

import (
	"context"
	"math"
)

// mender rounds one large table.
//
//   - First it rounds the inner cells, each to the multiple that leaves the totals above
//     nearer to their values.
//   - Then it mends totals that are too far off, one multiple at a time, by the cheapest
//     change of cells around. The change keeps all sums and takes no cell farther off.
//   - Where it finds no change of whole multiples it gives up.
type mender struct {
	adjuster // of multiples
	p        *Problem
	base     int64
	list     []int32 // see above
	try      uint64  // another start each time, and other costs
}

const mendSweeps = 10

// mend finds the multiples of a problem of one table, nil where it gave up.
func (out *Rounded) mend(ctx context.Context, p *Problem, spread int64) ([]int64, error) {
	m := &mender{p: p, base: out.Base, adjuster: newAdjuster(p.rel, p.of, p.relations())}
	m.cost = func(c int32) float64 {
		// A cell halfway between two multiples is changed first.
		rest := p.cells[c].Value % m.base
		return (0.1 + math.Abs(float64(2*rest-m.base))/float64(m.base)) * (1 + m.chance(c)/2)
	}
	for i, c := range p.cells {
		down := c.Value / out.Base
		m.lower[i], m.upper[i] = max(0, down-spread), down+spread
		if c.Value%out.Base != 0 {
			m.upper[i]++
		}
	}
	for ; m.failed < adjustFails; m.try++ {
		m.start()
		if ok, err := m.run(ctx); ok || err != nil {
			return m.x, err
		}
	}
	return nil, nil
}

// start rounds inner cells, goes over them again while that helps, and adds up the
// totals.
func (m *mender) start() {
	g := m.p.grid
	off := make([]int64, len(m.p.cells)) // rounded values so far less the true ones
	for sweep := range mendSweeps {
		better := false
		for cell := range m.p.cells {
			rest := m.p.cells[cell].Value % m.base
			if !g.inner(cell) || rest == 0 {
				m.x[cell] = m.p.cells[cell].Value / m.base
				continue
			}
			list := m.above(cell)
			was := int64(0)
			if sweep > 0 {
				was = m.x[cell]*m.base - m.p.cells[cell].Value
				for _, c := range list {
					off[c] -= was
				}
			}
			// The change of the squares of the differences for rounding down and up.
			var down, up float64
			for _, c := range list {
				d, u := float64(off[c]-rest), float64(off[c]-rest+m.base)
				down, up = down+d*d, up+u*u
			}
			if m.try > 0 && sweep == 0 { // nearly as good is enough
				up *= 0.99 + 0.02*m.chance(int32(cell))
			}
			to := -rest
			m.x[cell] = m.p.cells[cell].Value / m.base
			if up < down && (m.p.chance == nil || sweep > 0) || sweep == 0 && m.p.chance != nil && m.p.goesUp(cell, rest, m.base) {
				to += m.base
				m.x[cell]++
			}
			for _, c := range list {
				off[c] += to
			}
			better = better || to != was
		}
		if sweep > 0 && !better {
			break
		}
	}
	_ = g.rollUp(m.x) // smaller than the values; the sums of the values are in range
}

// above lists an inner cell and the totals that it is in; used until the next.
func (m *mender) above(cell int) []int32 {
	g := m.p.grid
	m.list = append(m.list[:0], int32(cell))
	for v := range g.vars {
		n := len(m.list)
		at := g.code(cell, v)
		for k := g.vars[v].Parents[at]; k >= 0; k = g.vars[v].Parents[k] {
			for _, c := range m.list[:n] {
				m.list = append(m.list, c+int32((k-at)*g.stride[v]))
			}
		}
	}
	return m.list
}

// chance is a number from 0 to 1 for a cell and a start.
func (m *mender) chance(c int32) float64 { return m.p.lot(c, m.try) }

package hide

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/sluis-go/sluis/internal/lp"
)

// component is a set of unknown cells that no relation ties to others, as a program.
type component struct {
	cells        []int32
	rows         [][]int32 // variable -> relations
	vals         [][]float64
	lower, upper []int64 // of the cells, and of one constant a row
	solver       *lp.Solver
	nodes        int
}

const (
	sketches = 6 // near which a base is searched
	adjusted = 2 // of these, sketches that are first mended cell by cell
)

// findBase looks for a possible table, and makes it the value of all cells. It returns
// the cells for which it found no value.
func (p *public) findBase(ctx context.Context) (unknown []int32, err error) {
	s := newSketcher(p)
	rest := p.components()
	for round := 0; round < sketches && len(rest) > 0; round++ {
		sketch := s.spread(s.draw(round))
		if round < adjusted {
			if done, err := p.adjust(ctx, sketch); done || err != nil {
				return nil, err
			}
		}
		open := rest
		rest = nil
		for _, c := range open {
			x, err := c.from(ctx, sketch)
			if err != nil {
				return nil, err
			}
			if x == nil {
				rest = append(rest, c)
			}
			for j, v := range x {
				p.value[c.cells[j]] = v
			}
		}
	}
	for _, c := range rest {
		unknown = append(unknown, c.cells...)
	}
	slices.Sort(unknown)
	return unknown, nil
}

// adjust adds up a sketch of a single table, changes it until it agrees with the
// published cells, and makes it the base. It reports false where that does not succeed.
// It also reports false for several tables, because a sketch of these does not add up.
func (p *public) adjust(ctx context.Context, sketch []int64) (bool, error) {
	if len(p.tables) != 1 {
		return false, nil
	}
	a := newAdjuster(p.rel, p.of, matrixOf(p.rel, p.of))
	a.stride, a.cost = largest, func(c int32) float64 { return 1 + float64(mix(uint64(c))>>11)/(1<<54) }
	l, ids := p.tables[0], p.ids[0]
	x := make([]int64, l.n)
	for cell, id := range ids {
		if l.inner(cell) {
			x[cell] = sketch[id]
		}
	}
	if l.rollUp(x) != nil {
		return false, nil
	}
	for cell, id := range ids {
		a.x[id] = x[cell]
		if a.lower[id], a.upper[id] = p.value[id], p.value[id]; !p.known[id] {
			a.lower[id], a.upper[id] = p.least(id), largest/2
		}
	}
	done, err := a.run(ctx)
	if done {
		copy(p.value, a.x)
	}
	return done, err
}

// least is the least value of an unknown cell. For a total that is never published it
// follows from the parts.
func (p *public) least(cell int32) int64 {
	switch {
	case p.attacker.Negative:
		return -largest / 2
	case !p.shown[cell]:
		return min(p.attacker.Lower, 0)
	}
	return p.attacker.Lower
}

// component sets up the program of some cells: a variable for each cell, and a constant
// for the known part of each relation.
func (p *public) component(cells []int32) *component {
	c := &component{cells: cells}
	least := p.attacker.Lower
	if p.attacker.Negative {
		least = lp.NoLower
	}
	row := map[int32]int32{}
	var constant []int64
	top := int64(0)
	for _, cell := range cells {
		var rows []int32
		var vals []float64
		for _, r := range p.of[cell] {
			k, ok := row[r]
			if !ok {
				k = int32(len(row))
				row[r] = k
				b := int64(0)
				for _, part := range p.rel[r].Parts {
					if p.known[part] {
						b += p.value[part]
					}
				}
				if t := p.rel[r].Total; p.known[t] {
					b -= p.value[t]
				}
				constant = append(constant, b)
				top = max(top, abs64(b))
			}
			sign := 1.0
			if p.rel[r].Total == int(cell) {
				sign = -1
			}
			rows, vals = append(rows, k), append(vals, sign)
		}
		c.rows, c.vals = append(c.rows, rows), append(c.vals, vals)
	}
	// An attacker may assume a hidden value of any size. Tables with small numbers are
	// enough to show that the attacker cannot know the value.
	box := min(2*top+1000, largest/2)
	for _, cell := range cells {
		lower := least
		if !p.shown[cell] && lower > 0 {
			lower = 0 // a total that is never published: a sum of published cells
		}
		if lower == lp.NoLower {
			lower = -box
		}
		c.lower, c.upper = append(c.lower, lower), append(c.upper, max(box, lower))
	}
	for k, b := range constant {
		c.rows, c.vals = append(c.rows, []int32{int32(k)}), append(c.vals, []float64{1})
		c.lower, c.upper = append(c.lower, b), append(c.upper, b)
	}
	return c
}

// wholeEffort is how many programs a search for whole numbers may take.
const wholeEffort = 400

// table searches for a table of whole numbers within the bounds, good by the goal. The
// vertices of these programs are nearly always whole; otherwise it branches. x is nil
// where no table was found. none reports that the float solver found the program
// infeasible: a hint, not a proof.
func (c *component) table(ctx context.Context, goal []lp.Term) (x []int64, none bool, err error) {
	c.nodes = 0
	return c.visit(ctx, goal)
}

func (c *component) visit(ctx context.Context, goal []lp.Term) (x []int64, none bool, err error) {
	if c.nodes++; c.nodes > wholeEffort {
		return nil, false, nil
	}
	status, err := c.solver.Maximize(ctx, goal, nil)
	switch {
	case errors.Is(err, lp.ErrStuck):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case status == lp.Infeasible:
		return nil, true, nil
	}
	whole, rest := c.solver.Vertex()
	at := fractionalCell(rest[:len(c.cells)])
	if at < 0 {
		if !c.holds(whole) {
			return nil, false, nil
		}
		return whole[:len(c.cells)], false, nil
	}
	floor := whole[at] + int64(math.Floor(rest[at]))
	down := rest[at]-math.Floor(rest[at]) < 0.5
	none = true
	for range 2 {
		lo, hi := c.lower[at], c.upper[at]
		if down {
			c.bound(at, lo, min(hi, floor))
		} else {
			c.bound(at, max(lo, floor+1), hi)
		}
		down = !down
		var never bool
		if c.lower[at] <= c.upper[at] {
			x, never, err = c.visit(ctx, goal)
			none = none && never
		}
		c.bound(at, lo, hi)
		if x != nil || err != nil {
			return x, false, err
		}
	}
	return nil, none, nil
}

func (c *component) bound(at int, lower, upper int64) {
	c.lower[at], c.upper[at] = lower, upper
	if lower <= upper {
		c.solver.SetBounds(at, lower, upper)
	}
}

// fractionalCell returns the cell that is farthest from a whole number, -1 where
// all are whole.
func fractionalCell(rest []float64) int {
	best, most := -1, 1e-6
	for j, v := range rest {
		if f := math.Abs(v - math.Round(v)); f > most {
			best, most = j, f
		}
	}
	return best
}

// holds checks, in whole numbers, that a point keeps the bounds and relations.
func (c *component) holds(x []int64) bool {
	sum := make([]int64, len(x)-len(c.cells))
	for j, v := range x {
		if v < c.lower[j] || v > c.upper[j] {
			return false
		}
		for i, r := range c.rows[j] {
			sum[r] += int64(c.vals[j][i]) * v
		}
	}
	for _, s := range sum {
		if s != 0 {
			return false
		}
	}
	return true
}

// from searches for a table near a sketch; it is nil where none was found.
func (c *component) from(ctx context.Context, sketch []int64) ([]int64, error) {
	start := make([]int64, len(c.rows))
	for j := range start {
		if j < len(c.cells) {
			start[j] = sketch[c.cells[j]]
		}
		start[j] = min(max(start[j], c.lower[j]), c.upper[j])
	}
	if c.holds(start) {
		return start[:len(c.cells)], nil
	}
	c.solver = c.program(start)
	x, _, err := c.table(ctx, nil)
	return x, err
}

func (c *component) program(start []int64) *lp.Solver {
	m := len(c.rows) - len(c.cells)
	return lp.New(m, func(j int) ([]int32, []float64) { return c.rows[j], c.vals[j] }, c.lower, c.upper, start)
}

package suppress

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sluis-go/sluis/internal/lp"
)

// public is what everybody can reckon from releases alone: which cells are known
// and the relations of those that are not. It holds nothing of the truth, so that
// what is made of it can tell nothing of it.
type public struct {
	tables []*layout
	ids    [][]int32 // table and cell -> number
	shown  []bool    // by number: in some release
	known  []bool
	value  []int64 // of known cells
	rel    []Relation
	of     [][]int32 // number -> relations
	least  int64     // lp.NoLower where there is none
	parts  []*component
}

// component is a set of unknown cells that no relation ties to others.
type component struct {
	p            *public
	cells        []int32
	rows         [][]int32
	vals         [][]float64
	lower, upper []int64 // of the cells, and of one constant a row
	solver       *lp.Solver
	base         []int64
	found        [][]int64 // other tables, by cell of the component
	differs      []bool    // cells that have another value in one of them
	left         int       // cells that have not
	inRow        [][]int32 // relation -> cells
	nodes        int
}

// newPublic reads releases. A cell is known where one of them publishes it.
func newPublic(releases []*Release, a Attacker) (*public, error) {
	if a.Upper != 0 || a.Within != 0 {
		return nil, fmt.Errorf("%w: a certificate cannot state bounds that follow from the truth", ErrRequest)
	}
	p := &public{least: a.Lower}
	if a.Negative {
		p.least = lp.NoLower
	}
	for _, r := range releases {
		p.tables = append(p.tables, r.grid)
	}
	var n int
	p.ids, n = link(p.tables)
	p.shown, p.known, p.value = make([]bool, n), make([]bool, n), make([]int64, n)
	for t, r := range releases {
		for cell, id := range p.ids[t] {
			if !r.shown[cell] {
				continue
			}
			p.shown[id] = true
			if r.hidden[cell] {
				continue
			}
			if p.known[id] && p.value[id] != r.value[cell] {
				return nil, fmt.Errorf("%w: release %q", ErrNotAdditive, r.Name)
			}
			p.known[id], p.value[id] = true, r.value[cell]
		}
	}
	p.rel = unionRelations(p.tables, p.ids)
	p.of = make([][]int32, n)
	for r, rel := range p.rel {
		p.of[rel.Total] = append(p.of[rel.Total], int32(r))
		for _, c := range rel.Parts {
			p.of[c] = append(p.of[c], int32(r))
		}
	}
	if err := p.settle(); err != nil {
		return nil, err
	}
	p.divide()
	return p, nil
}

// settle works out cells that are the only unknown of a relation, again and
// again: totals that are not published, as a rule.
func (p *public) settle() error {
	open := make([]int, len(p.rel))
	var ready []int
	for r, rel := range p.rel {
		for _, c := range append([]int{rel.Total}, rel.Parts...) {
			if !p.known[c] {
				open[r]++
			}
		}
		if open[r] <= 1 {
			ready = append(ready, r)
		}
	}
	for len(ready) > 0 {
		r := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		rel := p.rel[r]
		rest, at := int64(0), -1
		for _, c := range rel.Parts {
			if p.known[c] {
				rest -= p.value[c]
			} else {
				at = c
			}
		}
		if p.known[rel.Total] {
			rest += p.value[rel.Total]
		} else {
			at, rest = rel.Total, -rest
		}
		switch {
		case open[r] == 0 && at < 0 && rest != 0:
			return fmt.Errorf("%w: published cells", ErrNotAdditive)
		case open[r] != 1:
			continue
		case abs64(rest) > largest:
			return fmt.Errorf("%w: a total is beyond 2^52 units", ErrRequest)
		}
		p.known[at], p.value[at] = true, rest
		for _, q := range p.of[at] {
			if open[q]--; open[q] <= 1 {
				ready = append(ready, int(q))
			}
		}
	}
	return nil
}

func abs64(v int64) int64 { return max(v, -v) }

// divide makes the components of what is unknown, in the order of their cells.
func (p *public) divide() {
	mark := make([]bool, len(p.known))
	for first := range p.known {
		if p.known[first] || mark[first] {
			continue
		}
		mark[first] = true
		list := []int32{int32(first)}
		for k := 0; k < len(list); k++ {
			for _, r := range p.of[list[k]] {
				for _, c := range append([]int{p.rel[r].Total}, p.rel[r].Parts...) {
					if !p.known[c] && !mark[c] {
						mark[c] = true
						list = append(list, int32(c))
					}
				}
			}
		}
		slices.Sort(list)
		p.parts = append(p.parts, p.component(list))
	}
}

// component sets up the program of some cells: a variable a cell and a constant a
// relation, for what is known of it.
func (p *public) component(cells []int32) *component {
	c := &component{p: p, cells: cells}
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
	// An attacker may think a hidden value as large as he likes; tables with small
	// numbers are enough to show that he cannot tell.
	box := min(2*top+1000, largest/2)
	for _, cell := range cells {
		lower := p.least
		if !p.shown[cell] && lower > 0 {
			lower = 0 // a total that is nowhere published: a sum of what is
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

// table searches for a table of whole numbers within the bounds, a good one by the
// goal: the vertices of these programs nearly always are, otherwise by branching.
// It is nil where none was found; none is whether there is proven to be none, up
// to what floating-point numbers are off.
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

// take keeps another table, where it shows something new.
func (c *component) take(x []int64) {
	useful := false
	for j := range c.differs {
		if !c.differs[j] && x[j] != c.base[j] {
			c.differs[j] = true
			c.left--
			useful = true
		}
	}
	if useful {
		c.found = append(c.found, x)
	}
}

// mix is the finaliser of SplitMix64: the same on every machine.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// move looks for a table in which one cell is more, then less, than in the base:
// first among the cells nearest to it, the others staying as they are, then among
// ever more. It reports whether there seems to be none at all.
func (c *component) move(ctx context.Context, j int) (fixed bool, err error) {
	for size := 64; ; size *= 8 {
		near := c.near(j, size)
		fixed, err = near.try(ctx, c)
		if err != nil || c.differs[j] || near.all {
			return fixed, err
		}
	}
}

// part is a component of which most cells are kept as they are.
type part struct {
	*component
	index []int // its cells, by number in the whole; the first is the one to move
	all   bool
}

// near makes the part of the cells nearest to one, breadth first.
func (c *component) near(j, size int) *part {
	out := &part{component: &component{p: c.p}}
	mark := map[int]bool{j: true}
	out.index = []int{j}
	for k := 0; k < len(out.index) && len(out.index) < size; k++ {
		for _, r := range c.rows[out.index[k]] {
			for _, next := range c.inRow[r] {
				if !mark[int(next)] && len(out.index) < size {
					mark[int(next)] = true
					out.index = append(out.index, int(next))
				}
			}
		}
	}
	out.all = len(out.index) == len(c.cells)
	row := map[int32]int32{}
	var constant []int64
	for _, k := range out.index {
		out.cells = append(out.cells, c.cells[k])
		out.lower, out.upper = append(out.lower, c.lower[k]), append(out.upper, c.upper[k])
		rows := make([]int32, len(c.rows[k]))
		for i, r := range c.rows[k] {
			id, ok := row[r]
			if !ok {
				id = int32(len(row))
				row[r] = id
				constant = append(constant, 0)
			}
			rows[i] = id
			constant[id] -= int64(c.vals[k][i]) * c.base[k]
		}
		out.rows, out.vals = append(out.rows, rows), append(out.vals, c.vals[k])
		out.base = append(out.base, c.base[k])
	}
	for k, b := range constant {
		out.rows, out.vals = append(out.rows, []int32{int32(k)}), append(out.vals, []float64{1})
		out.lower, out.upper = append(out.lower, b), append(out.upper, b)
	}
	return out
}

// try moves the first cell of the part up, then down.
func (c *part) try(ctx context.Context, whole *component) (fixed bool, err error) {
	start := append(append([]int64{}, c.base...), c.lower[len(c.base):]...)
	lo, hi := c.lower[0], c.upper[0]
	fixed = true
	for _, up := range []bool{true, false} {
		c.lower[0], c.upper[0] = lo, hi
		if up {
			c.lower[0] = c.base[0] + 1
		} else {
			c.upper[0] = c.base[0] - 1
		}
		if c.lower[0] > c.upper[0] {
			continue
		}
		start[0] = min(max(c.base[0], c.lower[0]), c.upper[0])
		c.solver = c.program(start)
		x, none, err := c.table(ctx, nil)
		if err != nil {
			return false, err
		}
		if x != nil {
			full := slices.Clone(whole.base)
			for k, j := range c.index {
				full[j] = x[k]
			}
			whole.take(full)
			return false, nil
		}
		fixed = fixed && none
	}
	return fixed, nil
}

// draws is how many sketches are made before cells are moved one by one.
const draws = 6

// solve finds a base, and other tables until every cell that some release shows
// has two values. It returns the cells for which none was found, apart those that
// seem to have but one.
func (p *public) solve(ctx context.Context) (fixed, unknown []int32, err error) {
	s := newSketcher(p)
	sketch := s.spread(s.draw(0))
	for _, c := range p.parts {
		if c.base, err = c.from(ctx, sketch); err != nil {
			return nil, nil, err
		}
		if c.base == nil {
			unknown = append(unknown, c.cells...)
		}
		c.prepare()
	}
	if len(unknown) > 0 {
		return nil, unknown, nil
	}
	for round := 1; round <= draws; round++ {
		if !slices.ContainsFunc(p.parts, func(c *component) bool { return c.left > 0 }) {
			return nil, nil, nil
		}
		sketch := s.spread(s.draw(round))
		for _, c := range p.parts {
			if c.left == 0 {
				continue
			}
			x, err := c.from(ctx, sketch)
			if err != nil {
				return nil, nil, err
			}
			if x != nil {
				c.take(x)
			}
		}
	}
	for _, c := range p.parts {
		for j, cell := range c.cells {
			if c.differs[j] {
				continue
			}
			fix, err := c.move(ctx, j)
			switch {
			case err != nil:
				return nil, nil, err
			case c.differs[j]:
			case fix:
				fixed = append(fixed, cell)
			default:
				unknown = append(unknown, cell)
			}
		}
	}
	slices.Sort(fixed)
	slices.Sort(unknown)
	return fixed, unknown, nil
}

// prepare notes which cells need a second value, and the cells of each relation.
func (c *component) prepare() {
	c.differs = make([]bool, len(c.cells))
	c.inRow = make([][]int32, len(c.rows)-len(c.cells))
	for j, cell := range c.cells {
		if c.differs[j] = !c.p.shown[cell]; !c.differs[j] {
			c.left++
		}
		for _, r := range c.rows[j] {
			c.inRow[r] = append(c.inRow[r], int32(j))
		}
	}
}

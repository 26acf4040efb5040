package hide

import (
	"cmp"
	"slices"
)

// product looks for witnesses that are products of one move for each variable of a table. A
// move of a variable changes codes so that its tree still adds up:
//
//   - the cell's own code k changes by 1, and so does one code on every level below k;
//   - either another code, and codes below it, change the other way, or all codes from k up
//     to the total change by 1.
//
// With m the moves of the variables, the cell with codes c1, ..., cd changes by
//
//	m1(c1) m2(c2) ... md(cd)
//
// times one amount. All sums hold, since they hold along each variable. In a table of d
// variables without trees these are the exchanges between 2^d corners. A box finds these too,
// and decides cell by cell. A product decides a whole variable at once. This matters in
// sparse tables of many variables, where most exchanges fail on some empty corner.
//
// A product holds scratch space; not safe for concurrent use.
type product struct {
	p      *Problem
	hidden []bool
	price  []int64
	paths  [][][]int32 // variable -> code without any below -> codes above it and itself, from the bottom up

	amount int64
	more   bool
	view   *view
	looks  int // at cells, that are left
	codes  []int
	moves  [][]motion // of every variable, the cheapest first
	order  []int      // of variables, those with the fewest moves first
	least  []int64    // what the variables from here on cost at least
	state  []corner   // of the variables that were decided
	best   []corner
	cost   int64 // of the best
}

// motion is what a variable changes beside the cell's own code.
type motion struct {
	at   []corner
	cost int64
}

// corner is a cell, or how far off it is, and whether it falls rather than rises.
type corner struct {
	cell int32
	down bool
}

const (
	// productLooks is how many cells a search looks at.
	productLooks = 20_000
	// productMoves is how many moves of a variable it tries, the cheapest first.
	productMoves = 512
)

// newProduct returns nil where the problem is not of one table of at least three
// variables: with two a program ends as soon.
func newProduct(p *Problem, hidden []bool, price []int64) *product {
	if p.grid == nil || len(p.grid.vars) < 3 {
		return nil
	}
	n := len(p.grid.vars)
	s := &product{p: p, hidden: hidden, price: price, paths: make([][][]int32, n),
		codes: make([]int, n), moves: make([][]motion, n), order: make([]int, n), least: make([]int64, n+1)}
	for v, list := range p.grid.vars {
		for k := range list.Codes {
			if len(p.grid.below[v][k]) > 0 {
				continue
			}
			var path []int32
			for c := k; c >= 0; c = list.Parents[c] {
				path = append(path, int32(c))
			}
			s.paths[v] = append(s.paths[v], path)
		}
	}
	return s
}

// find looks for a witness in which a cell changes by an amount, which may be negative, and
// which the attacker of the view cannot rule out. With more, the witness may change
// published cells: find then returns the cheapest witness that it met.
func (s *product) find(cell int32, by int64, who *view, more bool) (w *Witness, cost int64) {
	s.amount, s.more, s.view, s.looks, s.cost = abs(by), more, who, productLooks, infinity
	from := corner{cell: cell, down: by < 0}
	if by > who.above(cell) || -by > who.below(cell) || s.amount > 1<<50 {
		return nil, 0
	}
	first := int64(0)
	if !s.hidden[cell] {
		first = s.price[cell]
	}
	for v := range s.moves {
		s.codes[v] = s.p.grid.code(int(cell), v)
		if s.list(v, from); len(s.moves[v]) == 0 {
			return nil, 0
		}
		s.order[v] = v
	}
	slices.SortFunc(s.order, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(s.moves[a]), len(s.moves[b])), cmp.Compare(a, b))
	})
	for i := len(s.order) - 1; i >= 0; i-- {
		s.least[i] = s.least[i+1] + s.moves[s.order[i]][0].cost
	}
	s.state = append(s.state[:0], from)
	s.search(0, first)
	if s.cost == infinity {
		return nil, 0
	}
	cells, delta := make([]int32, len(s.best)), make([]int64, len(s.best))
	for i, c := range s.best {
		cells[i], delta[i] = c.cell, s.amount
		if c.down {
			delta[i] = -s.amount
		}
	}
	return newWitness(cells, delta, 1), s.cost
}

// look tells what changing a corner costs; not ok where it may not change so far.
func (s *product) look(c corner) (cost int64, ok bool) {
	s.looks--
	switch p := s.p; {
	case c.down && s.amount > p.down[c.cell], !c.down && s.amount > p.up[c.cell]:
		return 0, false
	case s.view.who != 0 && c.down && s.amount > s.view.below(c.cell):
		return 0, false
	case s.view.who != 0 && !c.down && s.amount > s.view.above(c.cell):
		return 0, false
	case s.hidden[c.cell]:
		return 0, true
	case !s.more || p.cells[c.cell].Status == Protected:
		return 0, false
	}
	return s.price[c.cell], true
}

// list makes the moves of a variable that the cell and its line allow. What goes
// down from its own code and what goes elsewhere do not depend on each other.
func (s *product) list(v int, from corner) {
	g := s.p.grid
	k := s.codes[v]
	stride := int32(g.stride[v])
	parents := g.vars[v].Parents
	within := func(c int32) bool { // up to the cell's own code
		for ; int(c) > k; c = int32(parents[c]) {
		}
		return int(c) == k
	}
	var here, there []motion
	for _, path := range s.paths[v] {
		var m motion
		ok, own := true, within(path[0])
		// Codes above both do not change; those above the cell's alone rise.
		meet := -1
		if !own {
			for c := parents[k]; c >= 0 && meet < 0; c = parents[c] {
				if slices.Contains(path, int32(c)) {
					meet = c
				}
			}
			ok = s.rise(&m, from, v, meet)
		}
		for _, c := range path {
			if !ok || int(c) == k || int(c) == meet {
				break
			}
			ok = s.put(&m, from, corner{(c - int32(k)) * stride, !own})
		}
		switch {
		case !ok:
		case own:
			here = append(here, m)
		default:
			there = append(there, m)
		}
	}
	var up motion
	if s.rise(&up, from, v, -1) {
		there = append(there, up) // up to the total, which has nothing above it
	}
	byCost := func(a, b motion) int { return cmp.Compare(a.cost, b.cost) }
	slices.SortStableFunc(here, byCost)
	slices.SortStableFunc(there, byCost)
	list := s.moves[v][:0]
	here = here[:min(len(here), 8)]
	for _, t := range there[:min(len(there), productMoves/max(1, len(here)))] {
		for _, h := range here {
			list = append(list, motion{slices.Concat(t.at, h.at), t.cost + h.cost})
		}
	}
	slices.SortStableFunc(list, byCost)
	s.moves[v] = list
}

// rise lets the codes above the cell's own rise, up to one that does not, or all.
func (s *product) rise(m *motion, from corner, v, to int) bool {
	g := s.p.grid
	k := s.codes[v]
	for c := g.vars[v].Parents[k]; c != to; c = g.vars[v].Parents[c] {
		if !s.put(m, from, corner{int32((c - k) * g.stride[v]), false}) {
			return false
		}
	}
	return true
}

// put adds a code to a move, seen from the cell itself.
func (s *product) put(m *motion, from, by corner) bool {
	cost, ok := s.look(corner{from.cell + by.cell, from.down != by.down})
	m.at, m.cost = append(m.at, by), m.cost+cost
	return ok
}

// search decides the variables from the i-th on.
func (s *product) search(i int, cost int64) {
	if i == len(s.order) {
		s.cost = cost
		s.best = append(s.best[:0], s.state...)
		return
	}
	v := s.order[i]
	n := len(s.state)
	if n > boxCells {
		return
	}
	type choice struct {
		move int
		cost int64
	}
	var list []choice
	for j, m := range s.moves[v] {
		sum, ok := cost+m.cost, true
		for _, c := range s.state[1:] { // of the cell itself the cost is known
			for _, by := range m.at {
				var more int64
				more, ok = s.look(corner{c.cell + by.cell, c.down != by.down})
				if sum += more; !ok || sum+s.least[i+1] >= s.cost {
					ok = false
					break
				}
			}
			if !ok {
				break
			}
		}
		if ok && sum+s.least[i+1] < s.cost {
			list = append(list, choice{j, sum})
		}
		if s.looks < 0 {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b choice) int { return cmp.Compare(a.cost, b.cost) })
	for _, l := range list {
		if l.cost+s.least[i+1] >= s.cost {
			break
		}
		for _, c := range s.state[:n] {
			for _, by := range s.moves[v][l.move].at {
				s.state = append(s.state, corner{c.cell + by.cell, c.down != by.down})
			}
		}
		s.search(i+1, l.cost)
		s.state = s.state[:n]
		if s.looks < 0 || s.cost == 0 {
			return
		}
	}
}

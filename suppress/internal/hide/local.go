package hide

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/sluis-go/sluis/internal/lp"
)

// finder looks for witnesses: small ones first, then by programs over a part of
// the table around a cell. It holds scratch space; not safe for concurrent use.
type finder struct {
	p      *Problem
	hidden []bool
	price  []int64 // of hiding a cell that is published
	box    *box
	grid   *product // nil where the problem is not of one table
	check  *checker
	lp     *lp.Near // made when first needed
	view   *view    // of whom a witness is for
	family family

	seenCell []int32
	seenRel  []int32
	tick     int32
	small    bool // look for small witnesses alone, by no program
	work     int  // spent on programs: columns times steps
}

func newFinder(p *Problem, hidden []bool, price []int64) *finder {
	return &finder{
		p: p, hidden: hidden, price: price, box: newBox(p, hidden, price), grid: newProduct(p, hidden, price), check: newChecker(p),
		seenCell: make([]int32, len(p.cells)), seenRel: make([]int32, len(p.rel)),
	}
}

// movable reports whether a cell may differ from the truth in a witness.
func (f *finder) movable(c, owner int32, more bool) bool {
	cell := &f.p.cells[c]
	if owner > 0 && cell.Owner == owner {
		return false
	}
	return f.hidden[c] || more && cell.Status != Protected
}

// targets lists the changes of a cell that would meet a need, alone or beside
// what there is: some of Upper, Lower and either way.
func (f *finder) targets(n Need) []int64 {
	least := max(1, n.Least)
	switch n.Kind {
	case Upper:
		return []int64{least}
	case Lower:
		return []int64{-least}
	}
	return []int64{least, -least}
}

// find looks for a witness of a need that the attacker of the view cannot rule out. The
// witness changes hidden cells alone or, with more, also published cells at little price.
// find returns nil where it found none, which proves nothing.
//
// A program over the whole table chooses the published cells to hide: a witness at least
// price hides far less than the first small one (two thirds less in tables of three
// variables). Among hidden cells any witness will do, and a small one is mostly found
// sooner.
func (f *finder) find(ctx context.Context, n Need, v *view, more bool) (*Witness, error) {
	f.view = v
	if f.small || !more {
		if w := f.products(n, more); w != nil {
			return w, nil
		}
		nodes := f.few(boxNodes)
		if !f.small {
			nodes = boxNodes / 4
		}
		if w := f.boxes(n, more, nodes, infinity); w != nil || f.small {
			return w, nil
		}
	}
	var first *Witness
	if more {
		if first = f.products(n, more); first != nil && f.priceOf(first) == 0 {
			return first, nil
		}
	}
	w, none, err := f.cheapest(ctx, n, more, first)
	if none || err != nil || w != nil && f.priceOf(w) == 0 {
		return w, err
	}
	// A program pays by how far a cell changes, and may hide one dear cell that
	// changes little; in truth the price is the same however far.
	limit := int64(infinity)
	if w != nil {
		limit = f.priceOf(w)
	}
	if b := f.boxes(n, more, f.few(boxNodes), limit); b != nil {
		w = b
	}
	if w != nil {
		return w, nil
	}
	return f.programs(ctx, n, more)
}

// priceOf is what a witness hides besides.
func (f *finder) priceOf(w *Witness) (sum int64) {
	for _, c := range w.Cells {
		if !f.hidden[c] {
			sum = min(sum+f.price[c], infinity/2)
		}
	}
	return sum
}

// products looks for a witness that is a product, by no program.
func (f *finder) products(n Need, more bool) *Witness {
	if f.grid == nil || int(n.Cell) >= f.p.grid.n {
		return nil // the cell of a form is in no table
	}
	var best *Witness
	least := int64(infinity)
	for _, by := range f.targets(n) {
		if w, cost := f.grid.find(n.Cell, by, f.view, more); w != nil && cost < least && f.admits(w, more) {
			best, least = w, cost
		}
	}
	return best
}

// few is how far to look for boxes: where products were looked for few are left.
func (f *finder) few(nodes int) int {
	if f.grid != nil {
		return nodes / 4
	}
	return nodes
}

// boxes looks for a small witness that costs less than a limit, by no program.
func (f *finder) boxes(n Need, more bool, nodes int, limit int64) *Witness {
	var best *Witness
	least := limit
	for _, by := range f.targets(n) {
		if w, cost := f.box.find(n.Cell, by, f.view, more, nodes, least); w != nil && cost < least && f.admits(w, more) {
			best, least = w, cost
		}
	}
	return best
}

func (f *finder) admits(w *Witness, more bool) bool {
	return f.check.check(w, func(c int32) bool { return f.movable(c, 0, more) })
}

// programs looks in growing parts of the table.
func (f *finder) programs(ctx context.Context, n Need, more bool) (*Witness, error) {
	for _, size := range []int{200, 600, 2000, 6000, math.MaxInt} {
		for _, deep := range []bool{false, true} {
			if !deep && (size > 2000 || !more) {
				continue
			}
			cells, whole := f.region(n.Cell, n.Owner, more, deep, size)
			for _, by := range f.targets(n) {
				w, err := f.program(ctx, n, by, cells)
				if w != nil || err != nil {
					return w, err
				}
			}
			if whole {
				return nil, nil
			}
		}
	}
	return nil, nil
}

// region returns up to limit cells around a cell that may move: first its
// siblings in every relation, then theirs, hidden cells and cheap ones before
// others. With deep it goes through totals and on without end; whole says that
// nothing more is connected.
func (f *finder) region(start, owner int32, more, deep bool, limit int) (cells []int32, whole bool) {
	f.tick++
	cells = append(cells, start)
	f.seenCell[start] = f.tick
	from := 0
	for round := 0; from < len(cells) && (deep || round < 3); round++ {
		to := len(cells)
		for _, c := range cells[from:to] {
			for _, r := range f.p.of[c] {
				if f.seenRel[r] == f.tick {
					continue
				}
				f.seenRel[r] = f.tick
				take := func(q int32) {
					if f.seenCell[q] != f.tick && f.movable(q, owner, more) {
						f.seenCell[q] = f.tick
						cells = append(cells, q)
					}
				}
				take(int32(f.p.rel[r].Total))
				for _, q := range f.p.rel[r].Parts {
					take(int32(q))
				}
			}
		}
		if len(cells) > limit {
			slices.SortFunc(cells[to:], f.nearer)
			return cells[:max(limit, to)], false
		}
		from = to
	}
	return cells, from == len(cells)
}

// nearer orders cells: hidden ones, then cheap ones, then by number.
func (f *finder) nearer(a, b int32) int {
	price := func(c int32) int64 {
		if f.hidden[c] {
			return 0
		}
		return f.price[c]
	}
	return cmp.Or(cmp.Compare(price(a), price(b)), cmp.Compare(a, b))
}

// priced is a program in which published cells cost what they change.
type priced struct {
	cells        []int32 // of every variable
	sign         []int64
	lower, upper []int64
	goal         []lp.Term
	solver       *lp.Solver
}

// program makes and solves the linear program: the cell changes by at least so
// much, at least price for what is published now. A difference without a least
// amount is asked for by a whole unit first, and then as far as it goes.
func (f *finder) program(ctx context.Context, n Need, by int64, cells []int32) (*Witness, error) {
	if n.Least > 0 && (by > f.view.above(n.Cell) || -by > f.view.below(n.Cell)) {
		return nil, nil
	}
	sign := int64(1)
	if by < 0 {
		sign = -1
	}
	q := f.pricedOf(n, by, cells)
	if n.Least == 0 {
		// Any difference will do: as far as it goes, the price being small beside it.
		for i := range q.goal {
			q.goal[i].Coef *= 1e-3
		}
		q.goal = append(q.goal, lp.Term{Var: 0, Coef: float64(sign)})
		q.upper[0], q.lower[0] = min(q.upper[0], 1), max(q.lower[0], -1)
	} else if sign > 0 {
		q.lower[0] = by
	} else {
		q.upper[0] = by
	}
	q.solver.SetBounds(0, q.lower[0], q.upper[0])
	w, err := f.solve(ctx, q)
	f.work += len(q.cells) * (20 + q.solver.Steps())
	if w == nil || err != nil || !f.admits(w, true) {
		return nil, err
	}
	if d := sign * w.at(n.Cell); d <= 0 || compare(d, w.Den, 0, 1, n.Least) < 0 {
		return nil, nil
	}
	return w, nil
}

// pricedOf makes the program of some cells, the first being that of the need.
func (f *finder) pricedOf(n Need, by int64, cells []int32) *priced {
	p := f.p
	q := &priced{}
	add := func(c int32, sign, lo, hi int64) {
		q.cells, q.sign = append(q.cells, c), append(q.sign, sign)
		q.lower, q.upper = append(q.lower, lo), append(q.upper, hi)
	}
	most := 1.0
	for i, c := range cells {
		lo, hi := bounds(f.view.below(c), f.view.above(c))
		if f.hidden[c] || i == 0 {
			add(c, 1, lo, hi)
			continue
		}
		cost := float64(f.price[c])
		most = max(most, cost)
		if hi != 0 {
			q.goal = append(q.goal, lp.Term{Var: len(q.cells), Coef: -cost})
			add(c, 1, 0, hi)
		}
		if lo != 0 {
			q.goal = append(q.goal, lp.Term{Var: len(q.cells), Coef: -cost})
			down := int64(lp.NoUpper)
			if lo != lp.NoLower {
				down = -lo
			}
			add(c, -1, 0, down)
		}
	}
	for i := range q.goal {
		// A price must stay visible beside the solver's tolerance.
		q.goal[i].Coef = min(q.goal[i].Coef/most, -1e-4)
	}
	rows := make([][]int32, len(q.cells))
	vals := make([][]float64, len(q.cells))
	f.tick++
	rowOf := make(map[int32]int32)
	for j, c := range q.cells {
		for _, r := range p.of[c] {
			k, ok := rowOf[r]
			if !ok {
				k = int32(len(rowOf))
				rowOf[r] = k
			}
			v := float64(q.sign[j])
			if p.rel[r].Total == int(c) {
				v = -v
			}
			rows[j], vals[j] = append(rows[j], k), append(vals[j], v)
		}
	}
	q.solver = lp.New(len(rowOf), func(j int) ([]int32, []float64) { return rows[j], vals[j] },
		q.lower, q.upper, make([]int64, len(q.cells)))
	return q
}

// bounds turns the room of a cell into bounds of a variable.
func bounds(down, up int64) (lo, hi int64) {
	lo, hi = lp.NoLower, lp.NoUpper
	if down != infinity {
		lo = -down
	}
	if up != infinity {
		hi = up
	}
	return lo, hi
}

// A search for whole numbers in a priced program ends after so many nodes, and
// when it has found some after fewer.
const (
	branches = 40
	enough   = 8
)

// solve solves a priced program; for an attacker who knows that values are whole
// it branches on variables that are not. It is nil where nothing was found.
func (f *finder) solve(ctx context.Context, q *priced) (*Witness, error) {
	nodes := 0
	var best *Witness
	bestValue := math.Inf(-1)
	var visit func() error
	visit = func() error {
		nodes++
		status, err := q.solver.Maximize(ctx, q.goal, nil)
		if errors.Is(err, lp.ErrStuck) {
			return nil
		}
		if err != nil || status != lp.Optimal {
			return err
		}
		value := 0.0
		x := q.solver.X()
		for _, t := range q.goal {
			value += float64(t.Coef * x[t.Var])
		}
		if value <= bestValue+1e-9 {
			return nil
		}
		whole, rest := q.solver.Vertex()
		k := -1
		if f.p.attacker.Whole {
			k = fractional(rest)
		}
		if k < 0 {
			if w := q.witness(whole, rest); w != nil {
				best, bestValue = w, value
			}
			return nil
		}
		at := whole[k] + int64(math.Floor(rest[k]))
		up := rest[k]-math.Floor(rest[k]) >= 0.5
		for range 2 {
			if nodes >= branches || best != nil && nodes >= enough {
				return nil
			}
			lo, hi := q.lower[k], q.upper[k]
			if up {
				q.lower[k] = at + 1
			} else {
				q.upper[k] = at
			}
			up = !up
			var err error
			if q.lower[k] <= q.upper[k] {
				q.solver.SetBounds(k, q.lower[k], q.upper[k])
				err = visit()
			}
			q.lower[k], q.upper[k] = lo, hi
			q.solver.SetBounds(k, lo, hi)
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := visit(); err != nil {
		return nil, err
	}
	return best, nil
}

// witness adds up the variables of each cell.
func (q *priced) witness(whole []int64, rest []float64) *Witness {
	num, den, ok := rational(rest, finest)
	if !ok {
		return nil
	}
	var cells []int32
	var delta []int64
	for j, c := range q.cells {
		if abs(whole[j]) > 1<<60/den {
			return nil
		}
		d := q.sign[j] * (whole[j]*den + num[j])
		if k := len(cells) - 1; k >= 0 && cells[k] == c {
			delta[k] += d // the two variables of a cell follow one another
			continue
		}
		cells, delta = append(cells, c), append(delta, d)
	}
	return newWitness(cells, delta, den)
}

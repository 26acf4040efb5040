package suppress

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/sluis-go/sluis/internal/lp"
)

// local looks for witnesses of one need in a part of the table around its cell.
// It holds scratch space; not safe for concurrent use.
type local struct {
	p      *Problem
	hidden []bool
	fixed  []bool    // hidden, yet known: what an attacker works out exactly
	price  []float64 // of hiding a cell that is published

	seenCell []int32
	seenRel  []int32
	tick     int32
	sum      map[int32]int64
	solved   int
}

func newLocal(p *Problem, hidden []bool) *local {
	l := &local{
		p: p, hidden: hidden, price: make([]float64, len(p.cells)),
		seenCell: make([]int32, len(p.cells)), seenRel: make([]int32, len(p.rel)), sum: map[int32]int64{},
	}
	for i := range l.price {
		l.price[i] = float64(p.cost(i))
	}
	return l
}

// movable reports whether a cell may differ from the truth in a witness.
func (l *local) movable(c int32, owner int32, more bool) bool {
	cell := &l.p.cells[c]
	if owner != 0 && cell.Owner == owner {
		return false
	}
	return l.hidden[c] || more && cell.Status != Protected
}

// region returns up to limit cells around a cell that may move: first its
// siblings in every relation, then theirs, hidden cells and cheap ones before
// others. With deep it goes through totals and on without end.
func (l *local) region(start, owner int32, more, deep bool, limit int) (cells []int32, whole bool) {
	l.tick++
	cells = append(cells, start)
	l.seenCell[start] = l.tick
	rounds := max(1, l.p.dims)
	if deep {
		rounds = math.MaxInt
	}
	whole = true
	for from := 0; rounds > 0 && from < len(cells); rounds-- {
		to := len(cells)
		for _, c := range cells[from:to] {
			for _, r := range l.p.of[c] {
				if l.seenRel[r] == l.tick {
					continue
				}
				rel := &l.p.rel[r]
				if rel.Total == int(c) && !deep && len(l.p.of[c]) > l.asTotal(c) {
					continue
				}
				l.seenRel[r] = l.tick
				take := func(q int32) {
					if l.seenCell[q] != l.tick && l.movable(q, owner, more) {
						l.seenCell[q] = l.tick
						cells = append(cells, q)
					}
				}
				take(int32(rel.Total))
				for _, q := range rel.Parts {
					take(int32(q))
				}
			}
		}
		if len(cells) > limit {
			next := cells[to:]
			slices.SortFunc(next, func(a, b int32) int {
				if l.hidden[a] != l.hidden[b] {
					if l.hidden[a] {
						return -1
					}
					return 1
				}
				if !l.hidden[a] {
					if c := cmp.Compare(l.price[a], l.price[b]); c != 0 {
						return c
					}
				}
				return cmp.Compare(a, b)
			})
			return cells[:max(limit, to)], false
		}
		from = to
	}
	return cells, whole && deep
}

// asTotal is the number of relations that a cell is the total of.
func (l *local) asTotal(c int32) (n int) {
	for _, r := range l.p.of[c] {
		if l.p.rel[r].Total == int(c) {
			n++
		}
	}
	return n
}

// find looks for a witness of a need, of hidden cells alone or, with more, of
// published ones too at least price, in growing parts of the table. The need's
// kind sliding asks for the rest beyond the narrowest side.
func (l *local) find(ctx context.Context, n need, more bool) (*witness, error) {
	for _, size := range []int{300, 3000, math.MaxInt} {
		for _, deep := range []bool{false, true} {
			if size == math.MaxInt && !deep {
				continue
			}
			cells, whole := l.region(n.cell, n.owner, more, deep, size)
			w, err := l.solve(ctx, n, cells)
			if w != nil || err != nil {
				return w, err
			}
			if whole {
				return nil, nil
			}
		}
	}
	return nil, nil
}

// solve looks for a witness among the given cells.
func (l *local) solve(ctx context.Context, n need, cells []int32) (*witness, error) {
	directions := []int64{1, -1}
	switch n.kind {
	case upper:
		directions = directions[:1]
	case lower:
		directions = directions[1:]
	}
	for _, sign := range directions {
		w, err := l.program(ctx, n, sign, cells)
		if w != nil || err != nil {
			return w, err
		}
	}
	return nil, nil
}

// program makes and solves the linear program: the change of the need's cell at
// least what is needed, at least price for what is published now.
func (l *local) program(ctx context.Context, n need, sign int64, cells []int32) (*witness, error) {
	p := l.p
	down, up := p.bounds(int(n.cell))
	if sign > 0 && up < n.least || sign < 0 && down < n.least {
		return nil, nil
	}
	l.solved++
	unit := float64(p.scale)
	type variable struct {
		cell int32
		sign float64
	}
	var vars []variable
	var lo, hi []float64
	var objective []lp.Term
	bound := func(v int64) float64 {
		if v == infinity {
			return math.Inf(1)
		}
		return float64(v) / unit
	}
	for _, c := range cells {
		if l.fixed != nil && l.fixed[c] {
			continue
		}
		d, u := p.bounds(int(c))
		if l.hidden[c] || c == n.cell {
			vars = append(vars, variable{c, 1})
			lo, hi = append(lo, -bound(d)), append(hi, bound(u))
			continue
		}
		w := l.price[c] * unit / float64(n.least)
		objective = append(objective, lp.Term{Var: len(vars), Coef: -w})
		vars = append(vars, variable{c, 1})
		lo, hi = append(lo, 0), append(hi, bound(u))
		if d > 0 {
			objective = append(objective, lp.Term{Var: len(vars), Coef: -w})
			vars = append(vars, variable{c, -1})
			lo, hi = append(lo, 0), append(hi, bound(d))
		}
	}
	scaleCosts(objective)
	l.tick++
	rows := int32(0)
	rowOf := map[int32]int32{}
	colRows := make([][]int32, len(vars))
	colVals := make([][]float64, len(vars))
	for j, v := range vars {
		for _, r := range p.of[v.cell] {
			if l.seenRel[r] != l.tick {
				l.seenRel[r] = l.tick
				rowOf[r] = rows
				rows++
			}
			value := v.sign
			if p.rel[r].Total == int(v.cell) {
				value = -value
			}
			colRows[j] = append(colRows[j], rowOf[r])
			colVals[j] = append(colVals[j], value)
		}
	}
	s := lp.New(int(rows), func(j int) ([]int32, []float64) { return colRows[j], colVals[j] }, lo, hi, make([]float64, len(vars)))
	goal := float64(n.least) / unit
	if sign > 0 {
		s.SetBounds(0, goal, hi[0])
		lo[0] = goal
	} else {
		s.SetBounds(0, lo[0], -goal)
		hi[0] = -goal
	}
	x, err := l.whole(ctx, s, objective, lo, hi)
	if x == nil || err != nil {
		return nil, err
	}
	changed := make([]int32, 0, len(cells))
	d := make([]int64, 0, len(cells))
	at := map[int32]int{}
	for j, v := range vars {
		k, ok := at[v.cell]
		if !ok {
			k = len(changed)
			at[v.cell] = k
			changed = append(changed, v.cell)
			d = append(d, 0)
		}
		d[k] += int64(v.sign) * int64(math.Round(x[j]*unit))
	}
	w := sorted(changed, d)
	was := make([]bool, len(w.cells))
	for i, c := range w.cells {
		was[i], l.hidden[c] = l.hidden[c], true
	}
	ok := p.check(w, l.hidden, l.sum) && (sign > 0 && w.at(n.cell) >= n.least || sign < 0 && -w.at(n.cell) >= n.least)
	for i, c := range w.cells {
		l.hidden[c] = was[i]
	}
	if !ok {
		return nil, nil
	}
	return w, nil
}

// scaleCosts brings the largest coefficient to one.
func scaleCosts(t []lp.Term) {
	most := 0.0
	for _, x := range t {
		most = max(most, math.Abs(x.Coef))
	}
	if most == 0 {
		return
	}
	for i := range t {
		t[i].Coef /= most
		// A price must stay visible beside the solver's tolerance.
		t[i].Coef = min(t[i].Coef, -1e-5)
	}
}

const branches = 60 // nodes of a search for whole numbers

// whole solves a program; for an attacker who knows that values are whole it
// branches on variables that are not. It returns nil where there is no solution
// or none was found.
func (l *local) whole(ctx context.Context, s *lp.Solver, objective []lp.Term, lo, hi []float64) ([]float64, error) {
	nodes := 0
	var best []float64
	bestValue := math.Inf(-1)
	value := func(x []float64) (v float64) {
		for _, t := range objective {
			v += float64(t.Coef * x[t.Var])
		}
		return v
	}
	var visit func() error
	visit = func() error {
		nodes++
		status, err := s.Maximize(ctx, objective, nil)
		if errors.Is(err, lp.ErrStuck) {
			return nil
		}
		if err != nil {
			return err
		}
		if status == lp.Infeasible {
			return nil
		}
		x := s.X()
		v := value(x)
		if v <= bestValue+1e-9 {
			return nil
		}
		j := -1
		if l.p.attacker.Whole {
			j = fractional(x)
		}
		if j < 0 {
			best, bestValue = slices.Clone(x), v
			return nil
		}
		if nodes >= branches {
			return nil
		}
		at := x[j]
		for _, side := range []bool{at-math.Floor(at) >= 0.5, at-math.Floor(at) < 0.5} {
			a, b := lo[j], hi[j]
			if side {
				lo[j] = math.Ceil(at)
			} else {
				hi[j] = math.Floor(at)
			}
			s.SetBounds(j, lo[j], hi[j])
			err := visit()
			lo[j], hi[j] = a, b
			s.SetBounds(j, a, b)
			if err != nil {
				return err
			}
			if nodes >= branches {
				return nil
			}
		}
		return nil
	}
	if err := visit(); err != nil {
		return nil, err
	}
	return best, nil
}

// fractional returns the variable that is farthest from a whole number, -1 if
// all are whole.
func fractional(x []float64) int {
	best, most := -1, 1e-5
	for j, v := range x {
		if f := math.Abs(v - math.Round(v)); f > most {
			best, most = j, f
		}
	}
	return best
}

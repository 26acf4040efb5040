package hide

import (
	"context"
	"errors"
	"math"
	"math/big"
	"slices"

	"github.com/sluis-go/sluis/internal/lp"
)

// region is the attacker's program over some hidden cells, all others being
// known: one variable a cell, its change; one constraint a relation.
type region struct {
	p            *Problem
	cells        []int32
	rows         [][]int32
	vals         [][]float64
	lower, upper []int64 // lp.NoLower and lp.NoUpper where there is none
	solver       *lp.Solver
	check        *checker
	has          map[int32]int
	branches     int
}

// newRegion makes the program of some cells with bounds on their changes, which
// contain 0.
func newRegion(p *Problem, cells []int32, lower, upper []int64, check *checker, branches int) *region {
	g := &region{
		p: p, cells: cells, lower: lower, upper: upper, check: check, branches: branches,
		has: make(map[int32]int, len(cells)),
	}
	m := 0
	row := map[int32]int32{}
	for j, c := range cells {
		g.has[c] = j
		var rows []int32
		var vals []float64
		for _, r := range p.of[c] {
			k, ok := row[r]
			if !ok {
				k = int32(m)
				row[r] = k
				m++
			}
			v := 1.0
			if p.rel[r].Total == int(c) {
				v = -1
			}
			rows, vals = append(rows, k), append(vals, v)
		}
		g.rows, g.vals = append(g.rows, rows), append(g.vals, vals)
	}
	g.solver = lp.New(m, func(j int) ([]int32, []float64) { return g.rows[j], g.vals[j] },
		lower, upper, make([]int64, len(cells)))
	return g
}

// extreme is how far a cell can go in one direction: Reached by a witness, nil
// for the truth, or a ray, along which it goes without end; and proven not to go
// beyond, nil for no end.
type extreme struct {
	reached *Witness
	ray     *Witness
	proven  *big.Rat
}

// extreme searches for the farthest change of the region's cell j in the
// direction of sign, 1 or -1. Floating-point numbers lead, whole numbers decide:
// what is reached is a witness that has been checked, what is proven is a sum
// over the exact bounds with prices in whole numbers.
func (g *region) extreme(ctx context.Context, j int, sign int64) (extreme, error) {
	var e extreme
	goal := []lp.Term{{Var: j, Coef: float64(sign)}}
	e.proven = g.side(j, sign)
	status, err := g.solver.Maximize(ctx, goal, nil)
	switch {
	case errors.Is(err, lp.ErrStuck):
		return e, nil
	case err != nil:
		return e, err
	case status == lp.Unbounded:
		if e.ray = g.ray(j, sign); e.ray != nil {
			e.proven = nil
		}
		return e, nil
	case status != lp.Optimal:
		return e, nil
	}
	g.tighten(&e.proven, g.dual(j, sign))
	if !g.p.attacker.Whole {
		if w := g.vertex(); w != nil && sign*w.at(g.cells[j]) > 0 {
			e.reached = w
		}
		return e, nil
	}
	return e, g.branch(ctx, j, sign, &e)
}

// side is what the bound of a cell itself proves.
func (g *region) side(j int, sign int64) *big.Rat {
	switch {
	case sign > 0 && g.upper[j] != lp.NoUpper:
		return big.NewRat(g.upper[j], 1)
	case sign < 0 && g.lower[j] != lp.NoLower:
		return big.NewRat(-g.lower[j], 1)
	}
	return nil
}

// tighten lowers a proven bound; for whole numbers to the next one below.
func (g *region) tighten(bound **big.Rat, by *big.Rat) {
	if by == nil {
		return
	}
	if g.p.attacker.Whole {
		by = new(big.Rat).SetInt(floor(by))
	}
	if *bound == nil || by.Cmp(*bound) < 0 {
		*bound = by
	}
}

func floor(v *big.Rat) *big.Int {
	return new(big.Int).Div(v.Num(), v.Denom()) // Euclidean, and the denominator is positive
}

// branch searches for the farthest whole number below the proven bound by
// branching, depth first. When the effort is spent what is still open limits
// what is proven.
func (g *region) branch(ctx context.Context, j int, sign int64, e *extreme) error {
	goal := []lp.Term{{Var: j, Coef: float64(sign)}}
	best := big.NewRat(0, 1) // the truth
	open := new(big.Rat)     // the greatest bound of what was not searched
	lower, upper := append([]int64{}, g.lower...), append([]int64{}, g.upper...)
	defer func() {
		g.lower, g.upper = lower, upper
		for k := range lower {
			g.solver.SetBounds(k, lower[k], upper[k])
		}
	}()
	nodes := 0
	root := e.proven
	var visit func(bound *big.Rat) error
	visit = func(bound *big.Rat) error {
		if bound != nil && bound.Cmp(best) <= 0 {
			return nil
		}
		give := func() error { // up on this part of the search
			switch {
			case open == nil:
			case bound == nil:
				open = nil
			case bound.Cmp(open) > 0:
				open = bound
			}
			return nil
		}
		if nodes >= g.branches {
			return give()
		}
		if nodes++; nodes > 1 {
			status, err := g.solver.Maximize(ctx, goal, nil)
			switch {
			case errors.Is(err, lp.ErrStuck):
				return give()
			case err != nil:
				return err
			case status == lp.Infeasible:
				if v := g.dual(-1, 1); v != nil && v.Sign() < 0 {
					return nil
				}
				return give()
			case status != lp.Optimal:
				return give()
			}
			bound = copyRat(bound)
			g.tighten(&bound, g.dual(j, sign))
			if bound != nil && bound.Cmp(best) <= 0 {
				return nil
			}
		}
		whole, rest := g.solver.Vertex()
		k := fractional(rest)
		if k < 0 {
			w := newWitness(g.cells, whole, 1)
			if !g.admits(w) {
				return give()
			}
			if v := big.NewRat(sign*w.at(g.cells[j]), 1); v.Cmp(best) > 0 {
				best, e.reached = v, w
			}
			if bound != nil && bound.Cmp(best) <= 0 {
				return nil
			}
			return give()
		}
		at := whole[k] + int64(math.Floor(rest[k]))
		down := rest[k]-math.Floor(rest[k]) < 0.5
		for range 2 {
			lo, hi := g.lower[k], g.upper[k]
			if down {
				g.upper[k] = at
			} else {
				g.lower[k] = at + 1
			}
			down = !down
			if g.lower[k] <= g.upper[k] {
				g.solver.SetBounds(k, g.lower[k], g.upper[k])
				if err := visit(bound); err != nil {
					return err
				}
			}
			g.lower[k], g.upper[k] = lo, hi
			g.solver.SetBounds(k, lo, hi)
		}
		return nil
	}
	if err := visit(root); err != nil {
		return err
	}
	if open == nil {
		return nil
	}
	if open.Cmp(best) < 0 {
		open = best
	}
	if e.proven == nil || open.Cmp(e.proven) < 0 {
		e.proven = open
	}
	return nil
}

func copyRat(v *big.Rat) *big.Rat {
	if v == nil {
		return nil
	}
	return new(big.Rat).Set(v)
}

// fractional returns the variable that is farthest from a whole number, -1 if
// all are whole.
func fractional(rest []float64) int {
	best, most := -1, guess
	for j, v := range rest {
		if f := math.Abs(v - math.Round(v)); f > most {
			best, most = j, f
		}
	}
	return best
}

// admits reports whether a witness of the region's cells holds.
func (g *region) admits(w *Witness) bool {
	return g.check.check(w, func(c int32) bool { _, ok := g.has[c]; return ok })
}

// vertex turns the last point into fractions; nil where they do not check.
func (g *region) vertex() *Witness {
	w := fractions(g.cells, g.solver)
	if w == nil || !g.admits(w) {
		return nil
	}
	return w
}

// fractions makes a witness of the point that a solver ended in, unchecked; nil
// where no common denominator is small enough.
func fractions(cells []int32, s *lp.Solver) *Witness {
	whole, rest := s.Vertex()
	num, den, ok := rational(rest, finest)
	if !ok {
		return nil
	}
	for j, v := range whole {
		if abs(v) > 1<<61/den {
			return nil
		}
		num[j] += v * den
	}
	return newWitness(cells, num, den)
}

// ray turns the direction in which a program grows without end into whole
// numbers, and checks that nothing limits it.
func (g *region) ray(j int, sign int64) *Witness {
	num, _, ok := rational(g.solver.Ray(), finest)
	if !ok || sign*num[j] <= 0 {
		return nil
	}
	sum := map[int32]int64{}
	for k, v := range num {
		if v > 0 && g.upper[k] != lp.NoUpper || v < 0 && g.lower[k] != lp.NoLower || abs(v) > 1<<40 {
			return nil
		}
		for i, r := range g.rows[k] {
			sum[r] += int64(g.vals[k][i]) * v
		}
	}
	for _, v := range sum {
		if v != 0 {
			return nil
		}
	}
	return newWitness(g.cells, num, 1)
}

// dual proves a bound on the last program by its prices. The prices of the relations may be
// any numbers; here they are fractions near those of the last basis. In any table that keeps
// the relations, the change of cell j times sign is at most
//
//	sum over cells k of d_k times the better of the bounds of k,
//
// where d is the objective less the product of the prices and the column. dual is nil where
// a cell without a bound prevents a result. With j = -1 the objective is zero, and a bound
// below zero proves that there is no such table.
func (g *region) dual(j int, sign int64) *big.Rat {
	prices, den, ok := rational(g.solver.Prices(), 1<<20)
	if !ok || slices.ContainsFunc(prices, func(y int64) bool { return abs(y) > 1<<40 }) {
		return nil // prices so large come from no table, and their sums could overflow
	}
	sum, term := new(big.Int), new(big.Int)
	for k := range g.cells {
		d := int64(0)
		if k == j {
			d = sign * den
		}
		for i, r := range g.rows[k] {
			d -= int64(g.vals[k][i]) * prices[r]
		}
		switch {
		case d == 0:
			continue
		case d > 0 && g.upper[k] == lp.NoUpper, d < 0 && g.lower[k] == lp.NoLower:
			return nil
		case d > 0:
			term.SetInt64(g.upper[k])
		default:
			term.SetInt64(g.lower[k])
		}
		sum.Add(sum, term.Mul(term, big.NewInt(d)))
	}
	return new(big.Rat).SetFrac(sum, big.NewInt(den))
}

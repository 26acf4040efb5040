// This file is long because the steps of the dual method share the state of one program.

package lp

import (
	"context"
	"math"
	"slices"
)

// Matrix holds constraints with coefficients 1 and -1, by rows and by columns. A matrix
// does not change, and is safe for concurrent use.
type Matrix struct {
	colPtr, rowPtr []int32
	colRow, rowCol []int32
	colVal, rowVal []int8
}

// NewMatrix makes a matrix of m rows and n columns. Column lists the rows of a
// column, each once, and their coefficients.
func NewMatrix(m, n int, column func(j int) (rows []int32, vals []int8)) *Matrix {
	a := &Matrix{colPtr: make([]int32, n+1), rowPtr: make([]int32, m+1)}
	for j := range n {
		rows, vals := column(j)
		a.colRow, a.colVal = append(a.colRow, rows...), append(a.colVal, vals...)
		a.colPtr[j+1] = int32(len(a.colRow))
		for _, r := range rows {
			a.rowPtr[r+1]++
		}
	}
	for r := range m {
		a.rowPtr[r+1] += a.rowPtr[r]
	}
	a.rowCol, a.rowVal = make([]int32, len(a.colRow)), make([]int8, len(a.colRow))
	next := slices.Clone(a.rowPtr[:m])
	for j := range n {
		for e := a.colPtr[j]; e < a.colPtr[j+1]; e++ {
			k := next[a.colRow[e]]
			next[a.colRow[e]]++
			a.rowCol[k], a.rowVal[k] = int32(j), a.colVal[e]
		}
	}
	return a
}

// Near solves programs with a solution near one variable. That variable moves by a given
// amount. The other variables start at zero, and compensate at least cost: A x = 0,
// within their bounds. Most stay at zero.
//
// The method is the dual simplex method, from the basis without any variable. The first
// steps mend the rows of the variable that moved, and later steps the rows around them.
// Time and memory are in proportion to the rows and columns that are touched, for a
// matrix of any size. Every other variable is split in two, up and down from zero.
//
// Sources: Lemke 1954 for the method, Fourer 1994 and Maros 2003 for passing bounds in
// the ratio test, Forrest and Goldfarb 1992 for the choice of the row. A Near holds
// scratch space, and is not safe for concurrent use.
type Near struct {
	a     *Matrix
	rowAt []int32 // row -> its number below, -1 where it is not touched
	colAt []int32

	row   []int32   // touched, by number
	head  []int32   // the variable that is basic there, -1: none
	x     []float64 // the value of the basic variable; without one, the error of the row
	rho   []float64
	alpha []float64
	norm  []float64 // the square of the length of the row of the inverse
	tau   []float64

	col      []int32 // touched, by number
	cost     []float64
	room     []float64 // variable: up of column k is 2k, down 2k+1
	pos      []int32   // variable -> row that it is basic in, -1
	far      []bool    // variable -> it stands at its room, not at zero
	ya, g    []float64 // column -> price of the rows by it, and its entry in the row of the pivot
	listed   []int32   // columns with such an entry
	mark     []int32   // column -> last step that it was listed in
	breaks   []ratio
	passed   []int32 // variables
	etas     []eta
	erow     []int32
	eval     []float64
	steps    int
	fixed    int32   // the column that moves
	distance float64 // and how far

	// The basis of the first known rows was factored; etas are the later changes.
	known   int
	factors *factors
	ptr     []int32 // row -> the entries of the column that is basic there
	brow    []int32
	bval    []float64
	work    []float64
	kept    kept
}

// ratio is a variable that may enter, and at which step of the prices.
type ratio struct {
	v         int32
	at, alpha float64
}

// nearRefactor is how many steps Near takes until it factors the basis anew.
const nearRefactor = 50

// NewNear makes a solver over a matrix.
func NewNear(a *Matrix) *Near {
	m, n := len(a.rowPtr)-1, len(a.colPtr)-1
	return &Near{a: a, rowAt: slices.Repeat([]int32{-1}, m), colAt: slices.Repeat([]int32{-1}, n)}
}

// reset clears the rows and columns that the last program touched.
func (s *Near) reset() {
	for _, r := range s.row {
		s.rowAt[r] = -1
	}
	for _, c := range s.col {
		s.colAt[c] = -1
	}
	s.row, s.head, s.x, s.rho, s.alpha = s.row[:0], s.head[:0], s.x[:0], s.rho[:0], s.alpha[:0]
	s.norm = s.norm[:0]
	s.col, s.cost, s.room, s.pos, s.far = s.col[:0], s.cost[:0], s.room[:0], s.pos[:0], s.far[:0]
	s.ya, s.g, s.listed, s.mark = s.ya[:0], s.g[:0], s.listed[:0], s.mark[:0]
	s.etas, s.erow, s.eval, s.steps = s.etas[:0], s.erow[:0], s.eval[:0], 0
	s.known = 0
}

func (s *Near) touchRow(r int32) int32 {
	if s.rowAt[r] < 0 {
		s.rowAt[r] = int32(len(s.row))
		s.row, s.head, s.x = append(s.row, r), append(s.head, -1), append(s.x, 0)
		s.rho, s.alpha = append(s.rho, 0), append(s.alpha, 0)
		s.norm = append(s.norm, 1)
	}
	return s.rowAt[r]
}

// Steps is how many steps the last program took.
func (s *Near) Steps() int { return s.steps }

// Work is the effort that the last program took, in entries of the matrix or so.
func (s *Near) Work() int { return s.steps * (len(s.row) + len(s.col)) }

// Move changes variable j by an amount. For every other variable that is needed, limits
// returns how far it can go down and up from zero (both at least 0, +Inf without a bound)
// and the cost of a unit (at least 0). limits must return the same values each time. The
// status is
//
//   - Optimal;
//   - Infeasible, as far as floating-point numbers show;
//   - Stopped after most steps, or where the cost cannot be less than limit.
func (s *Near) Move(ctx context.Context, j int32, by float64, most int, limit float64, limits func(c int32) (down, up, cost float64)) (Status, error) {
	s.reset()
	s.fixed, s.distance = j, by
	a := s.a
	for e := a.colPtr[j]; e < a.colPtr[j+1]; e++ {
		s.x[s.touchRow(a.colRow[e])] = -float64(a.colVal[e]) * by
	}
	return s.run(ctx, most, limit, limits)
}

// run mends row after row.
func (s *Near) run(ctx context.Context, most int, limit float64, limits func(c int32) (down, up, cost float64)) (Status, error) {
	for ; s.steps < most; s.steps++ {
		if s.steps%64 == 0 && ctx.Err() != nil {
			return Stopped, ctx.Err()
		}
		i, over := s.leaving()
		if i < 0 {
			return Optimal, nil
		}
		if !math.IsInf(limit, 1) && s.total() >= limit {
			return Stopped, nil
		}
		s.price(i)
		s.entries(limits)
		v, ok := s.entering(over)
		if !ok {
			return Infeasible, nil
		}
		if !s.pivot(i, v, over) || len(s.etas) == nearRefactor && !s.refactor() {
			return Stopped, nil
		}
	}
	return Stopped, nil
}

// kept is where a program ended.
type kept struct {
	head, pos    []int32
	norm, ya, at []float64
	far          []bool
}

// Keep remembers where the last program ended, which must be Optimal, for Again.
func (s *Near) Keep() {
	k := &s.kept
	k.head, k.pos, k.norm = append(k.head[:0], s.head...), append(k.pos[:0], s.pos...), append(k.norm[:0], s.norm...)
	k.ya, k.at, k.far = append(k.ya[:0], s.ya...), append(k.at[:0], s.room...), append(k.far[:0], s.far...)
}

// Again moves the same variable by the same amount where other variables have less room.
// It continues from the end of the kept program, which mostly takes far fewer steps. For
// every variable that the kept program looked at, the room is the smaller of the old and
// the new one, and the cost must be the same. The other arguments and the status are
// those of Move.
func (s *Near) Again(ctx context.Context, most int, limit float64, limits func(c int32) (down, up, cost float64)) (Status, error) {
	k := &s.kept
	m, n := len(k.head), len(k.ya)
	for _, r := range s.row[m:] {
		s.rowAt[r] = -1
	}
	for _, c := range s.col[n:] {
		s.colAt[c] = -1
	}
	s.row, s.x, s.rho, s.alpha = s.row[:m], s.x[:m], s.rho[:m], s.alpha[:m]
	s.head, s.norm = append(s.head[:0], k.head...), append(s.norm[:0], k.norm...)
	s.col, s.cost, s.g, s.mark = s.col[:n], s.cost[:n], s.g[:n], s.mark[:n]
	s.pos, s.far = append(s.pos[:0], k.pos...), append(s.far[:0], k.far...)
	s.ya, s.room = append(s.ya[:0], k.ya...), append(s.room[:0], k.at...)
	for i, c := range s.col {
		down, up, _ := limits(c)
		s.room[2*i], s.room[2*i+1] = min(s.room[2*i], up), min(s.room[2*i+1], down)
		s.g[i], s.mark[i] = 0, -1
	}
	s.listed, s.steps = s.listed[:0], 0
	if !s.refactor() {
		return Stopped, nil
	}
	return s.run(ctx, most, limit, limits)
}

// leaving picks the row with the largest error relative to the length of its row of the
// inverse, or -1. over is the error: positive where the row is too high.
func (s *Near) leaving() (best int32, over float64) {
	best = -1
	most := 0.0
	for i, v := range s.x {
		o := v
		if h := s.head[i]; h >= 0 && v >= 0 {
			o = max(0, v-s.room[h])
		}
		if math.Abs(o) <= feasible {
			continue
		}
		if far := float64(o*o) / s.norm[i]; far > most {
			best, over, most = int32(i), o, far
		}
	}
	return best, over
}

// total is the cost of the point of the basis. It never falls from step to step: the
// point is the cheapest that keeps the rows mended so far.
func (s *Near) total() (sum float64) {
	for i, h := range s.head {
		if h >= 0 {
			sum += float64(s.cost[h/2] * s.x[i])
		}
	}
	for k, c := range s.cost {
		for v := 2 * k; v < 2*k+2; v++ {
			if s.far[v] {
				sum += float64(c * s.room[v])
			}
		}
	}
	return sum
}

// refactor factors the basis again, which has far fewer entries than the changes of the
// steps, and computes the point again. ok is false where the numbers are not usable.
func (s *Near) refactor() bool {
	m := len(s.row)
	s.ptr, s.brow, s.bval = append(s.ptr[:0], 0), s.brow[:0], s.bval[:0]
	a := s.a
	for i, h := range s.head {
		if h < 0 {
			s.brow, s.bval = append(s.brow, int32(i)), append(s.bval, 1)
		} else {
			c := s.col[h/2]
			for e := a.colPtr[c]; e < a.colPtr[c+1]; e++ {
				s.brow = append(s.brow, s.rowAt[a.colRow[e]])
				s.bval = append(s.bval, float64(sign(h)*float64(a.colVal[e])))
			}
		}
		s.ptr = append(s.ptr, int32(len(s.brow)))
	}
	if s.factors == nil {
		s.factors = newFactors(0)
	}
	s.factors.resize(m)
	bad, _ := s.factors.factor(func(p int) ([]int32, []float64) {
		return s.brow[s.ptr[p]:s.ptr[p+1]], s.bval[s.ptr[p]:s.ptr[p+1]]
	})
	if len(bad) > 0 {
		return false
	}
	s.known = m
	s.etas, s.erow, s.eval = s.etas[:0], s.erow[:0], s.eval[:0]
	s.work = slices.Grow(s.work[:0], m)[:m]
	clear(s.alpha)
	for e := a.colPtr[s.fixed]; e < a.colPtr[s.fixed+1]; e++ {
		s.alpha[s.rowAt[a.colRow[e]]] = -float64(a.colVal[e]) * s.distance
	}
	for v, far := range s.far {
		if far {
			s.addColumn(int32(v), -s.room[v])
		}
	}
	s.solve(s.alpha)
	copy(s.x, s.alpha)
	return true
}

// price sets rho to the row of the inverse of the basis.
func (s *Near) price(i int32) {
	clear(s.rho)
	s.rho[i] = 1
	for k := len(s.etas) - 1; k >= 0; k-- {
		e := s.etas[k]
		v := s.rho[e.pos]
		for q := e.from; q < e.to; q++ {
			v -= float64(s.eval[q] * s.rho[s.erow[q]])
		}
		s.rho[e.pos] = v / e.pivot
	}
	if s.known > 0 {
		s.factors.btran(s.rho[:s.known], s.work)
		copy(s.rho, s.work)
	}
}

// entries sets g to the entries of the columns in the row of the pivot.
func (s *Near) entries(limits func(c int32) (down, up, cost float64)) {
	for _, k := range s.listed {
		s.g[k] = 0
	}
	s.listed = s.listed[:0]
	a := s.a
	for i, p := range s.rho {
		if math.Abs(p) < absent {
			continue
		}
		r := s.row[i]
		for e := a.rowPtr[r]; e < a.rowPtr[r+1]; e++ {
			c := a.rowCol[e]
			if c == s.fixed {
				continue
			}
			k := s.colAt[c]
			if k < 0 {
				k = int32(len(s.col))
				s.colAt[c] = k
				down, up, cost := limits(c)
				s.col, s.cost, s.room = append(s.col, c), append(s.cost, cost), append(s.room, up, down)
				s.pos, s.far = append(s.pos, -1, -1), append(s.far, false, false)
				s.ya, s.g, s.mark = append(s.ya, 0), append(s.g, 0), append(s.mark, -1)
			}
			if s.mark[k] != int32(s.steps) {
				s.mark[k] = int32(s.steps)
				s.listed = append(s.listed, k)
			}
			s.g[k] += float64(p * float64(a.rowVal[e]))
		}
	}
}

func sign(v int32) float64 { return float64(1 - 2*(v&1)) }

// entering picks the variable that enters for a row with error over. Variables whose
// bounds are passed move to their other bounds. ok is false where all variables together
// are not enough.
func (s *Near) entering(over float64) (int32, bool) {
	s.breaks = s.breaks[:0]
	for _, k := range s.listed {
		if math.Abs(s.g[k]) < pivotal {
			continue
		}
		for v := 2 * k; v < 2*k+2; v++ {
			alpha := sign(v) * s.g[k]
			// A rising variable lowers the row if alpha is positive.
			if s.pos[v] >= 0 || s.room[v] == 0 || (over > 0) != (alpha > 0 != s.far[v]) {
				continue
			}
			d := s.reduced(v)
			if s.far[v] {
				d = -d
			}
			s.breaks = append(s.breaks, ratio{v, max(0, d) / math.Abs(alpha), math.Abs(alpha)})
		}
	}
	// Few are passed as a rule, so they are taken off a heap rather than sorted.
	rest := s.breaks
	for i := len(rest)/2 - 1; i >= 0; i-- {
		s.sink(rest, i)
	}
	left := math.Abs(over)
	passed := s.passed[:0]
	for len(rest) > 0 {
		b := rest[0]
		last := len(rest) - 1
		rest[0] = rest[last]
		rest = rest[:last]
		s.sink(rest, 0)
		if left -= float64(b.alpha * s.room[b.v]); left > feasible {
			passed = append(passed, b.v)
			continue
		}
		clear(s.alpha)
		for _, v := range passed {
			by := s.room[v]
			if s.far[v] {
				by = -by
			}
			s.far[v] = !s.far[v]
			s.addColumn(v, by)
		}
		s.passed = passed
		if len(passed) > 0 {
			s.solve(s.alpha)
			for i, w := range s.alpha {
				s.x[i] -= w
			}
		}
		return b.v, true
	}
	return -1, false
}

// sink puts the first of a heap, from i on, in its place: steps rise, of equal
// ones the larger entry comes first.
func (s *Near) sink(heap []ratio, i int) {
	for {
		c := 2*i + 1
		if c >= len(heap) {
			return
		}
		if c+1 < len(heap) && s.before(heap[c+1], heap[c]) {
			c++
		}
		if !s.before(heap[c], heap[i]) {
			return
		}
		heap[i], heap[c] = heap[c], heap[i]
		i = c
	}
}

func (s *Near) before(a, b ratio) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.alpha != b.alpha:
		return a.alpha > b.alpha
	}
	return a.v < b.v
}

// reduced is the reduced cost of a variable: the cost of a unit less the price that the
// rows pay for it.
func (s *Near) reduced(v int32) float64 { return s.cost[v/2] - float64(sign(v)*s.ya[v/2]) }

// addColumn adds a multiple of the column of a variable to alpha.
func (s *Near) addColumn(v int32, by float64) {
	a, c := s.a, s.col[v/2]
	by *= sign(v)
	for e := a.colPtr[c]; e < a.colPtr[c+1]; e++ {
		i := s.touchRow(a.colRow[e])
		s.alpha[i] += float64(by * float64(a.colVal[e]))
	}
}

// solve expresses a column in the basis.
func (s *Near) solve(b []float64) {
	if s.known > 0 {
		s.factors.ftran(b[:s.known], s.work)
		copy(b, s.work)
	}
	for _, e := range s.etas {
		v := b[e.pos]
		if v == 0 {
			continue
		}
		v /= e.pivot
		b[e.pos] = v
		for q := e.from; q < e.to; q++ {
			b[s.erow[q]] -= float64(s.eval[q] * v)
		}
	}
}

// pivot lets a variable enter in a row. The bounds that others passed are taken
// into account; not ok means that numbers went wrong.
func (s *Near) pivot(i, v int32, over float64) bool {
	step := s.reduced(v) / (sign(v) * s.g[v/2])
	for _, k := range s.listed {
		s.ya[k] += float64(step * s.g[k])
	}
	clear(s.alpha)
	s.addColumn(v, 1)
	s.solve(s.alpha)
	p := s.alpha[i]
	if math.Abs(p) < pivotal {
		return false
	}
	s.measure(i)
	end := 0.0
	if h := s.head[i]; h >= 0 {
		s.pos[h] = -1
		if over > 0 {
			end, s.far[h] = s.room[h], true
		}
	}
	t := (s.x[i] - end) / p
	e := eta{pos: i, pivot: p, from: int32(len(s.erow))}
	for k, w := range s.alpha {
		if math.Abs(w) < noise {
			continue
		}
		s.x[k] -= float64(t * w)
		if int32(k) != i {
			s.erow, s.eval = append(s.erow, int32(k)), append(s.eval, w)
		}
	}
	e.to = int32(len(s.erow))
	s.etas = append(s.etas, e)
	s.x[i] = t
	if s.far[v] {
		s.x[i] += s.room[v]
	}
	s.head[i], s.pos[v], s.far[v] = v, i, false
	return true
}

// measure brings up to date how long the rows of the inverse are, for a pivot in row i
// with alpha and rho.
func (s *Near) measure(i int32) {
	s.tau = append(s.tau[:0], s.rho...)
	s.tau = append(s.tau, make([]float64, len(s.alpha)-len(s.tau))...)
	own := 0.0
	for _, v := range s.tau {
		own += float64(v * v)
	}
	s.solve(s.tau)
	for k, w := range s.alpha {
		if int32(k) == i || math.Abs(w) < noise {
			continue
		}
		by := w / s.alpha[i]
		s.norm[k] = max(s.norm[k]-float64(2*by*s.tau[k])+float64(by*by*own), shortest+float64(by*by))
	}
	s.norm[i] = max(own/float64(s.alpha[i]*s.alpha[i]), shortest)
}

// Point returns the variables that are not zero after a program that ended Optimal,
// that which moved first.
func (s *Near) Point() (cols []int32, x []float64) {
	cols, x = append(cols, s.fixed), append(x, s.distance)
	for k, c := range s.col {
		if d := s.value(2*int32(k)) - s.value(2*int32(k)+1); math.Abs(d) > progress {
			cols, x = append(cols, c), append(x, d)
		}
	}
	return cols, x
}

func (s *Near) value(v int32) float64 {
	switch {
	case s.pos[v] >= 0:
		return s.x[s.pos[v]]
	case s.far[v]:
		return s.room[v]
	}
	return 0
}

// Touched lists the variables that the last program looked at, that which moved
// first.
func (s *Near) Touched() []int32 { return append([]int32{s.fixed}, s.col...) }

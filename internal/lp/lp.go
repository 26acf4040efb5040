// Package lp solves the linear programs of an attack on a table: a sparse
// revised simplex with bounds on every variable, that starts from any point and
// basis, so that a thousand programs over one set of constraints cost little
// more than one.
//
// Its answers are floating-point numbers and decide nothing: whoever asks turns
// them into whole numbers and checks those exactly.
package lp

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
)

// ErrStuck says that the solver gave up: numbers too far apart, or too many
// steps.
var ErrStuck = errors.New("linear program not solved")

// Status is how a program ended.
type Status int

// How a program ended: at the optimum, without one since the objective grows
// without bound, without a feasible point, or early because the caller had
// enough.
const (
	Optimal Status = iota
	Unbounded
	Infeasible
	Stopped
)

const (
	feasible  = 1e-7 // a bound is kept to within this
	optimal   = 1e-7 // a reduced cost below this is zero
	pivotal   = 1e-7 // a smaller pivot is no pivot
	refactor  = 64   // changes of basis between factorisations
	stallStep = 60   // steps without progress before choosing at random
)

// Solver holds a set of constraints A x = 0 over variables with bounds, and
// the point and basis that the last program ended in. It is not safe for
// concurrent use.
type Solver struct {
	m, n         int
	ptr          []int32 // column -> entries; the columns after n are the rows' own
	row          []int32
	val          []float64
	lower, upper []float64
	x            []float64
	head         []int32 // position -> column
	pos          []int32 // column -> position, -1 when not basic
	f            *factors
	fresh        bool
	cost         []float64
	byPos, byRow []float64
	alpha, y     []float64
	rng          *rand.Rand
	steps        int
}

// New makes a solver over m constraints. Columns lists the rows and values of
// each variable; x is a point within the bounds with A x = 0, from where it
// starts. Lower and upper may be infinite.
func New(m int, columns func(j int) ([]int32, []float64), lower, upper, x []float64) *Solver {
	n := len(x)
	s := &Solver{
		m: m, n: n, ptr: make([]int32, 1, n+m+1),
		lower: append(append([]float64{}, lower...), make([]float64, m)...),
		upper: append(append([]float64{}, upper...), make([]float64, m)...),
		x:     append(append([]float64{}, x...), make([]float64, m)...),
		head:  make([]int32, m), pos: make([]int32, n+m), f: newFactors(m),
		cost: make([]float64, n), byPos: make([]float64, m), byRow: make([]float64, m),
		alpha: make([]float64, m), y: make([]float64, m),
		rng: rand.New(rand.NewPCG(uint64(m), uint64(n))),
	}
	for j := range n {
		rows, vals := columns(j)
		s.row = append(s.row, rows...)
		s.val = append(s.val, vals...)
		s.ptr = append(s.ptr, int32(len(s.row)))
	}
	for r := range m {
		s.row = append(s.row, int32(r))
		s.val = append(s.val, 1)
		s.ptr = append(s.ptr, int32(len(s.row)))
	}
	s.crash()
	return s
}

func (s *Solver) column(j int32) ([]int32, []float64) {
	return s.row[s.ptr[j]:s.ptr[j+1]], s.val[s.ptr[j]:s.ptr[j+1]]
}

// crash chooses a first basis that is triangular: again and again the row with
// the fewest columns left takes that of them with the most room.
func (s *Solver) crash() {
	for j := range s.pos {
		s.pos[j] = -1
	}
	count := make([]int32, s.m)
	inRow := make([][]int32, s.m)
	for j := range s.n {
		rows, _ := s.column(int32(j))
		for _, r := range rows {
			inRow[r] = append(inRow[r], int32(j))
			count[r]++
		}
	}
	active := make([]bool, s.n)
	for j := range active {
		active[j] = true
	}
	buckets := map[int32][]int32{}
	most := int32(0)
	for r := s.m - 1; r >= 0; r-- {
		buckets[count[r]] = append(buckets[count[r]], int32(r))
		most = max(most, count[r])
	}
	done := make([]bool, s.m)
	room := func(j int32) float64 { return min(s.x[j]-s.lower[j], s.upper[j]-s.x[j]) }
	for k := int32(0); k <= most; {
		b := buckets[k]
		if len(b) == 0 {
			k++
			continue
		}
		r := b[len(b)-1]
		buckets[k] = b[:len(b)-1]
		if done[r] || count[r] != k {
			continue
		}
		done[r] = true
		best := int32(s.n) + r
		for _, j := range inRow[r] {
			if active[j] && (best >= int32(s.n) || room(j) > room(best)) {
				best = j
			}
		}
		s.head[r] = best
		s.pos[best] = r
		for _, j := range inRow[r] {
			if !active[j] {
				continue
			}
			active[j] = false
			rows, _ := s.column(j)
			for _, q := range rows {
				count[q]--
				if !done[q] {
					buckets[count[q]] = append(buckets[count[q]], q)
					k = min(k, count[q])
				}
			}
		}
	}
	s.fresh = false
}

// SetBounds changes the bounds of a variable. A point outside them is led back
// by the next program.
func (s *Solver) SetBounds(j int, lower, upper float64) {
	s.lower[j], s.upper[j] = lower, upper
	if s.pos[j] >= 0 {
		return
	}
	if v := min(max(s.x[j], lower), upper); v != s.x[j] {
		s.x[j] = v
		s.fresh = false
	}
}

// X returns the point that the last program ended in. It changes with the next.
func (s *Solver) X() []float64 { return s.x[:s.n] }

// SetX moves to a point with A x = 0 within the bounds, keeping the basis.
func (s *Solver) SetX(x []float64) {
	copy(s.x, x)
	clear(s.x[s.n:])
}

// Steps returns the number of pivots so far.
func (s *Solver) Steps() int { return s.steps }

// Basic reports whether a variable is in the basis.
func (s *Solver) Basic(j int) bool { return s.pos[j] >= 0 }

// refresh factors the basis anew and recomputes the basic variables.
func (s *Solver) refresh() {
	bad, rows := s.f.factor(func(p int) ([]int32, []float64) { return s.column(s.head[p]) })
	if len(bad) > 0 {
		for i, p := range bad {
			s.pos[s.head[p]] = -1
			s.head[p] = int32(s.n) + rows[i]
		}
		for _, p := range bad {
			s.pos[s.head[p]] = p
		}
		// What left the basis stays where it is, within its bounds.
		for j := range s.x {
			if s.pos[j] < 0 {
				s.x[j] = min(max(s.x[j], s.lower[j]), s.upper[j])
			}
		}
		s.f.factor(func(p int) ([]int32, []float64) { return s.column(s.head[p]) })
	}
	b := s.byRow
	clear(b)
	for j := range s.x {
		if v := s.x[j]; s.pos[j] < 0 && v != 0 {
			rows, vals := s.column(int32(j))
			for i, r := range rows {
				b[r] -= float64(vals[i] * v)
			}
		}
	}
	s.f.ftran(b, s.alpha)
	for p, j := range s.head {
		s.x[j] = s.alpha[p]
	}
	s.fresh = true
}

// Term is a variable with its coefficient in an objective.
type Term struct {
	Var  int
	Coef float64
}

// Maximize finds a point of greatest value. It ends early, with Stopped, as
// soon as enough says so of the value of a feasible point; enough may be nil.
// The error is that of the context, or ErrStuck.
func (s *Solver) Maximize(ctx context.Context, objective []Term, enough func(value float64) bool) (Status, error) {
	for _, t := range objective {
		s.cost[t.Var] += t.Coef
	}
	defer func() {
		for _, t := range objective {
			s.cost[t.Var] = 0
		}
	}()
	value := func() (v float64) {
		for _, t := range objective {
			v += float64(t.Coef * s.x[t.Var])
		}
		return v
	}
	stall := 0
	limit := 2000 + 20*(s.m+s.n)
	verified := false
	for step := range limit {
		if step%16 == 0 {
			if err := ctx.Err(); err != nil {
				return Stopped, err
			}
		}
		if !s.fresh || len(s.f.etas) >= refactor {
			s.refresh()
			verified = true
		}
		phase1 := s.price(objective)
		if !phase1 && enough != nil && enough(value()) {
			return Stopped, nil
		}
		j, rise := s.enter(phase1, stall > stallStep)
		if j < 0 {
			if !verified && len(s.f.etas) > 0 {
				s.fresh = false // be sure of it with fresh factors
				continue
			}
			if phase1 {
				return Infeasible, nil
			}
			return Optimal, nil
		}
		verified = false
		moved, ok := s.move(j, rise, phase1)
		if !ok {
			if phase1 {
				return Stopped, ErrStuck
			}
			return Unbounded, nil
		}
		s.steps++
		if moved > 1e-9 {
			stall = 0
		} else {
			stall++
		}
	}
	return Stopped, ErrStuck
}

// price computes the prices y of the rows, for the objective, or, where a basic
// variable is outside its bounds, for the sum of what is outside.
func (s *Solver) price(objective []Term) (phase1 bool) {
	c := s.byPos
	clear(c)
	for p, j := range s.head {
		switch {
		case s.x[j] < s.lower[j]-feasible:
			c[p], phase1 = 1, true
		case s.x[j] > s.upper[j]+feasible:
			c[p], phase1 = -1, true
		}
	}
	if !phase1 {
		for _, t := range objective {
			if p := s.pos[t.Var]; p >= 0 {
				c[p] = s.cost[t.Var]
			}
		}
	}
	s.f.btran(c, s.y)
	return phase1
}

// enter chooses the variable whose move gains most, and whether it rises; -1 if
// none gains.
func (s *Solver) enter(phase1, random bool) (best int32, rise bool) {
	best = -1
	most := optimal
	seen := 0
	for j := range int32(s.n) {
		if s.pos[j] >= 0 || s.lower[j] == s.upper[j] {
			continue
		}
		d := 0.0
		if !phase1 {
			d = s.cost[j]
		}
		for e := s.ptr[j]; e < s.ptr[j+1]; e++ {
			d -= float64(s.val[e] * s.y[s.row[e]])
		}
		if !(d > optimal && s.x[j] < s.upper[j] || d < -optimal && s.x[j] > s.lower[j]) {
			continue
		}
		if random {
			if seen++; s.rng.IntN(seen) == 0 {
				best, rise = j, d > 0
			}
			continue
		}
		if math.Abs(d) > most {
			best, rise, most = j, d > 0, math.Abs(d)
		}
	}
	return best, rise
}

// move lets a variable enter as far as it can. It returns how far; not ok means
// that nothing stops it.
func (s *Solver) move(j int32, rise, phase1 bool) (float64, bool) {
	rows, vals := s.column(j)
	b := s.byRow
	clear(b)
	for i, r := range rows {
		b[r] = vals[i]
	}
	alpha := s.alpha
	s.f.ftran(b, alpha)
	sign := 1.0
	if !rise {
		sign = -1
	}
	// Basic variables change by -sign*alpha per unit. First pass: the step with
	// bounds loosened a little; second: of those that block within it, the one
	// with the largest pivot.
	room := func(p int, slack float64) float64 {
		d := -sign * alpha[p]
		k := s.head[p]
		v, lo, hi := s.x[k], s.lower[k], s.upper[k]
		if phase1 {
			switch {
			case v < lo-feasible: // moves freely down, up to its bound or beyond
				if d <= 0 {
					return math.Inf(1)
				}
				if hi = s.upper[k]; math.IsInf(hi, 1) {
					return (lo - v + slack) / d
				}
				return (hi - v + slack) / d
			case v > hi+feasible:
				if d >= 0 {
					return math.Inf(1)
				}
				if math.IsInf(lo, -1) {
					return (hi - v - slack) / d
				}
				return (lo - v - slack) / d
			}
		}
		if d > 0 {
			return max(0, hi-v+slack) / d
		}
		return max(0, v-lo+slack) / -d
	}
	most := math.Inf(1)
	for p, a := range alpha {
		if a > pivotal || a < -pivotal {
			most = min(most, room(p, feasible/10))
		}
	}
	own := s.upper[j] - s.x[j]
	if !rise {
		own = s.x[j] - s.lower[j]
	}
	leave := -1
	if own > most {
		for p, a := range alpha {
			if (a > pivotal || a < -pivotal) && room(p, 0) <= most &&
				(leave < 0 || math.Abs(a) > math.Abs(alpha[leave])) {
				leave = p
			}
		}
	}
	t := own
	if leave >= 0 {
		t = max(0, room(leave, 0))
	}
	if math.IsInf(t, 1) {
		return 0, false
	}
	if t > 0 {
		for p, a := range alpha {
			if a != 0 {
				s.x[s.head[p]] -= float64(float64(sign*t) * a)
			}
		}
		s.x[j] += sign * t
	}
	if leave < 0 {
		if rise {
			s.x[j] = s.upper[j]
		} else {
			s.x[j] = s.lower[j]
		}
		return t, true
	}
	k := s.head[leave]
	// What leaves stands on the bound that it ran into.
	if math.Abs(s.x[k]-s.lower[k]) <= math.Abs(s.x[k]-s.upper[k]) {
		s.x[k] = s.lower[k]
	} else {
		s.x[k] = s.upper[k]
	}
	s.f.replace(leave, alpha)
	s.pos[k] = -1
	s.head[leave] = j
	s.pos[j] = int32(leave)
	return t, true
}

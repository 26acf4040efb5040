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

// How a program ended: at the optimum; without an optimum, because the objective grows
// without bound; without a feasible point; or early, because the value was enough for the
// caller.
const (
	Optimal Status = iota
	Unbounded
	Infeasible
	Stopped
)

// Bounds of a variable that has none.
const (
	NoLower = math.MinInt64
	NoUpper = math.MaxInt64
)

// Tolerances of the floats. None of them decides a verdict: what a program proposes is
// checked in whole numbers by its caller. Coefficients are 1 or -1 and points are scaled to
// at most 2^22: the rounding error of one operation is about 2^-52 times 2^22, or 1e-9.
const (
	feasible  = 1e-7    // a bound is kept to within this, in scaled units
	optimal   = 1e-7    // a reduced cost below this is zero
	pivotal   = 1e-7    // a smaller pivot is no pivot
	progress  = 1e-9    // a shorter step is none: the vertex is degenerate; a shorter change of a variable is none
	singular  = 1e-9    // a column with nothing larger left depends on those before it
	noise     = 1e-13   // an entry of a solution below this is what 1 - 1 leaves: kept, it would fill the factors
	absent    = 1e-12   // likewise in a row of the inverse, which is a sum of more of them
	shortest  = 1e-4    // squared length of a row of the inverse: cancellation must not make it 0 (Forrest and Goldfarb 1992)
	refactor  = 64      // changes of basis between factorisations
	stallStep = 60      // steps without progress before choosing at random
	widest    = 1 << 22 // bounds beyond this are scaled down
)

// Solver holds a set of constraints A x = 0 over variables with bounds, and the point and
// basis at the end of the last program. A solver is not safe for concurrent use.
//
// Every variable that is not basic stands at a whole number.
type Solver struct {
	m, n         int
	ptr          []int32 // column -> entries; the columns after n are the rows' own
	row          []int32
	val          []float64
	scale        float64 // a power of two: x times it is in the caller's units
	from, to     []int64 // bounds
	lower, upper []float64
	x            []float64
	at           []int64 // where a variable that is not basic stands
	head         []int32 // position -> column
	pos          []int32 // column -> position, -1 when not basic
	f            *factors
	fresh        bool
	cost         []float64
	byPos, byRow []float64
	alpha, y     []float64
	entered      int32 // the variable that entered in the last move, and whether it rose
	rose         bool
	rng          *rand.Rand
	steps        int
}

// New makes a solver over m constraints. columns returns the rows of a variable, each at
// most once, with their values; values must be whole numbers. lower and upper are the
// bounds of the variables, and may be NoLower and NoUpper. x is the start: a point within
// the bounds with A x = 0.
func New(m int, columns func(j int) ([]int32, []float64), lower, upper, x []int64) *Solver {
	n := len(x)
	s := &Solver{
		m: m, n: n, ptr: make([]int32, 1, n+m+1), scale: 1,
		from: make([]int64, n), to: make([]int64, n),
		lower: make([]float64, n+m), upper: make([]float64, n+m),
		x: make([]float64, n+m), at: make([]int64, n+m),
		head: make([]int32, m), pos: make([]int32, n+m), f: newFactors(m),
		cost: make([]float64, n), byPos: make([]float64, m), byRow: make([]float64, m),
		alpha: make([]float64, m), y: make([]float64, m),
		rng: rand.New(rand.NewPCG(uint64(m), uint64(n))),
	}
	biggest := 0.0
	for j := range n {
		rows, vals := columns(j)
		s.row = append(s.row, rows...)
		s.val = append(s.val, vals...)
		s.ptr = append(s.ptr, int32(len(s.row)))
		for _, v := range []int64{lower[j], upper[j], x[j]} {
			if v != NoLower && v != NoUpper {
				biggest = max(biggest, math.Abs(float64(v)))
			}
		}
	}
	for biggest/s.scale > widest {
		s.scale *= 2
	}
	for r := range m {
		s.row = append(s.row, int32(r))
		s.val = append(s.val, 1)
		s.ptr = append(s.ptr, int32(len(s.row)))
	}
	for j := range n {
		s.bound(j, lower[j], upper[j])
		s.place(int32(j), x[j])
	}
	s.crash()
	return s
}

func (s *Solver) bound(j int, lower, upper int64) {
	s.from[j], s.to[j] = lower, upper
	s.lower[j], s.upper[j] = math.Inf(-1), math.Inf(1)
	if lower != NoLower {
		s.lower[j] = float64(lower) / s.scale
	}
	if upper != NoUpper {
		s.upper[j] = float64(upper) / s.scale
	}
}

// place sets a variable that is not basic on a whole number.
func (s *Solver) place(j int32, v int64) {
	s.at[j] = v
	s.x[j] = float64(v) / s.scale
}

func (s *Solver) column(j int32) ([]int32, []float64) {
	return s.row[s.ptr[j]:s.ptr[j+1]], s.val[s.ptr[j]:s.ptr[j+1]]
}

// SetBounds changes the bounds of a variable. A point outside them is led back
// by the next program.
func (s *Solver) SetBounds(j int, lower, upper int64) {
	s.bound(j, lower, upper)
	if s.pos[j] >= 0 {
		return
	}
	if v := min(max(s.at[j], lower), upper); v != s.at[j] {
		s.place(int32(j), v)
		s.fresh = false
	}
}

// SetX moves to a point with A x = 0 within the bounds, keeping the basis.
func (s *Solver) SetX(x []int64) {
	for j, v := range x {
		s.place(int32(j), v)
	}
	for r := range s.m {
		s.place(int32(s.n+r), 0)
	}
}

// Steps returns the number of pivots so far.
func (s *Solver) Steps() int { return s.steps }

// refresh factors the basis anew and recomputes the basic variables.
func (s *Solver) refresh() {
	bad, rows := s.f.factor(func(p int) ([]int32, []float64) { return s.column(s.head[p]) })
	if len(bad) > 0 {
		for i, p := range bad {
			// A variable that leaves the basis goes to the nearest whole number within
			// bounds.
			j := s.head[p]
			s.pos[j] = -1
			v := int64(0)
			if int(j) < s.n {
				v = min(max(int64(math.Round(s.x[j]*s.scale)), s.from[j]), s.to[j])
			}
			s.place(j, v)
			s.head[p] = int32(s.n) + rows[i]
		}
		for _, p := range bad {
			s.pos[s.head[p]] = p
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

// Maximize finds a point of greatest value. It ends early, with Stopped, as soon as
// enough reports true for the value of a feasible point; enough may be nil. The error is
// that of the context, or ErrStuck.
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
		return v * s.scale
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
		if moved > progress {
			stall = 0
		} else {
			stall++
		}
	}
	return Stopped, ErrStuck
}

// price computes the prices y of the rows for the objective. Where a basic variable is
// outside its bounds, it computes them for the sum of the distances outside.
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

// enter chooses the variable with the move that gains most, and whether it rises; -1 if
// no move gains.
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

// room returns how far another variable can move until the basic variable at a position
// reaches a bound. The basic variable changes by d for each unit; its bounds are loosened
// by slack. A basic variable outside its bounds stops at the far bound, and may pass the
// near one.
func (s *Solver) room(p int, d float64, phase1 bool, slack float64) float64 {
	k := s.head[p]
	v, lo, hi := s.x[k], s.lower[k], s.upper[k]
	if phase1 && v < lo-feasible {
		switch {
		case d <= 0:
			return math.Inf(1)
		case math.IsInf(hi, 1):
			return (lo - v + slack) / d
		}
		return (hi - v + slack) / d
	}
	if phase1 && v > hi+feasible {
		switch {
		case d >= 0:
			return math.Inf(1)
		case math.IsInf(lo, -1):
			return (v - hi + slack) / -d
		}
		return (v - lo + slack) / -d
	}
	if d > 0 {
		return max(0, hi-v+slack) / d
	}
	return max(0, v-lo+slack) / -d
}

// move lets a variable enter as far as possible, and returns the distance. ok is false
// where no bound stops it.
func (s *Solver) move(j int32, rise, phase1 bool) (float64, bool) {
	rows, vals := s.column(j)
	b := s.byRow
	clear(b)
	for i, r := range rows {
		b[r] = vals[i]
	}
	alpha := s.alpha
	s.f.ftran(b, alpha)
	s.entered, s.rose = j, rise
	sign := 1.0
	if !rise {
		sign = -1
	}
	// Basic variables change by -sign*alpha per unit. The first pass finds the step with
	// bounds loosened a little. The second finds, of the variables that block within that
	// step, the one with the largest pivot.
	most := math.Inf(1)
	for p, a := range alpha {
		if a > pivotal || a < -pivotal {
			most = min(most, s.room(p, -sign*a, phase1, feasible/10))
		}
	}
	own := s.upper[j] - s.x[j]
	if !rise {
		own = s.x[j] - s.lower[j]
	}
	leave := -1
	if own > most {
		for p, a := range alpha {
			if (a > pivotal || a < -pivotal) && s.room(p, -sign*a, phase1, 0) <= most &&
				(leave < 0 || math.Abs(a) > math.Abs(alpha[leave])) {
				leave = p
			}
		}
	}
	t := own
	if leave >= 0 {
		t = max(0, s.room(leave, -sign*alpha[leave], phase1, 0))
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
			s.place(j, s.to[j])
		} else {
			s.place(j, s.from[j])
		}
		return t, true
	}
	k := s.head[leave]
	switch { // the leaving variable takes the bound that it has reached
	case int(k) >= s.n:
		s.place(k, 0)
	case math.Abs(s.x[k]-s.lower[k]) <= math.Abs(s.x[k]-s.upper[k]):
		s.place(k, s.from[k])
	default:
		s.place(k, s.to[k])
	}
	s.f.replace(leave, alpha)
	s.pos[k] = -1
	s.head[leave] = j
	s.pos[j] = int32(leave)
	return t, true
}

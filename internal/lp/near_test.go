package lp_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/lp"
)

// nearCase is a random program: a sparse matrix of 1 and -1, limits and costs.
type nearCase struct {
	m, n     int
	rows     [][]int32
	vals     [][]int8
	down, up []float64
	cost     []float64
}

// newNearCase makes a small one, or one that takes more steps than a basis is kept for.
func newNearCase(r *rand.Rand, large bool) *nearCase {
	c := &nearCase{m: 1 + r.IntN(8), n: 2 + r.IntN(20)}
	often := 3
	if large {
		c.m, c.n = 100+r.IntN(50), 300+r.IntN(100)
		often = c.m / 3
	}
	limit := func() float64 {
		switch r.IntN(6) {
		case 0:
			return 0
		case 1:
			return math.Inf(1)
		}
		return float64(r.IntN(4))
	}
	for range c.n {
		var rows []int32
		var vals []int8
		for i := range c.m {
			if r.IntN(often) == 0 {
				rows, vals = append(rows, int32(i)), append(vals, int8(1-2*r.IntN(2)))
			}
		}
		c.rows, c.vals = append(c.rows, rows), append(c.vals, vals)
		c.down, c.up, c.cost = append(c.down, limit()), append(c.up, limit()), append(c.cost, float64(r.IntN(5)))
		if large {
			c.cost[len(c.cost)-1] += r.Float64() // no ties
		}
	}
	return c
}

func (c *nearCase) limits(j int32) (down, up, cost float64) { return c.down[j], c.up[j], c.cost[j] }

// slow solves the same program by the primal method. It returns the cost, or that there
// is no point; ok is false where the method gives up.
func (c *nearCase) slow(t *testing.T, j int, by float64) (cost float64, none, ok bool) {
	bound := func(v float64) int64 {
		if math.IsInf(v, 1) {
			return lp.NoUpper
		}
		return int64(v)
	}
	n := 2 * c.n
	lower, upper := make([]int64, n), make([]int64, n)
	var goal []lp.Term
	for k := range c.n {
		if k == j {
			lower[2*k], upper[2*k] = min(0, int64(by)), max(0, int64(by))
			continue
		}
		upper[2*k], upper[2*k+1] = bound(c.up[k]), bound(c.down[k])
		goal = append(goal, lp.Term{Var: 2 * k, Coef: -c.cost[k]}, lp.Term{Var: 2*k + 1, Coef: -c.cost[k]})
	}
	s := lp.New(c.m, func(v int) ([]int32, []float64) {
		vals := make([]float64, len(c.vals[v/2]))
		for i, x := range c.vals[v/2] {
			vals[i] = float64(x) * float64(1-2*(v&1))
		}
		return c.rows[v/2], vals
	}, lower, upper, make([]int64, n))
	s.SetBounds(2*j, int64(by), int64(by))
	status, err := s.Maximize(context.Background(), goal, nil)
	if errors.Is(err, lp.ErrStuck) {
		return 0, false, false
	}
	if err != nil {
		t.Fatal(err)
	}
	x := s.X()
	for k := range c.n {
		if k != j {
			cost += c.cost[k] * (x[2*k] + x[2*k+1])
		}
	}
	return cost, status == lp.Infeasible, true
}

// narrower is the same program with less room for some variables.
func (c *nearCase) narrower(r *rand.Rand) *nearCase {
	d := *c
	d.down, d.up = slices.Clone(c.down), slices.Clone(c.up)
	for range 1 + r.IntN(1+c.n/8) {
		k := r.IntN(c.n)
		if r.IntN(2) == 0 {
			d.down[k], d.up[k] = 0, 0
		} else {
			d.down[k] = min(d.down[k], float64(r.IntN(3)))
		}
	}
	return &d
}

// check requires that the result of a solver is a point with the given cost.
func (c *nearCase) check(t *testing.T, seed uint64, s *lp.Near, j int, by, want float64) {
	t.Helper()
	cols, x := s.Point()
	off, cost := make([]float64, c.m), 0.0
	for i, k := range cols {
		for q, row := range c.rows[k] {
			off[row] += x[i] * float64(c.vals[k][q])
		}
		if int(k) == j {
			if x[i] != by {
				t.Fatalf("seed %d: it moved by %v, not %v", seed, x[i], by)
			}
			continue
		}
		cost += c.cost[k] * math.Abs(x[i])
		if x[i] > c.up[k]+1e-6 || -x[i] > c.down[k]+1e-6 {
			t.Fatalf("seed %d: variable %d is out of bounds", seed, k)
		}
	}
	for row, v := range off {
		if math.Abs(v) > 1e-6 {
			t.Fatalf("seed %d: row %d is off by %v", seed, row, v)
		}
	}
	if math.Abs(cost-want) > 1e-5*(1+want) {
		t.Fatalf("seed %d: cost %v, the primal method has %v", seed, cost, want)
	}
}

// TestNearAgainstPrimal compares with the primal method on random programs, seeds 1 to
// 3,000 (100,000 in the long run), several one after the other on one solver. It compares
// whether there is a point, and the cost, and checks the point.
func TestNearAgainstPrimal(t *testing.T) {
	seeds := uint64(3000)
	if os.Getenv("SLUIS_LONG") != "" {
		seeds = 100_000
	}
	found, long, again := 0, 0, 0
	for seed := uint64(1); seed <= seeds; seed++ {
		r := rand.New(rand.NewPCG(seed, 7))
		c := newNearCase(r, seed%1000 == 0)
		s := lp.NewNear(lp.NewMatrix(c.m, c.n, func(j int) ([]int32, []int8) { return c.rows[j], c.vals[j] }))
		for range 3 {
			j, by := r.IntN(c.n), float64(1+r.IntN(3))
			if r.IntN(2) == 0 {
				by = -by
			}
			status, err := s.Move(context.Background(), int32(j), by, 1000, math.Inf(1), c.limits)
			if err != nil {
				t.Fatal(err)
			}
			want, none, ok := c.slow(t, j, by)
			if !ok && seed%1000 == 0 {
				continue
			}
			if none != (status == lp.Infeasible) || status == lp.Stopped {
				t.Fatalf("seed %d: status %v, the primal method finds one: %v", seed, status, !none)
			}
			if none {
				continue
			}
			found++
			if s.Steps() > 100 {
				long++
			}
			c.check(t, seed, s, j, by, want)
			// And once more with less room, from there and from the start.
			s.Keep()
			for range 2 {
				d := c.narrower(r)
				status, err := s.Again(context.Background(), 1000, math.Inf(1), d.limits)
				if err != nil {
					t.Fatal(err)
				}
				want, none, ok := d.slow(t, j, by)
				if !ok && seed%1000 == 0 {
					continue
				}
				if none != (status == lp.Infeasible) || status == lp.Stopped {
					t.Fatalf("seed %d, again: status %v, the primal method finds one: %v", seed, status, !none)
				}
				if !none {
					again++
					d.check(t, seed, s, j, by, want)
				}
			}
		}
	}
	if again < int(seeds)/4 {
		t.Errorf("only %d programs had a point with less room", again)
	}
	if found < int(seeds)/2 {
		t.Errorf("only %d programs had a point", found)
	}

	if long < int(seeds)/1500 {
		t.Errorf("only %d programs took long", long)
	}
}

// TestNearCancelled requires the error of the context.
func TestNearCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := lp.NewNear(lp.NewMatrix(1, 2, func(int) ([]int32, []int8) { return []int32{0}, []int8{1} }))
	_, err := s.Move(ctx, 0, 1, 10, math.Inf(1), func(int32) (down, up, cost float64) { return 1, 1, 1 })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

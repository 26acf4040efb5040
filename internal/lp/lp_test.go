package lp_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/sluis-go/sluis/internal/lp"
)

// program is a small linear program in whole numbers.
type program struct {
	a            [][]int64 // rows
	lower, upper []int64
	objective    []lp.Term
}

func (p *program) columns(j int) (rows []int32, vals []float64) {
	for r, row := range p.a {
		if row[j] != 0 {
			rows = append(rows, int32(r))
			vals = append(vals, float64(row[j]))
		}
	}
	return rows, vals
}

func (p *program) String() string {
	return fmt.Sprintf("rows %v, lower %v, upper %v, objective %v", p.a, p.lower, p.upper, p.objective)
}

// far stands for infinity in the oracle: no vertex of such small programs with
// finite bounds comes near it.
const far = 1 << 30

// oracle finds the greatest value by trying every choice of basis and of bounds
// for the other variables, in rationals. It returns nil where there is no
// feasible point.
func (p *program) oracle() *big.Rat {
	n := len(p.lower)
	lo, hi := make([]int64, n), make([]int64, n)
	for j := range n {
		lo[j], hi[j] = max(p.lower[j], -far), min(p.upper[j], far)
	}
	var best *big.Rat
	x := make([]*big.Rat, n)
	for basis := range 1 << n {
		for bounds := basis; ; bounds = (bounds + 1) | basis {
			// Bits of bounds outside the basis say which stand at the upper one.
			if bounds >= 1<<n {
				break
			}
			if p.solve(basis, bounds, lo, hi, x) {
				v := new(big.Rat)
				for _, t := range p.objective {
					c := new(big.Rat).SetFloat64(t.Coef)
					v.Add(v, c.Mul(c, x[t.Var]))
				}
				if best == nil || v.Cmp(best) > 0 {
					best = v
				}
			}
		}
	}
	return best
}

// solve computes the point of a basis by elimination. ok is false where the basis has no
// point, several, or one outside the bounds.
func (p *program) solve(basis, bounds int, lo, hi []int64, x []*big.Rat) bool {
	n := len(lo)
	var cols []int
	for j := range n {
		switch {
		case basis>>j&1 == 1:
			cols = append(cols, j)
		case bounds>>j&1 == 1:
			x[j] = big.NewRat(hi[j], 1)
		default:
			x[j] = big.NewRat(lo[j], 1)
		}
	}
	if len(cols) > len(p.a) {
		return false
	}
	m := make([][]*big.Rat, len(p.a))
	for r, row := range p.a {
		b := new(big.Rat)
		for j, v := range row {
			if basis>>j&1 == 0 {
				t := big.NewRat(-v, 1)
				b.Add(b, t.Mul(t, x[j]))
			}
		}
		for _, j := range cols {
			m[r] = append(m[r], big.NewRat(row[j], 1))
		}
		m[r] = append(m[r], b)
	}
	for k := range cols {
		pivot := -1
		for r := k; r < len(m) && pivot < 0; r++ {
			if m[r][k].Sign() != 0 {
				pivot = r
			}
		}
		if pivot < 0 {
			return false
		}
		m[k], m[pivot] = m[pivot], m[k]
		for r := range m {
			if r == k || m[r][k].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(m[r][k], m[k][k])
			for c := k; c <= len(cols); c++ {
				m[r][c] = new(big.Rat).Sub(m[r][c], new(big.Rat).Mul(f, m[k][c]))
			}
		}
	}
	for r := len(cols); r < len(m); r++ {
		if m[r][len(cols)].Sign() != 0 {
			return false
		}
	}
	for k, j := range cols {
		x[j] = new(big.Rat).Quo(m[k][len(cols)], m[k][k])
	}
	for j := range n {
		if x[j].Cmp(big.NewRat(lo[j], 1)) < 0 || x[j].Cmp(big.NewRat(hi[j], 1)) > 0 {
			return false
		}
	}
	return true
}

func random(rng *rand.Rand) *program {
	m, n := 1+rng.IntN(3), 1+rng.IntN(6)
	p := &program{}
	for range m {
		row := make([]int64, n)
		for j := range row {
			if rng.IntN(5) < 3 {
				row[j] = int64(rng.IntN(3) - 1)
			}
		}
		if rng.IntN(8) == 0 {
			row[rng.IntN(n)] = int64(rng.IntN(7) - 3)
		}
		p.a = append(p.a, row)
	}
	if m > 1 && rng.IntN(6) == 0 {
		p.a[1] = p.a[0] // a redundant row
	}
	for range n {
		lo, hi := -int64(rng.IntN(4)), int64(rng.IntN(4))
		if rng.IntN(6) == 0 {
			lo = lp.NoLower
		}
		if rng.IntN(5) == 0 {
			hi = lp.NoUpper
		}
		p.lower, p.upper = append(p.lower, lo), append(p.upper, hi)
	}
	return p
}

// TestAgainstVertices solves random programs one after the other on one solver, and
// compares the results with all their vertices. The bounds change in between, as in a
// search for whole numbers.
func TestAgainstVertices(t *testing.T) {
	count := 1000
	if os.Getenv("SLUIS_LONG") != "" {
		count = 50_000
	}
	outcomes := map[lp.Status]int{}
	for seed := range uint64(count) {
		rng := rand.New(rand.NewPCG(seed, 1))
		p := random(rng)
		n := len(p.lower)
		s := lp.New(len(p.a), p.columns, p.lower, p.upper, make([]int64, n))
		for round := range 4 {
			if round > 0 && rng.IntN(3) > 0 {
				j := rng.IntN(n)
				p.lower[j] = int64(rng.IntN(7) - 3)
				p.upper[j] = p.lower[j] + int64(rng.IntN(3))
				s.SetBounds(j, p.lower[j], p.upper[j])
			}
			p.objective = p.objective[:0]
			for j := range n {
				if c := rng.IntN(4) - 2; c != 0 {
					p.objective = append(p.objective, lp.Term{Var: j, Coef: float64(c)})
				}
			}
			status, err := s.Maximize(context.Background(), p.objective, nil)
			if err != nil {
				t.Fatalf("seed %d, round %d: %v: %v", seed, round, err, p)
			}
			outcomes[status]++
			want := p.oracle()
			compare(t, fmt.Sprintf("seed %d, round %d: %v", seed, round, p), s, p, status, want)
		}
	}
	if outcomes[lp.Optimal] == 0 || outcomes[lp.Infeasible] == 0 || outcomes[lp.Unbounded] == 0 {
		t.Errorf("not every outcome was met: %v", outcomes)
	}
}

func compare(t *testing.T, name string, s *lp.Solver, p *program, status lp.Status, want *big.Rat) {
	t.Helper()
	switch {
	case want == nil:
		if status != lp.Infeasible {
			t.Fatalf("%s: status %d, want infeasible", name, status)
		}
		return
	case want.Cmp(big.NewRat(far/16, 1)) > 0:
		if status != lp.Unbounded {
			t.Fatalf("%s: status %d, want unbounded", name, status)
		}
		return
	}
	v, _ := want.Float64()
	got := 0.0
	x := s.X()
	for _, o := range p.objective {
		got += o.Coef * x[o.Var]
	}
	if status != lp.Optimal || math.Abs(got-v) > 1e-6 {
		t.Fatalf("%s: status %d, value %v, want %v", name, status, got, v)
	}
	whole, rest := s.Vertex()
	for r, row := range p.a {
		sum := 0.0
		for j, a := range row {
			sum += float64(a*whole[j]) + float64(a)*rest[j]
		}
		if math.Abs(sum) > 1e-9 {
			t.Fatalf("%s: vertex %v + %v does not keep row %d", name, whole, rest, r)
		}
	}
	bound := 0.0
	for j := range x {
		if d := whole[j]; math.Abs(float64(d)+rest[j]-x[j]) > 1e-6 {
			t.Fatalf("%s: vertex and point differ", name)
		}
		d := 0.0
		for _, o := range p.objective {
			if o.Var == j {
				d += o.Coef
			}
		}
		for r, y := range s.Prices() {
			d -= float64(p.a[r][j]) * y
		}
		if d > 1e-9 {
			bound += d * float64(p.upper[j])
		} else if d < -1e-9 {
			bound += d * float64(p.lower[j])
		}
	}
	if math.Abs(bound-v) > 1e-6 {
		t.Fatalf("%s: prices prove %v, want %v", name, bound, v)
	}
}

// beale is a program on which the simplex of Dantzig cycles (E. M. L. Beale,
// Cycling in the dual simplex algorithm, 1955), its right sides of 0 and its
// fractions cleared: maximise 3/4 x1 - 150 x2 + 1/50 x3 - 6 x4 under
//
//	1/4 x1 - 60 x2 - 1/25 x3 + 9 x4 <= 0, 1/2 x1 - 90 x2 - 1/50 x3 + 3 x4 <= 0, x3 <= 1,
//
// of which the optimum is 1/20.
func TestCycling(t *testing.T) {
	p := &program{
		a:     [][]int64{{25, -6000, -4, 900, 1, 0}, {25, -4500, -1, 150, 0, 1}},
		lower: make([]int64, 6),
		upper: []int64{lp.NoUpper, lp.NoUpper, 1, lp.NoUpper, lp.NoUpper, lp.NoUpper},
		objective: []lp.Term{
			{Var: 0, Coef: 0.75}, {Var: 1, Coef: -150}, {Var: 2, Coef: 0.02}, {Var: 3, Coef: -6},
		},
	}
	s := lp.New(2, p.columns, p.lower, p.upper, make([]int64, 6))
	status, err := s.Maximize(context.Background(), p.objective, nil)
	x := s.X()
	got := 0.75*x[0] - 150*x[1] + 0.02*x[2] - 6*x[3]
	if err != nil || status != lp.Optimal || math.Abs(got-0.05) > 1e-9 {
		t.Errorf("status %d, %v, value %v, want 0.05", status, err, got)
	}
}

// transport makes a table of rows by columns with zero totals: the most
// degenerate programs that there are.
func transport(rows, cols int) *program {
	p := &program{}
	for r := range rows {
		row := make([]int64, rows*cols)
		for c := range cols {
			row[r*cols+c] = 1
		}
		p.a = append(p.a, row)
	}
	for c := range cols {
		row := make([]int64, rows*cols)
		for r := range rows {
			row[r*cols+c] = 1
		}
		p.a = append(p.a, row)
	}
	p.lower, p.upper = make([]int64, rows*cols), make([]int64, rows*cols)
	return p
}

// TestDegenerate maximises every cell of a table in which half the cells cannot fall. The
// value is that of the best exchange, computed by hand.
func TestDegenerate(t *testing.T) {
	const n = 12
	p := transport(n, n)
	for i := range p.lower {
		p.upper[i] = lp.NoUpper
		if (i/n+i%n)%2 == 0 {
			p.lower[i] = -int64(1 + i%3)
		}
	}
	s := lp.New(2*n, p.columns, p.lower, p.upper, make([]int64, n*n))
	for i := range p.lower {
		status, err := s.Maximize(context.Background(), []lp.Term{{Var: i, Coef: 1}}, nil)
		if err != nil || status != lp.Optimal {
			t.Fatalf("cell %d: %d, %v", i, status, err)
		}
		whole, rest := s.Vertex()
		for j, r := range rest {
			if math.Abs(r) > 1e-9 || whole[j] < p.lower[j] {
				t.Fatalf("cell %d: vertex not whole or out of bounds", i)
			}
		}
		// The row and the column of the cell give what they have below it.
		row, col := int64(0), int64(0)
		for k := range n {
			if c := i/n*n + k; c != i {
				row -= p.lower[c]
			}
			if c := k*n + i%n; c != i {
				col -= p.lower[c]
			}
		}
		if want := min(row, col); whole[i] != want {
			t.Errorf("cell %d: %d, want %d", i, whole[i], want)
		}
	}
}

// TestFarApart solves a program with numbers that range over 52 bits; the vertex is still
// exact.
func TestFarApart(t *testing.T) {
	p := transport(2, 2)
	p.lower = []int64{-(1 << 51) - 1, -3, -(1 << 52), -(1 << 51) - 7}
	p.upper = []int64{lp.NoUpper, lp.NoUpper, lp.NoUpper, lp.NoUpper}
	s := lp.New(4, p.columns, p.lower, p.upper, make([]int64, 4))
	for _, c := range []struct{ cell, want int64 }{{1, 1<<51 + 1}, {0, 3}} {
		t.Run(fmt.Sprint("cell ", c.cell), func(t *testing.T) {
			status, err := s.Maximize(context.Background(), []lp.Term{{Var: int(c.cell), Coef: 1}}, nil)
			whole, rest := s.Vertex()
			if err != nil || status != lp.Optimal || whole[c.cell] != c.want || rest[c.cell] != 0 {
				t.Errorf("cell %d: status %d, %v, %d + %v, want %d", c.cell, status, err, whole[c.cell], rest[c.cell], c.want)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	p := transport(5, 5)
	s := lp.New(10, p.columns, p.lower, p.upper, make([]int64, 25))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Maximize(ctx, []lp.Term{{Var: 0, Coef: 1}}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestStopped ends as soon as the caller has enough, at a feasible point.
func TestStopped(t *testing.T) {
	p := transport(6, 6)
	for i := range p.lower {
		p.lower[i], p.upper[i] = -5, 5
	}
	s := lp.New(12, p.columns, p.lower, p.upper, make([]int64, 36))
	status, err := s.Maximize(context.Background(), []lp.Term{{Var: 0, Coef: 1}}, func(v float64) bool { return v >= 1 })
	if x := s.X(); err != nil || status != lp.Stopped || x[0] < 1 {
		t.Errorf("status %d, %v, %v", status, err, x[0])
	}
}

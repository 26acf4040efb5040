package hide

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// grid makes a table of rows by columns with totals from its inner values, and
// changes its cells as told. The cell of row r and column c is r*(columns+1)+c,
// totals last.
func grid(tb testing.TB, values [][]int64, a Attacker, change func(r, c int, cell *Cell)) *Problem {
	tb.Helper()
	p, err := newGrid(values, a, change)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func newGrid(values [][]int64, a Attacker, change func(r, c int, cell *Cell)) (*Problem, error) {
	rows, cols := len(values), len(values[0])
	cells := make([]Cell, (rows+1)*(cols+1))
	at := func(r, c int) int { return r*(cols+1) + c }
	var rel []Relation
	for r, row := range values {
		t := Relation{Total: at(r, cols)}
		for c, v := range row {
			for _, i := range []int{at(r, c), at(r, cols), at(rows, c), at(rows, cols)} {
				cells[i].Value += v
			}
			t.Parts = append(t.Parts, at(r, c))
		}
		rel = append(rel, t)
	}
	last := Relation{Total: at(rows, cols)}
	for c := range cols {
		t := Relation{Total: at(rows, c)}
		for r := range rows {
			t.Parts = append(t.Parts, at(r, c))
		}
		rel = append(rel, t)
		last.Parts = append(last.Parts, at(rows, c))
	}
	rel = append(rel, last)
	if change != nil {
		for r := range rows + 1 {
			for c := range cols + 1 {
				change(r, c, &cells[at(r, c)])
			}
		}
	}
	return New(cells, rel, a)
}

// interval audits a pattern and returns the interval of one, as values.
func interval(t *testing.T, p *Problem, hide []int, cell int) (lo, hi int64) {
	t.Helper()
	hidden := make([]bool, len(p.cells))
	for _, i := range hide {
		hidden[i] = true
	}
	got, err := Audit(context.Background(), p, hidden, AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range got.Intervals {
		if v.Cell != cell {
			continue
		}
		if !v.Exact() || v.Lower.Den != 1 || v.Upper.Den != 1 {
			t.Fatalf("interval %+v is not of whole numbers, or not exact", v)
		}
		return p.cells[cell].Value + v.Lower.Delta, p.cells[cell].Value + v.Upper.Delta
	}
	t.Fatalf("cell %d has no interval", cell)
	return 0, 0
}

// TestHandbookInterval is the example of the Handbook on Statistical Disclosure
// Control (2nd edition, 2024), of the interval of a suppressed cell: rows of 7, 3
// and 6, the last one of 3 and 3, columns of 9 and 7. X11 lies in [3,6].
func TestHandbookInterval(t *testing.T) {
	for _, whole := range []bool{true, false} {
		p := grid(t, [][]int64{{5, 2}, {1, 2}, {3, 3}}, Attacker{Whole: whole}, nil)
		if lo, hi := interval(t, p, []int{0, 1, 3, 4}, 0); lo != 3 || hi != 6 {
			t.Errorf("X11 in [%d,%d], want [3,6]", lo, hi)
		}
	}
}

// TestFourByFour is the example of the sdcTable and GaussSuppression literature
// in which every row and column has two suppressions, and w|b = 47 is disclosed
// all the same; hiding x|d too gives it [0,78].
func TestFourByFour(t *testing.T) {
	values := [][]int64{{30, 47, 64, 89}, {90, 124, 5, 31}, {92, 100, 59, 85}, {800, 991, 651, 685}}
	at := func(r, c int) int { return r*5 + c }
	hide := []int{at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 2), at(2, 1), at(2, 3), at(3, 1), at(3, 3)}
	p := grid(t, values, Attacker{Whole: true}, nil)
	if lo, hi := interval(t, p, hide, at(0, 1)); lo != 47 || hi != 47 {
		t.Errorf("w|b in [%d,%d], want 47 exactly", lo, hi)
	}
	if lo, hi := interval(t, p, append(hide, at(1, 3)), at(0, 1)); lo != 0 || hi != 78 {
		t.Errorf("w|b in [%d,%d], want [0,78]", lo, hi)
	}
}

// line makes one total of several parts.
func line(tb testing.TB, a Attacker, status Status, values ...int64) *Problem {
	tb.Helper()
	cells := make([]Cell, len(values))
	rel := Relation{}
	for i, v := range values {
		cells[i] = Cell{Value: v, Status: status}
		if i > 0 {
			rel.Parts = append(rel.Parts, i)
		}
	}
	p, err := New(cells, []Relation{rel}, a)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestNothingLeft has totals that give their hidden parts away: two zeros, known
// since nothing is negative; and two ones, known where a hidden cell is known to
// be positive.
func TestNothingLeft(t *testing.T) {
	for _, c := range []struct {
		values []int64
		least  int64
		lo, hi int64
	}{
		{[]int64{0, 0, 0, 0}, 0, 0, 0},
		{[]int64{15, 0, 0, 10, 5}, 0, 0, 0},
		{[]int64{15, 1, 1, 10, 3}, 0, 0, 2},
		{[]int64{15, 1, 1, 10, 3}, 1, 1, 1},
	} {
		t.Run(fmt.Sprint("values ", c.values), func(t *testing.T) {
			p := line(t, Attacker{Whole: true, Lower: c.least}, Safe, c.values...)
			if lo, hi := interval(t, p, []int{1, 2}, 1); lo != c.lo || hi != c.hi {
				t.Errorf("%v, least %d: [%d,%d], want [%d,%d]", c.values, c.least, lo, hi, c.lo, c.hi)
			}
		})
	}
}

// TestSingletons is the table of counts 1,1,7,1,0 and 1,0,0,2,8 with threshold 2
// that was reported against sdcTable: the person behind a cell of one knows it,
// and must learn of no other cell.
func TestSingletons(t *testing.T) {
	p := grid(t, [][]int64{{1, 1, 7, 1, 0}, {1, 0, 0, 2, 8}}, Attacker{Whole: true}, func(r, c int, cell *Cell) {
		if cell.Value == 1 || cell.Value == 2 {
			cell.Status = Primary
		}
	})
	alone(p.cells, p.rel)
	pattern, err := Protect(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	hidden := pattern.Hidden()
	for _, o := range append(owners(p, hidden), 0) {
		a := bruteForce(p, hidden, o, 1_000_000)
		for i, c := range p.cells {
			if c.Status == Primary && (o == 0 || c.Owner != o) && a.determined(i) {
				t.Errorf("owner %d works out cell %d", o, i)
			}
		}
	}
	// The plain pattern, two a row and two a column, does not stand up to them.
	simple := make([]bool, len(p.cells))
	for i, c := range p.cells {
		simple[i] = c.Status == Primary
	}
	got, err := Audit(context.Background(), p, simple, AuditOptions{})
	if err != nil || len(got.Failures) == 0 {
		t.Errorf("the primary cells alone: %v, %v", got.Failures, err)
	}
}

// TestTriangle has cells in a triangle, whose relations make no table, and an
// attacker who reckons with fractions.
func TestTriangle(t *testing.T) {
	// a + b and b + c are published, c + a is not.
	cells := []Cell{{Value: 1}, {Value: 0}, {Value: 1}, {Value: 1}, {Value: 1}, {Value: 2}}
	rel := []Relation{{Total: 3, Parts: []int{0, 1}}, {Total: 4, Parts: []int{1, 2}}, {Total: 5, Parts: []int{0, 2}}}
	p, err := New(cells, rel, Attacker{})
	if err != nil {
		t.Fatal(err)
	}
	hidden := []bool{true, true, true, false, false, true}
	got, err := Audit(context.Background(), p, hidden, AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := bruteForce(p, hidden, 0, 1_000_000)
	for _, v := range got.Intervals {
		if !v.Exact() || toRat(v.Lower).Cmp(want.low[v.Cell]) != 0 || toRat(v.Upper).Cmp(want.high[v.Cell]) != 0 {
			t.Errorf("%+v, want %v to %v", v, want.low[v.Cell], want.high[v.Cell])
		}
	}
	if toRat(got.Intervals[0].Lower).Cmp(big.NewRat(-1, 1)) != 0 {
		t.Errorf("%+v", got.Intervals[0])
	}
}

// TestBadProblems has every way in which a problem is not one, and what is said.
func TestBadProblems(t *testing.T) {
	total := []Relation{{Total: 0, Parts: []int{1, 2}}}
	for _, c := range []struct {
		name     string
		cells    []Cell
		rel      []Relation
		attacker Attacker
		want     error
	}{
		{"no cells", nil, nil, Attacker{}, ErrRequest},
		{"not additive", []Cell{{Value: 5}, {Value: 2}, {Value: 2}}, total, Attacker{}, ErrNotAdditive},
		{"a cell of its own total", []Cell{{Value: 3}, {Value: 3}}, []Relation{{Total: 0, Parts: []int{0, 1}}}, Attacker{}, ErrRequest},
		{"a cycle", []Cell{{Value: 3}, {Value: 3}, {Value: 0}}, []Relation{{Total: 0, Parts: []int{1, 2}}, {Total: 1, Parts: []int{0}}}, Attacker{}, ErrCycle},
		{"no such cell", []Cell{{Value: 3}}, []Relation{{Total: 0, Parts: []int{1}}}, Attacker{}, ErrRequest},
		{"no parts", []Cell{{Value: 3}}, []Relation{{Total: 0}}, Attacker{}, ErrRequest},
		{"negative", []Cell{{Value: -3}}, nil, Attacker{}, ErrRequest},
		{"too large", []Cell{{Value: 1<<52 + 1}}, nil, Attacker{}, ErrRequest},
		{"bounds the wrong way", []Cell{{Value: 1}}, nil, Attacker{Lower: 2, Upper: 1}, ErrRequest},
		{"outside the bounds", []Cell{{Value: 9}}, nil, Attacker{Upper: 8}, ErrRequest},
		{"a negative level", []Cell{{Value: 9, Level: Level{Upper: -1}}}, nil, Attacker{}, ErrRequest},
		{"a negative cost", []Cell{{Value: 9, Cost: -1}}, nil, Attacker{}, ErrRequest},
		{"an unknown status", []Cell{{Value: 9, Status: 99}}, nil, Attacker{}, ErrRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := New(c.cells, c.rel, c.attacker); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		})
	}
	_, err := New([]Cell{{Value: 50}, {Value: 20}, {Value: 29}}, total, Attacker{})
	var off *NotAdditiveError
	if !errors.As(err, &off) || off.Relation != 0 || off.Cell != 0 || off.Relative != 0.02 || strings.Contains(err.Error(), "50") {
		t.Errorf("not additive: %v", err)
	}
}

// TestOutcomes has the problems that have no ordinary answer.
func TestOutcomes(t *testing.T) {
	ctx := context.Background()
	// One cell, and nothing else: hiding it is enough.
	p, err := New([]Cell{{Value: 1, Status: Primary}}, nil, Attacker{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	if pattern, err := Protect(ctx, p, Options{}); err != nil || len(pattern.witnesses) != 1 {
		t.Errorf("one cell: %v", err)
	}
	// All unsafe, totals too: they protect each other.
	all := func(r, c int, cell *Cell) { cell.Status = Primary }
	p = grid(t, [][]int64{{1, 1}, {1, 1}}, Attacker{Whole: true}, all)
	if pattern, err := Protect(ctx, p, Options{}); err != nil || pattern.cost != 0 {
		t.Errorf("all unsafe: %v", err)
	}
	// A single part of a published total cannot be protected, and it is proven.
	p, err = New([]Cell{{Value: 1, Status: Protected}, {Value: 1, Status: Primary}}, []Relation{{Total: 0, Parts: []int{1}}}, Attacker{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Protect(ctx, p, Options{})
	var cells *CellsError
	if !errors.Is(err, ErrInfeasible) || !errors.As(err, &cells) || len(cells.Cells) != 1 || cells.Cells[0] != 1 {
		t.Errorf("infeasible: %v", err)
	}
	// Cancelled before and in the middle.
	p = counts(t, 1, nil, 40, 28)
	done, cancel := context.WithCancel(ctx)
	cancel()
	if pattern, err := Protect(done, p, Options{}); !errors.Is(err, context.Canceled) || pattern != nil {
		t.Errorf("cancelled: %v", err)
	}
	// A pattern that hides nothing fails for every primary cell.
	if a, err := Audit(ctx, p, make([]bool, len(p.cells)), AuditOptions{}); err != nil || len(a.Failures) != len(p.primaries()) {
		t.Errorf("nothing hidden: %v", err)
	}
	if _, err := Audit(ctx, p, nil, AuditOptions{}); !errors.Is(err, ErrRequest) {
		t.Errorf("a pattern of no cells: %v", err)
	}
}

// stops is a context that is done after so many looks at it.
type stops struct {
	context.Context
	left int
}

func (s *stops) Err() error {
	if s.left--; s.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestCancelledInTheMiddle ends Protect and Audit at every stage.
func TestCancelledInTheMiddle(t *testing.T) {
	p := counts(t, 1, nil, 20, 14)
	pattern, err := Protect(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for left := range 60 {
		if got, err := Protect(&stops{context.Background(), left}, p, Options{}); err == nil || got != nil || !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d looks: %v", left, err)
		}
		if got, err := Audit(&stops{context.Background(), left}, p, pattern.Hidden(), AuditOptions{}); err == nil || got != nil || !errors.Is(err, context.Canceled) {
			t.Fatalf("audit after %d looks: %v", left, err)
		}
	}
}

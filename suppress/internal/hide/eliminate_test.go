package hide

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
)

// sheet makes a table of two variables with totals, cell (r, c) of row r and column
// c at r*(columns+1)+c, totals last, at the cost of values; unbounded asks for an
// attacker who reckons with sums alone.
func sheet(tb testing.TB, values [][]int64, primary func(r, c int) bool, owner func(r, c int) int32) *Problem {
	tb.Helper()
	rows, cols := len(values), len(values[0])
	at := func(r, c int) int { return r*(cols+1) + c }
	cells := make([]Cell, (rows+1)*(cols+1))
	for r, list := range values {
		for c, v := range list {
			for _, i := range []int{at(r, c), at(rows, c), at(r, cols), at(rows, cols)} {
				cells[i].Value += v
			}
			if primary(r, c) {
				cells[at(r, c)].Status, cells[at(r, c)].Owner = Primary, owner(r, c)
			}
		}
	}
	for i := range cells {
		cells[i].Cost = cells[i].Value + 1
	}
	var rel []Relation
	for r := range rows + 1 {
		x := Relation{Total: at(r, cols)}
		for c := range cols {
			x.Parts = append(x.Parts, at(r, c))
		}
		rel = append(rel, x)
	}
	for c := range cols + 1 {
		x := Relation{Total: at(rows, c)}
		for r := range rows {
			x.Parts = append(x.Parts, at(r, c))
		}
		rel = append(rel, x)
	}
	p, err := New(cells, rel, Attacker{Negative: true})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func nobody(int, int) int32 { return 0 }

// eliminated returns what elimination hides beside the primary cells.
func eliminated(tb testing.TB, p *Problem) (hidden []bool, secondary []int) {
	tb.Helper()
	hidden, err := p.eliminate(context.Background(), p.prices(), 1)
	if err != nil {
		tb.Fatal(err)
	}
	for i, h := range hidden {
		if h && p.cells[i].Status != Primary {
			secondary = append(secondary, i)
		}
	}
	return hidden, secondary
}

// TestEliminatePublished is on tables with published outcomes.
func TestEliminatePublished(t *testing.T) {
	// ACTIVITY x SIZE of the SDC-tools documentation: 02-tr1 and 06-tr2 are primary,
	// 02-tr2 and 06-tr1 the secondaries.
	p := sheet(t, [][]int64{{100, 50}, {30, 20}, {60, 40}},
		func(r, c int) bool { return r == 1 && c == 0 || r == 2 && c == 1 }, nobody)
	if _, got := eliminated(t, p); !slices.Equal(got, []int{1*3 + 1, 2*3 + 0}) {
		t.Errorf("activity by size: secondaries %v", got)
	}
	// The table of four rows in which every row and column has two suppressions and
	// w|b follows all the same.
	values := [][]int64{{30, 47, 64, 89}, {90, 124, 5, 31}, {92, 100, 59, 85}, {800, 991, 651, 685}}
	set := []string{"abc", "ac", "bd", "bd"}
	p = sheet(t, values, func(r, c int) bool { return slices.Contains([]byte(set[r]), byte('a'+c)) }, nobody)
	hidden := make([]bool, len(p.cells))
	for i, c := range p.cells {
		hidden[i] = c.Status == Primary
	}
	a, err := Audit(context.Background(), p, hidden, AuditOptions{})
	if err != nil || len(a.Failures) != 1 || a.Failures[0].Cell != 1 {
		t.Fatalf("four rows: %v, %v", a.Failures, err)
	}
	hidden, got := eliminated(t, p)
	a, err = Audit(context.Background(), p, hidden, AuditOptions{})
	if err != nil || len(a.Failures) != 0 || len(got) != 1 {
		t.Errorf("four rows: secondaries %v, then %v, %v", got, a.Failures, err)
	}
	// Two rows with several cells of one person, each of whom knows his own.
	p = sheet(t, [][]int64{{1, 1, 7, 1, 0}, {1, 0, 0, 2, 8}},
		func(r, c int) bool { return r == 0 && (c == 0 || c == 1 || c == 3) || r == 1 && c == 0 },
		func(r, c int) int32 { return int32(1 + 5*r + c) })
	hidden, _ = eliminated(t, p)
	a, err = Audit(context.Background(), p, hidden, AuditOptions{})
	if err != nil || len(a.Failures) != 0 {
		t.Errorf("one-person cells: %v, %v", a.Failures, err)
	}
}

// TestEliminateHolds audits what elimination hides in random tables and linked
// ones, seeds 0 to 149, against attackers who reckon with sums alone: outsiders
// and every insider of one cell learn nothing exactly.
func TestEliminateHolds(t *testing.T) {
	some := 0
	for seed := range uint64(long(150, 5000)) {
		rng := rand.New(rand.NewPCG(seed, 11))
		var tables [][]int
		codes := []int{3 + rng.IntN(5), 3 + rng.IntN(5)}
		if seed%3 == 0 {
			codes = append(codes, 3)
			tables = [][]int{{0, 1}, {0, 2}}
		}
		q := counts(t, seed, tables, codes...)
		p, err := New(q.cells, q.rel, Attacker{Negative: true})
		if err != nil {
			t.Fatal(err)
		}
		hidden, secondary := eliminated(t, p)
		some += len(secondary)
		a, err := Audit(context.Background(), p, hidden, AuditOptions{NeedsOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		own := map[int32]int{}
		for _, c := range p.cells {
			own[c.Owner]++
		}
		for _, f := range a.Failures {
			if f.Owner == 0 || own[f.Owner] == 1 {
				t.Fatalf("seed %d: %+v", seed, f)
			}
		}
	}
	if some == 0 {
		t.Error("nothing was hidden")
	}
}

// TestEliminateNumbering: where no two cells cost the same, what is hidden does not
// depend on how cells and relations are numbered.
func TestEliminateNumbering(t *testing.T) {
	some := 0
	for seed := range uint64(long(150, 5000)) {
		rng := rand.New(rand.NewPCG(seed, 13))
		var tables [][]int
		codes := []int{3 + rng.IntN(6), 3 + rng.IntN(6)}
		if seed%3 == 0 {
			codes = append(codes, 3)
			tables = [][]int{{0, 1}, {0, 2}, {1, 2}}[:2+rng.IntN(2)]
		}
		p := counts(t, seed, tables, codes...)
		n := len(p.cells)
		for i, c := range rng.Perm(n) {
			p.cells[i].Cost = int64(1 + c)
		}
		hidden, err := p.eliminate(context.Background(), p.prices(), 1)
		if err != nil {
			t.Fatal(err)
		}
		to := rng.Perm(n)
		cells := make([]Cell, n)
		for i, c := range p.cells {
			cells[to[i]] = c
		}
		rel := make([]Relation, len(p.rel))
		for k, r := range rng.Perm(len(p.rel)) {
			rel[k].Total = to[p.rel[r].Total]
			for _, q := range p.rel[r].Parts {
				rel[k].Parts = append(rel[k].Parts, to[q])
			}
			rng.Shuffle(len(rel[k].Parts), func(a, b int) { x := rel[k].Parts; x[a], x[b] = x[b], x[a] })
		}
		q, err := New(cells, rel, p.attacker)
		if err != nil {
			t.Fatal(err)
		}
		other, err := q.eliminate(context.Background(), q.prices(), 1+int(seed%3))
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range hidden {
			if h != other[to[i]] {
				t.Fatalf("seed %d: cell %d: hidden %v, and %v under another number", seed, i, h, other[to[i]])
			}
			if h && p.cells[i].Status == Safe {
				some++
			}
		}
	}
	if some == 0 {
		t.Error("nothing was hidden")
	}
}

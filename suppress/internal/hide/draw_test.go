package hide

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// smallTable is a small table of counts with all totals: rows x columns, or one row.
type smallTable struct {
	rows, cols int
	most       int64 // of the total: with one that is published all tables are looked at
	min        int64 // below it a count is unsafe
}

// problem lays a table out: inner cells first, then rows, columns and the total.
func (s smallTable) problem(t *testing.T, x []int64, lots func() bool) *Problem {
	t.Helper()
	cells := make([]Cell, len(x), len(x)+s.rows+s.cols+1)
	for i, v := range x {
		cells[i].Value = v
	}
	var relations []Relation
	total := func(parts []int) int {
		c := Cell{}
		for _, p := range parts {
			c.Value += cells[p].Value
		}
		cells = append(cells, c)
		relations = append(relations, Relation{Total: len(cells) - 1, Parts: parts})
		return len(cells) - 1
	}
	var rows, cols []int
	for r := range s.rows {
		var parts []int
		for c := range s.cols {
			parts = append(parts, r*s.cols+c)
		}
		rows = append(rows, total(parts))
	}
	if s.rows > 1 {
		for c := range s.cols {
			var parts []int
			for r := range s.rows {
				parts = append(parts, r*s.cols+c)
			}
			cols = append(cols, total(parts))
		}
		grand := total(rows)
		relations = append(relations, Relation{Total: grand, Parts: cols})
	}
	some := false
	for i := range cells {
		cells[i].Cost = max(1, cells[i].Value)
		if v := cells[i].Value; v > 0 && v < s.min {
			cells[i].Status, some = Primary, true
		}
	}
	for i := range cells {
		if some && cells[i].Status == Safe && lots() {
			cells[i].Status = Primary
		}
	}
	p, err := New(cells, relations, Attacker{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tables calls fn with every table.
func (s smallTable) tables(fn func(x []int64)) {
	x := make([]int64, s.rows*s.cols)
	for {
		sum := int64(0)
		for _, v := range x {
			sum += v
		}
		if sum <= s.most {
			fn(x)
		}
		i := 0
		for i < len(x) && x[i] == s.most {
			x[i] = 0
			i++
		}
		if i == len(x) {
			return
		}
		x[i]++
	}
}

// pinned counts the releases from which an unsafe cell follows for whoever knows the program:
// all tables that can have led to the release have one value of the cell. release returns
// what leaves of a table for a draw, "" for nothing.
func (s smallTable) pinned(t *testing.T, draws int, release func(p *Problem, draw int) string) (pinned, releases int) {
	t.Helper()
	from := map[string][][]int64{}
	s.tables(func(x []int64) {
		seen := map[string]bool{}
		for d := range draws {
			lot := rand.New(rand.NewPCG(uint64(d), 78))
			key := release(s.problem(t, x, func() bool { return draws > 1 && lot.IntN(4) == 0 }), d)
			if key != "" && !seen[key] {
				seen[key] = true
				from[key] = append(from[key], slices.Clone(x))
			}
		}
	})
	for _, list := range from {
		some := false
		for i, v := range list[0] {
			one := !slices.ContainsFunc(list, func(x []int64) bool { return x[i] != v })
			some = some || one && v > 0 && v < s.min
		}
		if some {
			pinned++
		}
	}
	return pinned, len(from)
}

// lots draws for the cells of a problem: factors of all sizes, and roundings of both ways.
// A seed may give any of these.
func lots(p *Problem, draw int) []uint64 {
	rng := rand.New(rand.NewPCG(uint64(draw), 77))
	out := make([]uint64, len(p.cells))
	for i := range out {
		out[i] = rng.Uint64() >> rng.IntN(40)                            // the factor is up to 2^20
		out[i] = out[i]&^(1<<32-1) | []uint64{1, 1<<32 - 1}[rng.IntN(2)] // up, or down
	}
	return out
}

// TestDrawnChoice enumerates all small tables: what the drawn choice of a pattern, or of a
// rounding, tells whoever knows the program and not the secret pins no unsafe cell. Without
// a draw some are pinned, so that the test can see it. It shows nothing of larger tables,
// of contributors, or of how likely the tables are that are left.
func TestDrawnChoice(t *testing.T) {
	draws, most := 60, int64(8)
	if testing.Short() {
		draws, most = 40, 5
	}
	if os.Getenv("SLUIS_LONG") != "" {
		draws = 1000
	}
	hide := func(drawn bool) func(*Problem, int) string {
		return func(p *Problem, draw int) string {
			if drawn {
				p.draw(lots(p, draw))
			}
			pattern, err := Protect(t.Context(), p, Options{Rounds: 2, Seed: uint64(draw)})
			if errors.Is(err, ErrInfeasible) || errors.Is(err, ErrUndecided) {
				return ""
			}
			if err != nil {
				t.Fatal(err)
			}
			key := ""
			hidden := pattern.Hidden()
			if hidden[len(hidden)-1] {
				return "" // with any total: more tables than are looked at agree
			}
			for i, h := range hidden {
				if key += " "; !h {
					key += fmt.Sprint(p.cells[i].Value)
				}
			}
			return key
		}
	}
	round := func(drawn bool) func(*Problem, int) string {
		return func(p *Problem, draw int) string {
			if drawn {
				p.draw(lots(p, draw))
			}
			r, err := Round(t.Context(), p, 3)
			if errors.Is(err, ErrUndecided) {
				return ""
			}
			if err != nil {
				t.Fatal(err)
			}
			audited, err := AuditRounded(t.Context(), p, r, AuditOptions{NeedsOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(audited.Failures) > 0 {
				return ""
			}
			return fmt.Sprint(r.Value, r.Restricted)
		}
	}
	for _, tc := range []struct {
		name string
		of   smallTable
		do   func(drawn bool) func(*Problem, int) string
	}{
		{"suppression, three cells", smallTable{1, 3, 14, 4}, hide},
		{"suppression, two by two", smallTable{2, 2, most, 3}, hide},
		{"rounding, three cells", smallTable{1, 3, 12, 3}, round},
		{"rounding, two by two", smallTable{2, 2, 7, 3}, round},
	} {
		t.Run(tc.name, func(t *testing.T) {
			plain, of := tc.of.pinned(t, 1, tc.do(false))
			t.Logf("without a draw: %d of %d releases pin an unsafe cell", plain, of)
			pinned, of := tc.of.pinned(t, draws, tc.do(true))
			t.Logf("drawn: %d of %d", pinned, of)
			if plain == 0 && tc.of.rows > 1 {
				t.Error("without a draw nothing is pinned: the test sees nothing")
			}
			if pinned > 0 {
				t.Errorf("%d of %d releases pin an unsafe cell", pinned, of)
			}
		})
	}
}

// TestFactor: a factor is at least x with probability 1/x^2, to 2^20.
func TestFactor(t *testing.T) {
	for _, tc := range []struct {
		x    uint64
		want uint64
	}{
		{1<<64 - 1, 256}, {1 << 62, 511}, {1 << 60, 1023}, {1 << 44, 256<<10 - 1}, {0, 1 << 28},
	} {
		t.Run(fmt.Sprint("x ", tc.x), func(t *testing.T) {
			if got := factor(tc.x); got < tc.want || got > tc.want+tc.want/64+1 {
				t.Errorf("factor(%d) is %d, want about %d", tc.x, got, tc.want)
			}
		})
	}
}

package hide

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRound: all sums hold, every cell is a multiple next to its value, over random
// tables of two variables with code trees, which always have such a rounding.
func TestRound(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	restricted := 0
	for range 300 {
		p := randomTables(t, rng, rng.IntN(2) == 0).problem
		base := int64(2 + rng.IntN(9))
		r, err := Round(context.Background(), p, base)
		if err != nil {
			t.Fatal(err)
		}
		if r.Restricted {
			restricted++
		}
		for i, v := range r.Value {
			off := abs64(v - p.Cells()[i].Value)
			if v%base != 0 || v < 0 || off >= 2*base || r.Restricted && off >= base {
				t.Fatalf("%d is rounded to %d by %d", p.Cells()[i].Value, v, base)
			}
		}
		for _, rel := range p.Relations() {
			sum := int64(0)
			for _, c := range rel.Parts {
				sum += r.Value[c]
			}
			if sum != r.Value[rel.Total] {
				t.Fatal("a sum does not hold")
			}
		}
	}
	if restricted < 290 {
		t.Errorf("only %d of 300 are zero-restricted", restricted)
	}
	t.Logf("%d of 300 zero-restricted", restricted)
}

// TestAuditRounded compares what an attacker can say with all tables that a method
// may round to the same, by enumeration: every interval, and every verdict.
func TestAuditRounded(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	var cells, failed, held, loose int
	for round := range 90 {
		values := [][]int64{{int64(rng.IntN(9)), int64(rng.IntN(9))}, {int64(rng.IntN(9)), int64(rng.IntN(9))}}
		level := Level{Lower: rng.Int64N(2), Upper: rng.Int64N(4)}
		p := grid(t, values, Attacker{Whole: true}, func(r, c int, cell *Cell) {
			if cell.Value > 0 && cell.Value < 3 {
				cell.Status, cell.Level = Primary, level
			}
		})
		base := int64(3 + rng.IntN(3))
		var r *Rounded
		var err error
		if round%2 == 0 {
			r, err = RoundNearest(p, base)
		} else {
			r, err = Round(context.Background(), p, base)
			if round%3 == 0 && err == nil { // as if it had not been possible
				r.Restricted = false
				loose++
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := AuditRounded(context.Background(), p, r, AuditOptions{})
		if err != nil {
			t.Fatal(err)
		}
		below, above := r.Reach()
		low, high := slices.Repeat([]int64{1 << 40}, 9), slices.Repeat([]int64{-1}, 9)
		var x [4]int64
		var walk func(k int)
		walk = func(k int) {
			if k < 4 {
				for x[k] = 0; x[k] < 22; x[k]++ {
					walk(k + 1)
				}
				return
			}
			all := []int64{x[0], x[1], x[0] + x[1], x[2], x[3], x[2] + x[3], x[0] + x[2], x[1] + x[3], x[0] + x[1] + x[2] + x[3]}
			for i, v := range all {
				if v < r.Value[i]-below || v > r.Value[i]+above {
					return
				}
			}
			for i, v := range all {
				low[i], high[i] = min(low[i], v), max(high[i], v)
			}
		}
		walk(0)
		bad := map[int]bool{}
		for _, f := range got.Failures {
			if f.Verdict != Fails {
				t.Fatalf("%v: %+v", values, f)
			}
			bad[f.Cell] = true
		}
		for i, v := range got.Intervals {
			cells++
			truth := p.cells[i].Value
			if !v.Exact() || truth+v.Lower.Delta != low[i] || truth+v.Upper.Delta != high[i] {
				t.Fatalf("%v, base %d: cell %d: %+v, but [%d,%d] is possible", values, base, i, v, low[i], high[i])
			}
			if p.cells[i].Status != Primary {
				continue
			}
			l := p.cells[i].Level
			holds := high[i]-truth >= l.Upper && truth-low[i] >= l.Lower && (l != Level{} || low[i] < high[i])
			if holds == bad[i] {
				t.Fatalf("%v, base %d: cell %d holds %v", values, base, i, holds)
			}
			if holds {
				held++
			} else {
				failed++
			}
		}
	}
	if failed == 0 || held == 0 || loose == 0 {
		t.Errorf("%d hold, %d fail", held, failed)
	}
	t.Logf("%d intervals; %d levels hold, %d fail", cells, held, failed)
}

// TestAuditRoundedInsiders: who stands alone in a cell knows it, and may work out
// another, where an outsider does not.
func TestAuditRoundedInsiders(t *testing.T) {
	// 1 + 1 + 0, base 3: rounded 0, 0, 0 and a total of 3, that lies from 1 to 5 with
	// parts from 0 to 2. Of 1, 1, 4, base 3, to 0, 0, 6 and 6 it is the same.
	cells := []Cell{{Value: 2}, {Value: 1, Status: Primary, Owner: 1}, {Value: 1, Status: Primary, Owner: 2}}
	p, err := New(cells, []Relation{{Total: 0, Parts: []int{1, 2}}}, Attacker{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	r := &Rounded{Base: 2, Value: []int64{2, 0, 2}, Restricted: true}
	// The total from 1 to 3, the first part 0 or 1, the second from 1 to 3.
	got, err := AuditRounded(context.Background(), p, r, AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Failures) != 0 {
		t.Errorf("%+v", got.Failures)
	}
	// A published total that everybody knows, and one part known: nothing is left.
	cells[0].Status = Protected
	p, err = New(cells, []Relation{{Total: 0, Parts: []int{1, 2}}}, Attacker{Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err = AuditRounded(context.Background(), p, r, AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Failures) != 2 || got.Failures[0].Owner != 2 || got.Failures[1].Owner != 1 {
		t.Errorf("%+v", got.Failures)
	}
}

func TestRoundRequests(t *testing.T) {
	p := grid(t, [][]int64{{1, 2}, {3, 4}}, Attacker{Whole: true}, nil)
	if _, err := Round(context.Background(), p, 1); !errors.Is(err, ErrRequest) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Round(ctx, p, 5); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	r, err := RoundNearest(p, 5)
	if err != nil {
		t.Fatal(err)
	}
	r.Value[0] = 50
	if _, err := AuditRounded(context.Background(), p, r, AuditOptions{}); !errors.Is(err, ErrRequest) {
		t.Error(err)
	}
}

// TestMend rounds small tables as large ones are: what is found keeps all sums and
// lies next to the values, and it mostly is.
func TestMend(t *testing.T) {
	count := long(600, 30_000)
	found, tables := 0, 0
	for seed := range uint64(count) {
		p := small(rand.New(rand.NewPCG(seed, 73)))
		if p.grid == nil || p.attacker.Negative {
			continue
		}
		tables++
		base := int64(2 + seed%6)
		for spread := range int64(2) {
			r := &Rounded{Base: base}
			x, err := r.mend(context.Background(), p, spread)
			if err != nil {
				t.Fatal(err)
			}
			if x == nil {
				continue
			}
			for _, v := range x {
				r.Value = append(r.Value, v*base)
			}
			if err := r.check(p, spread); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if spread == 0 {
				found++
			}
			for i, c := range p.cells {
				if spread == 0 && c.Value%base == 0 && r.Value[i] != c.Value {
					t.Fatalf("seed %d: a multiple was moved", seed)
				}
			}
		}
	}
	t.Logf("%d of %d tables zero-restricted", found, tables)
	if 100*found < 95*tables {
		t.Errorf("%d of %d tables were rounded", found, tables)
	}
}

// TestRoundLarge: a table beyond the size up to which the nearest rounding is searched
// for has one in which every cell is next to its value.
func TestRoundLarge(t *testing.T) {
	p := counts(t, 3, nil, 80, 60)
	r, err := Round(context.Background(), p, 5)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.cells) <= nearest || !r.Restricted {
		t.Errorf("%d cells, restricted: %v", len(p.cells), r.Restricted)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Round(ctx, p, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("when interrupted: %v", err)
	}
}

// BenchmarkRound rounds tables of two and three variables with code trees, and audits
// what unsafe cells there are.
func BenchmarkRound(b *testing.B) {
	for _, codes := range [][]int{{20, 15}, {40, 30}, {60, 45}, {120, 90}, {140, 143}, {20, 25, 40}} {
		p := counts(b, 3, nil, codes...)
		b.Run(fmt.Sprint(codes), func(b *testing.B) {
			for b.Loop() {
				r, err := Round(context.Background(), p, 5)
				if err != nil {
					b.Fatal(err)
				}
				a, err := AuditRounded(context.Background(), p, r, AuditOptions{NeedsOnly: true})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(a.Failures)), "failures")
				if r.Restricted {
					b.ReportMetric(1, "restricted")
				}
			}
			b.ReportMetric(float64(len(p.cells)*b.N)/b.Elapsed().Seconds(), "cells/s")
		})
	}
}

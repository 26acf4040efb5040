package hide

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/internal/synth"
)

// BenchmarkProtect protects whole tables, from nothing to a proven pattern.
func BenchmarkProtect(b *testing.B) {
	for _, c := range []struct {
		zeros int // percent of the finest cells
		codes []int
	}{
		{30, []int{40, 28}}, {30, []int{140, 143}}, {30, []int{20, 25, 40}}, {30, []int{320, 317}}, {30, []int{46, 47, 47}},
		{80, []int{3, 355, 24}}, {80, []int{3, 66, 6, 24}},
	} {
		b.Run(fmt.Sprintf("%d_zeros=%d%%", c.codes, c.zeros), func(b *testing.B) {
			p := countsOf(b, synth.CubeOptions{Seed: 1, Zeros: c.zeros}, c.codes...)
			for b.Loop() {
				t, err := Protect(context.Background(), p, Options{Threads: 2})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(t.cost), "cost")
				b.ReportMetric(float64(len(t.witnesses)), "witnesses")
				hidden := 0
				for _, s := range t.status {
					if s == Secondary {
						hidden++
					}
				}
				b.ReportMetric(float64(hidden), "secondaries")
			}
			b.ReportMetric(float64(len(p.cells))*float64(b.N)/b.Elapsed().Seconds(), "cells/s")
		})
	}
}

// amounts makes a problem of a table of amounts of contributors of whom one in three has
// several cells. Cells of one or two contributors are primary, and those that fail p% = 10;
// the three largest of every cell are listed, all where there are no more than four.
func amounts(tb testing.TB, seed uint64, codes ...int) *Problem {
	tb.Helper()
	rng := rand.New(rand.NewPCG(seed, 33))
	var hs []synth.Hierarchy
	for v, n := range codes {
		hs = append(hs, synth.NewHierarchy(seed+uint64(v), n, 5))
	}
	c := synth.NewCube(synth.CubeOptions{Seed: seed, Hierarchies: hs})
	rel := make([]Relation, len(c.Total))
	total := make([]bool, len(c.Count))
	for r, t := range c.Total {
		rel[r].Total, total[t] = int(t), true
		for _, q := range c.Parts[r] {
			rel[r].Parts = append(rel[r].Parts, int(q))
		}
	}
	type part struct {
		who    int32
		amount int64
	}
	has := make([][]part, len(c.Count))
	people := int32(0)
	for i := range c.Count {
		for n := (c.Count[i] + 15) / 16; n > 0 && !total[i]; n-- {
			who := people + 1
			if people > 0 && rng.IntN(3) == 0 {
				who = 1 + rng.Int32N(people)
			} else {
				people++
			}
			x := part{who, 1 + int64(100/(0.001+rng.Float64()))}
			cells := []int{i}
			step := len(c.Count)
			for v, h := range hs {
				step /= len(h)
				for _, cell := range cells {
					for k := c.Code[i][v]; k > 0; k = h[k] {
						cells = append(cells, cell+int(h[k]-c.Code[i][v])*step)
					}
				}
			}
			for _, cell := range cells {
				has[cell] = append(has[cell], x)
			}
		}
	}
	cells := make([]Cell, len(c.Count))
	for i, list := range has {
		slices.SortFunc(list, func(a, b part) int { return cmp.Compare(a.who, b.who) })
		var sums []part
		for _, x := range list {
			if n := len(sums); n > 0 && sums[n-1].who == x.who {
				sums[n-1].amount += x.amount
			} else {
				sums = append(sums, x)
			}
		}
		slices.SortStableFunc(sums, func(a, b part) int { return cmp.Compare(b.amount, a.amount) })
		cell := &cells[i]
		for k, x := range sums {
			cell.Value += x.amount
			switch {
			case len(sums) == 1:
				cell.Owner = x.who
			case k < 3 || len(sums) == 4:
				cell.Shares = append(cell.Shares, Share{x.who, x.amount, x.amount})
			case k == 3:
				cell.Part = x.amount
			}
		}
		cell.Cost = cell.Value + 1
		if len(sums) == 0 {
			continue
		}
		level := (sums[0].amount+9)/10 - cell.Value + sums[0].amount
		if len(sums) > 1 {
			level += sums[1].amount
		}
		if level = max(level, 0); level > 0 || len(sums) < 3 {
			cell.Status, cell.Level = Primary, Level{Lower: min(level, cell.Value), Upper: level}
		}
	}
	p, err := New(cells, rel, Attacker{})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// BenchmarkProtectAmounts protects whole tables of amounts, from nothing to a proven
// pattern, against everybody who has parts of several cells.
func BenchmarkProtectAmounts(b *testing.B) {
	sizes := [][]int{{40, 28}, {140, 143}, {8, 8, 8}}
	if !testing.Short() {
		sizes = append(sizes, []int{8, 10, 12}, []int{10, 10, 20})
	}
	if os.Getenv("SLUIS_LONG") != "" {
		sizes = append(sizes, []int{20, 25, 40})
	}
	for _, codes := range sizes {
		b.Run(fmt.Sprint(codes), func(b *testing.B) {
			p := amounts(b, 1, codes...)
			for b.Loop() {
				t, err := Protect(context.Background(), p, Options{Threads: 2})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(t.cost), "cost")
				b.ReportMetric(float64(len(t.witnesses)), "witnesses")
				insiders := 0
				for _, n := range t.needs {
					if n.Owner != 0 {
						insiders++
					}
				}
				b.ReportMetric(float64(insiders), "insiders'_needs")
			}
			b.ReportMetric(float64(len(p.cells))*float64(b.N)/b.Elapsed().Seconds(), "cells/s")
		})
	}
}

// BenchmarkStart compares, over a population of tables, the two patterns that a
// repair may start from: the primary cells alone, and what elimination proposes.
func BenchmarkStart(b *testing.B) {
	for _, codes := range [][]int{{20, 20}, {60, 60}, {8, 9, 10}, {14, 13, 12}} {
		for _, eliminate := range []bool{false, true} {
			b.Run(fmt.Sprint(codes, " from elimination: ", eliminate), func(b *testing.B) {
				var list []*Problem
				for seed := uint64(100); seed <= 1200; seed += 100 {
					list = append(list, counts(b, seed, nil, codes...))
				}
				cost := int64(0)
				for b.Loop() {
					cost = 0
					for _, p := range list {
						hidden := make([]bool, len(p.cells))
						var err error
						if eliminate {
							if hidden, err = p.eliminate(context.Background(), p.prices(), 1); err != nil {
								b.Fatal(err)
							}
						}
						t, err := p.repair(context.Background(), hidden, Options{})
						if err != nil {
							b.Fatal(err)
						}
						cost += t.cost
					}
				}
				b.ReportMetric(float64(cost)/float64(len(list)), "cost/table")
			})
		}
	}
}

package suppress

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkProtect protects whole tables, from nothing to a proven pattern.
func BenchmarkProtect(b *testing.B) {
	for _, codes := range [][]int{{40, 28}, {140, 143}, {20, 25, 40}, {320, 317}, {46, 47, 47}} {
		b.Run(fmt.Sprint(codes), func(b *testing.B) {
			p := counts(b, 1, nil, codes...)
			for b.Loop() {
				t, err := Protect(context.Background(), p, Options{Threads: 2})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(t.Cost), "cost")
				b.ReportMetric(float64(len(t.Witnesses)), "witnesses")
				hidden := 0
				for _, s := range t.Status {
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
						cost += t.Cost
					}
				}
				b.ReportMetric(float64(cost)/float64(len(list)), "cost/table")
			})
		}
	}
}

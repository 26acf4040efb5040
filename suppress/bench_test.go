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

package hide

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sluis-go/sluis/suppress/verify"
)

// sparseTable is a table of two variables with code trees, in which three of ten
// inner cells are empty and unsafe cells are those of 1 and 2.
func sparseTable(tb testing.TB, a, b int) *Tables {
	tb.Helper()
	rng := rand.New(rand.NewPCG(9, 9))
	l, err := newLayout([]CodeList{codeTree(rng, "a", a, true), codeTree(rng, "b", b, true)})
	if err != nil {
		tb.Fatal(err)
	}
	t := &table{layout: l, name: "t0", count: true, shown: make([]bool, l.n), value: make([]int64, l.n),
		records: make([]int64, l.n), reasons: make([]reason, l.n), force: make([]bool, l.n), keep: make([]bool, l.n), level: make([]Level, l.n),
		apriori: make([]apriori, l.n), owner: make([]int32, l.n), part: make([]int64, l.n), share: make([][]Share, l.n)}
	for cell := range t.value {
		t.shown[cell] = true
		if l.inner(cell) && rng.IntN(10) >= 3 {
			t.value[cell] = int64(rng.ExpFloat64() * 12)
		}
	}
	if err := l.rollUp(t.value); err != nil {
		tb.Fatal(err)
	}
	for cell, v := range t.value {
		t.records[cell] = v
		if v == 1 || v == 2 {
			t.reasons[cell] = smallCount
		}
	}
	g := &Tables{list: []*table{t}}
	if err := g.lay(BuildOptions{Cost: CostValue}); err != nil {
		tb.Fatal(err)
	}
	return g
}

// BenchmarkCertificate makes and verifies the certificate of a protected table.
func BenchmarkCertificate(b *testing.B) {
	for _, size := range [][2]int{{30, 30}, {105, 105}, {235, 235}} {
		g := sparseTable(b, size[0], size[1])
		pattern, err := Protect(context.Background(), g.problem, Options{Threads: 2})
		if err != nil {
			b.Fatal(err)
		}
		releases := g.releases(pattern)
		_, hidden := releases[0].Cells()
		name := fmt.Sprintf("%d-cells-%d-suppressed", len(g.problem.cells), hidden)
		files, err := certifyFiles(releases, g.problem.Attacker())
		if err != nil {
			b.Fatal(err)
		}
		per := func(b *testing.B) {
			b.ReportMetric(float64(b.N)*float64(len(g.problem.cells))/b.Elapsed().Seconds(), "cells/s")
			b.ReportMetric(float64(len(files[testCertificate].Data)), "certificate-B")
		}
		b.Run(name+"/certify", func(b *testing.B) {
			for b.Loop() {
				if _, err := certifyFiles(releases, g.problem.Attacker()); err != nil {
					b.Fatal(err)
				}
			}
			per(b)
		})
		b.Run(name+"/verify", func(b *testing.B) {
			for b.Loop() {
				if _, err := verify.Certificate(b.Context(), files, testCertificate, verify.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
			per(b)
		})
	}
}

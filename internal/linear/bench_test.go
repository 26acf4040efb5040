package linear_test

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"github.com/sluis-go/sluis/internal/linear"
	"github.com/sluis-go/sluis/internal/synth"
)

// table is a synthetic table, with the data that the elimination needs.
type table struct {
	n         int
	relations []linear.Relation
	weight    []int64 // the cells that are published first have the least
	kind      []linear.Kind
	order     []int
	primaries int
}

func newTable(c *synth.Cube) *table {
	t := &table{n: len(c.Count), weight: make([]int64, len(c.Count)), kind: make([]linear.Kind, len(c.Count))}
	for r, total := range c.Total {
		t.relations = append(t.relations, linear.Relation{Total: total, Parts: c.Parts[r]})
	}
	for i, n := range c.Count {
		if n == 1 || n == 2 {
			t.kind[i] = linear.Hidden
			t.primaries++
		} else {
			t.order = append(t.order, i)
		}
	}
	slices.SortStableFunc(t.order, func(a, b int) int { return cmp.Compare(c.Count[b], c.Count[a]) })
	for i := range t.weight {
		t.weight[i] = int64(t.n)
	}
	for k, i := range t.order {
		t.weight[i] = int64(k)
	}
	return t
}

func cube(seed uint64, codes ...int) *synth.Cube {
	var hs []synth.Hierarchy
	for v, n := range codes {
		hs = append(hs, synth.NewHierarchy(seed+uint64(v), n, 5))
	}
	return synth.NewCube(synth.CubeOptions{Seed: seed, Hierarchies: hs})
}

func (t *table) eliminate(tb testing.TB, threads int) (hidden int) {
	e := linear.New(t.n, space(tb, t.n, t.relations, t.weight), t.kind, nil, threads)
	for _, j := range t.order {
		if !e.Publish(j) {
			hidden++
		}
	}
	return hidden
}

// BenchmarkEliminate is the whole elimination, coordinates included, of counts
// with 30 percent zeros among the finest cells, on two threads, by size: of two
// variables, of three, and of five. The largest run with SLUIS_LONG=1 alone.
func BenchmarkEliminate(b *testing.B) {
	sizes := [][]int{
		{32, 32}, {60, 64}, {135, 136}, {318, 319},
		{10, 10, 10}, {22, 21, 22}, {46, 47, 47},
	}
	if os.Getenv("SLUIS_LONG") != "" {
		sizes = append(sizes, []int{1000, 1000}, []int{59, 59, 58}, []int{99, 99, 100}, []int{12, 12, 12, 12, 13})
	}
	for _, codes := range sizes {
		b.Run(fmt.Sprint(codes), func(b *testing.B) {
			t := newTable(cube(1, codes...))
			hidden := 0
			most := peak(func() {
				for b.Loop() {
					hidden = t.eliminate(b, 2)
				}
			})
			b.ReportMetric(float64(t.n)*float64(b.N)/b.Elapsed().Seconds(), "cells/s")
			b.ReportMetric(float64(t.n), "cells")
			b.ReportMetric(float64(t.primaries), "primaries")
			b.ReportMetric(float64(hidden), "secondaries")
			b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
			b.ReportMetric(float64(most)/float64(t.n), "peak-B/cell")
		})
	}
}

// peak returns the largest growth of the heap while f ran, garbage included, sampled
// every few milliseconds.
func peak(f func()) uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	now := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	base := now()
	most := base
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.Tick(5 * time.Millisecond); ; {
			most = max(most, now())
			select {
			case <-stop:
				return
			case <-tick:
			}
		}
	}()
	f()
	close(stop)
	<-done
	return most - base
}

package sdc

import (
	"iter"

	"github.com/sluis-go/sluis/internal/guard"
)

// runCells is the number of cells of a run, which one goroutine looks at. A small number
// keeps the wait for the last goroutine short.
const runCells = 1 << 12

// runsOf returns the number of runs into which n cells are cut.
func runsOf(n int) int { return (n + runCells - 1) / runCells }

// inRuns cuts n cells into runs and calls fn for each run, from threads goroutines. Which
// worker takes which run is not determined.
func inRuns(n, threads int, fn func(worker, k, lo, hi int)) {
	guard.Each(threads, runsOf(n), func(worker, k int) { fn(worker, k, k*runCells, min(n, (k+1)*runCells)) })
}

// run is the cells lo to hi-1 of a table.
type run struct {
	t      *Table
	lo, hi int
}

// published iterates over the published cells of the run.
func (r run) published() iter.Seq[Cell] {
	return func(yield func(Cell) bool) {
		for i := r.lo; i < r.hi; i++ {
			if !r.t.hidden[i] && !yield(Cell{r.t, i}) {
				return
			}
		}
	}
}

// lineRun is a run of cells and the lines over one variable.
type lineRun struct {
	run
	over lines
}

// published iterates over the published cells that lie in a line, each with the cell
// of the line's total. Cells of nodes that are no category are left out.
func (r lineRun) published() iter.Seq2[Cell, Cell] {
	return func(yield func(c, line Cell) bool) {
		nodes, whole := r.t.nodes[r.over.v], r.over.whole
		for i := r.lo; i < r.hi; i++ {
			if whole != nil && whole[nodes[i]] {
				continue
			}
			if nodes[i] != 0 && !r.t.hidden[i] && !yield(Cell{r.t, i}, Cell{r.t, int(r.over.of(i))}) {
				return
			}
		}
	}
}

package sdc

import (
	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/evidence"
)

// gridded holds the grids of a worker. A grid counts rows by the indices of dictionaries,
// or of the few values of plain columns, without giving codes to rows. A column may be
// read by its indices if it only spans tables; a table may have a grid if only such
// columns span it. The lists are by column or by table of the plan.
type gridded struct {
	able   []bool // tables that may have a grid
	wanted []bool // columns

	dicts   []*column.Dictionary // of the rows in grids; nil before there are any
	leaves  []bool               // all entries of dicts may occur
	grids   []*evidence.Grid     // nil while a table has none
	refused []bool               // tables with rows that their grid did not take, until all grids begin anew

	// Of the present batch.
	now     []*column.Dictionary // nil for a column that is not read by its indices
	indices []column.Indices
	on      []bool // tables
	coded   []bool // columns
	cols    []column.Indices
}

func newGridded(pl *plan) gridded {
	n, tabs := len(pl.columns), len(pl.tabs)
	g := gridded{
		able: make([]bool, tabs), wanted: make([]bool, n),
		dicts: make([]*column.Dictionary, n), leaves: make([]bool, n),
		grids: make([]*evidence.Grid, tabs), refused: make([]bool, tabs),
		now: make([]*column.Dictionary, n), indices: make([]column.Indices, n), on: make([]bool, tabs), coded: make([]bool, n),
	}
	for k, t := range pl.tabs {
		g.able[k] = !t.asked && t.observing == nil
		for _, c := range t.by {
			g.able[k] = g.able[k] && c != pl.respondent && c != pl.holding && c != pl.request
		}
	}
	g.want(pl)
	return g
}

// want notes the columns of tables that are able.
func (g *gridded) want(pl *plan) {
	clear(g.wanted)
	for k, t := range pl.tabs {
		for _, c := range t.by {
			g.wanted[c] = g.wanted[c] || g.able[k]
		}
	}
}

// allLeaves reports whether all entries of a dictionary are leaves of the hierarchy of
// the column; true without a hierarchy. Where an entry is no leaf, its rows must be read:
// the entry is an error only in a row in which it occurs.
func (w *worker) allLeaves(c int, d *column.Dictionary) bool {
	h := w.pl.columns[c].hierarchy
	for i := 0; h != nil && i < d.Len(); i++ {
		if !h.isLeaf(d.Label(i)) {
			return false
		}
	}
	return true
}

// choose decides which tables count the present batch of n rows on a grid, and which
// columns must be encoded for the other tables. It makes the grids that are missing.
func (w *worker) choose(n int64) {
	g := &w.grids
	for c, want := range w.pl.columns {
		g.coded[c] = want.coded && !w.pl.spans(c)
	}
	for k, t := range w.pl.tabs {
		for _, c := range t.by {
			if g.able[k] && g.now[c] == nil && w.encoders[c].RowByRow() {
				g.able[k] = false
				g.want(w.pl)
			}
		}
		g.on[k] = g.able[k] && !g.refused[k]
		for _, c := range t.by {
			g.on[k] = g.on[k] && g.now[c] != nil
		}
		if g.on[k] && g.grids[k] == nil {
			g.grids[k] = w.newGrid(k, w.rows+n)
			g.on[k] = g.grids[k] != nil
		}
		for _, c := range t.by {
			g.coded[c] = g.coded[c] || !g.on[k] || c == w.pl.respondent || c == w.pl.holding || c == w.pl.request
		}
	}
}

// newGrid makes a grid for table k of a worker; rows is the number of rows that the
// worker has read.
func (w *worker) newGrid(k int, rows int64) *evidence.Grid {
	cards := make([]int, 0, len(w.pl.tabs[k].by))
	for _, c := range w.pl.tabs[k].by {
		cards = append(cards, w.grids.indices[c].Below)
	}
	return w.accumulators[k].NewGrid(cards, rows)
}

// addToGrid hands the batch to the grid of a table. It reports false for rows
// that the grid cannot take.
func (w *worker) addToGrid(k int, b *evidence.Batch) (bool, error) {
	g := &w.grids
	g.cols = g.cols[:0]
	for _, c := range w.pl.tabs[k].by {
		g.cols = append(g.cols, g.indices[c])
	}
	return g.grids[k].Add(b, g.cols)
}

// renew flushes the grids because a dictionary has changed. A table whose grid has fewer
// rows than cells gets no new grid.
func (w *worker) renew() error {
	g := &w.grids
	for k, grid := range g.grids {
		g.able[k] = g.able[k] && (grid == nil || grid.Rows() >= int64(grid.Cells()))
	}
	g.want(w.pl)
	clear(g.refused)
	return w.flush()
}

// countAll lets the grids count their waiting rows while other workers are still busy.
func (g *gridded) countAll() {
	for _, grid := range g.grids {
		if grid != nil {
			grid.Flush()
		}
	}
}

// flush hands the counts of all grids to the accumulators.
func (w *worker) flush() error {
	all := make([]int, len(w.pl.tabs))
	for k := range all {
		all[k] = k
	}
	return w.flushTables(all)
}

// flushTables hands the counts of the grids of some tables to their accumulators.
func (w *worker) flushTables(tables []int) error {
	g := &w.grids
	used := make([][]bool, len(w.pl.columns))
	for _, k := range tables {
		t := w.pl.tabs[k]
		if g.grids[k] == nil {
			continue
		}
		for v, c := range t.by {
			of := g.grids[k].Used(v)
			if used[c] == nil {
				used[c] = of
				continue
			}
			for i := range of {
				used[c][i] = used[c][i] || of[i]
			}
		}
	}
	codes := make([][]uint32, len(w.pl.columns))
	for c, of := range used {
		if of != nil {
			codes[c] = w.encoders[c].Use(g.dicts[c], of)
		}
	}
	for _, k := range tables {
		t := w.pl.tabs[k]
		if g.grids[k] == nil {
			continue
		}
		columns := make([][]uint32, 0, len(t.by))
		for _, c := range t.by {
			columns = append(columns, codes[c])
		}
		if err := w.accumulators[k].Take(g.grids[k], columns, w.threads); err != nil {
			return w.rowError(err, t, 0, nil)
		}
		g.grids[k] = nil
	}
	return nil
}

// alike reports whether the grids of a table in two workers are over the same
// dictionaries and can be merged.
func (w *worker) alike(o *worker, k int) bool {
	a, b := w.grids.grids[k], o.grids.grids[k]
	if a == nil || b == nil {
		return b == nil
	}
	for _, c := range w.pl.tabs[k].by {
		if !w.grids.dicts[c].Equal(o.grids.dicts[c]) {
			return false
		}
	}
	return a.Fits(b)
}

package evidence

import "github.com/sluis-go/sluis/internal/touch"

// whose finds, for the cells of a grid in which every row is a respondent, the sole row
// and the largest rows of each cell. The values that every row is compared with lie side
// by side; few rows are among the largest.
type whose struct {
	sole bool
	each int // largest of every cell
	// With a response, cells; without, last.
	cells []lastRow
	last  []uint64
	value []int64  // each a cell, falling
	row   []uint64 // beside value
}

// lastRow holds one more than the key of the last row of a cell with a response (0 before
// such a row), and the least amount among the largest of the cell.
type lastRow struct {
	key   uint64
	least int64
}

// newWhose returns nil where there is nothing to note.
func newWhose(s *Shape, n int) *whose {
	w := &whose{sole: s.Sole}
	switch {
	case s.Response && (s.Sole || s.Largest > 0):
		w.each = s.Largest
		w.cells = touch.Slice[lastRow](n)
		w.value, w.row = touch.Slice[int64](n*w.each), touch.Slice[uint64](n*w.each)
	case s.Sole:
		w.last = make([]uint64, n)
	default:
		return nil
	}
	return w
}

// count takes in rows lo and on of a batch without a response.
func (w *whose) count(b *Batch, lo int, keys []uint32) {
	for i, k := range keys {
		w.last[k] = b.row(lo+i) + 1
	}
}

// add takes in rows lo and on of a batch with a response, x.
func (w *whose) add(b *Batch, lo int, keys []uint32, x []int64, null []bool) {
	x = x[:len(keys)]
	for i, k := range keys {
		if null != nil && null[i] {
			continue
		}
		c := &w.cells[k]
		c.key = b.row(lo+i) + 1
		if a := max(x[i], -x[i]); a > c.least {
			w.rank(k, a, c.key)
		}
	}
}

// rank puts a, which is above the least of cell k, among its largest.
func (w *whose) rank(k uint32, a int64, key uint64) {
	n := w.each
	if n == 0 {
		return
	}
	value, row := w.value[int(k)*n:int(k)*n+n], w.row[int(k)*n:int(k)*n+n]
	i := n - 1
	for ; i > 0 && a > value[i-1]; i-- {
		value[i], row[i] = value[i-1], row[i-1]
	}
	value[i], row[i] = a, key
	w.cells[k].least = value[n-1]
}

// merge adds o, of the same grid and unit.
func (w *whose) merge(o *whose) {
	for k, key := range o.last {
		if key != 0 {
			w.last[k] = key
		}
	}
	for k, c := range o.cells {
		if c.key != 0 {
			w.cells[k].key = c.key
		}
		for j := k * o.each; j < (k+1)*o.each && o.value[j] > w.cells[k].least; j++ {
			w.rank(uint32(k), o.value[j], o.row[j])
		}
	}
}

// write writes the cells with the given numbers to an accumulator that has all else
// of them.
func (w *whose) write(a *Accumulator, keys []uint32) {
	if w.sole {
		a.alone = &soles{respondent: make([]Unit, len(keys))}
		for i, k := range keys {
			a.alone.respondent[i] = w.alone(a, i, k)
		}
	}
	if w.each == 0 {
		return
	}
	c := &a.small.inner
	for i, k := range keys {
		for j := range w.each {
			if from := int(k)*w.each + j; w.value[from] != 0 {
				c.named[i*w.each+j] = small(w.value[from])
				c.who[i*w.each+j] = Unit{RespondentUnit, w.row[from] - 1}
			}
		}
	}
}

// alone returns the sole unit in cell i, which is cell k of the grid: the last row, where
// it is the only one.
func (w *whose) alone(a *Accumulator, i int, k uint32) Unit {
	rows, key := int64(0), uint64(0)
	if w.last != nil {
		rows, key = a.none.inner.records[i], w.last[k]
	} else {
		rows, key = a.small.inner.records[i]-a.small.inner.missing[i], w.cells[k].key
	}
	switch rows {
	case 0:
		return Unit{}
	case 1:
		return Unit{RespondentUnit, key - 1}
	}
	return Unit{Kind: SeveralUnits}
}

package group

import (
	"sync"

	"github.com/sluis-go/sluis/internal/touch"
)

// Amounts counts the rows of the cells of a grid, and gathers the sum and the two largest
// of their amounts. An amount is from 1 to 2^32-1. A cell is 16 bytes, four to a cache
// line. An Amounts takes at most 2^31 rows, and is not safe for concurrent use.
type Amounts struct {
	cells []amount
	// Rows and sums that were moved out of full cells; nil before the first full cell.
	moved []moved
}

// amount is a cell. word is the sum plus amountRow times the number of rows. The number
// of rows is below fullRows, except within one call of Add. So the sum stays below
// amountRow.
type amount struct {
	word          uint64
	first, second uint32 // the largest; 0 where there is none
}

type moved struct{ rows, sum uint64 }

const (
	amountBits = 32
	amountRow  = 1 << 48
	fullRows   = 1 << 15

	// AmountRows is the number of rows that Amounts takes at a time, at most.
	AmountRows = 1 << 14
)

// NewAmounts returns empty cells for a grid.
func NewAmounts(g *Grid) *Amounts { return &Amounts{cells: touch.Slice[amount](g.cells)} }

// Add adds the rows for which x is an amount. It writes the positions of the other rows
// to rest, ascending, and returns their number. keys must be below the number of cells;
// otherwise the effects are undefined. x and rest have a place for each key.
func (a *Amounts) Add(keys []uint32, x []int64, rest []uint32) int {
	if len(keys) > AmountRows {
		panic("group: too many rows at a time")
	}
	n := 0
	for _, i := range rest[:addAmounts(a.cells, keys, x, rest)] {
		if !isAmount(x[i]) {
			rest[n] = i
			n++
			continue
		}
		a.move(int(keys[i]))
	}
	return n
}

func isAmount(x int64) bool { return uint64(x)-1 < 1<<amountBits-1 }

// addAmountsPortable is the loop of the faster variants. It adds the rows that have an
// amount. It writes to rest the rows without an amount, and the rows whose cell is full
// after them.
func addAmountsPortable(cells []amount, keys []uint32, x []int64, rest []uint32) int {
	x, rest = x[:len(keys)], rest[:len(keys)]
	n := 0
	for i, k := range keys {
		if !isAmount(x[i]) {
			rest[n] = uint32(i)
			n++
			continue
		}
		c := &cells[k]
		c.word += uint64(x[i]) + amountRow
		if c.word >= fullRows*amountRow {
			rest[n] = uint32(i)
			n++
		}
		v, first := uint32(x[i]), c.first
		c.first = max(first, v)
		c.second = max(c.second, min(first, v))
	}
	return n
}

// move empties the count and the sum of a cell if it is full.
func (a *Amounts) move(k int) {
	c := &a.cells[k]
	if c.word < fullRows*amountRow {
		return
	}
	if a.moved == nil {
		a.moved = make([]moved, len(a.cells))
	}
	a.moved[k].rows += c.word / amountRow
	a.moved[k].sum += c.word % amountRow
	c.word = 0
}

// At returns the number of rows of cell k, the sum of their amounts, and the two largest
// amounts; 0 where there is none.
func (a *Amounts) At(k int) (rows, sum, first, second int64) {
	c := a.cells[k]
	rows, sum = int64(c.word/amountRow), int64(c.word%amountRow)
	if a.moved != nil {
		rows, sum = rows+int64(a.moved[k].rows), sum+int64(a.moved[k].sum)
	}
	return rows, sum, int64(c.first), int64(c.second)
}

// any reports whether a cell of lo to hi has rows.
func (a *Amounts) any(lo, hi int) bool {
	for _, c := range a.cells[lo:hi] {
		if c.word != 0 {
			return true
		}
	}
	for k := lo; k < hi && a.moved != nil; k++ {
		if a.moved[k].rows != 0 {
			return true
		}
	}
	return false
}

// Merge adds o, of the same grid. It calls share once, with a function that adds the
// cells lo to hi. share may call this function for different cells at the same time.
func (a *Amounts) Merge(o *Amounts, share func(do func(lo, hi int))) {
	var mu sync.Mutex
	var full []int
	share(func(lo, hi int) {
		into := a.cells[lo:hi]
		for i, from := range o.cells[lo:hi] {
			c := &into[i]
			c.word += from.word // of two counts below fullRows
			c.second = max(c.second, from.second, min(c.first, from.first))
			c.first = max(c.first, from.first)
			if c.word >= fullRows*amountRow {
				mu.Lock()
				full = append(full, lo+i)
				mu.Unlock()
			}
		}
	})
	for _, k := range full {
		a.move(k)
	}
	if a.moved == nil {
		a.moved = o.moved
		return
	}
	for k, from := range o.moved {
		a.moved[k].rows += from.rows
		a.moved[k].sum += from.sum
	}
}

package evidence

import (
	"cmp"
	"errors"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/group"
)

const (
	gridCells = 1 << 20 // of a grid that counts: five bytes each
	gridWide  = 1 << 18 // of one with a response or units: some dozens of bytes each
	gridEach  = 16      // cells for each row
	gridLeast = 1 << 12 // cells for however few rows
	gridRows  = 1 << 31 // rows after which a grid takes no more
	gridBlock = 1 << 11 // rows with keys that stay in the first cache
)

// ErrIndex says that an index is not in its dictionary.
var ErrIndex = errors.New("dictionary index out of range")

// Grid gathers the evidence of rows with spanning columns that are indices of
// dictionaries, over all combinations of the indices. It encodes and looks up nothing.
// Its evidence goes to an accumulator at the end, or when the dictionaries change. A grid
// is not safe for concurrent use.
type Grid struct {
	keys   *group.Grid
	counts *group.Counts
	tally  *tally // of a response without units; nil otherwise
	rows   *whose // sole and largest rows, where rows have no units; nil where they are not asked for
	hints  *hints // of rows that may have a value in common; nil likewise
	guess  *Guess // of the hints
	// acc has the cells of the grid as its own cells, and no table. The rows of the cells
	// are in counts. The sums in tally are not in acc.
	acc *Accumulator
}

// NewGrid returns an empty grid for rows of columns with the given numbers of indices; a
// takes the grid later. rows is the least number of rows. NewGrid returns nil where rows
// must be gathered one by one:
//
//   - too many combinations;
//   - weights;
//   - a budget that a has used in part: grid and accumulator would both keep as many rows
//     in memory.
func (a *Accumulator) NewGrid(cards []int, rows int64) *Grid {
	if a.shape.Weight || a.spill != nil && a.rows > 0 {
		return nil
	}
	most := gridWide
	if !a.shape.Response && !a.shape.pooled() {
		most = gridCells
	}
	keys := group.NewGrid(cards, int(min(int64(most), max(gridLeast, gridEach*rows))))
	if keys == nil {
		return nil
	}
	g := &Grid{keys: keys, counts: group.NewCounts(keys)}
	g.acc = &Accumulator{shape: a.shape, digits: a.digits, wdigit: a.wdigit, float: a.float}
	if a.shape.Response {
		g.acc.small = newState[small](a.shape, 0)
		g.acc.small.inner.grow(g.kept())
		g.acc.small.like(a.small)
		if !a.shape.pooled() {
			g.tally = newTally(&a.shape, keys, g.counts)
			if g.acc.small.log != nil {
				g.hints, g.guess = newHints(keys.Cells()), cmp.Or(a.guess, &Guess{})
			}
		}
	} else {
		g.acc.none = newState[exact.Empty](a.shape, 0)
		g.acc.none.inner.grow(g.kept())
		g.acc.none.like(a.none)
	}
	switch {
	case !a.shape.pooled():
		g.rows = newWhose(&a.shape, keys.Cells())
	case a.shape.Sole:
		g.acc.alone = &soles{}
	}
	if a.spill != nil {
		g.acc.SpillTo(a.spill)
	}
	return g
}

// like gives s the limits of o, if there is one.
func (s *state[T]) like(o *state[T]) {
	if o == nil {
		return
	}
	s.most = o.most
	from := o.pools()
	for i, p := range s.pools() {
		p.compactMin, p.compactAt = from[i].compactMin, from[i].compactMin
	}
}

// kept returns the number of cells for which acc keeps evidence.
func (g *Grid) kept() int {
	if g.acc.shape.pooled() {
		return g.keys.Cells()
	}
	return 0
}

// Add adds a batch; cols is used in place of Cols and Cards of the batch. Add reports
// false, and changes nothing, for rows that it cannot take: a response of more than 64
// bits, a response with another unit than before, or too many rows. After an error
// (ErrIndex, or one that wraps ErrSpill) the grid must not be used.
func (g *Grid) Add(b *Batch, cols []column.Indices) (ok bool, err error) {
	a := g.acc
	if a.rows+int64(b.Rows) > gridRows {
		return false, nil
	}
	if b.Rows == 0 {
		return true, nil
	}
	if st := a.small; st != nil {
		if a.rows > 0 && b.Response.Shift != st.shift || !loadSmall(st, b.Response, b.Rows, a.rows+int64(b.Rows)) {
			return false, nil
		}
	}
	first := a.rows == 0
	a.rows += int64(b.Rows)
	if a.small != nil {
		a.small.noteBatch(b)
	}
	if a.shape.pooled() {
		extendTo(&a.ids, b.Rows)
		if !g.keys.Keys(a.ids, cols, 0) {
			return false, ErrIndex
		}
		g.counts.Add(a.ids)
		if a.alone != nil {
			a.alone.add(b, a.ids, g.keys.Cells(), &a.shape)
		}
		if a.small != nil {
			a.small.addRest(b, a.ids)
		} else {
			a.none.addRest(b, a.ids)
		}
		return true, a.spill.err()
	}
	if g.tally == nil && g.rows == nil {
		if !g.counts.AddRows(cols, b.Rows) {
			return false, ErrIndex
		}
		return true, nil
	}
	if g.hints != nil {
		g.hint(b, first)
	}
	lasting := g.lasting(b, cols)
	extendTo(&a.ids, min(gridBlock, b.Rows))
	for lo := 0; lo < b.Rows; lo += gridBlock {
		hi := min(lo+gridBlock, b.Rows)
		keys := a.ids[:hi-lo]
		if !g.keys.Keys(keys, cols, lo) {
			return false, ErrIndex
		}
		if g.tally == nil {
			g.rows.count(b, lo, keys)
			g.counts.Add(keys)
			continue
		}
		var null []bool
		if b.Response.Null != nil {
			null = b.Response.Null[lo:hi]
		}
		x := integers(a.small.x[lo:hi])
		if g.rows != nil {
			g.rows.add(b, lo, keys, x, null)
		}
		if g.hints != nil {
			g.hints.add(keys, x, null)
			if !lasting {
				a.small.log.add(keys, smalls(x), null)
			}
		}
		steps, step := x, int64(1)
		if n := b.Response; n.Steps != nil && n.Shift == a.small.shift {
			steps, step = n.Steps[lo:hi], n.Step
		}
		g.tally.add(keys, x, steps, step, null)
	}
	if lasting {
		a.small.log.refer(g.keys, cols, a.small.x[:b.Rows])
	}
	return true, nil
}

// Flush counts the rows that wait to be counted.
func (g *Grid) Flush() { g.counts.Flush() }

// Rows returns the number of rows added.
func (g *Grid) Rows() int64 { return g.acc.rows }

// Cells returns the number of cells, with rows or without.
func (g *Grid) Cells() int { return g.keys.Cells() }

// Used returns which indices of a column rows have.
func (g *Grid) Used(c int) []bool {
	g.Flush()
	var amounts *group.Amounts
	if g.tally != nil {
		amounts = g.tally.amounts
	}
	return g.keys.Used(c, g.counts, amounts)
}

// fold brings counts and tally to where all is read from.
func (g *Grid) fold(threads int) {
	g.counts.Flush()
	if g.tally != nil {
		g.tally.fold(threads)
	}
}

// Fits reports whether o, over the same dictionaries, can be merged: the responses have
// one unit, the sums stay within 64 bits, and the rows are not too many.
func (g *Grid) Fits(o *Grid) bool {
	a, rows := g.acc, g.acc.rows+o.acc.rows
	if rows > gridRows {
		return false
	}
	return a.small == nil || a.small.shift == o.acc.small.shift && fits(max(a.small.bits, o.acc.small.bits), rows, smallBits)
}

// Merge adds the evidence of o. Fits must hold for o, and o must not be used afterwards.
// units maps the dense respondents and holdings of o. Up to threads goroutines work.
func (g *Grid) Merge(o *Grid, units Codes, threads int) error {
	a := g.acc
	if g.tally != nil && !g.tally.alike(o.tally) {
		g.fold(1)
		o.fold(1)
	}
	a.rows += o.acc.rows
	g.Flush()
	o.Flush()
	n := g.Cells()
	inParallel(threads, threads, func(w int) { g.counts.Merge(o.counts, n*w/threads, n*(w+1)/threads) })
	if g.tally != nil {
		g.tally.merge(o.tally, threads)
	}
	if g.hints != nil {
		g.hints.merge(o.hints, threads)
	}
	if g.rows != nil {
		g.rows.merge(o.rows)
	}
	if a.alone != nil {
		a.alone.merge(o.acc.alone, g.keys.Cells(), nil, units)
	}
	var err error
	if a.small != nil {
		a.small.bits = max(a.small.bits, o.acc.small.bits)
		err = a.small.merge(o.acc.small, g.kept(), nil, units)
	} else {
		err = a.none.merge(o.acc.none, g.kept(), nil, units)
	}
	return errors.Join(err, a.spill.err())
}

// Take adds the evidence of a grid, which must not be used afterwards. columns[c] maps
// the indices of column c to codes. An index of a row must not map to NoNode. Up to
// threads goroutines work.
func (a *Accumulator) Take(g *Grid, columns [][]uint32, threads int) error {
	if g.acc.rows == 0 {
		return nil
	}
	if a.rows == 0 && !a.shape.pooled() {
		a.held, a.names = g, columns
		a.rows, a.none, a.small, a.narrow, a.wide = g.acc.rows, g.acc.none, g.acc.small, nil, nil
		return nil
	}
	a.unfold(threads)
	return a.take(g, columns, threads)
}

// take is Take for an accumulator that holds no grid.
func (a *Accumulator) take(g *Grid, columns [][]uint32, threads int) error {
	o := g.settle(threads)
	if a.rows == 0 && o.table.Rename(columns) {
		a.table, a.rows, a.none, a.small, a.narrow, a.wide = o.table, o.rows, o.none, o.small, nil, nil
		a.alone = o.alone
		return a.spill.err()
	}
	return a.Merge(o, Codes{Columns: columns})
}

// unfold takes the grid that is held cell by cell.
func (a *Accumulator) unfold(threads int) {
	if a.held == nil {
		return
	}
	g, names := a.held, a.names
	a.held, a.names = nil, nil
	empty, err := New(a.shape, a.digits, a.wdigit, a.float)
	if err == nil {
		a.rows, a.none, a.small = 0, empty.none, empty.small
		err = a.take(g, names, threads)
	}
	if err != nil {
		panic("evidence: " + err.Error()) // only units and weights can fail, and both grids have none
	}
}

// settle returns an accumulator of the cells that have rows, coded by index.
func (g *Grid) settle(threads int) *Accumulator {
	a := g.acc
	g.fold(threads)
	keys, records := g.counts.Occupied()
	cols := make([][]uint32, len(g.keys.Cards()))
	inParallel(threads, len(cols), func(c int) { cols[c] = g.keys.Spell(keys, c) })
	a.table = group.NewTableOf(cols, g.keys.Cards(), len(keys))
	if a.small != nil {
		settle(a.small, keys, records, g.keys.Cells(), g.tally, threads)
	} else {
		settle(a.none, keys, records, g.keys.Cells(), nil, threads)
	}
	if a.alone != nil {
		a.alone.pick(keys)
	}
	if g.rows != nil {
		g.rows.write(a, keys)
	}
	return a
}

// settle leaves the cells of a grid that have rows.
func settle[T number[T]](s *state[T], keys []uint32, records []int64, n int, t *tally, threads int) {
	if s.shape.pooled() || s.log != nil {
		rank := make([]uint32, n)
		for i, k := range keys {
			rank[k] = uint32(i)
		}
		if s.log != nil {
			s.log.rename(rank)
		}
		if s.shape.pooled() {
			s.inner = s.inner.pick(keys)
		}
		for _, p := range s.pools() {
			p.seal()
			for i := range p.blocks {
				p.blocks[i].cells = rank
			}
			for i := range p.runs {
				p.runs[i].cells = rank
			}
		}
	}
	s.inner.grow(len(keys))
	s.inner.records = records
	if st, ok := any(s).(*state[small]); ok && t != nil {
		inParallel(threads, threads, func(w int) {
			t.write(&st.inner, keys, len(keys)*w/threads, len(keys)*(w+1)/threads)
		})
		if s.shape.Alike > 0 {
			t.observeCells(&st.inner, keys)
		}
	}
}

// pick returns the cells with the given numbers.
func (c *cells[T]) pick(which []uint32) cells[T] {
	return cells[T]{
		shape: c.shape, n: len(which), slots: c.slots,
		missing: picked(c.missing, which, 1), respondents: picked(c.respondents, which, 1),
		holdings: picked(c.holdings, which, 1), contributors: picked(c.contributors, which, 1),
		nonZero: picked(c.nonZero, which, 1), negative: picked(c.negative, which, 1),
		sum: picked(c.sum, which, 1), abs: picked(c.abs, which, 1), top: picked(c.top, which, c.shape.ranked()),
		owners: picked(c.owners, which, 1), seen: picked(c.seen, which, 1), one: picked(c.one, which, 1),
		named: picked(c.named, which, c.shape.Largest), who: picked(c.who, which, c.shape.Largest),
	}
}

// picked returns the runs of n with the given numbers.
func picked[T any](s []T, numbers []uint32, n int) []T {
	if s == nil {
		return nil
	}
	out := make([]T, 0, n*len(numbers))
	for _, i := range numbers {
		out = append(out, s[int(i)*n:int(i)*n+n]...)
	}
	return out
}

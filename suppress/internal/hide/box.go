package hide

import "slices"

// box looks for small witnesses without a linear program. All changes are plus or minus one
// amount. Examples:
//
//   - the exchange between the four corners of a rectangle of a table;
//   - the corners of a box of more variables, with their totals down or up a hierarchy.
//
// The search starts with a change of one cell. It takes a relation that no longer holds, and
// changes another cell of the relation so that the relation holds again. Cells that break
// the fewest other relations are first. The search goes back when no cell fits, or when the
// price is too high. A box holds scratch space; not safe for concurrent use.
type box struct {
	p      *Problem
	hidden []bool
	price  []int64

	off   []int64 // relation -> sum of parts less total
	at    []int32 // relation -> place in upset, -1
	upset []int32
	delta []int64 // cell -> change
	cells []int32 // changed, in order

	amount    int64
	more      bool
	view      *view
	nodes     int
	best      []int32
	bestDelta []int64
	bestCost  int64
}

func newBox(p *Problem, hidden []bool, price []int64) *box {
	return &box{
		p: p, hidden: hidden, price: price, off: make([]int64, len(p.rel)),
		at: slices.Repeat([]int32{-1}, len(p.rel)), delta: make([]int64, len(p.cells)),
	}
}

const (
	boxNodes = 400 // steps of one search
	boxCells = 256 // cells that a witness may have
)

// find looks for a witness in which a cell changes by an amount, which may be negative, and
// which the attacker of the view cannot rule out. With more, the witness may change
// published cells: find then returns the cheapest witness that it met, with a cost below
// the limit.
func (b *box) find(cell int32, by int64, v *view, more bool, nodes int, limit int64) (w *Witness, cost int64) {
	b.amount, b.more, b.view, b.nodes = abs(by), more, v, nodes
	b.best, b.bestCost = b.best[:0], limit
	if by > v.above(cell) || -by > v.below(cell) || b.amount > 1<<50 {
		return nil, 0
	}
	price := int64(0)
	if !b.hidden[cell] {
		price = b.price[cell]
	}
	b.move(cell, by)
	b.search(price)
	b.undo()
	if b.bestCost == limit {
		return nil, 0
	}
	return newWitness(b.best, b.bestDelta, 1), b.bestCost
}

// move changes a cell, and marks which relations no longer hold.
func (b *box) move(cell int32, by int64) {
	b.delta[cell] = by
	b.cells = append(b.cells, cell)
	b.shift(cell, by)
}

func (b *box) undo() {
	cell := b.cells[len(b.cells)-1]
	b.cells = b.cells[:len(b.cells)-1]
	b.shift(cell, -b.delta[cell])
	b.delta[cell] = 0
}

func (b *box) shift(cell int32, by int64) {
	for _, r := range b.p.of[cell] {
		d := by
		if b.p.rel[r].Total == int(cell) {
			d = -by
		}
		was := b.off[r]
		b.off[r] += d
		switch {
		case was == 0:
			b.at[r] = int32(len(b.upset))
			b.upset = append(b.upset, r)
		case b.off[r] == 0:
			last := b.upset[len(b.upset)-1]
			b.upset[b.at[r]] = last
			b.at[last] = b.at[r]
			b.upset = b.upset[:len(b.upset)-1]
			b.at[r] = -1
		}
	}
}

type step struct {
	cell  int32
	by    int64
	price int64
}

// gain tells what letting a cell make up for a relation would do: how many
// relations hold again less how many no longer do. Not ok where it may not
// change, or not so far.
func (b *box) gain(r int32, cell int32) (s step, net int, ok bool) {
	if b.delta[cell] != 0 {
		return s, 0, false
	}
	s = step{cell: cell, by: -b.off[r]}
	if b.p.rel[r].Total == int(cell) {
		s.by = -s.by
	}
	if s.by > b.p.up[cell] || -s.by > b.p.down[cell] {
		return s, 0, false
	}
	if b.view.who != 0 && (s.by > b.view.above(cell) || -s.by > b.view.below(cell)) {
		return s, 0, false
	}
	if !b.hidden[cell] {
		if !b.more || b.p.cells[cell].Status == Protected {
			return s, 0, false
		}
		s.price = b.price[cell]
	}
	for _, q := range b.p.of[cell] {
		d := s.by
		if b.p.rel[q].Total == int(cell) {
			d = -d
		}
		switch b.off[q] {
		case 0:
			net--
		case -d:
			net++
		default:
			return s, 0, false
		}
	}
	return s, net, true
}

// search goes on from the changes so far, which cost what they cost.
func (b *box) search(cost int64) {
	if len(b.upset) == 0 {
		b.bestCost = cost
		b.best = append(b.best[:0], b.cells...)
		b.bestDelta = b.bestDelta[:0]
		for _, c := range b.cells {
			b.bestDelta = append(b.bestDelta, b.delta[c])
		}
		return
	}
	if len(b.cells) >= boxCells {
		return
	}
	steps := b.choose(cost)
	for _, s := range steps {
		if b.nodes--; b.nodes < 0 || cost+s.price >= b.bestCost {
			return
		}
		b.move(s.cell, s.by)
		b.search(cost + s.price)
		b.undo()
		if b.bestCost == 0 {
			return
		}
	}
}

// choose picks the relation to see to next: that which a cell repairs with the
// least harm, and of those the one with the fewest such cells. It returns those,
// the cheapest first; none where a relation cannot be repaired.
func (b *box) choose(cost int64) []step {
	const least = -1 << 30
	pick, best, count := int32(-1), least, 0
	for _, r := range b.upset {
		most, n := least, 0
		look := func(c int) {
			s, net, ok := b.gain(r, int32(c))
			switch {
			case !ok || cost+s.price >= b.bestCost:
			case net > most:
				most, n = net, 1
			case net == most:
				n++
			}
		}
		look(b.p.rel[r].Total)
		for _, c := range b.p.rel[r].Parts {
			look(c)
		}
		if n == 0 {
			return nil
		}
		if pick < 0 || most > best || most == best && n < count {
			pick, best, count = r, most, n
		}
	}
	var steps []step
	take := func(c int) {
		if s, net, ok := b.gain(pick, int32(c)); ok && net == best {
			steps = append(steps, s)
		}
	}
	take(b.p.rel[pick].Total)
	for _, c := range b.p.rel[pick].Parts {
		take(c)
	}
	slices.SortStableFunc(steps, func(x, y step) int {
		switch {
		case x.price != y.price:
			if x.price < y.price {
				return -1
			}
			return 1
		}
		return int(x.cell - y.cell)
	})
	return steps
}

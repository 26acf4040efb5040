package evidence

import (
	"math/bits"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/scatter"
)

// walker visits units, partition by partition. It gathers their evidence in the inner
// cells, and the corrections at margins. Every worker has a walker of its own.
//
// A unit counts once in every inner cell in which it has rows, and these counts roll up.
// At a margin where two cells of the unit fall together the unit is then counted twice.
// So every cell of the unit that is not its first in a cell of the margin is subtracted
// there.
//
// The contribution of a unit to a cell of a margin is the sum of its parts, which is
// ranked at the margin.
//
//   - If all parts have one sign, no part is larger than the sum. The parts then stay
//     among the contributions that roll up, marked with their owner: only the largest of
//     an owner counts. The absolute values add up.
//   - If the parts have both signs (or are weighted by tau, where a contribution is not
//     one number), the unit is left out of the evidence that rolls up. It contributes to
//     the cells of every margin one by one.
type walker[T number[T]] struct {
	shape  Shape
	as     role
	places *places
	most   *limits
	inner  *cells[T] // nil when the inner cells have their evidence already
	margin *cells[T] // of places

	keep func(Unit) bool // units that are looked at; nil for all

	weight []exact.Int128 // by dense id, with Tau
	found  int            // units seen
	low    lowest         // of them

	rows gathered[T]
	cell []uint32 // of the present unit
	part []contribution[T]
	wx   []exact.Int512
	own  uint64 // the unit's number
	kind UnitKind
	who  Unit
	w    exact.Int128
	roll bool // its parts roll up

	together []uint64 // by pairs of cells
	marks    []mark   // of parts
	stamp    []uint32 // cell of a margin -> turn, and where it is in sum
	spot     []uint32
	turn     uint32
	touched  []uint32
	sum      []contribution[T]
	sumWX    []exact.Int512
}

// partition looks at the units of one partition; numbers from number on are
// free for them.
func (w *walker[T]) partition(p *pool[T], part int, number uint64) {
	w.rows.partition(p, part)
	recs := w.rows.recs
	if !w.shape.Response && w.places.margins == 0 && w.inner != nil {
		w.countPairs(recs)
		return
	}
	low := w.low.wants(recs)
	if !w.shape.Response && w.keep == nil {
		w.countUnits(recs, low)
		return
	}
	alike := w.shape.Alike > 0 && w.as&asRespondent != 0 || w.shape.Owners && w.as&asHolding != 0
	for i := 0; i < len(recs); {
		j := i + 1
		for j < len(recs) && recs[j].unit == recs[i].unit {
			j++
		}
		if w.keep != nil && !w.keep(Unit{w.kind, scatter.Unmix(recs[i].unit)}) {
			i = j
			continue
		}
		number++
		w.found++
		if low {
			w.low.add(recs[i].unit)
		}
		w.own = number
		if w.shape.Largest > 0 {
			w.who = Unit{w.kind, scatter.Unmix(recs[i].unit)}
		}
		if w.weight != nil {
			w.w = w.weight[scatter.Unmix(recs[i].unit)]
		}
		w.take(recs[i:j])
		w.unit()
		if alike {
			w.mark()
		}
		i = j
	}
}

// countUnits counts units without a response in their cells, and subtracts double counts
// at margins. low says that some units may be among the lowest.
func (w *walker[T]) countUnits(recs []rec, low bool) {
	var same []int64
	if w.inner != nil {
		same = w.inner.same
	}
	for i := 0; i < len(recs); {
		unit, last := recs[i].unit, recs[i].cell
		w.cell = append(w.cell[:0], last)
		j := i + 1
		for ; j < len(recs) && recs[j].unit == unit; j++ {
			if g := recs[j].cell; g != last {
				w.cell, last = append(w.cell, g), g
			}
		}
		i = j
		w.found++
		if low {
			w.low.add(unit)
		}
		if same != nil {
			for _, g := range w.cell {
				same[g]++
			}
		}
		if len(w.cell) > 1 && w.places.margins > 0 {
			w.countTogether()
		}
	}
}

// countPairs counts every unit once in each of its cells, which is all there is to
// do without responses and margins.
func (w *walker[T]) countPairs(recs []rec) {
	same := w.inner.same
	if len(recs) == 0 {
		return
	}
	last := recs[0]
	if w.low.wants(recs) {
		for i, r := range recs {
			if i == 0 || r.unit != recs[i-1].unit {
				w.low.add(r.unit)
			}
		}
	}
	same[last.cell]++
	units := 1
	for _, r := range recs[1:] {
		if r.unit != last.unit {
			units++
			same[r.cell]++
		} else if r.cell != last.cell {
			same[r.cell]++
		}
		last = r
	}
	w.found += units
}

// take fills the present unit from its rows. The rows of one cell are added up.
func (w *walker[T]) take(recs []rec) {
	w.cell, w.part, w.wx = w.cell[:0], w.part[:0], w.wx[:0]
	for k, r := range recs {
		same := k > 0 && r.cell == recs[k-1].cell
		if !same {
			w.cell = append(w.cell, r.cell)
		}
		if !w.shape.Response {
			continue
		}
		if same {
			if u := &w.part[len(w.part)-1]; w.rows.filled[r.at] {
				u.filled = true
				u.x = u.x.Add(w.rows.x[r.at])
				if w.shape.Weight {
					end := len(w.wx) - 1
					w.wx[end] = w.wx[end].Add(w.rows.wx[r.at])
				}
			}
			continue
		}
		w.part = append(w.part, contribution[T]{filled: w.rows.filled[r.at], x: w.rows.x[r.at], w: w.w})
		if w.shape.Weight {
			w.wx = append(w.wx, w.rows.wx[r.at])
		}
	}
	for k := range w.wx {
		w.part[k].wx = &w.wx[k]
	}
}

// unit counts the present unit.
func (w *walker[T]) unit() {
	if !w.shape.Response {
		if w.inner != nil {
			for _, g := range w.cell {
				w.inner.same[g]++
			}
		}
		if len(w.cell) > 1 && w.places.margins > 0 {
			w.countTogether()
		}
		return
	}
	if len(w.cell) == 1 {
		if w.inner != nil {
			w.part[0].who = w.who
			w.inner.unit(w.cell[0], w.as, &w.part[0])
		}
		return
	}
	plain, full := w.signs()
	w.roll = plain && !w.shape.Tau
	if w.inner != nil {
		w.countInner(full)
	}
	if !w.roll || len(w.cell) > w.most.byMask {
		w.byStamp()
		return
	}
	w.byMask(full)
}

// signs reports whether all parts of the unit have one sign, also when weighted (the
// weights of rows may differ). full reports whether no part is 0.
func (w *walker[T]) signs() (plain, full bool) {
	plain, full = true, true
	first := 0
	for k := range w.part {
		s := w.part[k].x.Sign()
		switch {
		case s == 0:
			full = false
		case first == 0:
			first = s
		case s != first:
			plain = false
		}
	}
	first = 0
	for k := range w.wx {
		switch s := w.wx[k].Sign(); {
		case s == 0:
		case first == 0:
			first = s
		case s != first:
			plain = false
		}
	}
	return plain, full
}

// countInner counts the unit in its inner cells, and adds its contributions there if they
// roll up.
func (w *walker[T]) countInner(full bool) {
	for k, g := range w.cell {
		u := &w.part[k]
		if w.roll && full {
			w.inner.same[g]++
		} else {
			w.inner.count(g, w.as, u)
			if !w.roll && w.as&asRespondent != 0 && u.x.Sign() != 0 {
				w.inner.nonZero[g]--
			}
		}
		if w.roll && w.as&asHolding != 0 && u.filled {
			u.owner, u.who = w.own, w.who
			w.inner.contribute(g, u)
		}
	}
}

// countTogether subtracts the double counts of a unit without a response.
func (w *walker[T]) countTogether() {
	if len(w.cell) > w.most.byMask {
		w.byStamp()
		return
	}
	p := w.places
	for j := 1; j < len(w.cell); j++ {
		g := w.cell[j]
		again := uint64(0)
		for _, h := range w.cell[:j] {
			again |= p.agree(g, h)
		}
		for ; again != 0; again &= again - 1 {
			if i := p.at[bits.TrailingZeros64(again)].of(g); i != NoNode {
				w.margin.same[i]--
			}
		}
	}
}

// byMask subtracts the double counts of the unit, and ranks the sums of cells that fall
// together. It compares the cells of the unit in pairs.
func (w *walker[T]) byMask(full bool) {
	p, n := w.places, len(w.cell)
	w.together = w.together[:0]
	for j, g := range w.cell {
		again, filled, nonZero := uint64(0), uint64(0), uint64(0)
		u := &w.part[j]
		for k, h := range w.cell[:j] {
			both := p.agree(g, h)
			w.together = append(w.together, both)
			again |= both
			if w.part[k].filled {
				filled |= both
			}
			if w.part[k].x.Sign() != 0 {
				nonZero |= both
			}
		}
		if full {
			w.off(w.margin.same, g, again)
			continue
		}
		if w.as&asHolding != 0 {
			w.off(w.margin.holdings, g, again)
			if w.margin.owners != nil && u.filled {
				w.off(w.margin.owners, g, filled)
			}
		}
		if w.as&asRespondent != 0 {
			w.off(w.margin.respondents, g, again)
			if u.filled {
				w.off(w.margin.contributors, g, filled)
			}
			if u.x.Sign() != 0 {
				w.off(w.margin.nonZero, g, nonZero)
			}
		}
	}
	if w.as&asHolding == 0 || w.shape.Top == 0 && w.shape.Largest == 0 {
		return
	}
	pair := func(j, k int) uint64 { return w.together[k*(k-1)/2+j] } // j < k
	for j, g := range w.cell {
		first := uint64(0)
		for k := j + 1; k < n; k++ {
			first |= pair(j, k)
		}
		for k := range j {
			first &^= pair(k, j)
		}
		for ; first != 0; first &= first - 1 {
			b := bits.TrailingZeros64(first)
			at := p.at[b].of(g)
			if at == NoNode {
				continue
			}
			x := w.part[j].x
			for k := j + 1; k < n; k++ {
				if pair(j, k)>>b&1 != 0 {
					x = x.Add(w.part[k].x)
				}
			}
			a := x.Abs()
			w.margin.rank(at, a, w.own)
			w.margin.name(at, a, w.who)
		}
	}
}

// off takes one off at the given margins of an inner cell.
func (w *walker[T]) off(counts []int64, g uint32, margins uint64) {
	at := w.places.at
	for ; margins != 0; margins &= margins - 1 {
		if i := at[bits.TrailingZeros64(margins)].of(g); i != NoNode {
			counts[i]--
		}
	}
}

// byStamp visits the margins one by one, and adds up the cells of the unit that fall
// together. It subtracts double counts and ranks the sums. Where the parts do not roll
// up, the sums are the only contributions of the unit.
func (w *walker[T]) byStamp() {
	p := w.places
	extendTo(&w.spot, p.n)
	if len(w.stamp) != p.n || w.turn == ^uint32(0) {
		w.stamp, w.turn = make([]uint32, p.n), 0
	}
	w.turn++
	response := w.shape.Response
	for b := range p.margins {
		w.touched, w.sum, w.sumWX = w.touched[:0], w.sum[:0], w.sumWX[:0]
		for j, g := range w.cell {
			i := p.at[b].of(g)
			if i == NoNode {
				continue
			}
			if w.stamp[i] != w.turn {
				w.stamp[i], w.spot[i] = w.turn, uint32(len(w.touched))
				w.touched = append(w.touched, i)
				if response {
					w.sum = append(w.sum, contribution[T]{filled: w.part[j].filled, x: w.part[j].x, w: w.w, owner: w.own})
					if w.shape.Weight {
						w.sumWX = append(w.sumWX, w.wx[j])
					}
				}
				continue
			}
			w.again(i, j)
		}
		if w.as&asHolding == 0 && w.roll {
			continue
		}
		for k := range w.sum {
			i, s := w.touched[k], &w.sum[k]
			if !s.filled {
				continue
			}
			if w.roll {
				a := s.x.Abs()
				w.margin.rank(i, a, w.own)
				w.margin.name(i, a, w.who)
				continue
			}
			if w.as&asRespondent != 0 && s.x.Sign() != 0 {
				w.margin.nonZero[i]++
			}
			if w.as&asHolding != 0 {
				s.owner, s.who = 0, w.who
				if w.shape.Weight {
					s.wx = &w.sumWX[k]
				}
				w.margin.contribute(i, s)
			}
		}
	}
}

// again adds cell j of the unit to the earlier cells of the unit in cell i of a margin.
func (w *walker[T]) again(i uint32, j int) {
	c := w.margin
	if !w.shape.Response {
		c.same[i]--
		return
	}
	u, s := &w.part[j], &w.sum[w.spot[i]]
	if w.as&asHolding != 0 {
		c.holdings[i]--
		if c.owners != nil && u.filled && s.filled {
			c.owners[i]--
		}
	}
	if w.as&asRespondent != 0 {
		c.respondents[i]--
		if u.filled && s.filled {
			c.contributors[i]--
		}
		// Units that are not counted by sums are counted part by part.
		if w.roll && u.x.Sign() != 0 && s.x.Sign() != 0 {
			c.nonZero[i]--
		}
	}
	s.filled = s.filled || u.filled
	s.x = s.x.Add(u.x)
	if w.shape.Weight {
		end := &w.sumWX[w.spot[i]]
		*end = end.Add(w.wx[j])
	}
}

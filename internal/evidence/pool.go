package evidence

import (
	"math"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/internal/scatter"
)

// compactAfter is the number of rows after which a pool first looks whether
// there is something to add up.
const compactAfter = 1 << 22

// pool keeps the sums of the rows of units (respondents or holdings) in inner cells. It
// is partitioned by unit: units are looked at partition by partition. A pool starts with
// rows, and adds them up when their number grows: its size is linear in distinct (unit,
// cell) pairs.
type pool[T number[T]] struct {
	shape  Shape
	as     role
	dense  bool // units are dense ids of the accumulator's own
	blocks []block[T]
	open   block[T] // rows not yet sorted
	rows   int      // in blocks

	compactMin, compactAt int // see compact

	spill *Spill   // nil without a memory budget
	runs  []run[T] // rows in storage; then compact does nothing
	free  []block[T]
	// scratch of store and take
	scratch gathered[T]
	sum     block[T]
}

func newPool[T number[T]](s Shape, as role) *pool[T] {
	return &pool[T]{shape: s, as: as, compactMin: compactAfter, compactAt: compactAfter}
}

func (p *pool[T]) len() int { return p.rows + p.open.len() }

// units is a column of units: dense ids, or keys that mean the same in every
// accumulator.
type units struct {
	ids  []uint32
	keys []uint64
}

// add adds rows: all rows, or where null is given the rows with null[i] == want.
func (p *pool[T]) add(u units, cell []uint32, null []bool, want bool, b *Batch, x []T, wx []exact.Int512) {
	rows := len(cell)
	if null != nil {
		rows = 0
		for _, is := range null {
			if is == want {
				rows++
			}
		}
	}
	if rows == 0 {
		return
	}
	p.dense = u.keys == nil
	o := &p.open
	at := o.grow(rows, &p.shape)
	if null == nil {
		mixAll(o.unit[at:], u)
		copy(o.cell[at:], cell)
		if p.shape.Response {
			copy(o.x[at:], x)
			filledOf(o.filled[at:], o.x[at:], b.Response.Null)
			if p.shape.Weight {
				copy(o.wx[at:], wx)
			}
		}
	} else {
		for i, is := range null {
			if is != want {
				continue
			}
			o.unit[at] = scatter.Mix(u.at(i))
			o.cell[at] = cell[i]
			if p.shape.Response {
				var none T
				o.x[at], o.filled[at] = x[i], true
				if b.Response.Null != nil && b.Response.Null[i] {
					o.x[at], o.filled[at] = none, false
				}
				if p.shape.Weight {
					o.wx[at] = wx[i]
				}
			}
			at++
		}
	}
	p.sealFull()
}

// sealFull seals the open rows where they are many, and compacts.
func (p *pool[T]) sealFull() {
	if n := p.open.len(); n >= blockRows || p.spill != nil && n >= p.spill.rows {
		p.seal()
	}
	if p.len() >= p.compactAt {
		p.compact()
	}
}

func (u *units) at(i int) uint64 {
	if u.keys != nil {
		return u.keys[i]
	}
	return uint64(u.ids[i])
}

func mixAll(dst []uint64, u units) {
	if u.keys != nil {
		for i, k := range u.keys {
			dst[i] = scatter.Mix(k)
		}
		return
	}
	for i, id := range u.ids {
		dst[i] = scatter.Mix(uint64(id))
	}
}

// filledOf writes which rows have a response, and 0 to x where they have not.
func filledOf[T any](filled []bool, x []T, null []bool) {
	var none T
	if null == nil {
		for i := range filled {
			filled[i] = true
		}
		return
	}
	for i, is := range null {
		filled[i] = !is
		if is {
			x[i] = none
		}
	}
}

// seal sorts the open rows into a block.
func (p *pool[T]) seal() {
	if p.open.len() == 0 {
		return
	}
	var memory block[T]
	if n := len(p.free); n > 0 {
		memory, p.free = p.free[n-1], p.free[:n-1]
	}
	p.blocks = append(p.blocks, p.open.sorted(&p.shape, memory))
	p.rows += p.open.len()
	p.open.reset()
	p.trim()
}

// compact adds up the rows of the same unit and cell, if a few partitions, as a sample of
// the units, show that it saves memory. The next attempt is when the number of kept rows
// has doubled; if nothing was gained, when it has quadrupled.
//
// After rows are stored outside memory, compact adds up nothing: it would have to read
// all of them back.
func (p *pool[T]) compact() {
	p.seal()
	if len(p.runs) > 0 {
		p.compactAt = math.MaxInt
		return
	}
	const sample = 8
	var g gathered[T]
	before, after := 0, 0
	for part := 0; part < partitions; part += partitions / sample {
		before += g.load(p.blocks, part)
		after += g.pairs()
	}
	if uint64(p.rows) > math.MaxUint32 { // more than the offsets of one block hold
		p.compactAt = 2 * p.rows
		return
	}
	if before > 0 && p.compactMin >= compactAfter && after > before-before/4 {
		p.compactAt = 4 * p.rows
		return
	}
	out := block[T]{offsets: make([]uint32, partitions+1)}
	for part := range partitions {
		g.load(p.blocks, part)
		g.addUp(&out, &p.shape)
		out.offsets[part+1] = uint32(out.len())
	}
	p.blocks, p.rows = []block[T]{out}, out.len()
	p.compactAt = max(p.compactMin, 2*p.rows)
	p.trim()
}

// merge adds the rows of o. cells maps its inner cells; units its dense ids; nil
// stands for the same.
func (p *pool[T]) merge(o *pool[T], cells, units []uint32) {
	if o.len() == 0 {
		return
	}
	p.dense = o.dense
	o.seal()
	p.seal()
	p.take(o, cells, units)
	for _, b := range o.blocks {
		b.cells = compose(b.cells, cells)
		if o.dense && units != nil {
			b = renumbered(b, units, &p.shape)
		}
		p.blocks = append(p.blocks, b)
		p.rows += b.len()
		p.trim()
	}
	if p.len() >= p.compactAt {
		p.compact()
	}
}

// compose returns the map that is first and then second; nil maps nothing.
func compose(first, second []uint32) []uint32 {
	if first == nil {
		return second
	}
	if second == nil {
		return first
	}
	out := make([]uint32, len(first))
	for i, v := range first {
		out[i] = second[v]
	}
	return out
}

// renumbered gives the units of a block their ids in another accumulator.
func renumbered[T any](b block[T], units []uint32, s *Shape) block[T] {
	for i, u := range b.unit {
		b.unit[i] = scatter.Mix(uint64(units[scatter.Unmix(u)]))
	}
	out := b.sorted(s, block[T]{})
	out.cells = b.cells
	return out
}

// before returns the number of rows in the partitions before each, of a pool that
// is settled.
func (p *pool[T]) before() []uint64 {
	out := make([]uint64, 1<<p.partBits()+1)
	for i := range p.blocks {
		for part, at := range p.blocks[i].offsets {
			out[part] += uint64(at)
		}
	}
	for i := range p.runs {
		sum := uint64(0)
		for part, s := range p.runs[i].segments {
			sum += uint64(s.rows)
			out[part+1] += sum
		}
	}
	return out
}

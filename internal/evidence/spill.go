package evidence

import (
	"errors"
	"math/bits"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/scatter"
)

// Storage is where rows go that do not fit in memory.
type Storage interface {
	Append(b []byte) (at int64, err error)
	ReadAt(b []byte, at int64) (int, error)
}

// Spill is a budget for the rows of units, shared by accumulators. Rows above the budget
// go to storage, block by block, and are read back partition by partition. A Spill is
// safe for concurrent use.
type Spill struct {
	storage Storage
	rows    int // that a pool keeps in memory
	fine    int // bits of a unit by which partitions are cut further in storage
	failed  atomic.Pointer[error]
}

// NewSpill returns a budget for every pool of an accumulator, in rows. An accumulator has
// one pool; with respondents and holdings it has three. At RowBytes a row, a pool takes
// rows * RowBytes bytes, and the same again while a block is sorted.
//
// More rows at a time make finer partitions: a partition is read back as a whole, and has
// a few thousand rows of each run.
func NewSpill(s Storage, rows int) *Spill {
	fine := bits.Len(uint(rows)/(partitions<<11)) - 1
	return &Spill{storage: s, rows: max(1, rows), fine: max(0, min(fine, 6))}
}

// RowBytes is the memory of a row of a pool, by the shape and for a response
// that needs no more than 64 bits.
func RowBytes(s Shape) int {
	n := 12
	if s.Response {
		n += 9
		if s.Weight {
			n += 64
		}
	}
	return n
}

// fail notes the first error.
func (s *Spill) fail(err error) {
	if err != nil {
		s.failed.CompareAndSwap(nil, &err)
	}
}

// err returns the first error; nil without a budget.
func (s *Spill) err() error {
	if s == nil {
		return nil
	}
	if p := s.failed.Load(); p != nil {
		return errors.Join(ErrSpill, *p)
	}
	return nil
}

// ErrSpill says that rows could not be written to storage or read back.
var ErrSpill = errors.New("temporary file for rows beyond the memory budget")

// SpillTo gives the accumulator a budget. SpillTo must be called before rows are added.
func (a *Accumulator) SpillTo(s *Spill) {
	a.spill = s
	if a.none != nil {
		spillTo(a.none, s)
	} else {
		spillTo(a.small, s)
	}
}

func spillTo[T number[T]](st *state[T], s *Spill) {
	for _, p := range st.pools() {
		p.spill = s
	}
	if st.log != nil {
		st.log.spill = s
	}
}

// partBits is the binary logarithm of the number of partitions of a pool.
func (p *pool[T]) partBits() int {
	if len(p.runs) == 0 {
		return partBits
	}
	return partBits + p.spill.fine
}

// trim moves the blocks of a pool to storage once they are over the budget.
func (p *pool[T]) trim() {
	if p.spill == nil {
		return
	}
	held := 0
	for i := range p.blocks {
		held += p.blocks[i].len()
	}
	if held > p.spill.rows {
		p.store()
	}
}

// store moves the blocks of a pool to storage, as one run.
func (p *pool[T]) store() {
	if len(p.blocks) == 0 {
		return
	}
	w := runWriter[T]{run: run[T]{storage: p.spill.storage, weighted: p.shape.Response && p.shape.Weight}}
	if p.shape.Response {
		w.run.x = readValues[T]
	}
	rows, bits := 0, partBits+p.spill.fine
	for part := range partitions {
		p.sum.reset()
		p.scratch.load(p.blocks, part)
		p.scratch.addUp(&p.sum, &p.shape)
		rows += p.sum.len()
		at := 0
		for fine := range 1 << p.spill.fine {
			of := uint64(part<<p.spill.fine + fine)
			end := at
			for end < p.sum.len() && p.sum.unit[end]>>(64-bits) == of {
				end++
			}
			if err := w.add(&p.sum, at, end, of<<(64-bits)); err != nil {
				p.spill.fail(err)
				return
			}
			at = end
		}
	}
	if err := w.flush(); err != nil {
		p.spill.fail(err)
		return
	}
	p.runs = append(p.runs, w.run)
	for _, b := range p.blocks {
		p.rows -= b.len()
		if cap(b.unit) <= 2*blockRows {
			p.free = append(p.free, b)
		}
	}
	p.rows += rows
	p.blocks = nil
}

// settle makes a pool ready to be read: rows are in blocks, or all in runs.
func (p *pool[T]) settle() {
	p.seal()
	if len(p.runs) > 0 {
		p.store()
	}
	p.scratch, p.sum, p.free, p.open = gathered[T]{}, block[T]{}, nil, block[T]{}
}

// read fills g.stored with the rows of a partition.
func (g *gathered[T]) read(p *pool[T], part int) {
	g.stored.reset()
	for i := range p.runs {
		r := &p.runs[i]
		if err := r.read(&g.stored, part, uint64(part)<<(64-p.partBits()), &g.buf); err != nil {
			p.spill.fail(err)
			g.stored.reset()
			return
		}
	}
}

// take adds the runs of o. cells maps its inner cells; units its dense ids, which
// are read, renumbered and written again.
func (p *pool[T]) take(o *pool[T], cells, units []uint32) {
	if p.spill == nil {
		p.spill = o.spill
	}
	for _, r := range o.runs {
		if len(r.segments) != partitions<<p.spill.fine {
			p.spill.fail(errStored) // of another budget
			return
		}
		r.cells = compose(r.cells, cells)
		if !o.dense || units == nil {
			p.runs = append(p.runs, r)
			for i := range r.segments {
				p.rows += r.segments[i].rows
			}
			continue
		}
		g := &p.scratch
		for part := range r.segments {
			g.stored.reset()
			if err := r.read(&g.stored, part, uint64(part)<<(64-o.partBits()), &g.buf); err != nil {
				p.spill.fail(err)
				return
			}
			p.addStored(&g.stored, units)
		}
	}
}

// addStored adds rows with other dense ids to the open ones.
func (p *pool[T]) addStored(b *block[T], units []uint32) {
	n := b.len()
	at := p.open.grow(n, &p.shape)
	for i, u := range b.unit {
		p.open.unit[at+i] = scatter.Mix(uint64(units[scatter.Unmix(u)]))
	}
	copy(p.open.cell[at:], b.cell)
	if p.shape.Response {
		copy(p.open.x[at:], b.x)
		copy(p.open.filled[at:], b.filled)
		if p.shape.Weight {
			copy(p.open.wx[at:], b.wx)
		}
	}
	p.sealFull()
}

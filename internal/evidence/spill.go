package evidence

import (
	"errors"
	"sync/atomic"
	"unsafe"

	"github.com/sluis-go/sluis/internal/exact"
)

// Storage is where rows go that do not fit in memory.
type Storage interface {
	Append(b []byte) (at int64, err error)
	ReadAt(b []byte, at int64) (int, error)
}

// Spill is a budget for the rows of units, shared by accumulators: what is over
// it goes to storage, block by block, and is read back partition by partition.
// It is safe for concurrent use.
type Spill struct {
	storage Storage
	rows    int // that a pool keeps in memory
	failed  atomic.Pointer[error]
}

// NewSpill returns a budget of that many rows for every pool of an accumulator
// (one, or with respondents and holdings three). One in which RowBytes is taken
// for a row holds as many bytes, and as many again while a block is sorted.
func NewSpill(s Storage, rows int) *Spill { return &Spill{storage: s, rows: max(1, rows)} }

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

// SpillTo gives the accumulator a budget. It must be called before rows are
// added.
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
}

// stored is where the rows of a block are.
type stored[T any] struct {
	storage                Storage
	unit, cell, filled, wx int64
	x                      valuesAt[T]
}

// with returns the same rows with other responses.
func (s *stored[T]) with(x valuesAt[T]) *stored[T] {
	out := *s
	out.x = x
	return &out
}

// valuesAt reads the responses of rows lo to hi: as they were written, or
// brought to another unit or width since.
type valuesAt[T any] interface {
	read(dst []T, lo int) error
}

// written is responses in storage.
type written[T any] struct {
	storage Storage
	at      int64
}

func (w written[T]) read(dst []T, lo int) error { return readRows(w.storage, w.at, lo, dst) }

// converted is responses that are converted as they are read.
type converted[T, U any] struct {
	from    valuesAt[T]
	convert func(T, int) U
	up      int
}

func (c converted[T, U]) read(dst []U, lo int) error {
	values := make([]T, len(dst))
	if err := c.from.read(values, lo); err != nil {
		return err
	}
	for i, v := range values {
		dst[i] = c.convert(v, c.up)
	}
	return nil
}

// rawBytes views values that hold no pointers as the bytes they are. They are
// read back by the process that wrote them.
func rawBytes[T any](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
}

func readRows[T any](s Storage, at int64, lo int, dst []T) error {
	var one T
	b := rawBytes(dst)
	if len(b) == 0 {
		return nil
	}
	_, err := s.ReadAt(b, at+int64(lo)*int64(unsafe.Sizeof(one)))
	return err
}

// store moves the rows of a block out of memory.
func (b *block[T]) store(s Storage) error {
	to := &stored[T]{storage: s}
	var err error
	put := func(raw []byte) (at int64) {
		if err == nil && len(raw) > 0 {
			at, err = s.Append(raw)
		}
		return at
	}
	to.unit, to.cell, to.filled = put(rawBytes(b.unit)), put(rawBytes(b.cell)), put(rawBytes(b.filled))
	if b.x != nil {
		to.x = written[T]{to.storage, put(rawBytes(b.x))}
	}
	to.wx = -1
	if b.wx != nil {
		to.wx = put(rawBytes(b.wx))
	}
	if err != nil {
		return err
	}
	b.unit, b.cell, b.filled, b.x, b.wx, b.stored = nil, nil, nil, nil, nil, to
	return nil
}

// rows returns rows lo to hi of a block, read back where they are stored. cells
// and offsets are not set.
func (b *block[T]) rows(lo, hi int) (block[T], error) {
	if b.stored == nil {
		out := block[T]{unit: b.unit[lo:hi], cell: b.cell[lo:hi]}
		if b.x != nil {
			out.x, out.filled = b.x[lo:hi], b.filled[lo:hi]
		}
		if b.wx != nil {
			out.wx = b.wx[lo:hi]
		}
		return out, nil
	}
	n, s := hi-lo, b.stored
	out := block[T]{unit: make([]uint64, n), cell: make([]uint32, n)}
	err := errors.Join(readRows(s.storage, s.unit, lo, out.unit), readRows(s.storage, s.cell, lo, out.cell))
	if s.x != nil {
		out.x, out.filled = make([]T, n), make([]bool, n)
		err = errors.Join(err, s.x.read(out.x, lo), readRows(s.storage, s.filled, lo, out.filled))
	}
	if s.wx >= 0 {
		out.wx = make([]exact.Int512, n)
		err = errors.Join(err, readRows(s.storage, s.wx, lo, out.wx))
	}
	return out, err
}

// trim moves the blocks of a pool out of memory once they are over the budget.
func (p *pool[T]) trim() {
	if p.spill == nil {
		return
	}
	held := 0
	for i := range p.blocks {
		held += len(p.blocks[i].unit)
	}
	if held <= p.spill.rows {
		return
	}
	for i := range p.blocks {
		if b := &p.blocks[i]; b.stored == nil {
			p.spill.fail(b.store(p.spill.storage))
			p.spilled = true
		}
	}
}

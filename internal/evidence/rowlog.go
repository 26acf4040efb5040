package evidence

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/group"
)

// rowLog keeps the responses of rows where every row is a respondent, because the rows of
// some cells are looked at again at the end. A row takes 4 bytes and its response, in
// memory or, above the budget, in storage. Rows of a grid that can be read again in place
// are not copied.
type rowLog[T number[T]] struct {
	open   logBlock[T]
	blocks []logBlock[T]
	held   int    // rows of blocks in memory
	spill  *Spill // nil without a memory budget
}

// logBlock is some rows with a response.
type logBlock[T any] struct {
	cell  []uint32
	x     []T
	cells []uint32 // maps cell to inner cells; nil where it holds these. Set by merging.
	// Of rows that are not copied, the columns that their keys are made of, in place of cell.
	grid *group.Grid
	cols []column.Indices
	// Of a block in storage, where it is, in place of cell and x.
	at, size int64
	rows     int
	read     decoder[T]
}

// add adds the rows that are not null.
func (l *rowLog[T]) add(cell []uint32, x []T, null []bool) {
	o := &l.open
	if o.cell == nil && len(l.blocks) > 0 { // there will be many
		o.cell, o.x = make([]uint32, 0, blockRows+len(cell)), make([]T, 0, blockRows+len(cell))
	}
	if null == nil {
		o.cell, o.x = append(o.cell, cell...), append(o.x, x...)
	} else {
		for i, g := range cell {
			if !null[i] {
				o.cell, o.x = append(o.cell, g), append(o.x, x[i])
			}
		}
	}
	if n := len(o.cell); n >= blockRows || l.spill != nil && n >= l.spill.rows {
		l.seal()
	}
}

// refer adds rows, none of them null, that stay where they are, with the columns of a grid.
func (l *rowLog[T]) refer(grid *group.Grid, cols []column.Indices, x []T) {
	l.blocks = append(l.blocks, logBlock[T]{x: x, rows: len(x), grid: grid, cols: slices.Clone(cols)})
}

// seal makes a block of the open rows.
func (l *rowLog[T]) seal() {
	if n := len(l.open.cell); n > 0 {
		l.open.rows = n
		l.blocks = append(l.blocks, l.open)
		l.open = logBlock[T]{}
		l.held += n
		l.trim()
	}
}

// trim moves the blocks to storage once they are over the budget.
func (l *rowLog[T]) trim() {
	if l.spill == nil || l.held <= l.spill.rows {
		return
	}
	for i := range l.blocks {
		b := &l.blocks[i]
		if b.cell == nil {
			continue
		}
		buf := appendValues(slices.Clone(rawBytes(b.cell)), b.x)
		buf = binary.LittleEndian.AppendUint32(buf, crc32.Checksum(buf, castagnoli))
		at, err := l.spill.storage.Append(buf)
		if err != nil {
			l.spill.fail(err)
			return
		}
		*b = logBlock[T]{cells: b.cells, at: at, size: int64(len(buf)), rows: b.rows, read: readValues[T]}
	}
	l.held = 0
}

// load returns the rows of a block, in memory of out and buf where it is in storage.
func (b *logBlock[T]) load(s *Spill, out *logBlock[T], buf *[]byte) (*logBlock[T], error) {
	if b.read == nil {
		return b, nil
	}
	*buf = slices.Grow((*buf)[:0], int(b.size))[:b.size]
	if n, err := s.storage.ReadAt(*buf, b.at); err != nil {
		return nil, err
	} else if n < len(*buf) {
		return nil, errStored
	}
	body := (*buf)[:b.size-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32((*buf)[b.size-4:]) {
		return nil, errStored
	}
	extendTo(&out.cell, b.rows)
	extendTo(&out.x, b.rows)
	out.cells = b.cells
	rest, err := readRaw(body, out.cell)
	if err != nil {
		return nil, err
	}
	if rest, err = b.read(rest, out.x); err == nil && len(rest) > 0 {
		err = errStored
	}
	return out, err
}

// rename maps the cells of all rows.
func (l *rowLog[T]) rename(cells []uint32) {
	l.seal()
	for i := range l.blocks {
		l.blocks[i].cells = compose(l.blocks[i].cells, cells)
	}
}

// merge adds the rows of o. Inner cell g of o is cell cells[g] of l; with cells nil it is
// cell g.
func (l *rowLog[T]) merge(o *rowLog[T], cells []uint32) {
	if l.spill == nil {
		l.spill = o.spill
	}
	o.rename(cells)
	l.blocks = append(l.blocks, o.blocks...)
	l.held += o.held
	l.trim()
}

// each calls fn for the rows of every block, on several goroutines: t says on which.
func (l *rowLog[T]) each(ctx context.Context, threads int, fn func(t int, cell []uint32, x []T)) error {
	l.seal()
	return l.first(ctx, len(l.blocks), threads, fn)
}

// first is each for the first n blocks, in parts of at most gridBlock rows or whole.
func (l *rowLog[T]) first(ctx context.Context, n, threads int, fn func(t int, cell []uint32, x []T)) error {
	var next atomic.Int64
	var once sync.Once
	var failed error
	inParallel(threads, threads, func(t int) {
		var room logBlock[T]
		var buf []byte
		var named []uint32
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				break
			}
			b, err := l.blocks[i].load(l.spill, &room, &buf)
			if err != nil {
				once.Do(func() { failed = err })
				break
			}
			if b.grid == nil {
				fn(t, b.named(b.cell, &named), b.x)
				continue
			}
			for lo := 0; lo < b.rows; lo += gridBlock {
				hi := min(lo+gridBlock, b.rows)
				keys := extendTo(&room.cell, hi-lo)
				b.grid.Keys(keys, b.cols, lo) // which have been in range once
				fn(t, b.named(keys, &named), b.x[lo:hi])
			}
		}
	})
	if failed != nil {
		l.spill.fail(failed)
		return l.spill.err()
	}
	return ctx.Err()
}

// named returns the inner cells of rows, in memory of out where these are others.
func (b *logBlock[T]) named(cell []uint32, out *[]uint32) []uint32 {
	if b.cells == nil {
		return cell
	}
	named := extendTo(out, len(cell))
	for k, g := range cell {
		named[k] = b.cells[g]
	}
	return named
}

// logOf turns a log into one of wider numbers.
func logOf[T number[T], U number[U]](l *rowLog[T], convert func(T, int) U, up int) *rowLog[U] {
	if l == nil {
		return nil
	}
	l.seal()
	out := &rowLog[U]{held: l.held, spill: l.spill}
	for i := range l.blocks {
		b := &l.blocks[i]
		c := logBlock[U]{cell: b.cell, cells: b.cells, at: b.at, size: b.size, rows: b.rows, read: converted(b.read, convert, up), grid: b.grid, cols: b.cols}
		for _, x := range b.x {
			c.x = append(c.x, convert(x, up))
		}
		out.blocks = append(out.blocks, c)
	}
	return out
}

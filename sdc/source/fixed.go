package source

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// columnReader reads the rows of one column chunk after each other.
type columnReader interface {
	// next returns at least 1 and at most n rows, where there are as many.
	next(n int) (arrow.Array, error)
	// finish is called behind the last row, and says whether the chunk ends there.
	finish() error
	release()
}

// fixedColumn reads numbers, dates, times, decimals and bytes of one length. Pages may
// hold plain values, indices of a dictionary, differences, or split bytes.
type fixedColumn struct {
	pages   *chunkPages
	col     *parquetColumn
	in, out int // bytes of a value in the file and in the array
	m       *memories
	values  []byte // of the file, where the array has others
	index   [fixedBlock]uint32
	wide    [fixedBlock]int64
	delta   deltaInts
	page    int // number of the page that delta is of
	bytes   byteValues
}

// fixedBlock is how many values are looked up in a dictionary at a time.
const fixedBlock = 1 << 10

func newFixedColumn(p *chunkPages, col *parquetColumn, m *memories) *fixedColumn {
	return &fixedColumn{
		pages: p, col: col, in: col.in, out: col.dt.(arrow.FixedWidthDataType).Bytes(), m: m, bytes: byteValues{pages: p},
	}
}

func (c *fixedColumn) release()      { c.pages.release() }
func (c *fixedColumn) finish() error { return c.pages.finish() }

func (c *fixedColumn) next(n int) (arrow.Array, error) {
	n = fewer(n, max(c.in, c.out))
	values := memory.NewResizableBuffer(c.m.rows)
	defer values.Release()
	values.Resize(n * c.out)
	out := values.Bytes()
	var nulls nullBits
	defer nulls.release()
	for done := 0; done < n; {
		p := c.pages
		if p.left == 0 {
			if err := p.next(); err != nil {
				return nil, err
			}
		}
		k := min(p.left, n-done)
		if c.in == 0 {
			var err error
			if k, err = c.bytes.rows(k); err != nil {
				return nil, err
			}
		}
		levels, v, err := p.valid(k)
		if err != nil {
			return nil, err
		}
		if err := c.read(out[done*c.out:(done+v)*c.out], v); err != nil {
			return nil, err
		}
		if v < k {
			nulls.put(c.m.mem, n, done, levels)
			spread(out[done*c.out:(done+k)*c.out], c.out, levels, v)
		}
		p.left -= k
		done += k
	}
	data := array.NewData(c.col.dt, n, []*memory.Buffer{nulls.buf, values}, nil, nulls.n, 0)
	defer data.Release()
	return array.MakeFromData(data), nil
}

// fewer returns how many of n rows are read at a time where a value has width bytes.
func fewer(n, width int) int {
	if width <= rowBytes {
		return n
	}
	return max(1, n*rowBytes/width)
}

// read reads v values in the form of the array.
func (c *fixedColumn) read(to []byte, v int) error {
	switch {
	case v == 0:
		return nil // of nulls alone: some writers write nothing then
	case c.in == 0:
		values, err := c.bytes.read(v)
		if err != nil {
			return err
		}
		for i, b := range values {
			if !c.col.decimal(to[i*c.out:(i+1)*c.out], b) {
				return ErrCorrupt
			}
		}
		return nil
	case c.col.convert == nil:
		return c.stored(to, v)
	}
	c.values = sized(c.values, v*c.in)
	if err := c.stored(c.values, v); err != nil {
		return err
	}
	if !c.col.convert(to, c.values, v) {
		if c.col.physical == physInt96 {
			return errFineTime
		}
		return ErrCorrupt
	}
	return nil
}

// stored reads v values as they are in the file.
func (c *fixedColumn) stored(to []byte, v int) error {
	p := c.pages
	switch p.encoding {
	case plainValues:
		if p.to-p.from < len(to) {
			return ErrCorrupt
		}
		p.from += copy(to, p.page[p.from:])
		return nil
	case plainDictionary, rleDictionary:
		if err := p.startIndices(); err != nil {
			return err
		}
		return c.gather(&p.index, to, v)
	case deltaBinary:
		if c.col.physical == physInt32 || c.col.physical == physInt64 {
			return c.deltas(to)
		}
	case byteStreamSplit:
		if c.col.physical != physInt96 {
			return c.split(to, v)
		}
	case deltaBytes:
		if c.col.physical == physFixed {
			values, err := c.bytes.read(v)
			if err != nil {
				return err
			}
			for i, b := range values {
				if len(b) != c.in {
					return ErrCorrupt
				}
				copy(to[i*c.in:], b)
			}
			return nil
		}
	}
	return p.unsupported()
}

// deltas reads values that are stored as differences.
func (c *fixedColumn) deltas(to []byte) error {
	p := c.pages
	if c.page != p.number {
		var err error
		if c.delta, err = newDeltaInts(p.page, p.from, p.to, p.values); err != nil {
			return err
		}
		c.page = p.number
	}
	for len(to) > 0 {
		block := c.wide[:min(len(to)/c.in, fixedBlock)]
		if err := c.delta.read(block); err != nil {
			return err
		}
		for i, x := range block {
			if c.in == 8 {
				binary.LittleEndian.PutUint64(to[8*i:], uint64(x))
			} else {
				binary.LittleEndian.PutUint32(to[4*i:], uint32(x))
			}
		}
		to = to[len(block)*c.in:]
	}
	return nil
}

// split reads values that are stored byte by byte: first the first bytes of all values,
// then the second bytes, and so on.
//
// Source: the Parquet format, Encodings.md, "Byte Stream Split".
func (c *fixedColumn) split(to []byte, v int) error {
	p := c.pages
	all := (p.to - p.from) / c.in
	if (p.to-p.from)%c.in != 0 || v > all-p.taken {
		return ErrCorrupt
	}
	for k := range c.in {
		from := p.page[p.from+k*all+p.taken:][:v]
		for i, b := range from {
			to[i*c.in+k] = b
		}
	}
	p.taken += v
	return nil
}

// gather looks v values up in the dictionary.
func (c *fixedColumn) gather(h *hybrid, to []byte, v int) error {
	dict, n, width := c.pages.dict, uint32(c.pages.entries), c.in
	if len(dict)/width < int(n) {
		return ErrCorrupt
	}
	for ; v > 0; v -= fixedBlock {
		index := c.index[:min(v, fixedBlock)]
		if err := readHybrid(h, index); err != nil {
			return err
		}
		for i, k := range index {
			if k >= n {
				return ErrCorrupt
			}
			switch width {
			case 8:
				binary.LittleEndian.PutUint64(to[8*i:], binary.LittleEndian.Uint64(dict[8*int(k):]))
			case 4:
				binary.LittleEndian.PutUint32(to[4*i:], binary.LittleEndian.Uint32(dict[4*int(k):]))
			default:
				copy(to[i*width:(i+1)*width], dict[int(k)*width:])
			}
		}
		to = to[len(index)*width:]
	}
	return nil
}

// spread moves v values that lie side by side to the rows that have one; the
// others become zero.
func spread(b []byte, width int, levels []uint8, v int) {
	for i := len(levels) - 1; i >= 0; i-- {
		if levels[i] == 0 {
			clear(b[i*width : (i+1)*width])
			continue
		}
		v--
		copy(b[i*width:(i+1)*width], b[v*width:(v+1)*width])
	}
}

// nullBits is the validity of a batch, made where there is a null.
type nullBits struct {
	buf *memory.Buffer
	n   int
}

// put notes the levels of the rows from position at on, of rows in all.
func (b *nullBits) put(mem memory.Allocator, rows, at int, levels []uint8) {
	if b.buf == nil {
		b.buf = memory.NewResizableBuffer(mem)
		b.buf.Resize((rows + 7) / 8)
		for i := range b.buf.Bytes() {
			b.buf.Bytes()[i] = 0xff
		}
	}
	bits := b.buf.Bytes()
	for i, l := range levels {
		if l == 0 {
			bits[(at+i)/8] &^= 1 << ((at + i) % 8)
			b.n++
		}
	}
}

func (b *nullBits) release() {
	if b.buf != nil {
		b.buf.Release()
	}
}

// resized returns a slice of n entries, s where it is large enough.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

package source

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
)

// columnReader reads the rows of one column chunk after each other.
type columnReader interface {
	// next returns at least 1 and at most n rows, where there are as many.
	next(n int) (arrow.Array, error)
	release()
}

// storedAs reports whether values of a type are stored as they are in Arrow, or
// as text or bits, and in the physical type that the decoders read: the footer
// may say of a timestamp that it has twelve bytes.
func storedAs(t arrow.DataType, stored parquet.Type) bool {
	switch t.ID() {
	case arrow.INT32, arrow.UINT32, arrow.FLOAT32, arrow.DATE32, arrow.TIME32:
		return stored == parquet.Types.Int32 || stored == parquet.Types.Float
	case arrow.INT64, arrow.UINT64, arrow.FLOAT64, arrow.TIME64, arrow.TIMESTAMP:
		return stored == parquet.Types.Int64 || stored == parquet.Types.Double
	case arrow.STRING:
		return stored == parquet.Types.ByteArray
	case arrow.BOOL:
		return stored == parquet.Types.Boolean
	}
	return false
}

// fixedColumn reads numbers, dates and times: pages of values as they are, or by
// a dictionary.
type fixedColumn struct {
	pages *chunkPages
	dt    arrow.DataType
	width int // bytes of a value
	mem   memory.Allocator
	rows  memory.Allocator // of values
	index [fixedBlock]uint32
}

// fixedBlock is how many values are looked up in a dictionary at a time.
const fixedBlock = 1 << 10

func newFixedColumn(p *chunkPages, dt arrow.DataType, mem, rows memory.Allocator) *fixedColumn {
	return &fixedColumn{pages: p, dt: dt, width: dt.(arrow.FixedWidthDataType).Bytes(), mem: mem, rows: rows}
}

func (c *fixedColumn) release() { c.pages.release() }

func (c *fixedColumn) next(n int) (arrow.Array, error) {
	values := memory.NewResizableBuffer(c.rows)
	defer values.Release()
	values.Resize(n * c.width)
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
		levels, v, err := p.valid(k)
		if err != nil {
			return nil, err
		}
		to := out[done*c.width : (done+v)*c.width]
		switch p.encoding {
		case plainValues:
			if p.to-p.from < len(to) {
				return nil, ErrCorrupt
			}
			p.from += copy(to, p.page[p.from:])
		case plainDictionary, rleDictionary:
			if err := p.startIndices(); err != nil {
				return nil, err
			}
			if err := c.gather(&p.index, to, v); err != nil {
				return nil, err
			}
		default:
			return nil, ErrUnsupported
		}
		if v < k {
			nulls.put(c.mem, n, done, levels)
			spread(out[done*c.width:(done+k)*c.width], c.width, levels, v)
		}
		p.left -= k
		done += k
	}
	data := array.NewData(c.dt, n, []*memory.Buffer{nulls.buf, values}, nil, nulls.n, 0)
	defer data.Release()
	return array.MakeFromData(data), nil
}

// gather looks v values up in the dictionary.
func (c *fixedColumn) gather(h *hybrid, to []byte, v int) error {
	dict, n := c.pages.dict, uint32(c.pages.entries)
	if len(dict) < int(n)*c.width {
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
			if c.width == 8 {
				binary.LittleEndian.PutUint64(to[8*i:], binary.LittleEndian.Uint64(dict[8*int(k):]))
			} else {
				binary.LittleEndian.PutUint32(to[4*i:], binary.LittleEndian.Uint32(dict[4*int(k):]))
			}
		}
		to = to[len(index)*c.width:]
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

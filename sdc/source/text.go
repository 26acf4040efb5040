package source

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// textColumn reads text that has dictionary pages as Arrow dictionaries: the
// pages' codes are the indices, and no string is made for a row. Where a writer
// has given its dictionary up and pages hold the text itself, the texts of a
// batch become a dictionary of their own.
type textColumn[T uint8 | uint16 | uint32] struct {
	pages *chunkPages
	dt    *arrow.DictionaryType
	m     *memories
	dict  arrow.Array // of the chunk's dictionary page
	bytes byteValues  // of pages that hold the text itself
}

// indexType is the narrowest type for the indices of that many entries.
func indexType(entries int) arrow.FixedWidthDataType {
	switch {
	case entries <= 1<<8:
		return arrow.PrimitiveTypes.Uint8.(arrow.FixedWidthDataType)
	case entries <= 1<<16:
		return arrow.PrimitiveTypes.Uint16.(arrow.FixedWidthDataType)
	}
	return arrow.PrimitiveTypes.Uint32.(arrow.FixedWidthDataType)
}

// writtenIndex reports whether a type is one that indexType returns. A text column writes
// no other type: signed indices and indices of 64 bits have another width, or reach less
// far.
func writtenIndex(dt arrow.DataType) bool {
	switch dt.ID() {
	case arrow.UINT8, arrow.UINT16, arrow.UINT32:
		return true
	}
	return false
}

func newTextColumn(p *chunkPages, dt *arrow.DictionaryType, m *memories) columnReader {
	switch dt.IndexType.ID() {
	case arrow.UINT8:
		return &textColumn[uint8]{pages: p, dt: dt, m: m, bytes: byteValues{pages: p}}
	case arrow.UINT16:
		return &textColumn[uint16]{pages: p, dt: dt, m: m, bytes: byteValues{pages: p}}
	}
	return &textColumn[uint32]{pages: p, dt: dt, m: m, bytes: byteValues{pages: p}}
}

func (c *textColumn[T]) release() {
	c.pages.release()
	if c.dict != nil {
		c.dict.Release()
		c.dict = nil
	}
}

func (c *textColumn[T]) finish() error { return c.pages.finish() }

func (c *textColumn[T]) next(n int) (arrow.Array, error) {
	if c.pages.left == 0 {
		if err := c.pages.next(); err != nil {
			return nil, err
		}
	}
	switch c.pages.encoding {
	case plainValues, deltaLength, deltaBytes:
		// As many as there are indices.
		return c.plain(min(n, c.pages.left, 1<<min(8*c.dt.IndexType.(arrow.FixedWidthDataType).Bytes(), 30)))
	case plainDictionary, rleDictionary:
		return c.coded(n)
	}
	return nil, c.pages.unsupported()
}

// coded reads rows up to the first page that is not coded.
func (c *textColumn[T]) coded(n int) (arrow.Array, error) {
	p := c.pages
	if c.dict == nil {
		if err := c.readDictionary(); err != nil {
			return nil, err
		}
	}
	buf := memory.NewResizableBuffer(c.m.rows)
	defer buf.Release()
	buf.Resize(n * c.width())
	out := arrow.GetData[T](buf.Bytes())
	var nulls nullBits
	defer nulls.release()
	done := 0
	for done < n {
		if p.left == 0 {
			if p.more == 0 {
				break
			}
			if err := p.next(); err != nil {
				return nil, err
			}
			if p.encoding != plainDictionary && p.encoding != rleDictionary {
				break
			}
		}
		k := min(p.left, n-done)
		levels, v, err := p.valid(k)
		if err != nil {
			return nil, err
		}
		if err := p.startIndices(); err != nil {
			return nil, err
		}
		to := out[done : done+k]
		if err := readHybrid(&p.index, to[:v]); err != nil {
			return nil, err
		}
		most := T(0)
		for _, i := range to[:v] {
			most = max(most, i)
		}
		if v > 0 && int64(most) >= int64(p.entries) {
			return nil, ErrCorrupt
		}
		if v < k {
			nulls.put(c.m.mem, n, done, levels)
			for i, j := k-1, v; i >= 0; i-- {
				if levels[i] == 0 {
					to[i] = 0
				} else {
					j--
					to[i] = to[j]
				}
			}
		}
		p.left -= k
		done += k
	}
	return c.array(done, buf, &nulls, c.dict), nil
}

// plain reads n rows of a page of texts.
func (c *textColumn[T]) plain(n int) (arrow.Array, error) {
	p := c.pages
	levels, v, err := p.valid(n)
	if err != nil {
		return nil, err
	}
	values, err := c.bytes.read(v)
	if err != nil {
		return nil, err
	}
	dict, err := bytesArray(c.m, arrow.BinaryTypes.String, values, nil, &nullBits{})
	if err != nil {
		return nil, err
	}
	defer dict.Release()
	p.left -= n
	buf := memory.NewResizableBuffer(c.m.rows)
	defer buf.Release()
	buf.Resize(n * c.width())
	out := arrow.GetData[T](buf.Bytes())
	var nulls nullBits
	defer nulls.release()
	if v == n {
		for i := range out {
			out[i] = T(i)
		}
		return c.array(n, buf, &nulls, dict), nil
	}
	nulls.put(c.m.mem, n, 0, levels)
	j := 0
	for i, l := range levels {
		out[i] = 0
		if l != 0 {
			out[i] = T(j)
			j++
		}
	}
	return c.array(n, buf, &nulls, dict), nil
}

// width is the number of bytes of an index.
func (c *textColumn[T]) width() int { return c.dt.IndexType.(arrow.FixedWidthDataType).Bytes() }

func (c *textColumn[T]) array(n int, indices *memory.Buffer, nulls *nullBits, dict arrow.Array) arrow.Array {
	data := array.NewDataWithDictionary(c.dt, n, []*memory.Buffer{nulls.buf, indices}, nulls.n, 0, dict.Data().(*array.Data))
	defer data.Release()
	return array.NewDictionaryData(data)
}

// readDictionary makes the dictionary of the chunk from its page.
func (c *textColumn[T]) readDictionary() error {
	p := c.pages
	if !p.dictSeen || uint64(p.entries) > uint64(^T(0))+1 {
		return ErrCorrupt
	}
	values, _, err := plainBytes(p.entryViews(), p.dict)
	if err != nil {
		return err
	}
	dict, err := bytesArray(c.m, arrow.BinaryTypes.String, values, nil, &nullBits{})
	if err == nil {
		c.dict = dict
	}
	return err
}

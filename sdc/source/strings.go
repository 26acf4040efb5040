package source

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// stringColumn reads text as strings: that of files which have no dictionary
// page in some row group.
type stringColumn struct {
	pages *chunkPages
	mem   memory.Allocator
	dict  *array.String
	index []uint32
}

func (c *stringColumn) release() {
	c.pages.release()
	if c.dict != nil {
		c.dict.Release()
		c.dict = nil
	}
}

// next reads rows of the present page.
func (c *stringColumn) next(n int) (arrow.Array, error) {
	p := c.pages
	if p.left == 0 {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	n = min(n, p.left)
	levels, v, err := p.valid(n)
	if err != nil {
		return nil, err
	}
	p.left -= n
	values, err := c.values(v)
	if err != nil {
		return nil, err
	}
	if v == n {
		return values, nil
	}
	defer values.Release()
	b := array.NewStringBuilder(c.mem)
	defer b.Release()
	b.Reserve(n)
	b.ReserveData(int(values.ValueOffset64(v)))
	j := 0
	for _, l := range levels {
		if l == 0 {
			b.AppendNull()
			continue
		}
		b.Append(values.Value(j))
		j++
	}
	return b.NewArray(), nil
}

// values reads n values of the present page.
func (c *stringColumn) values(n int) (*array.String, error) {
	p := c.pages
	switch p.encoding {
	case plainValues:
		arr, used, err := texts(c.mem, p.page[p.from:p.to], n)
		if err != nil {
			return nil, err
		}
		p.from += used
		return arr, nil
	case plainDictionary, rleDictionary:
	default:
		return nil, ErrUnsupported
	}
	if err := p.startIndices(); err != nil {
		return nil, err
	}
	if c.dict == nil {
		var err error
		if c.dict, _, err = texts(c.mem, p.dict, p.entries); err != nil {
			return nil, err
		}
	}
	c.index = resized(c.index, n)
	if err := readHybrid(&p.index, c.index); err != nil {
		return nil, err
	}
	b := array.NewStringBuilder(c.mem)
	defer b.Release()
	b.Reserve(n)
	for _, k := range c.index {
		if int64(k) >= int64(p.entries) {
			return nil, ErrCorrupt
		}
		b.Append(c.dict.Value(int(k)))
	}
	return b.NewStringArray(), nil
}

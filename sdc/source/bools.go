package source

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// boolColumn reads truth values: pages of bits, or of runs.
type boolColumn struct {
	pages  *chunkPages
	m      *memories
	values []uint8
	bit    int // of the present page of bits
}

func (c *boolColumn) release()      { c.pages.release() }
func (c *boolColumn) finish() error { return c.pages.finish() }

// next reads rows of the present page.
func (c *boolColumn) next(n int) (arrow.Array, error) {
	p := c.pages
	if p.left == 0 {
		if err := p.next(); err != nil {
			return nil, err
		}
		c.bit = 0
	}
	n = min(n, p.left)
	levels, v, err := p.valid(n)
	if err != nil {
		return nil, err
	}
	p.left -= n
	if err := c.read(v); err != nil {
		return nil, err
	}
	b := array.NewBooleanBuilder(c.m.mem)
	defer b.Release()
	b.Reserve(n)
	j := 0
	for i := range n {
		if v < n && levels[i] == 0 {
			b.UnsafeAppendBoolToBitmap(false)
			continue
		}
		b.UnsafeAppend(c.values[j] != 0)
		j++
	}
	return b.NewArray(), nil
}

// read fills c.values with n values of the present page.
func (c *boolColumn) read(n int) error {
	if c.values = sized(c.values, n); n == 0 {
		return nil // of nulls alone: some writers write nothing then
	}
	p := c.pages
	switch p.encoding {
	case plainValues:
		if p.to-p.from < (c.bit+n+7)/8 {
			return ErrCorrupt
		}
		for i := range c.values {
			c.values[i] = p.page[p.from+c.bit/8] >> (c.bit % 8) & 1
			c.bit++
		}
		return nil
	case rleLevels:
		if !p.started {
			if p.to-p.from < 4 {
				return ErrCorrupt
			}
			size := int64(binary.LittleEndian.Uint32(p.page[p.from:]))
			if size > int64(p.to-p.from-4) {
				return ErrCorrupt
			}
			var err error
			if p.index, err = newHybrid(p.page, p.from+4, p.from+4+int(size), 1); err != nil {
				return err
			}
			p.started = true
		}
		return readHybrid(&p.index, c.values)
	}
	return p.unsupported()
}

package source

import "github.com/apache/arrow/go/v15/arrow"

// bytesColumn reads binary values, and reads text as strings where some row group of a
// file has no dictionary page.
type bytesColumn struct {
	values byteValues
	dt     arrow.DataType
	m      *memories
}

func (c *bytesColumn) release()      { c.values.pages.release() }
func (c *bytesColumn) finish() error { return c.values.pages.finish() }

// next reads rows of the present page.
func (c *bytesColumn) next(n int) (arrow.Array, error) {
	p := c.values.pages
	if p.left == 0 {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	n, err := c.values.rows(min(n, p.left))
	if err != nil {
		return nil, err
	}
	levels, v, err := p.valid(n)
	if err != nil {
		return nil, err
	}
	p.left -= n
	values, err := c.values.read(v)
	if err != nil {
		return nil, err
	}
	var nulls nullBits
	defer nulls.release()
	if v == n {
		levels = nil
	} else {
		nulls.put(c.m.mem, n, 0, levels)
	}
	return bytesArray(c.m, c.dt, values, levels, &nulls)
}

// nullColumn reads a column of the null type: pages without values.
type nullColumn struct {
	pages *chunkPages
	m     *memories
}

func (c *nullColumn) release()      { c.pages.release() }
func (c *nullColumn) finish() error { return c.pages.finish() }

func (c *nullColumn) next(n int) (arrow.Array, error) {
	p := c.pages
	if p.left == 0 {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	n = min(n, p.left)
	_, v, err := p.valid(n)
	if err != nil {
		return nil, err
	}
	if v > 0 {
		return nil, ErrCorrupt
	}
	p.left -= n
	return nullArray(c.m.mem, arrow.Null, n), nil
}

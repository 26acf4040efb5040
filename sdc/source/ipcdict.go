package source

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// ipcDict is the entries of a dictionary, as they came.
type ipcDict struct{ parts []arrow.Array }

func (x *ipcDict) release() {
	for _, p := range x.parts {
		p.Release()
	}
	x.parts = nil
}

// loadDictionaries reads the dictionaries of a file, once. All of them hold for all
// batches, wherever they lie: parts of one follow each other, and none takes the
// place of another.
func (d *ipcDecoder) loadDictionaries(blocks []ipcBlock) error {
	if d.loaded {
		return nil
	}
	d.loaded = true
	for _, blk := range blocks {
		if err := d.load(blk, false); err != nil {
			return err
		}
	}
	return nil
}

// load reads a dictionary batch, if a wanted column has its entries.
func (d *ipcDecoder) load(blk ipcBlock, replace bool) error {
	id, delta, b, err := d.p.dictionary(d.c, blk)
	if err != nil || !d.wanted[id] {
		return err
	}
	was := d.dicts[id]
	switch {
	case delta && was == nil:
		return fmt.Errorf("%w: more entries of a dictionary that is not there", ErrCorrupt)
	case !delta && was != nil && !replace:
		return fmt.Errorf("%w: the file has two dictionaries for one column; write it anew", ErrUnsupported)
	case !delta && was != nil:
		was.release()
	}
	value := d.p.schemaOf.values[id]
	if err := value.readable(d.p.schemaOf.big); err != nil {
		return err
	}
	arr, err := d.column(b, place{}, value)
	if err != nil {
		return err
	}
	if err := checked(arr); err != nil {
		arr.Release()
		return err
	}
	if was == nil {
		was = &ipcDict{}
		d.dicts[id] = was
	}
	was.parts = append(was.parts, arr)
	return nil
}

// entries returns the entries of a dictionary, which stays its owner: the same array
// as before while none are added. A stream may leave out a dictionary that no row
// uses.
func (d *ipcDecoder) entries(id int64) (arrow.Array, error) {
	x := d.dicts[id]
	if x == nil {
		x = &ipcDict{}
		d.dicts[id] = x
	}
	switch len(x.parts) {
	case 0:
		x.parts = []arrow.Array{array.MakeArrayOfNull(d.mem, d.p.schemaOf.values[id].typ, 0)}
	case 1:
	default:
		whole, err := array.Concatenate(x.parts, d.mem)
		if err != nil {
			return nil, ErrMemory // the parts have been checked
		}
		x.release()
		x.parts = []arrow.Array{whole}
	}
	return x.parts[0], nil
}

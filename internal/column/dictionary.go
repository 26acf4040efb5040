package column

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// appendDictionary maps indices to codes. An entry gets its code when the first row uses
// it: entries without rows get none. The map is kept for the next batch with the same
// dictionary.
func (e *Encoder) appendDictionary(d *array.Dictionary, row int64, dst []uint32) error {
	if len(dst) == 0 {
		return nil
	}
	if data := d.Data().Dictionary(); e.dict == nil || e.dict != data {
		e.dict = data
		e.dictMap = e.dictMap[:0]
		for range data.Len() {
			e.dictMap = append(e.dictMap, noCode)
		}
	}
	i, err := e.appendIndices(d, dst)
	if err != nil {
		return &Error{Column: e.name, Row: row + int64(i), Err: err}
	}
	if e.n > noCode-1 {
		return &Error{Column: e.name, Row: -1, Err: ErrTooMany}
	}
	return nil
}

// namable returns the bound that the indices of d must be below: the number of entries,
// and at most the number of non-negative indices of the type. GetValueIndex of Arrow
// reads a negative index as the unsigned number with the same bits, and a large
// dictionary may have an entry for that number.
func namable(d *array.Dictionary) uint64 {
	n := uint64(d.Data().Dictionary().Len())
	switch d.Indices().DataType().ID() {
	case arrow.INT8:
		return min(n, 1<<7)
	case arrow.INT16:
		return min(n, 1<<15)
	case arrow.INT32:
		return min(n, 1<<31)
	}
	return n
}

func (e *Encoder) appendIndices(d *array.Dictionary, dst []uint32) (int, error) {
	switch ix := d.Indices().(type) {
	case *array.Int8:
		return mapIndices(e, d, ix.Int8Values(), dst)
	case *array.Int16:
		return mapIndices(e, d, ix.Int16Values(), dst)
	case *array.Int32:
		return mapIndices(e, d, ix.Int32Values(), dst)
	case *array.Int64:
		return mapIndices(e, d, ix.Int64Values(), dst)
	case *array.Uint8:
		return mapIndices(e, d, ix.Uint8Values(), dst)
	case *array.Uint16:
		return mapIndices(e, d, ix.Uint16Values(), dst)
	case *array.Uint32:
		return mapIndices(e, d, ix.Uint32Values(), dst)
	case *array.Uint64:
		return mapIndices(e, d, ix.Uint64Values(), dst)
	}
	return 0, ErrType
}

// mapIndices is the loop over the rows of a dictionary column. After every entry in use
// has its code, a row takes one load and one store.
func mapIndices[T integer](e *Encoder, d *array.Dictionary, indices []T, dst []uint32) (int, error) {
	m := e.dictMap
	nulls := d.NullN() > 0
	var code func(int) (uint32, error)
	for i, v := range indices {
		if nulls && d.IsNull(i) {
			dst[i] = e.nullCode()
			continue
		}
		if uint64(v) >= uint64(len(m)) {
			return i, ErrIndex
		}
		c := m[v]
		if c == noCode {
			var err error
			if code == nil {
				if code, err = e.entryCoder(d.Dictionary()); err != nil {
					return i, err
				}
			}
			if c, err = code(int(v)); err != nil {
				return i, err
			}
			m[v] = c
		}
		dst[i] = c
	}
	return 0, nil
}

// entryCoder is coder for the entries of a dictionary, which may be null.
func (e *Encoder) entryCoder(dict arrow.Array) (func(int) (uint32, error), error) {
	if dict.DataType().ID() == arrow.NULL {
		return func(int) (uint32, error) { return e.nullCode(), nil }, nil
	}
	if ext, ok := dict.(array.ExtensionArray); ok {
		return e.entryCoder(ext.Storage())
	}
	code, err := e.coder(dict)
	if err != nil {
		return nil, err
	}
	return func(i int) (uint32, error) {
		if dict.IsNull(i) {
			return e.nullCode(), nil
		}
		return code(i)
	}, nil
}

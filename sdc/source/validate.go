package source

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// validate checks that every value of an array can be read: buffers are long
// enough, offsets ascend within the data, and dictionary indices lie within the
// dictionary. Null slots are checked too, except for indices.
func validate(arr arrow.Array) error {
	if arr.Len() < 0 || arr.Data().Offset() < 0 {
		return ErrCorrupt
	}
	end := arr.Data().Offset() + arr.Len()
	buffers := arr.Data().Buffers()
	if len(buffers) > 0 && buffers[0] != nil && arr.NullN() > 0 && buffers[0].Len() < (end+7)/8 {
		return ErrCorrupt
	}
	switch a := arr.(type) {
	case *array.String:
		return checkOffsets(a.Len(), func(i int) int64 { return int64(a.ValueOffset(i)) }, int64(bufferLen(arr, 2)))
	case *array.LargeString:
		return checkOffsets(a.Len(), a.ValueOffset, int64(bufferLen(arr, 2)))
	case *array.Binary:
		// ValueOffset of binary columns has no end of the last value.
		return checkOffsets(a.Len(), func(i int) int64 { return int64(a.ValueOffsets()[i]) }, int64(bufferLen(arr, 2)))
	case *array.LargeBinary:
		return checkOffsets(a.Len(), func(i int) int64 { return a.ValueOffsets()[i] }, int64(bufferLen(arr, 2)))
	case *array.Dictionary:
		return checkIndices(a)
	case *array.Boolean:
		if a.Len() > 0 && bufferLen(arr, 1) < (end+7)/8 {
			return ErrCorrupt
		}
		return nil
	case *array.Null:
		return nil
	}
	if w, ok := arr.DataType().(arrow.FixedWidthDataType); ok {
		if arr.Len() > 0 && bufferLen(arr, 1) < end*w.Bytes() {
			return ErrCorrupt
		}
	}
	return nil
}

func bufferLen(arr arrow.Array, i int) int {
	b := arr.Data().Buffers()
	if i >= len(b) || b[i] == nil {
		return 0
	}
	return b[i].Len()
}

func checkOffsets(n int, offset func(int) int64, data int64) error {
	if n == 0 {
		return nil
	}
	last := offset(0)
	if last < 0 {
		return ErrCorrupt
	}
	for i := 1; i <= n; i++ {
		o := offset(i)
		if o < last {
			return ErrCorrupt
		}
		last = o
	}
	if last > data {
		return ErrCorrupt
	}
	return nil
}

func checkIndices(d *array.Dictionary) error {
	if d.Len() == 0 {
		return nil
	}
	dict := d.Dictionary()
	if err := validate(dict); err != nil {
		return err
	}
	if err := validate(d.Indices()); err != nil {
		return err
	}
	size := uint64(dict.Len())
	nulls := d.NullN() > 0
	for i := range d.Len() {
		if nulls && d.IsNull(i) {
			continue
		}
		if uint64(d.GetValueIndex(i)) >= size {
			return ErrCorrupt
		}
	}
	return nil
}

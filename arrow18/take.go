package arrow18

import (
	"encoding/binary"

	arrow15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"
)

// take returns the values at some positions, in new memory. The values have no children;
// a dictionary is kept.
func take(values arrow15.ArrayData, at []int, mem memory15.Allocator) arrow15.ArrayData {
	v := array15.MakeFromData(values)
	defer v.Release()
	var buffers []*memory15.Buffer
	nulls := 0
	for i, spec := range values.DataType().Layout().Buffers {
		var b *memory15.Buffer
		switch {
		case spec.Kind == arrow15.KindAlwaysNull:
			nulls = len(at)
		case i == 0:
			b, nulls = takeValidity(v, at, mem)
		case spec.Kind == arrow15.KindBitmap:
			b = newBuffer(mem, int(bitutil.BytesForBits(int64(len(at)))))
			for k, p := range at {
				bitutil.SetBitTo(b.Bytes(), k, bitutil.BitIsSet(bytesOf(values, i), values.Offset()+p))
			}
		case spec.Kind == arrow15.KindVarWidth:
			buffers[1].Release()
			buffers[1], b = takeBytes(values, at, values.DataType().Layout().Buffers[1].ByteWidth, mem)
		default:
			b = takeFixed(values, at, i, spec.ByteWidth, mem)
		}
		buffers = append(buffers, b)
	}
	defer func() {
		for _, b := range buffers {
			release(b)
		}
	}()
	if values.DataType().ID() == arrow15.DICTIONARY {
		return array15.NewDataWithDictionary(values.DataType(), len(at), buffers, nulls, 0, values.Dictionary().(*array15.Data))
	}
	return array15.NewData(values.DataType(), len(at), buffers, nil, nulls, 0)
}

// newBuffer returns n bytes of 0.
func newBuffer(mem memory15.Allocator, n int) *memory15.Buffer {
	b := memory15.NewResizableBuffer(mem)
	b.Resize(n)
	clear(b.Bytes())
	return b
}

// bytesOf returns a buffer of an array; nil where there is none.
func bytesOf(values arrow15.ArrayData, i int) []byte {
	if b := values.Buffers()[i]; b != nil {
		return b.Bytes()
	}
	return nil
}

func takeValidity(v arrow15.Array, at []int, mem memory15.Allocator) (b *memory15.Buffer, nulls int) {
	b = newBuffer(mem, int(bitutil.BytesForBits(int64(len(at)))))
	for k, p := range at {
		if v.IsNull(p) {
			nulls++
		} else {
			bitutil.SetBit(b.Bytes(), k)
		}
	}
	return b, nulls
}

func takeFixed(values arrow15.ArrayData, at []int, i, width int, mem memory15.Allocator) *memory15.Buffer {
	b := newBuffer(mem, width*len(at))
	from := bytesOf(values, i)
	for k, p := range at {
		copy(b.Bytes()[k*width:][:width], from[(values.Offset()+p)*width:])
	}
	return b
}

// takeBytes returns the offsets and the bytes of texts. width is that of an offset.
func takeBytes(values arrow15.ArrayData, at []int, width int, mem memory15.Allocator) (offsets, data *memory15.Buffer) {
	from := func(p int) (lo, hi int) {
		x := bytesOf(values, 1)[(values.Offset()+p)*width:]
		if width == 4 {
			return int(binary.LittleEndian.Uint32(x)), int(binary.LittleEndian.Uint32(x[4:]))
		}
		return int(binary.LittleEndian.Uint64(x)), int(binary.LittleEndian.Uint64(x[8:]))
	}
	offsets = newBuffer(mem, width*(len(at)+1))
	end := 0
	put := func(k int) {
		if width == 4 {
			binary.LittleEndian.PutUint32(offsets.Bytes()[k*4:], uint32(end))
		} else {
			binary.LittleEndian.PutUint64(offsets.Bytes()[k*8:], uint64(end))
		}
	}
	for k, p := range at {
		lo, hi := from(p)
		end += hi - lo
		put(k + 1)
	}
	data = newBuffer(mem, end)
	end = 0
	for _, p := range at {
		lo, hi := from(p)
		end += copy(data.Bytes()[end:], bytesOf(values, 2)[lo:hi])
	}
	return offsets, data
}

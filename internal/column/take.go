package column

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Take returns an array of some rows of an array, in the order of keep. A dictionary stays
// the same dictionary. The caller releases the result, which lies in memory of Go. The error
// is ErrType for a type that no check reads.
func Take(arr arrow.Array, keep []int32) (arrow.Array, error) {
	switch a := arr.(type) {
	case array.ExtensionArray:
		storage, err := Take(a.Storage(), keep)
		if err != nil {
			return nil, err
		}
		defer storage.Release()
		return array.NewExtensionArrayWithStorage(a.ExtensionType(), storage), nil
	case *array.Dictionary:
		indices, err := Take(a.Indices(), keep)
		if err != nil {
			return nil, err
		}
		defer indices.Release()
		return array.NewDictionaryArray(a.DataType(), indices, a.Dictionary()), nil
	case *array.Null:
		return array.NewNull(len(keep)), nil
	}
	valid, nulls := takeValid(arr, keep)
	var buffers []*memory.Buffer
	switch dt := arr.DataType().(type) {
	case *arrow.BooleanType:
		a := arr.(*array.Boolean)
		bits := make([]byte, bitutil.BytesForBits(int64(len(keep))))
		for i, k := range keep {
			bitutil.SetBitTo(bits, i, a.Value(int(k)))
		}
		buffers = []*memory.Buffer{valid, memory.NewBufferBytes(bits)}
	case *arrow.StringType, *arrow.BinaryType:
		offsets, bytes := takeBytes[int32](arr, keep)
		buffers = []*memory.Buffer{valid, offsets, bytes}
	case *arrow.LargeStringType, *arrow.LargeBinaryType:
		offsets, bytes := takeBytes[int64](arr, keep)
		buffers = []*memory.Buffer{valid, offsets, bytes}
	case arrow.FixedWidthDataType:
		width := dt.Bytes()
		if dt.BitWidth()%8 != 0 || len(arr.Data().Buffers()) != 2 {
			return nil, fmt.Errorf("%w: %s", ErrType, dt.Name())
		}
		buffers = []*memory.Buffer{valid, takeFixed(arr, width, keep)}
	default:
		return nil, fmt.Errorf("%w: %s", ErrType, dt.Name())
	}
	data := array.NewData(arr.DataType(), len(keep), buffers, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data), nil
}

// takeValid returns the bits of the rows that are no null; nil where all are none.
func takeValid(arr arrow.Array, keep []int32) (*memory.Buffer, int) {
	if arr.NullN() == 0 {
		return nil, 0
	}
	bits, nulls := make([]byte, bitutil.BytesForBits(int64(len(keep)))), 0
	for i, k := range keep {
		if arr.IsNull(int(k)) {
			nulls++
		} else {
			bitutil.SetBit(bits, i)
		}
	}
	return memory.NewBufferBytes(bits), nulls
}

// takeFixed returns the values of the rows of an array of values of one width.
func takeFixed(arr arrow.Array, width int, keep []int32) *memory.Buffer {
	out := make([]byte, width*len(keep))
	buffer := arr.Data().Buffers()[1]
	if buffer == nil {
		return memory.NewBufferBytes(out)
	}
	from, first := buffer.Bytes(), arr.Data().Offset()
	switch width {
	case 8:
		takeWords(arrow.Uint64Traits.CastFromBytes(out), arrow.Uint64Traits.CastFromBytes(from)[first:], keep)
	case 4:
		takeWords(arrow.Uint32Traits.CastFromBytes(out), arrow.Uint32Traits.CastFromBytes(from)[first:], keep)
	case 1:
		takeWords(out, from[first:], keep)
	default:
		for i, k := range keep {
			at := (first + int(k)) * width
			copy(out[i*width:(i+1)*width], from[at:at+width])
		}
	}
	return memory.NewBufferBytes(out)
}

func takeWords[T any](out, from []T, keep []int32) {
	for i, k := range keep {
		out[i] = from[k]
	}
}

// takeBytes returns the offsets and the bytes of the rows of an array of texts or bytes.
func takeBytes[T int32 | int64](arr arrow.Array, keep []int32) (offsets, bytes *memory.Buffer) {
	var value func(i int) []byte
	switch a := arr.(type) {
	case *array.String:
		value = func(i int) []byte { return stringBytes(a.Value(i)) }
	case *array.LargeString:
		value = func(i int) []byte { return stringBytes(a.Value(i)) }
	case *array.Binary:
		value = a.Value
	case *array.LargeBinary:
		value = a.Value
	}
	ends, out := make([]T, 1, len(keep)+1), []byte{}
	for _, k := range keep {
		if arr.IsValid(int(k)) {
			out = append(out, value(int(k))...)
		}
		ends = append(ends, T(len(out)))
	}
	switch ends := any(ends).(type) {
	case []int32:
		return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(ends)), memory.NewBufferBytes(out)
	case []int64:
		return memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(ends)), memory.NewBufferBytes(out)
	}
	panic("column: offsets of another type")
}

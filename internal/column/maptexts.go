package column

import (
	"fmt"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// MapTexts returns an array of texts, in a dictionary or not, with another text for each;
// nulls stay null. Bytes that are UTF-8 are texts, and others stay as they are; the result is
// of bytes of any length. Extensions are stripped. The caller releases the result.
func MapTexts(arr arrow.Array, of func(string) string) (arrow.Array, error) {
	switch a := arr.(type) {
	case array.ExtensionArray:
		return MapTexts(a.Storage(), of)
	case *array.Dictionary:
		values, err := MapTexts(a.Dictionary(), of)
		if err != nil {
			return nil, err
		}
		defer values.Release()
		dt := &arrow.DictionaryType{IndexType: a.Indices().DataType(), ValueType: values.DataType()}
		data := array.NewDataWithDictionary(dt, a.Len(), a.Data().Buffers(), a.Data().NullN(), a.Data().Offset(), values.Data().(*array.Data))
		defer data.Release()
		return array.NewDictionaryData(data), nil
	case *array.String:
		b := array.NewStringBuilder(memory.DefaultAllocator)
		defer b.Release()
		return mapTexts(b, a, of), nil
	case *array.LargeString:
		b := array.NewLargeStringBuilder(memory.DefaultAllocator)
		defer b.Release()
		return mapTexts(b, a, of), nil
	case *array.Binary:
		return mapBytes(arrow.BinaryTypes.Binary, a, of), nil
	case *array.LargeBinary:
		return mapBytes(arrow.BinaryTypes.LargeBinary, a, of), nil
	case *array.FixedSizeBinary:
		return mapBytes(arrow.BinaryTypes.Binary, a, of), nil
	}
	return nil, fmt.Errorf("%w: %s is no text", ErrType, arr.DataType().Name())
}

func mapTexts[A interface {
	arrow.Array
	Value(int) string
}, B interface {
	array.Builder
	Append(string)
}](b B, a A, of func(string) string) arrow.Array {
	b.Reserve(a.Len())
	for i := range a.Len() {
		if a.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(of(a.Value(i)))
		}
	}
	return b.NewArray()
}

func mapBytes[A interface {
	arrow.Array
	Value(int) []byte
}](dt arrow.BinaryDataType, a A, of func(string) string) arrow.Array {
	b := array.NewBinaryBuilder(memory.DefaultAllocator, dt)
	defer b.Release()
	b.Reserve(a.Len())
	for i := range a.Len() {
		switch {
		case a.IsNull(i):
			b.AppendNull()
		case utf8.Valid(a.Value(i)):
			b.AppendString(of(string(a.Value(i))))
		default:
			b.Append(a.Value(i))
		}
	}
	return b.NewArray()
}

package arrow18

import (
	"fmt"

	arrow15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// dataOf returns the data of Arrow 15 of an array, which share the buffers of the array or
// have buffers of mem. The caller releases them. The error wraps ErrType.
func dataOf(d arrow.ArrayData, mem memory15.Allocator) (arrow15.ArrayData, error) {
	to, err := typeOf(d.DataType())
	if err != nil {
		return nil, err
	}
	switch t := d.DataType().(type) {
	case *arrow.StringViewType, *arrow.BinaryViewType, *arrow.Decimal32Type, *arrow.Decimal64Type:
		return written(d, to, mem), nil
	case *arrow.RunEndEncodedType:
		return expanded(d, mem)
	case arrow.ExtensionType:
		switch t.StorageType().(type) {
		case *arrow.StringViewType, *arrow.BinaryViewType, *arrow.Decimal32Type, *arrow.Decimal64Type, *arrow.RunEndEncodedType:
			storage := array.NewData(t.StorageType(), d.Len(), d.Buffers(), d.Children(), d.NullN(), d.Offset())
			defer storage.Release()
			return dataOf(storage, mem)
		}
	}
	buffers := make([]*memory15.Buffer, len(d.Buffers()))
	for i, b := range d.Buffers() {
		buffers[i] = share(b)
		defer release(buffers[i])
	}
	children := make([]arrow15.ArrayData, len(d.Children()))
	for i, c := range d.Children() {
		if children[i], err = dataOf(c, mem); err != nil {
			return nil, err
		}
		defer children[i].Release()
	}
	if dict := d.Dictionary(); to.ID() == arrow15.DICTIONARY && dict.DataType() != nil {
		values, err := dataOf(dict, mem)
		if err != nil {
			return nil, err
		}
		defer values.Release()
		return array15.NewDataWithDictionary(to, d.Len(), buffers, d.NullN(), d.Offset(), values.(*array15.Data)), nil
	}
	return array15.NewData(to, d.Len(), buffers, children, d.NullN(), d.Offset()), nil
}

func release(b *memory15.Buffer) {
	if b != nil {
		b.Release()
	}
}

// written returns the values of an array of views or of narrow decimals in new memory.
func written(d arrow.ArrayData, to arrow15.DataType, mem memory15.Allocator) arrow15.ArrayData {
	from := array.MakeFromData(d)
	defer from.Release()
	b := array15.NewBuilder(mem, to)
	defer b.Release()
	b.Reserve(from.Len())
	for i := range from.Len() {
		if from.IsNull(i) {
			b.AppendNull()
			continue
		}
		switch from := from.(type) {
		case *array.StringView:
			b.(*array15.LargeStringBuilder).Append(from.Value(i))
		case *array.BinaryView:
			b.(*array15.BinaryBuilder).Append(from.Value(i))
		case *array.Decimal32:
			b.(*array15.Decimal128Builder).Append(decimal128.FromI64(int64(from.Value(i))))
		case *array.Decimal64:
			b.(*array15.Decimal128Builder).Append(decimal128.FromI64(int64(from.Value(i))))
		}
	}
	a := b.NewArray()
	defer a.Release()
	a.Data().Retain()
	return a.Data()
}

// expanded returns the values of an array of runs, one for each row. Runs of nested values
// are an error.
func expanded(d arrow.ArrayData, mem memory15.Allocator) (arrow15.ArrayData, error) {
	runs := array.NewRunEndEncodedData(d.(*array.Data))
	defer runs.Release()
	values, err := dataOf(runs.Values().Data(), mem)
	if err != nil {
		return nil, err
	}
	defer values.Release()
	if len(values.Children()) > 0 {
		return nil, fmt.Errorf("%w: runs of nested values: %s", ErrType, d.DataType())
	}
	at := make([]int, d.Len())
	for i := range at {
		at[i] = runs.GetPhysicalIndex(i)
	}
	return take(values, at, mem), nil
}

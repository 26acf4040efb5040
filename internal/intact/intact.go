// Package intact checks that every value of an Arrow array can be read. Arrow returns the
// arrays of a stream as the stream describes them. Offsets may descend or point beyond
// the data, buffers may be too short, and a dictionary may lack entries that the rows
// name.
package intact

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// ErrBroken says that an array describes memory that it does not have.
var ErrBroken = errors.New("the array is damaged: its lengths, offsets or indices do not fit its buffers")

// Check returns ErrBroken for an array with a value that cannot be read:
//
//   - a buffer is shorter than the length of the array asks for;
//   - an offset is negative, descends, or lies behind the data;
//   - the validity bitmap has another number of nulls than the array states;
//   - an index of a dictionary lies outside the dictionary, unless the row is null;
//   - the storage, the dictionary or a child is broken.
//
// An array of a nested type other than lists, maps and structs cannot be checked and is
// ErrBroken too. Linear in the rows; a few nanoseconds a row for texts and dictionaries,
// less than a tenth of one for numbers.
func Check(arr arrow.Array) error {
	if err := CheckValues(arr); err != nil {
		return err
	}
	return checkIndices(arr)
}

// CheckValues is Check without the range of dictionary indices, for callers that compare
// every index with the length of the dictionary by themselves.
func CheckValues(arr arrow.Array) error {
	data := arr.Data()
	if arr.Len() < 0 || data.Offset() < 0 || data.Offset()+arr.Len() < 0 {
		return ErrBroken
	}
	if x, ok := arr.(array.ExtensionArray); ok {
		return CheckValues(x.Storage())
	}
	if err := checkValidity(arr); err != nil {
		return err
	}
	if arr.Len() == 0 {
		return checkDictionary(arr)
	}
	switch a := arr.(type) {
	case *array.Null:
		return nil
	case *array.String:
		return offsets[int32](arr, bufferLen(arr, 2))
	case *array.Binary:
		return offsets[int32](arr, bufferLen(arr, 2))
	case *array.LargeString:
		return offsets[int64](arr, bufferLen(arr, 2))
	case *array.LargeBinary:
		return offsets[int64](arr, bufferLen(arr, 2))
	case *array.Dictionary:
		if err := CheckValues(a.Indices()); err != nil {
			return err
		}
		return checkDictionary(arr)
	case *array.List:
		return list[int32](arr, a.ListValues())
	case *array.LargeList:
		return list[int64](arr, a.ListValues())
	case *array.Map:
		return list[int32](arr, a.ListValues())
	case *array.FixedSizeList:
		width := int(a.DataType().(*arrow.FixedSizeListType).Len())
		if width < 0 || end(arr) > a.ListValues().Len()/max(width, 1) && width > 0 {
			return ErrBroken
		}
		return Check(a.ListValues())
	case *array.Struct:
		for i := range a.NumField() {
			if a.Field(i).Len() < arr.Len() {
				return ErrBroken
			}
			if err := Check(a.Field(i)); err != nil {
				return err
			}
		}
		return nil
	}
	w, ok := arr.DataType().(arrow.FixedWidthDataType)
	if _, nested := arr.DataType().(arrow.NestedType); nested || !ok || w.BitWidth() < 0 {
		return ErrBroken
	}
	if width := w.BitWidth(); width > 0 && bufferLen(arr, 1)*8/width < end(arr) {
		return ErrBroken
	}
	return nil
}

// end is the position behind the last value of an array in its buffers.
func end(arr arrow.Array) int { return arr.Data().Offset() + arr.Len() }

// buffer returns the bytes of a buffer; nil where there is none.
func buffer(arr arrow.Array, i int) []byte {
	b := arr.Data().Buffers()
	if i >= len(b) || b[i] == nil {
		return nil
	}
	return b[i].Bytes()
}

func bufferLen(arr arrow.Array, i int) int { return len(buffer(arr, i)) }

// checkValidity holds the number of nulls against the bitmap.
func checkValidity(arr arrow.Array) error {
	if arr.DataType().ID() == arrow.NULL {
		return nil
	}
	bitmap, stated := buffer(arr, 0), arr.Data().NullN()
	if bitmap == nil {
		if stated != 0 && arr.Len() > 0 { // Arrow counts the bits where the number is unknown
			return ErrBroken
		}
		return nil
	}
	if len(bitmap) < (end(arr)+7)/8 {
		return ErrBroken
	}
	if stated < 0 { // not counted yet
		return nil
	}
	if stated == 0 {
		if !full(bitmap, arr.Data().Offset(), end(arr)) {
			return ErrBroken
		}
		return nil
	}
	if ones(bitmap, arr.Data().Offset(), end(arr)) != arr.Len()-stated {
		return ErrBroken
	}
	return nil
}

// set is a run of bytes with every bit set, shorter than a cache of the first level.
var set = bytes.Repeat([]byte{0xff}, 4096)

// full reports whether every bit from position lo to position hi is set: ones(bitmap, lo,
// hi) == hi-lo, at the speed of a comparison of bytes. Most columns have no nulls.
func full(bitmap []byte, lo, hi int) bool {
	from, to := (lo+7)/8, hi/8
	if from >= to {
		return ones(bitmap, lo, hi) == hi-lo
	}
	if ones(bitmap, lo, 8*from) != 8*from-lo || ones(bitmap, 8*to, hi) != hi-8*to {
		return false
	}
	whole := bitmap[from:to]
	for len(whole) > len(set) {
		if !bytes.Equal(whole[:len(set)], set) {
			return false
		}
		whole = whole[len(set):]
	}
	return bytes.Equal(whole, set[:len(whole)])
}

// ones counts the bits that are set from position lo to position hi.
func ones(bitmap []byte, lo, hi int) int {
	n := 0
	for ; lo < hi && lo%8 != 0; lo++ {
		n += int(bitmap[lo/8] >> (lo % 8) & 1)
	}
	words := bitmap[lo/8:]
	for ; lo+64 <= hi; lo += 64 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(words))
		words = words[8:]
	}
	for ; lo+8 <= hi; lo += 8 {
		n += bits.OnesCount8(bitmap[lo/8])
	}
	for ; lo < hi; lo++ {
		n += int(bitmap[lo/8] >> (lo % 8) & 1)
	}
	return n
}

// offsets checks the offsets of an array that has values into size bytes or entries.
func offsets[T int32 | int64](arr arrow.Array, size int) error {
	all := castOffsets[T](buffer(arr, 1))
	if len(all) <= end(arr) {
		return ErrBroken
	}
	own := all[arr.Data().Offset() : end(arr)+1]
	// The sign of bad is set where an offset is negative or less than the one before:
	// without a negative one no difference overflows.
	bad, before, after := own[0], own[:len(own)-1], own[1:]
	for i, o := range after {
		bad |= o | (o - before[i])
	}
	if bad < 0 || int64(own[len(own)-1]) > int64(size) {
		return ErrBroken
	}
	return nil
}

func castOffsets[T int32 | int64](b []byte) []T {
	var out any
	switch any(T(0)).(type) {
	case int32:
		out = arrow.Int32Traits.CastFromBytes(b)
	default:
		out = arrow.Int64Traits.CastFromBytes(b)
	}
	return out.([]T)
}

// list checks the offsets and the values of a list.
func list[T int32 | int64](arr, values arrow.Array) error {
	if err := offsets[T](arr, values.Len()); err != nil {
		return err
	}
	return Check(values)
}

// checkDictionary checks the dictionary of an array that has one. Arrow makes the array of
// the dictionary when it is asked for, and panics where a buffer is too short.
func checkDictionary(arr arrow.Array) (err error) {
	d, ok := arr.(*array.Dictionary)
	if !ok {
		return nil
	}
	defer func() {
		if recover() != nil {
			err = ErrBroken
		}
	}()
	if d.Data().Dictionary() == nil {
		return ErrBroken
	}
	return Check(d.Dictionary())
}

// checkIndices checks the range of dictionary indices.
func checkIndices(arr arrow.Array) error {
	for {
		x, ok := arr.(array.ExtensionArray)
		if !ok {
			break
		}
		arr = x.Storage()
	}
	d, ok := arr.(*array.Dictionary)
	if !ok {
		return nil
	}
	switch ix := d.Indices().(type) {
	case *array.Int8:
		return below(d, ix.Int8Values())
	case *array.Int16:
		return below(d, ix.Int16Values())
	case *array.Int32:
		return below(d, ix.Int32Values())
	case *array.Int64:
		return below(d, ix.Int64Values())
	case *array.Uint8:
		return below(d, ix.Uint8Values())
	case *array.Uint16:
		return below(d, ix.Uint16Values())
	case *array.Uint32:
		return below(d, ix.Uint32Values())
	case *array.Uint64:
		return below(d, ix.Uint64Values())
	}
	return ErrBroken
}

// below checks that no index of a row that is not null is as large as the dictionary. A
// negative index is larger than any as a number without a sign.
func below[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](d *array.Dictionary, indices []T) error {
	size := uint64(d.Data().Dictionary().Len())
	for i, v := range indices {
		if uint64(v) >= size && d.IsValid(i) {
			return ErrBroken
		}
	}
	return nil
}

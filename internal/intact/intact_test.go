package intact

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// buf is a buffer with room behind its end, which Arrow reads without a word.
func buf(b ...byte) *memory.Buffer { return roomy(b) }

func roomy(b []byte) *memory.Buffer {
	return memory.NewBufferBytes(append(make([]byte, 0, len(b)+64), b...))
}

func i32(v ...int32) *memory.Buffer {
	return roomy(arrow.Int32Traits.CastToBytes(v))
}
func i64(v ...int64) *memory.Buffer {
	return roomy(arrow.Int64Traits.CastToBytes(v))
}

// data is an array as a stream describes it.
func data(dt arrow.DataType, length, nulls, offset int, buffers ...*memory.Buffer) *array.Data {
	return array.NewData(dt, length, buffers, nil, nulls, offset)
}

// dict is a dictionary of 8 bits with its indices.
func dict(length, nulls int, values *array.Data, buffers ...*memory.Buffer) *array.Data {
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: values.DataType()}
	return array.NewDataWithDictionary(dt, length, buffers, nulls, 0, values)
}

// nested is an array with children.
func nested(dt arrow.DataType, length int, buffers []*memory.Buffer, children ...arrow.ArrayData) *array.Data {
	return array.NewData(dt, length, buffers, children, 0, 0)
}

// TestCheck: an array that can be read passes, and a broken array is found, at its own
// place and below.
func TestCheck(t *testing.T) {
	text, large, whole := arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.PrimitiveTypes.Int64
	good, bad := data(text, 3, 0, 0, nil, i32(0, 1, 2, 3), buf('a', 'b', 'c')), data(text, 3, 0, 0, nil, i32(0, 2, 1, 3), buf('a', 'b', 'c'))
	numbers := data(whole, 3, 0, 0, nil, i64(1, 2, 3))
	listOf, structOf := arrow.ListOf(text), arrow.StructOf(arrow.Field{Name: "a", Type: text})
	for _, tc := range []struct {
		name string
		of   *array.Data
		fine bool
	}{
		{"texts", good, true},
		{"texts without rows or offsets", data(text, 0, 0, 0, nil, nil, nil), true},
		{"texts behind an offset", data(text, 2, 0, 1, nil, i32(9, 1, 2, 3), buf('a', 'b', 'c')), true},
		{"offsets descend", bad, false},
		{"offsets are negative", data(text, 3, 0, 0, nil, i32(-1, 1, 2, 3), buf('a', 'b', 'c')), false},
		{"offsets overflow", data(text, 3, 0, 0, nil, i32(0, math.MaxInt32, math.MinInt32, 3), buf('a', 'b', 'c')), false},
		{"the last offset overflows", data(text, 2, 0, 0, nil, i32(0, math.MaxInt32, math.MinInt32), buf('a', 'b', 'c')), false},
		{"offsets of 64 bits", data(large, 2, 0, 0, nil, i64(0, 1, 3), buf('a', 'b', 'c')), true},
		{"offsets of 64 bits descend", data(large, 2, 0, 0, nil, i64(0, 4, 3), buf('a', 'b', 'c')), false},
		{"offsets of 64 bits overflow", data(large, 3, 0, 0, nil, i64(0, math.MaxInt64, math.MinInt64, 3), buf('a', 'b', 'c')), false},
		{"bytes", data(arrow.BinaryTypes.Binary, 2, 0, 0, nil, i32(0, 1, 3), buf('a', 'b', 'c')), true},
		{"bytes descend", data(arrow.BinaryTypes.Binary, 2, 0, 0, nil, i32(0, 3, 1), buf('a', 'b', 'c')), false},
		{"numbers", numbers, true},
		{"numbers behind the buffer", data(whole, 4, 0, 0, nil, i64(1, 2, 3)), false},
		{"numbers behind an offset behind the buffer", data(whole, 2, 0, 2, nil, i64(1, 2, 3)), false},
		{"numbers without a buffer", data(whole, 1, 0, 0, nil, nil), false},
		{"a length that overflows with the offset", data(whole, math.MaxInt, 0, math.MaxInt, nil, nil), false},
		{"booleans", data(arrow.FixedWidthTypes.Boolean, 9, 0, 0, nil, buf(1, 1)), true},
		{"booleans behind the buffer", data(arrow.FixedWidthTypes.Boolean, 17, 0, 0, nil, buf(1, 1)), false},
		{"bytes of a fixed size", data(&arrow.FixedSizeBinaryType{ByteWidth: 3}, 1, 0, 0, nil, buf(1, 2, 3)), true},
		{"bytes of a fixed size behind the buffer", data(&arrow.FixedSizeBinaryType{ByteWidth: 3}, 2, 0, 0, nil, buf(1, 2, 3)), false},
		{"nulls", data(whole, 3, 1, 0, buf(5), i64(1, 2, 3)), true},
		{"nulls not counted", data(whole, 3, -1, 0, buf(5), i64(1, 2, 3)), true},
		{"nulls behind an offset", data(whole, 2, 1, 1, buf(5), i64(1, 2, 3)), true},
		{"fewer nulls than stated", data(whole, 3, 2, 0, buf(5), i64(1, 2, 3)), false},
		{"more nulls than stated", data(whole, 3, 0, 0, buf(5), i64(1, 2, 3)), false},
		{"more nulls than rows", data(whole, 3, 4, 0, buf(0), i64(1, 2, 3)), false},
		{"nulls without a bitmap", data(whole, 3, 1, 0, nil, i64(1, 2, 3)), false},
		{"nulls not counted, without a bitmap", data(whole, 3, -1, 0, nil, i64(1, 2, 3)), false},
		{"a bitmap that is short", data(arrow.PrimitiveTypes.Int8, 9, 1, 0, buf(254), buf(1, 2, 3, 4, 5, 6, 7, 8, 9)), false},
		{"nothing but nulls", data(arrow.Null, 5, 5, 0), true},
		{"a dictionary", dict(3, 0, good, nil, buf(2, 0, 2)), true},
		{"an index behind the dictionary", dict(3, 0, good, nil, buf(2, 3, 2)), false},
		{"an index below 0", dict(3, 0, good, nil, buf(2, 255, 2)), false},
		{"an index of a null", dict(3, 1, good, buf(5), buf(2, 255, 2)), true},
		{"a dictionary that is broken", dict(3, 0, bad, nil, buf(2, 0, 2)), false},
		{"a dictionary that is broken, without rows", dict(0, 0, bad, nil, nil), false},
		{"a dictionary that Arrow cannot make", dict(3, 0, data(text, 3, 0, 0, nil, i32(0, 1, 2), buf('a')), nil, buf(0, 0, 0)), false},
		{"indices that are short", dict(3, 0, good, nil, buf(2, 0)), false},
		{"a list", nested(listOf, 2, []*memory.Buffer{nil, i32(0, 1, 3)}, good), true},
		{"a list behind its values", nested(listOf, 2, []*memory.Buffer{nil, i32(0, 1, 4)}, good), false},
		{"a list that descends", nested(listOf, 2, []*memory.Buffer{nil, i32(0, 3, 1)}, good), false},
		{"a list without its last offset", nested(listOf, 2, []*memory.Buffer{nil, i32(0, 0)}, good), false},
		{"a list of what is broken", nested(listOf, 2, []*memory.Buffer{nil, i32(0, 1, 3)}, bad), false},
		{"a list of a fixed size", nested(arrow.FixedSizeListOf(3, text), 1, []*memory.Buffer{nil}, good), true},
		{"a list of a fixed size behind its values", nested(arrow.FixedSizeListOf(2, text), 2, []*memory.Buffer{nil}, good), false},
		{"a structure", nested(structOf, 3, []*memory.Buffer{nil}, good), true},
		{"a structure of what is broken", nested(structOf, 3, []*memory.Buffer{nil}, bad), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := Check(array.MakeFromData(tc.of))
			if tc.fine != (err == nil) || err != nil && !errors.Is(err, ErrBroken) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestCheckValues: the range of indices is left to the caller, and nothing else.
func TestCheckValues(t *testing.T) {
	good := data(arrow.BinaryTypes.String, 1, 0, 0, nil, i32(0, 1), buf('a'))
	if err := CheckValues(array.MakeFromData(dict(2, 0, good, nil, buf(0, 9)))); err != nil {
		t.Error(err)
	}
	if err := CheckValues(array.MakeFromData(dict(3, 0, good, nil, buf(0, 9)))); !errors.Is(err, ErrBroken) {
		t.Error(err)
	}
}

// TestOnes holds the count of bits against one bit after the other.
func TestOnes(t *testing.T) {
	bitmap := []byte{0x5a, 0xff, 0x00, 0x81, 0x7e, 0x13, 0x57, 0x9b, 0xdf, 0x24, 0x68, 0xac, 0xe0, 0xaa, 0x55, 0x0f, 0xf0}
	for lo := range 8 * len(bitmap) {
		want := 0
		for hi := lo; hi <= 8*len(bitmap); hi++ {
			if got := ones(bitmap, lo, hi); got != want {
				t.Fatalf("bits %d to %d: %d, want %d", lo, hi, got, want)
			}
			if hi < 8*len(bitmap) {
				want += int(bitmap[hi/8] >> (hi % 8) & 1)
			}
		}
	}
}

// TestFull clears one bit after the other and looks from every position to every position
// near an end, in bitmaps shorter and longer than the run that is compared at once.
func TestFull(t *testing.T) {
	for _, size := range []int{1, 2, 3, 9, len(set), len(set) + 1, 2*len(set) + 3} {
		bitmap := bytes.Repeat([]byte{0xff}, size)
		bits := 8 * size
		near := func(at int) []int { // positions of which one is a boundary of a byte
			var out []int
			for p := max(0, at-9); p <= min(bits, at+9); p++ {
				out = append(out, p)
			}
			return out
		}
		clear := slices.Concat(near(0), near(8*len(set)), near(16*len(set)), near(bits))
		for _, at := range append(clear, -1) {
			if at >= bits {
				continue
			}
			if at >= 0 {
				bitmap[at/8] &^= 1 << (at % 8)
			}
			for _, lo := range near(0) {
				for _, hi := range near(bits) {
					if lo > hi {
						continue
					}
					if got, want := full(bitmap, lo, hi), at < lo || at >= hi; got != want {
						t.Fatalf("%d bytes, bit %d cleared, bits %d to %d: %v, want %v", size, at, lo, hi, got, want)
					}
				}
			}
			if at >= 0 {
				bitmap[at/8] |= 1 << (at % 8)
			}
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	const rows = 1 << 16
	texts := array.NewStringBuilder(memory.DefaultAllocator)
	coded := array.NewDictionaryBuilder(memory.DefaultAllocator, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	numbers := array.NewInt64Builder(memory.DefaultAllocator)
	for i := range rows {
		texts.Append(fmt.Sprint("text", i%1000))
		numbers.AppendValues([]int64{int64(i)}, []bool{i%7 > 0})
		if err := coded.AppendString(fmt.Sprint("code", i%100)); err != nil {
			b.Fatal(err)
		}
	}
	for _, arr := range []arrow.Array{texts.NewArray(), numbers.NewArray(), coded.NewArray()} {
		b.Run(arr.DataType().Name(), func(b *testing.B) {
			for b.Loop() {
				if err := Check(arr); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

package column_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// fewTypes are the types of plain columns that are read by indices.
var fewTypes = []arrow.DataType{
	arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString,
	arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
	arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.FixedWidthTypes.Date32,
}

// alikeTexts are texts of all lengths that differ little, many of them in one place
// alone.
func alikeTexts(rng *rand.Rand, n int) []string {
	out := make([]string, n)
	for i := range out {
		b := []byte(strings.Repeat("a", rng.IntN(24)))
		if len(b) > 0 {
			b[rng.IntN(len(b))] = "abc\x00"[rng.IntN(4)]
		}
		out[i] = string(b)
	}
	return out
}

// plainArray is an array of a type with the values at some positions. Texts are from
// texts, and integers are base + position. Its first row, of position 0, is cut off.
func plainArray(mem memory.Allocator, dt arrow.DataType, texts []string, base int64, at []int) arrow.Array {
	b := array.NewBuilder(mem, dt)
	defer b.Release()
	for _, k := range append([]int{0}, at...) {
		switch b := b.(type) {
		case *array.StringBuilder:
			b.Append(texts[k])
		case *array.LargeStringBuilder:
			b.Append(texts[k])
		case *array.Int8Builder:
			b.Append(int8(base + int64(k)))
		case *array.Int16Builder:
			b.Append(int16(base + int64(k)))
		case *array.Int32Builder:
			b.Append(int32(base + int64(k)))
		case *array.Int64Builder:
			b.Append(base + int64(k))
		case *array.Uint8Builder:
			b.Append(uint8(base + int64(k)))
		case *array.Uint16Builder:
			b.Append(uint16(base + int64(k)))
		case *array.Uint32Builder:
			b.Append(uint32(base + int64(k)))
		case *array.Date32Builder:
			b.Append(arrow.Date32(base + int64(k)))
		}
	}
	whole := b.NewArray()
	defer whole.Release()
	return array.NewSlice(whole, 1, int64(whole.Len()))
}

// TestFewValues: plain columns of few values have the indices of a dictionary of these
// values. They have the same codes as row by row, in any order of the two calls.
func TestFewValues(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rng := rand.New(rand.NewPCG(8, 5))
	read := 0
	for _, dt := range fewTypes {
		for round := range 60 {
			bases := []int64{0, 100, -100}
			switch dt.ID() {
			case arrow.INT64:
				bases = append(bases, math.MinInt64, math.MaxInt64-150)
			case arrow.UINT8, arrow.UINT16, arrow.UINT32:
				bases = bases[:2]
			case arrow.INT8:
				bases = []int64{0, -100}
			}
			n, base := 1+rng.IntN(120), bases[round%len(bases)]
			texts := alikeTexts(rng, n)
			e, err := column.NewEncoder("c", dt)
			if err != nil {
				t.Fatal(err)
			}
			codes := map[string]uint32{}
			var last *column.Dictionary
			seen := 0 // values that last has
			for batch := range 6 {
				at := make([]int, 1+rng.IntN(400))
				for i := range at {
					at[i] = rng.IntN(min(n, 1+n*(batch+1)/3))
				}
				arr := plainArray(mem, dt, texts, base, at)
				label := func(i int) string {
					switch a := arr.(type) {
					case *array.String:
						return a.Value(i)
					case *array.LargeString:
						return a.Value(i)
					case *array.Date32:
						return a.Value(i).FormattedString()
					}
					return arr.ValueStr(i)
				}
				x, d := e.Indices(arr)
				dst := make([]uint32, len(at))
				if rng.IntN(2) == 0 {
					if err := e.Append(arr, 0, dst); err != nil {
						t.Fatal(err)
					}
					for i, code := range dst {
						want, ok := codes[label(i)]
						if !ok {
							want = uint32(len(codes))
							codes[label(i)] = want
						}
						if code != want {
							t.Fatalf("%s, row %d: code %d, want %d", dt, i, code, want)
						}
					}
				}
				if d == nil || x.Len() != len(at) || x.Below != d.Len() {
					t.Fatalf("%s: %d of %d rows are read, below %d", dt, x.Len(), len(at), x.Below)
				}
				for i, k := range x.U8 {
					if d.Label(int(k)) != label(i) {
						t.Fatalf("%s, row %d: %q, want %q", dt, i, d.Label(int(k)), label(i))
					}
				}
				if (d == last) != (d.Len() == seen) {
					t.Fatalf("%s: %d values, %d before, the same dictionary %t", dt, d.Len(), seen, d == last)
				}
				last, seen = d, d.Len()
				read++
				arr.Release()
			}
			// The same values in another order give the same dictionary.
			o, _ := column.NewEncoder("c", dt)
			var all []int
			for k := range n {
				all = append(all, k)
			}
			arr := plainArray(mem, dt, texts, base, all)
			_, a := e.Indices(arr)
			arr.Release()
			slices.Reverse(all)
			arr = plainArray(mem, dt, texts, base, all)
			_, b := o.Indices(arr)
			arr.Release()
			if a == nil || b == nil || !a.Equal(b) {
				t.Fatalf("%s: dictionaries of the same values differ", dt)
			}
			used := make([]bool, a.Len())
			for i := range used {
				used[i] = true
			}
			for i, code := range e.Use(a, used) {
				if e.Label(code) != a.Label(i) {
					t.Fatalf("%s: entry %d has the code of %q", dt, i, e.Label(code))
				}
			}
		}
	}
	if read < 1000 {
		t.Errorf("%d batches: the test shows little", read)
	}
}

// TestNotFew: columns with nulls, with many values, with new ones again and again, and
// integers far from each other are encoded row by row, and right.
func TestNotFew(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	text := arrow.BinaryTypes.String
	many := make([]string, 300)
	for i := range many {
		many[i] = fmt.Sprintf("%q", fmt.Sprint("value number ", i))
	}
	var batches [][]string
	for i := range 12 {
		batches = append(batches, []string{many[i], many[0]})
	}
	for _, tt := range []struct {
		name    string
		dt      arrow.DataType
		batches [][]string
		read    int // of the batches
		off     bool
	}{
		{"nulls", text, [][]string{{`"a"`, "null"}, {`"a"`, `"b"`}, {"null"}, {`"b"`}}, 2, false},
		{"no rows", text, [][]string{{}, {`"a"`}}, 1, false},
		{"256 values", text, [][]string{many[:200], many[100:256]}, 2, false},
		{"257 values", text, [][]string{many[:200], many[100:257], many[:10]}, 1, true},
		{"new values", text, batches, 8, true},
		{"a range of 4096", arrow.PrimitiveTypes.Int64, [][]string{{"5"}, {"4100"}, {"5"}}, 3, false},
		{"a larger one", arrow.PrimitiveTypes.Int64, [][]string{{"5"}, {"4101"}, {"5"}}, 1, true},
		{"the largest", arrow.PrimitiveTypes.Int64, [][]string{{"-9223372036854775808", "9223372036854775807"}}, 0, true},
		{"floats", arrow.PrimitiveTypes.Float64, [][]string{{"1", "2"}}, 0, true},
		{"booleans", arrow.FixedWidthTypes.Boolean, [][]string{{"true", "false"}}, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := column.NewEncoder("c", tt.dt)
			if err != nil {
				t.Fatal(err)
			}
			read := 0
			for k, values := range tt.batches {
				arr := build(t, mem, tt.dt, "["+strings.Join(values, ",")+"]")
				if _, d := e.Indices(arr); d != nil {
					read++
				}
				dst := make([]uint32, arr.Len())
				if err := e.Append(arr, 0, dst); err != nil {
					t.Fatal(err)
				}
				for i, code := range dst {
					want := strings.Trim(values[i], `"`)
					if want == "null" {
						want = column.MissingLabel
					}
					if got := e.Label(code); got != want {
						t.Fatalf("%s, batch %d, row %d: %q, want %q", tt.name, k, i, got, want)
					}
				}
				arr.Release()
			}
			if read != tt.read || e.RowByRow() != tt.off {
				t.Errorf("%s: %d batches are read by indices, want %d, and none to come %t", tt.name, read, tt.read, e.RowByRow())
			}
		})
	}
}

// TestFewOfNothing: an array of no rows may have no buffers.
func TestFewOfNothing(t *testing.T) {
	for _, dt := range fewTypes {
		e, err := column.NewEncoder("c", dt)
		if err != nil {
			t.Fatal(err)
		}
		empty := array.MakeFromData(array.NewData(dt, 0, make([]*memory.Buffer, 3)[:len(dt.Layout().Buffers)], nil, 0, 0))
		defer empty.Release()
		if _, d := e.Indices(empty); d != nil {
			t.Errorf("%s: a dictionary of nothing", dt)
		}
		if err := e.Append(empty, 0, nil); err != nil {
			t.Errorf("%s: %v", dt, err)
		}
	}
}

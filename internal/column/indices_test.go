package column_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// dictionaryArray is an array of int16 indices; -1 is null, as is the entry "-".
func dictionaryArray(mem memory.Allocator, entries []string, indices ...int16) *array.Dictionary {
	sb, ib := array.NewStringBuilder(mem), array.NewInt16Builder(mem)
	defer sb.Release()
	defer ib.Release()
	for _, s := range entries {
		if s == "-" {
			sb.AppendNull()
		} else {
			sb.Append(s)
		}
	}
	for _, i := range indices {
		if i < 0 {
			ib.AppendNull()
		} else {
			ib.Append(i)
		}
	}
	dict, rows := sb.NewArray(), ib.NewArray()
	defer dict.Release()
	defer rows.Release()
	return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}, rows, dict)
}

// TestIndices: the columns that are read by indices, the dictionaries that are the same,
// and the codes of entries.
func TestIndices(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	many := make([]string, 300)
	for i := range many {
		many[i] = fmt.Sprint("v", i)
	}
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
	e, err := column.NewEncoder("c", typ)
	if err != nil {
		t.Fatal(err)
	}
	var last *column.Dictionary
	for _, tt := range []struct {
		name    string
		entries []string
		indices []int16
		read    bool
		same    bool // as before
	}{
		{"first", []string{"b", "a", "b"}, []int16{2, 1, 1}, true, false},
		{"the same entries in another array", []string{"b", "a", "b"}, []int16{0}, true, true},
		{"a null row", []string{"b", "a", "b"}, []int16{0, -1}, false, false},
		{"a null entry", []string{"b", "-"}, []int16{0}, false, false},
		{"after what is not read", []string{"b", "a", "b"}, []int16{0}, true, true},
		{"another order", []string{"a", "b", "b"}, []int16{0}, true, false},
		{"more entries", []string{"a", "b", "b", "c"}, []int16{0}, true, false},
		{"too many entries for one row", many, []int16{0}, false, false},
		{"as many for many rows", many, make([]int16, 2400), true, false},
		{"no entries", nil, nil, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			arr := dictionaryArray(mem, tt.entries, tt.indices...)
			x, d := e.Indices(arr)
			if (d != nil) != tt.read {
				t.Fatalf("%s: read by indices: %t, want %t", tt.name, d != nil, tt.read)
			}
			if d != nil {
				if x.Len() != len(tt.indices) || x.Below != len(tt.entries) {
					t.Errorf("%s: %d indices below %d", tt.name, x.Len(), x.Below)
				}
				if (d == last) != tt.same || last != nil && d.Equal(last) != tt.same {
					t.Errorf("%s: same as before: %t, want %t", tt.name, d == last, tt.same)
				}
				for i, s := range tt.entries {
					if d.Label(i) != s {
						t.Errorf("%s: entry %d is %q, want %q", tt.name, i, d.Label(i), s)
					}
				}
				last = d
			}
			arr.Release()
		})
	}
	if e.Len() != 0 {
		t.Fatalf("%d codes before any row has one", e.Len())
	}
	arr := dictionaryArray(mem, []string{"b", "a", "b", "c"}, 0)
	defer arr.Release()
	_, d := e.Indices(arr)
	none := ^uint32(0)
	if got := e.Use(d, []bool{false, true, true, false}); !slices.Equal(got, []uint32{none, 0, 1, none}) {
		t.Errorf("codes %v", got)
	}
	if got := e.Use(d, []bool{true, false, true, true}); !slices.Equal(got, []uint32{1, none, 1, 2}) {
		t.Errorf("codes %v", got)
	}
	list, _ := e.Finish()
	if list.Len() != 3 || list.Label(0) != "a" || list.Label(2) != "c" {
		t.Errorf("%d values", list.Len())
	}
}

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

// TestMorsels: the morsels of a table are its rows, each once and in one chunk of every
// column, also where columns go on behind the table.
func TestMorsels(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	typ := arrow.PrimitiveTypes.Int64
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: typ}, {Name: "b", Type: typ}}, nil)
	chunked := func(sizes []int) *arrow.Chunked {
		var chunks []arrow.Array
		next := int64(0)
		for _, n := range sizes {
			b := array.NewInt64Builder(mem)
			for range n {
				b.Append(next)
				next++
			}
			chunks = append(chunks, b.NewArray())
			b.Release()
		}
		out := arrow.NewChunked(typ, chunks)
		for _, c := range chunks {
			c.Release()
		}
		return out
	}
	for _, tt := range []struct {
		rows, most int
		a, b       []int // sizes of chunks
		cuts       []int
	}{
		{7, 100, []int{7}, []int{7}, []int{0, 7}},
		{7, 3, []int{7}, []int{4, 0, 3}, []int{0, 3, 4, 6, 7}},
		{5, 100, []int{7}, []int{4, 3}, []int{0, 4, 5}},
		{5, 100, []int{7}, []int{5, 1}, []int{0, 5}},
		{5, 2, []int{5, 90}, []int{3, 3, 3}, []int{0, 2, 3, 4, 5}},
		{0, 2, []int{5}, []int{3}, []int{0}},
		{0, 2, nil, nil, []int{0}},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			a, b := chunked(tt.a), chunked(tt.b)
			x, y := arrow.NewColumn(schema.Field(0), a), arrow.NewColumn(schema.Field(1), b)
			table := array.NewTable(schema, []arrow.Column{*x, *y}, int64(tt.rows))
			for _, r := range []interface{ Release() }{a, b, x, y} {
				r.Release()
			}
			defer table.Release()
			m := column.NewMorsels(table, []int{0, 1}, tt.most)
			cuts := []int{0}
			for i := range m.Len() {
				lo, hi := m.Rows(i)
				if lo != cuts[i] {
					t.Errorf("morsel %d begins at %d", i, lo)
				}
				cuts = append(cuts, hi)
				arrays := make([]arrow.Array, 2)
				m.Read(arrays, i)
				for _, arr := range arrays {
					if got := arr.(*array.Int64).Int64Values(); len(got) != hi-lo || got[0] != int64(lo) {
						t.Errorf("morsel %d: %v", i, got)
					}
					arr.Release()
				}
			}
			if !slices.Equal(cuts, tt.cuts) {
				t.Errorf("cuts %v, want %v", cuts, tt.cuts)
			}
		})
	}
}

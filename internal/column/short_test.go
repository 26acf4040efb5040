package column_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/column"
)

// TestShortRanges: a long array of values that lie close together, which is
// looked up by value, gets the codes of the same values in short arrays.
func TestShortRanges(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rng := rand.New(rand.NewPCG(5, 5))
	for _, base := range []int64{0, -3, math.MinInt64, math.MaxInt64 - 300, -1 << 40} {
		for _, unsigned := range []bool{false, true} {
			for _, span := range []int64{1, 7, 250} {
				dt := arrow.DataType(arrow.PrimitiveTypes.Int64)
				if unsigned {
					dt = arrow.PrimitiveTypes.Uint64
				}
				b := array.NewBuilder(mem, dt)
				for range 1000 {
					v := base + rng.Int64N(span)
					switch b := b.(type) {
					case *array.Int64Builder:
						b.Append(v)
					case *array.Uint64Builder:
						b.Append(uint64(v))
					}
				}
				arr := b.NewArray()
				b.Release()
				whole := arrow.NewChunked(dt, []arrow.Array{arr})
				var pieces []arrow.Array
				for at := int64(0); at < 1000; at += 100 {
					pieces = append(pieces, array.NewSlice(arr, at, at+100))
				}
				cut := arrow.NewChunked(dt, pieces)
				a, err := column.Encode("x", whole)
				if err != nil {
					t.Fatal(err)
				}
				z, err := column.Encode("x", cut)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(z.Codes, a.Codes); diff != "" || a.List.Len() != z.List.Len() || a.List.Label(0) != z.List.Label(0) {
					t.Errorf("from %d, span %d: %s", base, span, diff)
				}
				whole.Release()
				cut.Release()
				for _, p := range pieces {
					p.Release()
				}
				arr.Release()
			}
		}
	}
}

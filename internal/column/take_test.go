package column_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// TestTake: the rows that are taken are those of the array, one by one, for every type that a
// check reads, for slices, with nulls and without, and for no rows.
func TestTake(t *testing.T) {
	texts := func(i int) string { return fmt.Sprintf(`"t%d"`, i%7) }
	numbers := func(i int) string { return fmt.Sprint(i % 9) }
	for _, tc := range []struct {
		dt arrow.DataType
		of func(i int) string
	}{
		{arrow.BinaryTypes.String, texts}, {arrow.BinaryTypes.LargeString, texts},
		{arrow.BinaryTypes.Binary, func(i int) string { return []string{`""`, `"AAE="`, `"/w=="`}[i%3] }},
		{arrow.BinaryTypes.LargeBinary, func(i int) string { return []string{`""`, `"AAE="`, `"/w=="`}[i%3] }},
		{&arrow.FixedSizeBinaryType{ByteWidth: 2}, func(i int) string { return []string{`"AAE="`, `"AAI="`}[i%2] }},
		{arrow.PrimitiveTypes.Int8, numbers}, {arrow.PrimitiveTypes.Uint16, numbers}, {arrow.PrimitiveTypes.Int32, numbers}, {arrow.PrimitiveTypes.Uint64, numbers},
		{arrow.FixedWidthTypes.Float16, numbers}, {arrow.PrimitiveTypes.Float32, numbers}, {arrow.PrimitiveTypes.Float64, numbers},
		{&arrow.Decimal128Type{Precision: 20, Scale: 2}, func(i int) string { return fmt.Sprintf(`"%d.25"`, i) }},
		{&arrow.Decimal256Type{Precision: 50, Scale: 2}, func(i int) string { return fmt.Sprintf(`"%d.25"`, i) }},
		{arrow.FixedWidthTypes.Date32, func(i int) string { return fmt.Sprintf(`"2026-01-%02d"`, 1+i%28) }},
		{arrow.FixedWidthTypes.Timestamp_us, func(i int) string { return fmt.Sprintf(`"2026-01-%02d 10:00:00"`, 1+i%28) }},
		{arrow.FixedWidthTypes.Boolean, func(i int) string { return fmt.Sprint(i%3 == 0) }},
		{arrow.Null, func(int) string { return "null" }},
		{&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, texts},
	} {
		for _, nulls := range []bool{false, true} {
			t.Run(fmt.Sprint(tc.dt, nulls), func(t *testing.T) {
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				defer mem.AssertSize(t, 0)
				rng := rand.New(rand.NewPCG(1, 2))
				list := []json.RawMessage{}
				for i := range 60 {
					text := tc.of(i)
					if nulls && rng.IntN(3) == 0 {
						text = "null"
					}
					list = append(list, json.RawMessage(text))
				}
				text, err := json.Marshal(list)
				if err != nil {
					t.Fatal(err)
				}
				whole, _, err := array.FromJSON(mem, tc.dt, strings.NewReader(string(text)))
				if err != nil {
					t.Fatal(err)
				}
				defer whole.Release()
				for lo := range 9 {
					arr := array.NewSlice(whole, int64(lo), int64(60-lo))
					var keep []int32
					for i := range int32(arr.Len()) {
						if lo > 0 && rng.IntN(2) == 0 {
							keep = append(keep, i)
						}
					}
					got, err := column.Take(arr, keep)
					if err != nil {
						t.Fatal(err)
					}
					if got.Len() != len(keep) || !arrow.TypeEqual(got.DataType(), arr.DataType()) {
						t.Fatalf("%d rows of %v", got.Len(), got.DataType())
					}
					none := 0
					for i, k := range keep {
						if got.IsNull(i) != arr.IsNull(int(k)) || got.ValueStr(i) != arr.ValueStr(int(k)) {
							t.Fatalf("row %d is %s, want %s", i, got.ValueStr(i), arr.ValueStr(int(k)))
						}
						if arr.IsNull(int(k)) {
							none++
						}
					}
					if tc.dt.ID() != arrow.NULL && got.NullN() != none {
						t.Fatalf("%d nulls, want %d", got.NullN(), none)
					}
					got.Release()
					arr.Release()
				}
			})
		}
	}
	list := array.NewListBuilder(memory.NewGoAllocator(), arrow.PrimitiveTypes.Int8)
	defer list.Release()
	lists := list.NewArray()
	defer lists.Release()
	if _, err := column.Take(lists, nil); !errors.Is(err, column.ErrType) {
		t.Error(err)
	}
}

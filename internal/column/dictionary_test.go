package column_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// TestNegativeIndex: no reader takes a negative index for one of a large dictionary,
// which has the same bits without the sign.
func TestNegativeIndex(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	const entries = 1<<16 + 1
	texts, numbers := array.NewStringBuilder(mem), array.NewInt64Builder(mem)
	defer texts.Release()
	defer numbers.Release()
	for i := range entries {
		texts.Append(fmt.Sprint(i))
		numbers.Append(int64(i))
	}
	text, number := texts.NewArray(), numbers.NewArray()
	defer text.Release()
	defer number.Release()
	for _, index := range []arrow.DataType{arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64} {
		for _, at := range []string{"-1", "-128", "127"} {
			b := array.NewBuilder(mem, index)
			for _, s := range []string{"0", "1", at} {
				if err := b.AppendValueFromString(s); err != nil {
					t.Fatal(err)
				}
			}
			indices := b.NewArray()
			b.Release()
			of := func(values arrow.Array) *array.Dictionary {
				return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: index, ValueType: values.DataType()}, indices, values)
			}
			named, numbered := of(text), of(number)
			e, err := column.NewEncoder("c", named.DataType())
			if err != nil {
				t.Fatal(err)
			}
			var keys column.Keys
			var nums column.Numbers
			for reader, err := range map[string]error{
				"codes":   e.Append(named, 10, make([]uint32, 3)),
				"keys":    keys.Intern(column.NewInterner(), "c", named, 10),
				"numbers": nums.Read("c", numbered, 10),
			} {
				var e *column.Error
				if bad := at[0] == '-'; bad && (!errors.Is(err, column.ErrIndex) || !errors.As(err, &e) || e.Row != 12) || !bad && err != nil {
					t.Errorf("%s of %s, index %s: error %v", reader, index, at, err)
				}
			}
			for _, r := range []interface{ Release() }{indices, named, numbered} {
				r.Release()
			}
		}
	}
}

// TestSharedDictionary: several arrays that share a dictionary, such as the arrays of one
// chunk, are read at the same time. The race detector finds a fault.
func TestSharedDictionary(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	numbers, places := array.NewInt64Builder(mem), array.NewInt8Builder(mem)
	defer numbers.Release()
	defer places.Release()
	numbers.AppendValues([]int64{0, 1, 2, 3}, []bool{true, true, false, true})
	places.AppendValues([]int8{0, 1, 2, 0}, nil)
	all, indices := numbers.NewArray(), places.NewArray()
	defer all.Release()
	defer indices.Release()
	typ := &arrow.DictionaryType{IndexType: indices.DataType(), ValueType: all.DataType()}
	for range 200 {
		values := array.NewSlice(all, 1, 4) // with an unknown number of nulls
		whole := array.NewDictionaryArray(typ, indices, values)
		values.Release()
		var readers sync.WaitGroup
		start := make(chan struct{})
		for i := range int64(4) {
			one := array.NewSlice(whole, i, i+1)
			readers.Go(func() {
				defer one.Release()
				<-start
				var n column.Numbers
				if err := n.Read("c", one, 0); err != nil || (n.Null != nil) != (i == 1) || i != 1 && n.Small[0] != []int64{1, 0, 3, 1}[i] {
					t.Errorf("row %d: %v, %v, %v", i, n.Small, n.Null, err)
				}
			})
		}
		close(start)
		readers.Wait()
		whole.Release()
	}
}

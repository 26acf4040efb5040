package column_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/internal/column"
)

// TestKeys reads every keyed type: two rows have one key exactly where the
// encoder gives them one code.
func TestKeys(t *testing.T) {
	p := arrow.FixedWidthTypes
	for _, dt := range []arrow.DataType{
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
		p.Date32, p.Date64, p.Timestamp_us, p.Time32s, p.Time64us,
	} {
		if !column.Keyed(dt) {
			t.Fatalf("%s is not keyed", dt)
		}
		func() {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			text := `[3, 0, null, 3, 100, 0, null, 7]`
			if id := dt.ID(); id == arrow.DATE32 || id == arrow.DATE64 {
				text = `["1970-01-04", "1970-01-01", null, "1970-01-04", "1980-01-01", "1970-01-01", null, "1960-02-29"]`
			} else if id == arrow.TIMESTAMP {
				text = `["1970-01-04", "1970-01-01", null, "1970-01-04", "1980-01-01", "1970-01-01", null, "1960-02-29"]`
			} else if id == arrow.TIME32 || id == arrow.TIME64 {
				text = `["00:00:03", "00:00:00", null, "00:00:03", "10:00:00", "00:00:00", null, "23:59:59"]`
			}
			arr, _, err := array.FromJSON(mem, dt, strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			defer arr.Release()
			part := array.NewSlice(arr, 1, int64(arr.Len()))
			defer part.Release()
			for _, a := range []arrow.Array{arr, part} {
				var k column.Keys
				if err := k.Read("c", a, 0); err != nil {
					t.Fatal(err)
				}
				e, err := column.NewEncoder("c", dt)
				if err != nil {
					t.Fatal(err)
				}
				codes := make([]uint32, a.Len())
				if err := e.Append(a, 0, codes); err != nil {
					t.Fatal(err)
				}
				for i := range codes {
					if k.Null[i] != a.IsNull(i) {
						t.Errorf("%s: row %d: null %t", dt, i, k.Null[i])
					}
					for j := range codes {
						if !k.Null[i] && !k.Null[j] && (k.Key[i] == k.Key[j]) != (codes[i] == codes[j]) {
							t.Errorf("%s: rows %d and %d", dt, i, j)
						}
					}
				}
			}
		}()
	}
	for _, dt := range []arrow.DataType{
		arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Boolean, arrow.Null,
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.PrimitiveTypes.Int64},
	} {
		if column.Keyed(dt) {
			t.Errorf("%s is keyed", dt)
		}
	}
	arr := array.NewNull(3)
	defer arr.Release()
	var k column.Keys
	if err := k.Read("c", arr, 0); !errors.Is(err, column.ErrType) {
		t.Errorf("a column without keys: %v", err)
	}
}

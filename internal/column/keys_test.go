package column_test

import (
	"errors"
	"slices"
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

// TestInternedKeys reads every type of text, and dictionaries of them, in slices: two
// rows of any batch have one key exactly where the encoder gives them one code.
func TestInternedKeys(t *testing.T) {
	b := arrow.BinaryTypes
	for _, value := range []arrow.DataType{b.String, b.LargeString, b.Binary, b.LargeBinary, &arrow.FixedSizeBinaryType{ByteWidth: 3}} {
		for _, dt := range []arrow.DataType{value, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: value}} {
			if column.Keyed(dt) || !column.Interned(dt) {
				t.Fatalf("%s is not interned", dt)
			}
			func() {
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				defer mem.AssertSize(t, 0)
				in := column.NewInterner()
				var keys column.Keys
				e, err := column.NewEncoder("c", dt)
				if err != nil {
					t.Fatal(err)
				}
				of := map[uint64]uint32{}
				back := map[uint32]uint64{}
				// As base64 all are three bytes.
				for _, text := range []string{`["YWFh", "YmJi", null, "YWFh", "YmJi", "Y2Nj"]`, `["Y2Nj", "ZGRk", "YWFh"]`, `[]`, `[null, "ZGRk"]`} {
					arr, _, err := array.FromJSON(mem, value, strings.NewReader(text))
					if err != nil {
						t.Fatal(err)
					}
					if dt != value { // whose entries are the rows
						ib := array.NewInt8Builder(mem)
						for i := range arr.Len() {
							ib.Append(int8(i))
						}
						rows := ib.NewArray()
						d := array.NewDictionaryArray(dt, rows, arr)
						ib.Release()
						rows.Release()
						arr.Release()
						arr = d
					}
					part := array.NewSlice(arr, min(1, int64(arr.Len())), int64(arr.Len()))
					for _, a := range []arrow.Array{arr, part, part, arr} {
						if err := keys.Intern(in, "c", a, 0); err != nil {
							t.Fatal(err)
						}
						codes := make([]uint32, a.Len())
						if err := e.Append(a, 0, codes); err != nil {
							t.Fatal(err)
						}
						for i, c := range codes {
							code, some := e.Null()
							null := keys.Null != nil && keys.Null[i]
							if null != (some && c == code) {
								t.Errorf("%s: row %d: null %t", dt, i, null)
							}
							if null {
								continue
							}
							k := keys.Key[i]
							if was, ok := of[k]; ok && was != c {
								t.Errorf("%s: two values have key %d", dt, k)
							}
							if was, ok := back[c]; ok && was != k {
								t.Errorf("%s: keys %d and %d of one value", dt, was, k)
							}
							of[k], back[c] = c, k
						}
					}
					part.Release()
					arr.Release()
				}
				if len(of) != 4 {
					t.Errorf("%s: %d keys, want 4", dt, len(of))
				}
			}()
		}
	}
	for _, dt := range []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, arrow.Null, &arrow.Decimal128Type{Precision: 5}} {
		if column.Interned(dt) {
			t.Errorf("%s is interned", dt)
		}
	}
}

// TestInternedDictionary: a null entry makes null rows. An entry without rows gets no
// key. An index beyond the dictionary is an error of its row, also when it is read again.
func TestInternedDictionary(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	in := column.NewInterner()
	var keys column.Keys
	d := dictionaryArray(mem, []string{"a", "-", "b", "a"}, 0, 1, 3, -1, 0)
	defer d.Release()
	if err := keys.Intern(in, "c", d, 0); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(keys.Null, []bool{false, true, false, true, false}) || keys.Key[0] != keys.Key[2] || keys.Key[0] != keys.Key[4] {
		t.Errorf("keys %d, null %t", keys.Key, keys.Null)
	}
	bad := dictionaryArray(mem, []string{"a", "b"}, 0, 1, 2, 0)
	defer bad.Release()
	for range 2 {
		var e *column.Error
		if err := keys.Intern(in, "c", bad, 10); !errors.As(err, &e) || e.Row != 12 || !errors.Is(err, column.ErrIndex) {
			t.Errorf("an index beyond the dictionary: %v", err)
		}
	}
	arr := array.NewNull(3)
	defer arr.Release()
	if err := keys.Intern(in, "c", arr, 0); !errors.Is(err, column.ErrType) {
		t.Errorf("a column without texts: %v", err)
	}
}

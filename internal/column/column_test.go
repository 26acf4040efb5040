package column_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
)

// build makes an array of a type from JSON.
func build(t testing.TB, mem memory.Allocator, dt arrow.DataType, text string) arrow.Array {
	t.Helper()
	arr, _, err := array.FromJSON(mem, dt, strings.NewReader(text), array.WithUseNumber())
	if err != nil {
		t.Fatal(err)
	}
	return arr
}

// labels encodes chunks and returns the label of every row, and the list.
func labels(t testing.TB, dt arrow.DataType, chunks ...arrow.Array) (rows, list []string) {
	t.Helper()
	chunked := arrow.NewChunked(dt, chunks)
	defer chunked.Release()
	c, err := column.Encode("c", chunked)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range c.Codes {
		rows = append(rows, c.List.Label(code))
	}
	for code := range uint32(c.List.Len()) {
		l := c.List.Label(code)
		list = append(list, l)
		null, hasNull := c.List.Null()
		if back, ok := c.List.Lookup(l); !(hasNull && null == code) && (!ok || back != code) {
			t.Errorf("label of code %d is not found", code)
		}
	}
	return rows, list
}

var ts = &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "Europe/Amsterdam"}

// types has every type that can be a code, values that are out of order, and
// their labels in canonical order.
var types = []struct {
	dt   arrow.DataType
	json string
	want []string
}{
	{arrow.PrimitiveTypes.Int8, `[3, -1, null, 3, 127, -128]`, []string{"-128", "-1", "3", "127", "(missing)"}},
	{arrow.PrimitiveTypes.Int16, `[300, -1, 300]`, []string{"-1", "300"}},
	{arrow.PrimitiveTypes.Int32, `[10, 9, null]`, []string{"9", "10", "(missing)"}},
	{arrow.PrimitiveTypes.Int64, `[9223372036854775807, -9223372036854775808, 0]`, []string{"-9223372036854775808", "0", "9223372036854775807"}},
	{arrow.PrimitiveTypes.Uint8, `[255, 0]`, []string{"0", "255"}},
	{arrow.PrimitiveTypes.Uint16, `[65535, 1]`, []string{"1", "65535"}},
	{arrow.PrimitiveTypes.Uint32, `[4294967295, 1]`, []string{"1", "4294967295"}},
	{arrow.PrimitiveTypes.Uint64, `[18446744073709551615, 1, 9223372036854775808]`, []string{"1", "9223372036854775808", "18446744073709551615"}},
	{arrow.FixedWidthTypes.Boolean, `[true, null, false, true]`, []string{"false", "true", "(missing)"}},
	{arrow.PrimitiveTypes.Float32, `[0.1, -2, 3]`, []string{"-2", "0.1", "3"}},
	{arrow.PrimitiveTypes.Float64, `[1.5, -0.0, 0, -1e300, null]`, []string{"-1e+300", "0", "1.5", "(missing)"}},
	{arrow.BinaryTypes.String, `["b", "", "a", null, "B", "é"]`, []string{"", "B", "a", "b", "é", "(missing)"}},
	{arrow.BinaryTypes.LargeString, `["b", "a"]`, []string{"a", "b"}},
	{arrow.BinaryTypes.Binary, `["/w==", "AA=="]`, []string{"00", "ff"}},
	{&arrow.FixedSizeBinaryType{ByteWidth: 2}, `["//8=", "AAE="]`, []string{"0001", "ffff"}},
	{arrow.FixedWidthTypes.Date32, `["2024-02-29", "1969-12-31"]`, []string{"1969-12-31", "2024-02-29"}},
	{arrow.FixedWidthTypes.Date64, `["2024-02-29", "1969-12-31"]`, []string{"1969-12-31", "2024-02-29"}},
	{ts, `["2024-02-29T12:00:00.5Z", "1969-12-31T23:59:59Z"]`, []string{"1969-12-31T23:59:59Z", "2024-02-29T12:00:00.5Z"}},
	{arrow.FixedWidthTypes.Time32s, `["12:00:01", "00:00:00"]`, []string{"00:00:00", "12:00:01"}},
	{arrow.FixedWidthTypes.Time64ns, `["12:00:01.000000001", "00:00:00"]`, []string{"00:00:00", "12:00:01.000000001"}},
	{&arrow.Decimal128Type{Precision: 9, Scale: 2}, `["1.50", "-1.50", "0.05", "100"]`, []string{"-1.50", "0.05", "1.50", "100.00"}},
	{&arrow.Decimal256Type{Precision: 60, Scale: 1}, `["1.5", "-99999999999999999999999999999999999999999999.5"]`, []string{"-99999999999999999999999999999999999999999999.5", "1.5"}},
}

// TestTypes: a column has the same codes plain, as a dictionary with any index,
// in chunks, and sliced out of a longer one.
func TestTypes(t *testing.T) {
	for _, tc := range types {
		t.Run(tc.dt.String(), func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			arr := build(t, mem, tc.dt, tc.json)
			defer arr.Release()
			want, list := labels(t, tc.dt, arr)
			if diff := cmp.Diff(tc.want, list); diff != "" {
				t.Errorf("list: %s", diff)
			}
			n := int64(arr.Len())
			a, b := array.NewSlice(arr, 0, 1), array.NewSlice(arr, 1, n)
			defer a.Release()
			defer b.Release()
			if got, _ := labels(t, tc.dt, a, b); cmp.Diff(want, got) != "" {
				t.Errorf("in chunks: %s", cmp.Diff(want, got))
			}
			if got, _ := labels(t, tc.dt, b); cmp.Diff(want[1:], got) != "" {
				t.Errorf("sliced: %s", cmp.Diff(want[1:], got))
			}
			for _, ix := range []arrow.DataType{
				arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Uint16,
				arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64,
			} {
				// The dictionary is the array itself: nulls and repetitions inside.
				var indices []string
				for i := range arr.Len() {
					indices = append(indices, fmt.Sprint(i))
				}
				ids := build(t, mem, ix, "["+strings.Join(indices, ",")+"]")
				dt := &arrow.DictionaryType{IndexType: ix, ValueType: tc.dt}
				d := array.NewDictionaryArray(dt, ids, arr)
				got, gotList := labels(t, dt, d)
				if diff := cmp.Diff(want, got) + cmp.Diff(tc.want, gotList); diff != "" {
					t.Errorf("%s: %s", dt, diff)
				}
				d.Release()
				ids.Release()
			}
		})
	}
}

// TestDictionaries: entries that no row uses leave no trace, and dictionaries
// may differ between chunks.
func TestDictionaries(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	chunk := func(dict, indices string) arrow.Array {
		d, i := build(t, mem, dt.ValueType, dict), build(t, mem, dt.IndexType, indices)
		defer d.Release()
		defer i.Release()
		return array.NewDictionaryArray(dt, i, d)
	}
	a, b := chunk(`["z", "never", "a", null]`, `[0, 2, null, 3]`), chunk(`["a", "z", "m"]`, `[2, 1, 0]`)
	defer a.Release()
	defer b.Release()
	rows, list := labels(t, dt, a, b)
	if diff := cmp.Diff([]string{"z", "a", "(missing)", "(missing)", "m", "z", "a"}, rows) + cmp.Diff([]string{"a", "m", "z", "(missing)"}, list); diff != "" {
		t.Error(diff)
	}
	bad := chunk(`["a"]`, `[0, 1]`)
	defer bad.Release()
	chunked := arrow.NewChunked(dt, []arrow.Array{a, bad})
	defer chunked.Release()
	_, err := column.Encode("c", chunked)
	var ce *column.Error
	if !errors.As(err, &ce) || !errors.Is(err, column.ErrIndex) || ce.Row != 5 || ce.Column != "c" {
		t.Errorf("index outside: %v", err)
	}
}

func TestEncoderErrors(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	if _, err := column.NewEncoder("c", arrow.ListOf(arrow.PrimitiveTypes.Int8)); !errors.Is(err, column.ErrType) {
		t.Errorf("list: %v", err)
	}
	fb := array.NewFloat64Builder(mem)
	defer fb.Release()
	fb.AppendValues([]float64{1, 2, math.NaN()}, nil)
	arr := fb.NewArray()
	defer arr.Release()
	e, err := column.NewEncoder("c", arr.DataType())
	if err != nil {
		t.Fatal(err)
	}
	var ce *column.Error
	if err := e.Append(arr, 100, make([]uint32, 3)); !errors.As(err, &ce) || !errors.Is(err, column.ErrNotFinite) || ce.Row != 102 {
		t.Errorf("NaN: %v", err)
	}
	// Garbage under a null is not read.
	fb.AppendValues([]float64{1, math.NaN()}, []bool{true, false})
	null := fb.NewArray()
	defer null.Release()
	if err := e.Append(null, 0, make([]uint32, 2)); err != nil {
		t.Errorf("NaN under a null: %v", err)
	}
	if !column.Same(arrow.BinaryTypes.String, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.LargeString}) ||
		column.Same(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int8) {
		t.Error("Same is wrong")
	}
}

// TestMerge: encoders of parts, merged in either order, give the list of the
// whole, and their codes its values.
func TestMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var parts [2][]string
		var encoders [2]*column.Encoder
		var codes [2][]uint32
		for p := range parts {
			var text []string
			for range rng.IntN(20) {
				v := fmt.Sprintf("%q", string(rune('a'+rng.IntN(8))))
				if rng.IntN(6) == 0 {
					v = "null"
				}
				text = append(text, v)
			}
			parts[p] = text
			arr := build(t, memory.DefaultAllocator, arrow.BinaryTypes.String, "["+strings.Join(text, ",")+"]")
			e, err := column.NewEncoder("c", arr.DataType())
			if err != nil {
				t.Fatal(err)
			}
			codes[p] = make([]uint32, arr.Len())
			if err := e.Append(arr, 0, codes[p]); err != nil {
				t.Fatal(err)
			}
			for i, c := range codes[p] {
				if got := e.Label(c); got != strings.Trim(strings.ReplaceAll(text[i], "null", column.MissingLabel), `"`) {
					t.Fatalf("label of an open encoder: %q of %s", got, text[i])
				}
			}
			encoders[p] = e
		}
		remap := encoders[0].Merge(encoders[1])
		list, rank := encoders[0].Finish()
		for p := range parts {
			for i, c := range codes[p] {
				if p == 1 {
					c = remap[c]
				}
				if got := list.Label(rank[c]); got != strings.Trim(strings.ReplaceAll(parts[p][i], "null", column.MissingLabel), `"`) {
					t.Fatalf("part %d row %d is %q, want %s", p, i, got, parts[p][i])
				}
			}
		}
		for code := 1; code < list.Len(); code++ {
			if _, ok := list.Null(); ok && code == list.Len()-1 {
				break
			}
			if list.Label(uint32(code-1)) >= list.Label(uint32(code)) {
				t.Fatal("the list is not in order")
			}
		}
	}
}

// value is number i of a batch as a rational.
func value(n *column.Numbers, i, digits int) *big.Rat {
	var v exact.Num
	switch {
	case n.Wide != nil:
		v = n.Wide[i].Num()
	case n.Mid != nil:
		v = n.Mid[i].Num()
	default:
		v = exact.NewNum(exact.FromInt64(n.Small[i]))
	}
	return exact.Unit{Digits: digits, Shift: n.Shift}.Rat(v)
}

func TestNumbers(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	var n column.Numbers // reused: nothing may stay from one to the next
	for _, tc := range []struct {
		dt   arrow.DataType
		json string
		want []string // "" for null
	}{
		{arrow.PrimitiveTypes.Int8, `[-128, null, 5]`, []string{"-128", "", "5"}},
		{arrow.PrimitiveTypes.Float64, `[0.1, 1e300, -1e-300, null]`, []string{"1/10", "1e300", "-1e-300", ""}},
		{arrow.PrimitiveTypes.Int64, `[-9223372036854775808, 9223372036854775807]`, []string{"-9223372036854775808", "9223372036854775807"}},
		{arrow.PrimitiveTypes.Uint64, `[18446744073709551615, 0]`, []string{"18446744073709551615", "0"}},
		{arrow.PrimitiveTypes.Float64, `[0.1, -1234.56, null, 3]`, []string{"1/10", "-123456/100", "", "3"}},
		{arrow.PrimitiveTypes.Float64, `[12.5, 3, null, -0.01]`, []string{"25/2", "3", "", "-1/100"}},
		{arrow.PrimitiveTypes.Float64, `[0.3333333333333333, 1e9, 0.25]`, []string{"0.3333333333333333", "1000000000", "1/4"}},
		{arrow.PrimitiveTypes.Float32, `[0.5, -3]`, []string{"1/2", "-3"}},
		{&arrow.Decimal128Type{Precision: 38, Scale: 2}, `["1.05", "-99999999999999999999.99", null]`, []string{"105/100", "-9999999999999999999999/100", ""}},
		{&arrow.Decimal128Type{Precision: 38, Scale: 2}, `["92233720368547758.07", "-92233720368547758.08", null, "0"]`, []string{"9223372036854775807/100", "-9223372036854775808/100", "", "0"}},
		{&arrow.Decimal128Type{Precision: 38, Scale: 2}, `["92233720368547758.08", "1"]`, []string{"9223372036854775808/100", "1"}},
		{&arrow.Decimal128Type{Precision: 38, Scale: 0}, `["-9223372036854775809", "-1"]`, []string{"-9223372036854775809", "-1"}},
		{&arrow.Decimal128Type{Precision: 10, Scale: -2}, `["500", "-300"]`, []string{"500", "-300"}},
		{arrow.PrimitiveTypes.Uint64, `[9223372036854775807, null, 0]`, []string{"9223372036854775807", "", "0"}},
		{arrow.PrimitiveTypes.Uint64, `[9223372036854775808, 7]`, []string{"9223372036854775808", "7"}},
		{&arrow.Decimal256Type{Precision: 76, Scale: 0}, `["9999999999999999999999999999999999999999999999999999999999999999999999999999", "-1"]`, []string{strings.Repeat("9", 76), "-1"}},
		{arrow.Null, `[null, null]`, []string{"", ""}},
		{arrow.PrimitiveTypes.Uint16, `[1, 65535]`, []string{"1", "65535"}},
	} {
		t.Run(tc.dt.String(), func(t *testing.T) {
			arr := build(t, mem, tc.dt, tc.json)
			digits, ok := column.NumberDigits(tc.dt)
			if !ok {
				t.Errorf("%s is no number", tc.dt)
			}
			check := func(name string, arr arrow.Array, want []string) {
				t.Helper()
				if err := n.Read("c", arr, 0); err != nil {
					t.Fatal(err)
				}
				for i, step := range n.Steps {
					if step*n.Step != n.Small[i] {
						t.Errorf("%s %s: row %d is %d steps of %d, and %d", tc.dt, name, i, step, n.Step, n.Small[i])
					}
				}
				for i, w := range want {
					if null := n.Null != nil && n.Null[i]; null != (w == "") {
						t.Errorf("%s %s: row %d null is %v", tc.dt, name, i, null)
					}
					if w == "" {
						continue
					}
					r, _ := new(big.Rat).SetString(w)
					if column.IsFloat(tc.dt) && strings.ContainsAny(w, "e.") {
						var f float64
						fmt.Sscan(w, &f) //nolint:errcheck // a literal of this test
						r = new(big.Rat).SetFloat64(f)
					}
					if got := value(&n, i, digits); got.Cmp(r) != 0 {
						t.Errorf("%s %s: row %d is %v, want %v", tc.dt, name, i, got, r)
					}
					if v := value(&n, i, 0); v.Num().BitLen() > n.Bits+n.Shift+digits*4+1 {
						t.Errorf("%s %s: row %d has more than %d bits", tc.dt, name, i, n.Bits)
					}
				}
			}
			check("plain", arr, tc.want)
			if tc.dt != arrow.Null {
				ix := build(t, mem, arrow.PrimitiveTypes.Int16, `[1, 0, null, 1]`)
				d := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: tc.dt}, ix, arr)
				check("dictionary", d, []string{tc.want[1], tc.want[0], "", tc.want[1]})
				d.Release()
				ix.Release()
			}
			arr.Release()
		})
	}
	bad := build(t, mem, arrow.BinaryTypes.String, `["SECRET"]`)
	defer bad.Release()
	if err := n.Read("c", bad, 0); !errors.Is(err, column.ErrType) || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("text: %v", err)
	}
}

func BenchmarkEncode(b *testing.B) {
	const rows = 1 << 16
	rng := rand.New(rand.NewPCG(2, 2))
	ib := array.NewInt64Builder(memory.DefaultAllocator)
	sb := array.NewStringBuilder(memory.DefaultAllocator)
	db := array.NewDictionaryBuilder(memory.DefaultAllocator, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	for range rows {
		v := rng.IntN(1_000_000)
		ib.Append(int64(v))
		sb.Append(fmt.Sprintf("person-%09d", v))
		if err := db.AppendString(fmt.Sprint(v % 40)); err != nil {
			b.Fatal(err)
		}
	}
	for name, arr := range map[string]arrow.Array{"int64": ib.NewArray(), "string": sb.NewArray(), "dictionary": db.NewArray()} {
		b.Run(name, func(b *testing.B) {
			e, err := column.NewEncoder("c", arr.DataType())
			if err != nil {
				b.Fatal(err)
			}
			dst := make([]uint32, rows)
			for b.Loop() {
				if err := e.Append(arr, 0, dst); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

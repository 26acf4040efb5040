package pseudonym_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// tagged is an extension type over any storage.
type tagged struct{ arrow.ExtensionBase }

func (*tagged) ArrayType() reflect.Type                    { return reflect.TypeFor[taggedArray]() }
func (*tagged) ExtensionName() string                      { return "sluis.test" }
func (*tagged) Serialize() string                          { return "" }
func (*tagged) ExtensionEquals(o arrow.ExtensionType) bool { return o.ExtensionName() == "sluis.test" }
func (*tagged) Deserialize(storage arrow.DataType, _ string) (arrow.ExtensionType, error) {
	return &tagged{arrow.ExtensionBase{Storage: storage}}, nil
}

type taggedArray struct{ array.ExtensionArrayBase }

// extended wraps an array, which it releases, in the extension type.
func extended(arr arrow.Array) arrow.Array {
	defer arr.Release()
	return array.NewExtensionArrayWithStorage(&tagged{arrow.ExtensionBase{Storage: arr.DataType()}}, arr)
}

// TestNullStaysNull: a null is a null in every layout and in every form, and is no
// person.
func TestNullStaysNull(t *testing.T) {
	dictionary := func(mem memory.Allocator, values arrow.Array, ix string) arrow.Array {
		defer values.Release()
		indices := build(t, mem, arrow.PrimitiveTypes.Uint16, ix)
		defer indices.Release()
		return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: values.DataType()}, indices, values)
	}
	text := func(mem memory.Allocator, s string) arrow.Array { return build(t, mem, arrow.BinaryTypes.String, s) }
	for _, tc := range []struct {
		name string
		arr  func(memory.Allocator) arrow.Array
		want []bool // null
	}{
		{"type null", func(memory.Allocator) arrow.Array { return array.NewNull(3) }, []bool{true, true, true}},
		{"type null, no rows", func(memory.Allocator) arrow.Array { return array.NewNull(0) }, nil},
		{"type null, a slice", func(memory.Allocator) arrow.Array {
			all := array.NewNull(9)
			defer all.Release()
			return array.NewSlice(all, 2, 4)
		}, []bool{true, true}},
		{"text", func(mem memory.Allocator) arrow.Array { return text(mem, `["123456782", null, ""]`) }, []bool{false, true, false}},
		{"text, a slice", func(mem memory.Allocator) arrow.Array {
			all := text(mem, `["x", null, "123456782", null]`)
			defer all.Release()
			return array.NewSlice(all, 1, 4)
		}, []bool{true, false, true}},
		{"a dictionary with a null among its entries", func(mem memory.Allocator) arrow.Array {
			return dictionary(mem, text(mem, `[null, "123456782", "111222333"]`), `[0, 1, null, 2, 0, 1]`)
		}, []bool{true, false, true, false, true, false}},
		{"a dictionary of nulls", func(mem memory.Allocator) arrow.Array {
			return dictionary(mem, text(mem, `[null, null]`), `[0, 1, null]`)
		}, []bool{true, true, true}},
		{"a dictionary of type null", func(mem memory.Allocator) arrow.Array {
			return dictionary(mem, array.NewNull(2), `[1, 0]`)
		}, []bool{true, true}},
		{"an extension of type null", func(memory.Allocator) arrow.Array { return extended(array.NewNull(2)) }, []bool{true, true}},
		{"an extension of text", func(mem memory.Allocator) arrow.Array { return extended(text(mem, `[null, "123456782"]`)) }, []bool{true, false}},
	} {
		for _, form := range []pseudonym.Form{pseudonym.Typed, pseudonym.AsText, pseudonym.BSN, pseudonym.Name} {
			for _, encoding := range []pseudonym.Encoding{pseudonym.Hex, pseudonym.Base32, pseudonym.Binary} {
				t.Run(tc.name+", "+form.String()+", "+encoding.String(), func(t *testing.T) {
					mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
					defer mem.AssertSize(t, 0)
					p := maker(t, func(c *pseudonym.Config) {
						c.Form, c.Encoding, c.Invalid = form, encoding, pseudonym.InvalidKeep
					})
					arr := tc.arr(mem)
					defer arr.Release()
					var c pseudonym.Counter
					out, err := p.Array(context.Background(), mem, arr, &c)
					if err != nil {
						t.Fatal(err)
					}
					defer out.Release()
					if !arrow.TypeEqual(out.DataType(), p.DataType(arr.DataType())) {
						t.Errorf("type %v, and %v is said", out.DataType(), p.DataType(arr.DataType()))
					}
					nulls, persons := int64(0), map[string]bool{}
					for i, want := range tc.want {
						if out.IsNull(i) != want {
							t.Errorf("row %d: null is %v", i, !want)
						}
						if want {
							nulls++
						} else {
							persons[out.ValueStr(i)] = true
						}
					}
					if d, ok := out.(*array.Dictionary); ok && d.Dictionary().NullN() > 0 {
						t.Error("a null is among the entries")
					}
					s := c.Stats()
					if s.Rows != int64(len(tc.want)) || out.Len() != len(tc.want) || s.Nulls != nulls || s.Distinct != int64(len(persons)) {
						t.Errorf("%d rows, %d null, %d distinct, want %d, %d and %d", s.Rows, s.Nulls, s.Distinct, len(tc.want), nulls, len(persons))
					}
				})
			}
		}
	}
}

// TestInvalidBecomesNullInDictionary: an entry that becomes null makes its rows null.
func TestInvalidBecomesNullInDictionary(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	values := build(t, mem, arrow.BinaryTypes.String, `["123456782", "bad", "111222333"]`)
	defer values.Release()
	for _, ix := range []arrow.DataType{arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Uint64} {
		indices := build(t, mem, ix, `[1, 2, 1, null, 0, 2]`)
		d := array.NewDictionaryArray(&arrow.DictionaryType{IndexType: ix, ValueType: values.DataType()}, indices, values)
		p := maker(t, func(c *pseudonym.Config) { c.Form, c.Invalid = pseudonym.BSN, pseudonym.InvalidNull })
		var c pseudonym.Counter
		out, err := p.Array(context.Background(), mem, d, &c)
		if err != nil {
			t.Fatal(err)
		}
		got := out.(*array.Dictionary)
		for i, want := range []string{"", must(p.Text("111222333")), "", "", must(p.Text("123456782")), must(p.Text("111222333"))} {
			if got.IsNull(i) != (want == "") || want != "" && got.Dictionary().ValueStr(got.GetValueIndex(i)) != want {
				t.Errorf("%v: row %d", ix, i)
			}
		}
		if s := c.Stats(); s.Nulls != 1 || s.Invalid != 2 || s.Distinct != 2 || got.NullN() != 3 || got.Dictionary().Len() != 2 {
			t.Errorf("%v: %+v, %d nulls, %d entries", ix, s, got.NullN(), got.Dictionary().Len())
		}
		out.Release()
		d.Release()
		indices.Release()
	}
}

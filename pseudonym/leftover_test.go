package pseudonym_test

import (
	"context"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/pseudonym"
)

// TestNothingLeftOver: of the columns that are not replaced, no dictionary entry is left that no row
// uses, and no metadata.
func TestNothingLeftOver(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	text := arrow.BinaryTypes.String
	for _, tc := range []struct {
		name, entries, rows string
		want                []string // of the rows; "" for null
		left                int
	}{
		{"none used", `["Ann", "Bob"]`, `[null, null]`, []string{"", ""}, 0},
		{"the last used", `["Ann", "Bob", "Cas"]`, `[2, 2]`, []string{"Cas", "Cas"}, 1},
		{"in the other order", `["Ann", "Bob", "Cas"]`, `[2, 0]`, []string{"Cas", "Ann"}, 2},
		{"neighbours", `["Ann", "Bob", "Cas", "Dan"]`, `[1, 2, 1]`, []string{"Bob", "Cas", "Bob"}, 2},
		{"a null among the entries", `["Ann", null, "Cas"]`, `[1, 2]`, []string{"", "Cas"}, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			entries, rows := build(t, mem, text, tc.entries), build(t, mem, arrow.PrimitiveTypes.Int16, tc.rows)
			dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: text}
			name := array.NewDictionaryArray(dt, rows, entries)
			id := array.NewNull(rows.Len())
			meta := arrow.NewMetadata([]string{"pandas"}, []string{"Bob"})
			schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.Null, Nullable: true, Metadata: meta}, {Name: "name", Type: dt, Nullable: true, Metadata: meta}}, &meta)
			rec := array.NewRecord(schema, []arrow.Array{id, name}, int64(rows.Len()))
			columns := pseudonym.Columns{"id": maker(t, nil)}
			out, err := columns.Record(context.Background(), mem, rec, nil)
			if err != nil {
				t.Fatal(err)
			}
			table := array.NewTableFromRecords(schema, []arrow.Record{rec})
			whole, err := columns.Table(context.Background(), mem, table, 2, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, arr := range []arrow.Array{out.Column(1), whole.Column(1).Data().Chunk(0)} {
				got := arr.(*array.Dictionary)
				if got.Dictionary().Len() != tc.left {
					t.Errorf("%d entries are left, want %d", got.Dictionary().Len(), tc.left)
				}
				for i, want := range tc.want {
					value := ""
					if !got.IsNull(i) && !got.Dictionary().IsNull(got.GetValueIndex(i)) {
						value = got.Dictionary().ValueStr(got.GetValueIndex(i))
					}
					if value != want {
						t.Errorf("row %d: %q, want %q", i, value, want)
					}
				}
			}
			for _, s := range []*arrow.Schema{out.Schema(), whole.Schema()} {
				if s.HasMetadata() || s.Field(0).HasMetadata() || s.Field(1).HasMetadata() {
					t.Errorf("metadata is left: %v", s)
				}
			}
			for _, x := range []interface{ Release() }{out, whole, table, rec, id, name, rows, entries} {
				x.Release()
			}
		})
	}
}

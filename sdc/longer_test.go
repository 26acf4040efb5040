package sdc_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// TestLongerColumns: a table and a record have the rows that they say they have. Arrow
// lets their columns be longer.
func TestLongerColumns(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	const rows, more = 9, 30
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: text}
	schema := fields("k", typ, "l", integer, "who", integer, "owner", text, "x", float)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i := range int64(rows + more) {
		if err := b.Field(0).(*array.BinaryDictionaryBuilder).AppendString("a"); err != nil {
			t.Fatal(err)
		}
		b.Field(1).(*array.Int64Builder).Append(1)
		b.Field(2).(*array.Int64Builder).Append(i)
		b.Field(3).(*array.StringBuilder).AppendNull()
		b.Field(4).(*array.Float64Builder).Append(1)
	}
	long := b.NewRecord()
	defer long.Release()
	record := array.NewRecord(schema, long.Columns(), rows)
	defer record.Release()
	var columns []arrow.Column
	for i, c := range long.Columns() {
		chunks := arrow.NewChunked(c.DataType(), []arrow.Array{c})
		defer chunks.Release()
		col := arrow.NewColumn(schema.Field(i), chunks)
		defer col.Release()
		columns = append(columns, *col)
	}
	table := array.NewTable(schema, columns, rows)
	defer table.Release()
	for _, roles := range []sdc.Roles{{}, {Respondent: "who"}, {Respondent: "who", Holding: "owner"}} {
		reader, err := array.NewRecordReader(schema, []arrow.Record{record})
		if err != nil {
			t.Fatal(err)
		}
		for name, d := range map[string]*sdc.Data{"table": sdc.FromTable(table), "record": sdc.FromReaders(reader)} {
			d.Roles = roles
			p := off()
			p.MinContributors = sdc.MinContributors{Min: 10}
			r := check(t, d, p,
				sdc.Output{Name: "indices", Kind: sdc.Frequency, By: []string{"k"}},
				sdc.Output{Name: "codes", Kind: sdc.Magnitude, By: []string{"l", "k"}, Response: "x"})
			if r.Verdict != sdc.Unsafe || r.Data.Rows != rows {
				t.Errorf("%s, %+v: %v of %d rows, want unsafe of %d", name, roles, r.Verdict, r.Data.Rows, rows)
			}
			for c := range r.Tables[1].Cells() {
				if c.Contributors() != rows {
					t.Errorf("%s, %+v: %d contributors", name, roles, c.Contributors())
				}
			}
		}
		reader.Release()
	}
}

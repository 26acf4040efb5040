package sdc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/group"
	"github.com/sluis-go/sluis/sdc"
)

var indexTypes = []arrow.DataType{
	arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Uint16,
	arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64,
}

// encoded is a text column as a dictionary, chunk by chunk: each chunk with the
// dictionary of the one before, or with one of its own, in any order, which may
// hold values twice, values that no row has, and nulls.
type encoded struct {
	rng    *rand.Rand
	index  arrow.DataType
	nulls  bool // as indices of null entries, now and then
	values []string
}

func (e *encoded) dictionary() {
	for _, v := range slices.Clone(e.values) {
		if e.rng.IntN(4) == 0 {
			e.values = append(e.values, v)
		}
	}
	e.rng.Shuffle(len(e.values), func(i, j int) { e.values[i], e.values[j] = e.values[j], e.values[i] })
}

func (e *encoded) chunk(mem memory.Allocator, rows []any) arrow.Array {
	if e.rng.IntN(3) == 0 && len(e.values) < 60 {
		e.dictionary()
	}
	sb := array.NewStringBuilder(mem)
	defer sb.Release()
	sb.AppendValues(e.values, nil)
	null := -1
	if e.nulls && e.rng.IntN(2) == 0 {
		null = len(e.values)
		sb.AppendNull()
	}
	dict := sb.NewArray()
	defer dict.Release()
	ib := array.NewBuilder(mem, e.index)
	defer ib.Release()
	for _, v := range rows {
		at := null
		if v != nil {
			for at = e.rng.IntN(len(e.values)); e.values[at] != v; {
				at = (at + 1) % len(e.values)
			}
		}
		if at < 0 {
			ib.AppendNull()
		} else if err := ib.AppendValueFromString(fmt.Sprint(at)); err != nil {
			panic(err)
		}
	}
	indices := ib.NewArray()
	defer indices.Release()
	return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: e.index, ValueType: text}, indices, dict)
}

// gridData is the same records three times: with plain columns in one chunk; with
// dictionaries and every column cut in chunks of its own; and with dictionaries of
// indices of 64 bits, which are encoded row by row.
func gridData(t *testing.T, rng *rand.Rand) (plain, cut, byRow arrow.Table) {
	t.Helper()
	rows := 20 + rng.IntN(2000)
	names := []string{"region", "sex", "class"}
	labels := [][]string{{"r0", "r1", "r2", "r3", "r4"}, {"m", "f"}, {"a", "b", "c", "d"}}
	records := make([]row, rows)
	wide := rng.IntN(2) == 0
	for i := range records {
		r := row{"who": rng.IntN(rows/2 + 1), "owner": fmt.Sprintf("h%d", rng.IntN(rows/4+1)), "x": rng.IntN(1000) - 100}
		for v, name := range names {
			r[name] = labels[v][rng.IntN(len(labels[v]))]
		}
		if rng.IntN(50) == 0 {
			r["x"] = nil
		}
		if wide && rng.IntN(100) == 0 {
			r["x"] = 1<<52 + rng.Int64N(1<<52)
		}
		if rng.IntN(2000) == 0 {
			r["class"] = nil
		}
		records[i] = r
	}
	schema := fields("region", text, "sex", text, "class", text, "who", integer, "owner", text, "x", integer)
	plain = tableOf(t, schema, records...)

	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	cut = recut(mem, rng, plain, records, labels, func() arrow.DataType { return indexTypes[rng.IntN(len(indexTypes))] })
	byRow = recut(mem, rng, plain, records, labels, func() arrow.DataType { return arrow.PrimitiveTypes.Uint64 })
	t.Cleanup(func() {
		cut.Release()
		byRow.Release()
		mem.AssertSize(t, 0)
	})
	return plain, cut, byRow
}

// recut returns a table with dictionaries of some types of index in place of its first
// columns, and every column cut in chunks of its own.
func recut(mem memory.Allocator, rng *rand.Rand, plain arrow.Table, records []row, labels [][]string, index func() arrow.DataType) arrow.Table {
	rows := len(records)
	var columns []arrow.Column
	var fs []arrow.Field
	for c, f := range plain.Schema().Fields() {
		var chunks []arrow.Array
		var e *encoded
		if c < len(labels) {
			e = &encoded{rng: rng, index: index(), nulls: f.Name == "class", values: labels[c]}
			f.Type = &arrow.DictionaryType{IndexType: e.index, ValueType: text}
		}
		for lo := 0; lo < rows; {
			hi := min(rows, lo+rng.IntN(rows/2))
			if e == nil {
				chunks = append(chunks, array.NewSlice(plain.Column(c).Data().Chunk(0), int64(lo), int64(hi)))
			} else {
				var values []any
				for _, r := range records[lo:hi] {
					values = append(values, r[f.Name])
				}
				chunks = append(chunks, e.chunk(mem, values))
			}
			lo = hi
		}
		data := arrow.NewChunked(f.Type, chunks)
		for _, chunk := range chunks {
			chunk.Release()
		}
		columns = append(columns, *arrow.NewColumn(f, data))
		data.Release()
		fs = append(fs, f)
	}
	table := array.NewTable(arrow.NewSchema(fs, nil), columns, int64(rows))
	for i := range columns {
		columns[i].Release()
	}
	return table
}

// TestDictionariesAsTheyLie: records read by the indices of their dictionaries, or as
// plain columns of few values, give the same bytes as row by row. This holds with vector
// instructions and without, for any roles, chunks, dictionaries, threads and memory, from
// a table or from readers.
func TestDictionariesAsTheyLie(t *testing.T) {
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "N", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}},
		sdc.Code{Label: "S", Children: []sdc.Code{{Label: "r2"}, {Label: "r3"}}}, sdc.Code{Label: "r4"})
	if err != nil {
		t.Fatal(err)
	}
	outputs := []sdc.Output{
		{Name: "counts", Kind: sdc.Frequency, By: []string{"region", "sex", "class"}, Sensitive: []string{"class"}},
		{Name: "sums", Kind: sdc.Magnitude, By: []string{"sex", "region"}, Response: "x"},
		{Name: "inner", Kind: sdc.Magnitude, By: []string{"class"}, Response: "x", NoMargins: true},
		{Name: "file", Kind: sdc.Microdata, By: []string{"region", "sex"}, Sensitive: []string{"class"}},
	}
	run := func(d *sdc.Data, roles sdc.Roles, missing sdc.Missing, opts sdc.Options) string {
		d.Roles, d.Missing = roles, map[string]sdc.Missing{"class": missing}
		d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree}
		r, err := sdc.Check(context.Background(), d, outputs, sdc.ESSNet(), opts)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := r.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		err = r.WriteCells(memory.DefaultAllocator, func(rec arrow.Record) error {
			text, err := rec.MarshalJSON()
			b.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 9))
		plain, cut, byRow := gridData(t, rng)
		for _, roles := range []sdc.Roles{{}, {Respondent: "who"}, {Holding: "owner"}, {Respondent: "who", Holding: "owner"}, {Respondent: "owner"}, {Request: "who"}} {
			missing := []sdc.Missing{"category", "exclude"}[rng.IntN(2)]
			want := run(sdc.FromTable(byRow), roles, missing, sdc.Options{Threads: 1})
			for _, threads := range []int{1, 2, 7} {
				were := group.Vectors(rng.IntN(2) == 0)
				opts := sdc.Options{Threads: threads, Memory: []int64{0, 0, 1, 20_000}[rng.IntN(4)]}
				table, name := cut, "dictionaries"
				if rng.IntN(2) == 0 {
					table, name = plain, "plain"
				}
				d := sdc.FromTable(table)
				if rng.IntN(2) == 0 {
					reader := array.NewTableReader(table, int64(1+rng.IntN(300)))
					defer reader.Release()
					d = sdc.FromReaders(reader)
				}
				got := run(d, roles, missing, opts)
				group.Vectors(were)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("seed %d, %+v, %d threads: (-by row +%s)\n%s", seed, roles, threads, name, diff)
				}
			}
		}
	}
}

// TestDictionaryErrors: also for rows that are read by their indices, an error names the
// column and the first wrong row, for any number of threads.
func TestDictionaryErrors(t *testing.T) {
	const rows = 1000
	tree, err := sdc.NewHierarchy(sdc.Code{Label: "N", Children: []sdc.Code{{Label: "a"}}}, sdc.Code{Label: "b"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		entries []string
		at      int // row at fault
		index   int8
		null    bool // the row is null
		want    error
	}{
		{"an index beyond", []string{"a", "b"}, 770, 2, false, column.ErrIndex},
		{"a negative index", []string{"a", "b"}, 31, -1, false, column.ErrIndex},
		{"the least index", []string{"a", "b"}, 999, -128, false, column.ErrIndex},
		{"a null", []string{"a", "b"}, 500, 0, true, column.ErrNull},
		{"no leaf", []string{"a", "b", "N"}, 640, 2, false, nil},
		{"a value that the hierarchy lacks", []string{"a", "b", "zz"}, 0, 2, false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, threads := range []int{1, 2, 7} {
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: text}
				sb, ib := array.NewStringBuilder(mem), array.NewInt8Builder(mem)
				sb.AppendValues(tt.entries, nil)
				for i := range rows {
					switch {
					case i == tt.at && tt.null:
						ib.AppendNull()
					case i == tt.at, i == rows-1 && tt.index > 0:
						ib.Append(tt.index)
					default:
						ib.Append(int8(i % 2))
					}
				}
				dict, indices := sb.NewArray(), ib.NewArray()
				col := array.NewDictionaryArray(typ, indices, dict)
				rec := array.NewRecord(fields("k", typ), []arrow.Array{col}, rows)
				table := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
				reader := array.NewTableReader(table, 64)
				for _, d := range []*sdc.Data{sdc.FromTable(table), sdc.FromReaders(reader)} {
					d.Hierarchies = map[string]*sdc.Hierarchy{"k": tree}
					_, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Frequency, By: []string{"k"}}}, off(), sdc.Options{Threads: threads})
					var at *sdc.ColumnError
					if !errors.As(err, &at) || at.Column != "k" || at.Row != int64(tt.at) || tt.want != nil && !errors.Is(err, tt.want) {
						t.Errorf("%s, %d threads: error %v, want row %d of k", tt.name, threads, err, tt.at)
					}
				}
				for _, r := range []interface{ Release() }{reader, table, rec, col, dict, indices, sb, ib} {
					r.Release()
				}
				mem.AssertSize(t, 0)
			}
		})
	}
}

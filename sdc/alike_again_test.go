package sdc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestAllEqualOfManyRows compares all-equal with a recount. Every inner cell has an
// amount of its own, which about percent of its rows have, so the rows are looked at
// again. They are read in place (int64 of a table, without nulls) or from copies, in a
// table of many pieces or by readers.
func TestAllEqualOfManyRows(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 12))
		n, percent := 200+rng.IntN(3000), int64(51+rng.IntN(49))
		nulls, few, same := rng.IntN(3) == 0, rng.IntN(2) == 0, rng.IntN(3) == 0
		a, b, x := make([]uint8, n), make([]uint8, n), make([]any, n)
		for i := range n {
			a[i], b[i] = uint8(rng.IntN(3)), uint8(rng.IntN(4))
			amount := int64(1000 + 10*int(a[i]) + int(b[i]))
			if same {
				amount = 1000
			}
			if rng.Int64N(100) >= percent {
				amount = rng.Int64N(1 << 40)
				if few {
					amount = 7
				}
			}
			x[i] = amount
			if nulls && rng.IntN(20) == 0 {
				x[i] = nil
			}
		}
		want := map[string]string{}
		for _, va := range []int{-1, 0, 1, 2} {
			for _, vb := range []int{-1, 0, 1, 2, 3} {
				counts, of := map[int64]int64{}, int64(0)
				for i := range n {
					if x[i] != nil && (va < 0 || a[i] == uint8(va)) && (vb < 0 || b[i] == uint8(vb)) {
						counts[x[i].(int64)]++
						of++
					}
				}
				for _, k := range counts {
					if 100*k >= percent*of && of > 1 {
						want[fmt.Sprint("a=", nameOf(va), ", b=", nameOf(vb))] = fmt.Sprintf("%d of %d", k, of)
						if 100*k == percent*of {
							seen["at the limit"]++
						}
					}
				}
			}
		}
		seen["findings"] += len(want)
		if len(want) < 20 {
			seen["not all"]++
		}
		p := off()
		p.AllEqual = sdc.AllEqual{Percent: sdc.Percent(fmt.Sprint(percent))}
		for _, way := range []string{"table", "readers", "margin by margin"} {
			table := piecesOf(t, rng, a, b, x)
			d := sdc.FromTable(table)
			if way == "readers" {
				r := array.NewTableReader(table, int64(1+rng.IntN(n)))
				defer r.Release()
				d = sdc.FromReaders(r)
			}
			opts := sdc.Options{Threads: 1 + rng.IntN(3), Sole: way == "margin by margin"}
			r, err := sdc.Check(context.Background(), d, []sdc.Output{{Name: "o", Kind: sdc.Magnitude, By: []string{"a", "b"}, Response: "x"}}, p, opts)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, f := range r.Outputs[0].Findings {
				at := map[string]string{"a": "*", "b": "*"}
				for _, c := range f.Cell {
					if !c.Total {
						at[c.Variable] = c.Code
					}
				}
				got["a="+at["a"]+", b="+at["b"]] = fmt.Sprintf("%d of %d", f.Count, f.Of)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %d rows, percent %d, %s: %s", seed, n, percent, way, diff)
			}
		}
	}
	for _, what := range []string{"at the limit", "findings", "not all"} {
		if seen[what] == 0 {
			t.Errorf("nothing: %s", what)
		}
	}
	t.Log(seen)
}

func nameOf(code int) string {
	if code < 0 {
		return "*"
	}
	return fmt.Sprint("code ", code)
}

// piecesOf returns rows as a table of pieces, under a checked allocator. The first two
// columns are dictionaries.
func piecesOf(t *testing.T, rng *rand.Rand, a, b []uint8, x []any) arrow.Table {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: text}
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: dt}, {Name: "b", Type: dt}, {Name: "x", Type: integer, Nullable: true}}, nil)
	var recs []arrow.Record
	for lo := 0; lo < len(x); {
		hi := min(len(x), lo+1+rng.IntN(1+rng.IntN(400)))
		var cols []arrow.Array
		for v, indices := range [][]uint8{a[lo:hi], b[lo:hi]} {
			sb := array.NewStringBuilder(mem)
			for code := range 3 + v {
				sb.Append(nameOf(code))
			}
			ib := array.NewUint8Builder(mem)
			ib.AppendValues(slices.Clone(indices), nil)
			index, dict := ib.NewArray(), sb.NewArray()
			cols = append(cols, array.NewDictionaryArray(dt, index, dict))
			index.Release()
			dict.Release()
			sb.Release()
			ib.Release()
		}
		xb := array.NewInt64Builder(mem)
		for _, v := range x[lo:hi] {
			if v == nil {
				xb.AppendNull()
			} else {
				xb.Append(v.(int64))
			}
		}
		cols = append(cols, xb.NewArray())
		xb.Release()
		recs = append(recs, array.NewRecord(schema, cols, int64(hi-lo)))
		for _, c := range cols {
			c.Release()
		}
		lo = hi
	}
	table := array.NewTableFromRecords(schema, recs)
	for _, r := range recs {
		r.Release()
	}
	t.Cleanup(func() {
		table.Release()
		mem.AssertSize(t, 0)
	})
	return table
}

package sdc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// benchTable makes rows in memory: four dictionary keys of 12, 20, 8 and 40
// codes, a respondent with five rows on average, and an amount in cents.
func benchTable(b *testing.B, rows int) arrow.Table {
	b.Helper()
	const batch = 1 << 16
	cards := []int{12, 20, 8, 40}
	mem := memory.DefaultAllocator
	var fs []arrow.Field
	var dicts []arrow.Array
	for c, card := range cards {
		sb := array.NewStringBuilder(mem)
		for k := range card {
			sb.Append(fmt.Sprintf("code-%d-%02d", c, k))
		}
		dicts = append(dicts, sb.NewArray())
		fs = append(fs, arrow.Field{Name: fmt.Sprintf("k%d", c), Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: text}})
	}
	fs = append(fs, arrow.Field{Name: "who", Type: integer}, arrow.Field{Name: "x", Type: integer})
	schema := arrow.NewSchema(fs, nil)
	rng := rand.New(rand.NewPCG(1, 2))
	var recs []arrow.Record
	for at := 0; at < rows; at += batch {
		n := min(batch, rows-at)
		var cols []arrow.Array
		for c, card := range cards {
			ib := array.NewUint8Builder(mem)
			ib.Reserve(n)
			for range n {
				ib.UnsafeAppend(uint8(rng.IntN(card) * rng.IntN(card) / card))
			}
			cols = append(cols, array.NewDictionaryArray(fs[c].Type, ib.NewArray(), dicts[c]))
		}
		for c := range 2 {
			ib := array.NewInt64Builder(mem)
			ib.Reserve(n)
			for range n {
				ib.UnsafeAppend(rng.Int64N([]int64{int64(rows/5 + 1), 1_000_000}[c]))
			}
			cols = append(cols, ib.NewArray())
		}
		recs = append(recs, array.NewRecord(schema, cols, int64(n)))
	}
	return array.NewTableFromRecords(schema, recs)
}

// BenchmarkEvidence is the whole pass from an Arrow table to the evidence of
// all sixteen margins.
func BenchmarkEvidence(b *testing.B) {
	rows := 10_000_000
	if testing.Short() {
		rows = 200_000
	}
	table := benchTable(b, rows)
	by := []string{"k0", "k1", "k2", "k3"}
	count := sdc.Output{Name: "o", Kind: sdc.Frequency, By: by}
	sum := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: by, Response: "x"}
	for _, bc := range []struct {
		name       string
		output     sdc.Output
		respondent string
	}{
		{"count", count, ""},
		{"sum and top 2", sum, ""},
		{"distinct respondents", count, "who"},
		{"sum and top 2 by respondent", sum, "who"},
	} {
		b.Run(bc.name, func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				d := sdc.FromTable(table)
				d.Roles.Respondent = bc.respondent
				if _, err := sdc.Check(context.Background(), d, []sdc.Output{bc.output}, off(), sdc.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			n := float64(b.N) * float64(rows)
			b.ReportMetric(n/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/row")
		})
	}
}

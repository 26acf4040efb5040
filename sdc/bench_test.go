package sdc_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// benchTable makes rows in memory: five dictionary keys of 12, 20, 8, 40 and 2
// codes, respondents and holdings with two and a half rows on average, and an
// amount. Units are integers, or texts of ten digits.
func benchTable(b *testing.B, rows int, texts bool) arrow.Table {
	b.Helper()
	const batch = 1 << 16
	cards := []int{12, 20, 8, 40, 2}
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
	units := int64(rows*2/5 + 1)
	numbers := []struct {
		name  string
		below int64
	}{{"who", units}, {"owner", units}, {"x", 1_000_000}}
	isText := func(name string) bool { return texts && name != "x" }
	for _, n := range numbers {
		f := arrow.Field{Name: n.name, Type: integer}
		if isText(n.name) {
			f.Type = text
		}
		fs = append(fs, f)
	}
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
				ib.UnsafeAppend(uint8(rng.IntN(card)))
			}
			cols = append(cols, array.NewDictionaryArray(fs[c].Type, ib.NewArray(), dicts[c]))
		}
		for _, num := range numbers {
			if isText(num.name) {
				sb := array.NewStringBuilder(mem)
				for range n {
					sb.Append(fmt.Sprintf("%010d", rng.Int64N(num.below)))
				}
				cols = append(cols, sb.NewArray())
				continue
			}
			ib := array.NewInt64Builder(mem)
			ib.Reserve(n)
			for range n {
				ib.UnsafeAppend(rng.Int64N(num.below))
			}
			cols = append(cols, ib.NewArray())
		}
		recs = append(recs, array.NewRecord(schema, cols, int64(n)))
	}
	return array.NewTableFromRecords(schema, recs)
}

// benchRows is the number of rows of BenchmarkEvidence, AllEqual and EachRule; 0 for their own.
var benchRows = flag.Int("rows", 0, "rows of benchmarks; 0 for their own")

func rowsOf(many, few int) int {
	switch {
	case *benchRows > 0:
		return *benchRows
	case testing.Short():
		return few
	}
	return many
}

// BenchmarkEvidence is the whole pass from an Arrow table to the evidence of
// the inner cells or of all 32 margins.
func BenchmarkEvidence(b *testing.B) {
	table := benchTable(b, rowsOf(20_000_000, 200_000), false)
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	count := sdc.Output{Name: "o", Kind: sdc.Frequency, By: by}
	sum := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: by, Response: "x"}
	innerCount, innerSum := count, sum // as bench/ asks of DuckDB
	innerCount.NoMargins, innerSum.NoMargins = true, true
	for _, bc := range []struct {
		name   string
		output sdc.Output
		roles  sdc.Roles
	}{
		{"inner count", innerCount, sdc.Roles{}},
		{"inner sum and top 2", innerSum, sdc.Roles{}},
		{"inner distinct respondents", innerCount, sdc.Roles{Respondent: "who"}},
		{"count", count, sdc.Roles{}},
		{"sum and top 2", sum, sdc.Roles{}},
		{"distinct respondents", count, sdc.Roles{Respondent: "who"}},
		{"sum and top 2 by holding", sum, sdc.Roles{Holding: "owner"}},
		{"sum and top 2 by respondent and holding", sum, sdc.Roles{Respondent: "who", Holding: "owner"}},
	} {
		benchCheck(b, bc.name, table, bc.output, bc.roles)
	}
}

// BenchmarkTextUnits is BenchmarkEvidence where respondents and holdings are texts,
// of a quarter of the rows.
func BenchmarkTextUnits(b *testing.B) {
	rows := 5_000_000
	if testing.Short() {
		rows = 50_000
	}
	table := benchTable(b, rows, true)
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	count := sdc.Output{Name: "o", Kind: sdc.Frequency, By: by, NoMargins: true}
	sum := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: by, Response: "x"}
	benchCheck(b, "inner distinct respondents", table, count, sdc.Roles{Respondent: "who"})
	benchCheck(b, "sum and top 2 by respondent and holding", table, sum, sdc.Roles{Respondent: "who", Holding: "owner"})
}

// plain returns a table with plain arrays in place of its dictionaries: of the texts, or
// of their positions.
func plain(table arrow.Table, texts bool) arrow.Table {
	mem := memory.DefaultAllocator
	var fs []arrow.Field
	for _, f := range table.Schema().Fields() {
		if f.Type.ID() == arrow.DICTIONARY {
			f.Type = integer
			if texts {
				f.Type = text
			}
		}
		fs = append(fs, f)
	}
	schema := arrow.NewSchema(fs, nil)
	var recs []arrow.Record
	for r := array.NewTableReader(table, -1); r.Next(); {
		var cols []arrow.Array
		for _, col := range r.Record().Columns() {
			if d, ok := col.(*array.Dictionary); ok {
				b := array.NewBuilder(mem, fs[len(cols)].Type)
				for i := range d.Len() {
					switch b := b.(type) {
					case *array.StringBuilder:
						b.Append(d.ValueStr(i))
					case *array.Int64Builder:
						b.Append(int64(d.GetValueIndex(i)))
					}
				}
				col = b.NewArray()
			}
			cols = append(cols, col)
		}
		recs = append(recs, array.NewRecord(schema, cols, r.Record().NumRows()))
	}
	return array.NewTableFromRecords(schema, recs)
}

// BenchmarkPlainKeys is the pass where the keys are plain texts of nine bytes or int64,
// no dictionaries.
func BenchmarkPlainKeys(b *testing.B) {
	rows := 5_000_000
	if testing.Short() {
		rows = 50_000
	}
	table := benchTable(b, rows, false)
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	for _, texts := range []bool{true, false} {
		keys := plain(table, texts)
		name := map[bool]string{true: "texts", false: "integers"}[texts]
		benchCheck(b, name+", inner count", keys, sdc.Output{Name: "o", Kind: sdc.Frequency, By: by, NoMargins: true}, sdc.Roles{})
		benchCheck(b, name+", sum and top 2", keys, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: by, Response: "x"}, sdc.Roles{})
		benchCheck(b, name+", count by two keys", keys, sdc.Output{Name: "o", Kind: sdc.Frequency, By: by[:2]}, sdc.Roles{})
	}
}

// benchCheck runs one check with one thread and with two.
func benchCheck(b *testing.B, name string, table arrow.Table, output sdc.Output, roles sdc.Roles) {
	b.Helper()
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("%s, threads %d", name, threads), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := processorTime()
			for b.Loop() {
				d := sdc.FromTable(table)
				d.Roles = roles
				if _, err := sdc.Check(context.Background(), d, []sdc.Output{output}, off(), sdc.Options{Threads: threads, Trusted: true}); err != nil {
					b.Fatal(err)
				}
			}
			spent := processorTime() - start
			runtime.ReadMemStats(&after)
			n := float64(b.N) * float64(table.NumRows())
			b.ReportMetric(float64(spent)/n, "user-ns/row")
			b.ReportMetric(n/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/row")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/row")
		})
	}
}

// BenchmarkTrust is what the look at strange arrays costs: see [sdc.Options.Trusted].
// The arrays of the benchmark have bitmaps without nulls.
func BenchmarkTrust(b *testing.B) {
	table := benchTable(b, rowsOf(20_000_000, 200_000), false)
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	for _, output := range []sdc.Output{
		{Name: "count", Kind: sdc.Frequency, By: by},
		{Name: "sum", Kind: sdc.Magnitude, By: by, Response: "x"},
	} {
		for _, trusted := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s, trusted %v", output.Name, trusted), func(b *testing.B) {
				for b.Loop() {
					if _, err := sdc.Check(context.Background(), sdc.FromTable(table), []sdc.Output{output}, off(), sdc.Options{Threads: 1, Trusted: trusted}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(table.NumRows()), "ns/row")
			})
		}
	}
}

// BenchmarkSole is what it takes to note who is alone in each cell and who the largest
// contributors are, beside a check without: of 3 and of 5 keys, with all margins.
func BenchmarkSole(b *testing.B) {
	rows := 5_000_000
	if testing.Short() {
		rows = 200_000
	}
	table := benchTable(b, rows, false)
	keys := []string{"k0", "k1", "k2", "k3", "k4"}
	for _, of := range []int{3, 5} {
		for _, bc := range []struct {
			name  string
			kind  sdc.Kind
			roles sdc.Roles
		}{
			{"counts of rows", sdc.Frequency, sdc.Roles{}},
			{"sums of rows", sdc.Magnitude, sdc.Roles{}},
			{"sums by respondent", sdc.Magnitude, sdc.Roles{Respondent: "who"}},
			{"sums by respondent and holding", sdc.Magnitude, sdc.Roles{Respondent: "who", Holding: "owner"}},
		} {
			for _, sole := range []bool{false, true} {
				b.Run(fmt.Sprintf("%d keys, %s, sole %t", of, bc.name, sole), func(b *testing.B) {
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					for b.Loop() {
						d := sdc.FromTable(table)
						d.Roles = bc.roles
						o := sdc.Output{Name: "o", Kind: bc.kind, By: keys[:of]}
						if bc.kind == sdc.Magnitude {
							o.Response = "x"
						}
						if _, err := sdc.Check(context.Background(), d, []sdc.Output{o}, off(), sdc.Options{Threads: 2, Sole: sole}); err != nil {
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
	}
}

// BenchmarkRules is the pass and the rules of a shipped policy over 302,000 cells, of
// whose inner ones some 1 in 5 is unsafe, or nearly none.
func BenchmarkRules(b *testing.B) {
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	for _, rows := range []int{2_000_000, 5_000_000} {
		if testing.Short() {
			rows /= 20
		}
		table := benchTable(b, rows, false)
		for _, o := range []sdc.Output{
			{Name: "count", Kind: sdc.Frequency, By: by},
			{Name: "sum", Kind: sdc.Magnitude, By: by, Response: "x"},
		} {
			b.Run(fmt.Sprintf("%s, %d rows", o.Name, rows), func(b *testing.B) {
				b.ReportAllocs()
				var cells, unsafe int
				for b.Loop() {
					r, err := sdc.Check(context.Background(), sdc.FromTable(table), []sdc.Output{o}, sdc.CBS(), sdc.Options{Threads: 2})
					if err != nil {
						b.Fatal(err)
					}
					cells, unsafe = r.Outputs[0].Cells, r.Outputs[0].UnsafeCells
				}
				b.ReportMetric(float64(cells)*float64(b.N)/b.Elapsed().Seconds(), "cells/s")
				b.ReportMetric(float64(unsafe), "unsafe")
			})
		}
	}
}

// BenchmarkRulesAlone is BenchmarkRules without the pass, with one thread and with two;
// and by a policy with the p% rule, where nearly all inner cells are unsafe.
func BenchmarkRulesAlone(b *testing.B) {
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	for _, rows := range []int{500_000, 2_000_000, 5_000_000} {
		p := sdc.CBS()
		if rows < 1_000_000 {
			p = sdc.ESSNet()
		}
		if testing.Short() {
			rows /= 20
		}
		table := benchTable(b, rows, false)
		for _, o := range []sdc.Output{
			{Name: "count", Kind: sdc.Frequency, By: by},
			{Name: "sum", Kind: sdc.Magnitude, By: by, Response: "x"},
		} {
			r, err := sdc.Check(context.Background(), sdc.FromTable(table), []sdc.Output{o}, p, sdc.Options{})
			if err != nil {
				b.Fatal(err)
			}
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s, %d rows, threads %d", o.Name, rows, threads), func(b *testing.B) {
					b.ReportAllocs()
					var found int
					for b.Loop() {
						found = len(r.Rules(&o, 0, &p, threads).Findings)
					}
					b.ReportMetric(float64(r.Outputs[0].Cells)*float64(b.N)/b.Elapsed().Seconds(), "cells/s")
					b.ReportMetric(float64(found), "findings")
				})
			}
		}
	}
}

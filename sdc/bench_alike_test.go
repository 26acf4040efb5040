package sdc_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// ruleCase is one setting of the benchmark of a rule.
type ruleCase struct {
	name string
	set  func(*sdc.Policy)
}

// benchRule runs one check under every setting, with two threads.
func benchRule(b *testing.B, name string, table arrow.Table, d sdc.Data, output sdc.Output, cases ...ruleCase) {
	b.Helper()
	for _, rc := range cases {
		b.Run(name+"/"+rc.name, func(b *testing.B) {
			p := off()
			rc.set(&p)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				in := sdc.FromTable(table)
				in.Roles, in.Hierarchies, in.RespondentForm, in.Missing = d.Roles, d.Hierarchies, d.RespondentForm, d.Missing
				if _, err := sdc.Check(context.Background(), in, []sdc.Output{output}, p, sdc.Options{Threads: 2}); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			n := float64(b.N) * float64(table.NumRows())
			b.ReportMetric(n/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/row")
		})
	}
}

func allOff(*sdc.Policy) {}

// withAmounts returns the table with other amounts.
func withAmounts(table arrow.Table, amount func(*rand.Rand) int64) arrow.Table {
	rng := rand.New(rand.NewPCG(3, 4))
	at := table.Schema().FieldIndices("x")[0]
	var recs []arrow.Record
	for r := array.NewTableReader(table, -1); r.Next(); {
		cols := append([]arrow.Array{}, r.Record().Columns()...)
		ib := array.NewInt64Builder(memory.DefaultAllocator)
		for range r.Record().NumRows() {
			ib.Append(amount(rng))
		}
		cols[at] = ib.NewArray()
		recs = append(recs, array.NewRecord(table.Schema(), cols, r.Record().NumRows()))
	}
	return array.NewTableFromRecords(table.Schema(), recs)
}

// BenchmarkAllEqual is what the rule all-equal costs: off, of all contributors, and of 90 %
// of them. Amounts are of a million values; nearly all 0; of four values; and 93 of 100
// one value, so that nearly all cells have it and respondents are counted.
func BenchmarkAllEqual(b *testing.B) {
	rows := 20_000_000
	if testing.Short() {
		rows = 2_000_000
	}
	percent := func(s string) ruleCase {
		return ruleCase{"percent " + s, func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: sdc.Percent(s)} }}
	}
	cases := []ruleCase{{"off", allOff}, percent("100"), percent("90")}
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	sum := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: by, Response: "x"}
	inner := sum
	inner.NoMargins = true
	table := benchTable(b, rows, false)
	amounts := []struct {
		name  string
		table arrow.Table
	}{
		{"many amounts", table},
		{"nearly all 0", withAmounts(table, func(r *rand.Rand) int64 { return max(0, r.Int64N(1000)-850) })},
		{"four amounts", withAmounts(table, func(r *rand.Rand) int64 { return 1 + r.Int64N(4) })},
		{"one amount of most", withAmounts(table, func(r *rand.Rand) int64 { return 40 + max(0, r.Int64N(100)-92) })},
	}
	for _, a := range amounts {
		benchRule(b, a.name+", inner sum", a.table, sdc.Data{}, inner, cases...)
		benchRule(b, a.name+", sum", a.table, sdc.Data{}, sum, cases...)
	}
	for _, a := range amounts {
		benchRule(b, a.name+", sum by respondent", a.table, sdc.Data{Roles: sdc.Roles{Respondent: "who"}}, sum, cases...)
	}
	for _, a := range amounts {
		benchRule(b, a.name+", sum by respondent and holding", a.table, sdc.Data{Roles: sdc.Roles{Respondent: "who", Holding: "owner"}}, sum, cases...)
	}
}

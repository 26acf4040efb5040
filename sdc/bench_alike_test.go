package sdc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
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

// benchRule runs one check under every setting, with two threads. The table is made when
// the first of them runs.
func benchRule(b *testing.B, name string, of func() arrow.Table, d sdc.Data, output sdc.Output, cases ...ruleCase) {
	b.Helper()
	for _, rc := range cases {
		b.Run(name+"/"+rc.name, func(b *testing.B) {
			table := of()
			p := off()
			rc.set(&p)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := processorTime()
			for b.Loop() {
				in := sdc.FromTable(table)
				in.Roles, in.Hierarchies, in.RespondentForm, in.Missing = d.Roles, d.Hierarchies, d.RespondentForm, d.Missing
				if _, err := sdc.Check(context.Background(), in, []sdc.Output{output}, p, sdc.Options{Threads: 2}); err != nil {
					b.Fatal(err)
				}
			}
			spent := processorTime() - start
			runtime.ReadMemStats(&after)
			n := float64(b.N) * float64(table.NumRows())
			b.ReportMetric(float64(spent)/n, "user-ns/row")
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

// withOwnAmounts returns the table with an amount for every combination of the first and
// the fourth key, which 93 % of its rows have.
func withOwnAmounts(table arrow.Table) arrow.Table {
	rng := rand.New(rand.NewPCG(5, 6))
	at := table.Schema().FieldIndices("x")[0]
	var recs []arrow.Record
	for r := array.NewTableReader(table, -1); r.Next(); {
		cols := append([]arrow.Array{}, r.Record().Columns()...)
		k0, k3 := cols[0].(*array.Dictionary), cols[3].(*array.Dictionary)
		ib := array.NewInt64Builder(memory.DefaultAllocator)
		for i := range int(r.Record().NumRows()) {
			amount := int64(1000*k0.GetValueIndex(i) + k3.GetValueIndex(i))
			if rng.IntN(100) >= 93 {
				amount = rng.Int64N(1_000_000)
			}
			ib.Append(amount)
		}
		cols[at] = ib.NewArray()
		recs = append(recs, array.NewRecord(table.Schema(), cols, r.Record().NumRows()))
	}
	return array.NewTableFromRecords(table.Schema(), recs)
}

// BenchmarkAllEqual is what the rule all-equal costs: off, of all contributors, and of 90 %
// of them. Amounts are of a million values; nearly all 0; of four values; 93 of 100
// one value, so that nearly all cells have it and respondents are counted; and 93 of 100 a value
// that depends on two keys.
func BenchmarkAllEqual(b *testing.B) {
	rows := rowsOf(20_000_000, 2_000_000)
	percent := func(s string) ruleCase {
		return ruleCase{"percent " + s, func(p *sdc.Policy) { p.AllEqual = sdc.AllEqual{Percent: sdc.Percent(s)} }}
	}
	cases := []ruleCase{{"off", allOff}, percent("100"), percent("90")}
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	sum := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: by, Response: "x"}
	inner := sum
	inner.NoMargins = true
	many := sync.OnceValue(func() arrow.Table { return benchTable(b, rows, false) })
	for _, a := range []struct {
		name  string
		table func() arrow.Table
	}{
		{"many amounts", many},
		{"nearly all 0", func() arrow.Table {
			return withAmounts(many(), func(r *rand.Rand) int64 { return max(0, r.Int64N(1000)-850) })
		}},
		{"four amounts", func() arrow.Table { return withAmounts(many(), func(r *rand.Rand) int64 { return 1 + r.Int64N(4) }) }},
		{"one amount of most", func() arrow.Table {
			return withAmounts(many(), func(r *rand.Rand) int64 { return 40 + max(0, r.Int64N(100)-92) })
		}},
		{"own amounts of most", func() arrow.Table { return withOwnAmounts(many()) }},
	} {
		table := sync.OnceValue(a.table)
		both := sdc.Data{Roles: sdc.Roles{Respondent: "who", Holding: "owner"}}
		benchRule(b, a.name+", inner sum", table, sdc.Data{}, inner, cases...)
		benchRule(b, a.name+", sum", table, sdc.Data{}, sum, cases...)
		benchRule(b, a.name+", sum by respondent", table, sdc.Data{Roles: sdc.Roles{Respondent: "who"}}, sum, cases...)
		benchRule(b, a.name+", sum by respondent and holding", table, both, sum, cases...)
	}
}

// BenchmarkEachRule is what min-holdings, closeness, group-disclosure at every level of a
// tree, the look for look-alikes and the rule on identifiers cost, each beside a check
// without. The look for look-alikes cannot be switched off: what it takes is timed by itself, for
// each column of units, and the check with it stands beside.
func BenchmarkEachRule(b *testing.B) {
	rows := rowsOf(5_000_000, 200_000)
	by := []string{"k0", "k1", "k2", "k3", "k4"}
	count := sdc.Output{Name: "o", Kind: sdc.Frequency, By: by}
	sum := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: by, Response: "x"}
	keys := sync.OnceValue(func() arrow.Table { return benchTable(b, rows, false) })
	texts := sync.OnceValue(func() arrow.Table { return benchTable(b, rows/4, true) })
	units := sdc.Roles{Respondent: "who", Holding: "owner"}

	holdings := []ruleCase{{"off", allOff}, {"min-holdings", func(p *sdc.Policy) { p.MinHoldings = sdc.MinHoldings{Min: 10} }}}
	benchRule(b, "count", keys, sdc.Data{Roles: units}, count, holdings...)
	benchRule(b, "sum", keys, sdc.Data{Roles: units}, sum, holdings...)

	few := sync.OnceValue(func() arrow.Table {
		return withAmounts(keys(), func(r *rand.Rand) int64 { return 1000 + r.Int64N(500) })
	})
	micro := sdc.Output{Name: "o", Kind: sdc.Microdata, By: by[:2], Sensitive: []string{"x"}, Amounts: []string{"x"}}
	benchRule(b, "microdata", few, sdc.Data{}, micro,
		ruleCase{"off", allOff}, ruleCase{"closeness", func(p *sdc.Policy) { p.Closeness = sdc.Closeness{Percent: "5", Share: "90"} }})

	var top []sdc.Code
	for k := range 40 {
		if k%5 == 0 {
			top = append(top, sdc.Code{Label: fmt.Sprintf("part-%d", k/5)})
		}
		c := &top[len(top)-1]
		c.Children = append(c.Children, sdc.Code{Label: fmt.Sprintf("code-3-%02d", k)})
	}
	tree, err := sdc.NewHierarchy(top...)
	if err != nil {
		b.Fatal(err)
	}
	trees := sdc.Data{Hierarchies: map[string]*sdc.Hierarchy{"k3": tree}}
	benchRule(b, "tree, count", keys, trees, count,
		ruleCase{"off", allOff}, ruleCase{"group-disclosure", func(p *sdc.Policy) { p.GroupDisclosure = sdc.GroupDisclosure{Percent: "90"} }})

	benchRule(b, "texts", texts, sdc.Data{Roles: units}, count, ruleCase{"look-alikes", allOff})
	for _, name := range []string{"who", "owner"} {
		b.Run("texts, look-alikes alone, "+name, func(b *testing.B) {
			look, err := sdc.LooksOfUnits(texts(), name)
			if err != nil {
				b.Fatal(err)
			}
			start := processorTime()
			for b.Loop() {
				if err := look(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processorTime()-start)/float64(b.N)/float64(rows/4), "user-ns/row")
		})
	}
	benchRule(b, "texts, names", texts, sdc.Data{Roles: units}, count,
		ruleCase{"off", allOff}, ruleCase{"identifiers", func(p *sdc.Policy) {
			p.Identifiers = sdc.Identifiers{Names: []string{}, UniqueShare: "95"}
		}})
}

package riskmetrics_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics"
)

// survey makes records with keys k0 to k4 of 12, 20, 8, 40 and 2 values and
// weights w of two decimals; nulls of them hold one null each. Keys are 32-bit
// integers, as R has them, or dictionaries of text.
func survey(b *testing.B, rows, nulls int, dictionary bool) arrow.Table {
	b.Helper()
	mem := memory.DefaultAllocator
	rng := rand.New(rand.NewPCG(7, 7))
	var fields []arrow.Field
	var cols []arrow.Column
	add := func(name string, arr arrow.Array) {
		f := arrow.Field{Name: name, Type: arr.DataType(), Nullable: true}
		fields = append(fields, f)
		cols = append(cols, arrow.NewColumnFromArr(f, arr))
		arr.Release()
	}
	hit := make([]int, rows) // key that is null, from 1
	for range nulls {
		hit[rng.IntN(rows)] = 1 + rng.IntN(5)
	}
	for k, card := range []int{12, 20, 8, 40, 2} {
		codes := array.NewInt32Builder(mem)
		codes.Reserve(rows)
		for i := range rows {
			if v := int32(rng.IntN(card)); hit[i] == k+1 {
				codes.AppendNull()
			} else {
				codes.Append(v)
			}
		}
		arr := arrow.Array(codes.NewArray())
		if dictionary {
			values := array.NewStringBuilder(mem)
			for v := range card {
				values.Append(string(rune('A' + v)))
			}
			dict := values.NewArray()
			t := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
			coded := array.NewDictionaryArray(t, arr, dict)
			dict.Release()
			arr.Release()
			arr = coded
		}
		add([]string{"k0", "k1", "k2", "k3", "k4"}[k], arr)
	}
	w := array.NewFloat64Builder(mem)
	w.Reserve(rows)
	for range rows {
		w.Append(float64(100+rng.IntN(10_000)) / 100)
	}
	add("w", w.NewArray())
	t := array.NewTable(arrow.NewSchema(fields, nil), cols, int64(rows))
	b.Cleanup(t.Release)
	return t
}

// BenchmarkFrequencies is f_k and F_k of every record, from Arrow columns.
func BenchmarkFrequencies(b *testing.B) {
	for _, tc := range []struct {
		name        string
		rows, nulls int
		missing     string
		dictionary  bool
	}{
		{"10M/int32", 10_000_000, 0, "refuse", false},
		{"10M/dictionary", 10_000_000, 0, "refuse", true},
		{"1M/wildcard", 1_000_000, 10_000, "wildcard", false},
		{"1M/sdcmicro", 1_000_000, 10_000, "sdcmicro(0.5)", false},
	} {
		b.Run(tc.name, func(b *testing.B) {
			if testing.Short() {
				tc.rows, tc.nulls = tc.rows/100, tc.nulls/100
			}
			t := survey(b, tc.rows, tc.nulls, tc.dictionary)
			o := riskmetrics.Options{Keys: []string{"k0", "k1", "k2", "k3", "k4"}, Weight: "w", Missing: policy(b, tc.missing), Threads: 2}
			for b.Loop() {
				c := classes(b, t, o)
				f, pop := c.SampleFreq(), c.PopFreq()
				if f[0] < 1 || pop[0] < 1 {
					b.Fatal("no frequencies")
				}
			}
			b.ReportMetric(float64(tc.rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkModels is every model of attribute disclosure and k-anonymity on the
// complete records of adult, eight keys and the occupation.
func BenchmarkModels(b *testing.B) {
	rows := adult(b)
	tab := table(b, rows)
	keys := []string{"age", "workclass", "education", "marital-status", "race", "sex", "native-country", "salary-class"}
	for b.Loop() {
		c := classes(b, tab, riskmetrics.Options{Keys: keys, Threads: 2})
		c.KAnonymity()
		s := sensitive(b, c, tab, "occupation", "refuse")
		order := slices.Sorted(slices.Values(s.Values())) // text has no order of its own
		attained(b)(s.TCloseness(ctx, riskmetrics.Equal))
		attained(b)(s.TClosenessOrdered(ctx, order))
		attained(b)(s.Distinct(ctx))
		attained(b)(s.Entropy(ctx))
		attained(b)(s.Recursive(ctx, 2))
		attained(b)(s.MaxShare(ctx))
		attained(b)(s.Likeness(ctx))
		attained(b)(s.EnhancedLikeness(ctx))
		attained(b)(s.Disclosure(ctx, 2))
	}
	b.ReportMetric(float64(len(rows)-1)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

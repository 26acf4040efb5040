package sdc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// random is a data set with everything in it: hierarchy, respondents with many
// rows, holdings, weights, nulls, negative and fractional responses.
func random(rng *rand.Rand, n int) []row {
	rows := make([]row, n)
	for i := range rows {
		r := row{
			"region": fmt.Sprintf("r%d", rng.IntN(5)),
			"sex":    rng.IntN(2),
			"class":  rng.IntN(4),
			"who":    rng.IntN(n/2 + 1),
			"x":      []any{float64(rng.IntN(100000)) / 100, rng.NormFloat64() * 1000, nil, 0}[rng.IntN(4)],
			"w":      float64(1 + rng.IntN(9)),
		}
		if rng.IntN(3) > 0 {
			r["owner"] = fmt.Sprintf("h%d", rng.IntN(n/4+1))
		}
		if rng.IntN(10) == 0 {
			r["class"] = nil
		}
		rows[i] = r
	}
	return rows
}

var randomSchema = fields("region", text, "sex", integer, "class", integer, "who", integer, "owner", text, "x", float, "w", float)

// asDictionaries returns the schema with dictionaries for text and keys.
func asDictionaries(s *arrow.Schema) *arrow.Schema {
	var out []arrow.Field
	for _, f := range s.Fields() {
		if f.Type.ID() == arrow.STRING || f.Type.ID() == arrow.INT64 {
			f.Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: f.Type}
		}
		out = append(out, f)
	}
	return arrow.NewSchema(out, nil)
}

// asTexts returns the schema and rows with respondents that are texts.
func asTexts(s *arrow.Schema, rows []row) (*arrow.Schema, []row) {
	var out []arrow.Field
	for _, f := range s.Fields() {
		if f.Name == "who" {
			f.Type = text
		}
		out = append(out, f)
	}
	again := make([]row, len(rows))
	for i, r := range rows {
		again[i] = maps.Clone(r)
		again[i]["who"] = fmt.Sprint(r["who"])
	}
	return arrow.NewSchema(out, nil), again
}

// everything checks outputs and returns the report and the cells as text, with the sole
// contributors where the options ask for them.
func everything(t *testing.T, table arrow.Table, chunk int64, opts sdc.Options) string {
	t.Helper()
	tree, err := sdc.NewHierarchy(
		sdc.Code{Label: "N", Children: []sdc.Code{{Label: "r0"}, {Label: "r1"}}},
		sdc.Code{Label: "S", Children: []sdc.Code{{Label: "S1", Children: []sdc.Code{{Label: "r2"}}}, {Label: "r3"}}},
		sdc.Code{Label: "r4"})
	if err != nil {
		t.Fatal(err)
	}
	reader := array.NewTableReader(table, chunk)
	defer reader.Release()
	d := sdc.FromReaders(reader)
	d.Roles = sdc.Roles{Respondent: "who", Holding: "owner", Weight: "w"}
	d.Missing = map[string]sdc.Missing{"class": "category"}
	d.Hierarchies = map[string]*sdc.Hierarchy{"region": tree}
	p := sdc.ESSNet()
	p.Weighting = "handbook"
	p.GroupRemainder = sdc.GroupRemainder{K: 1}
	r, err := sdc.Check(context.Background(), d, []sdc.Output{
		{Name: "counts", Kind: sdc.Frequency, By: []string{"region", "sex", "class"}, Sensitive: []string{"class"}},
		{Name: "sums", Kind: sdc.Magnitude, By: []string{"region", "class"}, Response: "x", Margins: [][]string{{"region"}, {}}},
		{Name: "inner", Kind: sdc.Magnitude, By: []string{"region"}, Response: "x", NoMargins: true},
		{Name: "file", Kind: sdc.Microdata, By: []string{"region", "sex"}, Sensitive: []string{"class"}},
	}, p, opts)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	err = r.WriteCells(mem, func(rec arrow.Record) error {
		text, err := rec.MarshalJSON()
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range r.Tables {
		for c := range table.Cells() {
			if sole, ok := c.Sole(); ok {
				fmt.Fprintln(&b, table.Name(), sole.Respondent, sole.Holding)
			}
			if list, rest, ok := c.Largest(); ok {
				fmt.Fprintln(&b, table.Name(), list, rest)
			}
		}
	}
	return b.String()
}

// TestSameBytes: row order, chunks, threads, dictionaries, the type of units, and rows
// kept in a file do not change a byte of the report or of the cells.
func TestSameBytes(t *testing.T) {
	folder := t.TempDir()
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 1))
		rows := random(rng, 40+rng.IntN(300))
		want := everything(t, tableOf(t, randomSchema, rows...), 1<<20, sdc.Options{Threads: 1, Sole: true})
		for _, v := range []struct {
			name    string
			schema  *arrow.Schema
			chunk   int64
			threads int
			memory  int64
			shuffle bool
			texts   bool
		}{
			{"two threads", randomSchema, 7, 2, 0, false, false},
			{"seven threads, rows of one", randomSchema, 1, 7, 0, false, false},
			{"shuffled", randomSchema, 1 << 20, 1, 0, true, false},
			{"dictionaries", asDictionaries(randomSchema), 13, 2, 0, false, false},
			{"all of it", asDictionaries(randomSchema), 3, 3, 0, true, false},
			{"no memory", randomSchema, 50, 2, 1, false, false},
			{"little memory, all of it", asDictionaries(randomSchema), 3, 2, 20_000, true, false},
			{"texts", randomSchema, 7, 2, 0, true, true},
			{"texts, rows of one", randomSchema, 1, 7, 0, false, true},
			{"dictionaries of texts", asDictionaries(randomSchema), 9, 3, 0, true, true},
			{"texts, no memory", randomSchema, 50, 2, 1, true, true},
		} {
			again := append([]row{}, rows...)
			if v.shuffle {
				rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
			}
			schema := v.schema
			if v.texts {
				if schema, again = asTexts(schema, again); v.schema != randomSchema {
					schema = asDictionaries(schema)
				}
			}
			got := everything(t, tableOf(t, schema, again...), v.chunk, sdc.Options{Threads: v.threads, Memory: v.memory, TempDir: folder, Sole: true})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %s: %s", seed, v.name, diff)
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
				t.Fatalf("seed %d, %s: left behind: %v, %v", seed, v.name, left, err)
			}
		}
	}
}

// TestNaiveSumFlips: the largest is exactly half of the total, and sums of the
// floats in some orders say more. Every order must say safe.
func TestNaiveSumFlips(t *testing.T) {
	values := []float64{1e16, 1, 1, 1, 1, 0.1, 0.2, 0.3, 1e16 + 4, 0.6}
	// The largest is 1e16 + 4; the others add up to 1e16 + 4 + 0.6 + 0.6.
	naive := map[bool]bool{}
	rng := rand.New(rand.NewPCG(1, 1))
	p := off()
	p.NK = sdc.NK{N: 1, Percent: "50"}
	for range 50 {
		rng.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		naive[1e16+4 > sum/2] = true
		d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", float), inOneCell(values...)...))
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"})
		if r.Verdict != sdc.Safe {
			t.Fatalf("%v: %v", values, r.Outputs[0].Findings)
		}
	}
	if len(naive) != 2 {
		t.Error("the naive sum never flips: the test shows nothing")
	}
}

// TestThresholdIsMonotone: a higher threshold never finds less.
func TestThresholdIsMonotone(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	rows := random(rng, 200)
	var last int
	for n := int64(2); n < 30; n += 3 {
		p := off()
		p.MinContributors = sdc.MinContributors{Min: n}
		d := sdc.FromTable(tableOf(t, randomSchema, rows...))
		d.Roles.Respondent = "who"
		d.Missing = map[string]sdc.Missing{"": "category"}
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"region", "class"}})
		if got := len(r.Outputs[0].Findings); got < last {
			t.Fatalf("min %d finds %d, a lower one %d", n, got, last)
		} else {
			last = got
		}
	}
	if last == 0 {
		t.Error("nothing was ever found")
	}
}

// TestLargeSums: sums far beyond 64 bits and beyond a float64 are exact.
func TestLargeSums(t *testing.T) {
	var rows []row
	for i := range 4 {
		rows = append(rows, row{"k": "a", "who": i, "x": json.Number("9223372036854775807"), "y": 1.7e308})
	}
	d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer, "y", float), rows...))
	r := check(t, d, off(),
		sdc.Output{Name: "x", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x"},
		sdc.Output{Name: "y", Kind: sdc.Magnitude, By: []string{"k"}, Response: "y"})
	if got := cellAt(t, r.Tables[0], "").SumText(); got != "36893488147419103228" {
		t.Errorf("sum of integers %s", got)
	}
	want := new(big.Rat).SetFloat64(1.7e308)
	want.Mul(want, big.NewRat(4, 1))
	if got := cellAt(t, r.Tables[1], "").Sum(); got.Cmp(want) != 0 {
		t.Errorf("sum of floats is not 4 * 1.7e308")
	}
}

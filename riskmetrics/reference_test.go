package riskmetrics_test

import (
	"context"
	"encoding/csv"
	"io"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/riskmetrics"
)

// reference opens a file of the reference numbers, or skips the test.
func reference(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "reference", name))
	if err != nil {
		t.Skip("the reference numbers are not here")
	}
	defer f.Close()
	return records(t, f)
}

func records(t testing.TB, r io.Reader) [][]string {
	t.Helper()
	c := csv.NewReader(r)
	c.Comment = '#'
	rows, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// table makes text columns of records, and float columns of the named ones; empty fields
// are null.
func table(t testing.TB, rows [][]string, numbers ...string) arrow.Table {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	var fields []arrow.Field
	for _, name := range rows[0] {
		f := arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
		for _, n := range numbers {
			if n == name {
				f.Type = arrow.PrimitiveTypes.Float64
			}
		}
		fields = append(fields, f)
	}
	b := array.NewRecordBuilder(mem, arrow.NewSchema(fields, nil))
	for _, r := range rows[1:] {
		for c, v := range r {
			if v == "" {
				b.Field(c).AppendNull()
			} else if err := b.Field(c).AppendValueFromString(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	rec := b.NewRecord()
	b.Release()
	out := array.NewTableFromRecords(rec.Schema(), []arrow.Record{rec})
	rec.Release()
	t.Cleanup(func() {
		out.Release()
		mem.AssertSize(t, 0)
	})
	return out
}

func classes(t testing.TB, tab arrow.Table, o riskmetrics.Options) *riskmetrics.Classes {
	t.Helper()
	c, err := riskmetrics.NewClasses(context.Background(), tab, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parse(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

// relative is near for numbers that are far below one.
func relative(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance*math.Abs(b) }

func policy(t testing.TB, s string) riskmetrics.Missing {
	t.Helper()
	m, err := riskmetrics.ParseMissing(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var (
	k5 = []string{"urbrur", "roof", "walls", "water", "sex"}
	k7 = []string{"urbrur", "roof", "walls", "water", "electcon", "relat", "sex"}
)

// TestFrequencies compares f_k, F_k, sdcMicro's risk and household risks with
// the reference.
func TestFrequencies(t *testing.T) {
	francdat := []string{"Key1", "Key2", "Key3", "Key4"}
	type test struct {
		file, input, missing, weight string
		keys                         []string
		risk, house                  bool
	}
	cases := []test{
		{"francdat", "francdat", "category", "w", francdat, true, false},
		{"testdata_k5", "testdata", "category", "sampling_weight", k5, true, true},
		{"testdata_k7", "testdata", "category", "sampling_weight", k7, true, true},
	}
	for _, a := range []string{"0", "0.1", "0.5", "1"} {
		cases = append(cases, test{"francdat_na_alpha" + a, "francdat_na", "sdcmicro(" + a + ")", "w", francdat, a == "0" || a == "1", false})
	}
	for _, a := range []string{"0", "0.5", "1"} {
		m := "sdcmicro(" + a + ")"
		cases = append(cases,
			test{"testdata_na_k7_alpha" + a, "testdata_na", m, "sampling_weight", k7, false, false},
			test{"heavyna_k3_alpha" + a, "heavyna", m, "w", []string{"urbrur", "roof", "walls"}, false, false},
			test{"heavyna_k1_alpha" + a, "heavyna", m, "w", []string{"roof"}, false, false},
			test{"allna_alpha" + a, "allna", m, "w", []string{"a", "b"}, false, false},
		)
	}
	for _, tc := range cases {
		t.Run(tc.file, func(t *testing.T) {
			in := reference(t, "input/"+tc.input+".csv")
			want := reference(t, "frequency/freq_"+tc.file+".csv")
			o := riskmetrics.Options{Keys: tc.keys, Weight: tc.weight, Missing: policy(t, tc.missing)}
			if tc.house {
				o.Household = "ori_hid"
			}
			c := classes(t, table(t, in, tc.weight), o)
			f, pop := c.SampleFreq(), c.PopFreq()
			var risk, house []float64
			var err error
			if tc.risk {
				if risk, err = c.Individual(context.Background(), riskmetrics.Approx); err != nil {
					t.Fatal(err)
				}
				if tc.house {
					if house, err = c.Household(risk); err != nil {
						t.Fatal(err)
					}
				}
			}
			for i, w := range want[1:] {
				for col, name := range want[0] {
					switch {
					case name == "fk" && f[i] != parse(t, w[col]), name == "Fk" && !relative(pop[i], parse(t, w[col]), 1e-14):
						t.Fatalf("record %d: f %v, F %v, want %v", i+1, f[i], pop[i], w)
					case name == "risk_approx" && risk != nil && !relative(risk[i], parse(t, w[col]), 1e-12):
						t.Fatalf("record %d: risk %v, want %v", i+1, risk[i], w[col])
					case name == "hier_risk" && house != nil && !near(house[i], parse(t, w[col]), 1e-12):
						t.Fatalf("record %d: household risk %v, want %v", i+1, house[i], w[col])
					}
				}
			}
		})
	}
}

// TestScalars compares counts and sums of whole data sets.
func TestScalars(t *testing.T) {
	want := map[string]float64{}
	for _, r := range reference(t, "frequency/scalars.csv")[1:] {
		if v, err := strconv.ParseFloat(r[2], 64); err == nil {
			want[r[0]+" "+r[1]] = v
		}
	}
	for name, keys := range map[string][]string{"testdata_k5": k5, "testdata_k7": k7} {
		t.Run(name, func(t *testing.T) {
			c := classes(t, table(t, reference(t, "input/testdata.csv"), "sampling_weight"),
				riskmetrics.Options{Keys: keys, Weight: "sampling_weight", Household: "ori_hid"})
			risk, err := c.Individual(context.Background(), riskmetrics.Approx)
			if err != nil {
				t.Fatal(err)
			}
			house, err := c.Household(risk)
			if err != nil {
				t.Fatal(err)
			}
			g, err := riskmetrics.Global(risk)
			if err != nil {
				t.Fatal(err)
			}
			all, err := riskmetrics.Global(house)
			if err != nil {
				t.Fatal(err)
			}
			n1, n2 := 0, 0
			for _, f := range c.SampleFreq() {
				if f == 1 {
					n1++
				} else if f == 2 {
					n2++
				}
			}
			weighted, err := c.KWeighted()
			if err != nil {
				t.Fatal(err)
			}
			for metric, got := range map[string]float64{
				"ER_approx": g.Expected, "global_risk_approx": g.Rate, "max_risk_approx": g.Most, "n": float64(g.Records),
				"n1": float64(n1), "n2": float64(n2), "n_distinct_keys": float64(c.Len()), "hier_risk_ER": all.Expected,
				"viol_k3": violating(c.KAnonymity(), 3), "viol_k10": violating(c.KAnonymity(), 10),
				"viol_weighted_k5": violating(weighted, 5), "viol_weighted_k10": violating(weighted, 10),
			} {
				w, ok := want[name+" "+metric]
				if !ok {
					t.Errorf("%s %s is not in the reference", name, metric)
				} else if !near(got, w, 1e-12) {
					t.Errorf("%s %s: %v, want %v", name, metric, got, w)
				}
			}
		})
	}
}

// violating counts the records below k.
func violating(a riskmetrics.Attained, k int64) float64 {
	return float64(a.Violations(big.NewRat(k, 1)).Records)
}

// TestAdult: the results of ARX on the complete records and nine keys, and k = 1 of
// pyCANON.
func TestAdult(t *testing.T) {
	keys := []string{"age", "workclass", "education", "marital-status", "occupation", "race", "sex", "native-country", "salary-class"}
	c := classes(t, table(t, adult(t)), riskmetrics.Options{Keys: keys})
	unique := float64(c.KAnonymity().Violations(big.NewRat(2, 1)).Records) / float64(c.Records())
	if c.Records() != 30162 || unique != .5142895033485844 {
		t.Errorf("%d records, uniques %v", c.Records(), unique)
	}
	sum := 0.0
	for _, f := range c.SampleFreq() {
		sum += 1 / f
	}
	if average := sum / float64(c.Records()); !near(average, .6465751607983555, 1e-12) {
		t.Errorf("average prosecutor risk %v", average)
	}
}

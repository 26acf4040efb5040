package riskmetrics_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sluis-go/sluis/riskmetrics"
)

func suda(t testing.TB, c *riskmetrics.Classes, o riskmetrics.SUDAOptions) *riskmetrics.SUDA {
	t.Helper()
	s, err := c.SUDA(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSUDAReference compares scores with brute force over all subsets, and the
// contributions of keys, values and records with sdcMicro.
func TestSUDAReference(t *testing.T) {
	for _, tc := range []struct {
		file, input string
		keys        []string
		score       riskmetrics.SUDAScore
		d           float64
	}{
		{"toy", "suda_toy", nil, riskmetrics.Elliot, 0.01},
		{"book", "suda_book", nil, riskmetrics.Elliot, 0.01},
		{"book_ihsn", "suda_book", nil, riskmetrics.IHSN, 0.01},
		{"guide", "suda_guide", nil, riskmetrics.Elliot, 0.01},
		{"guide_df01", "suda_guide", nil, riskmetrics.Elliot, 0.1},
		{"guide_ihsn", "suda_guide", nil, riskmetrics.IHSN, 0.01},
		{"francdat", "francdat", []string{"Key1", "Key2", "Key3", "Key4"}, riskmetrics.Elliot, 0.01},
		{"testdata_k7", "testdata", k7, riskmetrics.Elliot, 0.01},
		{"testdata_k7_df01", "testdata", k7, riskmetrics.Elliot, 0.1},
		{"testdata_k7_ihsn", "testdata", k7, riskmetrics.IHSN, 0.01},
	} {
		t.Run(tc.file, func(t *testing.T) {
			in := reference(t, "input/"+tc.input+".csv")
			if tc.keys == nil {
				tc.keys = in[0]
			}
			s := suda(t, classes(t, table(t, in), riskmetrics.Options{Keys: tc.keys}), riskmetrics.SUDAOptions{Score: tc.score})
			dis, err := s.DIS(tc.d)
			if err != nil {
				t.Fatal(err)
			}
			if tc.file != "book_ihsn" && tc.file != "testdata_k7_df01" {
				for i, w := range reference(t, "suda/suda_correct_"+tc.file+".csv")[1:] {
					if len(s.Uniques(i)) != int(parse(t, w[1])) || !near(s.Score[i], parse(t, w[2]), 1e-15) || !near(dis[i], parse(t, w[3]), 1e-12) {
						t.Fatalf("record %d: %d uniques, score %v, dis %v, want %v", i+1, len(s.Uniques(i)), s.Score[i], dis[i], w)
					}
				}
			}
			if tc.file == "toy" {
				return
			}
			for i, w := range reference(t, "suda/suda2_"+tc.file+".csv")[1:] {
				if !near(s.Score[i], parse(t, w[1]), 1e-12) || !near(dis[i], parse(t, w[2]), 1e-6) {
					t.Fatalf("record %d: score %v, dis %v, want %v", i+1, s.Score[i], dis[i], w)
				}
			}
			for k, w := range reference(t, "suda/suda2_"+tc.file+"_attr.csv")[1:] {
				if w[0] != tc.keys[k] || !near(s.Contribution[k], parse(t, w[1]), 1e-12) {
					t.Errorf("key %s: %v, want %v", tc.keys[k], s.Contribution[k], w[1])
				}
			}
			shares := map[string]float64{}
			for k, name := range tc.keys {
				values, err := s.Values(k)
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range values {
					label := v.Value
					if _, err := strconv.Atoi(label); err != nil {
						label = strconv.Itoa(i + 1) // sdcMicro was given codes
					}
					shares[name+"="+label] = v.Percent
				}
			}
			for _, w := range reference(t, "suda/suda2_"+tc.file+"_attrlevel.csv")[1:] {
				got, ok := shares[w[0]+"="+w[1]]
				if want := w[2]; want == "" && got != 0 || want != "" && !near(got, parse(t, want), 1e-12) || !ok {
					t.Errorf("%s = %s: %v, want %v", w[0], w[1], got, want)
				}
			}
		})
	}
}

// TestElliotExample is the table of Elliot, Manning and Ford that the SDC
// Practice Guide (4.5) prints with its minimal uniques: record 8 of ten has two.
func TestElliotExample(t *testing.T) {
	c := classes(t, table(t, practiceGuide), riskmetrics.Options{Keys: practiceGuide[0][:4]})
	s := suda(t, c, riskmetrics.SUDAOptions{})
	// {Urban, Male, Post-secondary, Unemployed}: {Post-secondary}, {Urban,
	// Unemployed} and {Male, Unemployed}; 3! + 2! + 2! = 10.
	if got := s.Uniques(7); !slices.Equal(got, []uint64{0b0100, 0b1001, 0b1010}) {
		t.Errorf("%b", got)
	}
	if s.Score[7] != 10 {
		t.Errorf("score %v", s.Score[7])
	}
	sum := 0.0
	for _, v := range s.Score {
		sum += v
	}
	if sum != 34 || s.Score[0] != 0 || s.Uniques(0) != nil && len(s.Uniques(0)) != 0 {
		t.Errorf("%v", s.Score)
	}
}

// slowUniques tries every subset of keys against every other record.
func slowUniques(rows [][]string, limit int) [][]uint64 {
	m := len(rows[0])
	out := make([][]uint64, len(rows))
	for i, x := range rows {
		for mask := uint64(1); mask < 1<<m; mask++ {
			if bits.OnesCount64(mask) > limit {
				continue
			}
			alone := true
			for k := range m {
				alone = alone && (mask>>k&1 == 0 || x[k] != "")
			}
			for j, y := range rows {
				if i == j || !alone {
					continue
				}
				same := true
				for k := range m {
					same = same && (mask>>k&1 == 0 || x[k] == y[k])
				}
				alone = !same
			}
			if alone {
				out[i] = append(out[i], mask)
			}
		}
		all := out[i]
		out[i] = nil
		for _, a := range all {
			if !slices.ContainsFunc(all, func(b uint64) bool { return a != b && a&b == b }) {
				out[i] = append(out[i], a)
			}
		}
		slices.SortFunc(out[i], func(a, b uint64) int {
			return cmp.Or(bits.OnesCount64(a)-bits.OnesCount64(b), cmp.Compare(a, b))
		})
	}
	return out
}

// TestSUDAOracle compares minimal uniques, scores and contributions with brute
// force on small tables with and without nulls, under limits, and in any order.
func TestSUDAOracle(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 7))
	for range long(1500, 20_000) {
		m, n, values := 1+rng.IntN(5), 1+rng.IntN(14), 2+rng.IntN(4)
		nulls := 0.0
		if rng.IntN(2) == 0 {
			nulls = 0.25
		}
		rows := make([][]string, n+1)
		for k := range m {
			rows[0] = append(rows[0], fmt.Sprint("k", k))
		}
		for i := 1; i <= n; i++ {
			rows[i] = make([]string, m)
			for k := range m {
				if rng.Float64() >= nulls {
					rows[i][k] = strconv.Itoa(rng.IntN(values + 3*k))
				}
			}
		}
		limit := rng.IntN(m + 1)
		score := riskmetrics.SUDAScore(rng.IntN(2))
		missing := []string{"category", "wildcard", "sdcmicro(0.5)"}[rng.IntN(3)]
		o := riskmetrics.SUDAOptions{Limit: limit, Score: score, Threads: 1 + rng.IntN(3)}
		c := classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0], Missing: policy(t, missing)})
		s := suda(t, c, o)
		if limit == 0 {
			limit = m
		}
		want := slowUniques(rows[1:], limit)
		total, by := new(big.Rat), make([]*big.Rat, m)
		for k := range by {
			by[k] = new(big.Rat)
		}
		for i := range want {
			if !slices.Equal(s.Uniques(i), want[i]) {
				t.Fatalf("record %d of %v: %b, want %b", i, rows, s.Uniques(i), want[i])
			}
			own := new(big.Rat)
			for _, mask := range want[i] {
				size := int64(bits.OnesCount64(mask))
				w := new(big.Rat).SetInt(new(big.Int).MulRange(1, int64(m)-size))
				if score == riskmetrics.IHSN {
					w.SetFrac64(1<<(int64(m)-size)-1, new(big.Int).Binomial(int64(m), size).Int64())
				}
				own.Add(own, w)
				for k := range m {
					if mask>>k&1 == 1 {
						by[k].Add(by[k], w)
					}
				}
			}
			total.Add(total, own)
			if f, _ := own.Float64(); !near(s.Score[i], f, 1e-15) {
				t.Fatalf("score %v, want %v", s.Score[i], f)
			}
		}
		for k := range m {
			share := 0.0
			if total.Sign() > 0 {
				share, _ = new(big.Rat).Quo(by[k], total).Float64()
			}
			if !near(s.Contribution[k], 100*share, 1e-13) {
				t.Fatalf("key %d: %v, want %v", k, s.Contribution[k], 100*share)
			}
			values, err := s.Values(k)
			sum := 0.0
			for _, v := range values {
				sum += v.Percent
			}
			if err != nil || !near(sum, 100, 1e-12) && (sum != 0 || by[k].Sign() > 0) {
				t.Fatalf("values of key %d: %v (%v)", k, values, err)
			}
		}
		dis, err := s.DIS(0.02)
		if err != nil {
			t.Fatal(err)
		}
		perm := rng.Perm(n)
		other := [][]string{rows[0]}
		for _, from := range perm {
			other = append(other, rows[from+1])
		}
		o.Threads = 1 + rng.IntN(3)
		s2 := suda(t, classes(t, table(t, other), riskmetrics.Options{Keys: rows[0], Missing: policy(t, missing)}), o)
		dis2, err := s2.DIS(0.02)
		if err != nil {
			t.Fatal(err)
		}
		for to, from := range perm {
			if s2.Score[to] != s.Score[from] || dis2[to] != dis[from] || !slices.Equal(s2.Uniques(to), s.Uniques(from)) {
				t.Fatal("the order of the records counts")
			}
		}
		if !slices.Equal(s.Contribution, s2.Contribution) {
			t.Fatal("the order of the records counts in contributions")
		}
	}
}

// TestSUDARecords: the contributions of the book's records, as sdcMicro prints
// them, and none for a record without a score.
func TestSUDARecords(t *testing.T) {
	in := reference(t, "input/suda_book.csv")
	s := suda(t, classes(t, table(t, in), riskmetrics.Options{Keys: in[0]}), riskmetrics.SUDAOptions{})
	if got := s.RecordContribution(4); !slices.Equal(got, []float64{50, 50, 0, 100}) {
		t.Error(got)
	}
	if got := s.RecordContribution(0); !slices.Equal(got, []float64{0, 0, 0, 0}) {
		t.Error(got)
	}
}

// TestDIS is about U = 0, P = 0 and the refused arguments.
func TestDIS(t *testing.T) {
	dis := func(missing string, rows ...[]string) []float64 {
		t.Helper()
		rows = append([][]string{{"a", "b"}}, rows...)
		s := suda(t, classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0], Missing: policy(t, missing)}), riskmetrics.SUDAOptions{})
		out, err := s.DIS(0.01)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := dis("category", []string{"1", "1"}, []string{"1", "1"}); !slices.Equal(got, []float64{0, 0}) {
		t.Error("U = 0:", got)
	}
	if got := dis("category", []string{"1", "1"}, []string{"2", "2"}, []string{"2", "2"}, []string{"2", "2"}); !slices.Equal(got, []float64{1, 0, 0, 0}) {
		t.Error("P = 0:", got)
	}
	// Two records that agree, but in a null: no pair.
	if got := dis("category", []string{"1", "1"}, []string{"2", ""}, []string{"2", ""}); !slices.Equal(got, []float64{1, 0, 0}) {
		t.Error("a null is no pair:", got)
	}
	if got := dis("exclude", []string{"1", "1"}, []string{"2", ""}); got[0] != 1 || !math.IsNaN(got[1]) {
		t.Error("excluded:", got)
	}
	s := suda(t, classes(t, table(t, [][]string{{"a"}, {"x"}}), riskmetrics.Options{Keys: []string{"a"}}), riskmetrics.SUDAOptions{})
	for _, d := range []float64{0, 1, -1, math.NaN()} {
		if _, err := s.DIS(d); !errors.Is(err, riskmetrics.ErrRequest) {
			t.Error(d, err)
		}
	}
}

// wide returns random rows of m keys, each with a given number of values.
func wide(rng *rand.Rand, n, m, values int) [][]string {
	rows := [][]string{{}}
	for k := range m {
		rows[0] = append(rows[0], fmt.Sprint("k", k))
	}
	for range n {
		r := make([]string, m)
		for k := range m {
			// Skewed, as categories of people are.
			r[k] = strconv.Itoa(int(float64(values) * math.Pow(rng.Float64(), 3)))
		}
		rows = append(rows, r)
	}
	return rows
}

// TestSUDAManyKeys: 64 keys, scores of 88 digits, and the scores that are not defined for
// so many keys.
func TestSUDAManyKeys(t *testing.T) {
	rows := wide(rand.New(rand.NewPCG(1, 1)), 40, 64, 4)
	c := classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]})
	s := suda(t, c, riskmetrics.SUDAOptions{Limit: 2})
	checked := 0
	for i := range 40 {
		want := new(big.Float)
		for _, mask := range s.Uniques(i) {
			want.Add(want, new(big.Float).SetInt(new(big.Int).MulRange(1, int64(64-bits.OnesCount64(mask)))))
		}
		w, _ := want.Float64()
		if !relative(s.Score[i], w, 1e-15) {
			t.Errorf("score %v, want %v", s.Score[i], w)
		}
		if w > 1e80 {
			checked++
		}
	}
	if checked == 0 {
		t.Error("no large score was met")
	}
	if _, err := s.DIS(0.01); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Error("DIS of 64 keys:", err)
	}
	for _, o := range []riskmetrics.SUDAOptions{{Limit: -1}, {Limit: 65}, {Score: riskmetrics.IHSN + 1}} {
		if _, err := c.SUDA(context.Background(), o); !errors.Is(err, riskmetrics.ErrRequest) {
			t.Error(o, err)
		}
	}
	if _, err := s.Values(64); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Error(err)
	}
}

// TestSUDAKeys: with one key more a record has at least as many sets on which it
// is alone, and its Elliot score does not fall.
func TestSUDAKeys(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 100 {
		rows := wide(rng, 30, 5, 5)
		tab := table(t, rows)
		few := suda(t, classes(t, tab, riskmetrics.Options{Keys: rows[0][:4]}), riskmetrics.SUDAOptions{})
		more := suda(t, classes(t, tab, riskmetrics.Options{Keys: rows[0]}), riskmetrics.SUDAOptions{})
		for i := range 30 {
			for _, mask := range few.Uniques(i) {
				if !slices.Contains(more.Uniques(i), mask) {
					t.Fatal("a minimal unique is gone")
				}
			}
			if more.Score[i] < few.Score[i] {
				t.Fatal("the score fell")
			}
		}
	}
}

// TestSUDACancel: a search of hours ends at once.
func TestSUDACancel(t *testing.T) {
	rows := wide(rand.New(rand.NewPCG(1, 1)), 2000, 24, 2)
	c := classes(t, table(t, rows), riskmetrics.Options{Keys: rows[0]})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.SUDA(ctx, riskmetrics.SUDAOptions{Threads: 2}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// BenchmarkSUDA takes classes that are there: a register with few keys, and a
// survey with many, skewed as categories of people are.
func BenchmarkSUDA(b *testing.B) {
	for _, tc := range []struct{ rows, keys, values int }{{100_000, 5, 20}, {5_000, 12, 6}, {5_000, 12, 3}, {1_000_000, 5, 20}} {
		b.Run(fmt.Sprintf("%dx%d,%d-values", tc.rows, tc.keys, tc.values), func(b *testing.B) {
			rows := wide(rand.New(rand.NewPCG(1, 1)), tc.rows, tc.keys, tc.values)
			c := classes(b, table(b, rows), riskmetrics.Options{Keys: rows[0]})
			for b.Loop() {
				if _, err := c.SUDA(context.Background(), riskmetrics.SUDAOptions{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(tc.rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

package riskmetrics_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/internal/exact"
	"github.com/sluis-go/sluis/riskmetrics"
)

// counts says by how much record y counts for x on some columns, by the words of
// the policy.
func counts(x, y []string, cols []int, policy string) *big.Rat {
	one, none := big.NewRat(1, 1), new(big.Rat)
	same, match, nx, ny := true, true, 0, 0
	for _, k := range cols {
		same = same && x[k] == y[k]
		match = match && (x[k] == y[k] || x[k] == "" || y[k] == "")
		if x[k] == "" {
			nx++
		}
		if y[k] == "" {
			ny++
		}
	}
	switch {
	case same:
		return one
	case policy == "category", policy == "exclude", !match:
		return none
	case policy == "wildcard", nx == len(cols), nx > 0 && ny == 0:
		return one
	case nx == 0 && len(cols) > 1 && ny == len(cols):
		return none
	}
	alpha, _ := new(big.Rat).SetString(strings.TrimSuffix(strings.TrimPrefix(policy, "sdcmicro("), ")"))
	return alpha
}

var policies = []string{"category", "exclude", "wildcard", "sdcmicro(0)", "sdcmicro(0.3)", "sdcmicro(1)"}

// weightText draws weights as people write them, or such as need wide sums.
func weightText(rng *rand.Rand, kind int) string {
	switch kind {
	case 0:
		return strconv.Itoa(1 + rng.IntN(500))
	case 1:
		return strconv.FormatFloat(float64(100+rng.IntN(900))/100, 'g', -1, 64)
	}
	return strconv.FormatFloat(1+math.Ldexp(rng.Float64(), rng.IntN(300)), 'g', -1, 64)
}

// TestFrequenciesByDefinition compares f_k, F_k and the smallest frequency over
// combinations with their definitions, record by record and bit by bit, under
// every policy; and F_k with limits on its exact value.
func TestFrequenciesByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 4))
	keys := []string{"a", "b", "c"}
	for round := range long(700, 30000) {
		rows := random(rng)
		kind := rng.IntN(3)
		weights := make([]*big.Rat, len(rows))
		for i := range rows[1:] {
			rows[i+1][4] = weightText(rng, kind)
			if kind == 2 { // the number itself, but where package exact reads a short decimal
				m, shift, exponent, _ := exact.FromFloat64(parse(t, rows[i+1][4]))
				weights[i+1] = exact.Unit{Digits: exact.FloatDigits, Shift: shift}.Rat(m.Num())
				weights[i+1].Mul(weights[i+1], new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(exponent))))
			} else {
				weights[i+1], _ = new(big.Rat).SetString(rows[i+1][4])
			}
		}
		tab := table(t, rows, "w")
		p := policies[round%len(policies)]
		c := classes(t, tab, riskmetrics.Options{Keys: keys, Missing: policy(t, p), Weight: "w", Threads: 2})
		f, pop := c.SampleFreq(), c.PopFreq()
		weighted := attained(t)(c.KWeighted())
		least, rare, err := c.Combinations(ctx, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		wantRare := map[string]bool{}
		for i, x := range rows[1:] {
			if p == "exclude" && slices.Contains(x[:3], "") {
				if !math.IsNaN(f[i]) || c.Class(i) != riskmetrics.NoClass {
					t.Fatalf("record %d is not left out", i+1)
				}
				continue
			}
			over := func(cols []int) (n, w *big.Rat) {
				n, w = new(big.Rat), new(big.Rat)
				for j, y := range rows[1:] {
					if p != "exclude" || !slices.Contains(y[:3], "") {
						by := counts(x, y, cols, p)
						n.Add(n, by)
						w.Add(w, new(big.Rat).Mul(by, weights[j+1]))
					}
				}
				return n, w
			}
			n, w := over([]int{0, 1, 2})
			wantF, _ := n.Float64()
			wantPop, _ := w.Float64()
			if f[i] != wantF || pop[i] != wantPop {
				t.Fatalf("%v %s record %d: f %v F %v, want %v %v", rows, p, i+1, f[i], pop[i], wantF, wantPop)
			}
			trifle := new(big.Rat).Add(w, big.NewRat(1, 1e12))
			if slices.Contains(weighted.Violations(w).Classes, c.Class(i)) || !slices.Contains(weighted.Violations(trifle).Classes, c.Class(i)) {
				t.Fatalf("%v %s record %d: F on its limit", rows, p, i+1)
			}
			smallest := math.Inf(1)
			for _, cols := range [][]int{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}} {
				m, _ := over(cols)
				v, _ := m.Float64()
				smallest = min(smallest, v)
				if m.Cmp(big.NewRat(3, 1)) < 0 {
					wantRare[sprint(cols)] = true
				}
			}
			if got := least.PerClass[c.Class(i)]; got != smallest {
				t.Fatalf("%v %s record %d: rarest combination %v, want %v", rows, p, i+1, got, smallest)
			}
		}
		gotRare := map[string]bool{}
		for _, k := range rare {
			gotRare[sprint(k.Keys)] = true
		}
		if diff := cmp.Diff(wantRare, gotRare); diff != "" {
			t.Fatalf("%v %s: %s", rows, p, diff)
		}
	}
}

func sprint(list []int) string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = strconv.Itoa(v)
	}
	return strings.Join(s, " ")
}

// TestCombinationsOfRespondents: a combination of many records of few respondents
// is rare, under every policy.
func TestCombinationsOfRespondents(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 5))
	keys := []string{"a", "b", "c"}
	for round := range long(300, 10000) {
		rows := random(rng)
		for i := range rows[1:] {
			rows[i+1][4] = strconv.Itoa(rng.IntN(4)) // the respondent
		}
		p := policies[round%len(policies)]
		c := classes(t, table(t, rows), riskmetrics.Options{Keys: keys, Missing: policy(t, p), Respondent: "w", Threads: 2})
		least, rare, err := c.Combinations(ctx, 2, 2)
		if err != nil {
			t.Fatal(err)
		}
		wantRare := map[string]bool{}
		for i, x := range rows[1:] {
			if c.Class(i) == riskmetrics.NoClass {
				continue
			}
			smallest := math.Inf(1)
			for _, cols := range [][]int{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}} {
				who := map[string]bool{}
				for j, y := range rows[1:] {
					if c.Class(j) != riskmetrics.NoClass && !slices.ContainsFunc(cols, func(k int) bool { return x[k] != y[k] }) {
						who[y[4]] = true
					}
				}
				smallest = min(smallest, float64(len(who)))
				if len(who) < 2 {
					wantRare[sprint(cols)] = true
				}
			}
			if got := least.PerClass[c.Class(i)]; got != smallest {
				t.Fatalf("%v %s record %d: rarest combination %v, want %v", rows, p, i+1, got, smallest)
			}
			if bad := slices.Contains(least.Violations(big.NewRat(int64(smallest), 1)).Classes, c.Class(i)); bad {
				t.Fatalf("%v %s record %d violates its own number", rows, p, i+1)
			}
		}
		gotRare := map[string]bool{}
		for _, k := range rare {
			gotRare[sprint(k.Keys)] = true
		}
		if diff := cmp.Diff(wantRare, gotRare); diff != "" {
			t.Fatalf("%v %s: %s", rows, p, diff)
		}
	}
}

// TestFrequencyProperties: a further key never raises a frequency, and wildcards never
// lower one. The order of records, chunks and threads do not change a bit.
func TestFrequencyProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 4))
	for range long(300, 10000) {
		rows := random(rng)
		tab := table(t, rows, "w")
		for _, p := range []string{"category", "wildcard"} {
			o := riskmetrics.Options{Keys: []string{"a", "b", "c"}, Missing: policy(t, p), Weight: "w", Threads: 1}
			c := classes(t, tab, o)
			f, pop := c.SampleFreq(), c.PopFreq()
			fewer, err := c.Project(ctx, 2, 0)
			if err != nil {
				t.Fatal(err)
			}
			same := classes(t, tab, riskmetrics.Options{Keys: []string{"c", "a"}, Missing: policy(t, p), Weight: "w"})
			if diff := cmp.Diff(same.SampleFreq(), fewer.SampleFreq()) + cmp.Diff(same.PopFreq(), fewer.PopFreq()); diff != "" {
				t.Fatalf("%v %s: projected %s", rows, p, diff)
			}
			for i, v := range fewer.SampleFreq() {
				if v < f[i] || fewer.PopFreq()[i] < pop[i] {
					t.Fatalf("%v %s: a key more raises a frequency", rows, p)
				}
			}
			if p == "wildcard" {
				o.Missing = policy(t, "category")
				for i, v := range classes(t, tab, o).SampleFreq() {
					if v > f[i] {
						t.Fatalf("%v: the wildcard lowers a frequency", rows)
					}
				}
				o.Missing = policy(t, p)
			}
			perm := rng.Perm(len(rows) - 1)
			mixed := [][]string{rows[0]}
			for _, i := range perm {
				mixed = append(mixed, rows[i+1])
			}
			o.Threads = 3
			shuffled := classes(t, chunked(t, table(t, mixed, "w"), int64(1+rng.IntN(4))), o)
			fs, ps := shuffled.SampleFreq(), shuffled.PopFreq()
			for to, i := range perm {
				if fs[to] != f[i] || ps[to] != pop[i] || shuffled.Class(to) != c.Class(i) {
					t.Fatalf("%v %s: order or chunks change record %d", rows, p, i+1)
				}
			}
		}
	}
}

// chunked cuts a table into chunks of a number of rows.
func chunked(t testing.TB, tab arrow.Table, rows int64) arrow.Table {
	t.Helper()
	r := array.NewTableReader(tab, rows)
	defer r.Release()
	var recs []arrow.Record
	for r.Next() {
		rec := r.Record()
		rec.Retain()
		recs = append(recs, rec)
	}
	out := array.NewTableFromRecords(tab.Schema(), recs)
	for _, rec := range recs {
		rec.Release()
	}
	t.Cleanup(out.Release)
	return out
}

// TestPopulationByDefinition: k-map and delta-presence against counting.
func TestPopulationByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 4))
	for round := range long(400, 10000) {
		all := random(rng)
		p := []string{"category", "wildcard"}[round%2]
		sample := [][]string{all[0]}
		for _, r := range all[1:] {
			if rng.IntN(2) == 0 {
				sample = append(sample, r)
			}
		}
		o := riskmetrics.Options{Keys: []string{"a", "b", "c"}, Missing: policy(t, p)}
		c, population := classes(t, table(t, sample), o), classes(t, table(t, all), o)
		got := attained(t)(c.KMap(t.Context(), population)).Records()
		for i, x := range sample[1:] {
			n := 0.0
			for _, y := range all[1:] {
				if fits(x, y, p) {
					n++
				}
			}
			if got[i] != n {
				t.Fatalf("%v of %v %s: record %d has %v, want %v", sample, all, p, i+1, got[i], n)
			}
		}
		least, most, err := c.Presence(t.Context(), population)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range all[1:] {
			in, of := 0.0, 0.0
			for _, y := range sample[1:] {
				if fits(x, y, "category") {
					in++
				}
			}
			for _, y := range all[1:] {
				if fits(x, y, "category") {
					of++
				}
			}
			if least.Records()[i] != in/of || most.Records()[i] != in/of {
				t.Fatalf("%v of %v: record %d is present by %v, want %v", sample, all, i+1, least.Records()[i], in/of)
			}
		}
		if len(sample) > 1 && len(sample) < len(all) {
			if _, err := population.KMap(t.Context(), c); !errors.Is(err, riskmetrics.ErrClass) {
				t.Fatalf("a sample larger than its population: %v", err)
			}
		}
	}
}

// TestClassesRefuse: requests that are not well defined, and contexts that end.
func TestClassesRefuse(t *testing.T) {
	tab := table(t, [][]string{{"a", "b", "w", "z"}, {"1", "", "2", "0"}, {"2", "x", "3", "1"}}, "w", "z")
	for _, tc := range []struct {
		o      riskmetrics.Options
		column string
		row    int64
		err    error
	}{
		{riskmetrics.Options{}, "", 0, riskmetrics.ErrRequest},
		{riskmetrics.Options{Keys: []string{"a", "a"}}, "", 0, riskmetrics.ErrRequest},
		{riskmetrics.Options{Keys: []string{"b"}}, "b", 0, riskmetrics.ErrNull},
		{riskmetrics.Options{Keys: []string{"q"}}, "q", -1, nil},
		{riskmetrics.Options{Keys: []string{"a"}, Weight: "z"}, "z", 0, riskmetrics.ErrWeight},
		{riskmetrics.Options{Keys: []string{"a"}, Respondent: "b"}, "b", 0, riskmetrics.ErrNull},
		{riskmetrics.Options{Keys: []string{"a"}, Weight: "a"}, "a", -1, nil},
	} {
		t.Run(fmt.Sprint("column ", tc.column, ", row ", tc.row), func(t *testing.T) {
			_, err := riskmetrics.NewClasses(ctx, tab, tc.o)
			var e *riskmetrics.ColumnError
			if err == nil || tc.err != nil && !errors.Is(err, tc.err) || tc.column != "" && (!errors.As(err, &e) || e.Column != tc.column || e.Row != tc.row) {
				t.Errorf("%+v: %v", tc.o, err)
			}
		})
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := riskmetrics.NewClasses(ended, tab, riskmetrics.Options{Keys: []string{"a"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	c := classes(t, tab, riskmetrics.Options{Keys: []string{"a"}})
	if _, _, err := c.Combinations(ended, 1, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	s := sensitive(t, c, tab, "b", "exclude")
	if _, err := s.Distinct(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	if _, err := s.TCloseness(ctx, riskmetrics.Range); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Errorf("range of text: %v", err)
	}
	if _, err := c.Sensitive(ctx, tab, "b", riskmetrics.Missing{}); !errors.Is(err, riskmetrics.ErrNull) {
		t.Errorf("a null sensitive value: %v", err)
	}
	if _, err := c.KWeighted(); !errors.Is(err, riskmetrics.ErrRequest) {
		t.Errorf("no weights: %v", err)
	}
}

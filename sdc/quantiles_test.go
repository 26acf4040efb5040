package sdc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// tailPolicy has the rules of order statistics alone, with these thresholds.
func tailPolicy(tail, least int64) sdc.Policy {
	p := off()
	p.QuantileTail = sdc.QuantileTail{Tail: tail}
	p.Endpoints = sdc.Endpoints{}
	p.MinContributors = sdc.MinContributors{Min: least}
	return p
}

// ordered lists the findings of the rules of order statistics at the cell "a", each as
// "statistic: verdict: sentence".
func ordered(r *sdc.Report) []string {
	out := []string{}
	for _, f := range r.Outputs[0].Findings {
		if (f.Rule == "quantile-tail" || f.Rule == "endpoints") && (f.Cell == nil || f.Cell[0].Code == "a") {
			out = append(out, fmt.Sprintf("%s: %s: %s", f.Statistic, f.Verdict, strings.ReplaceAll(f.Message.String(), `"`, "")))
		}
	}
	return out
}

// TestQuantileBoundaries: where the tail is exactly reached and where one is missing, with
// ties, missing values, and respondents and holdings with several rows.
func TestQuantileBoundaries(t *testing.T) {
	// persons are n rows of n respondents with these values.
	persons := func(values ...any) (rows []row) {
		for i, x := range values {
			rows = append(rows, row{"k": "a", "who": i, "own": fmt.Sprint("h", i), "x": x})
		}
		return rows
	}
	climb := func(n int) (values []any) {
		for i := range n {
			values = append(values, 10*i)
		}
		return values
	}
	all := func(n int, x any) []any { return slices.Repeat([]any{x}, n) }
	for _, tc := range []struct {
		name       string
		rows       []row
		statistics []string
		change     func(d *sdc.Data, p *sdc.Policy, o *sdc.Output)
		want       []string
		value      string // of the first statistic
	}{
		{name: "20 values have 10 on either side", rows: persons(climb(20)...), statistics: []string{"median"}, value: "95"},
		{name: "19 values: the median itself counts on both sides", rows: persons(climb(19)...), statistics: []string{"median"}, value: "90"},
		{name: "18 values have 9", rows: persons(climb(18)...), statistics: []string{"median"}, value: "85",
			want: []string{"median: unsafe: 9 contributors have a value up to statistic median; at least 10 are required"}},
		{name: "the upper side alone", rows: persons(climb(18)...), statistics: []string{"p60"}, value: "102",
			want: []string{"p60: unsafe: 7 contributors have a value from statistic p60 on; at least 10 are required"}},
		{name: "missing values are no observations", rows: persons(append(climb(18), nil, nil, nil)...), statistics: []string{"median"}, value: "85",
			want: []string{"median: unsafe: 9 contributors have a value up to statistic median; at least 10 are required"}},
		{name: "a quantile on a tie has all of the tie", rows: persons(append(all(9, 5), climb(9)...)...), statistics: []string{"p50"}, value: "5",
			want: []string{}},
		{name: "between two values of a tie", rows: persons(append(all(12, 5), climb(9)...)...), statistics: []string{"p50"}, value: "5"},
		{name: "at the largest value", rows: persons(climb(1000)...), statistics: []string{"p99.9"}, value: "9980.01",
			want: []string{"p99.9: unsafe: 1 contributor has a value from statistic p99.9 on; at least 10 are required"}},
		{name: "ten have the largest value", rows: persons(append(climb(990), all(10, 9900)...)...), statistics: []string{"p99.9"}, value: "9900"},
		{name: "nine have the largest value", rows: persons(append(climb(991), all(9, 9910)...)...), statistics: []string{"p99.9"}, value: "9910",
			want: []string{"p99.9: unsafe: 9 contributors have a value from statistic p99.9 on; at least 10 are required"}},
		{name: "one respondent with ten rows is one", rows: append(persons(climb(20)...), func() (rows []row) {
			for range 10 {
				rows = append(rows, row{"k": "a", "who": 0, "own": "h0", "x": -5})
			}
			return rows
		}()...), statistics: []string{"p30"}, value: "-5",
			want: []string{"p30: unsafe: 1 contributor has a value up to statistic p30; at least 10 are required"}},
		{name: "two quartiles with nine in between", rows: persons(climb(40)...), statistics: []string{"p30", "p52"}, value: "117",
			want: []string{"p30, p52: review: 9 contributors have a value from statistic p30 up to p52; at least 10 are required"}},
		{name: "two quartiles with ten in between", rows: persons(climb(40)...), statistics: []string{"p30", "p54"}, value: "117"},
		{name: "a median with two names has no gap", rows: persons(climb(20)...), statistics: []string{"median", "p50", "p50.0"}, value: "95"},
		{name: "a cell without a value", rows: append(persons(climb(20)...), row{"k": "b", "who": 50, "own": "x", "x": nil}), statistics: []string{"median"}, value: "95"},
		{name: "holdings are counted too", rows: func() []row {
			rows := persons(climb(40)...)
			for _, r := range rows[:12] {
				r["own"] = "one"
			}
			return rows
		}(), statistics: []string{"p45"}, value: "175.5", change: func(d *sdc.Data, p *sdc.Policy, o *sdc.Output) {
			d.Roles.Holding, p.MinHoldings = "own", sdc.MinHoldings{Min: 2}
		}, want: []string{"p45: unsafe: 7 holdings have a value up to statistic p45; at least 10 are required"}},
		{name: "a policy without holdings does not count them", rows: func() []row {
			rows := persons(climb(40)...)
			for _, r := range rows[:12] {
				r["own"] = "one"
			}
			return rows
		}(), statistics: []string{"p45"}, value: "175.5", change: func(d *sdc.Data, p *sdc.Policy, o *sdc.Output) { d.Roles.Holding = "own" }},
		{name: "per respondent", rows: append(persons(climb(18)...), persons(climb(18)...)...), statistics: []string{"median"}, value: "170",
			change: func(_ *sdc.Data, _ *sdc.Policy, o *sdc.Output) { o.PerRespondent = true },
			want:   []string{"median: unsafe: 9 contributors have a value up to statistic median; at least 10 are required"}},
		{name: "per row of the same", rows: append(persons(climb(18)...), persons(climb(18)...)...), statistics: []string{"median"}, value: "85",
			want: []string{"median: unsafe: 9 contributors have a value up to statistic median; at least 10 are required"}},
		{name: "type 2", rows: persons(climb(20)...), statistics: []string{"p45"}, value: "85", change: func(_ *sdc.Data, _ *sdc.Policy, o *sdc.Output) { o.QuantileType = 2 },
			want: []string{"p45: unsafe: 9 contributors have a value up to statistic p45; at least 10 are required"}},
		{name: "type 6", rows: persons(climb(19)...), statistics: []string{"p55"}, value: "100", change: func(_ *sdc.Data, _ *sdc.Policy, o *sdc.Output) { o.QuantileType = 6 },
			want: []string{"p55: unsafe: 9 contributors have a value from statistic p55 on; at least 10 are required"}},
		{name: "type 6 below the first value", rows: persons(climb(20)...), statistics: []string{"p1"}, value: "0", change: func(_ *sdc.Data, _ *sdc.Policy, o *sdc.Output) { o.QuantileType = 6 },
			want: []string{"p1: unsafe: 1 contributor has a value up to statistic p1; at least 10 are required"}},
		{name: "a minimum that ten have", rows: persons(append(all(10, -1), climb(5)...)...), statistics: []string{"min"}, value: "-1"},
		{name: "a minimum that nine have", rows: persons(append(all(9, -1), climb(9)...)...), statistics: []string{"min"}, value: "-1",
			want: []string{"min: unsafe: the min of the cell tells the value of 9 contributors; at least 10 are required"}},
		{name: "a maximum that ten rows of nine have", rows: append(persons(append(all(9, 900), climb(9)...)...), row{"k": "a", "who": 0, "own": "h0", "x": 900}), statistics: []string{"max"}, value: "900",
			want: []string{"max: unsafe: the max of the cell tells the value of 9 contributors; at least 10 are required"}},
		{name: "a range needs both ends", rows: persons(append(append(all(10, -1), climb(5)...), all(9, 70)...)...), statistics: []string{"range"}, value: "71",
			want: []string{"range: unsafe: the range of the cell tells the value of 9 contributors; at least 10 are required"}},
		{name: "a range with both ends", rows: persons(append(append(all(10, -1), climb(5)...), all(10, 70)...)...), statistics: []string{"range"}, value: "71"},
		{name: "weights: nobody counts the ends", rows: persons(all(30, 5)...), statistics: []string{"min"}, change: func(d *sdc.Data, p *sdc.Policy, _ *sdc.Output) {
			d.Roles.Weight = "w"
		}, want: []string{"min: unsafe: the min of a cell is a value of one record"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for i := range tc.rows {
				tc.rows[i]["w"] = 1
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "own", text, "x", float, "w", integer), tc.rows...))
			d.Roles.Respondent = "who"
			p, o := tailPolicy(10, 10), sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", Statistics: tc.statistics}
			if tc.change != nil {
				tc.change(d, &p, &o)
			}
			r := check(t, d, p, o)
			if tc.want == nil {
				tc.want = []string{}
			}
			if diff := cmp.Diff(tc.want, ordered(r)); diff != "" {
				t.Error(diff)
			}
			got := ""
			if x := cellAt(t, r.Tables[0], "a").Statistic(tc.statistics[0]); x != nil {
				got = x.RatString()
				if !x.IsInt() {
					f, _ := x.Float64()
					got = fmt.Sprint(f)
				}
			}
			if got != tc.value {
				t.Errorf("the value is %q, want %q", got, tc.value)
			}
		})
	}
}

// TestQuantilesAlone: the rules of sums look at a table of sums and quantiles, and not at one of
// quantiles alone; those of counts and shared values look at both.
func TestQuantilesAlone(t *testing.T) {
	var rows []row
	for i := range 40 {
		rows = append(rows, row{"k": "a", "who": i, "x": 1 + i%3})
	}
	rows[39]["x"] = 1000
	d := func() *sdc.Data {
		d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer), rows...))
		d.Roles.Respondent = "who"
		return d
	}
	out := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", Margins: [][]string{}, Statistics: []string{"median"}}
	p := sdc.CBS()
	p.GroupDisclosure = sdc.GroupDisclosure{Off: true}
	for _, tc := range []struct {
		statistics []string
		want       []string
	}{
		{[]string{"median"}, []string{}},
		{[]string{"median", "mean"}, []string{"nk at k=a: unsafe"}},
		{nil, []string{"nk at k=a: unsafe"}},
	} {
		o := out
		o.Statistics = tc.statistics
		if diff := cmp.Diff(tc.want, found(check(t, d(), p, o), 0)); diff != "" {
			t.Errorf("%v: %s", tc.statistics, diff)
		}
	}
	for _, r := range rows {
		r["x"] = 7
	}
	if diff := cmp.Diff([]string{"all-equal at k=a: unsafe"}, found(check(t, d(), p, out), 0)); diff != "" {
		t.Error(diff)
	}
	rows = rows[:9]
	want := []string{"min-contributors", "all-equal", "quantile-tail"}
	for _, f := range check(t, d(), p, out).Outputs[0].Findings {
		want = slices.DeleteFunc(want, func(s string) bool { return s == f.Rule })
	}
	if len(want) > 0 {
		t.Errorf("nothing was found by %v", want)
	}
}

// TestQuantilesOfTwo: outputs with other percentiles of one response are for review.
func TestQuantilesOfTwo(t *testing.T) {
	table := func(name, by string, statistics ...string) sdc.Output {
		return sdc.Output{Name: name, Kind: sdc.Magnitude, By: []string{by}, Response: "x", Statistics: statistics}
	}
	typed := func(o sdc.Output, kind int) sdc.Output { o.QuantileType = kind; return o }
	per := func(o sdc.Output) sdc.Output { o.PerRespondent = true; return o }
	other := func(o sdc.Output) sdc.Output { o.Response = "y"; return o }
	for _, tc := range []struct {
		name string
		a, b sdc.Output
		want bool
	}{
		{"the same", table("a", "k", "median"), table("b", "l", "median", "sum"), false},
		{"one has more", table("a", "k", "median"), table("b", "l", "p25", "p50"), false},
		{"other percentages", table("a", "k", "p25", "median"), table("b", "l", "p75", "median"), true},
		{"another type", table("a", "k", "median"), typed(table("b", "l", "median"), 6), true},
		{"the type that is the default", table("a", "k", "median"), typed(table("b", "l", "median"), 7), false},
		{"other observations", table("a", "k", "median"), per(table("b", "l", "median")), true},
		{"another response", table("a", "k", "p25"), other(table("b", "l", "p75")), false},
		{"no percentiles", table("a", "k", "sum"), table("b", "l", "p75"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i := range 40 {
				rows = append(rows, row{"k": "a", "l": "b", "who": i, "x": i, "y": i})
			}
			d := sdc.FromTable(tableOf(t, fields("k", text, "l", text, "who", integer, "x", integer, "y", integer), rows...))
			d.Roles.Respondent = "who"
			p := off()
			p.QuantileTail = sdc.QuantileTail{Tail: 2}
			r := check(t, d, p, tc.a, tc.b)
			got := slices.ContainsFunc(r.Data.Remarks, func(x sdc.Remark) bool { return x.Name == "quantiles-of-two" && x.Column == "x" })
			if got != tc.want || (r.Verdict == sdc.Review) != tc.want {
				t.Errorf("remark %v, %v", got, r.Verdict)
			}
		})
	}
}

// TestStatisticsRefused: a statistic that is not known, or that these data do not have, is an
// error.
func TestStatisticsRefused(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(d *sdc.Data, o *sdc.Output)
		says   string
	}{
		{"not built", func(_ *sdc.Data, o *sdc.Output) { o.Statistics = []string{"gini"} }, `statistic "gini" is not known`},
		{"percentile 0", func(_ *sdc.Data, o *sdc.Output) { o.Statistics = []string{"p0"} }, `"p0" is not known`},
		{"percentile 0.0", func(_ *sdc.Data, o *sdc.Output) { o.Statistics = []string{"p0.0"} }, `"p0.0" is not known`},
		{"percentile 100", func(_ *sdc.Data, o *sdc.Output) { o.Statistics = []string{"p100"} }, `"p100" is not known`},
		{"percentile 05", func(_ *sdc.Data, o *sdc.Output) { o.Statistics = []string{"p05"} }, `"p05" is not known`},
		{"seven decimals", func(_ *sdc.Data, o *sdc.Output) { o.Statistics = []string{"p1.1234567"} }, "is not known"},
		{"other letters", func(_ *sdc.Data, o *sdc.Output) { o.Statistics = []string{"Median"} }, `"Median" is not known`},
		{"type 5", func(_ *sdc.Data, o *sdc.Output) { o.QuantileType = 5 }, "known are 2, 6 and 7"},
		{"a type of sums", func(_ *sdc.Data, o *sdc.Output) { o.Statistics, o.QuantileType = nil, 7 }, "belongs to a table with a median"},
		{"a type of counts", func(_ *sdc.Data, o *sdc.Output) {
			*o = sdc.Output{Name: "o", Kind: sdc.Frequency, By: o.By, QuantileType: 7}
		}, "belongs to a table with a median"},
		{"sums per respondent", func(_ *sdc.Data, o *sdc.Output) { o.Statistics, o.PerRespondent = nil, true }, "per respondent"},
		{"per respondent without one", func(d *sdc.Data, o *sdc.Output) { d.Roles.Respondent, o.PerRespondent = "", true }, "the data name no respondent"},
		{"weights", func(d *sdc.Data, _ *sdc.Output) { d.Roles.Weight = "w" }, "no median of data with weights"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer, "w", integer), row{"k": "a", "who": 1, "x": 1, "w": 1}))
			d.Roles.Respondent = "who"
			o := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", Statistics: []string{"median"}}
			tc.change(d, &o)
			r, err := sdc.Check(t.Context(), d, []sdc.Output{o}, sdc.CBS(), sdc.Options{})
			refused(t, r, err, sdc.ErrRequest, tc.says)
		})
	}
}

// TestObservationsOverBudget: observations that do not fit into the memory are an error that
// says so, for any number of threads, and fit one byte later.
func TestObservationsOverBudget(t *testing.T) {
	var rows []row
	for i := range 1000 {
		rows = append(rows, row{"k": fmt.Sprint(i % 3), "who": i, "x": i})
	}
	for _, threads := range []int{1, 3} {
		for _, memory := range []int64{2*20*1000 - 1, 2 * 20 * 1000} { // a place, a value and a respondent: 20 bytes
			d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer), rows...))
			d.Roles.Respondent = "who"
			o := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", Statistics: []string{"median"}}
			r, err := sdc.Check(t.Context(), d, []sdc.Output{o}, sdc.CBS(), sdc.Options{Threads: threads, Memory: memory, TempDir: t.TempDir()})
			if memory%2 == 1 {
				refused(t, r, err, sdc.ErrRequest, "give more memory")
			} else if err != nil {
				t.Errorf("%d threads: %v", threads, err)
			}
		}
	}
}

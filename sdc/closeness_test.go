package sdc_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
	"github.com/sluis-go/sluis/sdc/report/words"
)

// closeness runs the rule alone with k-anonymity at k.
func closeness(t *testing.T, dt arrow.DataType, k int64, o sdc.Output, rows []row) []string {
	t.Helper()
	d := sdc.FromTable(tableOf(t, fields("a", text, "id", text, "s", dt), rows...))
	d.Roles.Respondent = "id"
	d.Missing = map[string]sdc.Missing{"s": "category"}
	p := off()
	p.Closeness = sdc.Closeness{Percent: "5", Share: "90"}
	p.KAnonymity = sdc.KAnonymity{K: k}
	o.Name, o.Kind, o.By, o.Sensitive = "o", sdc.Microdata, []string{"a"}, []string{"s"}
	r := check(t, d, p, o)
	var out []string
	for _, f := range r.Outputs[0].Findings {
		if f.Rule == "closeness" {
			out = append(out, fmt.Sprintf("%v %v %d/%d", f.Cell, f.Verdict, f.Count, f.Of))
		}
	}
	return out
}

// TestCloseness: amounts of a class within a narrow band are found, at the boundaries of
// share and width, of numbers and of texts, whatever their sign.
func TestCloseness(t *testing.T) {
	amounts := sdc.Output{Amounts: []string{"s"}}
	years := sdc.Output{Width: map[string]string{"s": "2"}}
	span := func(from, n int) (out []any) {
		for i := range n {
			out = append(out, from+i)
		}
		return out
	}
	texts := func(list []any) (out []any) {
		for _, x := range list {
			out = append(out, fmt.Sprint(x))
		}
		return out
	}
	nulls := func(list []any, n int) []any { return append(list, make([]any, n)...) }
	ten := func(x ...any) []any { // eight times 100, and two more
		return append([]any{100, 100, 100, 100, 100, 100, 100, 100}, x...)
	}
	for _, tc := range []struct {
		name   string
		dt     arrow.DataType
		output sdc.Output
		values []any
		want   string // of the class; "" for nothing
	}{
		{"second/F06: 12 incomes within 11 euros", text, amounts, texts(span(100_000, 12)), "unsafe 11/12"},
		{"as numbers", integer, amounts, span(100_000, 12), "unsafe 11/12"},
		{"nobody said that they are amounts", integer, sdc.Output{}, span(100_000, 12), ""},
		{"nine of ten within 5 %, to the digit", integer, amounts, ten(95, 0), "unsafe 9/10"},
		{"a little wider", integer, amounts, ten(94, 0), ""},
		{"eight of ten", integer, amounts, ten(0, 200), ""},
		{"the largest outlies", integer, amounts, ten(100, 1000), "unsafe 9/10"},
		{"negative", integer, amounts, []any{-100, -100, -99, -98, -97, -96, -95, -95, -95, 0}, "unsafe 9/10"},
		{"about zero", integer, amounts, []any{-1, -1, -1, -1, -1, 1, 1, 1, 1, 1}, ""},
		{"all zero", integer, amounts, make10(0), "unsafe 10/10"},
		{"decimals", float, amounts, []any{1.05, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9}, "unsafe 9/10"},
		{"nine are fewer than ten", integer, amounts, span(100, 9)[:9], ""},
		{"eight known of twelve", integer, amounts, nulls(make10(5)[:8], 4), "review 8/8"},
		{"ten known of twelve", integer, amounts, nulls(make10(5), 2), "unsafe 10/10"},
		{"nobody known", integer, amounts, nulls(nil, 12), ""},
		{"years within two", integer, years, []any{1950, 1951, 1952, 1950, 1951, 1952, 1950, 1951, 1952, 1990}, "unsafe 9/10"},
		{"years within three", integer, years, []any{1950, 1951, 1953, 1950, 1951, 1953, 1950, 1951, 1953, 1990}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i, v := range tc.values {
				rows = append(rows, row{"a": "x", "id": fmt.Sprint("p", i), "s": v})
			}
			got := strings.Join(closeness(t, tc.dt, 10, tc.output, rows), "; ")
			if tc.want == "" && got != "" || tc.want != "" && got != "[{a x false}] "+tc.want && !strings.HasSuffix(got, tc.want) {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
}

// TestClosenessUndeclared: numbers that nobody declared as amounts are not checked, and the
// report says so.
func TestClosenessUndeclared(t *testing.T) {
	const said = `closeness: the values of "s" are numbers, and the output names no amounts or width for them, so nobody has checked which classes share nearly one value`
	for _, tc := range []struct {
		name   string
		dt     arrow.DataType
		output sdc.Output
		off    bool
		values []any
		want   bool
	}{
		{"numbers", integer, sdc.Output{}, false, []any{1, 2, nil}, true},
		{"numbers as text", text, sdc.Output{}, false, []any{"1", "2.5", nil}, true},
		{"as amounts", integer, sdc.Output{Amounts: []string{"s"}}, false, []any{1, 2, nil}, false},
		{"with a width", integer, sdc.Output{Width: map[string]string{"s": "2"}}, false, []any{1, 2, nil}, false},
		{"text", text, sdc.Output{}, false, []any{"1", "hiv", nil}, false},
		{"nulls alone", integer, sdc.Output{}, false, []any{nil}, false},
		{"the rule is off", integer, sdc.Output{}, true, []any{1, 2}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for _, x := range tc.values {
				rows = append(rows, row{"a": "x", "s": x})
			}
			d := sdc.FromTable(tableOf(t, fields("a", text, "s", tc.dt), rows...))
			d.Missing = map[string]sdc.Missing{"s": "category"}
			p := off()
			p.Closeness = sdc.Closeness{Off: tc.off, Percent: "5", Share: "90"}
			o := tc.output
			o.Name, o.Kind, o.By, o.Sensitive = "o", sdc.Microdata, []string{"a"}, []string{"s"}
			if r := check(t, d, p, o); slices.Contains(words.Strings(r.Outputs[0].NotChecked), said) != tc.want {
				t.Errorf("not checked: %q", r.Outputs[0].NotChecked)
			}
		})
	}
}

func make10(x any) (out []any) {
	for range 10 {
		out = append(out, x)
	}
	return out
}

// TestClosenessRecount compares the rule with every pair of values as a band, of random
// classes of persons with one or several values.
func TestClosenessRecount(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 17))
	found := 0
	for range 600 {
		var rows []row
		type unit struct {
			id string
			v  int
		}
		seen, persons := map[unit]bool{}, map[string]bool{}
		base := []int{100, 0, -100, 2000}[rng.IntN(4)]
		for i := range 1 + rng.IntN(14) {
			u := unit{fmt.Sprint("p", i), base + rng.IntN(9) - 4}
			if rng.IntN(12) == 0 {
				u.v = rng.IntN(4000) - 2000
			}
			if rng.IntN(8) == 0 {
				u.id = "p0"
			}
			seen[u], persons[u.id] = true, true
			rows = append(rows, row{"a": "x", "id": u.id, "s": u.v})
		}
		want := false
		for lo := range seen {
			for hi := range seen {
				n := 0
				for u := range seen {
					if lo.v <= u.v && u.v <= hi.v {
						n++
					}
				}
				large := max(hi.v, -hi.v, lo.v, -lo.v)
				want = want || lo.v <= hi.v && 10*n >= 9*len(persons) && 20*(hi.v-lo.v) <= large
			}
		}
		want = want && len(persons) >= 4
		got := closeness(t, integer, 4, sdc.Output{Amounts: []string{"s"}}, rows)
		if len(got) > 1 || (len(got) == 1) != want {
			t.Fatalf("%v: found %v, want %v", rows, got, want)
		}
		found += len(got)
	}
	if found < 100 || found > 500 {
		t.Errorf("%d found of 600", found)
	}
}

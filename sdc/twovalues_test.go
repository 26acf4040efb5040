package sdc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// TestTwoValuesBoundary: the mean of a code of two values tells how many have which.
func TestTwoValuesBoundary(t *testing.T) {
	decimals := &arrow.Decimal128Type{Precision: 38, Scale: 2}
	// rows returns so many rows of cell "a" with a value each; a respondent has so many.
	rows := func(each int, pairs ...any) []row {
		var out []row
		for i := 0; i < len(pairs); i += 2 {
			for range pairs[i].(int) {
				out = append(out, row{"k": "a", "who": len(out) / each, "x": pairs[i+1], "w": 1})
			}
		}
		return out
	}
	elsewhere := func(list []row, x any) []row { return append(list, row{"k": "b", "who": 1000, "x": x, "w": 1}) }
	review, unsafe, safe := []string{"min-contributors at k=a: review"}, []string{"min-contributors at k=a: unsafe"}, []string{}
	for _, tc := range []struct {
		name      string
		rows      []row
		typ       arrow.DataType
		sensitive []string
		want      []string
	}{
		{"2 of 15 have 2", rows(1, 13, 1, 2, 2), integer, nil, review},
		{"2 of 15 have 1", rows(1, 2, 1, 13, 2), integer, nil, review},
		{"9 of 19", rows(1, 10, 1, 9, 2), integer, nil, review},
		{"10 of 20, the boundary", rows(1, 10, 1, 10, 2), integer, nil, safe},
		{"a flag that few have not", rows(1, 13, 1, 2, 0), integer, nil, review},
		{"listed as sensitive", rows(1, 13, 1, 2, 2), integer, []string{"2.0"}, unsafe},
		{"the other is listed", rows(1, 13, 1, 2, 2), integer, []string{"1"}, review},
		{"both are rare, the more frequent one is listed", rows(1, 9, 1, 2, 2), integer, []string{"1"}, unsafe},
		{"listed, the boundary", rows(1, 13, 1, 10, 2), integer, []string{"2"}, safe},
		{"nobody has the other value here", elsewhere(rows(1, 15, 1), 2), integer, nil, safe},
		{"three values here", rows(1, 13, 1, 2, 2, 1, 3), integer, nil, review},
		{"a third value elsewhere, 9 for unknown", elsewhere(rows(1, 13, 1, 2, 2), 9), integer, nil, review},
		{"8 have 2, or 1 has 9", elsewhere(rows(1, 13, 1, 8, 2), 9), integer, nil, review},
		{"9 of 20 have 2, or 1 has 10", elsewhere(rows(1, 11, 1, 9, 2), 10), integer, nil, review},
		{"10 of 20 have 2, or 2 have 6, the boundary", elsewhere(rows(1, 10, 1, 10, 2), 6), integer, nil, safe},
		{"all ten may have 2, the boundary", rows(1, 8, 1, 1, 2, 1, 10), integer, nil, safe},
		{"eleven with 2 are more than ten rows", rows(1, 8, 1, 1, 3, 1, 10), integer, nil, review},
		{"few have less than the largest", elsewhere(rows(1, 13, 9, 2, 8), 1), integer, nil, review},
		{"3 of 50 have 999, and 20 have 1", rows(1, 27, 0, 20, 1, 3, 999), integer, nil, review},
		{"10 of 50 have 999, the boundary", rows(1, 20, 0, 20, 1, 10, 999), integer, nil, safe},
		{"no ten differences add up to it", elsewhere(elsewhere(rows(1, 24, 0, 3, 10, 4, 19), 10), 19), integer, nil, review},
		{"of three, 2 is sensitive", elsewhere(rows(1, 13, 1, 2, 2), 9), integer, []string{"2"}, unsafe},
		{"of three, 1 is sensitive", elsewhere(rows(1, 13, 1, 2, 2), 9), integer, []string{"1"}, review},
		{"all have the least", elsewhere(elsewhere(rows(1, 15, 1), 2), 9), integer, nil, safe},
		{"a value of four digits", elsewhere(rows(1, 13, 1, 2, 2), 1000), integer, nil, safe},
		{"a value that is not whole", elsewhere(rows(1, 13, 1.0, 2, 2.0), 2.5), float, nil, safe},
		{"ten values", elsewhere(rows(1, 13, 1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 1, 7, 1, 8, 1, 9), 10), integer, nil, safe},
		{"ten values, few of them here", append(rows(1, 13, 1, 2, 2), each("b", 3, 4, 5, 6, 7, 8, 9, 10)...), integer, nil, review},
		{"eleven values", append(rows(1, 13, 1, 2, 2), each("b", 3, 4, 5, 6, 7, 8, 9, 10, 11)...), integer, nil, safe},
		{"nulls are no value", append(rows(1, 13, 1, 2, 2), row{"k": "a", "who": 99, "w": 1}), integer, nil, review},
		{"every row of a respondent counts", rows(2, 24, 1, 6, 2), integer, nil, review},
		{"five respondents with ten rows", rows(2, 24, 1, 10, 2), integer, nil, safe},
		{"negative", rows(1, 13, -1, 2, -2), integer, nil, review},
		{"floats", rows(1, 13, 0.1, 2, 0.3), float, []string{"0.3"}, unsafe},
		{"decimals", rows(1, 13, "0.10", 2, "123456789012345678901234567890.55"), decimals, nil, review},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, roles := range []sdc.Roles{{Respondent: "who"}, {}, {Respondent: "who", Weight: "w"}} {
				p := off()
				p.Weighting, p.MinContributors = "handbook", sdc.MinContributors{Min: 10}
				reader := array.NewTableReader(tableOf(t, fields("k", text, "who", integer, "x", tc.typ, "w", integer), tc.rows...), 4)
				d := sdc.FromReaders(reader)
				d.Roles = roles
				o := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", SensitiveValues: tc.sensitive, NoMargins: true}
				r, err := sdc.Check(context.Background(), d, []sdc.Output{o}, p, sdc.Options{Threads: 3})
				reader.Release()
				if err != nil {
					t.Fatal(err)
				}
				got := []string{}
				for _, f := range found(r, 0) {
					if f != "min-contributors at k=b: unsafe" {
						got = append(got, f)
					}
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("%+v: %s", roles, diff)
				}
			}
		})
	}
}

// TestTwoValuesLevel: a hidden sum with few rows of a sensitive value keeps the distance of the
// least number of rows with the other value.
func TestTwoValuesLevel(t *testing.T) {
	var rows []row
	for i := range 15 {
		rows = append(rows, row{"k": "a", "who": i, "x": 3 + 4*(i/13)})
	}
	p := off()
	p.MinContributors = sdc.MinContributors{Min: 10}
	for _, sensitive := range []string{"7", "3", "8"} {
		d := sdc.FromTable(tableOf(t, fields("k", text, "who", integer, "x", integer), rows...))
		d.Roles.Respondent = "who"
		r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", SensitiveValues: []string{sensitive}})
		want := map[string]string{"7": "40"}[sensitive]
		if want == "" {
			want = "0"
		}
		if got := cellAt(t, r.Tables[0], "a").ProtectionLevel(&p).RatString(); got != want {
			t.Errorf("sensitive %s: level %s, want %s", sensitive, got, want)
		}
	}
}

// each returns a row with each value.
func each(k string, values ...int) (out []row) {
	for i, x := range values {
		out = append(out, row{"k": k, "who": 2000 + i, "x": x, "w": 1})
	}
	return out
}

// TestCodesRecount: of random codes of three to six values, every way to make up the sum of a
// cell is written out.
func TestCodesRecount(t *testing.T) {
	found3, sensitives, none := 0, 0, 0
	for seed := range seeds(t) {
		rng := rand.New(rand.NewPCG(seed, 9))
		codes := []int{}
		for len(codes) < 3+rng.IntN(4) {
			if x := []int{rng.IntN(6), rng.IntN(40), 3 * rng.IntN(6), -rng.IntN(4)}[rng.IntN(4)]; !slices.Contains(codes, x) {
				codes = append(codes, x)
			}
		}
		slices.Sort(codes)
		least, n := int64(2+rng.IntN(4)), 6+rng.IntN(9)
		end := []int{0, len(codes) - 1, rng.IntN(len(codes))}[rng.IntN(3)]
		var rows []row
		sum := 0
		for i := range n {
			x := codes[end]
			if rng.IntN(4) == 0 {
				x = codes[rng.IntN(len(codes))]
			}
			sum += x
			rows = append(rows, row{"k": "a", "who": i, "x": x})
		}
		for i, x := range codes {
			rows = append(rows, row{"k": "b", "who": n + i, "x": x})
		}
		sensitive := codes[rng.IntN(len(codes))]
		want := fewOfCodes(codes, n, sum, least, sensitive)
		reader := array.NewTableReader(tableOf(t, fields("k", text, "who", integer, "x", integer), rows...), int64(1+rng.IntN(5)))
		d := sdc.FromReaders(reader)
		d.Roles.Respondent = "who"
		p := off()
		p.MinContributors = sdc.MinContributors{Min: least}
		o := sdc.Output{Name: "o", Kind: sdc.Magnitude, By: []string{"k"}, Response: "x", NoMargins: true, SensitiveValues: []string{fmt.Sprint(sensitive)}}
		r, err := sdc.Check(t.Context(), d, []sdc.Output{o}, p, sdc.Options{Threads: 1 + rng.IntN(3)})
		reader.Release()
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range r.Outputs[0].Findings {
			if f.Cell[0].Code == "a" && f.Count+f.Of > 0 && !strings.Contains(f.Message.String(), "sum other than zero") {
				got = f.Verdict.String()
			}
		}
		nonZero := 0
		for _, x := range rows[:n] {
			if x["x"] != 0 {
				nonZero++
			}
		}
		if int64(nonZero) < least && want == "review" {
			continue // the finding is about these
		}
		if got != want {
			t.Fatalf("seed %d: codes %v, %d rows with %d, at least %d, sensitive %d: %q, want %q", seed, codes, n, sum, least, sensitive, got, want)
		}
		switch want {
		case "review":
			found3++
		case "unsafe":
			sensitives++
		default:
			none++
		}
	}
	if t.Log(found3, sensitives, none); found3 == 0 || sensitives == 0 || none == 0 {
		t.Error("some verdict was not drawn")
	}
}

// fewOfCodes returns what a cell of n rows with these codes, ascending, and a sum is: "review" or
// "unsafe" where every way to make up the sum has few rows away from an end, or at an end.
func fewOfCodes(codes []int, n, sum int, least int64, sensitive int) (verdict string) {
	// The fewest and the most rows that have another value than the least, another than the
	// largest, the largest, and the least.
	var low, high [4]int
	ways := 0
	var try func(at, left, sum int, counts []int)
	try = func(at, left, sum int, counts []int) {
		if at < len(codes)-1 {
			for k := range left + 1 {
				try(at+1, left-k, sum-k*codes[at], append(counts[:at:at], k))
			}
			return
		}
		if left*codes[at] != sum {
			return
		}
		counts = append(counts, left)
		for i, k := range [4]int{n - counts[0], n - left, left, counts[0]} {
			if ways == 0 {
				low[i], high[i] = k, k
			}
			low[i], high[i] = min(low[i], k), max(high[i], k)
		}
		ways++
	}
	try(0, n, sum, nil)
	first, last := codes[0], codes[len(codes)-1]
	for i, has := range [4]bool{sensitive != first, sensitive != last, sensitive == last, sensitive == first} {
		if low[i] == 0 || int64(high[i]) >= least {
			continue
		}
		// Few rows at one end are looked for only where least rows there would be too much.
		if i == 2 && int64(sum-n*first) >= least*int64(last-first) || i == 3 && int64(n*last-sum) >= least*int64(last-first) {
			continue
		}
		if verdict = max(verdict, "review"); has {
			verdict = "unsafe"
		}
	}
	return verdict
}

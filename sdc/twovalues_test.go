package sdc_test

import (
	"context"
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
		{"three values here", rows(1, 13, 1, 2, 2, 1, 3), integer, nil, safe},
		{"a third value elsewhere", elsewhere(rows(1, 13, 1, 2, 2), 9), integer, nil, safe},
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

package sdc_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestJoinedRecords: two files of microdata with different keys that share a column are for
// review.
func TestJoinedRecords(t *testing.T) {
	records := func(name string, by []string, sensitive ...string) sdc.Output {
		return sdc.Output{Name: name, Kind: sdc.Microdata, By: by, Sensitive: sensitive}
	}
	for _, tc := range []struct {
		name    string
		outputs []sdc.Output
		want    []string // columns of the remarks
	}{
		{"one file", []sdc.Output{records("m", []string{"a"}, "s")}, nil},
		{"a sensitive variable in common", []sdc.Output{records("m", []string{"a"}, "s"), records("n", []string{"b"}, "s")}, []string{"s"}},
		{"a key in common", []sdc.Output{records("m", []string{"a", "b"}), records("n", []string{"a", "c"})}, []string{"a"}},
		{"a key that is sensitive in the other", []sdc.Output{records("m", []string{"a"}, "s"), records("n", []string{"s"})}, []string{"s"}},
		{"nothing in common", []sdc.Output{records("m", []string{"a"}, "s"), records("n", []string{"b"}, "t")}, nil},
		{"the same keys", []sdc.Output{records("m", []string{"a", "b"}, "s"), records("n", []string{"b", "a"}, "t")}, nil},
		{"the same key to another level", []sdc.Output{records("m", []string{"a", "b"}, "s"), {Name: "n", Kind: sdc.Microdata, By: []string{"b", "a"}, Depth: map[string]int{"a": 1}}}, []string{"b"}},
		{"the same key to the same level", []sdc.Output{
			{Name: "m", Kind: sdc.Microdata, By: []string{"a", "b"}, Sensitive: []string{"s"}, Depth: map[string]int{"a": 1}},
			{Name: "n", Kind: sdc.Microdata, By: []string{"b", "a"}, Depth: map[string]int{"a": 1}},
		}, nil},
		{"a table beside", []sdc.Output{records("m", []string{"a"}, "s"), {Name: "t", Kind: sdc.Frequency, By: []string{"a"}}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i := range 40 {
				rows = append(rows, row{"id": fmt.Sprint(i), "a": "x", "b": "y", "c": "z", "s": fmt.Sprint(i % 4), "t": fmt.Sprint(i % 2)})
			}
			d := sdc.FromTable(tableOf(t, fields("id", text, "a", text, "b", text, "c", text, "s", text, "t", text), rows...))
			d.Roles.Respondent = "id"
			p := off()
			p.KAnonymity = sdc.KAnonymity{K: 10}
			r := check(t, d, p, tc.outputs...)
			var got []string
			for _, x := range r.Data.Remarks {
				if x.Name == "joined-records" {
					got = append(got, x.Column)
				}
			}
			if !slices.Equal(got, tc.want) || (r.Verdict == sdc.Review) != (tc.want != nil) {
				t.Errorf("%v, %v, want %v", r.Verdict, got, tc.want)
			}
		})
	}
}

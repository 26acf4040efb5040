package sdc_test

import (
	"testing"

	"github.com/sluis-go/sluis/sdc"
)

// TestLookAlikes: codes that look the same give a remark with their number.
func TestLookAlikes(t *testing.T) {
	for _, tc := range []struct {
		name  string
		codes []string
		want  int64
	}{
		{"different", []string{"hiv", "flu"}, 0},
		{"case", []string{"hiv", "HIV", "flu"}, 2},
		{"three", []string{"hiv", "HIV", "Hiv"}, 3},
		{"a blank behind", []string{"p0", "p0 "}, 2},
		{"two blanks within", []string{"a b", "a  b"}, 2},
		{"a blank that does not break", []string{"a b", "a\u00a0b"}, 2},
		{"Unicode form", []string{"caf\u00e9", "cafe\u0301"}, 2},
		{"an accent is no look-alike", []string{"cafe", "caf\u00e9"}, 0},
		{"zero width", []string{"hiv", "hiv\u200b"}, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for _, c := range tc.codes {
				rows = append(rows, row{"diag": c}, row{"diag": c})
			}
			d := sdc.FromTable(tableOf(t, fields("diag", text), rows...))
			r := check(t, d, off(), sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"diag"}})
			got := int64(0)
			for _, x := range r.Data.Remarks {
				if x.Name == "look-alike" {
					got = x.Count
				}
			}
			if got != tc.want || (got > 0) != (r.Verdict == sdc.Review) {
				t.Errorf("%d look-alikes and verdict %v, want %d", got, r.Verdict, tc.want)
			}
		})
	}
}

// TestSameNumberCodes: codes of a sensitive variable that are one number give a remark with
// the number of codes that there are too many, for review. Other codes count as they stand.
func TestSameNumberCodes(t *testing.T) {
	tree := []sdc.Code{{Label: "A", Children: []sdc.Code{{Label: "01.3", Children: []sdc.Code{{Label: "01.30"}}}}}, {Label: "02"}}
	for _, tc := range []struct {
		name  string
		codes []string
		tree  []sdc.Code
		want  int64
	}{
		{"different numbers", []string{"1", "2", "10"}, nil, 0},
		{"a leading zero", []string{"1", "01"}, nil, 1},
		{"three ways", []string{"1", "01", "1.0", "2"}, nil, 2},
		{"two numbers", []string{"0363", "363", "14", "0014"}, nil, 2},
		{"no number", []string{"1a", "01a"}, nil, 0},
		{"without the shortest way", []string{"01", "001"}, nil, 1},
		{"a code and the code above it", []string{"01.30", "02"}, tree, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for _, c := range tc.codes {
				for range 12 {
					rows = append(rows, row{"diag": c})
				}
			}
			for _, o := range []sdc.Output{
				{Name: "o", Kind: sdc.Frequency, By: []string{"diag"}, Sensitive: []string{"diag"}},
				{Name: "m", Kind: sdc.Microdata, By: []string{"k"}, Sensitive: []string{"diag"}},
			} {
				for i := range rows {
					rows[i]["k"] = "x"
				}
				d := sdc.FromTable(tableOf(t, fields("diag", text, "k", text), rows...))
				if tc.tree != nil {
					h, err := sdc.NewHierarchy(tc.tree...)
					if err != nil {
						t.Fatal(err)
					}
					d.Hierarchies = map[string]*sdc.Hierarchy{"diag": h}
				}
				r := check(t, d, off(), o)
				got := int64(0)
				for _, x := range r.Data.Remarks {
					if x.Name == "same-number" && x.Column == "diag" {
						got = x.Count
					}
				}
				if got != tc.want || (got > 0) != (r.Verdict == sdc.Review) {
					t.Errorf("%v: %d codes and verdict %v, want %d", o.Kind, got, r.Verdict, tc.want)
				}
				if o.Kind == sdc.Microdata {
					continue
				}
				if o.Sensitive = nil; remarked(check(t, d, off(), o).Data.Remarks, "same-number", "diag") != 0 {
					t.Errorf("a remark on a spanning variable")
				}
			}
		})
	}
}

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
		{"leading zeros", []string{"1", "01"}, 0},
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

package sdc_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
)

// TestSameNumbers: persons of text that are the same number are for review, under every
// form, with and without codes for persons; as numbers they are one.
func TestSameNumbers(t *testing.T) {
	for _, tc := range []struct {
		name string
		dt   arrow.DataType
		ids  []any
		want int64
	}{
		{"second/F16: four ways", text, []any{"100", "0100", "100.0", "+100", "p1"}, 3},
		{"zeros in front of all", text, []any{"001", "002"}, 0},
		{"of numbers", integer, []any{100, 100}, 0},
		{"of floats", float, []any{100, 100.0}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, form := range []sdc.RespondentForm{"", "exact", "trim", "nfc", "fold"} {
				for _, coded := range []bool{false, true} {
					var rows []row
					for _, id := range tc.ids {
						rows = append(rows, row{"a": "x", "id": id, "w": 1})
					}
					d := sdc.FromTable(tableOf(t, fields("a", text, "id", tc.dt, "w", integer), rows...))
					d.Roles.Respondent, d.RespondentForm = "id", form
					o := sdc.Output{Name: "o", Kind: sdc.Frequency, By: []string{"a"}}
					if coded {
						d.Roles.Weight, o.Kind, o.Response = "w", sdc.Magnitude, "w"
					}
					r := check(t, d, off(), o)
					got := int64(0)
					for _, x := range r.Data.Remarks {
						if x.Name == "same-number" && x.Column == "id" && x.Verdict == sdc.Review {
							got = x.Count
						}
					}
					if got != tc.want || (got > 0) != (r.Verdict == sdc.Review) {
						t.Errorf("form %q, coded %v: %d and verdict %v", form, coded, got, r.Verdict)
					}
				}
			}
		})
	}
}

package sdc_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/sdc"
)

// TestUniqueAmounts: a sensitive variable with a different value in every row is for
// review where the values are numbers, also as text. It is unsafe where they are codes,
// dates or names.
func TestUniqueAmounts(t *testing.T) {
	day := func(i int) time.Time { return time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(i, 0, i) }
	for _, tc := range []struct {
		name  string
		dt    arrow.DataType
		value func(i int) any
		want  sdc.Verdict
	}{
		{"numbers", integer, func(i int) any { return 1000 + i }, sdc.Review},
		{"whole numbers as text", text, func(i int) any { return fmt.Sprint(1000 + i) }, sdc.Review},
		{"decimals as text", text, func(i int) any { return fmt.Sprintf("%d.5", 1000+i) }, sdc.Review},
		{"a decimal comma", text, func(i int) any { return fmt.Sprintf("%d,50", 1000+i) }, sdc.Review},
		{"negative", text, func(i int) any { return fmt.Sprint(-i) }, sdc.Review},
		{"point and comma", text, func(i int) any { return fmt.Sprintf("%d%s5", i, []string{".", ","}[i%2]) }, sdc.Unsafe},
		{"zeros in front", text, func(i int) any { return fmt.Sprintf("%04d", i) }, sdc.Unsafe},
		{"one that is no number", text, func(i int) any { return []string{fmt.Sprint(1000 + i), "x"}[i/23] }, sdc.Unsafe},
		{"dates", text, func(i int) any { return day(i).Format(time.DateOnly) }, sdc.Unsafe},
		{"dates of digits", text, func(i int) any { return day(i).Format("20060102") }, sdc.Unsafe},
		{"dates of digits as numbers", integer, func(i int) any { return 19500101 + 10_000*i }, sdc.Unsafe},
		{"names", text, func(i int) any { return fmt.Sprint("v", i) }, sdc.Unsafe},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var rows []row
			for i := range 24 {
				rows = append(rows, row{"a": "x", "id": fmt.Sprint("p", i), "s": tc.value(i)})
			}
			d := sdc.FromTable(tableOf(t, fields("a", text, "id", text, "s", tc.dt), rows...))
			d.Roles.Respondent = "id"
			p := off()
			p.Identifiers = sdc.Identifiers{Names: []string{}, UniqueShare: "95"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"a"}, Sensitive: []string{"s"}})
			if r.Verdict != tc.want {
				t.Errorf("verdict %v, want %v: %v", r.Verdict, tc.want, r.Outputs[0].Findings)
			}
		})
	}
}

// TestUniqueShareBoundary: exactly the share of values of one's own is safe.
func TestUniqueShareBoundary(t *testing.T) {
	for own, want := range map[int]sdc.Verdict{38: sdc.Safe, 39: sdc.Unsafe} {
		t.Run(fmt.Sprint("own ", own), func(t *testing.T) {
			var rows []row
			for i := range own + 2 { // the last two share a value
				rows = append(rows, row{"a": "x", "id": fmt.Sprint("p", i), "s": fmt.Sprint("v", min(i, own))})
			}
			d := sdc.FromTable(tableOf(t, fields("a", text, "id", text, "s", text), rows...))
			d.Roles.Respondent = "id"
			p := off()
			p.Identifiers = sdc.Identifiers{Names: []string{}, UniqueShare: "95"}
			r := check(t, d, p, sdc.Output{Name: "o", Kind: sdc.Microdata, By: []string{"a"}, Sensitive: []string{"s"}})
			if r.Verdict != want {
				t.Errorf("%d of %d: verdict %v, want %v", own, own+2, r.Verdict, want)
			}
		})
	}
}

package sdc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// writtenValues lists the values of a report, each as "output: cell: statistic = value, verdict"; a
// null is "-".
func writtenValues(t *testing.T, r *sdc.Report) []string {
	t.Helper()
	var out []string
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	err := r.WriteValues(mem, func(rec arrow.Record) error {
		for i := range int(rec.NumRows()) {
			var cells []string
			for c := range int(rec.NumCols()) {
				if text := rec.Column(c).(*array.String); text.IsNull(i) {
					cells = append(cells, "-")
				} else {
					cells = append(cells, text.Value(i))
				}
			}
			out = append(out, strings.Join(cells, " "))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestValues: the value of every statistic of a safe cell, exact where it is a short decimal,
// and none of a cell that is not safe; none of sums with weights.
func TestValues(t *testing.T) {
	var rows []row
	for i := range 21 {
		rows = append(rows, row{"k": "a", "l": "x", "who": i, "v": float64(i) / 4, "w": 2})
	}
	rows = append(rows, row{"k": "a", "l": "y", "who": 30, "v": nil, "w": 2}, row{"k": "b", "l": "x", "who": 31, "v": 7.5, "w": 2})
	outputs := []sdc.Output{
		{Name: "n", Kind: sdc.Frequency, By: []string{"k"}, NoMargins: true},
		{Name: "m", Kind: sdc.Magnitude, By: []string{"k"}, Response: "v", NoMargins: true, Statistics: []string{"sum", "mean", "count", "median", "p33.3", "max"}},
		{Name: "s", Kind: sdc.Magnitude, By: []string{"l"}, Response: "v", NoMargins: true},
		{Name: "records", Kind: sdc.Microdata, By: []string{"k"}},
	}
	p := off()
	p.MinContributors = sdc.MinContributors{Min: 10}
	data := func() *sdc.Data {
		d := sdc.FromTable(tableOf(t, fields("k", text, "l", text, "who", integer, "v", float, "w", integer), rows...))
		d.Roles.Respondent = "who"
		return d
	}
	want := []string{
		"n a - count 22 safe", "n b - count - unsafe",
		"m a - sum 52.5 safe", "m a - mean 2.5 safe", "m a - count 21 safe", "m a - median 2.5 safe", "m a - p33.3 1.665 safe", "m a - max 5 safe",
		"m b - sum - unsafe", "m b - mean - unsafe", "m b - count - unsafe", "m b - median - unsafe", "m b - p33.3 - unsafe", "m b - max - unsafe",
		"s - x sum 60 safe", "s - y sum - unsafe",
	}
	if diff := cmp.Diff(want, writtenValues(t, check(t, data(), p, outputs...))); diff != "" {
		t.Error(diff)
	}
	d := data()
	d.Roles.Weight = "w"
	if diff := cmp.Diff([]string{"x sum - safe", "y sum - unsafe"}, trimmed(writtenValues(t, check(t, d, p, outputs[2])), "s ")); diff != "" {
		t.Error(diff)
	}
	t.Run("a mean that is no short decimal", func(t *testing.T) {
		var rows []row
		for i := range 12 {
			rows = append(rows, row{"k": "a", "v": i % 2 * 4}, row{"k": "a", "v": i % 3})
		}
		rows = append(rows, row{"k": "a", "v": 1}, row{"k": "a", "v": 1}, row{"k": "a", "v": 1})
		d := sdc.FromTable(tableOf(t, fields("k", text, "v", integer), rows...))
		o := sdc.Output{Name: "m", Kind: sdc.Magnitude, By: []string{"k"}, Response: "v", NoMargins: true, Statistics: []string{"mean"}}
		p := off()
		want := []string{fmt.Sprint("m a mean ", 39.0/27, " safe")}
		if diff := cmp.Diff(want, writtenValues(t, check(t, d, p, o))); diff != "" {
			t.Error(diff)
		}
	})
	if err := (&sdc.Report{}).WriteValues(nil, nil); err == nil {
		t.Error("no error without an allocator")
	}
}

func trimmed(list []string, prefix string) (out []string) {
	for _, s := range list {
		out = append(out, strings.TrimPrefix(s, prefix))
	}
	return out
}

package sdc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/sluis-go/sluis/sdc"
)

// largestText prints the listed contributors of each cell of a table, in code order.
func largestText(t *testing.T, table *sdc.Table) (out []string) {
	t.Helper()
	for c := range table.Cells() {
		list, rest, ok := c.Largest()
		if !ok {
			t.Fatal("the largest were asked for")
		}
		out = append(out, contributorsText(list)+" rest "+rest.RatString())
	}
	return out
}

func contributorsText(list []sdc.Contributor) string {
	var s []string
	for _, c := range list {
		s = append(s, fmt.Sprintf("%d: %s", c.Holding, c.Amount.RatString()))
	}
	return strings.Join(s, ", ")
}

// TestLargest: respondents of one holding are one contributor, over all tables; of
// equal ones at the end none is listed; amounts are absolute sums.
func TestLargest(t *testing.T) {
	schema := fields("a", text, "b", text, "who", integer, "owner", text, "x", float)
	var rows []row
	add := func(a, b string, who int, owner any, x any) {
		rows = append(rows, row{"a": a, "b": b, "who": who, "owner": owner, "x": x})
	}
	add("k", "p", 1, "h", 5.0)
	add("k", "p", 2, "h", 5.5)
	add("k", "p", 3, nil, 2.0)
	add("k", "q", 4, nil, 2.0)
	add("k", "q", 5, nil, 0.0)
	add("k", "q", 5, nil, nil)
	for who := 6; who < 12; who++ {
		add("l", "p", who, nil, 1.0)
	}
	add("l", "p", 1, "h", -0.5)
	add("l", "p", 2, "h", -3.0)
	add("m", "q", 4, nil, 7.0)
	d := sdc.FromTable(tableOf(t, schema, rows...))
	d.Roles = sdc.Roles{Respondent: "who", Holding: "owner"}
	outputs := []sdc.Output{
		{Name: "a", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x"},
		{Name: "b", Kind: sdc.Magnitude, By: []string{"b"}, Response: "x"},
		{Name: "counts", Kind: sdc.Frequency, By: []string{"a"}},
	}
	r, err := sdc.Check(t.Context(), d, outputs, sdc.CBS(), sdc.Options{Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	// The only sole contributor is 4, in m, and has number 1.
	want := [][]string{
		{
			"1: 9, 2: 7, 3: 2 rest 1", // h has 5 + 5.5 - 0.5 - 3
			"2: 21/2, 1: 2, 3: 2 rest 0",
			"2: 7/2 rest 1", // of the six others with 1 some three are kept
			"1: 7 rest 0",
		},
		{
			"1: 9, 2: 7, 3: 2 rest 1",
			"2: 7, 3: 2 rest 1",
			"1: 9 rest 0",
		},
	}
	for k, w := range want {
		if diff := cmp.Diff(w, largestText(t, r.Tables[k])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Tables[k].Name(), diff)
		}
	}
	for c := range r.Tables[2].Cells() {
		if _, _, ok := c.Largest(); ok {
			t.Error("a table of counts has no amounts")
		}
	}
	if r, err = sdc.Check(t.Context(), reread(d, t, schema, rows), outputs, sdc.CBS(), sdc.Options{}); err != nil {
		t.Fatal(err)
	}
	for c := range r.Tables[0].Cells() {
		if _, _, ok := c.Largest(); ok {
			t.Error("the largest were not asked for")
		}
	}
}

// reread is the same data once more.
func reread(d *sdc.Data, t *testing.T, schema *arrow.Schema, rows []row) *sdc.Data {
	again := sdc.FromTable(tableOf(t, schema, rows...))
	again.Roles = d.Roles
	return again
}

package sdc_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/sluis-go/sluis/sdc"
)

// soles lists the sole contributor of each cell of a table, in code order.
func soles(t *testing.T, table *sdc.Table) (out []sdc.Sole) {
	t.Helper()
	for c := range table.Cells() {
		s, ok := c.Sole()
		if !ok {
			t.Fatal("who is alone was asked for")
		}
		out = append(out, s)
	}
	return out
}

func checkSoles(t *testing.T, d *sdc.Data) *sdc.Report {
	t.Helper()
	r, err := sdc.Check(t.Context(), d, []sdc.Output{
		{Name: "counts", Kind: sdc.Frequency, By: []string{"a"}},
		{Name: "sums", Kind: sdc.Magnitude, By: []string{"a"}, Response: "x"},
		{Name: "records", Kind: sdc.Microdata, By: []string{"a"}},
	}, sdc.CBS(), sdc.Options{Sole: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSole: a respondent with several rows counts once. In a magnitude table rows without
// a response do not count. Several respondents of one owner are one holding.
func TestSole(t *testing.T) {
	schema := fields("a", text, "who", text, "owner", text, "x", float)
	table := tableOf(t, schema,
		row{"a": "k", "who": "p", "owner": "h", "x": 1.0},
		row{"a": "k", "who": "p", "owner": "h", "x": 2.0},
		row{"a": "l", "who": "q", "x": 1.0},
		row{"a": "l", "who": "p", "owner": "h"},
		row{"a": "m", "who": "p", "owner": "h", "x": 1.0},
		row{"a": "m", "who": "r", "owner": "h", "x": 1.0},
		row{"a": "n", "who": "q"},
	)
	d := sdc.FromTable(table)
	d.Roles = sdc.Roles{Respondent: "who", Holding: "owner"}
	r := checkSoles(t, d)
	// Numbers are by first sight: p and h in k, q in n.
	want := [][]sdc.Sole{
		{{}, {Respondent: 1, Holding: 2}, {}, {Holding: 2}, {Respondent: 3, Holding: 3}},
		{{}, {Respondent: 1, Holding: 2}, {Respondent: 3, Holding: 3}, {Holding: 2}, {}},
	}
	for k, w := range want {
		if got := soles(t, r.Tables[k]); !slices.Equal(got, w) {
			t.Errorf("%s: %v, want %v", r.Tables[k].Name(), got, w)
		}
	}
	for c := range r.Tables[2].Cells() {
		if _, ok := c.Sole(); ok {
			t.Error("microdata are not protected by suppression")
		}
	}
}

// TestSoleRows: where every row is a respondent, rows are distinguished for all readers,
// also when readers report wrong positions.
func TestSoleRows(t *testing.T) {
	schema := fields("a", text, "x", float)
	one := tableOf(t, schema, row{"a": "k", "x": 1.0}, row{"a": "l", "x": 1.0})
	two := tableOf(t, schema, row{"a": "k", "x": 1.0}, row{"a": "m", "x": 1.0})
	x, y := array.NewTableReader(one, 1), array.NewTableReader(two, 1)
	defer x.Release()
	defer y.Release()
	r := checkSoles(t, sdc.FromReaders(x, y))
	want := []sdc.Sole{{}, {}, {Respondent: 1, Holding: 1}, {Respondent: 2, Holding: 2}}
	for k := range 2 {
		if got := soles(t, r.Tables[k]); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", r.Tables[k].Name(), got, want)
		}
	}
}

// TestSoleIsNotTold: no written form of a report has the sole contributors.
func TestSoleIsNotTold(t *testing.T) {
	rows := random(rand.New(rand.NewPCG(3, 3)), 200)
	plain := everything(t, tableOf(t, randomSchema, rows...), 64, sdc.Options{})
	asked := everything(t, tableOf(t, randomSchema, rows...), 64, sdc.Options{Sole: true})
	if !strings.HasPrefix(asked, plain) || asked == plain {
		t.Error("the report or its cells differ")
	}
}

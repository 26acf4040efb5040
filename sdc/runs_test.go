package sdc_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/sluis-go/sluis/sdc"
)

// manyCells makes rows in about 16,000 cells of three keys, a few rows in each. The rows
// have respondents, weights, requests and responses; some responses are missing, negative
// or large.
func manyCells(t *testing.T, rng *rand.Rand, rows int) arrow.Table {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	schema := fields("a", integer, "b", integer, "c", integer, "who", integer, "asked", boolean, "x", integer, "w", integer)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for range rows {
		who := rng.Int64N(int64(rows) / 2)
		k1, k2, k3 := rng.Int64N(30), rng.Int64N(24), rng.Int64N(20)
		if (k1+k2)%3 == 0 && rng.IntN(30) > 0 {
			k3 = (k1 + k2) % 20 // almost all respondents
		}
		for c, v := range []int64{k1, k2, k3, who} {
			b.Field(c).(*array.Int64Builder).Append(v)
		}
		b.Field(4).(*array.BooleanBuilder).Append(rng.IntN(20) == 0)
		x := b.Field(5).(*array.Int64Builder)
		switch rng.IntN(12) {
		case 0:
			x.AppendNull()
		case 1:
			x.Append(-rng.Int64N(1000))
		case 2:
			x.Append(rng.Int64N(1 << 60))
		default:
			x.Append(rng.Int64N(1000))
		}
		b.Field(6).(*array.Int64Builder).Append(1 + who%3)
	}
	rec := b.NewRecord()
	defer rec.Release()
	table := array.NewTableFromRecords(schema, []arrow.Record{rec})
	t.Cleanup(func() {
		table.Release()
		mem.AssertSize(t, 0)
	})
	return table
}

// ruled checks a table by rules that find something in every part of it, and returns
// the report and the verdict on every cell.
func ruled(t *testing.T, table arrow.Table, weight string, threads int) (*sdc.Report, []sdc.Verdict) {
	t.Helper()
	d := sdc.FromTable(table)
	d.Roles = sdc.Roles{Respondent: "who", Request: "asked", Weight: weight}
	p := sdc.ESSNet()
	p.PQ = sdc.PQ{P: "20", Q: "87.5"}
	p.GroupRemainder = sdc.GroupRemainder{K: 1}
	p.Request = sdc.Request{Percent: "30"}
	p.NK.N = 2
	by := []string{"a", "b", "c"}
	byHand := []sdc.APriori{
		{Codes: map[string]string{"a": "3"}, Safe: true, Reason: "known"},
		{Codes: map[string]string{"b": "7"}, Reason: "asked for"},
	}
	r, err := sdc.Check(context.Background(), d, []sdc.Output{
		{Name: "counts", Kind: sdc.Frequency, By: by, Sensitive: []string{"c"}, APriori: byHand},
		{Name: "sums", Kind: sdc.Magnitude, By: by, Response: "x", APriori: byHand},
		{Name: "file", Kind: sdc.Microdata, By: []string{"a", "b"}, Sensitive: []string{"c"}},
	}, p, sdc.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	var status []sdc.Verdict
	for k, table := range r.Tables {
		for c := range table.Cells() {
			status = append(status, r.Status(k, c))
		}
	}
	return r, status
}

// TestRunsOfCells: the findings in a table of many cells are the same, byte for byte, for
// any number of goroutines, and in code order.
func TestRunsOfCells(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 7))
	table := manyCells(t, rng, 15_000)
	for _, weight := range []string{"", "w"} {
		r, want := ruled(t, table, weight, 1)
		inOrder(t, r)
		for _, threads := range []int{2, 7} {
			again, got := ruled(t, table, weight, threads)
			if !reflect.DeepEqual(r.Outputs, again.Outputs) || !slices.Equal(want, got) {
				t.Errorf("weight %q: %d threads say something else than one", weight, threads)
			}
		}
	}
}

// inOrder fails the test unless every rule finds something in many runs of cells, and
// reports it in code order, variable by variable.
func inOrder(t *testing.T, r *sdc.Report) {
	t.Helper()
	for k, o := range r.Outputs[:2] {
		place := map[string]int{}
		for c := range r.Tables[k].Cells() {
			place[c.Coordinates().String()] = len(place)
		}
		at := map[string][]int{}
		for _, f := range o.Findings {
			cell := f.Cell
			if cell == nil { // of an entry of the list
				continue
			}
			if f.Rule == "zero-cells" { // in the order of the groups
				cell = slices.Clone(cell)
				cell[2].Code, cell[2].Total = "", true
			}
			where := f.Rule + " " + f.Variable
			at[where] = append(at[where], place[cell.String()])
		}
		for where, places := range at {
			if !slices.IsSorted(places) {
				t.Errorf("%s: %s is not in order", o.Name, where)
			}
		}
		for _, rule := range map[string][]string{
			"counts": {"min-contributors ", "group-disclosure c", "group-remainder c", "zero-cells c", "a-priori "},
			"sums":   {"min-contributors ", "nk ", "p-percent ", "pq ", "group-disclosure c", "group-remainder c", "request ", "a-priori "},
		}[o.Name] {
			if len(at[rule]) < 100 {
				t.Errorf("%s: %s finds %d cells: the test shows little", o.Name, rule, len(at[rule]))
			}
		}
	}
}
